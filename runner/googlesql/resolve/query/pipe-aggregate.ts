import type { PipeAggregate } from '../../parse/ast.ts'
import { usesAggregate } from '../call/uses-aggregate.ts'
import { type Aggregates, type Context, newColumn, problemAt } from '../context.ts'
import { derivedName } from '../expression/constructor.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { From } from '../from/from.ts'
import type { Column, Computed, Scan, SortItem } from '../resolved.ts'
import { columnRef, type NamedColumn } from '../scope.ts'
import { exprKey } from '../statement/key.ts'
import { afterGrouping, resolveGroupBy } from './group.ts'
import { inside } from './pipe.ts'
import { project } from './project.ts'

/** `|> AGGREGATE … GROUP BY …`: the groups' columns, then the aggregates'. */
export function resolvePipeAggregate(context: Context, from: From, node: PipeAggregate, start: number): From {
  if (node.items.length === 0 && node.groupBy === undefined) {
    const message = 'Pipe AGGREGATE cannot have both an empty aggregate list and an empty GROUP BY'
    throw problemAt(context, node, message)
  }
  const aggregates: Aggregates = { calls: [], keys: new Map() }
  const inner: Context = { ...inside(context, from, 'pipe AGGREGATE'), aggregates }
  const end = context.resolution.counter.next
  const items = node.items.map((item) => {
    const expr = resolveExpression(inner, item.expression)
    const grouping = item.expression.kind === 'call' && aggregates.grouping === true
    if (!usesAggregate(expr, aggregates.calls) && !grouping)
      throw problemAt(context, item, 'Pipe AGGREGATE cannot include non-aggregate expressions')
    return { item, expr }
  })
  const fromColumn = (id: number) => id >= start && id < end
  const none = () => false
  const grouping = resolveGroupBy({ ...inner, aggregates: undefined }, node.groupBy, [], {
    aggregate: none,
    window: none,
    fromColumn,
  })
  const after = afterGrouping(context, grouping, 'pipe', fromColumn)
  const computed = items.map(({ item, expr }): Computed => {
    const applied = after.apply(expr, 'AGGREGATE list', item.expression)
    return { column: newColumn(context, item.alias?.name ?? 'column', applied.type), expr: applied }
  })
  const scan: Scan = {
    kind: 'aggregate',
    input: from.scan,
    groups: grouping.groups,
    sets: grouping.sets,
    aggregates: aggregates.calls,
    groupings: after.groupings,
  }
  const groups = groupColumns(inner, node, grouping.byKey)
  const columns = [
    ...groups.map(({ named }) => named),
    ...items.map(({ item }, index): NamedColumn => {
      const column = computed[index]?.column
      const name = item.alias?.name ?? derivedName(item.expression, items[index]?.expr)
      const expr = column === undefined ? items[index]?.expr : columnRef(column)
      return {
        name: name ?? '',
        expr: expr ?? { kind: 'literal', type: { kind: 'INT64' }, value: null, from: 'value' },
        ...(name === undefined ? { anonymous: true } : {}),
      }
    }),
  ]
  const order = [
    ...groups.flatMap(({ sort }) => sort),
    ...items.flatMap(({ item }, index): readonly SortItem[] => {
      const column = computed[index]?.column
      return item.direction === undefined || column === undefined ? [] : [sorted(column, item)]
    }),
  ]
  const projected = project(scan, computed)
  return {
    scan: order.length === 0 ? projected : { kind: 'sort', input: projected, items: order },
    names: { columns, relations: [] },
  }
}

/** One named column a GROUP BY item, with its order if it asks for one. */
function groupColumns(
  context: Context,
  node: PipeAggregate,
  byKey: ReadonlyMap<string, Column>,
): readonly { readonly named: NamedColumn; readonly sort: readonly SortItem[] }[] {
  const plain: Context = { ...context, aggregates: undefined }
  return (node.groupBy?.items ?? []).flatMap((item) => {
    const expressions =
      item.kind === 'groupingExpression'
        ? [{ expression: item.expression, item }]
        : item.sets.flatMap((set) =>
            set.kind === 'groupingColumns'
              ? set.columns.map((expression) => ({ expression, item: undefined }))
              : [],
          )
    return expressions.flatMap(({ expression, item: written }) => {
      const resolved = resolveExpression(plain, expression)
      const column = byKey.get(exprKey(resolved))
      if (column === undefined) return []
      const name = written?.alias?.name ?? derivedName(expression, resolved)
      const named: NamedColumn = {
        name: name ?? '',
        expr: columnRef(column),
        ...(name === undefined ? { anonymous: true } : {}),
      }
      const ordered = node.groupBy?.andOrderBy === true || written?.direction !== undefined
      return [{ named, sort: ordered ? [sorted(column, written ?? {})] : [] }]
    })
  })
}

function sorted(
  column: Column,
  item: { readonly direction?: 'ASC' | 'DESC' | undefined; readonly nulls?: 'FIRST' | 'LAST' | undefined },
): SortItem {
  const descending = item.direction === 'DESC'
  return {
    expr: columnRef(column),
    descending,
    nullsFirst: item.nulls === undefined ? !descending : item.nulls === 'FIRST',
  }
}
