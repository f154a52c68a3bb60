import { Problem } from '../../problem.ts'
import { once } from '../lower/library/once.ts'
import { raiseText } from '../lower/library/raise.ts'
import { physicalType } from '../types/physical.ts'
import { orderable } from '../types/predicates.ts'
import { FLOAT64, INT64, NUMERIC } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { anyType, optional, signature, typeAt } from './define.ts'
import type { Call, FunctionEntry, Signature } from './function.ts'

const first = (args: readonly SqlType[]) => typeAt(args, 0)

function over(call: Call): string {
  return ` OVER ${call.aggregate?.over ?? '()'}`
}

function numbering(name: string, result: SqlType, signatures?: readonly Signature[]): FunctionEntry {
  const duck = name.toLowerCase()
  return {
    name,
    kind: 'numbering',
    page: `numbering_functions#${duck}`,
    signatures: signatures ?? [signature([], result, (_args, call) => `${duck}()${over(call)}`)],
    clauses: { over: 'no frame' },
  }
}

function navigation(name: string, signatures: readonly Signature[], frame: boolean): FunctionEntry {
  return {
    name,
    kind: 'navigation',
    page: `navigation_functions#${name.toLowerCase()}`,
    signatures,
    clauses: frame ? { nulls: true, over: true } : { over: 'no frame' },
  }
}

/** IGNORE NULLS stands inside DuckDB's call. */
function nulls(call: Call): string {
  return call.aggregate?.nulls === 'IGNORE' ? ' IGNORE NULLS' : ''
}

const edge = (name: string): FunctionEntry =>
  navigation(
    name,
    [
      signature(
        [anyType],
        first,
        ([value = ''], call) => `${name.toLowerCase()}(${value}${nulls(call)})${over(call)}`,
      ),
    ],
    true,
  )

/** An argument, the second unless `at` says otherwise, as a literal: no NULL, and no less than `least`. */
function notBelow(name: string, least: number, call: Call, at = 1): void {
  const given = call.literals[at]
  if (given === null) throw new Problem(`Argument ${at + 1} to ${name} must be non-NULL`)
  if (given !== undefined && Number(given) < least)
    throw new Problem(`Argument ${at + 1} to ${name} must be at least ${least}`)
}

const shifted = (name: 'LAG' | 'LEAD'): FunctionEntry =>
  navigation(
    name,
    [
      signature(
        ['T1', { ...optional(INT64), literal: true }, { ...optional('T1'), constant: true }],
        first,
        ([value = '', offset = '1', otherwise], call) => {
          notBelow(name, 0, call)
          const fallback = otherwise === undefined ? '' : `, ${otherwise}`
          return `${name.toLowerCase()}(${value}, ${offset}${fallback}${nulls(call)})${over(call)}`
        },
      ),
    ],
    false,
  )

/** RESPECT NULLS: NULLs are the least values; between a NULL and a value the value alone counts. */
function ofSorted(
  name: 'PERCENTILE_CONT' | 'PERCENTILE_DISC',
  sorted: string,
  fraction: string,
  type: SqlType,
  duck: string,
): string {
  return once([sorted, fraction], (list = '', share = '') => {
    const count = `len(${list})`
    if (name === 'PERCENTILE_DISC') {
      return `${list}[CAST(greatest(1, ceil(CAST(${share} AS DOUBLE) * ${count})) AS BIGINT)]`
    }
    const at = type.kind === 'FLOAT64' ? share : `CAST(${share} AS DECIMAL(38,9))`
    const low = `${list}[CAST(floor(${at} * (${count} - 1)) AS BIGINT) + 1]`
    const high = `${list}[CAST(ceil(${at} * (${count} - 1)) AS BIGINT) + 1]`
    const between =
      type.kind === 'FLOAT64'
        ? `${low} + (${high} - ${low}) * (${at} * (${count} - 1) - floor(${at} * (${count} - 1)))`
        : `googlesql_numeric_percentile(CAST([${low}, ${high}] AS DECIMAL(38,9)[]), ${at} * (${count} - 1) - floor(${at} * (${count} - 1)))`
    const nan =
      type.kind === 'FLOAT64'
        ? `WHEN isnan(${list}[-1]) THEN ${raiseText(`${name} with RESPECT NULLS of NaN is not supported locally`, duck)} `
        : ''
    return `CASE ${nan}WHEN ${low} IS NULL THEN ${high} WHEN ${high} IS NULL THEN ${low} ELSE CAST(${between} AS ${duck}) END`
  })
}

/** A percentile over the window's partition; BigQuery ignores NULLs unless told otherwise. */
function percentile(name: 'PERCENTILE_CONT' | 'PERCENTILE_DISC'): FunctionEntry {
  const lower: Signature['lower'] = ([value = '', fraction = ''], call) => {
    if (call.literals[1] === null) throw new Problem(`Argument 2 to ${name} must be non-NULL`)
    const share = Number(call.literals[1] ?? 0)
    if (!(share >= 0 && share <= 1)) throw new Problem(`Argument 2 to ${name} must be between 0 and 1`)
    const type = typeAt(call.argumentTypes, 0)
    const duck = physicalType(call.resultType)
    if (call.aggregate?.nulls === 'RESPECT') {
      const sorted = `list_sort(list(${value})${over(call)}, 'ASC', 'NULLS FIRST')`
      return ofSorted(name, sorted, fraction, type, duck)
    }
    if (name === 'PERCENTILE_DISC') return `quantile_disc(${value}, ${fraction})${over(call)}`
    const list = `list_sort(list(${value}) FILTER (WHERE ${value} IS NOT NULL)${over(call)})`
    return type.kind === 'FLOAT64'
      ? `quantile_cont(${value}, ${fraction})${over(call)}`
      : `CAST(googlesql_numeric_percentile(CAST(${list} AS DECIMAL(38,9)[]), ${fraction}) AS ${duck})`
  }
  const number = name === 'PERCENTILE_CONT'
  const signatures = number
    ? [
        signature(
          [NUMERIC, { type: (type: SqlType) => type.kind === 'NUMERIC', literal: true }],
          NUMERIC,
          lower,
        ),
        signature([FLOAT64, { type: FLOAT64, literal: true }], FLOAT64, lower),
      ]
    : [
        {
          ...signature([anyType, { type: FLOAT64, literal: true }], first, lower),
          accepts: ([type]: readonly SqlType[]) => type !== undefined && orderable(type),
        },
      ]
  return {
    name,
    kind: 'navigation',
    page: `navigation_functions#${name.toLowerCase()}`,
    signatures,
    clauses: { nulls: true, over: 'no frame' },
  }
}

/** Numbering and navigation functions: all of them need OVER. */
export const windowFunctions: readonly FunctionEntry[] = [
  numbering('ROW_NUMBER', INT64),
  numbering('RANK', INT64),
  numbering('DENSE_RANK', INT64),
  numbering('PERCENT_RANK', FLOAT64),
  numbering('CUME_DIST', FLOAT64),
  numbering('NTILE', INT64, [
    signature([{ type: INT64, literal: true }], INT64, ([buckets = ''], call) => {
      notBelow('NTILE', 1, call, 0)
      return `ntile(${buckets})${over(call)}`
    }),
  ]),
  edge('FIRST_VALUE'),
  edge('LAST_VALUE'),
  navigation(
    'NTH_VALUE',
    [
      signature([anyType, { type: INT64, literal: true }], first, ([value = '', n = ''], call) => {
        notBelow('NTH_VALUE', 1, call)
        return `nth_value(${value}, ${n}${nulls(call)})${over(call)}`
      }),
    ],
    true,
  ),
  shifted('LAG'),
  shifted('LEAD'),
  percentile('PERCENTILE_CONT'),
  percentile('PERCENTILE_DISC'),
]
