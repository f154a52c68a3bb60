import type { SqlType } from './type.ts'

/** True if two types are the same, field names (without regard to case) and nesting included. */
export function equalTypes(a: SqlType, b: SqlType): boolean {
  return same(a, b, true)
}

/** True if two types are the same but for the names of struct fields: such values convert into each other unchanged. */
export function equivalentTypes(a: SqlType, b: SqlType): boolean {
  return same(a, b, false)
}

function same(a: SqlType, b: SqlType, names: boolean): boolean {
  if (a === b) return true
  switch (a.kind) {
    case 'ARRAY':
    case 'RANGE':
      return b.kind === a.kind && same(a.element, b.element, names)
    case 'STRUCT':
      return (
        b.kind === 'STRUCT' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, index) => {
          const other = b.fields[index]
          if (other === undefined || !same(field.type, other.type, names)) return false
          return !names || field.name?.toLowerCase() === other.name?.toLowerCase()
        })
      )
    default:
      return a.kind === b.kind
  }
}
