import type { SqlType } from '../../runner/googlesql/types/type.ts'
import type { AvroType, LogicalType } from '../avro/schema.ts'
import { fitsNumeric } from './decimal.ts'

export const STRING: SqlType = { kind: 'STRING' }
export const INT64: SqlType = { kind: 'INT64' }

/**
 * The type of a raw table's column for a writer's type: what holds every value of it exactly and no more is read into
 * it than the file says (Datastream's `json` and `number` are texts; a record that it has no name for is JSON text).
 */
export function rawType(type: AvroType): SqlType {
  switch (type.kind) {
    case 'boolean':
      return { kind: 'BOOL' }
    case 'int':
    case 'long':
      return wholeType(type.logical)
    case 'float':
    case 'double':
      return { kind: 'FLOAT64' }
    case 'bytes':
    case 'fixed':
      return type.logical?.name === 'decimal' ? decimalType(type.logical) : { kind: 'BYTES' }
    case 'union': {
      const [only, ...more] = type.branches.filter(({ kind }) => kind !== 'null')
      return only === undefined || more.length > 0 ? STRING : rawType(only)
    }
    case 'record':
      return recordType(type.name, type)
    default:
      return STRING
  }
}

function wholeType(logical: LogicalType | undefined): SqlType {
  switch (logical?.name) {
    case 'date':
      return { kind: 'DATE' }
    case 'time-millis':
    case 'time-micros':
      return { kind: 'TIME' }
    case 'timestamp-millis':
    case 'timestamp-micros':
      return { kind: 'TIMESTAMP' }
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return { kind: 'DATETIME' }
    default:
      return INT64
  }
}

function decimalType({ precision = 0, scale = 0 }: LogicalType): SqlType {
  return fitsNumeric(precision, scale) ? { kind: 'NUMERIC' } : STRING
}

/** Datastream's records that are one value: the fields they may have, and their types in the raw table. */
export const valueRecords: Readonly<Record<string, Readonly<Record<string, SqlType>>>> = {
  datetime: { date: { kind: 'DATE' }, time: { kind: 'TIME' } },
  // The offset is signed, which a TIME is not: milliseconds.
  timestampTz: { timestamp: { kind: 'TIMESTAMP' }, offset: INT64 },
  timeTz: { time: { kind: 'TIME' }, offset: INT64 },
  interval: { months: INT64, hours: INT64, micros: INT64 },
  geometry: { value: { kind: 'BYTES' }, srid: INT64, type: STRING },
}

function recordType(name: string, record: Extract<AvroType, { kind: 'record' }>): SqlType {
  const known = Object.hasOwn(valueRecords, name) ? valueRecords[name] : undefined
  if (known === undefined) return STRING
  const fields = Object.entries(known)
  const same =
    record.fields.length === fields.length && record.fields.every((field) => Object.hasOwn(known, field.name))
  return same ? { kind: 'STRUCT', fields: fields.map(([field, type]) => ({ name: field, type })) } : STRING
}

/**
 * The type that holds the values of both: a column's and a new writer's. Whole numbers widen to decimals, everything
 * but bytes and records to text; undefined where neither holds the other's values.
 */
export function unionType(left: SqlType, right: SqlType): SqlType | undefined {
  if (left.kind === right.kind && left.kind !== 'STRUCT' && left.kind !== 'ARRAY') return left
  if (left.kind === 'STRUCT' && right.kind === 'STRUCT') {
    const same = left.fields.every(({ name }, index) => right.fields[index]?.name === name)
    return same && left.fields.length === right.fields.length ? left : undefined
  }
  if (isWholeOrDecimal(left) && isWholeOrDecimal(right)) return { kind: 'NUMERIC' }
  return widensToText(left) && widensToText(right) ? STRING : undefined
}

const isWholeOrDecimal = ({ kind }: SqlType): boolean => kind === 'INT64' || kind === 'NUMERIC'

const widensToText = ({ kind }: SqlType): boolean => kind !== 'BYTES' && kind !== 'STRUCT' && kind !== 'ARRAY'
