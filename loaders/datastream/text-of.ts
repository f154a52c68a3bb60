import { decimalText, numericScale } from './decimal.ts'

const microsPerSecond = 1_000_000n
const microsPerDay = 86_400n * microsPerSecond

/** `2024-01-02`; days since 1970-01-01, within years 1 to 9999. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000)
    .toISOString()
    .slice(0, 10)
    .replace(/^[+-]00/, '')
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
