import type { ArraySubquery, Exists, Query, ScalarSubquery, Span } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, EMPTY_SCOPE, newColumn, plainContext, problemAt } from '../context.ts'
import { commonType, convert } from '../expression/coerce.ts'
import type { Expr, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { resolveQuery } from './query.ts'

/** A query inside an expression: it sees the names around it. */
function inner(context: Context, query: Query): ResolvedQuery {
  const plain = plainContext(context, 'subquery')
  return resolveQuery({ ...plain, scope: { names: EMPTY_SCOPE.names, outer: context.scope } }, query)
}

/** `(SELECT …)`, `ARRAY(SELECT …)`, `EXISTS(SELECT …)`. */
export function resolveSubquery(context: Context, node: ScalarSubquery | ArraySubquery | Exists): Expr {
  const query = inner(context, node.query)
  if (node.kind === 'exists') {
    return { kind: 'subquery', form: 'EXISTS', type: { kind: 'BOOL' }, query }
  }
  const column = onlyColumn(context, node, query, node.kind === 'arraySubquery' ? 'ARRAY' : 'Scalar')
  if (node.kind === 'subquery') return { kind: 'subquery', form: 'SCALAR', type: column, query }
  if (column.kind === 'ARRAY') {
    throw problemAt(
      context,
      node,
      `Cannot use array subquery with column of type ${typeName(column)} because nested arrays are not supported`,
    )
  }
  return { kind: 'subquery', form: 'ARRAY', type: { kind: 'ARRAY', element: column }, query }
}

function onlyColumn(context: Context, node: Span, query: ResolvedQuery, kind: string) {
  const [column] = query.columns
  if (column === undefined || query.columns.length !== 1) {
    throw problemAt(
      context,
      node,
      kind === 'IN'
        ? 'Subquery of type IN must have only one output column'
        : `${kind} subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values`,
    )
  }
  return column.column.type
}

/** `x IN (SELECT …)`: both sides in their common type. */
export function resolveInQuery(context: Context, node: Span, operand: Expr, given: Query): Expr {
  const query = inner(context, given)
  const type = onlyColumn(context, given, query, 'IN')
  const output = query.columns[0]
  if (output === undefined) throw problemAt(context, given, 'IN subquery must have exactly one output column')
  const value = columnRef(output.column)
  const common = commonType([operand, value])
  if (common === undefined) {
    throw problemAt(
      context,
      node,
      `Cannot execute IN subquery with uncomparable types ${typeName(operand.type)} and ${typeName(type)}`,
    )
  }
  // Only to be sure that the types can be compared at all.
  callBuiltin(context, node, '=', [convert(operand, common), convert(value, common)])
  const converted = convert(value, common)
  const column = newColumn(context, output.name, common)
  const scan =
    converted === value
      ? query.scan
      : { kind: 'project' as const, input: query.scan, computed: [{ column, expr: converted }] }
  const columns = converted === value ? query.columns : [{ ...output, column }]
  return {
    kind: 'in subquery',
    type: { kind: 'BOOL' },
    operand: convert(operand, common),
    query: { scan, columns, isValue: query.isValue },
  }
}
