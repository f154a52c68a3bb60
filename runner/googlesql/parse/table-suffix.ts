import type { Identifier, TableSample } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'

/** `AS name`, or a name alone that does not begin PIVOT, UNPIVOT or MATCH_RECOGNIZE. */
export function parseTableAlias(p: Parser): Identifier | undefined {
  if (p.take('AS')) return p.identifier()
  if (!p.atName || atPivot(p)) return undefined
  return p.anyName()
}

/** True at the word PIVOT or UNPIVOT where it is an operator and no name. */
export function atPivot(p: Parser): boolean {
  const next = p.peek()
  if (p.word === 'MATCH_RECOGNIZE' && next === '(') p.refuse('MATCH_RECOGNIZE')
  if (p.word === 'PIVOT') return next === '('
  return p.word === 'UNPIVOT' && (next === '(' || next === 'INCLUDE' || next === 'EXCLUDE')
}

/** `TABLESAMPLE SYSTEM (10 PERCENT)`, if it is there. */
export function parseTableSample(p: Parser): TableSample | undefined {
  const start = p.start
  if (!p.take('TABLESAMPLE')) return undefined
  const method = p.identifier().name.toUpperCase()
  p.expect('(')
  const size = parseExpression(p)
  const unit = p.word
  if (unit !== 'PERCENT' && unit !== 'ROWS') {
    p.fail(`Expected keyword PERCENT or keyword ROWS but got ${p.describe()}`)
  }
  p.advance()
  p.expect(')')
  return { kind: 'tableSample', start, end: p.end, method, size, unit }
}
