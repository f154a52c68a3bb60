import {
  BIGINT,
  DECIMAL,
  DOUBLE,
  type DuckDBDecimalValue,
  DuckDBIntervalValue,
  INTERVAL,
  VARCHAR,
} from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { bigNumericText, numericValue } from './casts.ts'
import { validInterval } from './intervals.ts'
import { divideRounded, printDecimal, printDouble, scaledDouble } from './numbers.ts'

const NUMERIC = DECIMAL(38, 9)
const numericUnit = 10n ** 9n
const bigUnit = 10n ** 38n

function numericBinary(
  name: string,
  sign: string,
  calculate: (a: bigint, b: bigint) => bigint,
): NativeFunction {
  return {
    name: `googlesql_numeric_${name}`,
    parameters: [NUMERIC, NUMERIC],
    returns: NUMERIC,
    evaluate: (a: DuckDBDecimalValue, b: DuckDBDecimalValue) => {
      const text = () => `${printDecimal(a.value, 9)} ${sign} ${printDecimal(b.value, 9)}`
      if (b.value === 0n && sign === '/') throw new GoogleSqlError(`division by zero: ${text()}`)
      return numericValue(calculate(a.value, b.value), () => `numeric overflow: ${text()}`)
    },
  }
}

/** On scaled text, as DuckDB casts BIGNUM to VARCHAR and back. */
function bigBinary(name: string, sign: string, calculate: (a: bigint, b: bigint) => bigint): NativeFunction {
  return {
    name: `googlesql_bignumeric_${name}`,
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (x: string, y: string) => {
      const [a, b] = [BigInt(x), BigInt(y)]
      const text = () => `${printDecimal(a, 38)} ${sign} ${printDecimal(b, 38)}`
      if (b === 0n && ['/', 'div', 'mod'].includes(sign)) {
        throw new GoogleSqlError(`division by zero: ${text()}`)
      }
      return bigNumericText(calculate(a, b), () => `bignumeric overflow: ${text()}`)
    },
  }
}

/** Rounds a scaled integer to `digits` after the point: half away from zero, half to even, or toward zero. */
const roundingModes = ['FLOOR', 'CEIL', 'TRUNC', 'ROUND_HALF_EVEN', 'ROUND_HALF_AWAY_FROM_ZERO']

function roundTo(value: bigint, scale: number, digits: bigint, mode: string): bigint {
  if (!roundingModes.includes(mode)) throw new GoogleSqlError(`Invalid rounding mode: ${mode}`)
  if (digits >= BigInt(scale)) return value
  const drop = BigInt(scale) - digits
  if (drop > 80n) return 0n
  const unit = 10n ** drop
  if (mode === 'FLOOR' || mode === 'CEIL') {
    const quotient = value / unit
    const rest = value % unit
    const step =
      rest === 0n ? 0n : mode === 'FLOOR' && value < 0n ? -1n : mode === 'CEIL' && value > 0n ? 1n : 0n
    return (quotient + step) * unit
  }
  if (mode === 'TRUNC') return (value / unit) * unit
  const size = value < 0n ? -value : value
  const rest = size % unit
  const half = unit / 2n
  const even = mode === 'ROUND_HALF_EVEN' && rest === half && (size / unit) % 2n === 0n
  const up = rest >= half && !even ? 1n : 0n
  const rounded = (size / unit + up) * unit
  return value < 0n ? -rounded : rounded
}

export const numericFunctions: readonly NativeFunction[] = [
  numericBinary('multiply', '*', (a, b) => divideRounded(a * b, numericUnit)),
  numericBinary('divide', '/', (a, b) => divideRounded(a * numericUnit, b)),
  numericBinary('div', '/', (a, b) => (a / b) * numericUnit),
  numericBinary('mod', '/', (a, b) => a % b),
  bigBinary('add', '+', (a, b) => a + b),
  bigBinary('subtract', '-', (a, b) => a - b),
  bigBinary('multiply', '*', (a, b) => divideRounded(a * b, bigUnit)),
  bigBinary('divide', '/', (a, b) => divideRounded(a * bigUnit, b)),
  bigBinary('div', 'div', (a, b) => (a / b) * bigUnit),
  bigBinary('mod', 'mod', (a, b) => a % b),
  {
    name: 'googlesql_numeric_round',
    parameters: [NUMERIC, BIGINT, VARCHAR],
    returns: NUMERIC,
    evaluate: (value: DuckDBDecimalValue, digits: bigint, mode: string) =>
      numericValue(
        roundTo(value.value, 9, digits, mode),
        () => `numeric overflow: ROUND(${printDecimal(value.value, 9)}, ${digits})`,
      ),
  },
  {
    name: 'googlesql_bignumeric_round',
    parameters: [VARCHAR, BIGINT, VARCHAR],
    returns: VARCHAR,
    evaluate: (value: string, digits: bigint, mode: string) =>
      bigNumericText(
        roundTo(BigInt(value), 38, digits, mode),
        () => `bignumeric overflow: ROUND(${printDecimal(BigInt(value), 38)}, ${digits})`,
      ),
  },
  {
    // Rounds by the double's digits, as BigQuery does: 1.005 is below the half already.
    name: 'googlesql_float64_round',
    parameters: [DOUBLE, BIGINT, VARCHAR],
    returns: DOUBLE,
    evaluate: (value: number, digits: bigint, mode: string) => roundDouble(value, digits, mode),
  },
  {
    name: 'googlesql_bignumeric_int64',
    parameters: [VARCHAR],
    returns: BIGINT,
    evaluate: (scaled: string) => {
      const value = divideRounded(BigInt(scaled), bigUnit)
      if (BigInt.asIntN(64, value) === value) return value
      throw new GoogleSqlError(`int64 out of range: ${printDecimal(BigInt(scaled), 38)}`)
    },
  },
  {
    name: 'googlesql_interval_multiply',
    parameters: [INTERVAL, BIGINT],
    returns: INTERVAL,
    evaluate: (value: DuckDBIntervalValue, factor: bigint) =>
      intervalValue(BigInt(value.months) * factor, BigInt(value.days) * factor, value.micros * factor),
  },
  {
    name: 'googlesql_interval_divide',
    parameters: [INTERVAL, BIGINT],
    returns: INTERVAL,
    evaluate: (value: DuckDBIntervalValue, by: bigint) =>
      dividedInterval(BigInt(value.months), BigInt(value.days), value.micros, by),
  },
  {
    // Of sums of parts, which together may be more than an INTERVAL holds.
    name: 'googlesql_interval_mean',
    parameters: [BIGINT, BIGINT, VARCHAR, BIGINT],
    returns: INTERVAL,
    evaluate: (months: bigint, days: bigint, micros: string, count: bigint) =>
      dividedInterval(months, days, BigInt(micros), count),
  },
]

/** Each part's rest goes on to the next: a month has 30 days, a day 24 hours. */
function dividedInterval(months: bigint, days: bigint, micros: bigint, by: bigint): DuckDBIntervalValue {
  if (by === 0n) throw new GoogleSqlError('Interval division by zero')
  const allDays = days + (months % by) * 30n
  const allMicros = micros + (allDays % by) * 86_400_000_000n
  return intervalValue(months / by, allDays / by, allMicros / by)
}

function intervalValue(months: bigint, days: bigint, micros: bigint): DuckDBIntervalValue {
  const parts = { months: Number(months), days: Number(days), micros }
  if (!validInterval(parts)) throw new GoogleSqlError('Interval overflow')
  return new DuckDBIntervalValue(parts.months, parts.days, micros)
}

/** By the double's exact value: 2.675 is less than it looks, and rounds to 2.67. */
function roundDouble(value: number, digits: bigint, mode: string): number {
  if (digits < -308n) return 0
  if (!Number.isFinite(value) || digits >= 323n) return value
  const places = Number(digits)
  const scale = Math.max(places, 0)
  // Exact: enough digits for any double that has a fraction of this size.
  const exact = mode === 'TRUNC' || places < 0 ? scaledDouble(value, 1074) : scaledDouble(value, scale)
  const exactScale = mode === 'TRUNC' || places < 0 ? 1074 : scale
  const unit = 10n ** BigInt(exactScale - places)
  const whole = mode === 'TRUNC' ? exact / unit : divideRounded(exact, unit)
  const result = Number(`${whole}e${-places}`)
  if (result === 0) return value < 0 || Object.is(value, -0) ? -0 : 0
  if (Number.isFinite(result)) return result
  throw new GoogleSqlError(`double overflow: ROUND(${printDouble(value)}, ${digits})`)
}
