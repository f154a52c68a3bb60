import type { Call } from '../../parse/ast.ts'
import type { Context } from '../context.ts'
import type { AggregateCall, Expr } from '../resolved.ts'
import { builtin, callBuiltin } from './builtin.ts'

type Parts = Omit<AggregateCall, 'column'>

/**
 * `ANY_VALUE(x HAVING MAX y)`, and `MAX_BY(x, y)`, which is the same: the greatest y is NaN if there is one, the least too,
 * and no row's y is equal to that, so that nothing is left. For DuckDB NaN is a greatest number like others: the least is
 * looked for as the greatest of `-y`, and a row of NaN has no value.
 *
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate-function-calls#max_min_clause
 */
export function withoutNan(context: Context, node: Call, call: Parts): Parts {
  const { name } = call.entry
  const by = name === 'MAX_BY' || name === 'MIN_BY'
  const [value, second] = call.args
  const key = by ? second : name === 'ANY_VALUE' ? call.having?.expr : undefined
  if (key === undefined || key.kind === 'part' || value === undefined || value.kind === 'part') return call
  if (key.type.kind !== 'FLOAT64') return call
  const nothing: Expr = { kind: 'literal', type: value.type, value: null, from: 'value' }
  const kept: Expr = {
    kind: 'case',
    type: value.type,
    whens: [{ condition: callBuiltin(context, node, 'IS_NAN', [key]), result: nothing }],
    otherwise: value,
  }
  const least = by ? name === 'MIN_BY' : call.having?.extreme === 'MIN'
  const greatest = least ? callBuiltin(context, node, '-', [key]) : key
  if (!by) return { ...call, args: [kept], having: { extreme: 'MAX', expr: greatest } }
  const entry = builtin(context, node, 'MAX_BY')
  const [signature = call.signature] = entry.signatures
  return { ...call, entry, signature, args: [kept, greatest] }
}
