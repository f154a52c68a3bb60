import { Problem } from '../../problem.ts'
import { onceUnlessCheap } from '../lower/library/once.ts'
import { raise } from '../lower/library/raise.ts'
import { BIGNUMERIC, FLOAT64, INT64, NUMERIC } from '../types/scalars.ts'
import { shownFloat } from './casts/cast-text.ts'
import { plain, scalar, signature } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'

function elementary(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `mathematical_functions#${name.toLowerCase()}`, signatures)
}

/** A function of one FLOAT64. */
function ofFloat(name: string, lower: (x: string) => string): FunctionEntry {
  return elementary(name, [plain([FLOAT64], FLOAT64, lower)])
}

const failure = (name: string, ...args: readonly string[]): string =>
  raise(
    `'Floating point error in function: ${name}(' || ${args.map(shownFloat).join(` || ', ' || `)} || ')'`,
    'DOUBLE',
  )

/**
 * One that is defined on a part of the numbers only; outside it DuckDB's answer is wrong or another error. NaN is the
 * greatest number to DuckDB.
 */
function partial(name: string, defined: (x: string) => string): FunctionEntry {
  return ofFloat(name, (value) => within(name, value, defined))
}

function within(name: string, value: string, defined: (x: string) => string, duck = name): string {
  return onceUnlessCheap([value], (x) => {
    const [infinite, wrong] =
      name === 'SQRT'
        ? ['', raise(`'Argument to SQRT cannot be negative: ' || ${shownFloat(x)}`, 'DOUBLE')]
        : [`WHEN isinf(${x}) THEN 'nan'::DOUBLE `, failure(name, x)]
    return `CASE WHEN ${defined(x)} THEN ${duck.toLowerCase()}(${x}) ${infinite}WHEN ${x} IS NOT NULL THEN ${wrong} END`
  })
}

/** One that has no value at infinity. */
function periodic(name: string, duck: (x: string) => string): FunctionEntry {
  return ofFloat(name, (value) =>
    onceUnlessCheap(
      [value],
      (x) => `CASE WHEN isfinite(${x}) THEN ${duck(x)} WHEN ${x} IS NOT NULL THEN 'nan'::DOUBLE END`,
    ),
  )
}

/** One whose result may be infinite though the argument is not: an error. (DuckDB computes equal calls once.) */
function bounded(name: string): FunctionEntry {
  return ofFloat(name, (value) =>
    onceUnlessCheap([value], (x) => {
      const result = `${name.toLowerCase()}(${x})`
      return `CASE WHEN isfinite(${result}) THEN ${result} WHEN isfinite(${x}) THEN ${failure(name, x)} ELSE ${result} END`
    }),
  )
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

/** pow of integers gives FLOAT64; of decimals a decimal, which is exact only for few powers. */
const power = plain([FLOAT64, FLOAT64], FLOAT64, (x, y) =>
  onceUnlessCheap([x, y], (a, b) => {
    // Not finite: too great, a root of a negative number, or zero's reciprocal.
    const result = `pow(${a}, ${b})`
    return `CASE WHEN isfinite(${result}) THEN ${result} WHEN isfinite(${a}) AND isfinite(${b}) THEN ${failure('POW', a, b)} ELSE ${result} END`
  }),
)

const logarithm = plain([FLOAT64, FLOAT64], FLOAT64, (x, base) =>
  onceUnlessCheap([x, base], (a, b) => {
    const usual = `${a} > 0 AND ${b} > 0 AND ${b} <> 1 AND isfinite(${a}) AND isfinite(${b})`
    const known = `CASE WHEN isinf(${b}) OR ${a} < 0 OR ${b} <= 0 THEN 'nan'::DOUBLE WHEN ${b} < 1 THEN '-inf'::DOUBLE ELSE ${a} END`
    return (
      `CASE WHEN ${usual} THEN ln(${a}) / ln(${b}) ` +
      `WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN isnan(${a}) OR isnan(${b}) THEN 'nan'::DOUBLE ` +
      `WHEN isinf(${a}) OR isinf(${b}) THEN ${known} ELSE ${failure('LOG', a, b)} END`
    )
  }),
)

const functions: readonly FunctionEntry[] = [
  partial('SQRT', (x) => `${x} >= 0`),
  ofFloat('CBRT', (x) => `cbrt(${x})`),
  elementary('POW', [power]),
  elementary('POWER', [power]),
  bounded('EXP'),
  partial('LN', (x) => `${x} > 0`),
  elementary('LOG', [
    plain([FLOAT64], FLOAT64, (value) => within('LOG', value, (x) => `${x} > 0`, 'LN')),
    logarithm,
  ]),
  partial('LOG10', (x) => `${x} > 0`),
  periodic('COS', (x) => `cos(${x})`),
  periodic('SIN', (x) => `sin(${x})`),
  periodic('TAN', (x) => `tan(${x})`),
  bounded('COSH'),
  bounded('SINH'),
  ofFloat('TANH', (x) => `tanh(${x})`),
  partial('ACOS', (x) => `${x} BETWEEN -1 AND 1 OR isnan(${x})`),
  partial('ASIN', (x) => `${x} BETWEEN -1 AND 1 OR isnan(${x})`),
  ofFloat('ATAN', (x) => `atan(${x})`),
  ofFloat('ASINH', (x) => `asinh(${x})`),
  partial('ACOSH', (x) => `${x} >= 1`),
  partial('ATANH', (x) => `(${x} > -1 AND ${x} < 1) OR isnan(${x})`),
  elementary('ATAN2', [plain([FLOAT64, FLOAT64], FLOAT64, (x, y) => `atan2(${x}, ${y})`)]),
  reciprocal('COT', 'tan'),
  reciprocal('COTH', 'tanh'),
  reciprocal('CSC', 'sin'),
  reciprocal('CSCH', 'sinh'),
  periodic('SEC', (x) => `1 / cos(${x})`),
  ofFloat('SECH', (x) => `(1 / cosh(${x}))`),
]

/** Powers, exponentials, logarithms and trigonometry of FLOAT64 (mathematical_functions), some of decimals too. */
export const elementaryFunctions: readonly FunctionEntry[] = functions.map((entry) =>
  (decimalForms[entry.name] ?? []).reduce(withDecimals, entry),
)

/** 1 / f(x): an error where f is zero, NaN where x is not finite and f has no value. */
function reciprocal(name: string, f: string): FunctionEntry {
  return ofFloat(name, (value) =>
    onceUnlessCheap([value], (x) => {
      const result = `1 / ${f}(${x})`
      const nan = f.endsWith('h') ? '' : `WHEN NOT isfinite(${x}) THEN 'nan'::DOUBLE `
      return `CASE WHEN ${x} = 0 THEN ${failure(name, x)} ${nan}WHEN isfinite(${x}) AND isinf(${result}) THEN ${failure(name, x)} ELSE ${result} END`
    }),
  )
}
