import type { Identifier } from './ast.ts'
import { type Order, parseOrder } from './order-by.ts'
import type { Parser } from './parser.ts'
import { parseAlias } from './select.ts'

/** `AS x DESC` or `DESC AS x`, as pipes have it; `bare`: the alias may stand without AS. */
export function parseOrderedAlias(
  p: Parser,
  bare: boolean,
): Order & { readonly alias: Identifier | undefined } {
  const early = parseOrder(p)
  const alias = bare || p.word === 'AS' ? parseAlias(p) : undefined
  const isOrdered = early.direction !== undefined || early.nulls !== undefined
  return { alias, ...(isOrdered ? early : parseOrder(p)) }
}
