import { Problem } from '../../problem.ts'
import type { Call } from './function.ts'

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
  if (distinct || (orderBy?.length ?? 0) > 0 || over !== undefined) {
    throw new Problem(
      `HAVING ${having.kind} together with DISTINCT, ORDER BY or OVER is not supported locally`,
    )
  }
  const condition = `${having.sql} IS NOT NULL${extra === undefined ? '' : ` AND ${extra}`}`
  const rows = `list({'k': ${having.sql}, 'v': ${args[0]}}) FILTER (WHERE ${condition})`
  const keys = `list_transform(r, lambda e: e.k)`
  const best = `list_filter(r, lambda e: e.k = ${having.kind === 'MAX' ? 'list_max' : 'list_min'}(${keys}))`
  const values = `list_transform(${best}, lambda e: e.v)`
  const result =
    duck === 'list'
      ? values
      : duck === 'count'
        ? `coalesce(list_count(${values}), 0)`
        : `list_aggregate(${values}, '${duck}')`
  return `list_transform([${rows}], lambda r: ${result})[1]`
}

/** The condition of IGNORE NULLS, or of aggregates that skip NULLs by themselves. */
export function notNull(value: string): string {
  return `${value} IS NOT NULL`
}
