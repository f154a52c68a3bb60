import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { bigEndian } from '../avro/big-endian.ts'
import { type Convert, Misfit } from '../avro/compile-decoder.ts'
import { outOfRange } from '../avro/out-of-range.ts'
import type { AvroType } from '../avro/schema.ts'
import type { AvroValue } from '../avro/value.ts'
import type { Stored } from '../columns/builder.ts'
import { decimalText, numericScale } from './decimal.ts'
import { jsonText } from './event-json.ts'
import { dateText, datetimeText, floatText, numericText, timestampText, timeText } from './text-of.ts'
import { rawType, STRING, unionType } from './types.ts'

/** A writer's type to a column's: undefined where the column cannot hold its values. */
export function converter(type: AvroType, column: SqlType): Convert | undefined {
  const natural = rawType(type)
  if (natural.kind !== column.kind && unionType(natural, column)?.kind !== column.kind) return undefined
  if (column.kind === 'STRING') return (value) => (value === null ? null : textFrom(type, natural, value))
  return (value) => (value === null ? null : widened(natural, column, stored(type, natural, value)))
}

/** A value in its own raw type. */
function stored(type: AvroType, natural: SqlType, value: AvroValue): Stored {
  if (value === null) return null
  switch (natural.kind) {
    case 'BOOL':
    case 'FLOAT64':
    case 'BYTES':
      return value as Stored
    case 'INT64':
      return BigInt(value as number | bigint)
    case 'DATE':
      return checkedDate(Number(value))
    case 'TIME':
      return checkedTime(BigInt(value as number) * scaleOf(type))
    case 'TIMESTAMP':
    case 'DATETIME':
      return checkedTimestamp(BigInt(value as bigint) * scaleOf(type))
    case 'NUMERIC':
      return checkedNumeric(unscaled(value) * 10n ** BigInt(numericScale - scaleOfDecimal(type)))
    case 'STRUCT':
      return struct(type, natural, value)
    default:
      return text(type, value)
  }
}

/** A value in a column of text, which has room for what its own type's column has not: a year 10000, infinity. */
function textFrom(type: AvroType, natural: SqlType, value: AvroValue): Stored {
  switch (natural.kind) {
    case 'DATE':
      return dateText(Number(value))
    case 'TIME':
      return Number(value) < 0
        ? textOf(natural, stored(type, natural, value))
        : timeText(BigInt(value as number) * scaleOf(type))
    case 'TIMESTAMP':
      return timestampText(BigInt(value as bigint) * scaleOf(type))
    case 'DATETIME':
      return datetimeText(BigInt(value as bigint) * scaleOf(type))
    case 'NUMERIC':
      return decimalText(unscaled(value), scaleOfDecimal(type))
    default:
      return widened(natural, STRING, stored(type, natural, value))
  }
}

function struct(type: AvroType, natural: Extract<SqlType, { kind: 'STRUCT' }>, value: AvroValue): Stored {
  const record = recordOf(type)
  const given = value as Readonly<Record<string, AvroValue>>
  return natural.fields.map(({ name = '', type: fieldType }) => {
    const field = record.fields.find((candidate) => candidate.name === name)
    return field === undefined ? null : stored(field.type, fieldType, given[name] ?? null)
  })
}

function recordOf(type: AvroType): Extract<AvroType, { kind: 'record' }> {
  const record = type.kind === 'union' ? type.branches.find(({ kind }) => kind === 'record') : type
  if (record?.kind !== 'record') throw new Error('a struct comes from a record')
  return record
}

/** The one branch that is not null. */
function inner(type: AvroType): AvroType {
  return type.kind === 'union' ? (type.branches.find(({ kind }) => kind !== 'null') ?? type) : type
}

function logicalOf(type: AvroType): { readonly name?: string; readonly scale?: number } {
  const only = inner(type)
  return 'logical' in only ? (only.logical ?? {}) : {}
}

const scaleOf = (type: AvroType): bigint => (logicalOf(type).name?.endsWith('-millis') === true ? 1000n : 1n)
const scaleOfDecimal = (type: AvroType): number => logicalOf(type).scale ?? 0

function unscaled(value: AvroValue): bigint {
  const bytes = value as Uint8Array
  return bigEndian(bytes, 0, bytes.length)
}

export function checkedDate(days: number): number {
  if (days >= -719_162 && days <= 2_932_896) return days
  throw new Misfit(outOfRange.date)
}

export function checkedTime(micros: bigint): bigint {
  if (micros >= 0n && micros < 86_400_000_000n) return micros
  throw new Misfit(outOfRange.time)
}

export function checkedTimestamp(micros: bigint): bigint {
  if (micros >= -62_135_596_800_000_000n && micros <= 253_402_300_799_999_999n) return micros
  throw new Misfit(outOfRange.timestamp)
}

export function checkedNumeric(scaled: bigint): bigint {
  if (scaled > -(10n ** 38n) && scaled < 10n ** 38n) return scaled
  throw new Misfit(outOfRange.numeric)
}

/** What the raw table keeps as text. */
function text(outer: AvroType, value: AvroValue): Stored {
  const type =
    outer.kind === 'union' && outer.branches.filter(({ kind }) => kind !== 'null').length === 1
      ? inner(outer)
      : outer
  if (typeof value === 'string') return value
  if (type.kind === 'record' && type.name === 'varchar' && type.fields.some(({ name }) => name === 'value')) {
    return (value as { readonly value: string }).value
  }
  if (
    value instanceof Uint8Array &&
    (type.kind === 'bytes' || type.kind === 'fixed') &&
    type.logical?.name === 'decimal'
  ) {
    return decimalText(bigEndian(value, 0, value.length), type.logical.scale ?? 0)
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number')
    return type.kind === 'float' || type.kind === 'double' ? floatText(value) : String(value)
  return jsonText(value, outer)
}

/** A value of a raw type as the same value of a wider one. */
export function widened(from: SqlType, to: SqlType, value: Stored): Stored {
  if (value === null || from.kind === to.kind) return value
  if (from.kind === 'INT64' && to.kind === 'NUMERIC') return (value as bigint) * 10n ** BigInt(numericScale)
  if (to.kind === 'STRING') return textOf(from, value)
  throw new Error(`no widening from ${from.kind} to ${to.kind}`)
}

/** As runner/warehouse/duckdb/raw-table.ts writes a column's values when it becomes text. */
export function textOf(type: SqlType, value: Stored): string {
  switch (type.kind) {
    case 'FLOAT64':
      return floatText(value as number)
    case 'NUMERIC':
      return numericText(value as bigint)
    case 'DATE':
      return dateText(value as number)
    case 'TIME':
      return timeText(value as bigint)
    case 'DATETIME':
      return datetimeText(value as bigint)
    case 'TIMESTAMP':
      return timestampText(value as bigint)
    default:
      return String(value)
  }
}
