import type { FunctionEntry } from '../../functions/function.ts'
import type { Call, Limit, OrderItem, Span } from '../../parse/ast.ts'
import { groupable, orderable } from '../../types/predicates.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import {
  type Context,
  keywordBefore,
  newColumn,
  ORDER_BY,
  plainContext,
  problemAt,
  unsupportedAt,
} from '../context.ts'
import { isBareLiteral } from '../expression/bare-literal.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { AggregateCall, Expr, SortItem } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { aggregateKey, exprKey } from '../statement/key.ts'
import { resolveArguments } from './call.ts'
import { withoutNan } from './extreme-nan.ts'
import { requireSignature } from './signature.ts'
import { usesAggregate } from './uses-aggregate.ts'

/** The clause of an aggregate call's arguments. */
export const IN_AGGREGATE = 'aggregate function call'

/** An aggregate call without OVER: it is put aside for the query's grouping, a column stands in its place. */
export function resolveAggregateCall(context: Context, node: Call, entry: FunctionEntry): Expr {
  const collected = context.aggregates
  if (collected === undefined && context.clause === IN_AGGREGATE) {
    throw problemAt(context, context.enclosing ?? node, 'Aggregations of aggregations are not allowed')
  }
  if (collected === undefined) {
    throw problemAt(
      context,
      node,
      `Aggregate function ${shown(node, entry)} not allowed in ${context.clause}`,
    )
  }
  const inner: Context = { ...plainContext(context, IN_AGGREGATE), enclosing: node }
  const { call, type } = aggregateParts(inner, node, entry)
  const again = call.args.findIndex((arg) => arg.kind !== 'part' && usesAggregate(arg, collected.calls))
  if (again >= 0)
    throw problemAt(context, node.args[again] ?? node, 'Aggregations of aggregations are not allowed')
  const key = aggregateKey(call)
  const known = collected.keys.get(key)
  if (known !== undefined) return columnRef(known.column)
  const made = { ...call, column: newColumn(context, entry.name.toLowerCase(), type) }
  collected.keys.set(key, made)
  collected.calls.push(made)
  return columnRef(made.column)
}

function shown(node: Call, entry: FunctionEntry): string {
  return node.args[0]?.kind === 'star' ? `${entry.name}(*)` : entry.name
}

/** What an aggregate call says, without its window: also for calls with OVER. */
export function aggregateParts(
  context: Context,
  node: Call,
  entry: FunctionEntry,
): { readonly call: Omit<AggregateCall, 'column'>; readonly type: SqlType } {
  checkClauses(context, node, entry)
  if (node.safe) throw unsupportedAt(context, node, `SAFE. before the function ${entry.name}`)
  if (node.args[0]?.kind === 'star' && node.distinct) {
    throw problemAt(context, node, 'COUNT(*) cannot be used with DISTINCT')
  }
  // The signature without arguments is that of COUNT(*).
  if (entry.name === 'COUNT' && node.args.length === 0)
    throw problemAt(context, node, 'No matching signature for aggregate function COUNT with no arguments')
  const ofRows = node.args[0]?.kind === 'star' && node.args.length === 1 && entry.name === 'COUNT'
  const args = ofRows ? [] : node.args
  const given = resolveArguments(context, entry, args)
  const chosen = requireSignature(context, node, entry, given)
  if (node.distinct) {
    for (const arg of chosen.args) {
      if (arg.kind !== 'part' && !groupable(arg.type)) {
        throw problemAt(
          context,
          node,
          `Aggregate functions with DISTINCT cannot be used with arguments of type ${typeName(arg.type)}`,
        )
      }
    }
  }
  const orderBy = (node.orderBy ?? []).map((item) => resolveSortItem(context, item))
  if (node.distinct)
    checkOrderOfDistinct(context, node, orderBy, [...given.map(({ value }) => value), ...chosen.args])
  const call = {
    entry,
    signature: chosen.signature,
    args: chosen.args,
    distinct: node.distinct,
    nulls: node.nulls,
    orderBy,
    limit: node.limit && resolveCount(context, node.limit),
    having: node.having && resolveHaving(context, node.having),
    safe: node.safe,
  }
  return { type: chosen.type, call: withoutNan(context, node, call) }
}

function resolveHaving(
  context: Context,
  node: NonNullable<Call['having']>,
): NonNullable<AggregateCall['having']> {
  const expr = resolveExpression(context, node.expression)
  if (!orderable(expr.type)) {
    throw problemAt(
      context,
      node,
      `HAVING modifier does not support expressions of type ${typeName(expr.type)}`,
    )
  }
  return { extreme: node.extreme, expr }
}

/** Of values that are one there is no order by anything else. */
function checkOrderOfDistinct(
  context: Context,
  node: Call,
  orderBy: readonly SortItem[],
  args: AggregateCall['args'],
): void {
  const keys = new Set(args.flatMap((arg) => (arg.kind === 'part' ? [] : [exprKey(arg)])))
  const other = orderBy.findIndex(({ expr }) => !keys.has(exprKey(expr)))
  if (other < 0) return
  throw problemAt(
    context,
    node.orderBy?.[other]?.expression ?? node,
    'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function',
  )
}

function checkClauses(context: Context, node: Call, entry: FunctionEntry): void {
  const allowed = entry.clauses ?? {}
  const analytic = entry.kind === 'navigation' || entry.kind === 'numbering'
  const kind = analytic ? 'analytic' : 'aggregate'
  const name = entry.name
  if (node.distinct && allowed.distinct !== true)
    throw problemAt(context, node, `DISTINCT is not allowed for ${kind} function ${name.toLowerCase()}`)
  if (node.nulls !== undefined && allowed.nulls !== true) {
    const shown = analytic ? name : name.toLowerCase()
    const message = `IGNORE NULLS and RESPECT NULLS are not allowed for ${kind} function ${shown}`
    throw problemAt(context, node, message)
  }
  const refuse = (what: string, place: Span) => {
    const message = analytic
      ? `${what} in arguments is not supported on analytic functions`
      : `Aggregate function ${name} does not support ${what} in arguments`
    return problemAt(context, place, message)
  }
  const [first] = node.orderBy ?? []
  if (first !== undefined && allowed.orderBy !== true)
    throw refuse('ORDER BY', keywordBefore(context, first, ORDER_BY))
  if (node.limit !== undefined && allowed.limit !== true)
    throw refuse('LIMIT', keywordBefore(context, node.limit.count, /LIMIT\s*$/i))
  if (node.having !== undefined && allowed.having !== true)
    throw problemAt(context, node, `HAVING in function call is not supported for function ${name}`)
}

/** `ORDER BY x DESC` inside an aggregate call. */
function resolveSortItem(context: Context, item: OrderItem): SortItem {
  if (item.expression.kind === 'integer') {
    const place = keywordBefore(context, item, ORDER_BY)
    throw problemAt(context, place, 'Aggregate functions do not allow ORDER BY by index in arguments')
  }
  checkNoLiteral(context, item)
  return sortItem(context, item, resolveExpression(context, item.expression))
}

/** A literal orders nothing, unless it is a column's number. */
export function checkNoLiteral(context: Context, item: OrderItem): void {
  if (item.expression.kind === 'integer' || !isBareLiteral(item.expression)) return
  throw problemAt(context, item, 'Cannot ORDER BY literal values')
}

/** One item of an ORDER BY; NULLs come first ascending and last descending. */
export function sortItem(context: Context, item: OrderItem, expr: Expr): SortItem {
  if (item.collate !== undefined) throw problemAt(context, item.collate, 'COLLATE is not supported locally')
  if (!orderable(expr.type)) {
    throw problemAt(context, item, `ORDER BY does not support expressions of type ${typeName(expr.type)}`)
  }
  const descending = item.direction === 'DESC'
  return { expr, descending, nullsFirst: item.nulls === undefined ? !descending : item.nulls === 'FIRST' }
}

function resolveCount(context: Context, limit: Limit): Expr {
  const none = { columns: [], relations: [] }
  const count = resolveExpression({ ...context, scope: { names: none, outer: undefined } }, limit.count)
  if (count.kind === 'literal' && count.value === null)
    throw problemAt(context, limit.count, 'Limit requires non-null count')
  if (count.kind === 'literal' && String(count.value).startsWith('-'))
    throw problemAt(context, limit.count, 'Limit requires non-negative count')
  const message = `LIMIT ... OFFSET ... expects INT64, got ${count.type.kind}`
  return coerceTo(context, limit.count, count, { kind: 'INT64' }, message)
}
