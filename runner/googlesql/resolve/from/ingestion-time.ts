import type { CatalogColumn, CatalogTable } from '../../catalog.ts'

/** How finely a table is partitioned by the time at which its rows came. */
export type IngestionUnit = 'HOUR' | 'DAY' | 'MONTH' | 'YEAR'

/** The pseudo-column, and the column by which DuckDB keeps it. */
export const PARTITION_TIME = '_PARTITIONTIME'
export const PARTITION_DATE = '_PARTITIONDATE'

/**
 * The unit of a table that is partitioned by ingestion time; undefined for every other table.
 *
 * @example ingestionUnit({ partitionBy: 'TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)' }) // 'HOUR'
 */
export function ingestionUnit({
  partitionBy: text,
}: Pick<CatalogTable, 'partitionBy'>): IngestionUnit | undefined {
  if (text === undefined || !/\b_PARTITION(TIME|DATE)\b/i.test(text)) return undefined
  if (/^\s*(_PARTITIONDATE|DATE\s*\(\s*_PARTITIONTIME\s*\))\s*$/i.test(text)) return 'DAY'
  const unit = /^\s*\w+_TRUNC\s*\(\s*_PARTITION(?:TIME|DATE)\s*,\s*(HOUR|DAY|MONTH|YEAR)\s*\)\s*$/i.exec(text)
  return unit?.[1]?.toUpperCase() as IngestionUnit | undefined
}

const column = (unit: IngestionUnit): CatalogColumn => ({
  name: PARTITION_TIME,
  type: { kind: 'TIMESTAMP' },
  defaultText: `TIMESTAMP_TRUNC(CURRENT_TIMESTAMP(), ${unit})`,
})

/** One a unit, always the same object: columns are told apart by it. */
const columns: Readonly<Record<IngestionUnit, CatalogColumn>> = {
  HOUR: column('HOUR'),
  DAY: column('DAY'),
  MONTH: column('MONTH'),
  YEAR: column('YEAR'),
}

/** The unit to which a value of `_PARTITIONTIME` is cut off; undefined for every other column. */
export function partitionTimeUnit(given: CatalogColumn): IngestionUnit | undefined {
  const found = Object.entries(columns).find(([, known]) => known === given)
  return found?.[0] as IngestionUnit | undefined
}

/** All columns that the table is kept with: its own, and `_PARTITIONTIME` last where it is partitioned by that. */
export function storedColumns(table: CatalogTable): readonly CatalogColumn[] {
  const unit = ingestionUnit(table)
  return unit === undefined ? table.columns : [...table.columns, columns[unit]]
}
