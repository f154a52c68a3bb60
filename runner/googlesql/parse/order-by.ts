import type { Expression, Limit, OrderItem } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'
import { parsePrimary } from './primary.ts'
import { tokenKind } from './tokens.ts'

export interface Order {
  readonly direction: 'ASC' | 'DESC' | undefined
  readonly nulls: 'FIRST' | 'LAST' | undefined
}

/** `ORDER BY a DESC NULLS LAST, …`; the current token is ORDER. */
export function parseOrderBy(p: Parser): readonly OrderItem[] {
  p.advance()
  p.expect('BY')
  return p.list(() => parseOrderItem(p))
}

export function parseOrderItem(p: Parser): OrderItem {
  const start = p.start
  const expression = parseExpression(p)
  const collate = p.take('COLLATE') ? parseCollation(p) : undefined
  const { direction, nulls } = parseOrder(p)
  return { kind: 'orderItem', start, end: p.end, expression, collate, direction, nulls }
}

function parseCollation(p: Parser): Expression {
  if (p.kind !== tokenKind.string && p.word !== '@' && p.word !== '@@' && p.word !== '?') {
    p.fail(`Expected "@" or "@@" or string literal but got ${p.describe()}`)
  }
  return parsePrimary(p)
}

/** `ASC | DESC`, `NULLS FIRST | LAST`, each if it is there. */
export function parseOrder(p: Parser): Order {
  const direction = p.word === 'ASC' || p.word === 'DESC' ? p.word : undefined
  if (direction !== undefined) p.advance()
  if (!p.at('NULLS')) return { direction, nulls: undefined }
  p.advance()
  const nulls = p.word
  if (nulls !== 'FIRST' && nulls !== 'LAST') {
    p.fail(`Expected keyword FIRST or keyword LAST but got ${p.describe()}`)
  }
  p.advance()
  return { direction, nulls }
}

/** `LIMIT n OFFSET m`; the current token is LIMIT. */
export function parseLimit(p: Parser): Limit {
  const start = p.start
  p.advance()
  const count = parseExpression(p)
  const offset = p.take('OFFSET') ? parseExpression(p) : undefined
  return { kind: 'limit', start, end: p.end, count, offset }
}
