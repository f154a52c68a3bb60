/**
 * The statements that `dataform run` sends for each kind of action, as GoogleSQL text. Pure: what a table holds and
 * which columns it has come as arguments. Texts of the project (queries, filters, options) are put in as they stand;
 * names only through `sqlTable` and `sqlName`.
 * Source of the rules: Dataform CLI, cli/api/dbadapters/execution_sql.ts.
 */

import { sqlName, sqlTable } from '../googlesql/quote.ts'
import type { ResultColumn } from '../googlesql/result.ts'
import type { Target } from '../googlesql/target.ts'
import { typeName } from '../googlesql/types/print.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Table } from '../warehouse/warehouse.ts'

const list = (columns: readonly string[]): string => columns.map(sqlName).join(', ')

/** A block of SQL with the lines that make sense for it; false and empty ones are left out. */
const lines = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join('\n')

/**
 * A table or view from its query.
 *
 * @example
 * // create or replace table `p.d.t`
 * // partition by DATE(ts)
 * // cluster by id
 * // OPTIONS(require_partition_filter=true)
 * // as
 * // select …
 */
export function createOrReplace(action: Action): string {
  const { target, kind, materialized, partitionBy, clusterBy } = action
  const options = [
    ...(partitionBy !== undefined && action.partitionExpirationDays !== undefined
      ? [`partition_expiration_days=${action.partitionExpirationDays}`]
      : []),
    ...(partitionBy !== undefined && action.requirePartitionFilter ? ['require_partition_filter=true'] : []),
    ...Object.entries(action.additionalOptions).map(([name, value]) => `${name}=${value}`),
  ]
  const what = kind !== 'view' ? 'table' : materialized ? 'materialized view' : 'view'
  return lines(
    `create or replace ${what} ${sqlTable(target)}`,
    partitionBy !== undefined && `partition by ${partitionBy}`,
    clusterBy.length > 0 && `cluster by ${clusterBy.join(', ')}`,
    options.length > 0 && `OPTIONS(${options.join(', ')})`,
    'as',
    trimmed(action.query),
  )
}

/** The view that an assertion's failing rows show in. */
export const createAssertionView = (action: Action): string =>
  lines(`create or replace view ${sqlTable(action.target)} as`, trimmed(action.query))

/** Its one row counts the failing rows: NULL if there is none. */
export const countFailures = (target: Target): string => `select sum(1) as row_count from ${sqlTable(target)}`

export const dropIfExists = (kind: Table['kind'], target: Target): string =>
  `drop ${dropWords[kind]} if exists ${sqlTable(target)}`

const dropWords: Readonly<Record<Table['kind'], string>> = {
  TABLE: 'table',
  VIEW: 'view',
  MATERIALIZED_VIEW: 'materialized view',
  EXTERNAL: 'external table',
}

/** An incremental model's query, with its legacy `incremental_where` block if it has one. */
export function incrementalQuery({ incremental, query }: Action): string {
  const rows = trimmed(incremental?.query ? incremental.query : query)
  const where = incremental?.where
  return where === undefined || where === ''
    ? rows
    : `select * from (\n${rows}\n) as subquery\nwhere ${where}`
}

/** New rows below the old ones; `columns` are the table's. */
export const insertInto = (target: Target, columns: readonly string[], query: string): string =>
  lines(
    `insert into ${sqlTable(target)} (${list(columns)})`,
    `select ${list(columns)} from (`,
    query,
    ') as insertions',
  )

export interface MergeOptions {
  readonly target: Target
  /** The table's. */
  readonly columns: readonly string[]
  readonly uniqueKey: readonly string[]
  /** A condition on the destination's partitions, without its alias. */
  readonly updatePartitionFilter: string | undefined
  /** Conditions with the aliases DATAFORM_DEST and DATAFORM_SOURCE. */
  readonly predicates: readonly string[]
  readonly query: string
}

/** Rows whose key is there replace it, the others are added. Keys that are NULL never match, as in Dataform. */
export function mergeInto(options: MergeOptions): string {
  const { target, columns, uniqueKey, updatePartitionFilter, predicates, query } = options
  const conditions = [
    ...uniqueKey.map((key) => `DATAFORM_DEST.${sqlName(key)} = DATAFORM_SOURCE.${sqlName(key)}`),
    ...(updatePartitionFilter ? [`DATAFORM_DEST.${updatePartitionFilter}`] : []),
    ...predicates.map((predicate) => `(${predicate})`),
  ]
  return lines(
    `merge ${sqlTable(target)} DATAFORM_DEST`,
    'using (',
    query,
    ') DATAFORM_SOURCE',
    `on ${conditions.join(' and ')}`,
    'when matched then',
    `  update set ${columns.map((name) => `${sqlName(name)} = DATAFORM_SOURCE.${sqlName(name)}`).join(', ')}`,
    'when not matched then',
    `  insert (${list(columns)}) values (${list(columns)})`,
  )
}

/**
 * Every partition that the query has rows for is replaced by them, the others stay. Rows without a partition (NULL)
 * are one partition too; Dataform's own statement would add them again at every run.
 */
export function overwritePartitions(
  target: Target,
  columns: readonly string[],
  partitionBy: string,
  query: string,
): string {
  return lines(
    'create or replace temp table dataform_staging as',
    query,
    ';',
    'begin',
    '  declare partitions_for_replacement default (',
    `    select array_agg(distinct ${partitionBy} ignore nulls) from dataform_staging`,
    '  );',
    '  declare replaces_null_partition default (',
    `    select countif((${partitionBy}) is null) > 0 from dataform_staging`,
    '  );',
    `  merge ${sqlTable(target)} DATAFORM_DEST`,
    '  using dataform_staging DATAFORM_SOURCE',
    '  on false',
    '  when not matched by source',
    `    and (${partitionBy} in unnest(partitions_for_replacement)`,
    `      or (${partitionBy}) is null and replaces_null_partition) then`,
    '    delete',
    '  when not matched by target then',
    `    insert (${list(columns)}) values (${list(columns)});`,
    'end',
  )
}

/** @example addColumns(target, [{ name: 'n', type: INT64 }]) // 'alter table `p.d.t` add column `n` INT64' */
export const addColumns = (target: Target, columns: readonly ResultColumn[]): string =>
  `alter table ${sqlTable(target)} ${columns
    .map(({ name, type }) => `add column ${sqlName(name)} ${typeName(type)}`)
    .join(', ')}`

export const dropColumns = (target: Target, columns: readonly string[]): string =>
  `alter table ${sqlTable(target)} ${columns.map((name) => `drop column ${sqlName(name)}`).join(', ')}`

/** Without empty lines before and space after; what a line is indented by stays, so that columns can be found again. */
const trimmed = (query: string): string => query.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd()
