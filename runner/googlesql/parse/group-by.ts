import type {
  Expression,
  GroupBy,
  GroupingColumns,
  GroupingExpression,
  GroupingItem,
  GroupingSet,
} from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseOrderedAlias } from './ordered-alias.ts'
import type { Parser } from './parser.ts'

/**
 * `GROUP BY a, ROLLUP (b, c)`, `GROUP BY ALL`; the current token is GROUP. In a pipe, `GROUP AND ORDER BY`, aliases and
 * orders too.
 */
export function parseGroupBy(p: Parser, inPipe: boolean): GroupBy {
  const start = p.start
  p.advance()
  const andOrderBy = inPipe && p.takeWords('AND', 'ORDER') ? (true as const) : undefined
  p.expect('BY')
  if (!inPipe && p.take('ALL'))
    return { kind: 'groupBy', start, end: p.end, all: true, items: [], andOrderBy }
  const items = [parseItem(p, inPipe)]
  while (p.take(',')) {
    if (inPipe && (p.atEnd || p.word === ')' || p.word === '|>' || p.word === ';')) break
    items.push(parseItem(p, inPipe))
  }
  return { kind: 'groupBy', start, end: p.end, all: false, items, andOrderBy }
}

const plain = { alias: undefined, direction: undefined, nulls: undefined } as const

function parseItem(p: Parser, inPipe: boolean): GroupingItem {
  const set = parseGroupingSet(p) ?? parseNoColumns(p)
  if (set !== undefined) return set
  const start = p.start
  const expression = parseExpression(p)
  if (!inPipe && p.word === 'AS') p.failPlain('GROUP BY does not support aliases')
  const { alias, direction, nulls } = inPipe ? parseOrderedAlias(p, false) : plain
  const item: GroupingExpression = {
    kind: 'groupingExpression',
    start,
    end: p.end,
    expression,
    alias,
    direction,
    nulls,
  }
  return item
}

/** `GROUP BY ()` is the same as `GROUP BY GROUPING SETS (())`. */
function parseNoColumns(p: Parser): GroupingSet | undefined {
  if (p.word !== '(' || p.peek() !== ')') return undefined
  const start = p.start
  const sets = [parseColumns(p)]
  return { kind: 'groupingSets', start, end: p.end, sets }
}

function parseGroupingSet(p: Parser): GroupingSet | undefined {
  const start = p.start
  const kind = groupingKind(p)
  if (kind === undefined) return undefined
  p.expect('(')
  // Within GROUPING SETS stand ROLLUP and CUBE, and within those nothing but columns.
  const nested = () => (kind === 'groupingSets' && p.word !== 'GROUPING' ? parseGroupingSet(p) : undefined)
  const sets = p.list(() => nested() ?? parseColumns(p))
  p.closeList()
  return { kind, start, end: p.end, sets }
}

/** Steps over ROLLUP, CUBE or GROUPING SETS. `GROUPING(` is the function. */
function groupingKind(p: Parser): GroupingSet['kind'] | undefined {
  if (p.take('ROLLUP')) return 'rollup'
  if (p.take('CUBE')) return 'cube'
  if (p.word !== 'GROUPING' || p.peek() !== 'SETS') return undefined
  p.advance()
  p.advance()
  return 'groupingSets'
}

function parseColumns(p: Parser): GroupingColumns {
  const start = p.start
  if (p.word === '(' && p.peek() === ')') {
    p.advance()
    p.advance()
    return { kind: 'groupingColumns', start, end: p.end, columns: [] }
  }
  const expression = parseExpression(p)
  const columns: readonly Expression[] =
    expression.kind === 'tuple' && !expression.parenthesized ? expression.elements : [expression]
  return { kind: 'groupingColumns', start, end: p.end, columns }
}
