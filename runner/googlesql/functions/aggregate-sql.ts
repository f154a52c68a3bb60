import { Problem } from '../../problem.ts'
import type { Call, FunctionEntry, Signature } from './function.ts'

/** What every simple aggregate allows. */
const usual: NonNullable<FunctionEntry['clauses']> = { distinct: true, having: true, over: true }

/** An aggregate function's entry, on the page of its family. */
export function aggregateEntry(
  name: string,
  signatures: readonly Signature[],
  clauses = usual,
  family = 'aggregate_functions',
): FunctionEntry {
  return { name, kind: 'aggregate', page: `${family}#${name.toLowerCase()}`, signatures, clauses }
}

/**
 * One of DuckDB's aggregates with the clauses of a call: DISTINCT, ORDER BY, a filter, HAVING MAX/MIN, OVER. Lowerings
 * that need several aggregates write this for each.
 *
 * @param extra a condition that rows must hold beside the call's own clauses
 */
export function aggregate(duck: string, args: readonly string[], call: Call, extra?: string): string {
  const clauses = call.aggregate
  if (clauses?.having !== undefined) return ofExtremeRows(duck, args, call, extra)
  const distinct = clauses?.distinct ? 'DISTINCT ' : ''
  const order =
    clauses !== undefined && clauses.orderBy.length > 0 ? ` ORDER BY ${clauses.orderBy.join(', ')}` : ''
  const filter = extra === undefined ? '' : ` FILTER (WHERE ${extra})`
  const over = clauses?.over === undefined ? '' : ` OVER ${clauses.over}`
  return `${duck}(${distinct}${args.join(', ')}${order})${filter}${over}`
}

/** f(x HAVING MAX y): of the rows whose y is the group's greatest. Rows with a NULL y take no part. */
function ofExtremeRows(duck: string, args: readonly string[], call: Call, extra: string | undefined): string {
  const { having, distinct, orderBy, over } = call.aggregate ?? {}
  if (having === undefined) throw new RangeError('no HAVING')
  if (over !== undefined) throw new Problem('HAVING modifier is not supported on analytic functions')
  const order = orderBy ?? []
  if (distinct && order.length > 0) {
    throw new Problem(`HAVING ${having.kind} together with DISTINCT and ORDER BY is not supported locally`)
  }
  const plain = args[0]?.replace(/^DISTINCT /, '')
  const value = plain === undefined || plain === '*' ? '1' : plain
  const condition = `${having.sql} IS NOT NULL${extra === undefined ? '' : ` AND ${extra}`}`
  const sorted = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`
  const rows = `list({'k': ${having.sql}, 'v': ${value}}${sorted}) FILTER (WHERE ${condition})`
  const keys = `list_transform(r, lambda e: e.k)`
  const best = `list_filter(r, lambda e: e.k = m)`
  const all = `list_transform(${best}, lambda e: e.v)`
  // Each value once; DuckDB's own list_distinct leaves NULLs out.
  const values =
    distinct || args[0]?.startsWith('DISTINCT ') === true
      ? `list_concat(list_distinct(${all}), list_filter(${all}, lambda n: n IS NULL)[1:1])`
      : all
  const result =
    duck === 'list'
      ? values
      : duck === 'count'
        ? `coalesce(list_count(${values}), 0)`
        : `list_aggregate(${[values, `'${duck}'`, ...args.slice(1)].join(', ')})`
  const extreme = `${having.kind === 'MAX' ? 'list_max' : 'list_min'}(${keys})`
  return `list_transform([${rows}], lambda r: list_transform([${extreme}], lambda m: ${result})[1])[1]`
}

/** The condition of IGNORE NULLS, or of aggregates that skip NULLs by themselves. */
export function notNull(value: string): string {
  return `${value} IS NOT NULL`
}
