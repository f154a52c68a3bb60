import { cat, type Doc } from './doc.ts'
import type { Node, Printer } from './printer.ts'

/** Literals stand as they were written. */
export function printLiteral(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'null':
      return 'NULL'
    case 'boolean':
      return node.value ? 'TRUE' : 'FALSE'
    case 'integer':
    case 'float':
    case 'string':
    case 'bytes':
      return node.text
    case 'typedLiteral':
      return cat(`${node.type} `, p.of(node.value))
    case 'rangeLiteral':
      return cat('RANGE<', p.of(node.element), '> ', p.of(node.value))
    case 'interval': {
      const to = node.to && cat(' TO ', p.of(node.to))
      return cat('INTERVAL ', p.of(node.value), ' ', p.of(node.from), to)
    }
    default:
      return undefined
  }
}
