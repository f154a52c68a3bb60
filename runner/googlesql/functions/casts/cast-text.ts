import { once, onceUnlessCheap } from '../../lower/library/once.ts'
import type { SqlType } from '../../types/type.ts'
import { wallOfUtc } from '../times/utc.ts'

/** DuckDB SQL that prints values as BigQuery's CAST(x AS STRING) does, one function a type. */

/**
 * C's %.15g if that gives the number back, else its %.17g: DuckDB prints both as C does. By itself it prints the fewest
 * digits that give the number back, which from 1 to 10^15 is that text already unless they are sixteen. (What the first
 * condition computes is not computed again.)
 */
export function float64Text(value: string): string {
  return once([value], (x) => {
    const whole = `${x} = trunc(${x}) AND abs(${x}) < 1e15`
    const text = `CAST(${x} AS VARCHAR)`
    const usual = `abs(${x}) BETWEEN 1 AND 999999999999999`
    const short = `printf('%.15g', ${x})`
    return (
      `CASE WHEN strlen(${text}) - CAST(${x} < 0 AS INTEGER) <> 17 AND ${usual} AND ${x} <> trunc(${x}) THEN ${text} ` +
      `WHEN ${whole} THEN CAST(CAST(${x} AS BIGINT) AS VARCHAR) ` +
      `WHEN ${usual} THEN printf('%.17g', ${x}) ` +
      `WHEN NOT isfinite(${x}) THEN googlesql_float64_text(${x}) ` +
      `WHEN CAST(${short} AS DOUBLE) = ${x} THEN ${short} ELSE printf('%.17g', ${x}) END`
    )
  })
}

/** The same for messages of errors, where it is computed at most once. */
export const shownFloat = (value: string): string => `googlesql_float64_text(${value})`

/** DuckDB prints numbers of 64 bits five times as fast as those of 128. */
export function numericText(value: string): string {
  return onceUnlessCheap([value], (x) => {
    const narrow = `CAST(CAST(${x} AS DECIMAL(18,9)) AS VARCHAR)`
    const text = `CASE WHEN abs(${x}) < 999999999 THEN ${narrow} ELSE CAST(${x} AS VARCHAR) END`
    return `rtrim(rtrim(${text}, '0'), '.')`
  })
}

export function bigNumericText(value: string): string {
  return `googlesql_bignumeric_text(CAST(${value} AS VARCHAR))`
}

/** The fraction of a second: nothing, three digits or six. */
function fractionText(value: string): string {
  const micros = `(microsecond(${value}) % 1000000)`
  return (
    `CASE WHEN ${micros} = 0 THEN '' ` +
    `WHEN ${micros} % 1000 = 0 THEN '.' || lpad(CAST(${micros} // 1000 AS VARCHAR), 3, '0') ` +
    `ELSE '.' || lpad(CAST(${micros} AS VARCHAR), 6, '0') END`
  )
}

export function timeText(value: string): string {
  return onceUnlessCheap([value], (x) => {
    // DuckDB leaves out zeros at the end of the fraction.
    const text = `CAST(${x} AS VARCHAR)`
    const wider = `rpad(${text}, CASE WHEN strlen(${text}) < 12 THEN 12 ELSE 15 END, '0')`
    return `CASE WHEN strlen(${text}) IN (8, 12, 15) THEN ${text} ELSE ${wider} END`
  })
}

export function datetimeText(value: string, separator = ' '): string {
  return onceUnlessCheap([value], (x) => {
    const text = `CAST(${x} AS VARCHAR)`
    if (separator !== ' ') {
      return `(left(${text}, 10) || '${separator}' || substr(${text}, 12, 8) || ${fractionText(x)})`
    }
    // DuckDB leaves out zeros at the end of the fraction.
    const wider = `rpad(${text}, CASE WHEN strlen(${text}) < 23 THEN 23 ELSE 26 END, '0')`
    return `CASE WHEN strlen(${text}) IN (19, 23, 26) THEN ${text} ELSE ${wider} END`
  })
}

/** In UTC, with `+00`; other zones: `googlesql_timestamp_text`. */
export function timestampText(value: string): string {
  return `(${datetimeText(wallOfUtc(value))} || '+00')`
}

/** The text of a value of any type that CAST(x AS STRING) takes; undefined for the others. */
export function textOf(type: SqlType, value: string): string | undefined {
  switch (type.kind) {
    case 'STRING':
      return value
    case 'BOOL':
    case 'INT64':
    case 'DATE':
      return `CAST(${value} AS VARCHAR)`
    case 'FLOAT64':
      return float64Text(value)
    case 'NUMERIC':
      return numericText(value)
    case 'BIGNUMERIC':
      return bigNumericText(value)
    case 'BYTES':
      return onceUnlessCheap([value], (x) => `coalesce(TRY(decode(${x})), googlesql_utf8(${x}))`)
    case 'TIME':
      return timeText(value)
    case 'DATETIME':
      return datetimeText(value)
    case 'TIMESTAMP':
      return timestampText(value)
    case 'INTERVAL':
      return `googlesql_interval_text(${value})`
    case 'RANGE':
      return rangeText(type.element, value)
    default:
      return undefined
  }
}

function rangeText(element: SqlType, value: string): string {
  return once([value], (x) => {
    const end = (field: string) => {
      const bound = `struct_extract(${x}, '${field}')`
      return `coalesce(${textOf(element, bound) ?? bound}, 'UNBOUNDED')`
    }
    return `CASE WHEN ${x} IS NULL THEN NULL ELSE '[' || ${end('[start')} || ', ' || ${end('end)')} || ')' END`
  })
}
