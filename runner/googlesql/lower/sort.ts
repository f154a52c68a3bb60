import type { SortItem } from '../resolve/resolved.ts'
import { rangeEnd, rangeStart } from '../types/physical.ts'
import type { SqlType } from '../types/type.ts'
import type { Ordering } from './block.ts'
import { quoteText } from './identifier.ts'

/**
 * ORDER BY items of DuckDB for one of BigQuery. NaN is the smallest number in BigQuery and the greatest in DuckDB: it
 * gets a key of its own before the number.
 */
export function lowerSort(
  sql: string,
  item: Pick<SortItem, 'descending' | 'nullsFirst' | 'expr'>,
): readonly Ordering[] {
  const direction = `${item.descending ? 'DESC' : 'ASC'} ${item.nullsFirst ? 'NULLS FIRST' : 'NULLS LAST'}`
  const keys = keysOf(sql, item.expr.type)
  return keys.map((key) => ({ key, direction }))
}

/** A range's start, then its end; an unbounded start is the least, an unbounded end the greatest. */
function keysOf(sql: string, type: SqlType): readonly string[] {
  if (type.kind === 'FLOAT64') return [`NOT isnan(${sql})`, sql]
  if (type.kind !== 'RANGE') return [sql]
  const [start, end] = [rangeStart, rangeEnd].map((name) => `struct_extract(${sql}, ${quoteText(name)})`)
  const known = (key: string) => `CASE WHEN ${sql} IS NOT NULL THEN ${key} END`
  return [known(`${start} IS NOT NULL`), `${start}`, known(`${end} IS NULL`), `${end}`]
}

/** The same as text. */
export function sortText(
  sql: string,
  item: Pick<SortItem, 'descending' | 'nullsFirst' | 'expr'>,
): readonly string[] {
  return lowerSort(sql, item).map(({ key, direction }) => `${String(key)} ${direction}`)
}
