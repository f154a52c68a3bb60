import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Problem } from '../../runner/problem.ts'
import type { StateTables } from '../../runner/warehouse/state.ts'
import type { SourceTable } from '../datastream/naming.ts'

/** SHA-256 of a schema's text, hex. */
export function fingerprintOf(schema: string): string {
  return createHash('sha256').update(schema).digest('hex')
}

interface SchemaOfFile {
  readonly rawTable: string
  readonly source: SourceTable
  readonly file: string
}

interface NewSchema extends SchemaOfFile {
  readonly fingerprint: string
  readonly schema: string
}

/** A column of JSON lines, whose type is what its values showed. */
interface JsonColumn {
  readonly name: string
  readonly type: string
}

type JsonColumns = ReadonlyMap<string, JsonColumn>

/** Every writer schema met so far, and which source table each raw table is of. */
export class SourceSchemas {
  private readonly known = new Map<
    string,
    { readonly source: SourceTable; readonly fingerprints: Set<string> }
  >()
  /** Of a raw table's JSON lines, all columns so far, by their names in lower case. */
  private readonly json = new Map<string, JsonColumns>()
  private fresh: { readonly schema: NewSchema; readonly jsonBefore: JsonColumns | undefined }[] = []

  static async read(state: Kysely<StateTables>): Promise<SourceSchemas> {
    const schemas = new SourceSchemas()
    const rows = await state
      .selectFrom('schemas')
      .select(['raw_table', 'fingerprint', 'source_database', 'source_table'])
      .execute()
    for (const row of rows) {
      schemas.add(row.raw_table, { database: row.source_database, table: row.source_table }, row.fingerprint)
    }
    const ofJson = await state
      .selectFrom('schemas')
      .select(['raw_table', 'schema'])
      .where('schema', 'like', '{"json":%')
      .orderBy('first_seen_at')
      .execute()
    for (const { raw_table: rawTable, schema } of ofJson) {
      const { json } = JSON.parse(schema) as { readonly json: readonly JsonColumn[] }
      schemas.json.set(rawTable, merged(schemas.json.get(rawTable) ?? new Map(), json))
    }
    return schemas
  }

  /**
   * Notes the columns of JSON lines. A file leaves out what has no value in it: its schema is all columns so far, and a
   * new one only if one of its own is new or of another type.
   *
   * @throws Problem as `note` does
   */
  noteJson(file: SchemaOfFile, columns: readonly JsonColumn[]): void {
    const before = this.json.get(file.rawTable)
    const now = merged(before ?? new Map(), columns)
    const schema = JSON.stringify({ json: [...now.values()] })
    this.note({ ...file, schema, fingerprint: fingerprintOf(schema) }, before)
    this.json.set(file.rawTable, now)
  }

  /** So many schemas are new. */
  get mark(): number {
    return this.fresh.length
  }

  /** Forgets what was noted since: of a file that does not land. */
  backTo(mark: number): void {
    for (const { schema, jsonBefore } of this.fresh.splice(mark).reverse()) {
      const { rawTable, fingerprint } = schema
      const known = this.known.get(rawTable)
      known?.fingerprints.delete(fingerprint)
      if (known?.fingerprints.size === 0) this.known.delete(rawTable)
      if (!isJson(schema)) continue
      if (jsonBefore === undefined) this.json.delete(rawTable)
      else this.json.set(rawTable, jsonBefore)
    }
  }

  /**
   * Notes a file's schema.
   *
   * @throws Problem if the raw table holds the rows of another source table (two names that BigQuery writes the same)
   */
  note(schema: NewSchema, jsonBefore?: JsonColumns): void {
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
    this.fresh.push({ schema, jsonBefore })
  }

  /** Stores what is new since the last call. */
  async store(state: Kysely<StateTables>, now: Date): Promise<void> {
    for (const { schema: each } of this.fresh) {
      const { rawTable, fingerprint, schema, source, file } = each
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

const isJson = ({ schema }: NewSchema): boolean => schema.startsWith('{"json":')

function merged(before: JsonColumns, columns: readonly JsonColumn[]): JsonColumns {
  const all = new Map(before)
  for (const { name, type } of columns) {
    const known = all.get(name.toLowerCase())
    all.set(name.toLowerCase(), { name: known?.name ?? name, type })
  }
  return all
}

function nameOf({ database, table }: SourceTable): string {
  return `\`${database}\`.\`${table}\``
}
