import type { CatalogTable } from '../../../catalog.ts'
import { sqlTable, sqlText } from '../../../quote.ts'
import { partitionOf } from '../partitions-view.ts'

/** The numbers by which `__TABLES__` tells what a table is; of other kinds none is documented. */
const TYPES: Readonly<Partial<Record<CatalogTable['kind'], number>>> = { TABLE: 1, VIEW: 2, EXTERNAL: 3 }

/** GoogleSQL of how many rows the table has. Views and external tables have none of their own. */
function rowCount(table: CatalogTable): string {
  if (table.kind !== 'TABLE' && table.kind !== 'SNAPSHOT') return '0'
  return `(SELECT COUNT(*) FROM ${sqlTable(table.target)}${everywhere(table)})`
}

/** A table may require a filter on its partitions. */
function everywhere(table: CatalogTable): string {
  const by = partitionOf(table)?.by
  return by === undefined ? '' : ` WHERE ${by} IS NULL OR ${by} IS NOT NULL`
}

const nothing = (columns: string) => `SELECT ${columns} FROM UNNEST(CAST([] AS ARRAY<INT64>))`

export const unknownOfMetaTables = ['creation_time', 'last_modified_time', 'size_bytes'] as const

/**
 * A dataset's `__TABLES__` or `__TABLES_SUMMARY__` as a query over the tables. Their `type` is left out where a table is of
 * a kind that has no documented number.
 */
export function metaTableText(tables: readonly CatalogTable[], summary: boolean): string {
  const typed = tables.every(({ kind }) => TYPES[kind] !== undefined)
  const one = (table: CatalogTable) => {
    const { database, schema, name } = table.target
    return [
      `${sqlText(database)} AS project_id, ${sqlText(schema)} AS dataset_id, ${sqlText(name)} AS table_id`,
      ...(summary ? [] : [`${rowCount(table)} AS row_count`]),
      ...(typed ? [`${TYPES[table.kind] ?? 0} AS type`] : []),
    ].join(', ')
  }
  const none = `'' AS project_id, '' AS dataset_id, '' AS table_id${summary ? '' : ', 0 AS row_count'}${typed ? ', 0 AS type' : ''}`
  return [nothing(none), ...tables.map((table) => `SELECT ${one(table)}`)].join('\nUNION ALL ')
}

/** INFORMATION_SCHEMA.TABLE_STORAGE as a query over the tables: what of it does not depend on how BigQuery stores them. */
export function tableStorageText(tables: readonly CatalogTable[]): string {
  const kept = tables.filter(({ kind }) => kind === 'TABLE' || kind === 'SNAPSHOT')
  const rows = kept.map((table) => {
    const { database, schema, name } = table.target
    const id = partitionOf(table)?.id
    const partitions =
      id === undefined
        ? '0'
        : `(SELECT COUNT(DISTINCT ${id}) FROM ${sqlTable(table.target)}${everywhere(table)})`
    return (
      `SELECT ${sqlText(database)} AS project_id, ${sqlText(database)} AS table_catalog, ${sqlText(schema)} AS table_schema, ` +
      `${sqlText(name)} AS table_name, ${rowCount(table)} AS total_rows, ${partitions} AS total_partitions, ` +
      `FALSE AS deleted, ${table.kind === 'TABLE' ? "'BASE TABLE'" : "'SNAPSHOT'"} AS table_type`
    )
  })
  const none = `'' AS project_id, '' AS table_catalog, '' AS table_schema, '' AS table_name, 0 AS total_rows, 0 AS total_partitions, FALSE AS deleted, '' AS table_type`
  return [nothing(none), ...rows].join('\nUNION ALL ')
}

export const unknownOfTableStorage = [
  'active_logical_bytes',
  'active_physical_bytes',
  'creation_time',
  'current_physical_bytes',
  'fail_safe_physical_bytes',
  'last_metadata_index_refresh_time',
  'long_term_logical_bytes',
  'long_term_physical_bytes',
  'managed_table_type',
  'project_number',
  'storage_last_modified_time',
  'table_deletion_reason',
  'table_deletion_time',
  'time_travel_physical_bytes',
  'total_logical_bytes',
  'total_physical_bytes',
] as const
