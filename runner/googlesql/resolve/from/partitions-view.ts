import type { CatalogTable } from '../../catalog.ts'
import { sqlName, sqlTable, sqlText } from '../../quote.ts'
import { partitionColumn } from '../partition-column.ts'
import { ingestionUnit, PARTITION_TIME } from './ingestion-time.ts'

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
      const partition = partitionOf(table)
      const source = sqlTable(table.target)
      // A table may require a filter on its partitions.
      const rows =
        partition === undefined
          ? source
          : `${source} WHERE ${partition.by} IS NULL OR ${partition.by} IS NOT NULL GROUP BY partition_id`
      return (
        `SELECT ${place}, ${partition?.id ?? 'CAST(NULL AS STRING)'} AS partition_id, COUNT(*) AS total_rows, ` +
        `'ACTIVE' AS storage_tier FROM ${rows}`
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

export interface Partition {
  /** GoogleSQL of the column. */
  readonly by: string
  /** GoogleSQL of a row's partition. */
  readonly id: string
}

/** undefined for a table without partitions. */
export function partitionOf(table: CatalogTable): Partition | undefined {
  const { partitionBy: text } = table
  if (text === undefined) return undefined
  const ingested = ingestionUnit({ partitionBy: text })
  if (ingested !== undefined) {
    const format = sqlText(FORMATS[ingested] ?? '')
    return {
      by: PARTITION_TIME,
      id: `IFNULL(FORMAT_TIMESTAMP(${format}, ${PARTITION_TIME}), '__NULL__')`,
    }
  }
  const column = partitionColumn(table)
  if (column === undefined) return undefined
  const by = sqlName(column.name)
  const bucket = /^RANGE_BUCKET\s*\(.*?,\s*(GENERATE_ARRAY\s*\(.*\))\s*\)$/is.exec(text)?.[1]
  if (bucket !== undefined) {
    const at = `RANGE_BUCKET(${by}, ${bucket})`
    return {
      by,
      id:
        `CASE WHEN ${by} IS NULL THEN '__NULL__' ` +
        `WHEN ${at} = 0 OR ${at} >= ARRAY_LENGTH(${bucket}) THEN '__UNPARTITIONED__' ` +
        `ELSE CAST(${bucket}[ORDINAL(${at})] AS STRING) END`,
    }
  }
  const unit = /_TRUNC\s*\([^,]*,\s*(\w+)\s*\)$/i.exec(text)?.[1]?.toUpperCase() ?? 'DAY'
  const format = sqlText(FORMATS[unit] ?? '%Y%m%d')
  return { by, id: `IFNULL(FORMAT_${column.type.kind}(${format}, ${by}), '__NULL__')` }
}
