import type { Column } from '../resolve/resolved.ts'
import { columnName, columnSql, type Environment, newAlias } from './environment.ts'

/** One SELECT of DuckDB under construction: steps are merged into it as long as their order allows. */
export interface Block {
  /** After FROM; undefined without. */
  readonly from: string | undefined
  readonly where: readonly string[]
  /** Columns that FROM gives: `environment.names` says how they are written. */
  readonly visible: readonly Column[]
  /** Columns that the select list computes: not to be used in the same SELECT again. */
  readonly pending: readonly Pending[]
  readonly group: Grouped | undefined
  readonly order: readonly Ordering[]
  readonly limit: string | undefined
}

export interface Pending {
  readonly column: Column
  readonly sql: string
}

export interface Grouped {
  /** The text after GROUP BY; undefined: all rows are one group. */
  readonly by: string | undefined
  /** One of the grouping sets is empty: without rows there is no group of it either. */
  readonly ofRowsOnly?: boolean
}

/** One ORDER BY item: a column of the select list, or SQL over FROM. */
export interface Ordering {
  readonly key: Column | string
  /** `DESC NULLS LAST`. */
  readonly direction: string
}

export const EMPTY_BLOCK: Block = {
  from: undefined,
  where: [],
  visible: [],
  pending: [],
  group: undefined,
  order: [],
  limit: undefined,
}

/** True if nothing but FROM is there: a join may take it as it is. */
export function isBare(block: Block): boolean {
  return block.from !== undefined && block.where.length === 0 && takesWhere(block)
}

/** True if a WHERE may still be added. */
export function takesWhere(block: Block): boolean {
  return (
    block.pending.length === 0 &&
    block.group === undefined &&
    block.order.length === 0 &&
    block.limit === undefined
  )
}

/** The SELECT's text, giving `columns` in their order under the names that `columnName` says. */
export function renderBlock(environment: Environment, block: Block, columns: readonly Column[]): string {
  const pending = new Map(block.pending.map((item) => [item.column.id, item.sql]))
  const shown = new Set(columns.map((column) => column.id))
  const items = columns.map((column) => {
    const sql = pending.get(column.id) ?? columnSql(environment, column)
    return `${sql} AS ${columnName(column)}`
  })
  return renderItems(block, items, (column) =>
    shown.has(column.id) ? columnName(column) : (pending.get(column.id) ?? columnSql(environment, column)),
  )
}

function renderItems(block: Block, items: readonly string[], orderKey: (column: Column) => string): string {
  const empty =
    block.group !== undefined && block.group.by === undefined ? 'count(*) AS "rows"' : '1 AS "one"'
  const parts = [`SELECT ${items.length === 0 ? empty : items.join(', ')}`]
  if (block.from !== undefined) parts.push(`FROM ${block.from}`)
  if (block.where.length > 0) parts.push(`WHERE ${block.where.join(' AND ')}`)
  if (block.group?.by !== undefined) parts.push(`GROUP BY ${block.group.by}`)
  if (block.group?.ofRowsOnly === true) parts.push('HAVING count(*) > 0')
  if (block.order.length > 0) {
    const order = block.order.map(
      ({ key, direction }) => `${typeof key === 'string' ? key : orderKey(key)} ${direction}`,
    )
    parts.push(`ORDER BY ${order.join(', ')}`)
  }
  if (block.limit !== undefined) parts.push(block.limit)
  return parts.join(' ')
}

/** All columns that a block has and something uses, computed ones included. */
export function usedColumns(environment: Environment, block: Block): readonly Column[] {
  const own = block.group === undefined ? block.visible : []
  const seen = new Set<number>()
  return [...own, ...block.pending.map((item) => item.column)].filter((column) => {
    if (seen.has(column.id)) return false
    seen.add(column.id)
    return environment.used.has(column.id) || isGroup(block, column)
  })
}

/** Columns that GROUP BY names must be in the select list. */
function isGroup(block: Block, column: Column): boolean {
  return block.group?.by?.includes(columnName(column)) === true
}

/** The block as a subquery of a new one, so that what it computes can be used. Its order stays if asked for. */
export function wrap(environment: Environment, block: Block, keepOrder = false): Block {
  const used = usedColumns(environment, block)
  const keys = keepOrder ? orderColumns(environment, block) : []
  const extended: Block = { ...block, pending: [...block.pending, ...keys.flatMap((key) => key.added)] }
  const columns = [...used, ...keys.map((key) => key.column).filter((column) => !used.includes(column))]
  const sql = renderBlock(environment, extended, columns)
  const alias = newAlias(environment, 'q')
  for (const column of columns) environment.names.set(column.id, `${alias}.${columnName(column)}`)
  return {
    ...EMPTY_BLOCK,
    from: `(${sql}) AS ${alias}`,
    visible: columns,
    order: keys.map(({ column, direction }) => ({ key: columnSql(environment, column), direction })),
  }
}

/** A column of the select list for each ORDER BY item. */
export function orderColumns(
  environment: Environment,
  block: Block,
): readonly { readonly column: Column; readonly direction: string; readonly added: readonly Pending[] }[] {
  return block.order.map(({ key, direction }) => {
    if (typeof key !== 'string') return { column: key, direction, added: [] }
    environment.counter.next += 1
    const column: Column = { id: -environment.counter.next, name: 'key', type: { kind: 'INT64' } }
    return { column, direction, added: [{ column, sql: key }] }
  })
}
