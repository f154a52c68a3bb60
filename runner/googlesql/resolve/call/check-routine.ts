import { Problem } from '../../../problem.ts'
import type { CreateFunction, CreateTableFunction, FunctionParameter, Span } from '../../parse/ast.ts'
import { type Context, type CteBinding, EMPTY_SCOPE, newColumn, problemAt } from '../context.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveType } from '../expression/type-node.ts'
import { isTableParameter } from '../from/table-argument.ts'
import { resolveQuery } from '../query/query.ts'
import type { Cte, Expr, OutputColumn, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { returned } from './routine.ts'

/**
 * Reads the body of a function that is made, as BigQuery does: names that are not there and a result of another type
 * than declared are told at once. A body with parameters of ANY TYPE means nothing before it is called, and what is
 * not supported locally is told then too.
 */
export function checkRoutine(
  context: Context,
  node: CreateFunction | CreateTableFunction,
  name: string,
): void {
  const names = node.parameters.map((parameter) => parameter.name?.name.toLowerCase())
  const twice = node.parameters.find((_, index) => names.indexOf(names[index]) !== index)
  if (twice !== undefined) throw problemAt(context, twice, `Duplicate argument name ${twice.name?.name}`)
  if (node.parameters.some(({ type }) => type.kind === 'anyType')) return
  if (node.kind === 'createFunction' && (node.language !== undefined || node.remote)) return
  try {
    const inner = innerContext(context, node.parameters, name)
    if (node.kind === 'createTableFunction') checkTable(inner, node)
    else if (node.body !== undefined) {
      const aggregates = node.aggregate ? { calls: [], keys: new Map() } : undefined
      returned(inner, node, resolveExpression({ ...inner, aggregates }, node.body))
    }
  } catch (error) {
    if (!(error instanceof Problem) || !/not supported locally/.test(error.message)) throw error
  }
}

function innerContext(context: Context, parameters: readonly FunctionParameter[], name: string): Context {
  const { resolution, source } = context
  const locals = new Map<string, Expr>()
  const ctes = new Map<string, CteBinding>()
  for (const parameter of parameters) {
    const key = parameter.name?.name.toLowerCase() ?? ''
    if (isTableParameter(parameter)) ctes.set(key, anyTable(context, parameter))
    else {
      const { type } = resolveType(context, parameter.type)
      locals.set(key, columnRef(newColumn(context, key, type)))
    }
  }
  return {
    resolution: {
      ...resolution,
      variables: new Map(),
      parameters: [],
      met: { tables: new Map(), routines: new Map(), volatile: false },
    },
    source: { ...source, within: [...source.within, `routine ${name}`] },
    scope: EMPTY_SCOPE,
    ctes,
    locals,
    aggregates: undefined,
    windows: undefined,
    clause: 'SQL function body for non-AGGREGATE function',
    inFunction: true,
  }
}

/** A table of the declared columns. */
function anyTable(context: Context, { name, type }: FunctionParameter): CteBinding {
  const declared = type.kind === 'tableType' ? type.columns : []
  const columns = declared.map((field): OutputColumn => {
    const column = newColumn(context, field.name?.name ?? '', resolveType(context, field.type).type)
    return { name: column.name, anonymous: false, column }
  })
  const query: ResolvedQuery = {
    scan: { kind: 'rows', columns: columns.map(({ column }) => column), rows: [] },
    columns,
    isValue: false,
  }
  const cte: Cte = {
    id: newColumn(context, 'table', { kind: 'INT64' }).id,
    name: name?.name ?? '',
    query,
    local: true,
  }
  const shape = columns.map((output) => ({ ...output, type: output.column.type }))
  return { cte, columns: shape, isValue: false }
}

function checkTable(context: Context, node: CreateTableFunction): void {
  if (node.query === undefined) return
  const { columns } = resolveQuery(context, node.query)
  if (node.returns?.kind !== 'tableType') return
  for (const { name } of node.returns.columns) {
    if (name !== undefined) declaredColumn(context, node, columns, name.name)
  }
}

/** The column of a table function's query that is declared. */
export function declaredColumn(
  context: Pick<Context, 'source'>,
  node: Span,
  columns: readonly OutputColumn[],
  name: string,
): OutputColumn {
  const found = columns.find(
    (output) => !output.anonymous && output.name.toLowerCase() === name.toLowerCase(),
  )
  if (found !== undefined) return found
  throw problemAt(
    context,
    node,
    `Required column name ${name} not returned from SQL body of CREATE TABLE FUNCTION statement`,
  )
}
