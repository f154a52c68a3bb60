import type {
  CreateExternalTable,
  CreateSnapshot,
  CreateTable,
  Expression,
  Path,
  TableOrigin,
} from '../ast.ts'
import { parseExpression } from '../expression.ts'
import { parseConnection, parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { parseQuery } from '../query.ts'
import { tablePath } from '../table-path.ts'
import { parseColumn, parseTableElements } from './column.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'
import { parseDefaultCollate } from './schema.ts'

/** CREATE TABLE; the current token is TABLE. */
export function parseCreateTable(p: Parser, { start, orReplace, temporary }: CreateStart): CreateTable {
  p.advance()
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const early = parseOrigin(p)
  const elements = parseTableElements(p)
  const from = early ?? parseOrigin(p)
  const collate = parseDefaultCollate(p)
  const partitionBy = parsePartitionBy(p)
  const clusterBy = parseClusterBy(p)
  const connection = parseConnection(p)
  const options = parseOptions(p)
  const query = p.take('AS') ? parseQuery(p) : undefined
  const head = { orReplace, temporary, ifNotExists, name }
  const tail = { elements, from, collate, partitionBy, clusterBy, connection, options, query }
  return { kind: 'createTable', start, end: p.end, ...head, ...tail }
}

/** `LIKE t`, `COPY t`, `CLONE t [FOR SYSTEM_TIME AS OF x]`, if it is there. */
function parseOrigin(p: Parser): TableOrigin | undefined {
  const start = p.start
  const how = p.word
  if (how !== 'LIKE' && how !== 'COPY' && how !== 'CLONE') return undefined
  p.advance()
  const source = tablePath(p)
  const systemTime = parseSystemTime(p)
  return { kind: 'tableOrigin', start, end: p.end, how, source, systemTime }
}

/** `FOR SYSTEM_TIME AS OF x`, if it is there. */
function parseSystemTime(p: Parser): Expression | undefined {
  if (!p.take('FOR')) return undefined
  p.expectWords('SYSTEM_TIME', 'AS', 'OF')
  return parseExpression(p)
}

/** `PARTITION BY x`, if it is there. */
export function parsePartitionBy(p: Parser): Expression | undefined {
  if (!p.take('PARTITION')) return undefined
  p.expect('BY')
  return parseExpression(p)
}

/** `CLUSTER BY a, b`; empty if it is not there. */
export function parseClusterBy(p: Parser): readonly Path[] {
  if (!p.take('CLUSTER')) return []
  p.expect('BY')
  return p.list(() => p.path())
}

/** CREATE SNAPSHOT TABLE … CLONE …; the current token is SNAPSHOT. */
export function parseCreateSnapshot(p: Parser, { start, orReplace }: CreateStart): CreateSnapshot {
  p.advance()
  p.expect('TABLE')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  p.expect('CLONE')
  const source = tablePath(p)
  const systemTime = parseSystemTime(p)
  const options = parseOptions(p)
  return {
    kind: 'createSnapshot',
    start,
    end: p.end,
    orReplace,
    ifNotExists,
    name,
    source,
    systemTime,
    options,
  }
}

/** CREATE EXTERNAL TABLE; the current token is TABLE. */
export function parseCreateExternalTable(p: Parser, { start, orReplace }: CreateStart): CreateExternalTable {
  p.expect('TABLE')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const elements = parseTableElements(p)
  const early = parseConnection(p)
  const partitionColumns = parsePartitionColumns(p)
  const connection = early ?? parseConnection(p)
  const options = parseOptions(p)
  if (options === undefined) p.fail('Expected keyword OPTIONS')
  const head = { orReplace, ifNotExists, name, elements, connection, partitionColumns, options }
  return { kind: 'createExternalTable', start, end: p.end, ...head }
}

/** `WITH PARTITION COLUMNS [(a INT64, …)]`, if it is there; without a list the columns are inferred. */
export function parsePartitionColumns(p: Parser): CreateExternalTable['partitionColumns'] {
  if (!p.takeWords('WITH', 'PARTITION', 'COLUMNS')) return undefined
  if (!p.take('(')) return 'inferred'
  const columns = p.list(() => parseColumn(p))
  p.closeList()
  return columns
}
