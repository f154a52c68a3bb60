import type { OrderItem, Select, WindowReference } from '../../parse/ast.ts'
import { groupable } from '../../types/predicates.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import { checkNoLiteral, sortItem } from '../call/aggregate-call.ts'
import { usesAggregate } from '../call/uses-aggregate.ts'
import { checkNoWindow, unknownWindow } from '../call/window-call.ts'
import {
  type Aggregates,
  type Context,
  keywordBefore,
  newColumn,
  ORDER_BY,
  plainContext,
  problemAt,
  type Windows,
} from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { placeOf } from '../expression/path.ts'
import { type From, resolveFrom } from '../from/from.ts'
import type {
  Column,
  Computed,
  Expr,
  OutputColumn,
  ResolvedQuery,
  Scan,
  SortItem,
  WindowCall,
} from '../resolved.ts'
import { rewriteExpr, rewriteWindow } from '../rewrite.ts'
import { columnRef, type NamedColumn, NO_NAMES, type Scope } from '../scope.ts'
import { exprKey } from '../statement/key.ts'
import { type AfterGrouping, afterGrouping, type Grouping, resolveGroupBy } from './group.ts'
import { meaningful, ordinal, withWindows } from './order.ts'
import { project } from './project.ts'
import { type ResolvedItem, resolveItems } from './select-items.ts'

const BOOL: SqlType = { kind: 'BOOL' }

/** A SELECT with the ORDER BY of its query. */
export function resolveSelect(context: Context, node: Select, orderBy: readonly OrderItem[]): ResolvedQuery {
  const start = context.resolution.counter.next
  const from = node.from === undefined ? undefined : resolveFrom(context, node.from)
  const end = context.resolution.counter.next
  return resolveSelectOver(context, node, orderBy, from, (id) => id >= start && id < end)
}

/** A SELECT over rows that are there already: also `|> SELECT`. `fromColumns` tells the numbers of their columns. */
export function resolveSelectOver(
  context: Context,
  node: Select,
  orderBy: readonly OrderItem[],
  from: From | undefined,
  fromColumns: (id: number) => boolean,
  piped = false,
): ResolvedQuery {
  const scope: Scope = { names: from?.names ?? NO_NAMES, outer: context.scope }
  const aggregates: Aggregates = { calls: [], keys: new Map() }
  const windows: Windows = { calls: [], named: namedWindows(context, node) }
  const inner: Context = { ...context, scope, aggregates, windows, clause: 'SELECT' }
  const selecting =
    from === undefined || piped
      ? {
          ...inner,
          aggregates: undefined,
          windows: piped ? windows : undefined,
          clause: piped ? 'pipe SELECT' : 'SELECT without FROM clause',
        }
      : inner
  const items = resolveItems(selecting, node.items, from?.names)
  checkItems(context, node, items)
  if (from === undefined && !piped) checkWithoutFrom(context, node, orderBy)
  const input = filtered(inner, node, from)
  const grouping = resolveGroupBy(inner, node.groupBy, items, {
    aggregate: (expr) => usesAggregate(expr, aggregates.calls),
    window: (expr) => usesAggregate(expr, windows.calls),
    fromColumn: fromColumns,
  })
  const outputs = items.map(
    (item): OutputColumn => ({
      name: item.name,
      anonymous: item.anonymous,
      column: newColumn(context, item.name === '' ? 'column' : item.name, item.expr.type),
    }),
  )
  const later: Context = { ...inner, scope: aliasScope(scope, items) }
  const grouplessList = node.groupBy === undefined && aggregates.calls.length === 0
  const ordering = orderBy[0]
  const having =
    node.having && condition({ ...later, windows: undefined, clause: 'HAVING clause' }, node.having, 'HAVING')
  if (node.having !== undefined && having !== undefined)
    checkNoWindow(inner, windows, node.having, having, 'HAVING clause')
  const qualify = node.qualify && condition({ ...later, clause: 'QUALIFY clause' }, node.qualify, 'QUALIFY')
  // Behind DISTINCT there are only the columns of the result.
  const sorted = node.quantifier === 'DISTINCT' ? distinctScope(scope, outputs) : aliasScope(scope, items)
  const sorting: Context = { ...inner, scope: sorted, clause: 'ORDER BY clause' }
  const columns = outputs.map(({ column }) => columnRef(column))
  const order = orderBy.map((item) => resolveOrder(sorting, item, columns))

  if (grouplessList && aggregates.calls.length > 0 && node.having === undefined && ordering !== undefined) {
    const message =
      'The ORDER BY clause only allows aggregation if GROUP BY or SELECT list aggregation is present'
    throw problemAt(context, keywordBefore(context, ordering, ORDER_BY), message)
  }
  if (node.having !== undefined && grouplessList) {
    throw problemAt(
      context,
      node.having,
      aggregates.calls.length === 0
        ? 'The HAVING clause requires GROUP BY or aggregation to be present'
        : 'The HAVING clause only allows aggregation if GROUP BY or SELECT list aggregation is present',
    )
  }
  if (node.qualify !== undefined && windows.calls.length === 0) {
    throw problemAt(context, node.qualify, 'The QUALIFY clause requires analytic function to be present')
  }
  const grouped =
    node.groupBy !== undefined ||
    aggregates.calls.length > 0 ||
    aggregates.grouping === true ||
    having !== undefined
  const after: AfterGrouping = grouped
    ? afterGrouping(context, grouping, items, fromColumns)
    : { apply: (expr) => expr, groupings: [] }
  const built: Built = { context, node, items, outputs, windows, after, having, qualify, order, orderBy }
  return build(built, input, grouped ? { grouping, aggregates } : undefined)
}

interface Built {
  readonly context: Context
  readonly node: Select
  readonly items: readonly ResolvedItem[]
  readonly outputs: readonly OutputColumn[]
  readonly windows: Windows
  readonly after: AfterGrouping
  readonly having: Expr | undefined
  readonly qualify: Expr | undefined
  readonly order: readonly SortItem[]
  readonly orderBy: readonly OrderItem[]
}

/** The steps in their order: group, HAVING, windows, QUALIFY, select list, DISTINCT, ORDER BY. */
function build(
  given: Built,
  input: Scan,
  grouped: { readonly grouping: Grouping; readonly aggregates: Aggregates } | undefined,
): ResolvedQuery {
  const { context, node, items, outputs, after } = given
  const computed = items.map(
    (item, index): Computed => ({
      column: columnAt(outputs, index),
      expr: after.apply(item.expr, item.starred ? 'Star expansion' : 'SELECT list', item.node, true),
    }),
  )
  const having = given.having && after.apply(given.having, 'HAVING clause', node.having ?? node)
  const qualify = given.qualify && after.apply(given.qualify, 'QUALIFY clause', node.qualify ?? node)
  const windows = given.windows.calls.map(
    (call): WindowCall => rewriteWindow(call, (expr) => after.apply(expr, 'SELECT list', node)),
  )
  const order = given.order.map(
    (item, index): SortItem => ({
      ...item,
      expr: after.apply(item.expr, 'ORDER BY clause', given.orderBy[index] ?? node, true),
    }),
  )
  let scan = input
  if (grouped !== undefined) {
    scan = {
      kind: 'aggregate',
      input: scan,
      groups: grouped.grouping.groups,
      sets: grouped.grouping.sets,
      aggregates: grouped.aggregates.calls,
      groupings: after.groupings,
    }
  }
  if (having !== undefined) scan = { kind: 'filter', input: scan, condition: having }
  scan = withWindows(scan, { ...given.windows, calls: windows })
  if (qualify !== undefined) scan = { kind: 'filter', input: scan, condition: qualify }
  scan = project(scan, computed)
  const byKey = new Map(computed.map(({ column, expr }) => [exprKey(expr), column]))
  let columns = outputs
  let sort = meaningful(order)
  if (node.quantifier !== 'DISTINCT') {
    sort = sort.map((item): SortItem => {
      const same = byKey.get(exprKey(item.expr))
      return same === undefined ? item : { ...item, expr: columnRef(same) }
    })
  } else {
    const distinct = distinctOf(context, node, scan, outputs)
    scan = distinct.scan
    columns = distinct.columns
    sort = sort.map((item, index) => visibleAfterDistinct(given, distinct.renamed, byKey, item, index))
  }
  if (sort.length > 0) scan = { kind: 'sort', input: scan, items: sort }
  return asResult(context, node, scan, columns)
}

function columnAt(outputs: readonly OutputColumn[], index: number): Column {
  const output = outputs[index]
  if (output === undefined) throw new RangeError(`no output column ${index}`)
  return output.column
}

function namedWindows(context: Context, node: Select): ReadonlyMap<string, WindowReference> {
  const names = node.windows.map(({ name }) => name.name.toLowerCase())
  const twice = node.windows.find(({ name }, index) => names.indexOf(name.name.toLowerCase()) !== index)
  if (twice !== undefined) throw problemAt(context, twice.name, `Duplicate window alias ${twice.name.name}`)
  for (const [index, { window }] of node.windows.entries()) {
    const base = window.name
    if (base === undefined || names.slice(0, index).includes(base.name.toLowerCase())) continue
    throw unknownWindow(context, base, names.slice(0, index))
  }
  return new Map(node.windows.map((named) => [named.name.name.toLowerCase(), named.window]))
}

function filtered(context: Context, node: Select, from: From | undefined): Scan {
  const input: Scan = from?.scan ?? { kind: 'single' }
  if (node.where === undefined) return input
  if (from === undefined)
    throw problemAt(
      context,
      keywordBefore(context, node.where, /WHERE\s*$/i),
      'Query without FROM clause cannot have a WHERE clause',
    )
  const plain = plainContext(context, 'WHERE clause')
  return { kind: 'filter', input, condition: condition(plain, node.where, 'WHERE') }
}

function condition(context: Context, node: Parameters<typeof resolveExpression>[1], clause: string): Expr {
  const expr = resolveExpression(context, node)
  return coerceTo(
    context,
    node,
    expr,
    BOOL,
    `${clause} clause should return type BOOL, but returns ${typeName(expr.type)}`,
  )
}

/** After the select list its aliases are seen before FROM's names, as the expressions that they stand for. */
function aliasScope(scope: Scope, items: readonly ResolvedItem[]): Scope {
  const columns = items.flatMap((item): readonly NamedColumn[] =>
    item.anonymous ? [] : [{ name: item.name, expr: item.expr }],
  )
  return { names: { columns, relations: [] }, outer: scope }
}

function distinctScope(scope: Scope, outputs: readonly OutputColumn[]): Scope {
  const columns = outputs.flatMap(({ name, anonymous, column }): readonly NamedColumn[] =>
    anonymous ? [] : [{ name, expr: columnRef(column) }],
  )
  return { names: { columns, relations: [] }, outer: scope }
}

function resolveOrder(context: Context, item: OrderItem, columns: readonly Expr[]): SortItem {
  checkNoLiteral(context, item)
  const expr = ordinal(context, item.expression, columns) ?? resolveExpression(context, item.expression)
  return sortItem(context, item, expr)
}

function checkWithoutFrom(context: Context, node: Select, orderBy: readonly OrderItem[]): void {
  if (node.quantifier === 'DISTINCT')
    throw problemAt(context, node, 'Query without FROM clause cannot use SELECT DISTINCT')
  if (node.groupBy !== undefined)
    throw problemAt(context, node.groupBy, 'Query without FROM clause cannot have a GROUP BY clause')
  const [window] = node.windows
  if (window !== undefined)
    throw problemAt(
      context,
      keywordBefore(context, window, /WINDOW\s*$/i),
      'Query without FROM clause cannot have a WINDOW clause',
    )
  const [item] = orderBy
  if (item !== undefined)
    throw problemAt(
      context,
      keywordBefore(context, item, ORDER_BY),
      'Query without FROM clause cannot have an ORDER BY clause',
    )
}

function checkItems(context: Context, node: Select, items: readonly ResolvedItem[]): void {
  if (node.quantifier === 'DISTINCT') {
    for (const item of items) {
      if (!groupable(item.expr.type)) {
        throw problemAt(
          context,
          item.node,
          `Column ${item.name} of type ${typeName(item.expr.type)} cannot be used in SELECT DISTINCT`,
        )
      }
    }
  }
  if (node.as === 'VALUE' && items.length !== 1) {
    const as = { start: node.start + context.source.text.slice(node.start).search(/\bAS\b/i), end: node.end }
    throw problemAt(context, as, 'SELECT AS VALUE query must have exactly one column')
  }
}

interface Distinct {
  readonly scan: Scan
  readonly columns: readonly OutputColumn[]
  readonly renamed: ReadonlyMap<number, Column>
}

function distinctOf(context: Context, node: Select, input: Scan, outputs: readonly OutputColumn[]): Distinct {
  if (outputs.length === 0) throw problemAt(context, node, 'SELECT DISTINCT needs a column')
  const renamed = new Map<number, Column>()
  const groups: Computed[] = []
  const columns = outputs.map((output): OutputColumn => {
    const column = newColumn(context, output.column.name, output.column.type)
    renamed.set(output.column.id, column)
    groups.push({ column, expr: columnRef(output.column) })
    return { ...output, column }
  })
  const scan: Scan = { kind: 'aggregate', input, groups, sets: undefined, aggregates: [], groupings: [] }
  return { scan, columns, renamed }
}

function visibleAfterDistinct(
  given: Built,
  renamed: ReadonlyMap<number, Column>,
  byKey: ReadonlyMap<string, Column>,
  item: SortItem,
  index: number,
): SortItem {
  const expr = rewriteExpr(item.expr, (part) => {
    const own = part.kind === 'column' ? renamed.get(part.column.id) : undefined
    // A path that is selected is found again, no other expression.
    const path = part.kind === 'column' || part.kind === 'field'
    const selected = own ?? (path ? renamed.get(byKey.get(exprKey(part))?.id ?? Number.NaN) : undefined)
    if (selected !== undefined) return columnRef(selected)
    if (part.kind !== 'column') return undefined
    throw problemAt(
      given.context,
      placeOf(part) ?? given.orderBy[index] ?? given.node,
      `ORDER BY clause expression references column ${part.column.name} which is not visible after SELECT DISTINCT`,
    )
  })
  return { ...item, expr }
}

/** SELECT AS STRUCT and AS VALUE make one value of each row. */
function asResult(
  context: Context,
  node: Select,
  scan: Scan,
  columns: readonly OutputColumn[],
): ResolvedQuery {
  if (node.as === undefined) return { scan, columns, isValue: false }
  if (node.as === 'VALUE') {
    return {
      scan,
      columns: columns.map((output) => ({ ...output, name: '', anonymous: true })),
      isValue: true,
    }
  }
  const fields = columns.map((output) => ({
    name: output.anonymous ? undefined : output.name,
    type: output.column.type,
  }))
  const column = newColumn(context, 'struct', { kind: 'STRUCT', fields })
  const expr: Expr = {
    kind: 'struct',
    type: { kind: 'STRUCT', fields },
    values: columns.map((o) => columnRef(o.column)),
  }
  return {
    scan: { kind: 'project', input: scan, computed: [{ column, expr }] },
    columns: [{ name: '', anonymous: true, column }],
    isValue: true,
  }
}
