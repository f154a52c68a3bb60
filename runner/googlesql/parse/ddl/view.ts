import type { CreateView, ViewColumn } from '../ast.ts'
import { parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { parseQuery } from '../query.ts'
import { tablePath } from '../table-path.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'
import { parseClusterBy, parsePartitionBy } from './table.ts'

/** CREATE [MATERIALIZED] [RECURSIVE] VIEW; the current token is the first of these words. */
export function parseCreateView(p: Parser, { start, orReplace }: CreateStart): CreateView {
  const materialized = p.take('MATERIALIZED')
  const recursive = p.take('RECURSIVE')
  p.expect('VIEW')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const columns = p.take('(') ? parseViewColumns(p) : undefined
  const partitionBy = parsePartitionBy(p)
  const clusterBy = parseClusterBy(p)
  const options = parseOptions(p)
  p.expect('AS')
  const replicaOf = p.takeWords('REPLICA', 'OF') ? tablePath(p) : undefined
  const query = replicaOf === undefined ? parseQuery(p) : undefined
  const head = { orReplace, ifNotExists, name, materialized, recursive, columns }
  return { kind: 'createView', start, end: p.end, ...head, partitionBy, clusterBy, options, replicaOf, query }
}

/** `a OPTIONS (…), b)`; the parenthesis was opened. */
export function parseViewColumns(p: Parser): readonly ViewColumn[] {
  const columns = p.list<ViewColumn>(() => {
    const start = p.start
    const name = p.identifier()
    const options = parseOptions(p)
    return { kind: 'viewColumn', start, end: p.end, name, options }
  })
  p.closeList()
  return columns
}
