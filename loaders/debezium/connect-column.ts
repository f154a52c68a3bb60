import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { bigEndian } from '../avro/big-endian.ts'
import { Misfit } from '../avro/compile-decoder.ts'
import { checkedDate, checkedTime, checkedTimestamp } from '../datastream/convert.ts'
import { decimalText, fitsNumeric } from '../datastream/decimal.ts'
import { isObject } from '../datastream/json-event.ts'
import { JsonNumber } from '../datastream/raw-json.ts'
import { dateText, datetimeText, timeText } from '../datastream/text-of.ts'
import type { ConnectType } from './connect-type.ts'

/** What becomes of a column of Connect's: its type in the raw table, and its values as JSON that this type holds. */
export interface ConnectColumn {
  readonly type: SqlType
  /** @throws Misfit for a value that the type says it cannot be */
  readonly read: (value: unknown) => unknown
}

const same = (value: unknown): unknown => value
const column = (kind: 'BOOL' | 'INT64' | 'FLOAT64' | 'STRING' | 'BYTES'): ConnectColumn => ({
  type: { kind },
  read: same,
})

const plain: Readonly<Record<string, ConnectColumn>> = {
  boolean: column('BOOL'),
  int8: column('INT64'),
  int16: column('INT64'),
  int32: column('INT64'),
  int64: column('INT64'),
  float32: column('FLOAT64'),
  float64: column('FLOAT64'),
  string: column('STRING'),
  bytes: column('BYTES'),
}

/** Units of a second. */
const perSecond: Readonly<Record<string, bigint>> = {
  millis: 1000n,
  micros: 1_000_000n,
  nanos: 1_000_000_000n,
}

/**
 * Debezium's and Connect's meanings of time, by name, and the unit that values count. A time without zone is a DATETIME.
 *
 * @see https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-temporal-types
 */
const temporal: Readonly<Record<string, readonly [kind: 'date' | 'time' | 'datetime', unit: string]>> = {
  'io.debezium.time.Date': ['date', 'days'],
  'org.apache.kafka.connect.data.Date': ['date', 'days'],
  'io.debezium.time.IsoDate': ['date', 'text'],
  'io.debezium.time.Time': ['time', 'millis'],
  'io.debezium.time.MicroTime': ['time', 'micros'],
  'io.debezium.time.NanoTime': ['time', 'nanos'],
  'org.apache.kafka.connect.data.Time': ['time', 'millis'],
  'io.debezium.time.IsoTime': ['time', 'text'],
  'io.debezium.time.Timestamp': ['datetime', 'millis'],
  'io.debezium.time.MicroTimestamp': ['datetime', 'micros'],
  'io.debezium.time.NanoTimestamp': ['datetime', 'nanos'],
  'org.apache.kafka.connect.data.Timestamp': ['datetime', 'millis'],
  'io.debezium.time.IsoTimestamp': ['datetime', 'text'],
}

/**
 * The column that holds a type's values exactly. What no type of BigQuery's holds becomes text: arrays, maps and structs
 * as their JSON, decimals without bounds as their digits, nanoseconds in ISO form.
 *
 * @param connector MySQL's TIME is a duration, beyond a day and below zero: microseconds, as Datastream has it
 */
export function connectColumn(type: ConnectType, connector: string): ConnectColumn {
  const time = Object.hasOwn(temporal, type.name) ? temporal[type.name] : undefined
  if (time !== undefined) {
    const [kind, unit] = time
    if (kind === 'date') return dateColumn
    if (kind === 'datetime') return datetimeColumn(unit)
    const isDuration = connector === 'mysql' || connector === 'mariadb'
    return isDuration && unit !== 'text' ? durationColumn(unit) : timeColumn(unit)
  }
  if (type.name === 'io.debezium.time.ZonedTimestamp') return { type: { kind: 'TIMESTAMP' }, read: same }
  if (type.name === 'org.apache.kafka.connect.data.Decimal') return decimalColumn(type)
  if (type.name.split('.').at(-1) === 'VariableScaleDecimal') return variableDecimalColumn
  return (Object.hasOwn(plain, type.type) ? plain[type.type] : undefined) ?? column('STRING')
}

const dateColumn: ConnectColumn = {
  type: { kind: 'DATE' },
  read: (value) => (isWhole(value) ? dateText(checkedDate(Number(wholeOf(value)))) : withoutZone(value)),
}

function timeColumn(unit: string): ConnectColumn {
  if (unit === 'nanos') return nanosColumn((micros) => timeText(checkedTime(micros)))
  return {
    type: { kind: 'TIME' },
    read: (value) => (isWhole(value) ? timeText(checkedTime(microsOf(value, unit))) : withoutZone(value)),
  }
}

function datetimeColumn(unit: string): ConnectColumn {
  if (unit === 'nanos') return nanosColumn((micros) => datetimeText(checkedTimestamp(micros)))
  return {
    type: { kind: 'DATETIME' },
    read: (value) =>
      isWhole(value) ? datetimeText(checkedTimestamp(microsOf(value, unit))) : withoutZone(value),
  }
}

/** Text of six digits, or of nine where they say more. */
function nanosColumn(textOf: (micros: bigint) => string): ConnectColumn {
  return {
    type: { kind: 'STRING' },
    read: (value) => {
      if (!isWhole(value)) return value
      const nanos = wholeOf(value)
      const rest = ((nanos % 1000n) + 1000n) % 1000n
      return `${textOf((nanos - rest) / 1000n)}${rest === 0n ? '' : String(rest).padStart(3, '0')}`
    },
  }
}

function durationColumn(unit: string): ConnectColumn {
  return {
    type: { kind: 'INT64' },
    // Always microseconds, whatever the precision that the connector was set to.
    read: (value) => (isWhole(value) ? numberOf(microsOf(value, unit)) : durationMicros(value)),
  }
}

/** `03:04:05.678`, as Avro's own times are written. */
function durationMicros(value: unknown): unknown {
  const match = typeof value === 'string' ? /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(value) : null
  if (match === null) return value
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])
  return numberOf(BigInt(seconds) * 1_000_000n + BigInt((match[4] ?? '').padEnd(6, '0')))
}

/** ISO texts of times without zone end with `Z` all the same. */
function withoutZone(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/Z$/, '') : value
}

function decimalColumn({ scale = 0, precision, isText = false }: ConnectType): ConnectColumn {
  const isNumeric = precision !== undefined && fitsNumeric(precision, scale)
  return {
    type: { kind: isNumeric ? 'NUMERIC' : 'STRING' },
    // The JSON converter writes bytes in base64, or a number (`decimal.format: numeric`).
    read: (value) => (typeof value === 'string' && !isText ? decimal(value, scale) : value),
  }
}

const variableDecimalColumn: ConnectColumn = {
  type: { kind: 'STRING' },
  read: (value) => {
    if (!isObject(value)) return value
    const { scale, value: bytes } = value
    if (typeof scale !== 'number' || typeof bytes !== 'string')
      throw new Misfit('a decimal of any scale without its `scale` or `value`')
    return decimal(bytes, scale)
  },
}

/** PostgreSQL's numeric has at most so many digits before the point. */
const mostPlaces = 131_072

/** @param text the unscaled value's bytes in base64 */
function decimal(text: string, scale: number): string {
  if (!Number.isInteger(scale) || Math.abs(scale) > mostPlaces)
    throw new Misfit(`a decimal whose scale is ${scale}`)
  return decimalText(unscaled(text), scale)
}

function unscaled(text: string): bigint {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== text)
    throw new Misfit('a decimal whose bytes are not in base64')
  return bigEndian(bytes, 0, bytes.length)
}

const isWhole = (value: unknown): value is number | JsonNumber =>
  (typeof value === 'number' && Number.isInteger(value)) ||
  (value instanceof JsonNumber && /^-?\d+$/.test(value.text))

function wholeOf(value: number | JsonNumber): bigint {
  return value instanceof JsonNumber ? BigInt(value.text) : BigInt(value)
}

function microsOf(value: number | JsonNumber, unit: string): bigint {
  return (wholeOf(value) * 1_000_000n) / (perSecond[unit] ?? 1_000_000n)
}

/** As `parseExact` has such a number. */
function numberOf(value: bigint): number | JsonNumber {
  return Number.isSafeInteger(Number(value)) ? Number(value) : new JsonNumber(String(value))
}
