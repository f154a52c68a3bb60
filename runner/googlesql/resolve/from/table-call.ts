import { findFunction } from '../../functions/index.ts'
import type { TableCall } from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import { declaredColumn } from '../call/check-routine.ts'
import { bodyContext, findRoutine, routineStatement } from '../call/routine.ts'
import { matchArguments, routineArguments } from '../call/routine-arguments.ts'
import { type Context, newColumn, problemAt, unsupportedAt } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { resolveType } from '../expression/type-node.ts'
import { project } from '../query/project.ts'
import { resolveQuery } from '../query/query.ts'
import type { Computed, Expr, OutputColumn, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { type From, namesOf } from './from.ts'
import { resolveGapFill } from './gap-fill.ts'
import { resolveRangeSessionize } from './range-sessionize.ts'
import { givenTable, isTableParameter, tableArgument } from './table-argument.ts'

/** Table functions of BigQuery's own. */
const BUILTIN: Readonly<Record<string, (context: Context, node: TableCall) => From>> = {
  RANGE_SESSIONIZE: resolveRangeSessionize,
  GAP_FILL: resolveGapFill,
}

/**
 * A table function in FROM: its query, with the arguments in place.
 *
 * @param input after `|> CALL`: what stands before it
 */
export function resolveTableCall(context: Context, node: TableCall, input?: ResolvedQuery): From {
  const name = nameParts(node.name).join('.')
  const builtin = BUILTIN[name.toUpperCase()]
  if (builtin !== undefined) {
    if (input !== undefined) throw unsupportedAt(context, node, `|> CALL ${name}`)
    return builtin(context, node)
  }
  const entry = findFunction(name)
  if (entry?.kind === 'table' && entry.refused !== undefined) throw problemAt(context, node, entry.refused)
  const routine = findRoutine(context, node.name)
  const statement = routine && routineStatement(routine)
  if (routine === undefined || statement?.kind !== 'createTableFunction') {
    throw problemAt(
      context,
      node,
      `Table-valued function not found: ${name} (unknown, or is not supported locally)`,
    )
  }
  if (statement.query === undefined) throw unsupportedAt(context, node, `table function ${name}`)
  const inner = bodyContext(context, node, routine)
  // |> CALL: the rows that are there are the first table.
  const piped = input && statement.parameters.find(isTableParameter)
  if (input !== undefined && piped === undefined) {
    throw problemAt(
      context,
      node,
      `Table-valued function ${name} takes no table, so |> CALL has nothing to give to it`,
    )
  }
  const parameters = statement.parameters.filter((parameter) => parameter !== piped)
  const matched = matchArguments(context, node, node.args, { parameters }, name)
  const scalars = matched.filter(({ parameter }) => !isTableParameter(parameter))
  const args = routineArguments(context, inner, node, scalars, name)
  const ctes = new Map(inner.ctes)
  if (input !== undefined && piped !== undefined) {
    ctes.set((piped.name?.name ?? '').toLowerCase(), givenTable(context, inner, node, piped, input, name))
  }
  for (const { parameter, argument } of matched) {
    if (!isTableParameter(parameter)) continue
    const table = tableArgument(context, inner, node, parameter, argument, name)
    ctes.set((parameter.name?.name ?? '').toLowerCase(), table)
  }
  const locals = new Map<string, Expr>(
    args.map(({ name: parameter, expr }) => [
      parameter,
      expr.kind === 'literal' ? { ...expr, from: 'value' } : expr,
    ]),
  )
  let query = resolveQuery({ ...inner, locals, ctes }, statement.query)
  if (statement.returns?.kind === 'tableType') {
    const computed: Computed[] = []
    const outputs = query.columns
    const columns = statement.returns.columns.map((field): OutputColumn => {
      const wanted = field.name?.name ?? ''
      const output = declaredColumn(context, node, outputs, wanted)
      const { type } = resolveType(inner, field.type)
      const value = columnRef(output.column)
      if (coercionCost(value, type) === undefined) {
        throw problemAt(
          context,
          node,
          `Column ${wanted} of table function ${name} has another type than declared`,
        )
      }
      const column = newColumn(context, wanted, type)
      computed.push({ column, expr: convert(value, type) })
      return { name: wanted, anonymous: false, column }
    })
    query = { ...query, columns, scan: project(query.scan, computed) }
  }
  return {
    scan: query.scan,
    names: namesOf(query.columns, node.alias?.name, query.isValue),
  }
}
