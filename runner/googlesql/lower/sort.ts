import type { SortItem } from '../resolve/resolved.ts'
import type { Ordering } from './block.ts'

/**
 * ORDER BY items of DuckDB for one of BigQuery. NaN is the smallest number in BigQuery and the greatest in DuckDB: it
 * gets a key of its own before the number.
 */
export function lowerSort(
  sql: string,
  item: Pick<SortItem, 'descending' | 'nullsFirst' | 'expr'>,
): readonly Ordering[] {
  const direction = `${item.descending ? 'DESC' : 'ASC'} ${item.nullsFirst ? 'NULLS FIRST' : 'NULLS LAST'}`
  const keys = item.expr.type.kind === 'FLOAT64' ? [`NOT isnan(${sql})`, sql] : [sql]
  return keys.map((key) => ({ key, direction }))
}

/** The same as text. */
export function sortText(
  sql: string,
  item: Pick<SortItem, 'descending' | 'nullsFirst' | 'expr'>,
): readonly string[] {
  return lowerSort(sql, item).map(({ key, direction }) => `${String(key)} ${direction}`)
}
