import { physicalType } from '../types/physical.ts'
import type { ColumnType } from '../types/type.ts'
import { once } from './library/once.ts'
import { raise } from './library/raise.ts'

/**
 * A value that must fit a parameterised type: STRING(10) takes no longer text, NUMERIC(5, 2) rounds to its scale and
 * takes no greater number (data-types#parameterized_data_types).
 *
 * @param sql DuckDB SQL of the bare type
 */
export function checkParameters(sql: string, column: ColumnType, safe = false): string {
  const [first, second] = column.parameters ?? []
  if (first === undefined) return sql
  const { kind } = column.type
  const failure = (message: string) => (safe ? 'NULL' : raise(message, physicalType(column.type)))
  if (kind === 'STRING' || kind === 'BYTES') {
    const length = (v: string) => (kind === 'STRING' ? `length(${v})` : `octet_length(${v})`)
    return once([sql], (v) => {
      const message = `'${kind}(${first}) has maximum length ${first} but got a value with length ' || ${length(v)}`
      return `CASE WHEN ${length(v)} > ${first} THEN ${failure(message)} ELSE ${v} END`
    })
  }
  if (kind !== 'NUMERIC' && kind !== 'BIGNUMERIC') return sql
  const scale = second ?? 0
  const message = `'${kind}(${[first, second].filter((p) => p !== undefined).join(', ')}) has precision ${first} and scale ${scale} but got a value that is not in range'`
  if (kind === 'BIGNUMERIC') {
    const rounded = `googlesql_bignumeric_round(CAST(${sql} AS VARCHAR), ${scale}, 'ROUND_HALF_AWAY_FROM_ZERO')`
    return once([rounded], (v) => {
      // Scaled by 10^38, as text: too great if it has more digits.
      const wide = `strlen(ltrim(${v}, '-')) > ${first - scale + 38}`
      return `CASE WHEN ${wide} THEN ${failure(message)} ELSE CAST(${v} AS BIGNUM) END`
    })
  }
  // Of the rounded value's own scale: rounded it may be greater than nine digits after the point leave room for.
  const limit = (v: string) => `abs(${v}) >= CAST('1${'0'.repeat(first - scale)}' AS DECIMAL(38,${scale}))`
  if (first - scale >= 29) {
    // As many digits before the point as NUMERIC has itself: rounding alone may go beyond them, and raises there.
    return scale === 9 ? sql : `googlesql_numeric_round(${sql}, ${scale}, 'ROUND_HALF_AWAY_FROM_ZERO')`
  }
  return once([`round(${sql}, ${scale})`], (v) => {
    return `CASE WHEN ${limit(v)} THEN ${failure(message)} ELSE CAST(${v} AS DECIMAL(38,9)) END`
  })
}
