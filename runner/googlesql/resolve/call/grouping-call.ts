import type { Call } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { Expr } from '../resolved.ts'
import { isExpression } from './routine-arguments.ts'

/** What GROUPING(x) was called with, until the query's groups are known. */
export const pendingGrouping = new WeakMap<object, Expr>()

/** GROUPING(x): the query's grouping step replaces it when its groups are known. */
export function resolveGrouping(context: Context, node: Call): Expr {
  const [arg] = node.args
  if (context.aggregates === undefined) {
    throw problemAt(context, node, `Aggregate function GROUPING not allowed in ${context.clause}`)
  }
  if (node.distinct || node.nulls !== undefined || node.having !== undefined || node.orderBy !== undefined) {
    throw problemAt(context, node, 'GROUPING takes its argument alone, without DISTINCT and other clauses')
  }
  if (arg === undefined || node.args.length !== 1) {
    throw problemAt(context, node, 'GROUPING must have exactly one argument')
  }
  if (!isExpression(arg)) {
    throw problemAt(context, node, 'GROUPING must have an expression for its argument')
  }
  const operand = resolveExpression({ ...context, aggregates: undefined }, arg)
  const expr: Expr = {
    kind: 'grouping',
    type: { kind: 'INT64' },
    column: { id: -1, name: 'grouping', type: { kind: 'INT64' } },
  }
  pendingGrouping.set(expr, operand)
  context.aggregates.grouping = true
  return expr
}
