import type { SetOperation, SetOperator, Span } from '../../parse/ast.ts'
import { groupable } from '../../types/predicates.ts'
import { typeName } from '../../types/print.ts'
import { type Context, newColumn, problemAt } from '../context.ts'
import { commonType, convert } from '../expression/coerce.ts'
import type { Column, Computed, Expr, OutputColumn, ResolvedQuery, SetScan } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { placeholder, project } from './project.ts'
import { resolveBody } from './query.ts'
import { byName, type Input, resultNames } from './set-names.ts'

/** UNION, INTERSECT and EXCEPT of two queries or more. */
export function resolveSetOperation(context: Context, node: SetOperation): ResolvedQuery {
  const inputs = node.inputs.map((input) => ({ query: resolveBody(context, input), node: input as Span }))
  return combine(context, node.operation, inputs)
}

/** Resolved queries as one, by the operator. */
export function combine(context: Context, operation: SetOperator, inputs: readonly Input[]): ResolvedQuery {
  const aligned = operation.matching === undefined ? inputs : matchByName(context, operation, inputs)
  const name = `${operation.operator} ${operation.quantifier}`
  const [first] = aligned
  if (first === undefined) throw problemAt(context, operation, `${name} needs two queries`)
  checkCounts(context, name, first, aligned)
  const types = first.query.columns.map((_, index) => columnType(context, name, aligned, index, operation))
  const columns = first.query.columns.map(
    (output, index): OutputColumn => ({
      ...output,
      column: newColumn(context, output.column.name, types[index] ?? output.column.type),
    }),
  )
  const scan: SetScan = {
    kind: 'set',
    operator: name as SetScan['operator'],
    inputs: aligned.map((input) => converted(context, input.query, types)),
    columns: columns.map((output) => output.column),
  }
  return { scan, columns, isValue: first.query.isValue }
}

function checkCounts(context: Context, name: string, first: Input, inputs: readonly Input[]): void {
  const wanted = first.query.columns.length
  const text = (count: number) => `${count} column${count === 1 ? '' : 's'}`
  for (const [index, { query, node }] of inputs.entries()) {
    if (query.columns.length === wanted) continue
    throw problemAt(
      context,
      node,
      `Queries in ${name} have mismatched column count; query 1 has ${text(wanted)}, query ${index + 1} has ${text(query.columns.length)}`,
    )
  }
}

function columnType(
  context: Context,
  name: string,
  inputs: readonly Input[],
  index: number,
  operation: SetOperator,
): Column['type'] {
  const exprs = inputs.map(({ query }) => literalOf(query, index))
  const type = commonType(exprs)
  if (type === undefined) {
    const types = exprs.map((expr) => typeName(expr.type))
    throw problemAt(
      context,
      inputs[1]?.node ?? operation,
      `Column ${index + 1} in ${name} has incompatible types: ${types.join(', ')}`,
    )
  }
  if (operation.quantifier === 'DISTINCT' && !groupable(type)) {
    throw problemAt(
      context,
      inputs[0]?.node ?? operation,
      `Column ${index + 1} in ${name} has type that does not support set operation comparisons: ${typeName(type)}`,
    )
  }
  return type
}

/** A column as an expression: a literal in a select list coerces as a literal does. */
function literalOf(query: ResolvedQuery, index: number): Expr {
  const output = query.columns[index]
  if (output === undefined) return placeholder
  const { scan } = query
  if (scan.kind === 'project') {
    const computed = scan.computed.find((item) => item.column === output.column)
    if (computed?.expr.kind === 'literal' || computed?.expr.kind === 'array') return computed.expr
  }
  return columnRef(output.column)
}

/** A query's columns in the common types, in the order of the result. */
function converted(
  context: Context,
  query: ResolvedQuery,
  types: readonly Column['type'][],
): SetScan['inputs'][number] {
  const computed: Computed[] = []
  const columns = query.columns.map((output, index): Column => {
    const type = types[index] ?? output.column.type
    const value = columnRef(output.column)
    const literal = literalOf(query, index)
    const expr = literal.kind === 'column' ? convert(value, type) : convert(literal, type)
    if (expr === value || expr === literal) return output.column
    const column = newColumn(context, output.column.name, type)
    computed.push({ column, expr })
    return column
  })
  return { scan: project(query.scan, computed), columns }
}

/** BY NAME and CORRESPONDING: every query's columns by the names of the result. */
function matchByName(context: Context, operation: SetOperator, inputs: readonly Input[]): readonly Input[] {
  const value = inputs.findIndex(({ query }) => query.isValue)
  if (value >= 0) {
    const message = `Value table type not allowed in set operations when ${operation.matching ?? ''} is used: query ${value + 1}`
    throw problemAt(context, operation, message)
  }
  // A list of columns leaves out those without a name.
  for (const [index, { query, node }] of operation.columns === undefined ? inputs.entries() : []) {
    const at = query.columns.findIndex((column) => column.anonymous)
    if (at < 0) continue
    throw problemAt(
      context,
      node,
      `Anonymous columns are not allowed in set operations when ${operation.matching ?? ''} is used: query ${index + 1}, column ${at + 1}`,
    )
  }
  const names = resultNames(context, operation, inputs)
  return inputs.map(({ query, node }) => {
    const computed: Computed[] = []
    const columns = names.map((name): OutputColumn => {
      const found = byName(query, name)
      if (found !== undefined) return { ...found, name }
      const type = inputs.flatMap((other) => byName(other.query, name) ?? [])[0]?.column.type ?? {
        kind: 'INT64',
      }
      const column = newColumn(context, name, type)
      computed.push({ column, expr: { kind: 'literal', type, value: null, from: 'literal' } })
      return { name, anonymous: false, column }
    })
    return { query: { ...query, columns, scan: project(query.scan, computed) }, node }
  })
}
