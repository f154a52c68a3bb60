import { Problem } from '../../problem.ts'
import type { AggregateClauses } from '../functions/function.ts'
import type {
  AggregateCall,
  Column,
  FrameEdge,
  SortItem,
  WindowCall,
  WindowFrame,
} from '../resolve/resolved.ts'
import type { SqlType } from '../types/type.ts'
import { columnSql, type Environment } from './environment.ts'
import { callFacts, lowerArgument, lowerExpr } from './expression.ts'
import { floatForms } from './float-arithmetic.ts'
import { once } from './library/once.ts'
import { raiseText } from './library/raise.ts'
import { sortText } from './sort.ts'
import { visitColumns } from './uses.ts'

/** DuckDB SQL of an aggregate call, in the select list of the SELECT that groups. */
export function lowerAggregate(
  environment: Environment,
  call: AggregateCall,
  local: readonly Column[],
): string {
  return lowerCallOf(environment, call, undefined, local)
}

/** DuckDB SQL of a call with OVER. */
export function lowerWindow(environment: Environment, call: WindowCall): string {
  const sql = lowerCallOf(environment, call, windowText(environment, call), [])
  return /^COUNT/.test(call.entry.name) && mayBeReversed(call.frame) ? `greatest(${sql}, 0::BIGINT)` : sql
}

/** Of a frame that ends before it begins DuckDB counts less than no rows. */
const mayBeReversed = (frame: WindowFrame | undefined): boolean =>
  frame !== undefined && frame.from.offset !== undefined && frame.to.offset !== undefined

function lowerCallOf(
  environment: Environment,
  call: AggregateCall,
  over: string | undefined,
  local: readonly Column[],
): string {
  const clauses: AggregateClauses = {
    distinct: call.distinct,
    nulls: call.nulls,
    orderBy: call.orderBy.flatMap((item) => sortText(lowerExpr(environment, item.expr), item)),
    limit: call.limit && lowerExpr(environment, call.limit),
    having: call.having && { kind: call.having.extreme, sql: lowerExpr(environment, call.having.expr) },
    over,
    arithmetic: floatForms(environment, call.args[0]),
  }
  const given = call.args.map((arg) => lowerArgument(environment, arg))
  const [first, ...rest] = given
  const [column] = local
  const owned = first === undefined || column === undefined || !seemsOuter(call, first, local)
  const args = owned ? given : [besideLocal(first, columnSql(environment, column)), ...rest]
  const sql = call.signature.lower(args, {
    ...callFacts(call.args, call.column.type, call.safe),
    aggregate: clauses,
  })
  return call.safe ? `TRY(${sql})` : sql
}

/**
 * Whether DuckDB takes an aggregate for one of the outer query: its arguments have columns of that, and none of its own
 * query, or none outside of TRY.
 */
function seemsOuter(call: AggregateCall, sql: string, local: readonly Column[]): boolean {
  const own = new Set(local.map((column) => column.id))
  let outer = false
  let mine = false
  visitColumns([call.args, call.orderBy], (id) => {
    if (own.has(id)) mine = true
    else outer = true
  })
  return outer && (!mine || /\bTRY\(/.test(sql))
}

/** The same value, which names a column of this query. */
function besideLocal(sql: string, column: string): string {
  return `CASE WHEN ${column} IS NULL OR true THEN ${sql} END`
}

function windowText(environment: Environment, call: WindowCall): string {
  const parts: string[] = []
  if (call.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${call.partitionBy.map((expr) => lowerExpr(environment, expr)).join(', ')}`)
  }
  const ranged =
    call.frame?.unit === 'RANGE' &&
    (call.frame.from.offset !== undefined || call.frame.to.offset !== undefined)
  if (call.windowOrder.length > 0) {
    const items = call.windowOrder.flatMap((item) => {
      const sql = lowerExpr(environment, item.expr)
      return ranged ? sortText(rangeKey(sql, item.expr.type, call.frame), plainly(item)) : sortText(sql, item)
    })
    parts.push(`ORDER BY ${items.join(', ')}`)
  }
  if (call.frame !== undefined) parts.push(frameText(environment, call.frame))
  return `(${parts.join(' ')})`
}

/** A RANGE with distances takes one key, so that NaN cannot have one of its own before the number. */
function plainly(item: SortItem): SortItem {
  return { ...item, expr: { ...item.expr, type: { kind: 'INT64' } } as SortItem['expr'] }
}

/** NaN comes first in BigQuery and last in DuckDB, which shows where the frame has no end. */
function rangeKey(sql: string, type: SqlType, frame: WindowFrame | undefined): string {
  // The key and its distance may lie beyond 64 bits.
  if (type.kind === 'INT64') return `CAST(${sql} AS HUGEINT)`
  if (type.kind === 'BIGNUMERIC')
    throw new Problem('a RANGE frame with a distance over BIGNUMERIC is not supported locally')
  const open = frame?.from.bound === 'UNBOUNDED PRECEDING' || frame?.to.bound === 'UNBOUNDED FOLLOWING'
  if (type.kind !== 'FLOAT64' || !open) return sql
  const refusal = raiseText('a RANGE frame with a distance over NaN is not supported locally', 'DOUBLE')
  return once([sql], (key) => `CASE WHEN isnan(${key}) THEN ${refusal} ELSE ${key} END`)
}

function frameText(environment: Environment, frame: WindowFrame): string {
  const edge = ({ bound, offset }: FrameEdge) =>
    offset === undefined ? bound : `${lowerExpr(environment, offset)} ${bound}`
  return `${frame.unit} BETWEEN ${edge(frame.from)} AND ${edge(frame.to)}`
}
