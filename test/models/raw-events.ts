import { sqlName } from '../../runner/googlesql/quote.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { project } from './model-project.ts'

/** A change event as it stands in a raw table; what is left out is NULL. */
export interface RawEvent {
  readonly uuid?: string | null
  /** Milliseconds since 1970. */
  readonly time?: number | null
  readonly readTime?: number | null
  readonly readMethod?: string | null
  readonly changeType?: string | null
  readonly isDeleted?: boolean | null
  readonly logFile?: string | null
  readonly logPosition?: number | bigint | null
  readonly binlogFile?: string | null
  readonly binlogPosition?: number | bigint | null
  readonly lsn?: string | null
  readonly scn?: number | bigint | null
  readonly rsId?: string | null
  readonly ssn?: number | null
  /** The change file that brings it; one for each landing if not given. */
  readonly file?: string
  /** The row, a text, number or null a column; null: a delete without payload. */
  readonly row: Readonly<Record<string, string | number | null>> | null
}

/** Columns of a payload with their BigQuery types. */
export type Payload = Readonly<Record<string, string>>

const metadataTypes = {
  database: 'STRING',
  schema: 'STRING',
  table: 'STRING',
  change_type: 'STRING',
  is_deleted: 'BOOL',
  primary_keys: 'ARRAY<STRING>',
  log_file: 'STRING',
  log_position: 'INT64',
  gtid: 'STRING',
  binlog_file: 'STRING',
  binlog_position: 'INT64',
  tx_id: 'STRING',
  lsn: 'STRING',
  scn: 'INT64',
  rs_id: 'STRING',
  ssn: 'INT64',
  row_id: 'STRING',
  physical_location: 'STRING',
  replication_index: 'ARRAY<STRING>',
  extra: 'JSON',
}

export const rawName = (table: string): string => sqlName(`${project}.shop_raw.${table}`)

const fields = (types: Readonly<Record<string, string>>): string =>
  Object.entries(types)
    .map(([field, type]) => `${sqlName(field)} ${type}`)
    .join(', ')

/** An empty raw table, as the loader makes it. */
export async function createRaw(warehouse: Warehouse, table: string, payload: Payload): Promise<void> {
  await warehouse.createDataset(project, 'shop_raw')
  await warehouse.createDataset(project, 'shop')
  await warehouse.execute(`CREATE OR REPLACE TABLE ${rawName(table)} (
    uuid STRING, read_timestamp TIMESTAMP, source_timestamp TIMESTAMP, object STRING, read_method STRING, stream_name STRING,
    schema_key STRING, sort_keys ARRAY<STRING>, source_metadata STRUCT<${fields(metadataTypes)}>,
    payload STRUCT<${fields(payload)}>, _file STRING, _row INT64, _loaded_at TIMESTAMP)`)
}

/** The instant of landing number `landing`: among the events' own times, so that mistaking one for the other shows. */
export const landedAt = (landing: number): number => Date.UTC(2024, 4, 1, 23) + landing * 60_000

/**
 * Adds events to a raw table in one landing.
 * @param landing its number: each is later than those before
 */
export async function land(
  warehouse: Warehouse,
  table: string,
  payload: Payload,
  landing: number,
  events: readonly RawEvent[],
): Promise<void> {
  if (events.length === 0) return
  const columns = Object.keys(payload)
  const types: Readonly<Record<string, string>> = {
    ...flatTypes,
    ...Object.fromEntries(columns.map((column, at) => [`c${at}`, payload[column] ?? 'STRING'])),
  }
  const read = Object.entries(types).map(
    ([field, type]) => `CAST(JSON_VALUE(event, '$.${field}') AS ${type}) AS ${field}`,
  )
  const metadata = Object.entries(metadataTypes).map(([field, type]) =>
    Object.hasOwn(flatTypes, field)
      ? field
      : type.startsWith('ARRAY')
        ? `CAST([] AS ${type}) AS ${field}`
        : `CAST(NULL AS ${type}) AS ${sqlName(field)}`,
  )
  // Columns by name: a raw table that gained some has them in another order.
  await warehouse.execute(
    `INSERT INTO ${rawName(table)} (${rawColumns.join(', ')})
SELECT uuid, TIMESTAMP_MICROS(read_us), TIMESTAMP_MICROS(source_us), 'object', read_method, 'stream', 'key', CAST([] AS ARRAY<STRING>),
  STRUCT(${metadata.join(', ')}), STRUCT(${columns.map((column, at) => `c${at} AS ${sqlName(column)}`).join(', ')}),
  file, row_number, TIMESTAMP_MILLIS(${landedAt(landing)})
FROM (SELECT ${read.join(', ')} FROM UNNEST(JSON_QUERY_ARRAY(@events)) AS event)`,
    {
      parameters: [
        {
          name: 'events',
          type: { kind: 'STRING' },
          value: JSON.stringify(events.map((event, at) => flattened(event, at, columns, `file ${landing}`))),
        },
      ],
    },
  )
}

const flatTypes = {
  uuid: 'STRING',
  read_us: 'INT64',
  source_us: 'INT64',
  read_method: 'STRING',
  change_type: 'STRING',
  is_deleted: 'BOOL',
  log_file: 'STRING',
  log_position: 'INT64',
  binlog_file: 'STRING',
  binlog_position: 'INT64',
  lsn: 'STRING',
  scn: 'INT64',
  rs_id: 'STRING',
  ssn: 'INT64',
  file: 'STRING',
  row_number: 'INT64',
}

const rawColumns = [
  'uuid',
  'read_timestamp',
  'source_timestamp',
  'object',
  'read_method',
  'stream_name',
  'schema_key',
  'sort_keys',
  'source_metadata',
  'payload',
  '_file',
  '_row',
  '_loaded_at',
]

const micros = (milliseconds: number | null | undefined) =>
  milliseconds === null || milliseconds === undefined ? null : Math.round(milliseconds * 1000)

/** An event as one flat JSON object, its payload's columns by their numbers. */
const flattened = (event: RawEvent, at: number, columns: readonly string[], file: string) => ({
  uuid: event.uuid,
  read_us: micros(event.readTime === undefined ? event.time : event.readTime),
  source_us: micros(event.time),
  read_method: event.readMethod,
  change_type: event.changeType,
  is_deleted: event.isDeleted,
  log_file: event.logFile,
  log_position: text(event.logPosition),
  binlog_file: event.binlogFile,
  binlog_position: text(event.binlogPosition),
  lsn: event.lsn,
  scn: text(event.scn),
  rs_id: event.rsId,
  ssn: event.ssn,
  file: event.file ?? file,
  row_number: at,
  ...Object.fromEntries(columns.map((column, number) => [`c${number}`, text(event.row?.[column])])),
})

const text = (value: string | number | bigint | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)
