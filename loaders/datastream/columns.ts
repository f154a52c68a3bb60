import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import type { RawColumn } from '../../runner/warehouse/landing.ts'

const STRING: SqlType = { kind: 'STRING' }
const INT64: SqlType = { kind: 'INT64' }
const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' }
const STRINGS: SqlType = { kind: 'ARRAY', element: STRING }

/** The event's own columns of every raw table, in order, before `source_metadata` and `payload`. */
export const eventColumns: readonly RawColumn[] = [
  { name: 'uuid', type: STRING },
  { name: 'read_timestamp', type: TIMESTAMP },
  { name: 'source_timestamp', type: TIMESTAMP },
  { name: 'object', type: STRING },
  { name: 'read_method', type: STRING },
  { name: 'stream_name', type: STRING },
  { name: 'schema_key', type: STRING },
  { name: 'sort_keys', type: STRINGS },
]

/** What an event mostly has in common with the one before: the decoder looks for the bytes of both. */
export const steadyFields: ReadonlySet<string> = new Set([
  ...['object', 'read_method', 'stream_name', 'schema_key'],
  ...['database', 'schema', 'table', 'change_type', 'is_deleted', 'primary_keys', 'log_file', 'binlog_file'],
])

/** Fields of `source_metadata`, of all sources together; what is not among them goes to `extra`. */
export const metadataFields: readonly (StructField & { readonly name: string })[] = [
  { name: 'database', type: STRING },
  { name: 'schema', type: STRING },
  { name: 'table', type: STRING },
  { name: 'change_type', type: STRING },
  { name: 'is_deleted', type: { kind: 'BOOL' } },
  { name: 'primary_keys', type: STRINGS },
  { name: 'log_file', type: STRING },
  { name: 'log_position', type: INT64 },
  { name: 'gtid', type: STRING },
  { name: 'binlog_file', type: STRING },
  { name: 'binlog_position', type: INT64 },
  { name: 'tx_id', type: STRING },
  { name: 'lsn', type: STRING },
  { name: 'scn', type: INT64 },
  { name: 'rs_id', type: STRING },
  { name: 'ssn', type: INT64 },
  { name: 'row_id', type: STRING },
  { name: 'physical_location', type: STRING },
  { name: 'replication_index', type: STRINGS },
  { name: 'extra', type: { kind: 'JSON' } },
]

/** The loader's own columns, after all others. */
export const loaderColumns: readonly RawColumn[] = [
  { name: '_file', type: STRING },
  { name: '_row', type: INT64 },
  { name: '_loaded_at', type: TIMESTAMP },
]

/** Names that other sources have for a field: MongoDB's and Salesforce's. */
export const metadataAliases: Readonly<Record<string, string>> = {
  primary_key: 'primary_keys',
  collection: 'table',
  object_name: 'table',
}

/** All columns of a raw table whose payload has these fields; no payload column while no field is known. */
export function rawColumns(payload: readonly StructField[]): readonly RawColumn[] {
  return [
    ...eventColumns,
    { name: 'source_metadata', type: { kind: 'STRUCT', fields: metadataFields } },
    ...(payload.length === 0
      ? []
      : [{ name: 'payload', type: { kind: 'STRUCT', fields: payload } } as const]),
    ...loaderColumns,
  ]
}

/** The payload's fields of a raw table. */
export function payloadFields(columns: readonly RawColumn[] | undefined): readonly StructField[] {
  const payload = columns?.find(({ name }) => name === 'payload')?.type
  return payload?.kind === 'STRUCT' ? payload.fields : []
}
