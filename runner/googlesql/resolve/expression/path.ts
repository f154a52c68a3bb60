import type { Identifier, Path, Span } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, didYouMean, problemAt } from '../context.ts'
import type { Expr } from '../resolved.ts'
import { fieldOf, findName, lookUp, type NamedColumn, visibleNames } from '../scope.ts'

const places = new WeakMap<object, Span>()

/** Where an expression that a name gave was written. */
export function placeOf(expr: Expr): Span | undefined {
  return places.get(expr)
}

/** What a dotted name in an expression means: a column, an alias as a value, an argument or variable, and fields of it. */
export function resolvePath(context: Context, path: Path): Expr {
  const found = resolvePathOrNothing(context, path.parts)
  if (found !== undefined) return placed(found, path)
  const first = path.parts[0]
  const name = first?.name ?? ''
  const known = [
    ...visibleNames(context.scope),
    ...context.locals.keys(),
    ...context.resolution.variables.keys(),
  ]
  throw problemAt(context, path, `Unrecognized name: ${name}${didYouMean(name, known)}`)
}

/** A copy that knows its place, with the column inside. */
function placed(expr: Expr, path: Path): Expr {
  if (expr.kind !== 'column' && expr.kind !== 'field') return expr
  const copy = expr.kind === 'field' ? { ...expr, operand: placed(expr.operand, path) } : { ...expr }
  places.set(copy, path)
  return copy
}

/** As `resolvePath`; undefined if nothing has the first name. */
export function resolvePathOrNothing(context: Context, parts: readonly Identifier[]): Expr | undefined {
  const first = parts[0]
  if (first === undefined) return undefined
  const found = lookUp(context.scope, first.name)
  if (found === undefined) {
    const folded = first.name.toLowerCase()
    const local =
      context.locals.get(folded) ??
      context.resolution.variables.get(folded) ??
      withoutParentheses(context, first)
    return local && fields(context, local, parts.slice(1))
  }
  if (found.kind === 'ambiguous') throw problemAt(context, first, `Column name ${first.name} is ambiguous`)
  if (found.kind === 'column')
    return fields(context, usableColumn(context, first, found.column), parts.slice(1))
  const { relation } = found
  const second = parts[1]
  if (second === undefined) return relation.value
  const column = findName({ columns: relation.columns, relations: [] }, second.name)
  if (column?.kind === 'column') {
    return fields(context, usableColumn(context, second, column.column), parts.slice(2))
  }
  if (column?.kind === 'ambiguous')
    throw problemAt(context, second, `Column name ${second.name} is ambiguous`)
  if (relation.value.type.kind !== 'STRUCT') return fields(context, relation.value, parts.slice(1))
  const names = relation.columns.filter((c) => c.anonymous !== true).map((c) => c.name)
  throw problemAt(
    context,
    second,
    `Name ${second.name} not found inside ${first.name}${didYouMean(second.name, names)}`,
  )
}

/** `CURRENT_DATE` and its kin may be called without parentheses. */
function withoutParentheses(context: Context, name: Identifier): Expr | undefined {
  const calls = /^CURRENT_(DATE|TIME|DATETIME|TIMESTAMP)$/i
  return name.quoted || !calls.test(name.name) ? undefined : callBuiltin(context, name, name.name, [])
}

function usableColumn(context: Context, node: Span, column: NamedColumn): Expr {
  if (column.refused !== undefined) throw problemAt(context, node, column.refused)
  return column.expr
}

function fields(context: Context, operand: Expr, names: readonly Identifier[]): Expr {
  return names.reduce((value, name) => resolveField(context, name, value, name.name), operand)
}

/** `operand.name`: a field of a STRUCT, or a member of a JSON value. */
export function resolveField(context: Context, node: Span, operand: Expr, name: string): Expr {
  const { type } = operand
  if (type.kind === 'JSON') {
    const key: Expr = { kind: 'literal', type: { kind: 'STRING' }, value: name, from: 'literal' }
    return callBuiltin(context, node, '[]', [operand, key])
  }
  if (type.kind !== 'STRUCT') {
    throw problemAt(context, node, `Cannot access field ${name} on a value with type ${typeName(type)}`)
  }
  const folded = name.toLowerCase()
  const matching = type.fields.flatMap((field, index) =>
    field.name?.toLowerCase() === folded ? [{ field, index }] : [],
  )
  const [only, second] = matching
  if (second !== undefined) throw problemAt(context, node, `Field name ${name} is ambiguous`)
  if (only === undefined) {
    const names = type.fields.flatMap((field) => (field.name === undefined ? [] : [field.name]))
    throw problemAt(
      context,
      node,
      `Field name ${name} does not exist in ${typeName(type)}${didYouMean(name, names)}`,
    )
  }
  return fieldOf(operand, only.index, only.field.type)
}
