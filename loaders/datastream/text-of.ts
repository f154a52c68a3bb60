import { decimalText, numericScale } from './decimal.ts'

const microsPerSecond = 1_000_000n
const microsPerDay = 86_400n * microsPerSecond

/** `2024-01-02`; days since 1970-01-01. Beyond what a DATE holds: `10000-01-01`, and `0000-12-31` for 1 BC. */
export function dateText(days: number): string {
  // By eras of 400 years that begin in March: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
  const sinceEra = days + 719_468
  const era = Math.floor(sinceEra / 146_097)
  const ofEra = sinceEra - era * 146_097
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096)
  const yearOfEra = Math.floor((ofEra - leaps) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** `03:04:05.678000`; microseconds since midnight. */
export function timeText(micros: bigint): string {
  const two = (value: bigint) => String(value).padStart(2, '0')
  const seconds = micros / microsPerSecond
  const fraction = String(micros % microsPerSecond).padStart(6, '0')
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}`
}

/** `2024-01-02T03:04:05.678000`, as Datastream's JSON has times; microseconds since 1970-01-01. */
export function datetimeText(micros: bigint): string {
  const ofDay = ((micros % microsPerDay) + microsPerDay) % microsPerDay
  return `${dateText(Number((micros - ofDay) / microsPerDay))}T${timeText(ofDay)}`
}

// The values by which Datastream's own readers know PostgreSQL's infinity.
const infinity = 9_223_372_036_825_200_000n
const minusInfinity = -9_223_372_036_832_400_000n

/** `2024-01-02T03:04:05.678000Z`; microseconds since 1970-01-01 in UTC, of any size. */
export function timestampText(micros: bigint): string {
  if (micros === infinity) return 'infinity'
  return micros === minusInfinity ? '-infinity' : `${datetimeText(micros)}Z`
}

/** The shortest text that is the same number, in the form that DuckDB's and Python's `repr` have: `1.0`, `1e-05`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${size}`
  }
  const text =
    exponent < 0
      ? value.toFixed(Math.min(100, mantissa.replace(/\D/g, '').length - 1 - exponent))
      : String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** A NUMERIC, which is held times 10^9. */
export function numericText(scaled: bigint): string {
  return decimalText(scaled, numericScale)
}
