import type { CreateIndex } from '../ast.ts'
import { parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'
import { parsePartitionBy } from './table.ts'
import { parseViewColumns } from './view.ts'

/** `CREATE SEARCH | VECTOR INDEX i ON t (…)`; the current token is SEARCH or VECTOR. */
export function parseCreateIndex(p: Parser, { start, orReplace }: CreateStart): CreateIndex {
  const type = p.word === 'SEARCH' ? 'SEARCH' : 'VECTOR'
  p.advance()
  p.expect('INDEX')
  const ifNotExists = parseIfNotExists(p)
  const name = p.path()
  p.expect('ON')
  const table = tablePath(p)
  p.expect('(')
  const all = p.takeWords('ALL', 'COLUMNS')
  const allColumns = all && p.takeWords('WITH', 'COLUMN', 'OPTIONS') ? parseColumnOptions(p) : undefined
  if (all) p.expect(')')
  const columns = all ? 'all' : parseViewColumns(p)
  const storing = p.take('STORING') ? parseStoring(p) : undefined
  const partitionBy = parsePartitionBy(p)
  const options = parseOptions(p)
  const head = {
    orReplace,
    ifNotExists,
    name,
    type,
    table,
    columns,
    allColumns,
    storing,
    partitionBy,
    options,
  } as const
  return { kind: 'createIndex', start, end: p.end, ...head }
}

function parseColumnOptions(p: Parser): CreateIndex['allColumns'] {
  p.expect('(')
  return parseViewColumns(p)
}

function parseStoring(p: Parser): CreateIndex['storing'] {
  p.expect('(')
  const columns = p.list(() => p.path())
  p.closeList()
  return columns
}
