import type { CatalogColumn, CatalogTable } from '../../catalog.ts'
import { SESSION, targetName } from '../../lower/identifier.ts'
import type { ColumnDefinition, CreateTable, Query, Span } from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import type { Target } from '../../target.ts'
import { typeName } from '../../types/print.ts'
import { type Context, newColumn, problemAt, unsupportedAt } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { ingestionUnit } from '../from/ingestion-time.ts'
import { tableScan } from '../from/table.ts'
import { partitionColumn } from '../partition-column.ts'
import { project } from '../query/project.ts'
import { resolveQuery } from '../query/query.ts'
import { checkFieldName, nameOutputs } from '../query/result-names.ts'
import { valuesAsColumns } from '../query/value-columns.ts'
import type { Computed, OutputColumn, ResolvedQuery, TableScan } from '../resolved.ts'
import { resolveColumn } from './column-schema.ts'
import { untypedOutput } from './dml.ts'
import { foreignKeysOf } from './foreign-key.ts'
import { optionsOfTables } from './known-options.ts'
import { resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'
import { findTable, sessionTarget, tableTarget } from './target.ts'

/** A statement that has nothing to do; `table` is the one that was there already. */
export const NOTHING = (
  statementType: string,
  writes: readonly Target[] = [],
  table?: CatalogTable,
): Resolved => ({
  statement: { kind: 'nothing', ...(table === undefined ? {} : { table }) },
  statementType,
  changes: [],
  writes,
})

/** CREATE TABLE in all its forms but snapshots and external tables. */
export function resolveCreateTable(context: Context, node: CreateTable): Resolved {
  const statementType = node.query === undefined ? 'CREATE_TABLE' : 'CREATE_TABLE_AS_SELECT'
  const target = node.temporary
    ? sessionTarget(nameParts(node.name).at(-1) ?? '')
    : createdTarget(context, node)
  if (existing(context, node, target, 'TABLE')) {
    const known = context.resolution.catalog.table(target)
    // BigQuery answers with the columns that the statement gives, whatever the table has.
    const declared =
      node.elements === undefined ? undefined : plainTable(context, { ...node, query: undefined }).columns
    return NOTHING(statementType, [target], known && { ...known, columns: declared ?? known.columns })
  }
  if (node.collate !== undefined) throw unsupportedAt(context, node.collate, 'DEFAULT COLLATE')
  if (node.connection !== undefined) throw unsupportedAt(context, node.connection, 'WITH CONNECTION')
  const made = node.from === undefined ? plainTable(context, node) : copiedTable(context, node)
  const options = resolveOptions(context, node.options, optionsOfTables.TABLE)
  const partitioned = node.partitionBy && partitionText(context, node, made.columns)
  const keys = primaryKey(context, node)
  const foreign = foreignKeysOf(context, node)
  const others = { ...made.base?.options, ...options.others }
  const table: CatalogTable = {
    ...made.base,
    target,
    kind: 'TABLE',
    columns: made.columns,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(Object.keys(others).length === 0 ? {} : { options: others }),
    ...(partitioned === undefined ? {} : { partitionBy: partitioned }),
    ...(node.clusterBy.length === 0
      ? {}
      : { clusterBy: node.clusterBy.map((p) => p.parts.map((part) => part.name).join('.')) }),
    ...(keys === undefined ? {} : { primaryKey: keys }),
    ...(foreign.length === 0 ? {} : { foreignKeys: foreign }),
  }
  return {
    statement: {
      kind: 'create table',
      table,
      replace: node.orReplace,
      query: made.query,
      ...(node.from === undefined || node.from.how === 'LIKE' ? {} : { copy: true }),
    },
    statementType,
    changes: [{ kind: 'put table', table }],
    writes: [target],
  }
}

/** The full name of what is created; its dataset must be there. */
export function createdTarget(context: Context, node: { readonly name: CreateTable['name'] }): Target {
  const parts = nameParts(node.name)
  const { project: defaultProject, dataset } = context.source.defaults
  const [name] = parts
  const target =
    parts.length === 1 && dataset !== undefined && name !== undefined
      ? { database: defaultProject, schema: dataset, name }
      : tableTarget(context, node.name)
  checkDataset(context, node.name, target)
  return target
}

export function checkDataset(context: Context, node: Span, target: Target): void {
  if (target.database === SESSION.database) return
  if (!context.resolution.catalog.hasDataset(target.database, target.schema)) {
    throw problemAt(context, node, `Not found: Dataset ${target.database}:${target.schema}`)
  }
}

/** True if the thing is there and IF NOT EXISTS was said. @throws Problem if it is there and nothing was said of that */
export function existing(
  context: Context,
  node: { readonly name: Span; readonly orReplace: boolean; readonly ifNotExists: boolean },
  target: Target,
  kind: 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW' | 'EXTERNAL',
): boolean {
  const known = context.resolution.catalog.table(target)
  if (known === undefined) {
    const twin = context.resolution.catalog.spelling(target)
    if (twin !== undefined) {
      throw unsupportedAt(
        context,
        node.name,
        `a table ${target.name} beside ${twin} (names that differ only by case)`,
      )
    }
    return false
  }
  if (node.ifNotExists) return true
  const place = `${target.database}:${target.schema}.${target.name}`
  if (!node.orReplace) throw problemAt(context, node.name, `Already Exists: Table ${place}`)
  if (known.kind !== kind) {
    throw problemAt(
      context,
      node.name,
      `${place} is ${known.kind === 'EXTERNAL' ? 'an external table' : `a ${known.kind.toLowerCase().replace('_', ' ')}`}; CREATE OR REPLACE ${kind === 'EXTERNAL' ? 'EXTERNAL TABLE' : kind.replace('_', ' ')} cannot replace it`,
    )
  }
  return false
}

interface Made {
  readonly columns: readonly CatalogColumn[]
  readonly query: ResolvedQuery | undefined
  readonly base?: CatalogTable
}

function plainTable(context: Context, node: CreateTable): Made {
  const definitions = node.elements?.filter((element) => element.kind === 'columnDefinition')
  const declared = definitions?.map((element) => resolveColumn(context, element))
  checkDuplicates(context, definitions ?? [], declared ?? [])
  if (node.query === undefined) {
    if (declared === undefined || declared.length === 0) {
      throw problemAt(context, node, 'CREATE TABLE must have a column list or AS SELECT')
    }
    return { columns: declared, query: undefined }
  }
  const query = createdQuery(context, node.query, 'CREATE TABLE', declared !== undefined)
  if (declared === undefined) {
    return { columns: query.columns.map(({ name, column }) => ({ name, type: column.type })), query }
  }
  return { columns: declared, query: inDeclaredTypes(context, node.query, query, declared) }
}

/** A query that becomes a table: every column must have a name of its own. */
export function createdQuery(
  context: Context,
  node: Query,
  what: 'CREATE TABLE' | 'CREATE VIEW',
  named: boolean,
): ResolvedQuery {
  const query = valuesAsColumns(context, resolveQuery(context, node))
  const seen = new Set<string>()
  for (const [index, output] of query.columns.entries()) {
    if (output.anonymous && !named) {
      throw problemAt(context, node, `${what} columns must be named, but column ${index + 1} has no name`)
    }
    if (!output.anonymous) checkFieldName(context, node, output.name)
    const key = output.name.toLowerCase()
    if (!output.anonymous && !named && seen.has(key)) {
      throw problemAt(
        context,
        node,
        `Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): ${output.name}`,
      )
    }
    seen.add(key)
  }
  return { ...query, columns: nameOutputs(query.columns) }
}

function inDeclaredTypes(
  context: Context,
  node: Span,
  query: ResolvedQuery,
  declared: readonly CatalogColumn[],
): ResolvedQuery {
  if (query.columns.length !== declared.length) {
    throw problemAt(
      context,
      node,
      `Number of columns in the column definition list does not match the number of columns produced by the query`,
    )
  }
  const computed: Computed[] = []
  const columns = query.columns.map((output, index): OutputColumn => {
    const wanted = declared[index]
    const value = untypedOutput(query, output)
    if (wanted === undefined) return output
    if (coercionCost(value, wanted.type) === undefined) {
      throw problemAt(
        context,
        node,
        `Column ${wanted.name} has type ${typeName(wanted.type)}, the query gives ${typeName(value.type)}`,
      )
    }
    const expr = convert(value, wanted.type)
    if (expr === value) return { ...output, name: wanted.name }
    const column = newColumn(context, wanted.name, wanted.type)
    computed.push({ column, expr })
    return { name: wanted.name, anonymous: false, column }
  })
  return { ...query, scan: project(query.scan, computed), columns }
}

/** LIKE, COPY and CLONE. */
function copiedTable(context: Context, node: CreateTable): Made {
  const { from } = node
  if (from === undefined) return { columns: [], query: undefined }
  if (from.systemTime !== undefined) throw unsupportedAt(context, from.systemTime, 'FOR SYSTEM_TIME AS OF')
  const base = findTable(context, from.source)
  if (base.kind !== 'TABLE' && base.kind !== 'SNAPSHOT') {
    throw problemAt(context, from.source, `${targetName(base.target)} is not a table`)
  }
  if (from.how === 'LIKE') {
    const query =
      node.query &&
      inDeclaredTypes(
        context,
        node.query,
        createdQuery(context, node.query, 'CREATE TABLE', true),
        base.columns,
      )
    return { base, columns: base.columns, query }
  }
  context.resolution.met.tables.set(targetName(base.target), base.target)
  const scan = tableScan(context, base)
  return { base, columns: base.columns, query: { scan, columns: wholeRows(scan), isValue: false } }
}

/** All that a copy of a table takes: also the time at which each row came. */
export function wholeRows(scan: TableScan): readonly OutputColumn[] {
  return scan.columns.map((column) => ({ name: column.name, anonymous: false, column }))
}

function checkDuplicates(
  context: Context,
  elements: readonly ColumnDefinition[],
  columns: readonly CatalogColumn[],
): void {
  const seen = new Set<string>()
  for (const [index, { name }] of columns.entries()) {
    const node = elements[index]
    if (node === undefined) continue
    checkFieldName(context, node, name)
    if (seen.has(name.toLowerCase()))
      throw problemAt(context, node, `Duplicate column name ${name} in CREATE TABLE`)
    seen.add(name.toLowerCase())
  }
}

function partitionText(
  context: Context,
  node: CreateTable,
  columns: readonly CatalogColumn[],
): string | undefined {
  const by = node.partitionBy
  if (by === undefined) return undefined
  const text = context.source.text.slice(by.start, by.end)
  if (/\b_PARTITION(TIME|DATE)\b/i.test(text)) {
    if (node.query !== undefined) {
      throw problemAt(context, by, 'Partitioning by ingestion time cannot be used with AS SELECT')
    }
    if (ingestionUnit({ partitionBy: text }) !== undefined) return text
    throw problemAt(
      context,
      by,
      'PARTITION BY ingestion time must be _PARTITIONDATE, DATE(_PARTITIONTIME) or TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR | DAY | MONTH | YEAR)',
    )
  }
  if (partitionColumn({ partitionBy: text, columns }) === undefined) {
    throw problemAt(
      context,
      by,
      'PARTITION BY expression must be a column of the table, or a function of one',
    )
  }
  return text
}

function primaryKey(context: Context, node: CreateTable): readonly string[] | undefined {
  for (const element of node.elements ?? []) {
    const key =
      element.kind === 'primaryKey'
        ? element
        : element.kind === 'columnDefinition'
          ? element.schema.primaryKey
          : undefined
    if (key !== undefined && key.enforced !== false)
      throw problemAt(context, element, 'A PRIMARY KEY must be NOT ENFORCED')
    if (element.kind === 'primaryKey') return element.columns.map((column) => column.name)
    if (element.kind === 'columnDefinition' && element.schema.primaryKey !== undefined)
      return [element.name.name]
  }
  return undefined
}
