import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { Misfit } from '../avro/compile-decoder.ts'
import type { Stored } from '../columns/builder.ts'
import { checkedNumeric, checkedTimestamp, widened } from './convert.ts'
import { numericScale } from './decimal.ts'
import { JsonNumber } from './raw-json.ts'
import { floatText } from './text-of.ts'
import { unionType } from './types.ts'

/** The type that a JSON value has by itself; undefined for null, which has none. Text is text, whatever it says. */
export function jsonType(value: unknown): SqlType | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'boolean') return { kind: 'BOOL' }
  if (typeof value === 'number' || value instanceof JsonNumber) {
    const text = numberText(value)
    if (isInt64(text)) return { kind: 'INT64' }
    return sameNumber(text, Number(text)) ? { kind: 'FLOAT64' } : { kind: 'STRING' }
  }
  return { kind: 'STRING' }
}

/**
 * A JSON value as a column of this type holds it, if that is exactly what it says: a text may be a time, a date, a
 * number or base64 where the column is.
 *
 * @throws Misfit
 */
export function fitJson(value: unknown, type: SqlType): Stored {
  if (value === null || value === undefined) return null
  const stored = fitted(value, type)
  if (stored === undefined) throw new Misfit(`the column is ${type.kind}, the value is ${describe(value)}`)
  return stored
}

/**
 * A JSON value of a column whose own type is known as a raw table's column holds it: what was widened is the text that
 * it would be of a change file in Avro.
 *
 * @throws Misfit
 */
export function fitTyped(value: unknown, natural: SqlType, column: SqlType): Stored {
  if (value === null || value === undefined) return null
  if (natural.kind === column.kind) return fitJson(value, column)
  if (unionType(natural, column)?.kind !== column.kind)
    throw new Misfit(`the raw table's column is ${column.kind}, this file has ${natural.kind}`)
  return widened(natural, column, fitJson(value, natural))
}

export function fitsJson(value: unknown, type: SqlType): boolean {
  try {
    fitJson(value, type)
    return true
  } catch (error) {
    if (error instanceof Misfit) return false
    throw error
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof JsonNumber || typeof value === 'number') return 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`
}

function numberText(value: number | JsonNumber): string {
  return value instanceof JsonNumber ? value.text : String(value)
}

const isNumber = (value: unknown): value is number | JsonNumber =>
  typeof value === 'number' || value instanceof JsonNumber

function fitted(value: unknown, type: SqlType): Stored | undefined {
  switch (type.kind) {
    case 'STRING':
    case 'JSON':
      return asText(value)
    case 'BOOL':
      return typeof value === 'boolean' ? value : undefined
    case 'INT64':
      return asInt64(value)
    case 'FLOAT64':
      return asFloat(value)
    case 'NUMERIC':
      return asNumeric(value)
    case 'TIMESTAMP':
      return asTimestamp(value)
    case 'DATETIME':
      return typeof value === 'string' ? microsOf(value, /^$/) : undefined
    case 'DATE':
      return asDate(value)
    case 'TIME':
      return asTime(value)
    case 'BYTES':
      return asBytes(value)
    case 'STRUCT':
      return asStruct(value, type)
    case 'ARRAY':
      return Array.isArray(value) ? value.map((item) => fitJson(item, type.element)) : undefined
    default:
      return undefined
  }
}

function asText(value: unknown): string {
  if (typeof value === 'string') {
    // JSON can escape what no UTF-8 has: it would be written as another character.
    if (!value.isWellFormed()) throw new Misfit('the text holds half of a character, which UTF-8 has not')
    return value
  }
  if (isNumber(value)) return numberText(value)
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

const int64Pattern = /^-?(0|[1-9]\d{0,18})$/

function isInt64(text: string): boolean {
  return int64Pattern.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

function asInt64(value: unknown): bigint | undefined {
  const text = isNumber(value) ? numberText(value) : value
  return typeof text === 'string' && text !== '-0' && isInt64(text) ? BigInt(text) : undefined
}

function asFloat(value: unknown): number | undefined {
  if (isNumber(value)) {
    const text = numberText(value)
    return sameNumber(text, Number(text)) ? Number(text) : undefined
  }
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : undefined
}

/** True if the digits say the number that the double's shortest text says. */
function sameNumber(text: string, value: number): boolean {
  return Number.isFinite(value) && canonical(text) === canonical(floatText(value))
}

/** Digits without zeros around them, and the power of ten of the first. */
function canonical(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`
  const significant = digits.replace(/^0+/, '')
  if (significant === '') return `${sign}0`
  const power = whole.length + Number(exponent) - (digits.length - significant.length)
  return `${sign}${significant.replace(/0+$/, '')}e${power}`
}

function asNumeric(value: unknown): bigint | undefined {
  const text = isNumber(value) ? numberText(value) : value
  if (typeof text !== 'string') return undefined
  const match = /^(-?)(\d{1,29})(?:\.(\d{1,9})0*)?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = ''] = match
  const scaled = BigInt(`${whole}${fraction.padEnd(numericScale, '0')}`)
  return checkedNumeric(sign === '-' ? -scaled : scaled)
}

/** `2025-11-05T18:23:46.698000Z`, `2021-12-25 05:42:04.408` (UTC). */
function asTimestamp(value: unknown): bigint | undefined {
  return typeof value === 'string' ? microsOf(value, /^(|Z|[+-]\d{2}:?\d{2})$/) : undefined
}

/**
 * A time of the envelope, which may also be a number: milliseconds since 1970.
 *
 * @throws Misfit
 */
export function fitEventTime(value: unknown): Stored {
  const millis = isNumber(value) ? asInt64(value) : undefined
  return millis === undefined ? fitJson(value, { kind: 'TIMESTAMP' }) : checkedTimestamp(millis * 1000n)
}

const timePattern = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6})0*)?(.*)$/

/** @param zone what may follow */
function microsOf(text: string, zone: RegExp): bigint | undefined {
  const match = timePattern.exec(text)
  if (match === null || !zone.test(match[8] ?? '')) return undefined
  const days = daysOf(match[1], match[2], match[3])
  const time = microsOfDay(match[4], match[5], match[6], match[7])
  if (days === undefined || time === undefined) return undefined
  return checkedTimestamp(BigInt(days) * 86_400_000_000n + time - offsetMicros(match[8] ?? ''))
}

function offsetMicros(zone: string): bigint {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
  if (match === null) return 0n
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return BigInt(match[1] === '-' ? -minutes : minutes) * 60_000_000n
}

function daysOf(year = '', month = '', day = ''): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const same = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return same && Number(year) >= 1 ? date.getTime() / 86_400_000 : undefined
}

function microsOfDay(hour = '', minute = '', second = '', fraction = ''): bigint | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}

/** `2024-01-02`; Oracle's also as midnight, `2023-07-26T00:00:00.000Z`. */
function asDate(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T00:00:00(?:\.0+)?Z?)?$/.exec(value)
  return match === null ? undefined : daysOf(match[1], match[2], match[3])
}

function asTime(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(value)
  return match === null ? undefined : microsOfDay(match[1], match[2], match[3], match[4])
}

function asBytes(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? bytes : undefined
}

function asStruct(value: unknown, type: Extract<SqlType, { kind: 'STRUCT' }>): Stored | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonNumber)
    return undefined
  const given = value as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).some((name) => !type.fields.some((field) => field.name === name))
  if (unknown) return undefined
  return type.fields.map(({ name = '', type: field }) =>
    fitJson(Object.hasOwn(given, name) ? given[name] : null, field),
  )
}
