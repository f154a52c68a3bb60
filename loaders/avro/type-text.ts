import type { AvroType } from './schema.ts'

/**
 * A writer's type in one word, null branches left out: its logical type where it has one.
 *
 * @example avroTypeText({ kind: 'bytes', logical: { name: 'decimal', precision: 10, scale: 2 } }) // 'decimal(10,2)'
 */
export function avroTypeText(type: AvroType): string {
  switch (type.kind) {
    case 'union': {
      const others = type.branches.filter(({ kind }) => kind !== 'null')
      return others.length === 0 ? 'null' : others.map(avroTypeText).join(' or ')
    }
    case 'record':
      return type.name
    case 'enum':
      return `enum(${type.symbols.join(', ')})`
    case 'array':
      return `array of ${avroTypeText(type.items)}`
    case 'map':
      return `map of ${avroTypeText(type.values)}`
    default: {
      if (type.logical === undefined) return type.kind === 'fixed' ? `fixed(${type.size})` : type.kind
      const { name, precision, scale } = type.logical
      return precision === undefined ? name : `${name}(${precision},${scale ?? 0})`
    }
  }
}
