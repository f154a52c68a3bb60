import { visitColumns } from '../../lower/uses.ts'
import type { Expression, GroupBy, GroupingColumns, GroupingSet, Span } from '../../parse/ast.ts'
import { groupable, unfitting } from '../../types/predicates.ts'
import { pendingGrouping } from '../call/grouping-call.ts'
import { type Context, newColumn, problemAt } from '../context.ts'
import { isBareLiteral } from '../expression/bare-literal.ts'
import { resolveExpression } from '../expression/expression.ts'
import { placeOf } from '../expression/path.ts'
import type { AggregateScan, Column, Computed, Expr } from '../resolved.ts'
import { rewriteExpr } from '../rewrite.ts'
import { columnRef } from '../scope.ts'
import { exprKey } from '../statement/key.ts'
import type { ResolvedItem } from './select-items.ts'

/** GROUP BY, resolved: what is grouped by, and how later expressions find it again. */
export interface Grouping {
  readonly groups: readonly Computed[]
  readonly sets: AggregateScan['sets']
  readonly byKey: ReadonlyMap<string, Column>
}

/** What GROUP BY asks of an expression: whether it holds an aggregate or a window call, and columns of FROM. */
export interface Holds {
  readonly aggregate: (expr: Expr) => boolean
  readonly window: (expr: Expr) => boolean
  readonly fromColumn: (id: number) => boolean
}

/** The grouping of a SELECT; without GROUP BY, all rows are one group. */
export function resolveGroupBy(
  context: Context,
  node: GroupBy | undefined,
  items: readonly ResolvedItem[],
  holds: Holds,
): Grouping {
  const groups: Computed[] = []
  const byKey = new Map<string, Column>()
  const add = (expr: Expr, place: Span): number => {
    if (!groupable(expr.type)) {
      const shown = unfitting(expr.type, groupable)
      throw problemAt(context, place, `Grouping by expressions of type ${shown} is not allowed`)
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
    for (const item of items) {
      if (!holds.aggregate(item.expr) && !holds.window(item.expr) && readsFrom(item.expr, holds))
        add(item.expr, item.node)
    }
    return { groups, sets: undefined, byKey }
  }
  checkAlone(context, node)
  const one = (expression: Expression) => add(groupExpression(context, expression, items, holds), expression)
  const parts = (node?.items ?? []).map((item): readonly (readonly number[])[] =>
    item.kind === 'groupingExpression' ? [[one(item.expression)]] : groupingSets(item, one),
  )
  const sets = crossed(parts)
  const plain = (node?.items ?? []).every((item) => item.kind === 'groupingExpression')
  // GROUP BY () is one group, also of no rows.
  const whole = sets.length === 1 && sets[0]?.length === 0
  return { groups, sets: plain || whole ? undefined : sets, byKey }
}

function checkAlone(context: Context, node: GroupBy | undefined): void {
  const set = node?.items.find((item) => item.kind !== 'groupingExpression')
  if (set === undefined || node?.items.length === 1) return
  const written = context.source.text.slice(set.start, set.start + 1)
  throw problemAt(
    context,
    set,
    written === '('
      ? 'GROUP BY () is only allowed when there are no other grouping items'
      : 'The GROUP BY clause only supports ROLLUP, CUBE and GROUPING SETS when there are no other grouping elements',
  )
}

function readsFrom(expr: Expr, holds: Holds): boolean {
  let found = false
  visitColumns(expr, (id) => {
    if (holds.fromColumn(id)) found = true
  })
  return found
}

/** An ordinal, a select list's alias, or an expression over FROM. */
function groupExpression(
  context: Context,
  node: Expression,
  items: readonly ResolvedItem[],
  holds: Holds,
): Expr {
  const item = namedItem(context, node, items)
  if (item !== undefined) {
    const what = holds.aggregate(item.expr)
      ? 'an aggregation function'
      : holds.window(item.expr)
        ? 'an analytic function'
        : undefined
    if (what !== undefined) {
      const column = node.kind === 'integer' ? node.text : item.name
      throw problemAt(context, node, `Column ${column} contains ${what}, which is not allowed in GROUP BY`)
    }
    return item.expr
  }
  const expr = resolveExpression(
    { ...context, aggregates: undefined, windows: undefined, clause: 'GROUP BY' },
    node,
  )
  if (isBareLiteral(node)) throw problemAt(context, node, 'Cannot GROUP BY literal values')
  return expr
}

function namedItem(
  context: Context,
  node: Expression,
  items: readonly ResolvedItem[],
): ResolvedItem | undefined {
  if (node.kind === 'integer') {
    if (context.clause === 'pipe AGGREGATE')
      throw problemAt(context, node, 'GROUP BY ordinal not allowed in pipe AGGREGATE')
    const item = items[Number(node.value) - 1]
    if (item === undefined) {
      throw problemAt(context, node, `GROUP BY is out of SELECT column number range: ${node.text}`)
    }
    return item
  }
  if (node.kind !== 'path' || node.parts.length !== 1) return undefined
  const name = node.parts[0]?.name.toLowerCase()
  const matching = items.filter((item) => !item.anonymous && item.name.toLowerCase() === name)
  const [only, second] = matching
  if (second !== undefined) {
    throw problemAt(
      context,
      node,
      `Name ${node.parts[0]?.name ?? ''} in GROUP BY clause is ambiguous; it may refer to multiple columns in the SELECT-list`,
    )
  }
  return only
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
  /** `whole`: the expression stands for itself, as an item of the select list or of ORDER BY does. */
  readonly apply: (expr: Expr, clause: string, node: Span, whole?: boolean) => Expr
  readonly groupings: AggregateScan['groupings']
}

/**
 * What an expression means once rows are grouped: what is grouped by becomes its column, any other column of FROM is an
 * error. A path is found again anywhere; another expression only where it is the whole of an item of the select list
 * or of ORDER BY, or where the alias of such an item stands: `GROUP BY UPPER(b) HAVING UPPER(b) = 'X'` is an error.
 * `fromColumns` tells the numbers of FROM's columns.
 */
export function afterGrouping(
  context: Context,
  grouping: Grouping,
  items: readonly ResolvedItem[] | 'pipe',
  fromColumns: (id: number) => boolean,
): AfterGrouping {
  // What |> AGGREGATE computes has only aggregates: the groups are columns beside them.
  const piped = items === 'pipe'
  const aliased = new Set(piped ? [] : items.map((item) => item.expr))
  const missing = piped ? 'not aggregated' : 'neither grouped nor aggregated'
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
  const apply = (expr: Expr, clause: string, node: Span, whole = false): Expr =>
    rewriteExpr(expr, (part) => {
      if (part.kind === 'literal') return part
      if (part.kind === 'grouping' && part.column.id < 0) return groupingColumn(part, node)
      const found = !piped && (isPath(part) || aliased.has(part) || (whole && part === expr))
      const column = found ? grouping.byKey.get(exprKey(part)) : undefined
      if (column !== undefined) return columnRef(column)
      if (part.kind === 'column' && fromColumns(part.column.id)) {
        throw problemAt(
          context,
          placeOf(part) ?? node,
          `${clause} expression references column ${part.column.name} which is ${missing}`,
        )
      }
      return undefined
    })
  return { apply, groupings }
}

function isPath(expr: Expr): boolean {
  return expr.kind === 'column' || (expr.kind === 'field' && isPath(expr.operand))
}
