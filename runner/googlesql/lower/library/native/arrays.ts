import {
  BIGINT,
  BLOB,
  DATE,
  DECIMAL,
  DuckDBBlobValue,
  DuckDBDateValue,
  type DuckDBDecimalValue,
  DuckDBListValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { numericValue } from './casts.ts'
import { dateOf, daysInMonth, daysOf } from './civil.ts'
import { divideRounded } from './numbers.ts'

const NUMERIC = DECIMAL(38, 9)
const most = 1_048_575
const units: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
}
const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 }

function moveMonths(days: number, by: number): number {
  const { year, month, day } = dateOf(days)
  const index = year * 12 + month - 1 + by
  const [y, m] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1]
  return daysOf(y, m, Math.min(day, daysInMonth(y, m)))
}

/** Each date from the one before, as BigQuery goes: from a 31st by months it stays on the shortened day. */
function dates(start: number, end: number, count: number, unit: string): number[] {
  if (count === 0) throw new GoogleSqlError('Sequence step cannot be 0.')
  const step = months[unit]
  const days = unit === 'DAY' ? count : unit === 'WEEK' ? count * 7 : undefined
  if (step === undefined && days === undefined) {
    throw new GoogleSqlError(`GENERATE_DATE_ARRAY does not support the ${unit} date part`)
  }
  const result: number[] = []
  for (let at = start; count > 0 ? at <= end : at >= end; ) {
    if (result.length >= most)
      throw new GoogleSqlError(`Cannot generate arrays with more than ${most} elements.`)
    result.push(at)
    at = days === undefined ? moveMonths(at, count * (step ?? 0)) : at + days
  }
  return result
}

export const arrayFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_date_array',
    parameters: [DATE, DATE, BIGINT, VARCHAR],
    returns: LIST(DATE),
    evaluate: (start: DuckDBDateValue, end: DuckDBDateValue, count: bigint, unit: string) =>
      new DuckDBListValue(
        dates(start.days, end.days, Number(count), unit).map((day) => new DuckDBDateValue(day)),
      ),
  },
  {
    name: 'googlesql_timestamp_array',
    parameters: [BIGINT, BIGINT, BIGINT, VARCHAR],
    returns: LIST(BIGINT),
    evaluate: (start: bigint, end: bigint, count: bigint, unit: string) => {
      const step = count * (units[unit] ?? 0n)
      if (step === 0n) throw new GoogleSqlError('Sequence step cannot be 0.')
      const result: bigint[] = []
      for (let at = start; step > 0n ? at <= end : at >= end; at += step) {
        if (result.length >= most)
          throw new GoogleSqlError(`Cannot generate arrays with more than ${most} elements.`)
        result.push(at)
      }
      return new DuckDBListValue(result)
    },
  },
  {
    // ARRAY_TO_STRING and STRING_AGG of BYTES; `missing` stands for NULL elements, which are left out without it.
    name: 'googlesql_bytes_join',
    parameters: [LIST(BLOB), BLOB, BLOB],
    returns: BLOB,
    nulls: true,
    evaluate: (list: DuckDBListValue | null, by: DuckDBBlobValue | null, missing: DuckDBBlobValue | null) => {
      if (list === null || by === null) return null
      const parts = list.items
        .map((item) => (item ?? missing) as DuckDBBlobValue | null)
        .filter((item) => item !== null)
        .flatMap((item, index) => (index === 0 ? [item.bytes] : [by.bytes, item.bytes]))
      return new DuckDBBlobValue(Uint8Array.from(Buffer.concat(parts)))
    },
  },
  {
    // PERCENTILE_CONT of NUMERIC: linear between the two nearest of the sorted values.
    name: 'googlesql_numeric_percentile',
    parameters: [LIST(NUMERIC), NUMERIC],
    returns: NUMERIC,
    evaluate: (list: DuckDBListValue, fraction: DuckDBDecimalValue) => {
      const values = list.items.map((item) => (item as DuckDBDecimalValue).value)
      if (values.length === 0) return null
      const unit = 10n ** 9n
      const place = fraction.value * BigInt(values.length - 1)
      const index = Number(place / unit)
      const low = values[index] ?? 0n
      const high = values[index + 1] ?? low
      return numericValue(low + divideRounded((high - low) * (place % unit), unit), () => 'numeric overflow')
    },
  },
]
