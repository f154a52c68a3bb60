import type { Expr, FactsScan } from '../resolve/resolved.ts'
import type { Value } from '../result.ts'
import { physicalType } from '../types/physical.ts'
import { type Block, EMPTY_BLOCK } from './block.ts'
import { columnName, type Environment, newAlias } from './environment.ts'
import { quoteText } from './identifier.ts'

/**
 * What the catalog knows, as a list a column that DuckDB reads from JSON: tens of thousands of rows as VALUES would take it
 * seconds. Rows that `condition` cannot be true of are left out beforehand; DuckDB applies it all the same.
 */
export function lowerFacts(environment: Environment, scan: FactsScan, condition?: Expr): Block {
  const alias = newAlias(environment, 'v')
  for (const column of scan.columns) environment.names.set(column.id, `${alias}.${columnName(column)}`)
  const visible = scan.columns.filter(({ id }) => environment.used.has(id))
  const wanted = condition === undefined ? [] : equalities(scan, condition)
  const rows = scan.rows().filter((row) => wanted.every(({ at, text }) => row[at] === text))
  const lists = visible.map((column) => {
    const at = scan.columns.indexOf(column)
    return `unnest(${listOf(rows, at, physicalType(column.type))}) AS ${columnName(column)}`
  })
  const source =
    lists.length > 0 ? `SELECT ${lists.join(', ')}` : `SELECT range AS no_column FROM range(${rows.length})`
  return { ...EMPTY_BLOCK, from: `(${source}) AS ${alias}`, visible }
}

function listOf(rows: readonly (readonly Value[])[], at: number, type: string): string {
  const values = rows.map((row) => {
    const value = row[at] ?? null
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  })
  return `from_json(${quoteText(`[${values.join(',')}]`)}, '["${type}"]')`
}

/** `table_name = 'city'` among conditions joined by AND. */
function equalities(
  scan: FactsScan,
  condition: Expr,
): readonly { readonly at: number; readonly text: string }[] {
  if (condition.kind !== 'call') return []
  const { entry, args } = condition
  if (entry.name === 'AND') return args.flatMap((arg) => (arg.kind === 'part' ? [] : equalities(scan, arg)))
  if (entry.name !== '=') return []
  const column = args.find((arg) => arg.kind === 'column')
  const literal = args.find((arg) => arg.kind === 'literal')
  const at = column === undefined ? -1 : scan.columns.findIndex(({ id }) => id === column.column.id)
  return at >= 0 && typeof literal?.value === 'string' ? [{ at, text: literal.value }] : []
}
