import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Problem } from '../runner/problem.ts'
import type { StateTables } from '../runner/warehouse/state.ts'
import type { SourceTable } from './datastream/naming.ts'

/** SHA-256 of a schema's text, hex. */
export function fingerprintOf(schema: string): string {
  return createHash('sha256').update(schema).digest('hex')
}

interface NewSchema {
  readonly rawTable: string
  readonly fingerprint: string
  readonly schema: string
  readonly source: SourceTable
  readonly file: string
}

/** Every writer schema met so far, and which source table each raw table is of. */
export class SourceSchemas {
  private readonly known = new Map<
    string,
    { readonly source: SourceTable; readonly fingerprints: Set<string> }
  >()
  private fresh: NewSchema[] = []

  static async read(state: Kysely<StateTables>): Promise<SourceSchemas> {
    const schemas = new SourceSchemas()
    const rows = await state
      .selectFrom('schemas')
      .select(['raw_table', 'fingerprint', 'source_database', 'source_table'])
      .execute()
    for (const row of rows) {
      schemas.add(row.raw_table, { database: row.source_database, table: row.source_table }, row.fingerprint)
    }
    return schemas
  }

  /**
   * Notes a file's schema.
   *
   * @throws Problem if the raw table holds the rows of another source table (two names that BigQuery writes the same)
   */
  note(schema: NewSchema): void {
    const { rawTable, fingerprint, source } = schema
    const known = this.known.get(rawTable)
    if (
      known !== undefined &&
      (known.source.database !== source.database || known.source.table !== source.table)
    ) {
      throw new Problem(
        `the source table ${nameOf(source)} and ${nameOf(known.source)}, which has landed, would share the raw table \`${rawTable}\``,
      )
    }
    if (known?.fingerprints.has(fingerprint) === true) return
    this.add(rawTable, source, fingerprint)
    this.fresh.push(schema)
  }

  /** Stores what is new since the last call. */
  async store(state: Kysely<StateTables>, now: Date): Promise<void> {
    for (const { rawTable, fingerprint, schema, source, file } of this.fresh) {
      await state
        .insertInto('schemas')
        .values({
          raw_table: rawTable,
          fingerprint,
          schema,
          source_database: source.database,
          source_table: source.table,
          first_file: file,
          first_seen_at: now,
        })
        .execute()
    }
    this.fresh = []
  }

  private add(rawTable: string, source: SourceTable, fingerprint: string): void {
    const known = this.known.get(rawTable)
    if (known === undefined) this.known.set(rawTable, { source, fingerprints: new Set([fingerprint]) })
    else known.fingerprints.add(fingerprint)
  }
}

function nameOf({ database, table }: SourceTable): string {
  return `\`${database}\`.\`${table}\``
}
