import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { Vector } from '../../warehouse/landing.ts'
import { ParquetWriter } from '../../warehouse/parquet/write-parquet.ts'
import { ApiError } from '../api-error.ts'
import { timestampMicros } from '../cell.ts'

/**
 * Rows as a Parquet file without compression, as BigQuery extracts them
 * (https://cloud.google.com/bigquery/docs/exporting-data#parquet_export_details).
 *
 * @throws ApiError for types that we do not write
 */
export function writeParquet(columns: readonly ResultColumn[], rows: readonly (readonly Value[])[]): Buffer {
  const chunks: Buffer[] = []
  const writer = new ParquetWriter(columns, (bytes) => chunks.push(Buffer.from(bytes)), 'plain')
  writer.write({
    length: rows.length,
    columns: columns.map(({ name, type }, index) => ({
      name,
      vector: vectorOf(
        rows.map((row) => row[index] ?? null),
        type,
      ),
    })),
  })
  writer.finish()
  return Buffer.concat(chunks)
}

function vectorOf(values: readonly Value[], type: SqlType): Vector {
  const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1))
  switch (type.kind) {
    case 'BOOL':
      return { kind: 'BOOL', valid, values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)) }
    case 'INT64':
      return {
        kind: 'INT64',
        valid,
        values: BigInt64Array.from(values, (value) => BigInt((value ?? 0n) as bigint)),
      }
    case 'FLOAT64':
      return { kind: 'FLOAT64', valid, values: Float64Array.from(values, (value) => Number(value ?? 0)) }
    case 'DATE':
      return {
        kind: 'DATE',
        valid,
        values: Int32Array.from(values, (value) => Number(micros(value, type.kind) / 86_400_000_000n)),
      }
    case 'TIME':
    case 'TIMESTAMP':
    case 'DATETIME':
      return {
        kind: type.kind,
        valid,
        values: BigInt64Array.from(values, (value) => micros(value, type.kind)),
      }
    case 'NUMERIC':
      return { kind: 'NUMERIC', valid, values: numericHalves(values) }
    case 'STRING':
    case 'JSON':
    case 'BYTES':
      return { kind: type.kind, valid, ...textVector(values) }
    case 'STRUCT':
      return {
        kind: 'STRUCT',
        valid,
        fields: type.fields.map((field, index) => ({
          name: field.name ?? `_field_${index + 1}`,
          vector: vectorOf(
            values.map((value) => (value === null ? null : ((value as readonly Value[])[index] ?? null))),
            field.type,
          ),
        })),
      }
    case 'ARRAY': {
      const lists = values.map((value) => (value ?? []) as readonly Value[])
      return {
        kind: 'ARRAY',
        offsets: offsetsOf(lists.map(({ length }) => length)),
        element: vectorOf(lists.flat(), type.element),
      }
    }
    default:
      throw new ApiError('notImplemented', `extracting ${type.kind} as PARQUET is not supported locally`)
  }
}

function offsetsOf(lengths: readonly number[]): Uint32Array {
  const offsets = new Uint32Array(lengths.length + 1)
  for (const [index, length] of lengths.entries()) offsets[index + 1] = (offsets[index] ?? 0) + length
  return offsets
}

function textVector(values: readonly Value[]): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
  const pieces = values.map((value) =>
    value === null
      ? Buffer.alloc(0)
      : value instanceof Uint8Array
        ? Buffer.from(value)
        : Buffer.from(String(value)),
  )
  return { offsets: offsetsOf(pieces.map(({ length }) => length)), bytes: Buffer.concat(pieces) }
}

/** Since 1970, or since midnight. */
function micros(value: Value, kind: SqlType['kind']): bigint {
  if (value === null) return 0n
  const text = String(value)
  return timestampMicros(kind === 'TIME' ? `1970-01-01T${text}` : kind === 'DATE' ? `${text}T00:00:00` : text)
}

/** Scaled by 10^9: low and high 64 bits, one after the other. */
function numericHalves(values: readonly Value[]): BigInt64Array {
  const halves = new BigInt64Array(values.length * 2)
  for (const [index, value] of values.entries()) {
    const [whole = '0', fraction = ''] = String(value ?? '0').split('.')
    const size = BigInt(whole.replace('-', '') + fraction.padEnd(9, '0'))
    const scaled = whole.startsWith('-') ? -size : size
    halves[2 * index] = BigInt.asIntN(64, scaled)
    halves[2 * index + 1] = BigInt.asIntN(64, scaled >> 64n)
  }
  return halves
}
