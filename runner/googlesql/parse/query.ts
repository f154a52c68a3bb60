import type { Expression, FromQuery, ParenthesizedQuery, Query, QueryBody, With, WithEntry } from './ast.ts'
import { parseFrom } from './from.ts'
import { parseLimit, parseOrderBy } from './order-by.ts'
import type { Parser } from './parser.ts'
import { parsePipe } from './pipe.ts'
import { parseSelect } from './select.ts'
import { atSetOperator, parseSetOperation } from './set-operation.ts'

/** True at the first word of a query; a query in parentheses and `WITH(…)`, the expression, are told apart elsewhere. */
export function atQueryStart(p: Parser): boolean {
  return p.word === 'SELECT' || p.word === 'FROM' || (p.word === 'WITH' && p.peek() !== '(')
}

/** `WITH … SELECT … UNION ALL … ORDER BY … LIMIT … |> …`. */
export function parseQuery(p: Parser): Query {
  const start = p.start
  const entries = p.word === 'WITH' ? parseWith(p) : undefined
  if (p.word === '(') return finishQuery(p, start, entries, parseParenthesizedQuery(p))
  return finishQuery(p, start, entries, p.word === 'FROM' ? parseFromQuery(p) : parseSelect(p))
}

/** What follows a query's first operand. */
function finishQuery(
  p: Parser,
  start: number,
  entries: With | undefined,
  first: Exclude<QueryBody, { readonly kind: 'setOperation' }>,
): Query {
  if (first.kind === 'fromQuery') failAfterFrom(p)
  const body = atSetOperator(p) ? parseSetOperation(p, first, parseOperand) : first
  const orderBy = p.word === 'ORDER' ? parseOrderBy(p) : []
  const limit = p.word === 'LIMIT' ? parseLimit(p) : undefined
  const pipes = p.word === '|>' ? p.repeated('|>', () => parsePipe(p)) : []
  return { kind: 'query', start, end: p.end, with: entries, body, orderBy, limit, pipes }
}

/** Behind FROM alone only pipes may follow: a message for what people write there. */
function failAfterFrom(p: Parser): void {
  const { word } = p
  const clause = word === 'ORDER' || word === 'GROUP' ? (`${word} BY` as const) : word
  const pipe = clause === 'GROUP BY' ? 'AGGREGATE' : clause
  const advice = `not supported after FROM query; Consider using pipe operator \`|> ${pipe}\``
  if (word === 'WHERE' || word === 'SELECT' || word === 'GROUP') p.fail(`${clause} ${advice}`)
  if (word === 'ORDER' || word === 'LIMIT' || atSetOperator(p)) {
    p.fail(`${clause} ${advice} or parentheses around the FROM query`)
  }
}

/** An operand of a set operation after the first. */
function parseOperand(p: Parser): Exclude<QueryBody, { readonly kind: 'setOperation' }> {
  return p.word === '(' ? parseParenthesizedQuery(p) : parseSelect(p)
}

export function parseParenthesizedQuery(p: Parser): ParenthesizedQuery {
  const start = p.start
  p.expect('(')
  const query = p.parenthesizedQuery(() => parseQuery(p))
  return { kind: 'parenthesizedQuery', start, end: p.end, query }
}

function parseFromQuery(p: Parser): FromQuery {
  const start = p.start
  p.advance()
  const from = parseFrom(p)
  return { kind: 'fromQuery', start, end: p.end, from }
}

/** `WITH [RECURSIVE] a AS (…), b AS (…)`; the current token is WITH. */
export function parseWith(p: Parser): With {
  const start = p.start
  p.advance()
  const recursive = p.take('RECURSIVE')
  const entries = [parseWithEntry(p)]
  while (p.take(',')) {
    if (atQueryStart(p) || p.word === '(') {
      p.fail('Trailing comma after the WITH clause before the main query is not allowed')
    }
    entries.push(parseWithEntry(p))
  }
  return { kind: 'with', start, end: p.end, recursive, entries }
}

function parseWithEntry(p: Parser): WithEntry {
  const start = p.start
  const name = p.identifier()
  p.expect('AS')
  p.expect('(')
  const query = p.parenthesizedQuery(() => parseQuery(p))
  return { kind: 'withEntry', start, end: p.end, name, query }
}

/**
 * `((SELECT 1) UNION ALL SELECT 2)`: what was read as a subquery inside parentheses turns out to start a query. Goes on
 * with that query if the current token continues or ends one; undefined if `first` stays an expression.
 */
export function queryFromSubquery(p: Parser, first: Expression): Query | undefined {
  if (first.kind !== 'subquery') return undefined
  const { start, end, query } = first
  return continuesQuery(p) || p.word === ')'
    ? finishQuery(p, start, undefined, { kind: 'parenthesizedQuery', start, end, query })
    : undefined
}

/** As `queryFromSubquery`, for a query in parentheses that was read where a table stands. */
export function continueQuery(p: Parser, first: ParenthesizedQuery): Query {
  return finishQuery(p, first.start, undefined, first)
}

export function continuesQuery(p: Parser): boolean {
  return p.word === 'ORDER' || p.word === 'LIMIT' || p.word === '|>' || atSetOperator(p)
}
