import type { CatalogColumn, CatalogTable } from '../catalog.ts'

/**
 * The column that PARTITION BY is about; undefined without PARTITION BY, or where that names none of the columns (it names
 * `_PARTITIONTIME`).
 *
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#partition_expression
 *
 * @example partitionColumn({ partitionBy: 'DATE(happened)', columns })?.name // 'happened', also beside a column `date`
 */
export function partitionColumn({
  partitionBy,
  columns,
}: Pick<CatalogTable, 'partitionBy' | 'columns'>): CatalogColumn | undefined {
  const found = /^\s*(?:\w+\s*\(\s*)?(?:`([^`]+)`|(\w+))\s*(?:[,)]|$)/.exec(partitionBy ?? '')
  const name = (found?.[1] ?? found?.[2])?.toLowerCase()
  return columns.find((column) => column.name.toLowerCase() === name)
}
