import { isObject, type JsonEvent, type JsonObject, translatedEvent } from '../datastream/json-event.ts'
import { type SourceTable, sourceTable } from '../datastream/naming.ts'
import { plainText } from '../datastream/raw-json.ts'
import { identityOf } from '../file/identity.ts'
import { RefusedEvent } from '../file/refused-event.ts'
import { sequenceOf } from './event.ts'
import type { DmsSettings } from './settings.ts'

/** A record of a task whose target is Kinesis or Kafka, delivered into files as JSON lines. */
export interface DmsMessage {
  readonly data: JsonObject
  readonly metadata: JsonObject
}

/** undefined for what is no such record. */
export function dmsMessage(value: unknown): DmsMessage | undefined {
  if (!isObject(value) || !isObject(value['metadata'])) return undefined
  const { metadata, data } = value
  return isObject(metadata) && typeof metadata['record-type'] === 'string'
    ? { metadata, data: isObject(data) ? data : {} }
    : undefined
}

/** What a full load's rows are called differs between versions. */
const changeTypes: Readonly<Record<string, string>> = {
  load: 'LOAD',
  read: 'LOAD',
  insert: 'INSERT',
  create: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
}

/** Control records that end rows without a record for each. */
const emptying = ['truncate-table', 'drop-table', 'TruncateTable', 'DropTable']

/**
 * The event of a record. No events for a control record that changes no row (a table was created, a column added).
 *
 * @throws RefusedEvent for one that empties a table, for an unknown operation, or a change without its sequence
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html
 */
export function dmsMessageEvents(
  { data, metadata }: DmsMessage,
  { sequenceColumn, timestampColumn }: DmsSettings,
): readonly JsonEvent[] {
  const operation = plainText(metadata['operation'])
  if (metadata['record-type'] === 'control' && !emptying.includes(operation)) return []
  const source = sourceTable({ schema: metadata['schema-name'], table: metadata['table-name'] })
  if (metadata['record-type'] === 'control') throw new RefusedEvent(emptied(operation, source), source)
  const type = Object.hasOwn(changeTypes, operation) ? changeTypes[operation] : undefined
  if (type === undefined)
    throw new RefusedEvent(`the operation is \`${operation}\`, not load, insert, update or delete`, source)
  const isBackfill = type === 'LOAD'
  if (!isBackfill && sequenceColumn === undefined) {
    throw new RefusedEvent(
      'nothing says the order of changes: add a column `$AR_H_CHANGE_SEQ` by a transformation rule, and name it in `stream: dms: sequence_column` of streamform.yaml',
      source,
    )
  }
  const own = [sequenceColumn, timestampColumn]
  const payload = Object.fromEntries(Object.entries(data).filter(([name]) => !own.includes(name)))
  const position =
    isBackfill || sequenceColumn === undefined
      ? {}
      : { lsn: sequenceOf(data[sequenceColumn], sequenceColumn, source) }
  const time = timestampColumn === undefined ? undefined : data[timestampColumn]
  const commit = metadata['commit-timestamp']
  const read = metadata['timestamp']
  return [
    translatedEvent(
      {
        uuid: identityOf([source, type, position, isBackfill ? read : null, payload]),
        source_timestamp: time ?? commit ?? (isBackfill ? read : null),
        read_timestamp: read,
        object: `${source.database}_${source.table}`,
        read_method: isBackfill ? 'dms-backfill' : 'dms-cdc',
      },
      {
        ...metadata,
        ...position,
        schema: source.database,
        table: source.table,
        change_type: isBackfill ? 'INSERT' : type,
        is_deleted: type === 'DELETE',
        ...(metadata['transaction-id'] === undefined ? {} : { tx_id: plainText(metadata['transaction-id']) }),
      },
      payload,
      undefined,
    ),
  ]
}

const emptied = (operation: string, { database, table }: SourceTable): string =>
  `\`${operation}\`: every row of \`${database}.${table}\` before this is gone, and nothing says so of each. Delete what landed ` +
  `before from \`${database}_raw.${table}\`, run its log, state and history with --full-refresh, and discard this letter`
