import type { Expression, OrderItem } from '../parse/ast.ts'
import { sortItem } from './aggregate-call.ts'
import { type Context, plainContext, problemAt } from './context.ts'
import { resolveExpression } from './expression.ts'
import { namesOf } from './from.ts'
import type { Expr, OutputColumn, ResolvedQuery, SortItem } from './resolved.ts'
import { columnRef } from './scope.ts'

/** The output column that an ordinal in ORDER BY means; undefined if the expression is none. */
export function ordinal(
  context: Context,
  node: Expression,
  outputs: readonly OutputColumn[],
): Expr | undefined {
  if (node.kind === 'unary' && node.operator === '-' && node.operand.kind === 'integer') {
    throw problemAt(
      context,
      node,
      `ORDER BY column number item is out of range. Column numbers must be greater than or equal to one. Found : -${node.operand.text}`,
    )
  }
  if (node.kind !== 'integer') return undefined
  const output = outputs[Number(node.value) - 1]
  if (output === undefined) {
    throw problemAt(context, node, `ORDER BY is out of SELECT column number range: ${node.text}`)
  }
  return columnRef(output.column)
}

/** ORDER BY over a query's result alone: after set operations and in pipes. */
export function resolveOrderOfResult(
  context: Context,
  query: ResolvedQuery,
  orderBy: readonly OrderItem[],
): ResolvedQuery {
  const names = namesOf(query.columns, undefined, query.isValue)
  const inner = plainContext({ ...context, scope: { names, outer: context.scope } }, 'ORDER BY')
  const items = orderBy.map((item): SortItem => {
    const expr = ordinal(context, item.expression, query.columns) ?? resolveExpression(inner, item.expression)
    return sortItem(context, item, expr)
  })
  return { ...query, scan: { kind: 'sort', input: query.scan, items: meaningful(items) } }
}

/** Constants order nothing. */
export function meaningful(items: readonly SortItem[]): readonly SortItem[] {
  return items.filter((item) => item.expr.kind !== 'literal')
}
