import type { AvroType } from '../avro/schema.ts'
import { isObject } from '../datastream/json-event.ts'

/**
 * A type of Kafka Connect, which says what a value means beside how it is written.
 *
 * @see https://kafka.apache.org/documentation/#connect_schemas
 */
export interface ConnectType {
  /** `int8` … `int64`, `float32`, `float64`, `boolean`, `string`, `bytes`, `array`, `map`, `struct`. */
  readonly type: string
  /** The meaning: `io.debezium.time.Date`, `org.apache.kafka.connect.data.Decimal` …; empty for none. */
  readonly name: string
  readonly scale?: number
  readonly precision?: number
  /** True where the value is the text of what the meaning says already (of Avro's own logical types). */
  readonly isText?: boolean
  /** Of a struct. */
  readonly fields: readonly ConnectField[]
}

export interface ConnectField {
  readonly name: string
  readonly type: ConnectType
}

/** The schema that the JSON converter writes beside a payload; undefined if it is none. */
export function connectType(schema: unknown): ConnectType | undefined {
  if (!isObject(schema) || typeof schema['type'] !== 'string') return undefined
  const { type, name, parameters, fields } = schema
  const parameter = (key: string) => (isObject(parameters) ? wholeNumber(parameters[key]) : {})
  return {
    type,
    name: typeof name === 'string' ? name : '',
    ...renamed(parameter('scale'), 'scale'),
    ...renamed(parameter('connect.decimal.precision'), 'precision'),
    fields: Array.isArray(fields) ? fields.flatMap(connectField) : [],
  }
}

function connectField(field: unknown): ConnectField[] {
  const type = connectType(field)
  if (type === undefined || !isObject(field) || typeof field['field'] !== 'string') return []
  return [{ name: field['field'], type }]
}

function wholeNumber(value: unknown): { readonly value?: number } {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? { value: number } : {}
}

function renamed<K extends string>(
  { value }: { readonly value?: number },
  key: K,
): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, number>)
}

const connectData = 'org.apache.kafka.connect.data'

/** Avro's logical types and the meanings that they are in Connect. */
const avroMeanings: Readonly<Record<string, string>> = {
  decimal: `${connectData}.Decimal`,
  date: `${connectData}.Date`,
  'time-millis': `${connectData}.Time`,
  'time-micros': 'io.debezium.time.MicroTime',
  'timestamp-millis': `${connectData}.Timestamp`,
  'timestamp-micros': 'io.debezium.time.MicroTimestamp',
}

const avroKinds: Readonly<Record<string, string>> = {
  int: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  fixed: 'bytes',
  enum: 'string',
  record: 'struct',
}

/** A writer's Avro type as Connect's: a union with null is its other branch. */
export function connectTypeOfAvro(type: AvroType): ConnectType {
  if (type.kind === 'union') {
    const [only, ...more] = type.branches.filter(({ kind }) => kind !== 'null')
    return only === undefined || more.length > 0
      ? { type: 'union', name: '', fields: [] }
      : connectTypeOfAvro(only)
  }
  const logical = 'logical' in type ? type.logical : undefined
  const meaning = logical === undefined ? undefined : avroMeanings[logical.name]
  return {
    type: avroKinds[type.kind] ?? type.kind,
    // A record's name is known without its namespace.
    name: meaning ?? logical?.name ?? (type.kind === 'record' ? type.name : ''),
    ...(meaning === undefined ? {} : { isText: true }),
    ...(logical?.scale === undefined ? {} : { scale: logical.scale }),
    ...(logical?.precision === undefined ? {} : { precision: logical.precision }),
    fields:
      type.kind === 'record'
        ? type.fields.map((field) => ({ name: field.name, type: connectTypeOfAvro(field.type) }))
        : [],
  }
}
