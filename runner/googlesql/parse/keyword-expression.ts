import type { DatePart, Expression, Path, When, WithBinding } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'
import { parseQuery } from './query.ts'
import { parseType } from './type.ts'

export function parseCase(p: Parser): Expression {
  const start = p.start
  p.advance()
  const operand = p.word === 'WHEN' ? undefined : parseExpression(p)
  if (p.word !== 'WHEN') p.failExpected('WHEN')
  const whens: When[] = []
  while (p.word === 'WHEN') {
    const from = p.start
    p.advance()
    const condition = parseExpression(p)
    p.expect('THEN')
    const result = parseExpression(p)
    whens.push({ kind: 'when', start: from, end: p.end, condition, result })
  }
  const otherwise = p.take('ELSE') ? parseExpression(p) : undefined
  if (p.word !== 'END') {
    if (otherwise === undefined) p.fail(`Expected keyword ELSE or keyword END but got ${p.describe()}`)
    p.failExpected('END')
  }
  p.advance()
  return { kind: 'case', start, end: p.end, operand, whens, otherwise }
}

/** `CAST(x AS type FORMAT 'f' AT TIME ZONE 'z')`. */
export function parseCast(p: Parser, safe: boolean): Expression {
  const start = p.start
  p.advance()
  p.expect('(')
  if (p.word === 'SELECT') {
    p.failPlain(
      'The argument to CAST is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression',
    )
  }
  const operand = parseExpression(p)
  p.expect('AS')
  const type = parseType(p)
  const format = p.take('FORMAT') ? parseExpression(p) : undefined
  const timeZone = format === undefined ? undefined : parseTimeZone(p)
  p.expect(')')
  return { kind: 'cast', start, end: p.end, safe, operand, type, format, timeZone }
}

function parseTimeZone(p: Parser): Expression | undefined {
  if (!p.take('AT')) return undefined
  p.expectWords('TIME', 'ZONE')
  return parseExpression(p)
}

/** `EXTRACT(WEEK(MONDAY) FROM d AT TIME ZONE 'z')`. */
export function parseExtract(p: Parser): Expression {
  const start = p.start
  p.advance()
  p.expect('(')
  const partExpression = parseExpression(p)
  if (p.word !== 'FROM') p.failUnexpected()
  const part = datePart(p, partExpression)
  p.advance()
  const operand = parseExpression(p)
  const timeZone = parseTimeZone(p)
  p.expect(')')
  return { kind: 'extract', start, end: p.end, part, operand, timeZone }
}

function datePart(p: Parser, expression: Expression): DatePart {
  const { start, end } = expression
  const argument = expression.kind === 'call' && expression.args.length === 1 ? expression.args[0] : undefined
  const name = expression.kind === 'call' ? onlyName(expression.name) : onlyName(expression)
  const weekday = onlyName(argument)
  if (name === undefined || (expression.kind === 'call' && weekday === undefined)) {
    p.failPlain('A valid date part name is required', start)
  }
  return { kind: 'datePart', start, end, name, weekday }
}

function onlyName(node: { readonly kind: string } | undefined): string | undefined {
  if (node === undefined || node.kind !== 'path') return undefined
  const { parts } = node as Path
  return parts.length === 1 ? parts[0]?.name.toUpperCase() : undefined
}

/** `EXISTS (query)`, `ARRAY(query)`. */
export function parseSubqueryCall(p: Parser, kind: 'exists' | 'arraySubquery'): Expression {
  const start = p.start
  p.advance()
  p.expect('(')
  const query = p.parenthesizedQuery(() => parseQuery(p))
  return { kind, start, end: p.end, query }
}

/** `WITH(a AS 1, b AS a + 1, a + b)`. */
export function parseWithExpression(p: Parser): Expression {
  const start = p.start
  p.advance()
  p.expect('(')
  const bindings: WithBinding[] = []
  while (p.atName && p.peek() === 'AS') {
    const from = p.start
    const name = p.identifier()
    p.advance()
    const value = parseExpression(p)
    bindings.push({ kind: 'withBinding', start: from, end: p.end, name, value })
    p.expect(',')
  }
  const body = parseExpression(p)
  p.expect(')')
  return { kind: 'withExpression', start, end: p.end, bindings, body }
}
