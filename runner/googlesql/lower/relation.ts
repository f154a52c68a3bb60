import { Problem } from '../../problem.ts'
import type {
  AggregateCall,
  AggregateScan,
  Column,
  CteScan,
  Expr,
  JoinScan,
  RowsScan,
  Scan,
  SetScan,
  SortItem,
  TableScan,
} from '../resolve/resolved.ts'
import { physicalType } from '../types/physical.ts'
import { lowerAggregate, lowerWindow } from './aggregate.ts'
import {
  type Block,
  EMPTY_BLOCK,
  isBare,
  type Ordering,
  type Pending,
  renderBlock,
  takesWhere,
  usedColumns,
  wrap,
} from './block.ts'
import { lowerCondition } from './condition.ts'
import { lowerCte } from './cte.ts'
import { columnName, columnSql, type Environment, newAlias } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { lowerFacts } from './facts.ts'
import { externalRows, physicalTable, quoteIdentifier } from './identifier.ts'
import { bindOuterColumns } from './outer-columns.ts'
import { lowerSort } from './sort.ts'
import { lowerUnnest } from './unnest.ts'
import { holdsSubquery, visitColumns } from './uses.ts'

/** A scan as a SELECT that later steps may still add to. */
export function lowerScan(environment: Environment, scan: Scan): Block {
  switch (scan.kind) {
    case 'single':
      return EMPTY_BLOCK
    case 'table':
      return lowerTable(environment, scan)
    case 'cte':
      return lowerCteScan(environment, scan)
    case 'facts':
      return lowerFacts(environment, scan)
    case 'rows':
      return lowerRows(environment, scan)
    case 'unnest':
      return lowerUnnest(environment, scan)
    case 'join':
      return lowerJoin(environment, scan)
    case 'set':
      return lowerSet(environment, scan)
    case 'query':
      return lowerScan(environment, scan.query.scan)
    case 'filter': {
      const input =
        scan.input.kind === 'facts'
          ? lowerFacts(environment, scan.input, scan.condition)
          : lowerScan(environment, scan.input)
      const block = takesWhere(input) ? input : wrap(environment, input)
      return { ...block, where: [...block.where, lowerCondition(environment, scan.condition)] }
    }
    case 'project':
      return lowerProject(environment, scan)
    case 'aggregate':
      return lowerAggregateScan(environment, scan)
    case 'window': {
      const input = lowerScan(environment, scan.input)
      const block = takesWhere(input) ? input : wrap(environment, input)
      const pending = scan.calls.map(
        (call): Pending => ({
          column: call.column,
          sql: lowerWindow(environment, call),
        }),
      )
      return { ...block, pending }
    }
    case 'sort':
      return lowerSortScan(environment, lowerScan(environment, scan.input), scan.items)
    case 'limit': {
      const input = lowerScan(environment, scan.input)
      const block = input.limit === undefined ? input : wrap(environment, input, true)
      const offset = scan.offset === undefined ? '' : ` OFFSET ${lowerExpr(environment, scan.offset)}`
      return { ...block, limit: `LIMIT ${lowerExpr(environment, scan.count)}${offset}` }
    }
  }
}

/** A block that a join may stand on. */
export function bare(environment: Environment, block: Block): Block & { readonly from: string } {
  const made = isBare(block) ? block : wrap(environment, block)
  return { ...made, from: made.from ?? '(SELECT 1)' }
}

function lowerTable(environment: Environment, scan: TableScan): Block {
  const { table } = scan
  const alias = newAlias(environment, 't')
  for (const column of scan.columns) {
    environment.names.set(column.id, `${alias}.${quoteIdentifier(column.name)}`)
  }
  if (scan.rowId !== undefined) environment.names.set(scan.rowId.id, `${alias}.rowid`)
  return {
    ...EMPTY_BLOCK,
    from: `${physicalTable(table.kind === 'EXTERNAL' ? externalRows(table.target) : table.target)} AS ${alias}`,
    visible: scan.rowId === undefined ? scan.columns : [...scan.columns, scan.rowId],
  }
}

function lowerCteScan(environment: Environment, scan: CteScan): Block {
  const source = lowerCte(environment, scan.cte)
  const alias = newAlias(environment, 'w')
  for (const [index, column] of scan.columns.entries()) {
    environment.names.set(column.id, `${alias}.${source.columns[index] ?? ''}`)
  }
  return { ...EMPTY_BLOCK, from: `${source.sql} AS ${alias}`, visible: scan.columns }
}

function lowerRows(environment: Environment, scan: RowsScan): Block {
  const alias = newAlias(environment, 'v')
  for (const column of scan.columns) environment.names.set(column.id, `${alias}.${columnName(column)}`)
  const names = scan.columns.map(columnName).join(', ')
  const nothing = scan.columns.map((column) => `CAST(NULL AS ${physicalType(column.type)})`)
  const rows = scan.rows.map((row) => `(${row.map((value) => lowerExpr(environment, value)).join(', ')})`)
  const source = rows.length === 0 ? `SELECT ${nothing.join(', ')} WHERE false` : `VALUES ${rows.join(', ')}`
  return { ...EMPTY_BLOCK, from: `(${source}) AS ${alias}(${names})`, visible: scan.columns }
}

function lowerJoin(environment: Environment, scan: JoinScan): Block {
  if (scan.type !== 'CROSS' && scan.type !== 'INNER' && holdsSubquery(scan.condition)) {
    return lowerLateralJoin(environment, scan)
  }
  const left = bare(environment, lowerScan(environment, scan.left))
  const right = bare(environment, lowerScan(environment, scan.right))
  const source = / JOIN /.test(right.from) && !right.from.startsWith('(') ? `(${right.from})` : right.from
  const visible = [...left.visible, ...right.visible]
  if (scan.type !== 'INNER' && reachesOut(scan.condition, visible)) return lowerLateralJoin(environment, scan)
  if (scan.type === 'CROSS') return { ...EMPTY_BLOCK, from: `${left.from} CROSS JOIN ${source}`, visible }
  const condition = scan.condition === undefined ? 'true' : lowerCondition(environment, scan.condition)
  return { ...EMPTY_BLOCK, from: `${left.from} ${scan.type} JOIN ${source} ON ${condition}`, visible }
}

/** Whether a condition asks for columns of a query around the join. */
function reachesOut(condition: Expr | undefined, visible: readonly Column[]): boolean {
  const own = new Set(visible.map(({ id }) => id))
  let out = false
  visitColumns(condition, (id) => {
    if (!own.has(id)) out = true
  })
  return out
}

/**
 * DuckDB has neither subqueries nor columns of a query around it in the condition of an outer join, but for each row of one
 * side it can look for those of the other.
 */
function lowerLateralJoin(environment: Environment, { type, left, right, condition }: JoinScan): Block {
  if (type === 'FULL' || condition === undefined) {
    throw new Problem(
      'FULL JOIN with a subquery, or a column of a query around it, in its condition is not supported locally',
    )
  }
  const kept = bare(environment, lowerScan(environment, type === 'LEFT' ? left : right))
  const sought = bare(environment, lowerScan(environment, type === 'LEFT' ? right : left))
  const outer = new Set(kept.visible.map((column) => columnSql(environment, column)))
  const found = wrap(environment, { ...sought, where: [lowerCondition(environment, condition)] })
  const source = bindOuterColumns(found.from ?? '', outer)
  return {
    ...EMPTY_BLOCK,
    from: `${kept.from} LEFT JOIN LATERAL ${source} ON true`,
    visible: [...kept.visible, ...found.visible],
  }
}

function lowerSet(environment: Environment, scan: SetScan): Block {
  const operator = scan.operator.replace(/ DISTINCT$/, '')
  const queries: string[] = []
  // Rows written out are one VALUES: DuckDB reads the parts of a UNION at once, and a list of them would have any order.
  let rows: string[] = []
  const flush = () => {
    if (rows.length > 0) queries.push(`(VALUES ${rows.join(', ')})`)
    rows = []
  }
  for (const input of scan.inputs) {
    const block = lowerScan(environment, input.scan)
    if (scan.operator === 'UNION ALL' && scan.inputs.length > 1 && isConstantRow(input)) {
      const pending = new Map(block.pending.map((item) => [item.column.id, item.sql]))
      rows.push(`(${input.columns.map(({ id }) => pending.get(id) ?? 'NULL').join(', ')})`)
      continue
    }
    flush()
    queries.push(`(${selectOf(environment, block, input.columns)})`)
  }
  flush()
  const alias = newAlias(environment, 's')
  for (const column of scan.columns) environment.names.set(column.id, `${alias}.${columnName(column)}`)
  const names = scan.columns.map(columnName).join(', ')
  return {
    ...EMPTY_BLOCK,
    from: `(${queries.join(` ${operator} `)}) AS ${alias}(${names})`,
    visible: scan.columns,
  }
}

/** A SELECT without FROM that needs no column from anywhere. */
function isConstantRow({ scan, columns }: SetScan['inputs'][number]): boolean {
  const own = new Set<number>()
  let constant = true
  let at = scan
  for (; at.kind === 'project'; at = at.input) {
    for (const { column } of at.computed) own.add(column.id)
    visitColumns(at.computed, () => {
      constant = false
    })
  }
  return constant && at.kind === 'single' && columns.every(({ id }) => own.has(id))
}

/** The text of a block that gives these columns, in their order, the same one as often as it is asked for. */
export function selectOf(environment: Environment, block: Block, columns: readonly Column[]): string {
  const ids = new Set(columns.map((column) => column.id))
  // GROUP BY goes by the select list's names: what is grouped by must be in it.
  const lacking = usedColumns(environment, block).some(
    (column) => block.group?.by?.includes(columnName(column)) === true && !ids.has(column.id),
  )
  const ready =
    lacking || (block.group !== undefined && columns.length === 0) ? wrap(environment, block, true) : block
  return renderBlock(environment, ready, columns)
}

function lowerProject(environment: Environment, scan: Extract<Scan, { kind: 'project' }>): Block {
  let block = lowerScan(environment, scan.input)
  const waiting = new Set(block.pending.map((item) => item.column.id))
  let dependent = block.limit !== undefined || block.group !== undefined
  for (const { expr } of scan.computed) {
    visitColumns(expr, (id) => {
      if (waiting.has(id)) dependent = true
    })
  }
  if (dependent) block = wrap(environment, block, true)
  const pending: Pending[] = [...block.pending]
  const visible = [...block.visible]
  for (const { column, expr } of scan.computed) {
    if (!environment.used.has(column.id)) continue
    const sql = lowerExpr(environment, expr)
    if (expr.kind === 'column') {
      environment.names.set(column.id, sql)
      visible.push(column)
    } else {
      pending.push({ column, sql })
    }
  }
  return { ...block, pending, visible }
}

function lowerAggregateScan(environment: Environment, scan: AggregateScan): Block {
  const input = lowerScan(environment, scan.input)
  const block = takesWhere(input) ? input : wrap(environment, input)
  const groups = scan.groups.map(
    (group): Pending => ({
      column: group.column,
      sql: lowerExpr(environment, group.expr),
    }),
  )
  const aggregates = scan.aggregates
    .filter((call: AggregateCall) => environment.used.has(call.column.id))
    .map((call): Pending => ({ column: call.column, sql: lowerAggregate(environment, call, block.visible) }))
  const groupings = scan.groupings.map(
    ({ column, group }): Pending => ({
      column,
      sql: `CAST(grouping(${groups[group]?.sql ?? ''}) AS BIGINT)`,
    }),
  )
  const names = scan.groups.map((group) => columnName(group.column))
  const by =
    scan.sets !== undefined
      ? `GROUPING SETS (${scan.sets.map((set) => `(${set.map((at) => names[at] ?? '').join(', ')})`).join(', ')})`
      : names.length === 0
        ? undefined
        : names.join(', ')
  const ofRowsOnly = scan.sets?.some((set) => set.length === 0) === true
  return { ...block, pending: [...groups, ...aggregates, ...groupings], group: { by, ofRowsOnly } }
}

function lowerSortScan(environment: Environment, given: Block, items: readonly SortItem[]): Block {
  let block = given
  if (block.limit !== undefined) block = wrap(environment, block)
  const waiting = new Set(block.pending.map((item) => item.column.id))
  const plain = (item: SortItem) => item.expr.kind === 'column' && item.expr.type.kind !== 'FLOAT64'
  const depends = items.some((item) => {
    if (plain(item)) return false
    let found = false
    visitColumns(item.expr, (id) => {
      if (waiting.has(id)) found = true
    })
    return found
  })
  if (depends || (block.group !== undefined && !items.every(plain))) block = wrap(environment, block)
  const pending = new Set(block.pending.map((item) => item.column.id))
  const order = items.flatMap((item): readonly Ordering[] => {
    if (item.expr.kind === 'column' && pending.has(item.expr.column.id)) {
      return [{ key: item.expr.column, direction: directionOf(item) }]
    }
    return lowerSort(lowerExpr(environment, item.expr), item)
  })
  return { ...block, order }
}

function directionOf(item: SortItem): string {
  return `${item.descending ? 'DESC' : 'ASC'} ${item.nullsFirst ? 'NULLS FIRST' : 'NULLS LAST'}`
}
