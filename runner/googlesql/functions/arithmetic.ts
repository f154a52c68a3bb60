import { once, onceUnlessCheap, repeatable } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import {
  BIGNUMERIC,
  DATE,
  DATETIME,
  FLOAT64,
  INT64,
  INTERVAL,
  NUMERIC,
  TIME,
  TIMESTAMP,
} from '../types/scalars.ts'
import { shownFloat } from './casts/cast-text.ts'
import { operator, plain } from './define.ts'
import type { FunctionEntry } from './function.ts'
import {
  addToDate,
  addToDatetime,
  addToTimestamp,
  intervalBetween,
  negated,
  scaleInterval,
} from './times/interval-arithmetic.ts'

/**
 * `+ - * /`, one and two operands (operators#arithmetic_operators). INT64 and NUMERIC overflow raises in DuckDB as in
 * BigQuery; FLOAT64 does not, so a result that is not finite is looked at again.
 */
export const arithmeticOperators: readonly FunctionEntry[] = [
  operator('+', 'arithmetic_operators', [
    plain([INT64], INT64, (x) => x),
    plain([NUMERIC], NUMERIC, (x) => x),
    plain([BIGNUMERIC], BIGNUMERIC, (x) => x),
    plain([FLOAT64], FLOAT64, (x) => x),
    plain([INT64, INT64], INT64, (x, y) => `(${x} + ${y})`),
    plain([NUMERIC, NUMERIC], NUMERIC, (x, y) => decimalSum(x, '+', y)),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('add', x, y)),
    plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => floatArithmetic(x, '+', y)),
    plain([DATE, INT64], DATE, (date, days) => addDays(date, days, 1)),
    plain([INT64, DATE], DATE, (days, date) => addDays(date, days, 1)),
    plain([DATE, INTERVAL], DATETIME, (date, interval) => addToDate(date, interval)),
    plain([INTERVAL, DATE], DATETIME, (interval, date) => addToDate(date, interval)),
    plain([DATETIME, INTERVAL], DATETIME, (datetime, interval) => addToDatetime(datetime, interval)),
    plain([INTERVAL, DATETIME], DATETIME, (interval, datetime) => addToDatetime(datetime, interval)),
    plain([TIMESTAMP, INTERVAL], TIMESTAMP, (timestamp, interval) => addToTimestamp(timestamp, interval)),
    plain([INTERVAL, TIMESTAMP], TIMESTAMP, (interval, timestamp) => addToTimestamp(timestamp, interval)),
    plain([INTERVAL, INTERVAL], INTERVAL, (x, y) => `googlesql_interval_checked(${x} + ${y})`),
  ]),
  operator('-', 'arithmetic_operators', [
    plain([INT64], INT64, (x) => `(-${x})`),
    plain([NUMERIC], NUMERIC, (x) => `(-${x})`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) => bigDecimal('subtract', `'0'::BIGNUM`, x)),
    plain([FLOAT64], FLOAT64, (x) => `(-${x})`),
    plain([INTERVAL], INTERVAL, negated),
    plain([INT64, INT64], INT64, (x, y) => `(${x} - ${y})`),
    plain([NUMERIC, NUMERIC], NUMERIC, (x, y) => decimalSum(x, '-', y)),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('subtract', x, y)),
    plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => floatArithmetic(x, '-', y)),
    plain([DATE, INT64], DATE, (date, days) => addDays(date, days, -1)),
    plain([DATE, INTERVAL], DATETIME, (date, interval) => addToDate(date, negated(interval))),
    plain([DATETIME, INTERVAL], DATETIME, (datetime, interval) => addToDatetime(datetime, negated(interval))),
    plain([TIMESTAMP, INTERVAL], TIMESTAMP, (timestamp, interval) =>
      addToTimestamp(timestamp, negated(interval)),
    ),
    plain([DATE, DATE], INTERVAL, (x, y) => `to_days(CAST(${x} - ${y} AS INTEGER))`),
    plain([DATETIME, DATETIME], INTERVAL, (x, y) =>
      once([x, y], (a, b) => {
        const micros = `(epoch_us(${a}) - epoch_us(${b}))`
        return `(to_days(CAST(${micros} // 86400000000 AS INTEGER)) + to_microseconds(${micros} % 86400000000))`
      }),
    ),
    plain([TIMESTAMP, TIMESTAMP], INTERVAL, intervalBetween),
    plain([TIME, TIME], INTERVAL, intervalBetween),
    plain([INTERVAL, INTERVAL], INTERVAL, (x, y) => `googlesql_interval_checked(${x} + ${negated(y)})`),
  ]),
  operator('*', 'arithmetic_operators', [
    plain([INT64, INT64], INT64, (x, y) => `(${x} * ${y})`),
    plain([NUMERIC, NUMERIC], NUMERIC, numericProduct),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('multiply', x, y)),
    plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => floatArithmetic(x, '*', y)),
    plain([INTERVAL, INT64], INTERVAL, (interval, factor) => scaleInterval(interval, factor)),
    plain([INT64, INTERVAL], INTERVAL, (factor, interval) => scaleInterval(interval, factor)),
  ]),
  operator('/', 'arithmetic_operators', [
    plain([FLOAT64, FLOAT64], FLOAT64, floatQuotient),
    plain([NUMERIC, NUMERIC], NUMERIC, numericQuotient),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('divide', x, y)),
    plain([INTERVAL, INT64], INTERVAL, (interval, by) => scaleInterval(interval, by, true)),
  ]),
]

/** DuckDB adds DECIMAL(38,9) exactly and raises beyond 38 digits, which is NUMERIC's own range. */
function decimalSum(x: string, sign: '+' | '-', y: string): string {
  return `(${x} ${sign} ${y})`
}

/** x * y at scale 9, rounded half away from zero. */
export function numericProduct(x: string, y: string): string {
  return nearestNumeric(x, '*', y, 'googlesql_numeric_multiply')
}

/**
 * x / y at scale 9, rounded half away from zero. A whole number divides numbers below 2 * 10^6 exactly in FLOAT64: the
 * dividend's billionths are a whole number below 2 * 10^15, and its quotient is no nearer to a half, without being one,
 * than half of 1/y, while FLOAT64's is off by less than a quarter of 1/y.
 */
export function numericQuotient(x: string, y: string): string {
  return onceUnlessCheap([x, y], (a, b) => {
    const [dividend, divisor] = [`CAST(${a} AS DOUBLE)`, `CAST(${b} AS DOUBLE)`]
    const whole = `abs(${dividend}) < 2000000 AND ${divisor} = trunc(${divisor}) AND ${divisor} <> 0`
    const exact = `CAST(round(round(${dividend} * 1e9::DOUBLE) / ${divisor}) / 1e9::DOUBLE AS DECIMAL(38,9))`
    return `CASE WHEN ${whole} THEN ${exact} ELSE ${nearestNumeric(a, '/', b, 'googlesql_numeric_divide')} END`
  })
}

/**
 * DuckDB scales a product or quotient of 38 digits down bit by bit, in more than a microsecond. FLOAT64's result is off
 * by less than eight of its last places; where two numbers that far below and above round to the same billionth, that
 * is the answer. All others are computed exactly: those near a half, of more than some 14 digits, and errors.
 */
function nearestNumeric(x: string, sign: '*' | '/', y: string, exact: string): string {
  return onceUnlessCheap([x, y], (a, b) => {
    const near = `(CAST(${a} AS DOUBLE) ${sign} CAST(${b} AS DOUBLE))`
    const open = `round(${near} * 1000000000.00000095::DOUBLE) <> round(${near} * 999999999.99999905::DOUBLE)`
    const zero = sign === '/' ? `${b} = 0 OR ` : ''
    return `CASE WHEN ${zero}${open} THEN ${exact}(${a}, ${b}) ELSE CAST(${near} AS DECIMAL(38,9)) END`
  })
}

/** BIGNUMERIC arithmetic: on the scaled integers as text. */
export function bigDecimal(operation: string, ...args: readonly string[]): string {
  return `CAST(googlesql_bignumeric_${operation}(${args.map((arg) => `CAST(${arg} AS VARCHAR)`).join(', ')}) AS BIGNUM)`
}

/** An operation on FLOAT64 that raises where finite operands give no finite result. */
export function floatArithmetic(x: string, sign: '+' | '-' | '*', y: string): string {
  return once([x, y], (a, b) => {
    const result = `(${a} ${sign} ${b})`
    const message = `'double overflow: ' || ${shownFloat(a)} || ' ${sign} ' || ${shownFloat(b)}`
    return (
      `CASE WHEN isfinite(${result}) THEN ${result} ` +
      `WHEN isfinite(${a}) AND isfinite(${b}) THEN ${raise(message, 'DOUBLE')} ELSE ${result} END`
    )
  })
}

export function floatQuotient(x: string, y: string): string {
  // A divisor that is a constant other than zero can neither be zero nor, if it is not small, overflow.
  const constant = /^CAST\('?(-?[0-9.]+)'? AS DOUBLE\)$|^(-?[0-9.]+)$/.exec(y)
  const divisor = Number(constant?.[1] ?? constant?.[2] ?? 0)
  if (repeatable(y) && Math.abs(divisor) >= 1) return `(CAST(${x} AS DOUBLE) / ${y})`
  return once([x, y], (a, b) => {
    const values = `${shownFloat(a)} || ' / ' || ${shownFloat(b)}`
    const result = `(${a} / ${b})`
    return (
      `CASE WHEN ${b} = 0 AND ${a} IS NOT NULL THEN ${raise(`'division by zero: ' || ${values}`, 'DOUBLE')} ` +
      `WHEN isfinite(${result}) THEN ${result} ` +
      `WHEN isfinite(${a}) AND isfinite(${b}) THEN ${raise(`'double overflow: ' || ${values}`, 'DOUBLE')} ` +
      `ELSE ${result} END`
    )
  })
}

/** date ± days, in the years 1 to 9999. */
export function addDays(date: string, days: string, sign: 1 | -1): string {
  return onceUnlessCheap([date, days], (d, n) => {
    // AND computes both of its sides: a count too large for DuckDB's integers has to go first.
    const outside = `${n} NOT BETWEEN -3652058 AND 3652058`
    const sum = `(${d} ${sign === 1 ? '+' : '-'} CAST(${n} AS INTEGER))`
    const overflow = raiseText(
      'Date arithmetic overflow: the result is outside 0001-01-01 to 9999-12-31',
      'DATE',
    )
    const bounds = `DATE '0001-01-01' AND DATE '9999-12-31'`
    return `CASE WHEN ${d} IS NULL OR ${n} IS NULL THEN NULL WHEN ${outside} THEN ${overflow} WHEN ${sum} BETWEEN ${bounds} THEN ${sum} ELSE ${overflow} END`
  })
}
