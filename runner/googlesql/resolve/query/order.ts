import type { Expression, OrderItem } from '../../parse/ast.ts'
import { checkNoLiteral, sortItem } from '../call/aggregate-call.ts'
import { type Context, plainContext, problemAt, type Windows } from '../context.ts'
import { resolveExpression } from '../expression/expression.ts'
import { namesOf } from '../from/from.ts'
import type { Expr, ResolvedQuery, Scan, SortItem } from '../resolved.ts'
import { columnRef } from '../scope.ts'

/** The output column that an ordinal in ORDER BY means; undefined if the expression is none. */
export function ordinal(
  context: Context,
  node: Expression,
  columns: readonly Expr[],
  tooMany = (number: string) => `ORDER BY is out of SELECT column number range: ${number}`,
): Expr | undefined {
  const negative = node.kind === 'unary' && node.operator === '-' && node.operand.kind === 'integer'
  if (negative || (node.kind === 'integer' && node.value < 1n)) {
    throw problemAt(
      context,
      node,
      `ORDER BY column number item is out of range. Column numbers must be greater than or equal to one. Found : ${context.source.text.slice(node.start, node.end)}`,
    )
  }
  if (node.kind !== 'integer') return undefined
  const column = columns[Number(node.value) - 1]
  if (column === undefined) throw problemAt(context, node, tooMany(node.text))
  return column
}

/** ORDER BY over a query's result alone: after set operations. */
export function resolveOrderOfResult(
  context: Context,
  query: ResolvedQuery,
  orderBy: readonly OrderItem[],
): ResolvedQuery {
  const names = namesOf(query.columns, undefined, query.isValue)
  const windows: Windows = { calls: [], named: new Map() }
  const plain = plainContext(
    { ...context, scope: { names, outer: context.scope } },
    'ORDER BY clause after set operation',
  )
  const inner = { ...plain, windows }
  const columns = query.columns.map(({ column }) => columnRef(column))
  const items = orderBy.map((item): SortItem => {
    checkNoLiteral(context, item)
    const expr = ordinal(context, item.expression, columns) ?? resolveExpression(inner, item.expression)
    return sortItem(context, item, expr)
  })
  const input = withWindows(query.scan, windows)
  return { ...query, scan: { kind: 'sort', input, items: meaningful(items) } }
}

/** The rows with the window calls computed that expressions over them hold. */
export function withWindows(scan: Scan, { calls }: Windows): Scan {
  return calls.length === 0 ? scan : { kind: 'window', input: scan, calls }
}

/** Constants order nothing. */
export function meaningful(items: readonly SortItem[]): readonly SortItem[] {
  return items.filter((item) => item.expr.kind !== 'literal')
}
