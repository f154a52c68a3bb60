import { Misfit } from '../avro/compile-decoder.ts'
import { isObject, type JsonEvent, type JsonObject, translatedEvent } from '../datastream/json-event.ts'
import { type SourceTable, sourceTable } from '../datastream/naming.ts'
import type { PayloadField } from '../datastream/payload-plan.ts'
import { JsonNumber, plainText } from '../datastream/raw-json.ts'
import { datetimeText } from '../datastream/text-of.ts'
import { identityOf } from '../file/identity.ts'
import { RefusedEvent } from '../file/refused-event.ts'
import { type ConnectColumn, connectColumn } from './connect-column.ts'
import type { ConnectType } from './connect-type.ts'
import type { DebeziumMessage } from './message.ts'
import { positionOf } from './position.ts'

const changeTypes: Readonly<Record<string, string>> = { c: 'INSERT', r: 'INSERT', u: 'UPDATE', d: 'DELETE' }

/**
 * The change event of a Debezium message, in the shape that Datastream's have. undefined for a message that changes no
 * row: a tombstone, or one that was written into PostgreSQL's log by hand.
 *
 * @param isUnavailable see `unavailableValues`
 * @throws RefusedEvent for a change that cannot be told rightly: a truncate, a value that the log did not hold, a delete
 *   that does not say of which row, a connector whose positions are not known
 */
export function debeziumEvent(
  { envelope, schema, key }: DebeziumMessage,
  isUnavailable: (value: unknown) => boolean,
): JsonEvent | undefined {
  if (envelope === null || envelope['op'] === 'm') return undefined
  const source = envelope['source'] as JsonObject
  const table = sourceOf(source)
  const { op } = envelope
  if (op === 't') throw new RefusedEvent(truncated(table, timeOf(source)), table)
  const changeType = typeof op === 'string' && Object.hasOwn(changeTypes, op) ? changeTypes[op] : undefined
  if (changeType === undefined)
    throw new RefusedEvent(`\`op\` is ${JSON.stringify(op)}, not c, r, u, d or t`, table)
  const isBackfill = op === 'r' || (op === 'c' && isInitial(source['snapshot']))
  const position = positionOf(source, envelope['transaction'])
  if (position === 'unknown connector') {
    throw new RefusedEvent(
      `the order of \`${plainText(source['connector'])}\`'s changes is not known; known are postgresql, mysql, mariadb, sqlserver and oracle`,
      table,
    )
  }
  if (position === undefined && !isBackfill)
    throw new RefusedEvent('`source` does not say where in its log the change stands', table)
  const row = rowOf(envelope, key, table)
  const deletes = op === 'd'
  const filled = deletes
    ? withoutUnavailable(row, isUnavailable)
    : availableRow(row, envelope, isUnavailable, table)
  const { payload, columns } = typedRow(filled, schema, plainText(source['connector']), table)
  return translatedEvent(
    {
      uuid: identityOf(identityParts(source, plainText(op), position, key ?? payload, isBackfill)),
      source_timestamp: timeOf(source) ?? timeOf(envelope),
      read_timestamp: timeOf(envelope),
      object: `${table.database}_${table.table}`,
      read_method: `${plainText(source['connector'])}-${isBackfill ? 'backfill' : 'cdc'}-debezium`,
      stream_name: source['name'],
    },
    {
      ...rest(source),
      ...position,
      database: source['db'],
      ...(typeof source['schema'] === 'string' ? { schema: source['schema'] } : {}),
      table: table.table,
      change_type: changeType,
      is_deleted: deletes,
      ...(key === undefined ? {} : { primary_keys: Object.keys(key) }),
      ...(source['txId'] === undefined || source['txId'] === null
        ? {}
        : { tx_id: plainText(source['txId']) }),
    },
    payload,
    columns,
  )
}

/** The table that a message is of: PostgreSQL's schemas are what MySQL's databases are. @throws Problem if it names none */
const sourceOf = ({ schema, db, table }: JsonObject): SourceTable =>
  sourceTable({ schema, database: db, table })

const truncated = ({ database, table }: SourceTable, time: unknown): string =>
  `\`${database}.${table}\` was truncated: every row before this is gone, and nothing says so of each. Delete what landed of it ` +
  `(DELETE FROM \`${database}_raw.${table}\` WHERE source_timestamp < TIMESTAMP '${plainText(time)}'), run its log, state and ` +
  'history with --full-refresh, and discard this letter'

/** Old connectors wrote the rows of a first snapshot as `c`. A change during an incremental one is a change. */
const isInitial = (snapshot: unknown): boolean =>
  snapshot === true || (typeof snapshot === 'string' && /^(true|first|last|first_in|last_in)/.test(snapshot))

function rowOf(
  { op, before, after }: JsonObject,
  key: JsonObject | undefined,
  table: SourceTable,
): JsonObject {
  const row = op === 'd' ? (before ?? key) : after
  if (isObject(row)) return row
  throw new RefusedEvent(
    op === 'd'
      ? 'a delete that does not say of which row: `before` is empty. Set REPLICA IDENTITY of the table to DEFAULT or FULL'
      : `\`after\` is ${row === null || row === undefined ? 'empty' : 'no object'} in a change with \`op\` ${JSON.stringify(op)}`,
    table,
  )
}

/** Of a deleted row its key counts. */
function withoutUnavailable(row: JsonObject, isUnavailable: (value: unknown) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !isUnavailable(value)))
}

/** The row with what `before` tells of values that did not change; the placeholder never becomes a value. */
function availableRow(
  row: JsonObject,
  { before }: JsonObject,
  isUnavailable: (value: unknown) => boolean,
  table: SourceTable,
): JsonObject {
  if (!Object.values(row).some(isUnavailable)) return row
  const old = isObject(before) ? before : {}
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (!isUnavailable(value)) return [name, value]
      const known = old[name] ?? null
      if (known !== null && !isUnavailable(known)) return [name, known]
      throw new RefusedEvent(
        'the value did not change and is not in the source’s log (a large value that is stored apart): the row is not known. ' +
          `At the source, ALTER TABLE ${table.database}.${table.table} REPLICA IDENTITY FULL, then repair with an incremental snapshot`,
        table,
        `payload.${name}`,
      )
    }),
  )
}

interface TypedRow {
  readonly payload: JsonObject
  /** undefined: the message does not say its columns' types. */
  readonly columns: readonly PayloadField[] | undefined
}

function typedRow(
  row: JsonObject,
  schema: ConnectType | undefined,
  connector: string,
  table: SourceTable,
): TypedRow {
  const columns = schema === undefined ? undefined : columnsOf(schema, connector)
  if (columns === undefined) return { payload: row, columns: undefined }
  const payload: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    const column = columns.byName.get(name)
    try {
      payload[name] = value === null ? null : (column?.read(value) ?? value)
    } catch (error) {
      throw error instanceof Misfit ? new RefusedEvent(error.message, table, `payload.${name}`) : error
    }
  }
  return { payload, columns: columns.fields }
}

interface Columns {
  readonly fields: readonly PayloadField[]
  readonly byName: ReadonlyMap<string, ConnectColumn>
}

/** By the schema, of which messages of one file mostly have the same. */
const known = new WeakMap<ConnectType, Map<string, Columns | undefined>>()

function columnsOf(schema: ConnectType, connector: string): Columns | undefined {
  const byConnector = known.get(schema) ?? new Map<string, Columns | undefined>()
  known.set(schema, byConnector)
  if (!byConnector.has(connector)) byConnector.set(connector, readColumns(schema, connector))
  return byConnector.get(connector)
}

/** Of `after`, or of `before`. */
function readColumns(schema: ConnectType, connector: string): Columns | undefined {
  const field = (name: string) => schema.fields.find((candidate) => candidate.name === name)?.type
  const row = [field('after'), field('before')].find((type) => type?.type === 'struct')
  if (row === undefined) return undefined
  const found = row.fields.map(({ name, type }) => [name, connectColumn(type, connector)] as const)
  return { fields: found.map(([name, { type }]) => ({ name, type })), byName: new Map(found) }
}

/**
 * What a second delivery of a message repeats, and no other message has. MySQL numbers the rows of a record; elsewhere
 * rows of one record differ by their key, or else by what they hold. A snapshot's row is that of its own reading.
 */
function identityParts(
  source: JsonObject,
  op: string,
  position: Readonly<Record<string, unknown>> | undefined,
  row: JsonObject,
  isBackfill: boolean,
): readonly unknown[] {
  const { connector, name, db, schema, table } = source
  const place = [connector, name, db, schema, table, op, position]
  return isBackfill ? [...place, timeOf(source), source['txId'], row] : [...place, row]
}

/** Microseconds where the message has them (Debezium 2.6 and later). What is no time of this world is left as it is. */
function timeOf({ ts_us: micros, ts_ms: millis }: JsonObject): unknown {
  const whole = wholeOf(micros) ?? scaled(millis, 1000n)
  // Old MySQL connectors write 0 for the rows of a snapshot.
  if (whole === 0n) return undefined
  if (whole === undefined || whole < 0n || whole > 253_402_300_799_999_999n) return millis
  return `${datetimeText(whole)}Z`
}

function wholeOf(value: unknown): bigint | undefined {
  const digits = value instanceof JsonNumber ? value.text : value
  return (typeof digits === 'number' && Number.isSafeInteger(digits)) ||
    (typeof digits === 'string' && /^-?\d{1,18}$/.test(digits))
    ? BigInt(digits)
    : undefined
}

function scaled(value: unknown, by: bigint): bigint | undefined {
  const whole = wholeOf(value)
  return whole === undefined ? undefined : whole * by
}

/** What else `source` says, for `extra`. */
function rest(source: JsonObject): JsonObject {
  const told = ['db', 'schema', 'table', 'name', 'txId', 'file', 'pos', 'row', 'lsn', 'change_lsn', 'scn']
  const others = Object.entries(source).filter(([name, value]) => !told.includes(name) && value !== null)
  return Object.fromEntries(others)
}
