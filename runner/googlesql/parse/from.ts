import type {
  FromItem,
  ParenthesizedFrom,
  ParenthesizedQuery,
  TableSubquery,
  Unnest,
  WithOffset,
} from './ast.ts'
import { parseArguments } from './call.ts'
import { parseExpression } from './expression.ts'
import { atJoin, parseJoins } from './join.ts'
import type { Parser } from './parser.ts'
import { parsePivots } from './pivot.ts'
import { atQueryStart, continueQuery, continuesQuery, parseQuery } from './query.ts'
import { tablePath } from './table-path.ts'
import { parseTableAlias, parseTableSample } from './table-suffix.ts'

/** What stands after FROM: tables with joins and commas between them. */
export function parseFrom(p: Parser): FromItem {
  let left = parseJoins(p, parseTable(p))
  while (p.word === ',') {
    p.advance()
    const right = parseTable(p)
    left = {
      kind: 'join',
      start: left.start,
      end: p.end,
      type: 'COMMA',
      left,
      right,
      on: undefined,
      using: undefined,
    }
    left = parseJoins(p, left)
  }
  return left
}

/** One table with all that may follow it, but joins. */
export function parseTable(p: Parser): FromItem {
  if (p.word === '(') return finishParenthesized(p, parseParenthesized(p))
  if (p.word === 'UNNEST') return parseUnnest(p)
  if (p.word === 'LATERAL') p.refuse('LATERAL')
  if (p.word === 'GRAPH_TABLE' && p.peek() === '(') p.refuse('GRAPH_TABLE')
  return parseNamedTable(p)
}

function parseNamedTable(p: Parser): FromItem {
  const start = p.start
  const path = tablePath(p)
  if (p.word === '(') {
    p.advance()
    const args = parseArguments(p)
    p.closeList()
    return { kind: 'tableCall', start, name: path, args, ...parseSuffixes(p) }
  }
  const alias = parseTableAlias(p)
  const pivots = parsePivots(p)
  const offset = parseWithOffset(p)
  const systemTime = p.word === 'FOR' ? parseSystemTime(p) : undefined
  const sample = parseTableSample(p)
  return { kind: 'tablePath', start, end: p.end, path, alias, pivots, offset, systemTime, sample }
}

function parseSystemTime(p: Parser) {
  p.advance()
  if (!p.take('SYSTEM_TIME')) {
    if (p.word !== 'SYSTEM') p.fail(`Expected SYSTEM_TIME or keyword SYSTEM but got ${p.describe()}`)
    p.advance()
    p.expect('TIME')
  }
  p.expectWords('AS', 'OF')
  return parseExpression(p)
}

/** Alias, pivots and sample. */
function parseSuffixes(p: Parser) {
  const alias = parseTableAlias(p)
  const pivots = parsePivots(p)
  const sample = parseTableSample(p)
  return { end: p.end, alias, pivots, sample }
}

function parseUnnest(p: Parser): Unnest {
  const start = p.start
  p.advance()
  p.expect('(')
  const expression = parseExpression(p)
  if (p.word === 'AS') p.failPlain('Argument alias is not supported in the UNNEST operator')
  if (p.word === ',') {
    const second = p.tokens.starts[p.index + 1]
    p.failPlain('The UNNEST operator supports exactly one argument', second)
  }
  p.expect(')')
  const alias = parseTableAlias(p)
  const pivots = parsePivots(p)
  const offset = parseWithOffset(p)
  const sample = parseTableSample(p)
  return { kind: 'unnest', start, end: p.end, expression, alias, pivots, offset, sample }
}

function parseWithOffset(p: Parser): WithOffset | undefined {
  if (p.word !== 'WITH') return undefined
  const start = p.start
  p.advance()
  p.expect('OFFSET')
  const alias = parseTableAlias(p)
  return { kind: 'withOffset', start, end: p.end, alias }
}

/** `( … )` where a table stands: a query, or joins. Which of them shows only at the end, behind nested parentheses. */
function parseParenthesized(p: Parser): ParenthesizedQuery | ParenthesizedFrom {
  const start = p.start
  p.advance()
  if (atQueryStart(p)) {
    const query = p.parenthesizedQuery(() => parseQuery(p))
    return { kind: 'parenthesizedQuery', start, end: p.end, query }
  }
  if (!p.at('(')) return finishJoins(p, start, parseTable(p))
  const inner = parseParenthesized(p)
  if (inner.kind === 'parenthesizedQuery' && (p.word === ')' || continuesQuery(p))) {
    const query = continueQuery(p, inner)
    p.expect(')')
    return { kind: 'parenthesizedQuery', start, end: p.end, query }
  }
  return finishJoins(p, start, finishParenthesized(p, inner))
}

function finishJoins(p: Parser, start: number, first: FromItem): ParenthesizedFrom {
  if (!atJoin(p) && first.kind !== 'parenthesizedFrom') p.failExpected('JOIN')
  const from = parseJoins(p, first)
  p.expect(')')
  return { kind: 'parenthesizedFrom', start, end: p.end, from, sample: undefined }
}

/** What follows the parentheses. */
function finishParenthesized(p: Parser, item: ParenthesizedQuery | ParenthesizedFrom): FromItem {
  if (item.kind === 'parenthesizedFrom') {
    const sample = parseTableSample(p)
    return sample === undefined ? item : { ...item, end: p.end, sample }
  }
  const table: TableSubquery = {
    kind: 'tableSubquery',
    start: item.start,
    query: item.query,
    ...parseSuffixes(p),
  }
  return table
}
