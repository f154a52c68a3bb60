import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { physicalFieldNames } from '../../../types/physical.ts'
import { typeName } from '../../../types/print.ts'
import type { SqlType } from '../../../types/type.ts'
import { parseDecimal, parseInt64, printDecimal } from '../native/numbers.ts'
import { GoogleSqlError } from '../native-function.ts'

/**
 * An argument as the realm's program reads it: JSON, with numbers that JSON has not as texts.
 *
 * @throws GoogleSqlError for a value whose form in JavaScript is not known exactly
 */
export function argumentOf(value: DuckDBValue, type: SqlType): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'ARRAY':
      return value instanceof DuckDBListValue
        ? value.items.map((item) => argumentOf(item, type.element))
        : null
    case 'STRUCT': {
      if (!(value instanceof DuckDBStructValue)) return null
      const names = physicalFieldNames(type)
      return type.fields.map((field, index) =>
        argumentOf(value.entries[names[index] ?? ''] ?? null, field.type),
      )
    }
    case 'FLOAT64':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : Object.is(value, -0)
          ? '-0'
          : String(value)
    case 'INT64':
      return integerArgument(value as bigint)
    case 'NUMERIC':
      return value instanceof DuckDBDecimalValue ? decimalArgument(value.value, value.scale) : value
    case 'BIGNUMERIC':
      return typeof value === 'bigint' ? decimalArgument(value, 38) : value
    case 'BYTES':
      return value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString('base64') : value
    case 'DATE':
      return value instanceof DuckDBDateValue ? value.days * 86_400_000 : value
    case 'TIMESTAMP':
      return value instanceof DuckDBTimestampTZValue ? milliseconds(value.micros) : value
    case 'JSON':
      return String(value)
    default:
      return value
  }
}

const widest = 2n ** 53n

/** A number where that is exact and whole, else a text. */
function decimalArgument(value: bigint, scale: number): number | string {
  const unit = 10n ** BigInt(scale)
  const whole = value / unit
  return value % unit === 0n && whole >= -widest && whole <= widest
    ? Number(whole)
    : printDecimal(value, scale)
}

function milliseconds(micros: bigint): number {
  if (micros % 1000n !== 0n)
    throw new GoogleSqlError('a TIMESTAMP with microseconds is not supported locally as their argument')
  return Number(micros / 1000n)
}

/** Beyond 2^53 JavaScript has no such numbers, and BigQuery's page does not say what it gives. */
function integerArgument(value: bigint): number {
  if (value > widest || value < -widest)
    throw new GoogleSqlError(
      'an INT64 beyond 2^53 is not supported locally as their argument; declare it STRING',
    )
  return Number(value)
}

/**
 * A result of the realm's program as the text that SQL makes the value of: of a scalar its own, of arrays and structs
 * JSON in the form of DuckDB's cast.
 */
export function resultText(value: unknown, type: SqlType): string | null {
  if (value === null || value === undefined) return null
  return type.kind === 'ARRAY' || type.kind === 'STRUCT' ? JSON.stringify(nested(value, type)) : String(value)
}

function nested(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return null
  if (type.kind === 'ARRAY')
    return Array.isArray(value) ? value.map((item) => nested(item, type.element)) : null
  if (type.kind === 'STRUCT') {
    const items = Array.isArray(value) ? value : []
    const names = physicalFieldNames(type)
    return Object.fromEntries(
      type.fields.map((field, index) => [names[index] ?? '', nested(items[index], field.type)]),
    )
  }
  const text = String(value)
  if (type.kind === 'BOOL') return text === 'true'
  // What a cast would round or read otherwise.
  const exact =
    (type.kind !== 'INT64' || parseInt64(text) !== undefined) &&
    (type.kind !== 'NUMERIC' || parseDecimal(text, 9) !== undefined)
  if (!exact) throw new GoogleSqlError(`Failed to coerce output value ${text} to type ${typeName(type)}`)
  return text
}
