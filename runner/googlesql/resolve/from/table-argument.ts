import type { Argument, FunctionParameter, Query, Span } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { type Context, type CteBinding, EMPTY_SCOPE, newColumn, plainContext, problemAt } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { resolveType } from '../expression/type-node.ts'
import { materialize, project } from '../query/project.ts'
import { resolveQuery } from '../query/query.ts'
import type { Computed, Cte, OutputColumn, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { resolveTable } from './table.ts'

/** True of a parameter that takes a table: `TABLE<a INT64>`, `ANY TABLE`. */
export function isTableParameter({ type }: FunctionParameter): boolean {
  return type.kind === 'tableType' || (type.kind === 'anyType' && type.name === 'TABLE')
}

/**
 * A table that is given to a table function, under the parameter's name for the function's body.
 *
 * @param inner the context of the function's own text
 */
export function tableArgument(
  context: Context,
  inner: Context,
  node: Span,
  parameter: FunctionParameter,
  argument: Argument | undefined,
  name: string,
): CteBinding {
  const place = argument ?? node
  return givenTable(context, inner, place, parameter, writtenTable(context, place, argument), name)
}

/** Rows that are there already as the table that a parameter takes. */
export function givenTable(
  context: Context,
  inner: Context,
  node: Span,
  parameter: FunctionParameter,
  given: ResolvedQuery,
  name: string,
): CteBinding {
  const query = declaredColumns(context, inner, node, parameter, given, name)
  const cte: Cte = {
    id: context.resolution.counter.next,
    name: parameter.name?.name ?? 'table',
    query,
    local: context.inFunction,
  }
  context.resolution.counter.next += 1
  const columns = query.columns.map(({ name: column, anonymous, column: { type } }) => ({
    name: column,
    anonymous,
    type,
  }))
  return { cte, columns, isValue: query.isValue }
}

function writtenTable(context: Context, node: Span, argument: Argument | undefined): ResolvedQuery {
  const plain = { ...plainContext(context, 'a table argument'), scope: EMPTY_SCOPE }
  if (argument?.kind === 'tableArgument') {
    const { start, end, path } = argument
    const from = resolveTable(plain, { kind: 'tablePath', start, end, path, pivots: [] })
    return materialize(plain, from.scan, from.names.columns)
  }
  if (argument?.kind === 'subquery') return resolveQuery(plain, argument.query as Query)
  throw problemAt(context, node, 'A table argument must be TABLE name or a query in parentheses')
}

/** The columns that the parameter declares, found by name; others are left out. */
function declaredColumns(
  context: Context,
  inner: Context,
  node: Span,
  { type }: FunctionParameter,
  given: ResolvedQuery,
  name: string,
): ResolvedQuery {
  if (type.kind !== 'tableType') return given
  const computed: Computed[] = []
  const columns = type.columns.map((field): OutputColumn => {
    const wanted = field.name?.name ?? ''
    const declared = resolveType(inner, field.type).type
    const found = given.columns.find((output) => output.name.toLowerCase() === wanted.toLowerCase())
    if (found === undefined) {
      throw problemAt(
        context,
        node,
        `Required column "${wanted}" not found in the table that is an argument of ${name}`,
      )
    }
    const value = columnRef(found.column)
    if (coercionCost(value, declared) === undefined) {
      throw problemAt(
        context,
        node,
        `Column "${wanted}" of the table that is an argument of ${name} has type ${typeName(value.type)}, which cannot be coerced to ${typeName(declared)}`,
      )
    }
    const expr = convert(value, declared)
    if (expr === value) return { ...found, name: wanted }
    const column = newColumn(context, wanted, declared)
    computed.push({ column, expr })
    return { name: wanted, anonymous: false, column }
  })
  return { ...given, scan: project(given.scan, computed), columns, isValue: false }
}
