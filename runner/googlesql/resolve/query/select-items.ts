import type { Expression, SelectItem, SelectStar, Span } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { type Context, didYouMean, problemAt } from '../context.ts'
import { derivedName } from '../expression/constructor.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { Expr } from '../resolved.ts'
import { fieldColumns, lookUp, type NamedColumn, type NameList, starColumns } from '../scope.ts'

/** One column of a select list. */
export interface ResolvedItem {
  readonly name: string
  readonly anonymous: boolean
  readonly expr: Expr
  readonly node: Span
  /** It is one of the columns of a star. */
  readonly starred?: true
}

/** The select list with its stars written out. `from` has the columns of `*`; undefined without FROM. */
export function resolveItems(
  context: Context,
  items: readonly SelectItem[],
  from: NameList | undefined,
): readonly ResolvedItem[] {
  return items.flatMap((item) => {
    if (item.kind === 'selectStar') return resolveStar(context, item, from)
    const expr = resolveExpression(context, item.expression)
    const name = item.alias?.name ?? derivedName(item.expression, expr)
    return [{ name: name ?? '', anonymous: name === undefined, expr, node: item.expression }]
  })
}

function resolveStar(
  context: Context,
  node: SelectStar,
  from: NameList | undefined,
): readonly ResolvedItem[] {
  const columns =
    node.operand === undefined ? allColumns(context, node, from) : columnsOf(context, node, node.operand)
  const kept = withoutExcepted(context, node, columns)
  return withReplaced(context, node, kept)
}

function allColumns(context: Context, node: SelectStar, from: NameList | undefined): readonly NamedColumn[] {
  if (from === undefined) throw problemAt(context, node, 'SELECT * must have a FROM clause')
  return starColumns(from.columns)
}

/** `t.*` and `value.*`. */
function columnsOf(context: Context, node: SelectStar, operand: Expression): readonly NamedColumn[] {
  if (operand.kind === 'path' && operand.parts.length === 1) {
    const found = lookUp(context.scope, operand.parts[0]?.name ?? '')
    if (found?.kind === 'relation') {
      const { relation } = found
      if (relation.columns.length > 0) return starColumns(relation.columns)
    }
  }
  const value = resolveExpression(context, operand)
  if (value.type.kind !== 'STRUCT') {
    throw problemAt(context, node, `Dot-star is not supported for type ${typeName(value.type)}`)
  }
  return fieldColumns(value)
}

function withoutExcepted(
  context: Context,
  node: SelectStar,
  columns: readonly NamedColumn[],
): readonly NamedColumn[] {
  const names = columns.filter((column) => column.anonymous !== true).map((column) => column.name)
  const folded = new Set(names.map((name) => name.toLowerCase()))
  const excepted = new Set<string>()
  for (const name of node.except) {
    const key = name.name.toLowerCase()
    if (!folded.has(key)) {
      throw problemAt(
        context,
        name,
        `Column ${name.name} in SELECT * EXCEPT list does not exist${didYouMean(name.name, names)}`,
      )
    }
    if (excepted.has(key))
      throw problemAt(context, name, `Duplicate column ${name.name} in SELECT * EXCEPT list`)
    excepted.add(key)
  }
  const kept = columns.filter((column) => !excepted.has(column.name.toLowerCase()))
  if (kept.length === 0 && columns.length > 0) {
    throw problemAt(context, node, 'SELECT * expands to zero columns after applying EXCEPT')
  }
  return kept
}

function withReplaced(
  context: Context,
  node: SelectStar,
  columns: readonly NamedColumn[],
): readonly ResolvedItem[] {
  const replaced = new Map<string, { readonly expr: Expr; readonly name: string; readonly node: Span }>()
  for (const item of node.replace) {
    const name = item.alias?.name ?? derivedName(item.expression, undefined) ?? ''
    const key = name.toLowerCase()
    const place = item.alias ?? item
    if (node.except.some((excepted) => excepted.name.toLowerCase() === key)) {
      const message = `Column ${name} cannot occur in both SELECT * EXCEPT and REPLACE`
      throw problemAt(context, place, message)
    }
    const found = columns.filter((column) => column.name.toLowerCase() === key).length
    if (found > 1) throw problemAt(context, place, `Column ${name} in SELECT * REPLACE list is ambiguous`)
    if (found === 0) {
      const names = columns.map((column) => column.name)
      throw problemAt(
        context,
        place,
        `Column ${name} in SELECT * REPLACE list does not exist${didYouMean(name, names)}`,
      )
    }
    if (replaced.has(key)) throw problemAt(context, item, `Duplicate column ${name} in SELECT * REPLACE list`)
    replaced.set(key, { expr: resolveExpression(context, item.expression), name, node: item })
  }
  return columns.map((column) => {
    const other = replaced.get(column.name.toLowerCase())
    const anonymous = column.anonymous === true
    return other === undefined || anonymous
      ? { name: column.name, anonymous, expr: column.expr, node, starred: true as const }
      : { name: other.name, anonymous, expr: other.expr, node: other.node }
  })
}
