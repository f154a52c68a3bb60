import { Problem } from '../../problem.ts'
import { physicalType } from '../types/physical.ts'
import { groupable } from '../types/predicates.ts'
import { arrayOf, INT64 } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { aggregate, aggregateEntry, notNull } from './aggregate-sql.ts'
import { anyType, refused, signature, sortable, typeAt } from './define.ts'
import type { Call, FunctionEntry, Signature } from './function.ts'

const family = 'approximate_aggregate_functions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)
const distinctOnly: Signature['accepts'] = ([type]) => type !== undefined && groupable(type)

/** What BigQuery approximates; exact here, where an exact answer is one of its. */
export const approximateAggregates: readonly FunctionEntry[] = [
  aggregateEntry(
    'APPROX_COUNT_DISTINCT',
    [
      {
        ...signature([anyType], INT64, ([value = ''], call) =>
          aggregate('count', [`DISTINCT ${value}`], call),
        ),
        accepts: distinctOnly,
      },
    ],
    { over: true },
    family,
  ),
  aggregateEntry(
    'APPROX_QUANTILES',
    [
      sortable(
        signature([anyType, { type: INT64, literal: true }], (args) => arrayOf(first(args)), approxQuantiles),
      ),
    ],
    { distinct: true, nulls: true },
    family,
  ),
  aggregateEntry(
    'APPROX_TOP_COUNT',
    [
      signature(
        [anyType, { type: INT64, literal: true }],
        (args) => topType(first(args)),
        ([value = '', limit = ''], call) => topCount(value, limit, call),
      ),
    ],
    {},
    family,
  ),
  refused(
    'APPROX_TOP_SUM',
    `${family}#approx_top_sum`,
    'APPROX_TOP_SUM is not supported locally; GROUP BY with SUM and LIMIT is',
    'aggregate',
  ),
]

function topType(value: SqlType): SqlType {
  return arrayOf({
    kind: 'STRUCT',
    fields: [
      { name: 'value', type: value },
      { name: 'count', type: INT64 },
    ],
  })
}

/** Exact where BigQuery approximates: the nearest-rank quantiles of the sorted values. */
function approxQuantiles([value = '', number = '']: readonly string[], call: Call): string {
  const size = Number(call.literals[1])
  if (!Number.isInteger(size) || size < 1)
    throw new Problem('APPROX_QUANTILES: number must be a positive integer')
  const kept = call.aggregate?.nulls === 'RESPECT' ? undefined : notNull(value)
  const list = `list_sort(${aggregate('list', [value], call, kept)}, 'ASC', 'NULLS FIRST')`
  const type = physicalType(call.resultType)
  const indexes = `generate_series(0, ${number})`
  const picked = `list_transform(list_value({'s': ${list}}), lambda l: CASE WHEN len(l.s) > 0 THEN list_transform(${indexes}, lambda i: l.s[CAST(greatest(ceil(CAST(i * len(l.s) AS DOUBLE) / ${number}), 1) AS BIGINT)]) END)[1]`
  return `CAST(${picked} AS ${type})`
}

/**
 * The most frequent values with their counts, NULL among them. BigQuery leaves the order of equal counts open; here it
 * is that of the values.
 */
function topCount(value: string, limit: string, call: Call): string {
  const counts = `map_entries(${aggregate('histogram', [value], call)})`
  const missing = aggregate('count', ['*'], call, `${value} IS NULL`)
  const duck = physicalType(typeAt(call.argumentTypes, 0))
  const known = `coalesce(list_transform(${counts}, lambda e: {'n': -CAST(e.value AS BIGINT), 'k': e.key}), [])`
  const none = `CASE WHEN ${missing} > 0 THEN [{'n': -${missing}, 'k': CAST(NULL AS ${duck})}] ELSE [] END`
  const sorted = `list_sort(list_concat(${known}, ${none}))[1:${limit}]`
  return `list_transform(${sorted}, lambda e: {'value': e.k, 'count': -e.n})`
}
