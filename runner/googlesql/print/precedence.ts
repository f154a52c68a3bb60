import type { Expression } from '../parse/ast.ts'
import { precedence } from '../parse/expression.ts'
import { cat, type Doc, group, indent, softline } from './doc.ts'
import type { Node, Printer } from './printer.ts'

const primary = precedence.unary + 1

const binary = new Map<string, number>([
  ['||', precedence.multiplicative],
  ['*', precedence.multiplicative],
  ['/', precedence.multiplicative],
  ['+', precedence.additive],
  ['-', precedence.additive],
  ['<<', precedence.shift],
  ['>>', precedence.shift],
  ['&', precedence.bitAnd],
  ['^', precedence.bitXor],
  ['|', precedence.bitOr],
])

/** How tightly an expression's outermost operator binds. */
export function bindingOf(node: Expression): number {
  switch (node.kind) {
    case 'logical':
      return node.operator === 'OR' ? precedence.or : precedence.and
    case 'unary':
      return node.operator === 'NOT' ? precedence.not : precedence.unary
    case 'is':
    case 'isDistinctFrom':
    case 'between':
    case 'like':
    case 'quantifiedLike':
    case 'in':
      return precedence.comparison
    case 'binary':
      return binary.get(node.operator) ?? precedence.comparison
    default:
      return primary
  }
}

/** An operand, in parentheses if it binds less tightly than `least` and none were written. */
export function operand(node: Expression, least: number, p: Printer): Doc {
  const doc = p.of(node)
  return node.parenthesized || bindingOf(node) >= least ? doc : inParentheses(doc)
}

const bare: ReadonlySet<Node['kind']> = new Set([
  ...([
    'call',
    'subscript',
    'field',
    'parameter',
    'array',
    'struct',
    'subquery',
    'arraySubquery',
    'cast',
  ] as const),
  ...(['string', 'case', 'tuple', 'extract', 'withExpression'] as const),
])

/** What stands before `[…]` or `.field`: with parentheses where the text would otherwise mean something else. */
export function base(node: Expression, before: '[' | '.', p: Printer): Doc {
  const doc = p.of(node)
  const open =
    bare.has(node.kind) || (before === '[' && (node.kind === 'path' || node.kind === 'systemVariable'))
  return node.parenthesized || open ? doc : inParentheses(doc)
}

export function inParentheses(doc: Doc): Doc {
  return group('(', indent(softline, doc), softline, ')')
}

/** Puts back the parentheses that were written. */
export function written(node: Expression, doc: Doc): Doc {
  return node.parenthesized ? inParentheses(doc) : cat(doc)
}
