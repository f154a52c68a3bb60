import type { CatalogTable } from '../../catalog.ts'
import { sqlName, sqlTable, sqlText } from '../../quote.ts'
import { ingestionUnit } from './ingestion-time.ts'

/**
 * INFORMATION_SCHEMA.PARTITIONS as a query over the tables themselves. BigQuery's columns of bytes and times are not
 * known here and left out.
 */
export function partitionsText(tables: readonly CatalogTable[]): string {
  const parts = tables
    .filter((table) => table.kind === 'TABLE')
    .map((table) => {
      const { database, schema, name } = table.target
      const place = `${sqlText(database)} AS table_catalog, ${sqlText(schema)} AS table_schema, ${sqlText(name)} AS table_name`
      const id = partitionId(table)
      const source = sqlTable(table.target)
      const group = id === undefined ? '' : ' GROUP BY partition_id'
      return (
        `SELECT ${place}, ${id ?? 'CAST(NULL AS STRING)'} AS partition_id, COUNT(*) AS total_rows, ` +
        `'ACTIVE' AS storage_tier FROM ${source}${group}`
      )
    })
  const nothing =
    `SELECT '' AS table_catalog, '' AS table_schema, '' AS table_name, '' AS partition_id, 0 AS total_rows, ` +
    `'' AS storage_tier FROM UNNEST(CAST([] AS ARRAY<INT64>))`
  return [nothing, ...parts].join('\nUNION ALL ')
}

const FORMATS: Readonly<Record<string, string>> = {
  HOUR: '%Y%m%d%H',
  DAY: '%Y%m%d',
  MONTH: '%Y%m',
  YEAR: '%Y',
}

/** GoogleSQL of a row's partition; undefined for a table without partitions. */
function partitionId({ partitionBy: text, columns }: CatalogTable): string | undefined {
  if (text === undefined) return undefined
  const ingested = ingestionUnit({ partitionBy: text })
  if (ingested !== undefined)
    return `IFNULL(FORMAT_TIMESTAMP(${sqlText(FORMATS[ingested] ?? '')}, _PARTITIONTIME), '__NULL__')`
  const words = text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  const column = columns.find(({ name }) => words.some((word) => word.toLowerCase() === name.toLowerCase()))
  if (column === undefined) return undefined
  const name = sqlName(column.name)
  const bucket = /^RANGE_BUCKET\s*\(.*?,\s*(GENERATE_ARRAY\s*\(.*\))\s*\)$/is.exec(text)?.[1]
  if (bucket !== undefined) {
    const at = `RANGE_BUCKET(${name}, ${bucket})`
    return (
      `CASE WHEN ${name} IS NULL THEN '__NULL__' ` +
      `WHEN ${at} = 0 OR ${at} >= ARRAY_LENGTH(${bucket}) THEN '__UNPARTITIONED__' ` +
      `ELSE CAST(${bucket}[ORDINAL(${at})] AS STRING) END`
    )
  }
  const unit = /_TRUNC\s*\([^,]*,\s*(\w+)\s*\)$/i.exec(text)?.[1]?.toUpperCase() ?? 'DAY'
  const format = sqlText(FORMATS[unit] ?? '%Y%m%d')
  return `IFNULL(FORMAT_${column.type.kind}(${format}, ${name}), '__NULL__')`
}
