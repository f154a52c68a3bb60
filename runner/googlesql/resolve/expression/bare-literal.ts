import type { Expression } from '../../parse/ast.ts'

/** True for a literal without a word of its type, and for arrays and structs of such: nothing is grouped or ordered by it. */
export function isBareLiteral(node: Expression): boolean {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
    case 'bytes':
      return true
    case 'unary':
      return node.operator === '-' && (node.operand.kind === 'integer' || node.operand.kind === 'float')
    case 'array':
      return node.element === undefined && node.elements.every(isBareLiteral)
    case 'struct':
      return node.type === undefined && node.fields.every(({ value }) => isBareLiteral(value))
    case 'tuple':
      return node.elements.every(isBareLiteral)
    default:
      return false
  }
}
