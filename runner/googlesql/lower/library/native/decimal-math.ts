import { DECIMAL, type DuckDBDecimalValue, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { bigNumericText, numericValue } from './casts.ts'
import { divideRounded, printDecimal } from './numbers.ts'

/** Functions of decimals with far more digits than any result keeps: integers scaled by 10^digits. */
const digits = 150
const unit = 10n ** BigInt(digits)
const times = (a: bigint, b: bigint) => (a * b) / unit

/** atanh(x) for small x, by its series. */
function atanh(x: bigint): bigint {
  const square = times(x, x)
  let sum = 0n
  let power = x
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n
    power = times(power, square)
  }
  return sum
}

let two: bigint | undefined
const ln2 = (): bigint => {
  two ??= 2n * atanh(unit / 3n)
  return two
}

function ln(x: bigint): bigint {
  let mantissa = x
  let exponent = 0n
  while (mantissa > (unit * 3n) / 2n) [mantissa, exponent] = [mantissa / 2n, exponent + 1n]
  while (mantissa < (unit * 3n) / 4n) [mantissa, exponent] = [mantissa * 2n, exponent - 1n]
  return 2n * atanh(((mantissa - unit) * unit) / (mantissa + unit)) + exponent * ln2()
}

function exp(x: bigint): bigint {
  const n = x / ln2()
  const rest = x - n * ln2()
  let sum = unit
  let term = unit
  for (let k = 1n; term !== 0n; k++) {
    term = times(term, rest) / k
    sum += term
  }
  return n >= 0n ? sum << n : sum >> -n
}

/** The greatest integer whose square is at most `value`. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

function power(base: bigint, exponent: bigint, fail: () => never, overflow: () => never): bigint {
  if (exponent === 0n) return unit
  if (base === 0n) return exponent < 0n ? fail() : 0n
  const whole = exponent % unit === 0n
  if (base < 0n && !whole) return fail()
  const size = base < 0n ? -base : base
  const sign = base < 0n && (exponent / unit) % 2n !== 0n ? -1n : 1n
  const logarithm = times(exponent, ln(size))
  // Beyond BIGNUMERIC's 10^39 and below its last digit.
  if (logarithm > unit * 100n) return overflow()
  if (logarithm < unit * -120n) return 0n
  return sign * exp(logarithm)
}

function calculate(name: string, x: bigint, y: bigint, shown: () => string): bigint {
  const fail = (): never => {
    throw new GoogleSqlError(`Illegal argument in ${shown()}`)
  }
  const overflow = (): never => {
    throw new GoogleSqlError(`numeric overflow: ${shown()}`)
  }
  const positive = (value: bigint) => (value > 0n ? value : fail())
  switch (name) {
    case 'SQRT':
      return x < 0n ? fail() : squareRoot(x * unit)
    case 'CBRT':
      return x === 0n ? 0n : x < 0n ? -exp(ln(-x) / 3n) : exp(ln(x) / 3n)
    case 'EXP':
      return x > unit * 100n ? overflow() : x < unit * -120n ? 0n : exp(x)
    case 'LN':
      return ln(positive(x))
    case 'LOG10':
      return (ln(positive(x)) * unit) / ln(10n * unit)
    case 'LOG':
      return ln(positive(x))
    case 'LOG_BASE':
      return positive(y) === unit ? fail() : (ln(positive(x)) * unit) / ln(y)
    default:
      return power(x, y, fail, overflow)
  }
}

/** Where GoogleSQL's own last digits are not right any more. */
function isInexact(name: string, y: bigint, scale: number, result: bigint): boolean {
  if (name === 'POW' && y % 10n ** BigInt(scale) === 0n) return false
  if (name !== 'POW' && (name !== 'EXP' || scale === 9)) return false
  return scale === 9 ? result > 10n ** 15n : result > 10n ** 33n && result < 10n ** 39n
}

function apply(name: string, x: bigint, y: bigint, scale: number): bigint {
  const raise = 10n ** BigInt(digits - scale)
  const shown = () =>
    `${name.replace('_BASE', '')}(${printDecimal(x, scale)}${name === 'POW' || name === 'LOG_BASE' ? `, ${printDecimal(y, scale)}` : ''})`
  const result = calculate(name, x * raise, y * raise, shown)
  if (isInexact(name, y, scale, result / unit))
    throw new GoogleSqlError(`${shown()} with so many digits is not supported locally`)
  // First to a few digits less than were computed: what is exact but for the last of them becomes exact.
  const guard = 10n ** 20n
  return divideRounded(divideRounded(result, guard), raise / guard)
}

export const decimalMathFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_numeric_math',
    parameters: [VARCHAR, DECIMAL(38, 9), DECIMAL(38, 9)],
    returns: DECIMAL(38, 9),
    evaluate: (name: string, x: DuckDBDecimalValue, y: DuckDBDecimalValue) =>
      numericValue(
        apply(name, x.value, y.value, 9),
        () => `numeric overflow: ${name}(${printDecimal(x.value, 9)})`,
      ),
  },
  {
    name: 'googlesql_bignumeric_math',
    parameters: [VARCHAR, VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (name: string, x: string, y: string) =>
      bigNumericText(
        apply(name, BigInt(x), BigInt(y), 38),
        () => `bignumeric overflow: ${name}(${printDecimal(BigInt(x), 38)})`,
      ),
  },
]
