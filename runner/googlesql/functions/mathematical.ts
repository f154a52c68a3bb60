import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import { arrayOf, BIGNUMERIC, BOOL, FLOAT64, INT64, NUMERIC } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { bigDecimal, floatArithmetic, numericProduct, numericQuotient } from './arithmetic.ts'
import { ordered } from './comparison.ts'
import { plain, repeated, scalar, signature, sortable, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'
import { bigRound, rounding } from './rounding.ts'

const page = 'mathematical_functions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)

function math(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
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

const numbers = [INT64, NUMERIC, BIGNUMERIC, FLOAT64]

export const mathematicalFunctions: readonly FunctionEntry[] = [
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
