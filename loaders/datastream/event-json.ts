import { bigEndian } from '../avro/big-endian.ts'
import type { AvroType } from '../avro/schema.ts'
import type { AvroValue } from '../avro/value.ts'
import { decimalText } from './decimal.ts'
import { parseExact, rawJson } from './raw-json.ts'
import { dateText, datetimeText, timeText } from './text-of.ts'

/** What stands for a text that is not UTF-8: its bytes in base64. */
export const invalidText = 'invalid_utf8_base64'

/**
 * An Avro value as JSON text, with Datastream's meaning: times in ISO form, decimals as text, bytes in base64,
 * whole numbers in all their digits, a PostgreSQL array as an array of its elements.
 *
 * @param type the value's writer type
 */
export function jsonText(value: AvroValue, type: AvroType): string {
  return JSON.stringify(jsonOf(value, type))
}

/** The same as a value for `JSON.stringify`. */
export function jsonOf(value: AvroValue, type: AvroType): unknown {
  if (value === null) return null
  if (value instanceof Uint8Array) return bytesJson(value, type)
  if (typeof value === 'bigint') return longJson(value, type)
  if (typeof value === 'number') return numberJson(value, type)
  if (typeof value === 'string' && logicalName(type) === 'json') return jsonDocument(value)
  if (typeof value !== 'object') return value
  switch (type.kind) {
    case 'union':
      return jsonOf(value, branchOf(value, type.branches))
    case 'array':
      return (value as readonly AvroValue[]).map((item) => jsonOf(item, type.items))
    case 'map':
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item, type.values)]))
    case 'record': {
      const record = value as Readonly<Record<string, AvroValue>>
      if (isArrayRecord(type)) return arrayJson(record, type)
      return Object.fromEntries(
        type.fields.map(({ name, type: inner }) => [name, jsonOf(record[name] ?? null, inner)]),
      )
    }
    default:
      return String(value)
  }
}

function logicalName(type: AvroType): string | undefined {
  if (type.kind === 'union') return type.branches.map(logicalName).find((name) => name !== undefined)
  return 'logical' in type ? type.logical?.name : undefined
}

/** The branch a value came from: unions of Datastream have one of each JavaScript type at most. */
function branchOf(value: AvroValue, branches: readonly AvroType[]): AvroType {
  const fits = (type: AvroType): boolean => {
    if (value instanceof Uint8Array)
      return type.kind === 'bytes' || type.kind === 'fixed' || type.kind === 'string'
    if (typeof value === 'bigint') return type.kind === 'long'
    if (typeof value === 'number')
      return type.kind === 'int' || type.kind === 'float' || type.kind === 'double'
    if (Array.isArray(value)) return type.kind === 'array'
    return type.kind === 'record' || type.kind === 'map'
  }
  return branches.find(fits) ?? { kind: 'null' }
}

function bytesJson(value: Uint8Array, outer: AvroType): unknown {
  const type = outer.kind === 'union' ? branchOf(value, outer.branches) : outer
  if (type.kind === 'string') return { [invalidText]: Buffer.from(value).toString('base64') }
  const logical = 'logical' in type ? type.logical : undefined
  if (logical?.name === 'decimal') return decimalText(bigEndian(value, 0, value.length), logical.scale ?? 0)
  return Buffer.from(value).toString('base64')
}

function longJson(value: bigint, outer: AvroType): unknown {
  const type = outer.kind === 'union' ? branchOf(value, outer.branches) : outer
  const text = timeOf(value, 'logical' in type ? type.logical?.name : undefined)
  return text ?? rawJson(String(value))
}

function numberJson(value: number, outer: AvroType): unknown {
  const type = outer.kind === 'union' ? branchOf(value, outer.branches) : outer
  if (type.kind !== 'int') {
    if (Object.is(value, -0)) return rawJson('-0.0')
    return Number.isFinite(value) ? value : String(value)
  }
  return timeOf(BigInt(value), type.logical?.name) ?? value
}

const minMicros = -62_135_596_800_000_000n
const maxMicros = 253_402_300_799_999_999n

/** undefined where the number is no time, or none that has a text. */
function timeOf(value: bigint, logical: string | undefined): string | undefined {
  const micros = logical?.endsWith('-millis') === true ? value * 1000n : value
  switch (logical) {
    case 'date':
      return value >= -719_162n && value <= 2_932_896n ? dateText(Number(value)) : undefined
    case 'time-millis':
    case 'time-micros':
      return micros >= 0n && micros < 86_400_000_000n ? timeText(micros) : undefined
    case 'timestamp-millis':
    case 'timestamp-micros':
      return micros >= minMicros && micros <= maxMicros ? `${datetimeText(micros)}Z` : undefined
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return micros >= minMicros && micros <= maxMicros ? datetimeText(micros) : undefined
    default:
      return undefined
  }
}

/**
 * A document within the document where its text can be told from that again: objects and lists without white space
 * around their parts. Anything else stays the text that it is.
 */
function jsonDocument(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    const document = parseExact(text)
    return JSON.stringify(document) === text ? document : text
  } catch {
    return text
  }
}

/** PostgreSQL's arrays: a record that holds either a list of itself or an element. */
export function isArrayRecord(type: AvroType): boolean {
  return (
    type.kind === 'record' &&
    type.fields.length === 2 &&
    type.fields.some(({ name }) => name === 'nestedArray') &&
    type.fields.some(({ name }) => name === 'elementValue')
  )
}

function arrayJson(
  record: Readonly<Record<string, AvroValue>>,
  type: Extract<AvroType, { kind: 'record' }>,
): unknown {
  const nested = record['nestedArray'] ?? null
  if (Array.isArray(nested)) {
    return nested.map((node) =>
      node === null ? null : arrayJson(node as Readonly<Record<string, AvroValue>>, type),
    )
  }
  const element = type.fields.find(({ name }) => name === 'elementValue')
  return jsonOf(record['elementValue'] ?? null, element?.type ?? { kind: 'null' })
}
