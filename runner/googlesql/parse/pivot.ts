import type { Literal, Path, Pivot, SelectExpression, Unpivot, UnpivotSource } from './ast.ts'
import { parseExpression, precedence } from './expression.ts'
import { parseInteger, parseString } from './literal.ts'
import type { Parser } from './parser.ts'
import { parseAlias } from './select.ts'
import { atPivot, parseTableAlias } from './table-suffix.ts'
import { tokenKind } from './tokens.ts'

/** The PIVOT or UNPIVOT operator that follows a table; BigQuery has at most one. */
export function parsePivots(p: Parser): readonly (Pivot | Unpivot)[] {
  if (!atPivot(p)) return none
  return [p.word === 'PIVOT' ? parsePivot(p) : parseUnpivot(p)]
}

const none: readonly never[] = []

/** `PIVOT (SUM(x) FOR q IN ('a', 'b' AS second)) AS p`; the current token is PIVOT. */
export function parsePivot(p: Parser): Pivot {
  const start = p.start
  p.advance()
  p.expect('(')
  const aggregates = p.list(() => parseAliased(p))
  if (!p.at('FOR')) p.failUnexpected()
  p.advance()
  const input = parseExpression(p, precedence.bitOr)
  if (!p.at('IN')) p.failUnexpected()
  p.advance()
  p.expect('(')
  if (p.word === 'SELECT' || p.word === 'ANY') {
    p.fail('PIVOT IN list must be a list of constant values', p.start)
  }
  const values = p.list(() => parseAliased(p))
  p.closeList()
  p.expect(')')
  const alias = parseTableAlias(p)
  return { kind: 'pivot', start, end: p.end, aggregates, input, values, alias }
}

function parseAliased(p: Parser): SelectExpression {
  const start = p.start
  const expression = parseExpression(p)
  const alias = parseAlias(p)
  return { kind: 'selectExpression', start, end: p.end, expression, alias }
}

/** `UNPIVOT [INCLUDE NULLS] (value FOR name IN (a, b AS 'x')) AS u`; the current token is UNPIVOT. */
export function parseUnpivot(p: Parser): Unpivot {
  const start = p.start
  p.advance()
  const nulls = p.word === 'INCLUDE' || p.word === 'EXCLUDE' ? p.word : undefined
  if (nulls !== undefined) {
    p.advance()
    p.expect('NULLS')
  }
  p.expect('(')
  const multiple = p.word === '('
  const values = parseColumns(p, multiple)
  p.expect('FOR')
  const name = p.path()
  p.expect('IN')
  p.expect('(')
  const sources = p.list(() => parseSource(p))
  p.closeList()
  p.expect(')')
  const alias = parseTableAlias(p)
  return { kind: 'unpivot', start, end: p.end, nulls, values, multiple, name, sources, alias }
}

function parseColumns(p: Parser, multiple: boolean): readonly Path[] {
  if (!multiple) return [p.path()]
  p.expect('(')
  const columns = p.list(() => p.path())
  p.closeList()
  return columns
}

function parseSource(p: Parser): UnpivotSource {
  const start = p.start
  const columns = parseColumns(p, p.word === '(')
  const labelled = p.take('AS') || p.kind === tokenKind.string || p.kind === tokenKind.integer
  const label = labelled ? parseLabel(p) : undefined
  return { kind: 'unpivotSource', start, end: p.end, columns, label }
}

function parseLabel(p: Parser): Literal {
  if (p.kind === tokenKind.string) return parseString(p)
  if (p.kind !== tokenKind.integer) p.failUnexpected()
  return parseInteger(p) as Literal
}
