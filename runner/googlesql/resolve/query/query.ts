import { holdsSubquery } from '../../lower/uses.ts'
import type { Expression, Limit, Query, QueryBody } from '../../parse/ast.ts'
import { type Context, plainContext, problemAt } from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { namesOf, resolveFrom } from '../from/from.ts'
import type { Expr, ResolvedQuery, Scan } from '../resolved.ts'
import { resolveOrderOfResult } from './order.ts'
import { resolvePipes } from './pipe.ts'
import { materialize } from './project.ts'
import { resolveSelect } from './select.ts'
import { resolveSetOperation } from './set-operation.ts'
import { resolveWith } from './with.ts'

/**
 * A whole query with its WITH, ORDER BY, LIMIT and pipes. `context.scope` holds the names of the query around it.
 *
 * @throws Problem at the part that is wrong
 */
export function resolveQuery(context: Context, node: Query): ResolvedQuery {
  const start = context.resolution.counter.next
  const named = node.with === undefined ? context : resolveWith(context, node.with)
  if (node.body.kind === 'fromQuery' && node.orderBy.length === 0 && node.limit === undefined) {
    // The aliases of a FROM at the head stay visible to the pipes.
    return resolvePipes(named, resolveFrom(named, node.body.from), node.pipes, start)
  }
  let query: ResolvedQuery
  if (node.body.kind === 'select') {
    // A SELECT's ORDER BY sees its FROM clause too, so the two are resolved together.
    query = resolveSelect(named, node.body, node.orderBy)
  } else {
    query = resolveBody(named, node.body)
    if (node.orderBy.length > 0) query = resolveOrderOfResult(named, query, node.orderBy)
  }
  if (node.limit !== undefined) query = { ...query, scan: limited(named, query.scan, node.limit) }
  if (node.pipes.length === 0) return query
  const from = { scan: query.scan, names: namesOf(query.columns, undefined, query.isValue) }
  return resolvePipes(named, from, node.pipes, start)
}

/** A query without ORDER BY and LIMIT. */
export function resolveBody(context: Context, node: QueryBody): ResolvedQuery {
  switch (node.kind) {
    case 'select':
      return resolveSelect(context, node, [])
    case 'parenthesizedQuery':
      return resolveQuery(context, node.query)
    case 'setOperation':
      return resolveSetOperation(context, node)
    case 'fromQuery': {
      const from = resolveFrom(context, node.from)
      return materialize(context, from.scan, from.names.columns)
    }
  }
}

/** LIMIT and OFFSET: constants of type INT64, not negative. */
export function limited(context: Context, input: Scan, limit: Limit): Scan {
  const plain = plainContext(context, 'LIMIT OFFSET')
  const constant = (node: Expression, what: string): Expr => {
    const expr = resolveExpression(
      { ...plain, scope: { names: { columns: [], relations: [] }, outer: undefined } },
      node,
    )
    const value = coerceTo(
      context,
      node,
      expr,
      { kind: 'INT64' },
      `LIMIT ... OFFSET ... expects INT64, got ${expr.type.kind}`,
    )
    if (value.kind === 'literal' && value.value === null)
      throw problemAt(context, node, 'Limit requires non-null count and offset')
    if (value.kind === 'literal' && typeof value.value === 'bigint' && value.value < 0n) {
      throw problemAt(
        context,
        node,
        `LIMIT ... OFFSET ... expects a non-negative integer literal or parameter`,
      )
    }
    if (holdsSubquery(value)) throw problemAt(context, node, `${what} expression must be constant`)
    return value
  }
  return {
    kind: 'limit',
    input,
    count: constant(limit.count, 'LIMIT'),
    offset: limit.offset === undefined ? undefined : constant(limit.offset, 'OFFSET'),
  }
}
