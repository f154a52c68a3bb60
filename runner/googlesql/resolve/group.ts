import type { Expression, GroupBy, GroupingColumns, GroupingSet, Span } from '../parse/ast.ts'
import { groupable } from '../types/predicates.ts'
import { typeName } from '../types/print.ts'
import { type Context, newColumn, problemAt } from './context.ts'
import { resolveExpression } from './expression.ts'
import { pendingGrouping } from './grouping-call.ts'
import { exprKey } from './key.ts'
import { placeOf } from './path.ts'
import type { AggregateScan, Column, Computed, Expr } from './resolved.ts'
import { rewriteExpr } from './rewrite.ts'
import { columnRef } from './scope.ts'
import type { ResolvedItem } from './select-items.ts'

/** GROUP BY, resolved: what is grouped by, and how later expressions find it again. */
export interface Grouping {
  readonly groups: readonly Computed[]
  readonly sets: AggregateScan['sets']
  readonly byKey: ReadonlyMap<string, Column>
}

/** The grouping of a SELECT; without GROUP BY, all rows are one group. */
export function resolveGroupBy(
  context: Context,
  node: GroupBy | undefined,
  items: readonly ResolvedItem[],
  isAggregate: (expr: Expr) => boolean,
): Grouping {
  const groups: Computed[] = []
  const byKey = new Map<string, Column>()
  const add = (expr: Expr, place: Span): number => {
    if (!groupable(expr.type)) {
      throw problemAt(context, place, `Grouping by expressions of type ${typeName(expr.type)} is not allowed`)
    }
    const key = exprKey(expr)
    const known = byKey.get(key)
    if (known !== undefined) return groups.findIndex((group) => group.column === known)
    const column = newColumn(context, expr.kind === 'column' ? expr.column.name : 'group', expr.type)
    byKey.set(key, column)
    groups.push({ column, expr })
    return groups.length - 1
  }
  if (node?.all === true) {
    for (const item of items)
      if (!isAggregate(item.expr) && item.expr.kind !== 'literal') add(item.expr, item.node)
    return { groups, sets: undefined, byKey }
  }
  const set = node?.items.find((item) => item.kind !== 'groupingExpression')
  if (set !== undefined && (node?.items.length ?? 0) > 1) {
    throw problemAt(
      context,
      set,
      'The GROUP BY clause only supports ROLLUP, CUBE and GROUPING SETS when there are no other grouping elements',
    )
  }
  const one = (expression: Expression) =>
    add(groupExpression(context, expression, items, isAggregate), expression)
  const parts = (node?.items ?? []).map((item): readonly (readonly number[])[] =>
    item.kind === 'groupingExpression' ? [[one(item.expression)]] : groupingSets(item, one),
  )
  const plain = (node?.items ?? []).every((item) => item.kind === 'groupingExpression')
  return { groups, sets: plain ? undefined : crossed(parts), byKey }
}

/** An ordinal, a select list's alias, or an expression over FROM. */
function groupExpression(
  context: Context,
  node: Expression,
  items: readonly ResolvedItem[],
  isAggregate: (expr: Expr) => boolean,
): Expr {
  const item = namedItem(context, node, items)
  if (item !== undefined) {
    if (isAggregate(item.expr)) {
      throw problemAt(
        context,
        node,
        node.kind === 'integer'
          ? `Column ${node.text} contains an aggregation function, which is not allowed in GROUP BY`
          : `Column ${item.name} contains an aggregation function, which is not allowed in GROUP BY`,
      )
    }
    return item.expr
  }
  const expr = resolveExpression(
    { ...context, aggregates: undefined, windows: undefined, clause: 'GROUP BY' },
    node,
  )
  if (expr.kind === 'literal' && expr.from === 'literal') {
    throw problemAt(context, node, 'Cannot GROUP BY literal values')
  }
  return expr
}

function namedItem(
  context: Context,
  node: Expression,
  items: readonly ResolvedItem[],
): ResolvedItem | undefined {
  if (node.kind === 'integer') {
    const item = items[Number(node.value) - 1]
    if (item === undefined) {
      throw problemAt(context, node, `GROUP BY is out of SELECT column number range: ${node.text}`)
    }
    return item
  }
  if (node.kind !== 'path' || node.parts.length !== 1) return undefined
  const name = node.parts[0]?.name.toLowerCase()
  const matching = items.filter((item) => !item.anonymous && item.name.toLowerCase() === name)
  const [first] = matching
  if (first === undefined) return undefined
  const key = exprKey(first.expr)
  if (matching.some((item) => exprKey(item.expr) !== key)) {
    throw problemAt(
      context,
      node,
      `Name ${node.parts[0]?.name ?? ''} in GROUP BY clause is ambiguous; it may refer to multiple columns in the SELECT-list`,
    )
  }
  return first
}

/** The sets that ROLLUP, CUBE or GROUPING SETS stand for, as positions of groups. */
function groupingSets(
  node: GroupingSet,
  one: (expression: Expression) => number,
): readonly (readonly number[])[] {
  const columns = (part: GroupingColumns) => part.columns.map(one)
  if (node.kind === 'groupingSets') {
    return node.sets.flatMap((part) =>
      part.kind === 'groupingColumns' ? [columns(part)] : groupingSets(part, one),
    )
  }
  const parts = node.sets.map((part) => (part.kind === 'groupingColumns' ? columns(part) : []))
  if (node.kind === 'rollup') {
    return Array.from({ length: parts.length + 1 }, (_, left) => parts.slice(0, parts.length - left).flat())
  }
  return Array.from({ length: 2 ** parts.length }, (_, mask) =>
    parts.filter((_part, index) => (mask & (1 << (parts.length - 1 - index))) === 0).flat(),
  )
}

/** Several grouping sets beside each other: every combination. */
function crossed(parts: readonly (readonly (readonly number[])[])[]): readonly (readonly number[])[] {
  return parts.reduce<readonly (readonly number[])[]>(
    (sets, part) => sets.flatMap((set) => part.map((more) => [...new Set([...set, ...more])])),
    [[]],
  )
}

/** Turns expressions over FROM into expressions over the groups. */
export interface AfterGrouping {
  readonly apply: (expr: Expr, clause: string, node: Span) => Expr
  readonly groupings: AggregateScan['groupings']
}

/**
 * What an expression means once rows are grouped: grouped expressions become their columns; any other column of FROM
 * is an error. `fromColumns` tells the numbers of FROM's columns.
 */
export function afterGrouping(
  context: Context,
  grouping: Grouping,
  fromColumns: (id: number) => boolean,
): AfterGrouping {
  const groupings: { readonly column: Column; readonly group: number }[] = []
  const groupingColumn = (expr: Expr, node: Span): Expr => {
    const operand = pendingGrouping.get(expr)
    const column = operand && grouping.byKey.get(exprKey(operand))
    if (column === undefined) {
      throw problemAt(
        context,
        node,
        'GROUPING must have an argument that exists within the group-by expression list.',
      )
    }
    const group = grouping.groups.findIndex((item) => item.column === column)
    const known = groupings.find((item) => item.group === group)
    if (known !== undefined) return columnRef(known.column)
    const made = newColumn(context, 'grouping', { kind: 'INT64' })
    groupings.push({ column: made, group })
    return columnRef(made)
  }
  const apply = (expr: Expr, clause: string, node: Span): Expr =>
    rewriteExpr(expr, (part) => {
      if (part.kind === 'literal') return part
      if (part.kind === 'grouping' && part.column.id < 0) return groupingColumn(part, node)
      const column = grouping.byKey.get(exprKey(part))
      if (column !== undefined) return columnRef(column)
      if (part.kind === 'column' && fromColumns(part.column.id)) {
        throw problemAt(
          context,
          placeOf(part) ?? node,
          `${clause} expression references column ${part.column.name} which is neither grouped nor aggregated`,
        )
      }
      return undefined
    })
  return { apply, groupings }
}
