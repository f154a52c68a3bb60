import { Misfit } from '../avro/compile-decoder.ts'
import { decimalBytes } from '../avro/decimal-bytes.ts'
import type { AvroRecord, AvroType, LogicalType } from '../avro/schema.ts'
import type { AvroValue } from '../avro/value.ts'
import { invalidText, isArrayRecord } from './event-json.ts'
import { fitJson } from './fit-json.ts'
import { JsonNumber } from './raw-json.ts'

/**
 * The value that a file held, from the JSON that its dead letter keeps: the inverse of `jsonOf`. JSON alone does not
 * say what is bytes, a time or a document in a text; the writer's type does.
 *
 * @param json as `parseExact` gives it
 * @throws Misfit where the JSON is not what `jsonOf` makes of such a value
 * @example avroOfJson('2024-06-01', { kind: 'int', logical: { name: 'date' } }) // 19875
 */
export function avroOfJson(json: unknown, type: AvroType): AvroValue {
  switch (type.kind) {
    case 'null':
      return json === null ? null : refuse(type)
    case 'boolean':
      return typeof json === 'boolean' ? json : refuse(type)
    case 'int':
      return Number(wholeOf(json, type.logical?.name))
    case 'long':
      return wholeOf(json, type.logical?.name)
    case 'float':
    case 'double':
      return fitJson(json, { kind: 'FLOAT64' }) as number
    case 'bytes':
    case 'fixed':
      return bytesOf(json, type, type.logical)
    case 'string':
      return textOf(json, type, type.logical)
    case 'enum':
      return typeof json === 'string' ? json : refuse(type)
    case 'array':
      return listOf(json, type).map((item) => avroOfJson(item, type.items))
    case 'map':
      return Object.fromEntries(
        Object.entries(objectOf(json, type)).map(([key, value]) => {
          if (key.startsWith(`${invalidText}:`)) throw new Misfit('the text is not UTF-8')
          return [key, avroOfJson(value, type.values)]
        }),
      )
    case 'record':
      return isArrayRecord(type) ? arrayRecord(json, type) : recordOf(json, type)
    case 'union':
      return unionOf(json, type.branches)
  }
}

function refuse(type: AvroType): never {
  throw new Misfit(`the letter has no ${type.kind} where its file has one`)
}

function unionOf(json: unknown, branches: readonly AvroType[]): AvroValue {
  if (json === null) return null
  const values: AvroValue[] = []
  for (const branch of branches) {
    if (branch.kind === 'null') continue
    if (branches.length <= 2) return avroOfJson(json, branch)
    try {
      values.push(avroOfJson(json, branch))
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
    }
  }
  if (values.length === 1) return values[0] ?? null
  throw new Misfit('its file has values of several types here, and JSON does not tell which one this is')
}

/** A number, or the text of a time; what has no such text is the number that the file has. */
function wholeOf(json: unknown, logical: string | undefined): bigint {
  if (typeof json !== 'string') return fitJson(json, { kind: 'INT64' }) as bigint
  const scale = logical?.endsWith('-millis') === true ? 1000n : 1n
  switch (logical) {
    case 'date':
      return BigInt(fitJson(json, { kind: 'DATE' }) as number)
    case 'time-millis':
    case 'time-micros':
      return (fitJson(json, { kind: 'TIME' }) as bigint) / scale
    case 'timestamp-millis':
    case 'timestamp-micros':
      return (fitJson(json, { kind: 'TIMESTAMP' }) as bigint) / scale
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return (fitJson(json, { kind: 'DATETIME' }) as bigint) / scale
    default:
      throw new Misfit('the letter has a text where its file has a number')
  }
}

function bytesOf(json: unknown, type: AvroType, logical: LogicalType | undefined): Uint8Array {
  if (logical?.name !== 'decimal') return fitJson(json, { kind: 'BYTES' }) as Uint8Array
  const { scale = 0 } = logical
  const match = typeof json === 'string' ? /^(-?\d+)(?:\.(\d+))?$/.exec(json) : null
  const [, whole = '', fraction = ''] = match ?? []
  if (match === null || fraction.length > Math.max(scale, 0)) return refuse(type)
  const digits = BigInt(whole + fraction.padEnd(Math.max(scale, 0), '0'))
  return decimalBytes(scale < 0 ? digits / 10n ** BigInt(-scale) : digits)
}

function textOf(json: unknown, type: AvroType, logical: LogicalType | undefined): string {
  if (typeof json === 'string') return json
  if (isObject(json) && Object.keys(json).join() === invalidText) throw new Misfit('the text is not UTF-8')
  return logical?.name === 'json' && typeof json === 'object' && json !== null
    ? JSON.stringify(json)
    : refuse(type)
}

function listOf(json: unknown, type: AvroType): readonly unknown[] {
  return Array.isArray(json) ? json : refuse(type)
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof JsonNumber)

const objectOf = (json: unknown, type: AvroType): JsonObject => (isObject(json) ? json : refuse(type))

function recordOf(json: unknown, type: AvroRecord): AvroValue {
  const given = objectOf(json, type)
  return Object.fromEntries(
    type.fields.map(({ name, type: field }) => [
      name,
      avroOfJson(Object.hasOwn(given, name) ? given[name] : null, field),
    ]),
  )
}

/** PostgreSQL's arrays: a list is a list of nodes, anything else an element. */
function arrayRecord(json: unknown, type: AvroRecord): AvroValue {
  if (Array.isArray(json)) {
    return { nestedArray: json.map((node) => arrayRecord(node, type)), elementValue: null }
  }
  const element = type.fields.find(({ name }) => name === 'elementValue')?.type ?? { kind: 'null' }
  return { nestedArray: null, elementValue: avroOfJson(json, element) }
}
