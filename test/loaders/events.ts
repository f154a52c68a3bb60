import { type AvroFileOptions, type AvroSchema, writeAvro } from '../../loaders/avro/write.ts'

/** A MySQL event's schema with these payload fields, as Datastream writes it. */
export function mysqlSchema(
  payload: readonly { readonly name: string; readonly type: unknown }[],
  object = 'shop_item',
): AvroSchema {
  const millis = { type: 'long', logicalType: 'timestamp-millis' }
  return {
    type: 'record',
    name: object,
    fields: [
      { name: 'uuid', type: 'string' },
      { name: 'read_timestamp', type: millis },
      { name: 'source_timestamp', type: millis },
      { name: 'object', type: 'string' },
      { name: 'read_method', type: 'string' },
      { name: 'stream_name', type: 'string' },
      { name: 'schema_key', type: 'string' },
      { name: 'sort_keys', type: { type: 'array', items: ['string', 'long'] } },
      {
        name: 'source_metadata',
        type: {
          type: 'record',
          name: 'source_metadata',
          fields: [
            { name: 'table', type: 'string' },
            { name: 'database', type: 'string' },
            { name: 'primary_keys', type: { type: 'array', items: 'string' } },
            { name: 'log_file', type: ['null', 'string'] },
            { name: 'log_position', type: ['null', 'long'] },
            { name: 'change_type', type: ['null', 'string'] },
            { name: 'is_deleted', type: ['null', 'boolean'] },
          ],
        },
      },
      {
        name: 'payload',
        type: {
          type: 'record',
          name: 'payload',
          fields: payload.map(({ name, type }) => ({ name, type: ['null', type], default: null })),
        },
      },
    ],
  }
}

export interface EventParts {
  readonly uuid?: string
  readonly time?: number
  readonly table?: string
  readonly database?: string
}

/** A MySQL event as `writeAvro` takes it. */
export function mysqlEvent(
  number: number,
  payload: Readonly<Record<string, unknown>>,
  parts: EventParts = {},
): unknown {
  const { database = 'shop', table = 'item', time = 1_717_200_000_000 + number * 1000 } = parts
  return {
    uuid: parts.uuid ?? `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
    read_timestamp: time + 250,
    source_timestamp: time,
    object: `${database}_${table}`,
    read_method: 'mysql-cdc-binlog',
    stream_name: 'projects/1/locations/europe-west4/streams/shop',
    schema_key: '0123456789abcdef0123456789abcdef01234567',
    sort_keys: [time, 'mysql-bin.000007', 1000 + number],
    source_metadata: {
      table,
      database,
      primary_keys: ['id'],
      log_file: 'mysql-bin.000007',
      log_position: 1000 + number,
      change_type: 'INSERT',
      is_deleted: false,
    },
    payload,
  }
}

/** A file of events with these payloads, numbered from `first`. */
export function mysqlFile(
  fields: readonly { readonly name: string; readonly type: unknown }[],
  payloads: readonly Readonly<Record<string, unknown>>[],
  options: AvroFileOptions & EventParts & { readonly first?: number } = {},
): Buffer {
  const events = payloads.map((payload, index) => mysqlEvent((options.first ?? 1) + index, payload, options))
  return writeAvro(mysqlSchema(fields), events, options)
}

/** The file's name within a minute folder. */
export function minutePath(minute: string, name: string, object = 'shop_item'): string {
  return `${object}/${minute}/${name}`
}
