import type { Path, StructTypeField, TypeNode } from '../parse/ast.ts'
import { cat, type Doc, list } from './doc.ts'
import type { Node, Printer } from './printer.ts'

export function printType(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'simpleType':
      return withParameters(node, isInterval(node.name) ? 'INTERVAL' : p.of(node.name), p)
    case 'arrayType':
      return withParameters(node, cat('ARRAY<', p.of(node.element), '>'), p)
    case 'rangeType':
      return withParameters(node, cat('RANGE<', p.of(node.element), '>'), p)
    case 'structType':
      return withParameters(node, list('STRUCT<', p.all(node.fields), '>'), p)
    case 'tableType':
      return list('TABLE<', p.all(node.columns), '>')
    case 'anyType':
      return `ANY ${node.name}`
    case 'structTypeField':
      return printField(node, p)
    default:
      return undefined
  }
}

/** A type whose name is a reserved word. */
function isInterval({ parts: [first, second] }: Path): boolean {
  return second === undefined && first?.quoted === false && first.name.toUpperCase() === 'INTERVAL'
}

function withParameters(node: TypeNode, name: Doc, p: Printer): Doc {
  const parameters = node.parameters === undefined ? '' : `(${node.parameters.join(', ')})`
  return cat(name, parameters, node.collate && cat(' COLLATE ', p.of(node.collate)))
}

function printField({ name, type }: StructTypeField, p: Printer): Doc {
  return name === undefined ? p.of(type) : cat(p.of(name), ' ', p.of(type))
}
