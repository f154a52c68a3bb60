import type { CatalogColumn } from '../catalog.ts'
import { partitionTimeUnit } from '../resolve/from/ingestion-time.ts'
import { physicalType } from '../types/physical.ts'
import { once } from './library/once.ts'
import { raiseText } from './library/raise.ts'
import { checkParameters } from './parameters.ts'

/**
 * A value as a table takes it: of exactly the column's DuckDB type, within its parameters; a NULL array is stored as an
 * empty one, and one with a NULL element raises, as in BigQuery.
 */
export function stored(sql: string, column: CatalogColumn): string {
  const { type } = column
  const unit = partitionTimeUnit(column)
  if (unit !== undefined) {
    const error = raiseText(
      `A value of _PARTITIONTIME that is not the start of a partition (${unit}) is not supported locally`,
      physicalType(type),
    )
    return once([sql], (v) => `CASE WHEN date_trunc('${unit}', ${v}) <> ${v} THEN ${error} ELSE ${v} END`)
  }
  const checked = column.parameters === undefined ? sql : checkParameters(sql, column)
  if (type.kind !== 'ARRAY') return checked
  if (/^CAST\(\[\] AS /.test(checked)) return checked
  const physical = physicalType(type)
  return once([checked], (v) => {
    const error = raiseText(
      `Array cannot have a null element; error in writing field ${column.name}`,
      physical,
    )
    return `CASE WHEN ${v} IS NULL THEN CAST([] AS ${physical}) WHEN list_count(${v}) < len(${v}) THEN ${error} ELSE ${v} END`
  })
}
