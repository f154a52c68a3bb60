import type { Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { isObject, type Json, LongNumber } from '../json.ts'

/** A value that is not of its column's type. */
export class ValueError extends Error {
  /** The dotted path of the field. */
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

export interface ReadOptions {
  /** Where a JSON column's value is: the member itself (load jobs), or a text of JSON (streamed rows). */
  readonly json: 'value' | 'text'
  /** Members that the schema has not are left out instead of refused. */
  readonly ignoreUnknown: boolean
}

/**
 * A member of a JSON row as a value of its column's type, as load jobs and streamed rows convert it: numbers may be texts
 * and the other way round, nothing is cut or rounded.
 *
 * @throws ValueError
 */
export function readJsonValue(
  given: Json | undefined,
  type: SqlType,
  path: string,
  options: ReadOptions,
): Value {
  if (type.kind === 'ARRAY') return readArray(given, type.element, path, options)
  if (given === undefined) return null
  if (type.kind === 'JSON') return readJson(given, path, options)
  if (given === null) return null
  if (type.kind === 'STRUCT') return readStruct(given, type, path, options)
  if (type.kind === 'RANGE' && isObject(given)) {
    const bound = (key: string) => readJsonValue(given[key], type.element, `${path}.${key}`, options)
    return `[${String(bound('start') ?? 'UNBOUNDED')}, ${String(bound('end') ?? 'UNBOUNDED')})`
  }
  if (typeof given === 'object' && !(given instanceof LongNumber)) {
    const what = Array.isArray(given)
      ? 'Array specified for non-repeated field'
      : 'This field is not a record'
    throw new ValueError(path, `${what}: ${path}.`)
  }
  return readText(given instanceof LongNumber ? given.text : String(given), type, path)
}

function readArray(given: Json | undefined, element: SqlType, path: string, options: ReadOptions): Value {
  if (given === undefined || given === null) return []
  // A single value stands for a list of it.
  const items = Array.isArray(given) ? (given as readonly Json[]) : [given]
  return items.map((item) => {
    if (item === null && element.kind !== 'JSON')
      throw new ValueError(path, `Only optional fields can be set to NULL. Field: ${path}; Value: NULL`)
    return readJsonValue(item, element, path, options)
  })
}

function readStruct(
  given: Json,
  type: Extract<SqlType, { kind: 'STRUCT' }>,
  path: string,
  options: ReadOptions,
): Value {
  if (!isObject(given)) throw new ValueError(path, `This field: ${path} is not a record.`)
  const members = membersOf(given)
  const values = type.fields.map((field) => {
    const name = field.name ?? ''
    const value = readJsonValue(members.get(name.toLowerCase()), field.type, `${path}.${name}`, options)
    members.delete(name.toLowerCase())
    return value
  })
  const [unknown] = members.keys()
  if (unknown !== undefined && !options.ignoreUnknown)
    throw new ValueError(`${path}.${unknown}`, `no such field: ${path}.${unknown}.`)
  return values
}

/** Members of a row by lower-case name: names of columns are not case-sensitive. */
export const membersOf = (row: { readonly [key: string]: Json | undefined }): Map<string, Json | undefined> =>
  new Map(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]))

function readJson(given: Json, path: string, { json }: ReadOptions): Value {
  if (json === 'value') return JSON.stringify(given)
  if (given === null) return null
  if (typeof given !== 'string') return JSON.stringify(given)
  try {
    JSON.parse(given)
    return given
  } catch {
    throw new ValueError(path, `Invalid JSON value for field ${path}: ${given}`)
  }
}

/** A text as a value of a scalar type. @throws ValueError */
export function readText(text: string, type: SqlType, path: string): Value {
  const value = parseScalar(text, type)
  if (value === undefined)
    throw new ValueError(path, `Could not parse '${text}' as ${type.kind} for field ${path}`)
  return value
}

/** The same; undefined where the text is no value of the type. */
export function parseScalar(text: string, type: SqlType): Value | undefined {
  switch (type.kind) {
    case 'STRING':
      return text
    case 'BOOL':
      return /^(true|t|yes|y|1)$/i.test(text) ? true : /^(false|f|no|n|0)$/i.test(text) ? false : undefined
    case 'INT64':
      return parseInteger(text)
    case 'FLOAT64':
      return parseFloat64(text)
    case 'NUMERIC':
      return parseDecimal(text, 29, 9)
    case 'BIGNUMERIC':
      return parseDecimal(text, 38, 38)
    case 'BYTES':
      return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined
    case 'DATE':
      return parseDate(text)
    case 'TIME':
      return parseTime(text)
    case 'DATETIME':
      return parseDatetime(text)
    case 'TIMESTAMP':
      return parseTimestamp(text)
    case 'INTERVAL':
      return /^-?\d+-\d+ -?\d+ -?\d+:\d+:\d+(\.\d{1,6})?$/.test(text) ? text : undefined
    case 'JSON':
      return parseJsonText(text)
    case 'RANGE':
      return parseRange(text, type.element)
    default:
      return undefined
  }
}

function parseInteger(text: string): bigint | undefined {
  const match = /^\s*([+-]?\d+)(?:\.0*)?\s*$/.exec(text)
  if (match === null) return undefined
  const value = BigInt((match[1] ?? '').replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}

function parseFloat64(text: string): number | undefined {
  const word = /^\s*([+-]?)inf(?:inity)?\s*$/i.exec(text)
  if (word !== null) return word[1] === '-' ? -Infinity : Infinity
  if (/^\s*[+-]?nan\s*$/i.test(text)) return Number.NaN
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** A decimal with every digit, without an exponent; undefined if it has more digits than the type holds. */
function parseDecimal(text: string, whole: number, scale: number): string | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text)
  if (match === null) return undefined
  const [, sign, before = '', after = '', exponent = '0'] = match
  if (before + after === '') return undefined
  const point = before.length + Number(exponent)
  const digits = before + after
  const left = (point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')).replace(/^0+/, '')
  const right = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(Math.max(point, 0))).replace(
    /0+$/,
    '',
  )
  if (left.length > whole || right.length > scale) return undefined
  const size = `${left === '' ? '0' : left}${right === '' ? '' : `.${right}`}`
  return sign === '-' && size !== '0' ? `-${size}` : size
}

function parseDate(text: string): string | undefined {
  const match = /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})\s*$/.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = ''] = match
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const right = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return right && Number(year) >= 1 ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : undefined
}

function parseTime(text: string): string | undefined {
  const match = /^\s*(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6})0*)?\s*$/.exec(text)
  if (match === null) return undefined
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = match
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const whole = [hours, minutes, seconds].map((part) => part.padStart(2, '0')).join(':')
  const digits = fraction.padEnd(6, '0')
  if (Number(digits) === 0) return whole
  return `${whole}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`
}

function parseDatetime(text: string): string | undefined {
  const [day = '', time = '00:00:00', ...rest] = text.trim().split(/[Tt ]/)
  const date = parseDate(day)
  const clock = parseTime(/^\d{1,2}:\d{1,2}$/.test(time) ? `${time}:00` : time)
  return date === undefined || clock === undefined || rest.length > 0 ? undefined : `${date}T${clock}`
}

/** `2024-01-02 03:04:05.6 UTC`, `…Z`, `…+02:00`, without a zone (UTC), or seconds since 1970. */
function parseTimestamp(text: string): string | undefined {
  const seconds = /^\s*-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?\s*$/.test(text)
    ? parseDecimal(text, 18, 6)
    : undefined
  if (seconds !== undefined) return instantText(microsOfSeconds(seconds))
  const match = /^(.*?)\s*(?:Z|UTC|GMT|([+-])(\d{1,2})(?::?(\d{2}))?)?$/i.exec(text.trim())
  if (match === null) return undefined
  const [, local = '', sign, hours = '0', minutes = '0'] = match
  // The day's own dash is no offset: 2024-01-02.
  const dated = parseDatetime(local) ?? parseDatetime(text)
  if (dated === undefined) return undefined
  const plain = parseDatetime(local) === undefined || sign === undefined
  if (plain) return `${dated}Z`
  const offset = BigInt(Number(hours) * 60 + Number(minutes)) * 60_000_000n
  return instantText(microsOfDatetime(dated) - (sign === '-' ? -offset : offset))
}

function microsOfSeconds(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
  return text.startsWith('-') ? -micros : micros
}

function microsOfDatetime(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(new Date(`${whole}Z`).getTime()) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** Microseconds since 1970 as a TIMESTAMP's text; undefined outside of the years 1 to 9999. */
export function instantText(micros: bigint): string | undefined {
  const inSecond = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((micros - inSecond) / 1000n))
  const year = date.getUTCFullYear()
  if (Number.isNaN(year) || year < 1 || year > 9999) return undefined
  const digits = String(inSecond).padStart(6, '0')
  const fraction = inSecond === 0n ? '' : `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`
  return `${date.toISOString().slice(0, 19)}${fraction}Z`
}

function parseJsonText(text: string): string | undefined {
  try {
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}

function parseRange(text: string, element: SqlType): string | undefined {
  const match = /^\[\s*(.*?)\s*,\s*(.*?)\s*\)$/.exec(text)
  if (match === null) return undefined
  const bounds = [match[1] ?? '', match[2] ?? ''].map((part) =>
    /^(unbounded|null|)$/i.test(part) ? 'UNBOUNDED' : parseScalar(part, element),
  )
  return bounds.includes(undefined) ? undefined : `[${bounds.map(String).join(', ')})`
}
