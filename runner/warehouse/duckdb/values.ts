import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { readStored } from '../../googlesql/lower/library/native/geography/read-text.ts'
import { wellKnownText } from '../../googlesql/lower/library/native/geography/write.ts'
import type { Value } from '../../googlesql/result.ts'
import { geographyText, physicalFieldNames, rangeEnd, rangeStart } from '../../googlesql/types/physical.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'

/**
 * A DuckDB value in BigQuery's form (see `Value`). A NULL array is an empty one in a result, as in BigQuery.
 *
 * @throws Problem for an array with a NULL element, which BigQuery does not put into a result
 */
export function toValue(value: DuckDBValue, type: SqlType, column: string): Value {
  if (value === null || value === undefined) return type.kind === 'ARRAY' ? [] : null
  switch (type.kind) {
    case 'BOOL':
      return value === true
    case 'INT64':
      return typeof value === 'bigint' ? value : BigInt(value as number)
    case 'FLOAT64':
      return Number(value)
    case 'BYTES':
      return value instanceof DuckDBBlobValue ? plainBytes(value.bytes) : new Uint8Array()
    case 'ARRAY':
      return arrayValue(value, type, column)
    case 'STRUCT': {
      if (!(value instanceof DuckDBStructValue)) return unexpected(value, type)
      const { entries } = value
      return physicalFieldNames(type).map((name, index) =>
        toValue(entries[name] ?? null, type.fields[index]?.type ?? { kind: 'INT64' }, column),
      )
    }
    default:
      return textOf(value, type)
  }
}

/** The client gives a Buffer, which prints and compares as something of its own. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function arrayValue(value: DuckDBValue, type: Extract<SqlType, { kind: 'ARRAY' }>, column: string): Value {
  if (!(value instanceof DuckDBListValue) && !(value instanceof DuckDBArrayValue))
    return unexpected(value, type)
  return value.items.map((item) => {
    if (item === null) {
      throw new Problem(`Array cannot have a null element; error in writing field ${column}`)
    }
    return toValue(item, type.element, column)
  })
}

/** The text by which BigQuery shows a value. */
function textOf(value: DuckDBValue, type: SqlType): string {
  if (type.kind === 'RANGE') return rangeText(value, type.element)
  if (type.kind === 'GEOGRAPHY' && value instanceof DuckDBStructValue) {
    return wellKnownText(readStored(String(value.entries[geographyText])))
  }
  if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale)
  if (value instanceof DuckDBDateValue) return dateText(value.days)
  if (value instanceof DuckDBTimeValue) return timeText(value.micros)
  if (value instanceof DuckDBTimestampTZValue) return `${datetimeText(value.micros)}Z`
  if (value instanceof DuckDBTimestampValue) return datetimeText(value.micros)
  if (value instanceof DuckDBIntervalValue) return intervalText(value)
  if (type.kind === 'BIGNUMERIC' && typeof value === 'bigint') return decimalText(value, 38)
  if (type.kind === 'NUMERIC' && typeof value === 'bigint') return value.toString()
  return typeof value === 'string' ? value : unexpected(value, type)
}

function rangeText(value: DuckDBValue, element: SqlType): string {
  if (!(value instanceof DuckDBStructValue)) return unexpected(value, element)
  const end = (part: DuckDBValue | undefined) =>
    part === null || part === undefined ? 'UNBOUNDED' : rangeEndText(textOf(part, element))
  return `[${end(value.entries[rangeStart])}, ${end(value.entries[rangeEnd])})`
}

/** Inside of a range, a time has the form of CAST(… AS STRING). */
const rangeEndText = (text: string) => text.replace('T', ' ').replace('Z', '+00')

function unexpected(value: DuckDBValue, type: SqlType): never {
  throw new Error(
    `a value of type ${type.kind} came back as ${typeof value === 'object' ? value?.constructor.name : typeof value}`,
  )
}

/** `value` times 10^-scale, without trailing zeros. */
export function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Days since 1970-01-01 as `2024-01-02`; years below 1000 have four digits too. */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000)
  const pad = (part: number, size = 2) => String(part).padStart(size, '0')
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
}

const DAY = 86_400_000_000n

/** Microseconds since midnight as `03:04:05.678`. */
export function timeText(micros: bigint): string {
  const pad = (part: bigint) => part.toString().padStart(2, '0')
  const seconds = micros / 1_000_000n
  return `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}${fraction(micros % 1_000_000n)}`
}

function datetimeText(micros: bigint): string {
  const inDay = ((micros % DAY) + DAY) % DAY
  return `${dateText(Number((micros - inDay) / DAY))}T${timeText(inDay)}`
}

/** Microseconds as nothing, three or six digits. */
function fraction(micros: bigint): string {
  if (micros === 0n) return ''
  const digits = micros.toString().padStart(6, '0')
  return `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`
}

/** `1-2 3 4:5:6.789`, each part with its own sign. */
function intervalText(value: DuckDBIntervalValue): string {
  const { months, days, micros } = value
  const month = Math.abs(months)
  const size = micros < 0n ? -micros : micros
  const seconds = size / 1_000_000n
  const time = `${micros < 0n ? '-' : ''}${seconds / 3600n}:${(seconds / 60n) % 60n}:${seconds % 60n}${fraction(size % 1_000_000n)}`
  return `${months < 0 ? '-' : ''}${Math.trunc(month / 12)}-${month % 12} ${days} ${time}`
}
