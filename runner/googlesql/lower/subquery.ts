import { Problem } from '../../problem.ts'
import { equal } from '../functions/comparison.ts'
import type { ResolvedQuery, SubqueryExpr } from '../resolve/resolved.ts'
import { physicalFieldNames, physicalType } from '../types/physical.ts'
import type { SqlType } from '../types/type.ts'
import { type Block, orderColumns, renderBlock, wrap } from './block.ts'
import { queryText } from './cte.ts'
import { columnName, type Environment, newAlias } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { quoteText } from './identifier.ts'
import { bindOuterColumns } from './outer-columns.ts'
import { lowerScan, selectOf } from './relation.ts'

/** `(SELECT …)` with one column: NULL without rows, an error with more than one. */
export function scalarQuery(environment: Environment, query: ResolvedQuery): string {
  const { scan } = query
  // Without FROM it is its expression: DuckDB takes twice as long for each level of such.
  if (scan.kind === 'project' && scan.input.kind === 'single') {
    const only = scan.computed.find(({ column }) => column === query.columns[0]?.column)
    if (only !== undefined) return lowerExpr(environment, only.expr)
  }
  return within(environment, () => nested(environment, () => `(${queryText(environment, query)})`))
}

/** DuckDB's planner takes four times as long for each such level: 11 are seconds, 20 would be days. */
const DEEPEST = 11

function nested(environment: Environment, lower: () => string): string {
  const { nesting } = environment
  if (nesting.depth >= DEEPEST)
    throw new Problem(`A scalar subquery inside ${DEEPEST} others is not supported locally`)
  nesting.depth += 1
  try {
    return lower()
  } finally {
    nesting.depth -= 1
  }
}

export function existsQuery(environment: Environment, query: ResolvedQuery): string {
  return within(environment, () => `EXISTS (${queryText(environment, query)})`)
}

/**
 * `x IN (SELECT …)`. DuckDB compares by identity, so that rows which equal nothing in BigQuery are left out.
 *
 * @param onlyTrue FALSE and NULL are the same where it stands, so that DuckDB can join by it
 */
export function inQuery(
  environment: Environment,
  operand: string,
  query: ResolvedQuery,
  onlyTrue: boolean,
): string {
  return within(environment, () => {
    const values = queryText(environment, query)
    const type = query.columns[0]?.column.type
    if (type === undefined || (type.kind !== 'FLOAT64' && type.kind !== 'STRUCT'))
      return `(${operand} IN (${values}))`
    const alias = newAlias(environment, 'l')
    const value = `${alias}.v`
    if (type.kind === 'FLOAT64' || onlyTrue) {
      const kept = onlyTrue ? equalsItself(value, type) : `${value} IS NULL OR ${equalsItself(value, type)}`
      return `(${operand} IN (SELECT ${value} FROM (${values}) AS ${alias}(v) WHERE ${kept}))`
    }
    // Structs with NULLs in them are unknown to be equal, which is neither: each pair is looked at.
    const [outer, pairs] = [newAlias(environment, 'l'), newAlias(environment, 'l')]
    const same = `SELECT ${equal(`${outer}.x`, value, type)} AS e FROM (SELECT ${operand} AS x) AS ${outer} CROSS JOIN (${values}) AS ${alias}(v)`
    return `(SELECT CASE WHEN bool_or(${pairs}.e) THEN true WHEN count(*) = count(${pairs}.e) THEN false END FROM (${same}) AS ${pairs})`
  })
}

/** TRUE of values that equal one like them: without NULL and NaN in them. */
function equalsItself(value: string, type: SqlType): string {
  if (type.kind === 'FLOAT64') return `NOT isnan(${value})`
  if (type.kind !== 'STRUCT') return `${value} IS NOT NULL`
  const names = physicalFieldNames(type)
  const fields = type.fields.map((field, index) =>
    equalsItself(`struct_extract(${value}, ${quoteText(names[index] ?? '')})`, field.type),
  )
  return [`${value} IS NOT NULL`, ...fields].join(' AND ')
}

/** `ARRAY(SELECT …)`: the elements in the query's order; without rows an empty array. */
export function arrayQuery(environment: Environment, expr: SubqueryExpr): string {
  return within(environment, () => nested(environment, () => arrayText(environment, expr)))
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
