import { createHash } from 'node:crypto'
import { Problem } from '../../runner/problem.ts'
import { type AvroSchema, avroName } from '../avro/write.ts'
import type { Row, SourceTable } from './source.ts'

export type ReadMethod = 'mysql-backfill-fulldump' | 'mysql-cdc-binlog'
export type ChangeType = 'INSERT' | 'UPDATE-INSERT' | 'UPDATE-DELETE' | 'DELETE'

/** One change of one row, before it has been delivered. Times are milliseconds since 1970, UTC. */
export interface Change {
  readonly table: SourceTable
  readonly readMethod: ReadMethod
  readonly changeType: ChangeType
  readonly sourceTime: number
  readonly readTime: number
  /** Empty for a backfill. */
  readonly logFile: string
  readonly logPosition: number
  readonly row: Row
}

/** How a table's files are written. */
export interface FileSchema {
  /** `<database>_<table>`: the folder's name and the events' `object`. */
  readonly object: string
  readonly schemaKey: string
  readonly schema: AvroSchema
  /** The payload's field for each column: Avro allows fewer characters in a name than MySQL. */
  readonly fields: readonly { readonly field: string; readonly column: string }[]
}

const known = new WeakMap<SourceTable, FileSchema>()

/**
 * The writer schema of a table, field for field as in files that Datastream wrote for MySQL: the root record is named
 * after the object, every column may be null. How Datastream names a column that Avro's rules forbid was not seen;
 * here it is treated as the root record's name is.
 *
 * @throws Problem if two columns would get the same name
 */
export function fileSchema(table: SourceTable): FileSchema {
  const cached = known.get(table)
  if (cached !== undefined) return cached
  const object = `${table.database}_${table.table}`
  const fields = table.columns.map(({ name }) => ({ field: avroName(name), column: name }))
  const taken = new Map<string, string>()
  for (const { field, column } of fields) {
    const other = taken.get(field)
    if (other !== undefined)
      throw new Problem(
        `columns \`${other}\` and \`${column}\` of \`${table.database}.${table.table}\` both become \`${field}\` in Avro`,
        { hint: 'rename one of them in the dump' },
      )
    taken.set(field, column)
  }
  const payload = table.columns.map(({ type }, index) => ({
    name: fields[index]?.field,
    // A union cannot hold null twice: a column of an unsupported type is null and nothing else.
    type: isNull(type) ? type : ['null', type],
    default: null,
  }))
  const schemaKey = createHash('sha1')
    .update(JSON.stringify([object, payload]))
    .digest('hex')
  const made = { object, schemaKey, fields, schema: recordOf(object, payload) }
  known.set(table, made)
  return made
}

/** The event of a change, as `writeAvro` takes it. */
export function eventOf(change: Change, uuid: string, streamName: string): unknown {
  const { table, row } = change
  const { object, schemaKey, fields } = fileSchema(table)
  const payload: Record<string, unknown> = {}
  for (const { field, column } of fields) payload[field] = row[column] ?? null
  return {
    uuid,
    read_timestamp: change.readTime,
    source_timestamp: change.sourceTime,
    object,
    read_method: change.readMethod,
    stream_name: streamName,
    schema_key: schemaKey,
    sort_keys: [change.sourceTime, change.logFile, change.logPosition],
    source_metadata: {
      table: table.table,
      database: table.database,
      primary_keys: table.primaryKeys.toSorted(),
      log_file: change.logFile,
      log_position: change.logPosition,
      change_type: change.changeType,
      is_deleted: change.changeType === 'DELETE' || change.changeType === 'UPDATE-DELETE',
    },
    payload,
  }
}

function recordOf(object: string, payload: readonly unknown[]): AvroSchema {
  const millis = { type: 'long', logicalType: 'timestamp-millis' }
  const metadata = [
    { name: 'table', type: 'string' },
    { name: 'database', type: 'string' },
    { name: 'primary_keys', type: { type: 'array', items: 'string' } },
    { name: 'log_file', type: ['null', 'string'] },
    { name: 'log_position', type: ['null', 'long'] },
    { name: 'change_type', type: ['null', 'string'] },
    { name: 'is_deleted', type: ['null', 'boolean'] },
  ]
  return {
    type: 'record',
    name: avroName(object),
    fields: [
      { name: 'uuid', type: 'string' },
      { name: 'read_timestamp', type: millis },
      { name: 'source_timestamp', type: millis },
      { name: 'object', type: 'string' },
      { name: 'read_method', type: 'string' },
      { name: 'stream_name', type: 'string' },
      { name: 'schema_key', type: 'string' },
      { name: 'sort_keys', type: { type: 'array', items: ['string', 'long'] } },
      { name: 'source_metadata', type: { type: 'record', name: 'source_metadata', fields: metadata } },
      { name: 'payload', type: { type: 'record', name: 'payload', fields: payload } },
    ],
  }
}

const isNull = (type: AvroSchema): boolean =>
  typeof type === 'object' && !Array.isArray(type) && (type as { type?: unknown }).type === 'null'
