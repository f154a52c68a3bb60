import { Problem } from '../../problem.ts'
import { raiseText } from '../lower/library/raise.ts'
import { orderable } from '../types/predicates.ts'
import {
  arrayOf,
  BIGNUMERIC,
  BOOL,
  BYTES,
  FLOAT64,
  INT64,
  INTERVAL,
  NUMERIC,
  STRING,
} from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { aggregate, aggregateEntry, notNull } from './aggregate-sql.ts'
import { rangeKey } from './comparison.ts'
import { anyType, optional, signature, sortable, typeAt } from './define.ts'
import type { Call, FunctionEntry, Signature } from './function.ts'

const first = (args: readonly SqlType[]) => typeAt(args, 0)
const NUMBER: readonly SqlType[] = [INT64, NUMERIC, BIGNUMERIC, FLOAT64]

/** DuckDB adds INT64 in 128 bits: what does not fit in the end raises. */
function sum(value: string, call: Call): string {
  if (typeAt(call.argumentTypes, 0).kind === 'INTERVAL') return intervalSum(value, call)
  const total = aggregate('sum', [value], call)
  switch (typeAt(call.argumentTypes, 0).kind) {
    case 'INT64':
      return `CAST(${total} AS BIGINT)`
    case 'NUMERIC':
      return inRange(
        `CAST(${total} AS DECIMAL(38,9))`,
        'DECIMAL(38,9)',
        greatestNumeric,
        `-${greatestNumeric}`,
      )
    case 'BIGNUMERIC':
      return inRange(total, 'BIGNUM', String(2n ** 255n - 1n), String(-(2n ** 255n)))
    case 'FLOAT64':
      return floatSum(value, call)
    default:
      return total
  }
}

/**
 * Finite numbers whose sum is not raise; an infinity or NaN among them makes the sum one. Arithmetic in the argument
 * whose sum is finite had no overflow either: it need not be looked at row by row to be added.
 */
function floatSum(value: string, call: Call): string {
  const { fast, exact } = call.aggregate?.arithmetic ?? { fast: value, exact: value }
  const total = aggregate('sum', [fast], call)
  const whole =
    fast === exact
      ? `isfinite(${value})`
      : `CASE WHEN isfinite(${fast}) THEN TRUE ELSE isfinite(${exact}) END`
  const finite = aggregate('bool_and', [whole], call)
  return `CASE WHEN isfinite(${total}) OR NOT ${finite} THEN ${total} WHEN ${total} IS NOT NULL THEN ${raiseText('double overflow', 'DOUBLE')} END`
}

const greatestNumeric = `${'9'.repeat(29)}.${'9'.repeat(9)}`

/** DuckDB's sum may be greater than the greatest number of the type. */
function inRange(total: string, type: string, greatest: string, least: string): string {
  const bounds = `CAST('${least}' AS ${type}) AND CAST('${greatest}' AS ${type})`
  const overflow = raiseText(type === 'BIGNUM' ? 'BIGNUMERIC overflow: SUM' : 'numeric overflow: SUM', type)
  return `CASE WHEN ${total} BETWEEN ${bounds} THEN ${total} WHEN ${total} IS NOT NULL THEN ${overflow} END`
}

function average(value: string, call: Call): string {
  const kind = typeAt(call.argumentTypes, 0).kind
  if (kind === 'NUMERIC') {
    const total = `CAST(${aggregate('sum', [value], call)} AS DECIMAL(38,9))`
    return `googlesql_numeric_divide(${total}, CAST(${nullIfZero(aggregate('count', [value], call))} AS DECIMAL(38,9)))`
  }
  if (kind === 'BIGNUMERIC') {
    const total = `CAST(${aggregate('sum', [value], call)} AS VARCHAR)`
    const count = `CAST(${nullIfZero(aggregate('count', [value], call))} AS VARCHAR) || repeat('0', 38)`
    return `CAST(googlesql_bignumeric_divide(${total}, ${count}) AS BIGNUM)`
  }
  if (kind === 'INTERVAL') {
    const { months, days, micros } = intervalSums(value, call)
    const sums = `CAST(${months} AS BIGINT), CAST(${days} AS BIGINT), CAST(${micros} AS VARCHAR)`
    return `googlesql_interval_mean(${sums}, ${nullIfZero(aggregate('count', [value], call))})`
  }
  return kind === 'FLOAT64' ? floatAverage(value, call) : aggregate('avg', [value], call)
}

/**
 * The mean is kept as rows come: an infinity beside other numbers gives itself or NaN with their order, which a window
 * has and a group has not. Finite numbers that only DuckDB's sum cannot hold are refused.
 */
function floatAverage(value: string, call: Call): string {
  const mean = aggregate('avg', [value], call)
  const finite = aggregate('bool_and', [`isfinite(${value})`], call)
  const overflow = raiseText('AVG of numbers whose sum no FLOAT64 holds is not supported locally', 'DOUBLE')
  const known = `CASE WHEN isfinite(${mean}) OR ${mean} IS NULL THEN ${mean} WHEN ${finite} THEN ${overflow}`
  if (call.aggregate?.over === undefined) {
    const open = raiseText('AVG of an infinity beside other numbers is not supported locally', 'DOUBLE')
    return `${known} WHEN isnan(${mean}) OR ${aggregate('count', [value], call)} = 1 THEN ${mean} ELSE ${open} END`
  }
  const infinite = aggregate('count', [`CASE WHEN NOT isfinite(${value}) THEN ${value} END`], call)
  const newest = aggregate('last', [value], call)
  return `${known} WHEN ${infinite} = 1 AND NOT isfinite(${newest}) THEN ${newest} ELSE 'nan'::DOUBLE END`
}

function intervalSum(value: string, call: Call): string {
  const { months, days, micros } = intervalSums(value, call)
  return `googlesql_interval_checked(to_months(CAST(${months} AS INTEGER)) + to_days(CAST(${days} AS INTEGER)) + to_microseconds(CAST(${micros} AS BIGINT)))`
}

/** Part by part: DuckDB has no sum of intervals. */
function intervalSums(
  value: string,
  call: Call,
): { readonly months: string; readonly days: string; readonly micros: string } {
  const part = (name: string) => `datepart('${name}', ${value})`
  const months = aggregate('sum', [`${part('year')} * 12 + ${part('month')}`], call)
  const days = aggregate('sum', [part('day')], call)
  const clock = `${part('hour')} * 3600000000 + ${part('minute')} * 60000000 + ${part('microsecond')}`
  const micros = aggregate('sum', [clock], call)
  return { months, days, micros }
}

function nullIfZero(count: string): string {
  return `nullif(${count}, 0)`
}

/** MIN and MAX: one NaN makes the result NaN. */
function extreme(duck: 'min' | 'max', value: string, call: Call): string {
  if (typeAt(call.argumentTypes, 0).kind === 'RANGE') {
    if (call.aggregate?.having !== undefined) {
      throw new Problem(`${duck.toUpperCase()} of a RANGE with HAVING is not supported locally`)
    }
    return aggregate(`arg_${duck}`, [value, rangeKey(value)], call, notNull(value))
  }
  if (typeAt(call.argumentTypes, 0).kind !== 'FLOAT64' || duck === 'max')
    return aggregate(duck, [value], call)
  // DuckDB has NaN as the greatest: MAX is right by itself, MIN has to ask.
  const nan = aggregate('bool_or', [`isnan(${value})`], call)
  return `CASE WHEN ${nan} THEN 'nan'::DOUBLE ELSE ${aggregate(duck, [value], call)} END`
}

function ofType(type: SqlType, result: SqlType, lower: (value: string, call: Call) => string): Signature {
  return signature([type], result, ([value = ''], call) => lower(value, call))
}

/** A list of values, limited and with the NULLs that the call keeps. */
function arrayAgg(value: string, call: Call): string {
  const condition = call.aggregate?.nulls === 'IGNORE' ? notNull(value) : undefined
  const list = aggregate('list', [value], call, condition)
  const limit = call.aggregate?.limit
  return limit === undefined ? list : `(${list})[1:${limit}]`
}

function arrayConcatAgg(value: string, call: Call): string {
  const list = aggregate('list', [value], call, notNull(value))
  const limit = call.aggregate?.limit
  return `flatten(${limit === undefined ? list : `(${list})[1:${limit}]`})`
}

function stringAgg(value: string, separator: string | undefined, call: Call): string {
  const bytes = typeAt(call.argumentTypes, 0).kind === 'BYTES'
  const by = separator ?? (bytes ? `','::BLOB` : `','`)
  if (separator !== undefined && call.literals[1] === null)
    throw new Problem('Argument 2 to STRING_AGG must be non-NULL')
  const list = aggregate('list', [value], call, notNull(value))
  const limit = call.aggregate?.limit
  const taken = limit === undefined ? list : `(${list})[1:${limit}]`
  if (bytes) return `googlesql_bytes_join(${taken}, ${by}, CAST(NULL AS BLOB))`
  const simple = call.aggregate === undefined || (limit === undefined && !call.aggregate.distinct)
  if (simple) return aggregate('string_agg', [value, by], call)
  return `array_to_string(${taken}, ${by})`
}

/** The value of some row that is not NULL; DuckDB's any_value skips NULLs as BigQuery's does. */
function anyValue(value: string, call: Call): string {
  const having = call.aggregate?.having
  if (having !== undefined && call.aggregate?.over === undefined) {
    return `${having.kind === 'MAX' ? 'arg_max_null' : 'arg_min_null'}(${value}, ${having.sql})`
  }
  return aggregate('any_value', [value], call)
}

function byKey(name: 'MAX_BY' | 'MIN_BY'): FunctionEntry {
  const duck = name === 'MAX_BY' ? 'arg_max_null' : 'arg_min_null'
  return aggregateEntry(
    name,
    [
      {
        ...signature([anyType, anyType], first, ([value = '', key = ''], call) =>
          aggregate(duck, [value, key], call),
        ),
        accepts: ([, key]) => key !== undefined && orderable(key),
      },
    ],
    { over: false },
  )
}

function bitwise(name: string, duck: string): FunctionEntry {
  return aggregateEntry(name, [ofType(INT64, INT64, (value, call) => aggregate(duck, [value], call))])
}

export const aggregateFunctions: readonly FunctionEntry[] = [
  aggregateEntry('ANY_VALUE', [ofType0(anyValue)], { having: true, over: true }),
  aggregateEntry(
    'ARRAY_AGG',
    [
      signature(
        [anyType],
        (args) => arrayOf(first(args)),
        ([value = ''], call) => arrayAgg(value, call),
      ),
    ],
    {
      distinct: true,
      nulls: true,
      orderBy: true,
      limit: true,
      having: true,
      over: true,
    },
  ),
  aggregateEntry(
    'ARRAY_CONCAT_AGG',
    [signature(['ARRAY<T1>'], first, ([value = ''], call) => arrayConcatAgg(value, call))],
    {
      orderBy: true,
      limit: true,
      having: true,
    },
  ),
  aggregateEntry('AVG', [
    ofType(INT64, FLOAT64, average),
    ofType(NUMERIC, NUMERIC, average),
    ofType(BIGNUMERIC, BIGNUMERIC, average),
    ofType(FLOAT64, FLOAT64, average),
    ofType(INTERVAL, INTERVAL, average),
  ]),
  bitwise('BIT_AND', 'bit_and'),
  bitwise('BIT_OR', 'bit_or'),
  bitwise('BIT_XOR', 'bit_xor'),
  aggregateEntry('COUNT', [
    // COUNT(*) has no argument.
    signature([], INT64, (_args, call) => aggregate('count', ['*'], call)),
    signature([anyType], INT64, ([value = ''], call) => aggregate('count', [value], call)),
  ]),
  aggregateEntry('COUNTIF', [
    signature([BOOL], INT64, ([value = ''], call) =>
      call.aggregate?.distinct
        ? aggregate('count', [`CASE WHEN ${value} THEN TRUE END`], call)
        : aggregate('count', [`CASE WHEN ${value} THEN 1 END`], call),
    ),
  ]),
  aggregateEntry('LOGICAL_AND', [ofType(BOOL, BOOL, (value, call) => aggregate('bool_and', [value], call))]),
  aggregateEntry('LOGICAL_OR', [ofType(BOOL, BOOL, (value, call) => aggregate('bool_or', [value], call))]),
  aggregateEntry('MAX', [sortable(ofType0((value, call) => extreme('max', value, call)))]),
  aggregateEntry('MIN', [sortable(ofType0((value, call) => extreme('min', value, call)))]),
  byKey('MAX_BY'),
  byKey('MIN_BY'),
  aggregateEntry(
    'STRING_AGG',
    [STRING, BYTES].map((type) =>
      signature([type, { ...optional(type), literal: true }], type, ([value = '', separator], call) =>
        stringAgg(value, separator, call),
      ),
    ),
    { distinct: true, orderBy: true, limit: true, having: true, over: true },
  ),
  aggregateEntry(
    'SUM',
    [...NUMBER, INTERVAL].map((type) => ofType(type, type, sum)),
  ),
  aggregateEntry(
    'GROUPING',
    [signature([anyType], INT64, ([value = '']) => `CAST(grouping(${value}) AS BIGINT)`)],
    {},
  ),
]

/** An aggregate that gives its argument's type back. */
function ofType0(lower: (value: string, call: Call) => string): Signature {
  return signature([anyType], first, ([value = ''], call) => lower(value, call))
}
