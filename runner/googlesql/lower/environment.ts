import type { Column } from '../resolve/resolved.ts'
import { quoteIdentifier } from './identifier.ts'

/** What the lowering of one statement shares: what each column is called at this point, and the WITH queries met. */
export interface Environment {
  /** DuckDB SQL by column number. */
  readonly names: Map<number, string>
  /** Column numbers that some expression uses: no others are carried from step to step. */
  readonly used: ReadonlySet<number>
  /** WITH entries in the order in which they must stand. */
  readonly ctes: { readonly id: number; readonly sql: string; readonly recursive: boolean }[]
  readonly counter: { next: number }
  /** How many scalar and ARRAY subqueries are being lowered inside each other. */
  readonly nesting: { depth: number }
}

/** A table alias that nothing else in the statement has. */
export function newAlias(environment: Environment, prefix: string): string {
  environment.counter.next += 1
  return `${prefix}${environment.counter.next}`
}

/** The name that a computed column has in DuckDB: BigQuery's, with its number, so that no two are the same. */
export function columnName(column: Column): string {
  return quoteIdentifier(`${column.name}$${column.id}`)
}

/** DuckDB SQL of a column at this point. */
export function columnSql(environment: Environment, column: Column): string {
  const sql = environment.names.get(column.id)
  if (sql === undefined) throw new Error(`column ${column.name} (${column.id}) is not in reach`)
  return sql
}
