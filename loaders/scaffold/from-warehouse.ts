import type { Value } from '../../runner/googlesql/result.ts'
import type { Target } from '../../runner/googlesql/target.ts'
import { typeName } from '../../runner/googlesql/types/print.ts'
import { nearest } from '../../runner/nearest.ts'
import { Problem } from '../../runner/problem.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { parseAvroSchema } from '../avro/schema.ts'
import { payloadFields } from '../datastream/columns.ts'
import { findEnvelope } from '../datastream/envelope.ts'
import { rawTableName, rawTarget, type SourceTable, sourceTable } from '../datastream/naming.ts'
import { chooseKey, mergeColumns, type ToldColumn, toldColumns } from './columns.ts'
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
  const [event, ...older] = await eventKinds(warehouse, target)
  if (event === undefined) throw await notLanded(warehouse, asked, target)
  const mysql = event.readMethod.startsWith('mysql')
  const told = new Map(
    (await schemaColumns(warehouse, target, mysql)).map((column) => [column.name.toLowerCase(), column]),
  )
  const columns = payloadFields(table.columns).map(({ name = '', type }): ToldColumn => {
    const column = told.get(name.toLowerCase())
    return column === undefined ? { name, type: typeName(type) } : { ...column, name }
  })
  const keys = [event, ...older].map((each) => each.key)
  return { ...namesOf(event.source), ...chooseKey(keys, columns), columns }
}

interface EventKind {
  readonly source: SourceTable
  readonly readMethod: string
  readonly key: readonly string[]
}

/** What the events of a table say of it, where they differ: the newest first. */
async function eventKinds(
  warehouse: Warehouse,
  { database, schema, name }: Target,
): Promise<readonly EventKind[]> {
  const { rows } = await warehouse.execute(`
SELECT
  source_metadata.\`database\` AS source_database,
  source_metadata.\`schema\` AS source_schema,
  source_metadata.\`table\` AS source_table,
  TO_JSON_STRING(source_metadata.primary_keys) AS primary_keys,
  TO_JSON_STRING(source_metadata.replication_index) AS replication_index,
  MAX(read_method) AS read_method,
  MAX(_loaded_at) AS loaded_at,
  MAX(source_timestamp) AS changed_at
FROM \`${database}\`.\`${schema}\`.\`${name}\`
GROUP BY source_database, source_schema, source_table, primary_keys, replication_index
ORDER BY loaded_at DESC, changed_at DESC, primary_keys`)
  return rows.map(([sourceDatabase, sourceSchema, table, primaryKeys, replicationIndex, readMethod]) => ({
    source: sourceTable({ database: sourceDatabase, schema: sourceSchema, table }),
    readMethod: String(readMethod),
    key: keyIn({ primary_keys: listOf(primaryKeys), replication_index: listOf(replicationIndex) }),
  }))
}

const listOf = (json: Value | undefined): unknown => (typeof json === 'string' ? JSON.parse(json) : null)

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
