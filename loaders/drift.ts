import type { Kysely } from 'kysely'
import { Problem } from '../runner/problem.ts'
import type { StateTables } from '../runner/warehouse/state.ts'
import { parseAvroSchema } from './avro/schema.ts'
import { avroTypeText } from './avro/type-text.ts'
import { findEnvelope } from './datastream/envelope.ts'

/** A writer schema of a raw table, and how its payload differs from the one seen before it. */
export interface WriterSchema {
  /** `<database>_raw.<table>` */
  readonly rawTable: string
  /** `<database>.<table>` as the source calls it. */
  readonly source: string
  readonly fingerprint: string
  readonly firstFile: string
  readonly firstSeenAt: Date
  readonly format: 'avro' | 'json'
  /** Of the payload, in the writer's order. */
  readonly columns: readonly WriterColumn[]
  /** Nothing for a table's first schema. */
  readonly changes: readonly SchemaChange[]
}

export interface WriterColumn {
  readonly name: string
  /** As the writer has it: `int`, `decimal(10,2)`, `varchar(35)`; BigQuery's type for JSON lines, which have none. */
  readonly type: string
}

export interface SchemaChange {
  readonly kind: 'added' | 'dropped' | 'type' | 'case' | 'order'
  /** Empty for a new order of all. */
  readonly column: string
  readonly before: string | null
  readonly after: string | null
}

/**
 * Every writer schema that landed files had, by raw table in the order in which they were first seen.
 *
 * @param tables only these raw tables: `<database>_raw.<table>`, `<database>.<table>` of the source, or `<table>`
 * @throws Problem (exit code 2) if there is none of such a name
 */
export async function writerSchemas(
  state: Kysely<StateTables>,
  tables: readonly string[] = [],
): Promise<readonly WriterSchema[]> {
  const rows = await state
    .selectFrom('schemas')
    .selectAll()
    .orderBy('raw_table')
    .orderBy('first_seen_at')
    .orderBy('first_file')
    .execute()
  const names = (row: (typeof rows)[number]) => [
    row.raw_table,
    `${row.source_database}.${row.source_table}`,
    row.source_table,
  ]
  const unknown = tables.find((table) => !rows.some((row) => names(row).includes(table)))
  if (unknown !== undefined) {
    const known = [...new Set(rows.map((row) => row.raw_table))]
    throw new Problem(
      `no files of \`${unknown}\` have landed; files of these have: ${known.join(', ') || 'none'}`,
      { exitCode: 2 },
    )
  }
  const before = new Map<string, WriterSchema>()
  const beforeInFormat = new Map<string, WriterSchema>()
  return rows
    .filter((row) => tables.length === 0 || names(row).some((name) => tables.includes(name)))
    .map((row) => {
      const { format, columns } = readSchema(row.schema)
      const last = before.get(row.raw_table)
      // JSON lines have no types of their own to compare with Avro's, and leave out what has no value.
      const inFormat = beforeInFormat.get(`${format} ${row.raw_table}`)
      const compared = last === undefined ? [] : changesBetween(last.columns, columns, format === 'json')
      const types = changesBetween(inFormat?.columns ?? [], columns, true).filter(isType)
      const schema: WriterSchema = {
        rawTable: row.raw_table,
        source: `${row.source_database}.${row.source_table}`,
        fingerprint: row.fingerprint,
        firstFile: row.first_file,
        firstSeenAt: row.first_seen_at,
        format,
        columns,
        changes:
          last?.format === format ? compared : [...compared.filter((change) => !isType(change)), ...types],
      }
      before.set(row.raw_table, schema)
      beforeInFormat.set(`${format} ${row.raw_table}`, schema)
      return schema
    })
}

const isType = ({ kind }: SchemaChange) => kind === 'type'

function readSchema(text: string): Pick<WriterSchema, 'format' | 'columns'> {
  const json = JSON.parse(text) as { readonly json?: readonly WriterColumn[] }
  if (Array.isArray(json.json)) return { format: 'json', columns: json.json }
  const { payload } = findEnvelope(parseAvroSchema(text))
  return {
    format: 'avro',
    columns: payload.fields.map(({ name, type }) => ({ name, type: avroTypeText(type) })),
  }
}

/**
 * What the second has that the first has not, and the other way round. Names are the same whatever their case.
 *
 * @param sparse the second leaves out columns without a value: what it lacks is not dropped
 */
export function changesBetween(
  before: readonly WriterColumn[],
  after: readonly WriterColumn[],
  sparse = false,
): readonly SchemaChange[] {
  const byFolded = (columns: readonly WriterColumn[]) =>
    new Map(columns.map((column) => [column.name.toLowerCase(), column]))
  const [old, now] = [byFolded(before), byFolded(after)]
  const changes: SchemaChange[] = []
  for (const [folded, { name, type }] of now) {
    const other = old.get(folded)
    if (other === undefined) changes.push({ kind: 'added', column: name, before: null, after: type })
    else {
      if (other.type !== type) changes.push({ kind: 'type', column: name, before: other.type, after: type })
      if (other.name !== name) changes.push({ kind: 'case', column: name, before: other.name, after: name })
    }
  }
  if (sparse) return changes
  for (const [folded, { name, type }] of old) {
    if (!now.has(folded)) changes.push({ kind: 'dropped', column: name, before: type, after: null })
  }
  const common = (columns: Map<string, WriterColumn>, others: Map<string, WriterColumn>) =>
    [...columns.keys()].filter((folded) => others.has(folded)).join('\n')
  if (common(old, now) !== common(now, old)) {
    changes.push({ kind: 'order', column: '', before: null, after: null })
  }
  return changes
}
