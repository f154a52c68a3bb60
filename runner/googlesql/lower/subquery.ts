import type { ResolvedQuery, SubqueryExpr } from '../resolve/resolved.ts'
import { physicalType } from '../types/physical.ts'
import { type Block, orderColumns, renderBlock, wrap } from './block.ts'
import { queryText } from './cte.ts'
import { columnName, type Environment, newAlias } from './environment.ts'
import { bindOuterColumns } from './outer-columns.ts'
import { lowerScan, selectOf } from './relation.ts'

/** `(SELECT …)` with one column: NULL without rows, an error with more than one. */
export function scalarQuery(environment: Environment, query: ResolvedQuery): string {
  return within(environment, () => `(${queryText(environment, query)})`)
}

export function existsQuery(environment: Environment, query: ResolvedQuery): string {
  return within(environment, () => `EXISTS (${queryText(environment, query)})`)
}

export function inQuery(environment: Environment, operand: string, query: ResolvedQuery): string {
  const values = within(environment, () => queryText(environment, query))
  if (query.columns[0]?.column.type.kind !== 'FLOAT64') return `(${operand} IN (${values}))`
  // NaN equals nothing in BigQuery, itself in DuckDB.
  const alias = newAlias(environment, 'l')
  return `(${operand} IN (SELECT ${alias}.v FROM (${values}) AS ${alias}(v) WHERE ${alias}.v IS NULL OR NOT isnan(${alias}.v)))`
}

/** `ARRAY(SELECT …)`: the elements in the query's order; without rows an empty array. */
export function arrayQuery(environment: Environment, expr: SubqueryExpr): string {
  return within(environment, () => arrayText(environment, expr))
}

/** Lowers a subquery; the columns that are known before are those of the queries around it. */
function within(environment: Environment, lower: () => string): string {
  const outer = new Set(environment.names.values())
  return bindOuterColumns(lower(), outer)
}

function arrayText(environment: Environment, expr: SubqueryExpr): string {
  const [output] = expr.query.columns
  if (output === undefined) throw new Error('an array of no column')
  let block: Block = lowerScan(environment, expr.query.scan)
  if (block.group !== undefined && block.order.length > 0) block = wrap(environment, block, true)
  const keys = orderColumns(environment, block)
  const extended: Block = { ...block, pending: [...block.pending, ...keys.flatMap((key) => key.added)] }
  const columns = [
    output.column,
    ...keys.map((key) => key.column).filter((column) => column.id !== output.column.id),
  ]
  const source =
    keys.length === 0
      ? selectOf(environment, block, [output.column])
      : renderBlock(environment, extended, columns)
  const alias = newAlias(environment, 'l')
  const order = keys.map(({ column, direction }) => `${alias}.${columnName(column)} ${direction}`)
  const value = `${alias}.${columnName(output.column)}`
  const list = `list(${value}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`})`
  return `coalesce((SELECT ${list} FROM (${source}) AS ${alias}), CAST([] AS ${physicalType(expr.type)}))`
}
