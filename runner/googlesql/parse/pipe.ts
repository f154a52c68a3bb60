import type { PipeAggregateItem, PipeJoin, PipeOperator, PipeRenameItem, PipeSetItem, Query } from './ast.ts'
import { parseArguments } from './call.ts'
import { parseExpression } from './expression.ts'
import { parseTable } from './from.ts'
import { parseGroupBy } from './group-by.ts'
import { atJoin, parseCondition, parseJoinType } from './join.ts'
import { parseLimit, parseOrderItem } from './order-by.ts'
import { parseOrderedAlias } from './ordered-alias.ts'
import type { Parser } from './parser.ts'
import { parsePivot, parseUnpivot } from './pivot.ts'
import { parseQuery, parseWith } from './query.ts'
import { parseSelectItems, parseSelectList } from './select.ts'
import { atSetOperator, parseSetOperator } from './set-operation.ts'
import { tablePath } from './table-path.ts'
import { parseTableAlias, parseTableSample } from './table-suffix.ts'
import { parseWindows } from './window.ts'

/**
 * One operator behind `|>`, which was stepped over.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax
 */
export function parsePipe(p: Parser): PipeOperator {
  const start = p.start
  if (atSetOperator(p)) return parsePipeSetOperation(p, start)
  if (atJoin(p)) return parsePipeJoin(p, start)
  switch (p.word) {
    case 'SELECT':
      return parsePipeSelect(p, start)
    case 'AGGREGATE':
      return parseAggregate(p, start)
    case 'WHERE': {
      p.advance()
      const condition = parseExpression(p)
      return { kind: 'pipeWhere', start, end: p.end, condition }
    }
    case 'ORDER': {
      p.advance()
      p.expect('BY')
      const orderBy = listWithTrailingComma(p, parseOrderItem)
      return { kind: 'pipeOrderBy', start, end: p.end, orderBy }
    }
    case 'LIMIT': {
      const limit = parseLimit(p)
      return { kind: 'pipeLimit', start, end: p.end, limit }
    }
    case 'DISTINCT':
      p.advance()
      return { kind: 'pipeDistinct', start, end: p.end }
    case 'WITH': {
      const entries = parseWith(p)
      return { kind: 'pipeWith', start, end: p.end, with: entries }
    }
    case 'GROUP':
      p.fail('GROUP BY should be part of a pipe AGGREGATE operator, without a leading pipe symbol')
      break
    default:
      return parseColumnOperator(p, start) ?? parseTableOperator(p, start) ?? p.failUnexpected()
  }
}

function parseColumnOperator(p: Parser, start: number): PipeOperator | undefined {
  switch (p.word) {
    case 'WINDOW':
    case 'EXTEND': {
      p.advance()
      if (p.at('*')) p.failUnexpected()
      const items = parseSelectItems(p)
      const windows = p.at('WINDOW') ? parseWindows(p) : []
      return { kind: 'pipeExtend', start, end: p.end, items, windows }
    }
    case 'SET': {
      p.advance()
      const items = listWithTrailingComma(p, parseSetItem)
      return { kind: 'pipeSet', start, end: p.end, items }
    }
    case 'DROP': {
      p.advance()
      const columns = listWithTrailingComma(p, () => p.identifier())
      return { kind: 'pipeDrop', start, end: p.end, columns }
    }
    case 'RENAME': {
      p.advance()
      const items = listWithTrailingComma(p, parseRenameItem)
      return { kind: 'pipeRename', start, end: p.end, items }
    }
    case 'AS': {
      p.advance()
      const alias = p.identifier()
      return { kind: 'pipeAs', start, end: p.end, alias }
    }
    default:
      return undefined
  }
}

function parseTableOperator(p: Parser, start: number): PipeOperator | undefined {
  switch (p.word) {
    case 'CALL':
      return parsePipeCall(p, start)
    case 'TABLESAMPLE': {
      const sample = parseTableSample(p)
      return sample === undefined ? undefined : { kind: 'pipeTableSample', start, end: p.end, sample }
    }
    case 'PIVOT': {
      const pivot = parsePivot(p)
      return { kind: 'pipePivot', start, end: p.end, pivot }
    }
    case 'UNPIVOT': {
      const unpivot = parseUnpivot(p)
      return { kind: 'pipeUnpivot', start, end: p.end, unpivot }
    }
    case 'ASSERT': {
      p.advance()
      const [condition, ...payload] = listWithTrailingComma(p, () => parseExpression(p))
      if (condition === undefined) p.failUnexpected()
      return { kind: 'pipeAssert', start, end: p.end, condition, payload }
    }
    case 'MATCH_RECOGNIZE':
      return p.refuse('MATCH_RECOGNIZE')
    default:
      return undefined
  }
}

/** Behind a pipe operator, a comma may stand after the last item. */
function listWithTrailingComma<Item>(p: Parser, item: (p: Parser) => Item): readonly Item[] {
  const items = [item(p)]
  while (p.take(',')) {
    if (p.atEnd || p.word === '|>' || p.word === ')' || p.word === ';') break
    items.push(item(p))
  }
  return items
}

function parseSetItem(p: Parser): PipeSetItem {
  const start = p.start
  const column = p.identifier()
  if (p.word === '.') {
    p.fail(
      'Pipe SET can only update columns by column name alone; Setting columns under table aliases or fields under paths is not supported',
      start,
    )
  }
  p.expect('=')
  const value = parseExpression(p)
  return { kind: 'pipeSetItem', start, end: p.end, column, value }
}

function parseRenameItem(p: Parser): PipeRenameItem {
  const start = p.start
  const from = p.identifier()
  if (p.word === '.') {
    p.fail(
      'Pipe RENAME can only rename columns by name alone; Renaming columns under table aliases or fields under paths is not supported',
      start,
    )
  }
  p.take('AS')
  const to = p.identifier()
  return { kind: 'pipeRenameItem', start, end: p.end, from, to }
}

function parsePipeSelect(p: Parser, start: number): PipeOperator {
  const list = parseSelectList(p)
  const windows = p.word === 'WINDOW' ? parseWindows(p) : []
  const end = p.end
  return { kind: 'pipeSelect', start, end, select: { kind: 'select', start, end, ...list, windows } }
}

function parseAggregate(p: Parser, start: number): PipeOperator {
  p.advance()
  const empty = p.word === 'GROUP' || p.atEnd || p.word === '|>' || p.word === ')' || p.word === ';'
  const items = empty ? [] : parseAggregateItems(p)
  const groupBy = p.word === 'GROUP' ? parseGroupBy(p, true) : undefined
  return { kind: 'pipeAggregate', start, end: p.end, items, groupBy }
}

function parseAggregateItems(p: Parser): readonly PipeAggregateItem[] {
  const items = [parseAggregateItem(p)]
  while (p.take(',')) {
    if (p.word === 'GROUP' || p.atEnd || p.word === '|>' || p.word === ')' || p.word === ';') break
    items.push(parseAggregateItem(p))
  }
  return items
}

function parseAggregateItem(p: Parser): PipeAggregateItem {
  const start = p.start
  const expression = parseExpression(p)
  const { alias, direction, nulls } = parseOrderedAlias(p, true)
  return { kind: 'pipeAggregateItem', start, end: p.end, expression, alias, direction, nulls }
}

function parsePipeJoin(p: Parser, start: number): PipeJoin {
  const type = parseJoinType(p)
  const right = parseTable(p)
  if (type === 'CROSS' && (p.word === 'ON' || p.word === 'USING'))
    p.failPlain(`${p.word} clause cannot be used with CROSS JOIN`)
  const condition = parseCondition(p)
  return { kind: 'pipeJoin', start, end: p.end, type, right, ...condition }
}

function parsePipeSetOperation(p: Parser, start: number): PipeOperator {
  const operation = parseSetOperator(p)
  const queries = listWithTrailingComma<Query>(p, () => {
    p.expect('(')
    return p.parenthesizedQuery(() => parseQuery(p))
  })
  return { kind: 'pipeSetOperation', start, end: p.end, operation, queries }
}

function parsePipeCall(p: Parser, start: number): PipeOperator {
  p.advance()
  const from = p.start
  const name = tablePath(p)
  p.expect('(')
  const args = parseArguments(p)
  p.closeList()
  const alias = parseTableAlias(p)
  const call = {
    kind: 'tableCall',
    start: from,
    end: p.end,
    name,
    args,
    alias,
    pivots: [],
    sample: undefined,
  } as const
  return { kind: 'pipeCall', start, end: p.end, call }
}
