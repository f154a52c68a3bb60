import { typeName } from '../../runner/googlesql/types/print.ts'
import { nearest } from '../../runner/nearest.ts'
import { Problem } from '../../runner/problem.ts'
import type { Target, Value, Warehouse } from '../../runner/warehouse/warehouse.ts'
import { parseAvroSchema } from '../avro/schema.ts'
import { payloadFields } from '../datastream/columns.ts'
import { findEnvelope } from '../datastream/envelope.ts'
import { rawTableName, rawTarget, type SourceTable, sourceTable } from '../datastream/naming.ts'
import { keyColumns, mergeColumns, type ToldColumn, toldColumns } from './columns.ts'
import { keyIn, namesOf, type ToldTable } from './from-files.ts'

/**
 * Reads what the landed events of a table tell of it: the raw table's columns, the writer schemas that they came with,
 * and the key of the newest event that
 * names one.
 *
 * @throws Problem (exit code 2) if nothing has landed from such a table, with the nearest that there is
 */
export async function tableFromWarehouse(
  warehouse: Warehouse,
  defaultProject: string,
  asked: SourceTable,
): Promise<ToldTable> {
  const target = rawTarget(defaultProject, asked)
  const table = await warehouse.table(target)
  if (table === undefined) throw await notLanded(warehouse, asked, target)
  const event = await newestEvent(warehouse, target)
  if (event === undefined) throw await notLanded(warehouse, asked, target)
  const mysql = String(event['read_method']).startsWith('mysql')
  const told = new Map(
    (await schemaColumns(warehouse, target, mysql)).map((column) => [column.name.toLowerCase(), column]),
  )
  const columns = payloadFields(table.columns).map(({ name = '', type }): ToldColumn => {
    const column = told.get(name.toLowerCase())
    return column === undefined ? { name, type: typeName(type) } : { ...column, name }
  })
  return { ...namesOf(sourceTable(event)), key: keyColumns(keyIn(event), columns), columns }
}

const eventFields = ['database', 'schema', 'table', 'primary_keys', 'replication_index'] as const

async function newestEvent(
  warehouse: Warehouse,
  { database, schema, name }: Target,
): Promise<Readonly<Record<string, Value>> | undefined> {
  const fields = eventFields.map((field) => `source_metadata.\`${field}\``)
  const keys = ['primary_keys', 'replication_index'].map(
    (field) => `COALESCE(ARRAY_LENGTH(source_metadata.${field}), 0)`,
  )
  const { rows } = await warehouse.execute(`
SELECT read_method, ${fields.join(', ')}
FROM \`${database}\`.\`${schema}\`.\`${name}\`
ORDER BY ${keys.join(' + ')} = 0, _loaded_at DESC, _row DESC
LIMIT 1`)
  const [row] = rows
  if (row === undefined) return undefined
  return Object.fromEntries(
    ['read_method', ...eventFields].map((field, index) => [field, row[index] ?? null]),
  )
}

/** What the writer schemas tell; nothing of those that are no Avro schemas (JSON lines have none). */
async function schemaColumns(
  warehouse: Warehouse,
  target: Target,
  mysql: boolean,
): Promise<readonly ToldColumn[]> {
  const schemas = await warehouse.state
    .selectFrom('schemas')
    .select('schema')
    .where('raw_table', '=', rawTableName(target))
    .orderBy('first_seen_at')
    .orderBy('fingerprint')
    .execute()
  return mergeColumns(
    schemas.flatMap(({ schema }) => {
      try {
        return [toldColumns(findEnvelope(parseAvroSchema(schema)).payload, mysql)]
      } catch (error) {
        if (error instanceof Problem) return []
        throw error
      }
    }),
  )
}

async function notLanded(warehouse: Warehouse, asked: SourceTable, target: Target): Promise<Problem> {
  const landed = await warehouse.state
    .selectFrom('files')
    .select('raw_table')
    .distinct()
    .where('status', '=', 'landed')
    .execute()
  const names = landed
    .flatMap(({ raw_table }) => (raw_table === null ? [] : [raw_table.replace(/_raw\./, '.')]))
    .sort()
  const wanted = `${target.schema.replace(/_raw$/, '')}.${target.name}`
  const near = nearest(wanted, names)
  const there = names.length === 0 ? 'nothing has landed yet' : `landed are: ${names.slice(0, 20).join(', ')}`
  return new Problem(
    `no change file of \`${asked.database}.${asked.table}\` has landed; ${near === undefined ? there : `did you mean \`${near}\`?`}`,
    { exitCode: 2, hint: 'land its files first (`streamform land`), or read a change file: --from FILE' },
  )
}
