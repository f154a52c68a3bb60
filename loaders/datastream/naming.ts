import type { Target } from '../../runner/googlesql/target.ts'
import { Problem } from '../../runner/problem.ts'

/** What `source_metadata` says of where a row comes from. */
export interface SourceTable {
  /** MySQL's database; the schema of the others; `domain` of Salesforce. */
  readonly database: string
  readonly table: string
}

/** Under which names of `source_metadata` a source's database and table stand, best first. */
const databaseFields = ['schema', 'database', 'domain', 'database_id'] as const
const tableFields = ['table', 'collection', 'object_name'] as const

/**
 * The source table of an event, by its metadata alone: the object's name joins both with `_`, which either may hold.
 *
 * @throws Problem if the metadata names no table or no database
 */
export function sourceTable(metadata: Readonly<Record<string, unknown>>): SourceTable {
  const find = (names: readonly string[]) =>
    names
      .map((name) => metadata[name])
      .find((value): value is string => typeof value === 'string' && value !== '')
  const database = find(databaseFields)
  const table = find(tableFields)
  if (table === undefined) throw new Problem(`source_metadata names no table (${tableFields.join(', ')})`)
  if (database === undefined)
    throw new Problem(`source_metadata names no database (${databaseFields.join(', ')})`)
  for (const name of [database, table]) {
    if (!name.isWellFormed()) throw new Problem('source_metadata has a name that holds half of a character')
  }
  return { database, table }
}

/**
 * The raw table of a source table: `<database>_raw.<table>`. What BigQuery allows in no name becomes `_`: in a dataset
 * all but ASCII letters, digits and `_`; in a table all but letters, marks, digits, connectors, dashes and spaces.
 *
 * @example rawTarget('p', { database: 'ea-main', table: 'inventory.voters' }) // p.ea_main_raw.inventory_voters
 */
export function rawTarget(project: string, { database, table }: SourceTable): Target {
  return {
    database: project,
    schema: `${database.replace(/[^A-Za-z0-9_]/gu, '_')}_raw`,
    name: table.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]/gu, '_'),
  }
}

/** As the ledger has it: `world_x_raw.city`. */
export function rawTableName({ schema, name }: Target): string {
  return `${schema}.${name}`
}
