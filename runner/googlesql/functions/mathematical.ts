import { Problem } from '../../problem.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import { orderable } from '../types/predicates.ts'
import { arrayOf, BIGNUMERIC, BOOL, FLOAT64, INT64, NUMERIC } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { bigDecimal, floatArithmetic, numericProduct, numericQuotient } from './arithmetic.ts'
import { shownFloat } from './cast-text.ts'
import { ordered } from './comparison.ts'
import { plain, repeated, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'
import { bigRound, rounding } from './rounding.ts'

const page = 'mathematical_functions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)

function math(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

/** A function of one FLOAT64 by DuckDB's own. */
function double(name: string, duck = name.toLowerCase()): FunctionEntry {
  return math(name, [plain([FLOAT64], FLOAT64, (x) => `${duck}(${x})`)])
}

/** One that is defined on a part of the numbers only; outside it DuckDB's answer is wrong or another error. */
function partial(name: string, duck: (x: string) => string, defined: (x: string) => string): FunctionEntry {
  const message = (x: string) =>
    name === 'SQRT'
      ? `'Argument to SQRT cannot be negative: ' || ${shownFloat(x)}`
      : `'Floating point error in function: ${name}(' || ${shownFloat(x)} || ')'`
  return math(name, [
    plain([FLOAT64], FLOAT64, (value) =>
      once(
        [value],
        (x) =>
          `CASE WHEN ${defined(x)} OR isnan(${x}) THEN ${duck(x)} ${name === 'SQRT' ? '' : `WHEN isinf(${x}) THEN 'nan'::DOUBLE `}WHEN ${x} IS NOT NULL THEN ${raise(message(x), 'DOUBLE')} END`,
      ),
    ),
  ])
}

/** A result that is infinite though the argument is not. */
function bounded(name: string, value: string, duck: (x: string) => string): string {
  return once([value], (x) => {
    const message = `'Floating point error in function: ${name}(' || ${shownFloat(x)} || ')'`
    return `CASE WHEN isfinite(${x}) AND NOT isfinite(${duck(x)}) THEN ${raise(message, 'DOUBLE')} ELSE ${duck(x)} END`
  })
}

function zeroSafe(
  x: string,
  y: string,
  type: string,
  name: string,
  calculate: (x: string, y: string) => string,
): string {
  if (/^CAST\(-?0*[1-9]\d* AS BIGINT\)$|^0*[1-9]\d*$/.test(y)) return calculate(x, y)
  return once([x, y], (a, b) => {
    const shown = name === 'MOD' ? `'MOD(' || ${a} || ', ' || ${b} || ')'` : `${a} || ' / ' || ${b}`
    return `CASE WHEN ${b} = 0 AND ${a} IS NOT NULL THEN ${raise(`'division by zero: ' || ${shown}`, type)} ELSE ${calculate(a, b)} END`
  })
}

/** x // -1 of the least INT64 overflows. */
function int64Quotient(x: string, y: string): string {
  return zeroSafe(x, y, 'BIGINT', 'DIV', (a, b) => `(${a} // ${b})`)
}

const greatestOf = (sign: '>' | '<') =>
  signature(['T1', repeated('T1')], first, (args, call) => extreme(sign, args, typeAt(call.argumentTypes, 0)))

function extreme(sign: '>' | '<', args: readonly string[], type: SqlType): string {
  if (type.kind === 'RANGE') {
    const better = (x: string, y: string) =>
      once(
        [x, y],
        (a, b) => `CASE WHEN ${ordered(a, sign, b, type)} THEN ${a} WHEN ${a} IS NOT NULL THEN ${b} END`,
      )
    return args.reduce(better)
  }
  const duck = sign === '>' ? 'greatest' : 'least'
  return once(args, (...names) => {
    const missing = names.map((name) => `${name} IS NULL`).join(' OR ')
    // DuckDB's own compare the parts of intervals, not their lengths; its aggregates do it right.
    const folded =
      type.kind === 'INTERVAL'
        ? `${sign === '>' ? 'list_max' : 'list_min'}([${names.join(', ')}])`
        : undefined
    const value = names.length === 1 ? names[0] : (folded ?? `${duck}(${names.join(', ')})`)
    // DuckDB's skip NULL; and NaN, which is the greatest there, is both here.
    const nan =
      type.kind === 'FLOAT64'
        ? ` WHEN ${names.map((n) => `isnan(${n})`).join(' OR ')} THEN 'nan'::DOUBLE`
        : ''
    return `CASE WHEN ${missing} THEN NULL${nan} ELSE ${value} END`
  })
}

function sortable(entry: Signature): Signature {
  return { ...entry, accepts: ([type]) => type !== undefined && orderable(type) }
}

function whole(name: 'CEIL' | 'FLOOR', entry: string): FunctionEntry {
  const mode = `'${name}'`
  return math(entry, [
    plain([NUMERIC], NUMERIC, (x) => `googlesql_numeric_round(${x}, 0, ${mode})`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) => bigRound(x, '0', mode)),
    plain([FLOAT64], FLOAT64, (x) => `${name.toLowerCase()}(${x})`),
  ])
}

/** SAFE_ADD and the like: NULL where the operator raises. */
function safe(
  name: string,
  types: readonly SqlType[],
  lower: (type: SqlType, x: string, y: string) => string,
): FunctionEntry {
  return math(
    name,
    types.map((type) =>
      plain([type, type], type, (x, y) => once([x, y], (a, b) => `TRY(${lower(type, a, b)})`)),
    ),
  )
}

function byType(sign: '+' | '-' | '*') {
  return (type: SqlType, x: string, y: string): string => {
    if (type.kind === 'BIGNUMERIC') {
      return bigDecimal({ '+': 'add', '-': 'subtract', '*': 'multiply' }[sign], x, y)
    }
    if (type.kind === 'FLOAT64') return floatArithmetic(x, sign, y)
    if (type.kind === 'NUMERIC' && sign === '*') return numericProduct(x, y)
    return `(${x} ${sign} ${y})`
  }
}

/** EXP, LN, POW … of decimals give decimals. */
function decimalMath(name: string, operands: 1 | 2): readonly Signature[] {
  return [NUMERIC, BIGNUMERIC].map((type) =>
    signature(
      Array.from({ length: operands }, () => type),
      type,
      ([x = '', y], { safe }) => {
        const big = type === BIGNUMERIC
        // Refused only when it runs, for some values, SAFE would make a NULL of it.
        if (safe && name === 'POW' && !big) throw new Problem('SAFE.POW of NUMERIC is not supported locally')
        const text = (value: string) => (big ? `CAST(${value} AS VARCHAR)` : value)
        const one = big ? `'0'` : 'CAST(0 AS DECIMAL(38,9))'
        const call = `googlesql_${big ? 'bignumeric' : 'numeric'}_math('${operands === 2 && name === 'LOG' ? 'LOG_BASE' : name}', ${text(x)}, ${y === undefined ? one : text(y)})`
        return big ? `CAST(${call} AS BIGNUM)` : call
      },
    ),
  )
}

/** The functions that have decimal forms, with how many operands. */
const decimalForms: Readonly<Record<string, readonly (1 | 2)[]>> = {
  SQRT: [1],
  CBRT: [1],
  POW: [2],
  POWER: [2],
  EXP: [1],
  LN: [1],
  LOG: [1, 2],
  LOG10: [1],
}

/** Decimals give decimals; INT64 takes FLOAT64, as in BigQuery. */
function withDecimals(entry: FunctionEntry, operands: 1 | 2): FunctionEntry {
  const exact = decimalMath(entry.name === 'POWER' ? 'POW' : entry.name, operands)
  const float = entry.signatures.filter((known) => known.parameters.length === operands)
  const rest = entry.signatures.filter((known) => known.parameters.length !== operands)
  // A call with INT64 alone must not become decimal: INT64 has a FLOAT64 signature of its own.
  const integers = float.map((known) =>
    signature(
      known.parameters.map(() => INT64),
      FLOAT64,
      (args, call) =>
        known.lower(
          args.map((arg) => `CAST(${arg} AS DOUBLE)`),
          call,
        ),
    ),
  )
  return { ...entry, signatures: [...integers, ...exact, ...float, ...rest] }
}

const numbers = [INT64, NUMERIC, BIGNUMERIC, FLOAT64]

/** pow of integers gives FLOAT64; of decimals a decimal, which is exact only for few powers. */
const power = [
  plain([FLOAT64, FLOAT64], FLOAT64, (x, y) =>
    once([x, y], (a, b) => {
      const shown = `'POW(' || ${shownFloat(a)} || ', ' || ${shownFloat(b)} || ')'`
      const root = `${a} < 0 AND isfinite(${a}) AND isfinite(${b}) AND ${b} <> trunc(${b})`
      const zero = `${a} = 0 AND ${b} < 0 AND isfinite(${b})`
      return (
        `CASE WHEN ${root} THEN ${raise(`'Floating point error in function: ' || ${shown}`, 'DOUBLE')} ` +
        `WHEN ${zero} THEN ${raise(`'Floating point error in function: ' || ${shown}`, 'DOUBLE')} ` +
        `WHEN isfinite(${a}) AND isfinite(${b}) AND NOT isfinite(pow(${a}, ${b})) THEN ${raise(`'Floating point error in function: ' || ${shown}`, 'DOUBLE')} ` +
        `ELSE pow(${a}, ${b}) END`
      )
    }),
  ),
]

const functions: readonly FunctionEntry[] = [
  math('ABS', [
    plain([INT64], INT64, (x) => `abs(${x})`),
    plain([NUMERIC], NUMERIC, (x) => `abs(${x})`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) =>
      once(
        [x],
        (v) => `CASE WHEN ${v} < '0'::BIGNUM THEN ${bigDecimal('subtract', `'0'::BIGNUM`, v)} ELSE ${v} END`,
      ),
    ),
    plain([FLOAT64], FLOAT64, (x) => `abs(${x})`),
  ]),
  math('SIGN', [
    plain([INT64], INT64, (x) => `CAST(sign(${x}) AS BIGINT)`),
    plain([NUMERIC], NUMERIC, (x) => `CAST(sign(${x}) AS DECIMAL(38,9))`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) =>
      once(
        [x],
        (v) =>
          `CASE WHEN ${v} < '0'::BIGNUM THEN CAST('-1' || repeat('0', 38) AS BIGNUM) WHEN ${v} > '0'::BIGNUM THEN CAST('1' || repeat('0', 38) AS BIGNUM) ELSE ${v} END`,
      ),
    ),
    plain([FLOAT64], FLOAT64, (x) =>
      once([x], (v) => `CASE WHEN isnan(${v}) THEN ${v} ELSE CAST(sign(${v}) AS DOUBLE) END`),
    ),
  ]),
  math('IS_INF', [plain([FLOAT64], BOOL, (x) => `isinf(${x})`)]),
  math('IS_NAN', [plain([FLOAT64], BOOL, (x) => `isnan(${x})`)]),
  math('IEEE_DIVIDE', [plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => `(CAST(${x} AS DOUBLE) / ${y})`)]),
  math('SAFE_DIVIDE', [
    plain([FLOAT64, FLOAT64], FLOAT64, (x, y) =>
      onceUnlessCheap([x, y], (a, b) => {
        // The usual first: DuckDB divides by zero, to what is not finite.
        const given = `NOT isfinite(${a}) OR NOT isfinite(${b})`
        return `CASE WHEN isfinite(${a} / ${b}) THEN ${a} / ${b} WHEN ${b} = 0 THEN NULL WHEN ${given} THEN ${a} / ${b} END`
      }),
    ),
    plain([NUMERIC, NUMERIC], NUMERIC, (x, y) => once([x, y], (a, b) => `TRY(${numericQuotient(a, b)})`)),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) =>
      once([x, y], (a, b) => `TRY(${bigDecimal('divide', a, b)})`),
    ),
  ]),
  safe('SAFE_ADD', numbers, byType('+')),
  safe('SAFE_SUBTRACT', numbers, byType('-')),
  safe('SAFE_MULTIPLY', numbers, byType('*')),
  math('SAFE_NEGATE', [
    plain([INT64], INT64, (x) => once([x], (v) => `TRY(-${v})`)),
    plain([NUMERIC], NUMERIC, (x) => `(-${x})`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) =>
      once([x], (v) => `TRY(${bigDecimal('subtract', `'0'::BIGNUM`, v)})`),
    ),
    plain([FLOAT64], FLOAT64, (x) => `(-${x})`),
  ]),
  math('RAND', [plain([], FLOAT64, () => 'random()')]),
  partial(
    'SQRT',
    (x) => `sqrt(${x})`,
    (x) => `${x} >= 0`,
  ),
  double('CBRT'),
  math('POW', power),
  math('POWER', power),
  math('EXP', [plain([FLOAT64], FLOAT64, (value) => bounded('EXP', value, (x) => `exp(${x})`))]),
  partial(
    'LN',
    (x) => `ln(${x})`,
    (x) => `${x} > 0`,
  ),
  math('LOG', [
    plain([FLOAT64], FLOAT64, (x) => logarithm('LOG', x, (v) => `ln(${v})`)),
    plain([FLOAT64, FLOAT64], FLOAT64, (x, base) =>
      once([x, base], (a, b) => {
        const shown = `'LOG(' || ${shownFloat(a)} || ', ' || ${shownFloat(b)} || ')'`
        const nan = `isnan(${a}) OR isnan(${b})`
        const infinite = `isinf(${a}) OR isinf(${b})`
        const wrong = `${a} <= 0 OR ${b} <= 0 OR ${b} = 1`
        const known = `CASE WHEN isinf(${b}) OR ${a} < 0 OR ${b} <= 0 THEN 'nan'::DOUBLE WHEN ${b} < 1 THEN '-inf'::DOUBLE ELSE ${a} END`
        return (
          `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN ${nan} THEN 'nan'::DOUBLE ` +
          `WHEN ${infinite} THEN ${known} ` +
          `WHEN ${wrong} THEN ${raise(`'Floating point error in function: ' || ${shown}`, 'DOUBLE')} ELSE ln(${a}) / ln(${b}) END`
        )
      }),
    ),
  ]),
  partial(
    'LOG10',
    (x) => `log10(${x})`,
    (x) => `${x} > 0`,
  ),
  math('GREATEST', [sortable(greatestOf('>'))]),
  math('LEAST', [sortable(greatestOf('<'))]),
  math('DIV', [
    plain([INT64, INT64], INT64, int64Quotient),
    plain([NUMERIC, NUMERIC], NUMERIC, (x, y) => `googlesql_numeric_div(${x}, ${y})`),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('div', x, y)),
  ]),
  math('MOD', [
    plain([INT64, INT64], INT64, (x, y) =>
      zeroSafe(x, y, 'BIGINT', 'MOD', (a, b) => `CASE WHEN ${b} = -1 THEN 0 ELSE ${a} % ${b} END`),
    ),
    plain([NUMERIC, NUMERIC], NUMERIC, (x, y) => `googlesql_numeric_mod(${x}, ${y})`),
    plain([BIGNUMERIC, BIGNUMERIC], BIGNUMERIC, (x, y) => bigDecimal('mod', x, y)),
  ]),
  math('ROUND', rounding('ROUND')),
  math('TRUNC', rounding('TRUNC')),
  whole('CEIL', 'CEIL'),
  whole('CEIL', 'CEILING'),
  whole('FLOOR', 'FLOOR'),
  partial(
    'COS',
    (x) => `CASE WHEN isfinite(${x}) THEN cos(${x}) WHEN ${x} IS NOT NULL THEN 'nan'::DOUBLE END`,
    () => 'TRUE',
  ),
  partial(
    'SIN',
    (x) => `CASE WHEN isfinite(${x}) THEN sin(${x}) WHEN ${x} IS NOT NULL THEN 'nan'::DOUBLE END`,
    () => 'TRUE',
  ),
  partial(
    'TAN',
    (x) => `CASE WHEN isfinite(${x}) THEN tan(${x}) WHEN ${x} IS NOT NULL THEN 'nan'::DOUBLE END`,
    () => 'TRUE',
  ),
  math('COSH', [plain([FLOAT64], FLOAT64, (value) => bounded('COSH', value, (x) => `cosh(${x})`))]),
  math('SINH', [plain([FLOAT64], FLOAT64, (value) => bounded('SINH', value, (x) => `sinh(${x})`))]),
  double('TANH'),
  partial(
    'ACOS',
    (x) => `acos(${x})`,
    (x) => `${x} BETWEEN -1 AND 1`,
  ),
  partial(
    'ASIN',
    (x) => `asin(${x})`,
    (x) => `${x} BETWEEN -1 AND 1`,
  ),
  double('ATAN'),
  double('ASINH'),
  partial(
    'ACOSH',
    (x) => `acosh(${x})`,
    (x) => `${x} >= 1`,
  ),
  partial(
    'ATANH',
    (x) => `atanh(${x})`,
    (x) => `${x} > -1 AND ${x} < 1`,
  ),
  math('ATAN2', [plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => `atan2(${x}, ${y})`)]),
  math('COT', [plain([FLOAT64], FLOAT64, (x) => reciprocal('COT', x, (v) => `tan(${v})`))]),
  math('COTH', [plain([FLOAT64], FLOAT64, (x) => reciprocal('COTH', x, (v) => `tanh(${v})`))]),
  math('CSC', [plain([FLOAT64], FLOAT64, (x) => reciprocal('CSC', x, (v) => `sin(${v})`))]),
  math('CSCH', [plain([FLOAT64], FLOAT64, (x) => reciprocal('CSCH', x, (v) => `sinh(${v})`))]),
  math('SEC', [
    plain([FLOAT64], FLOAT64, (x) =>
      once(
        [x],
        (v) => `CASE WHEN isfinite(${v}) THEN 1 / cos(${v}) WHEN ${v} IS NOT NULL THEN 'nan'::DOUBLE END`,
      ),
    ),
  ]),
  math('SECH', [plain([FLOAT64], FLOAT64, (x) => `(1 / cosh(${x}))`)]),
  math('RANGE_BUCKET', [
    sortable(
      signature(['T1', 'ARRAY<T1>'], INT64, ([point = '', array = ''], call) =>
        once([point, array], (x, list) => rangeBucket(x, list, typeAt(call.argumentTypes, 0))),
      ),
    ),
  ]),
  math('COSINE_DISTANCE', [
    plain([arrayOf(FLOAT64), arrayOf(FLOAT64)], FLOAT64, (x, y) => distance(x, y, 'list_cosine_distance')),
  ]),
  math('EUCLIDEAN_DISTANCE', [
    plain([arrayOf(FLOAT64), arrayOf(FLOAT64)], FLOAT64, (x, y) => distance(x, y, 'list_distance')),
  ]),
]

export const mathematicalFunctions: readonly FunctionEntry[] = functions.map((entry) =>
  (decimalForms[entry.name] ?? []).reduce(withDecimals, entry),
)

function logarithm(name: string, value: string, duck: (x: string) => string): string {
  return once([value], (x) => {
    const message = `'Floating point error in function: ${name}(' || ${shownFloat(x)} || ')'`
    return `CASE WHEN ${x} > 0 OR isnan(${x}) THEN ${duck(x)} WHEN isinf(${x}) THEN 'nan'::DOUBLE WHEN ${x} IS NOT NULL THEN ${raise(message, 'DOUBLE')} END`
  })
}

/** 1 / f(x): an error where f is zero, NaN where x is not finite and f has no value. */
function reciprocal(name: string, value: string, f: (x: string) => string): string {
  return once([value], (x) => {
    const message = `'Floating point error in function: ${name}(' || ${shownFloat(x)} || ')'`
    const trig = name === 'COT' || name === 'CSC'
    const nan = trig ? `WHEN NOT isfinite(${x}) THEN 'nan'::DOUBLE ` : ''
    return `CASE WHEN ${x} = 0 THEN ${raise(message, 'DOUBLE')} ${nan}WHEN isfinite(${x}) AND isinf(1 / ${f(x)}) THEN ${raise(message, 'DOUBLE')} ELSE 1 / ${f(x)} END`
  })
}

/** How many of a sorted array's elements are at most x. */
function rangeBucket(x: string, list: string, type: SqlType): string {
  const count = `CAST(len(list_filter(${list}, lambda e: ${ordered('e', '<=', x, type)})) AS BIGINT)`
  const missing = raiseText('Elements in input array to RANGE_BUCKET cannot be null', 'BIGINT')
  const unsorted = raiseText('Elements in input array to RANGE_BUCKET must be in ascending order', 'BIGINT')
  return (
    `CASE WHEN ${x} IS NULL OR ${list} IS NULL${type.kind === 'FLOAT64' ? ` OR isnan(${x})` : ''} THEN NULL ` +
    `WHEN list_count(${list}) < len(${list}) THEN ${missing} ` +
    `WHEN list_sort(${list}) <> ${list} THEN ${unsorted} ELSE ${count} END`
  )
}

function distance(x: string, y: string, duck: string): string {
  return once([x, y], (a, b) => {
    const lengths = raiseText('Array length mismatch', 'DOUBLE')
    const empty = raiseText('Array cannot be empty', 'DOUBLE')
    // DuckDB looks for NULLs in the arrays of rows that a filter has left out, too.
    const whole = (list: string) => `list_filter(${list}, lambda e: e IS NOT NULL)`
    const missing = raiseText('Cannot compute a distance of arrays with NULL elements', 'DOUBLE')
    const some = [a, b].map((list) => `list_count(${list}) < len(${list})`).join(' OR ')
    return `CASE WHEN ${some} THEN ${missing} WHEN len(${a}) <> len(${b}) THEN ${lengths} WHEN len(${a}) = 0 THEN ${empty} ELSE ${duck}(${whole(a)}, ${whole(b)}) END`
  })
}
