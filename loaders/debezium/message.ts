import { isObject, type JsonObject } from '../datastream/json-event.ts'
import { type ConnectType, connectType } from './connect-type.ts'

/** A value of a topic, taken out of what writers put around it. */
export interface DebeziumMessage {
  /** null: a tombstone, which tells Kafka to forget the key and repeats a delete. */
  readonly envelope: JsonObject | null
  /** The types of `before` and `after`, where the message says them. */
  readonly schema: ConnectType | undefined
  /** The message's key, where the file has it. */
  readonly key: JsonObject | undefined
}

/**
 * Takes a Debezium message out of its wrappers, of which either may be missing: a sink's record (`key`, `value`, `offset`
 * …), and the JSON converter's `schema` and `payload`. undefined for what is no Debezium message.
 *
 * @see https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-change-events-value
 */
export function debeziumMessage(value: unknown): DebeziumMessage | undefined {
  if (value === null) return { envelope: null, schema: undefined, key: undefined }
  if (!isObject(value)) return undefined
  if (isSinkRecord(value)) {
    const inner = debeziumMessage(value['value'] ?? null)
    const key = unwrapped(value['key'])
    return inner === undefined ? undefined : { ...inner, key: isObject(key) ? key : undefined }
  }
  const envelope = unwrapped(value)
  if (envelope === null) return { envelope: null, schema: undefined, key: undefined }
  if (!isEnvelope(envelope)) return undefined
  const schema = envelope === value ? undefined : typeOf(value['schema'])
  return { envelope, schema, key: undefined }
}

const types = new WeakMap<object, ConnectType | undefined>()

/** Of lines that have one schema object, read once. */
function typeOf(schema: unknown): ConnectType | undefined {
  if (!isObject(schema)) return undefined
  if (!types.has(schema)) types.set(schema, connectType(schema))
  return types.get(schema)
}

/** A change, or a message that was written into the log (`m`), which has no table. */
function isEnvelope(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['op'] === 'string' && isObject(value['source'])
}

function isSinkRecord(value: JsonObject): boolean {
  if (!Object.hasOwn(value, 'value') || Object.hasOwn(value, 'op')) return false
  return ['key', 'offset', 'timestamp', 'headers'].some((name) => Object.hasOwn(value, name))
}

/** The converter's payload; anything else as it is. */
function unwrapped(value: unknown): unknown {
  if (!isObject(value)) return value
  const names = Object.keys(value)
  const isWrapped = names.length === 2 && names.includes('schema') && names.includes('payload')
  return isWrapped ? value['payload'] : value
}

/** What Debezium's events look like once its own transformation has taken the envelope away. */
export function isUnwrappedRow(value: unknown): boolean {
  const row = unwrapped(isObject(value) && isSinkRecord(value) ? value['value'] : value)
  return (
    isObject(row) && ['__op', '__deleted', '__source_lsn', '__lsn'].some((name) => Object.hasOwn(row, name))
  )
}

/** A message of an Avro file: its value as JSON, and the types that the writer's schema says. */
export class DebeziumRecord {
  readonly value: unknown
  readonly schema: ConnectType

  constructor(value: unknown, schema: ConnectType) {
    this.value = value
    this.schema = schema
  }

  /** As a dead letter has it. */
  toJSON(): unknown {
    return this.value
  }

  get message(): DebeziumMessage | undefined {
    const message = debeziumMessage(this.value)
    if (message === undefined) return undefined
    const field = this.schema.fields.find(({ name }) => name === 'value')
    const isRecord = !this.schema.fields.some(({ name }) => name === 'op')
    return { ...message, schema: isRecord && field !== undefined ? field.type : this.schema }
  }
}
