import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import avro from 'avsc'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError } from '../api-error.ts'
import { timestampMicros } from '../cell.ts'
import { typeHook } from './exact-long.ts'

type Schema = string | readonly Schema[] | { readonly [key: string]: unknown }

export type AvroCodec = 'null' | 'deflate'

/**
 * Rows as an Avro file, as BigQuery extracts them
 * (https://cloud.google.com/bigquery/docs/exporting-data#avro_export_details): every column may be NULL, ARRAYs may not.
 *
 * @param logical `useAvroLogicalTypes`
 * @throws ApiError for types that we do not write, and for dates and times without logical types
 */
export function writeAvro(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  logical: boolean,
  codec: AvroCodec,
): Buffer {
  const names = new Map<SqlType, string>()
  const schema = recordOf('Root', columns, logical, names)
  const type = avro.Type.forSchema(schema as avro.Schema, { typeHook, wrapUnions: true })
  const data = Buffer.concat(rows.map((row) => type.toBuffer(recordValue(columns, row, names))))
  return container(schema, codec, rows.length, data)
}

const mapOfBytes = avro.Type.forSchema({ type: 'map', values: 'bytes' })
const long = avro.Type.forSchema('long')

/** One block (https://avro.apache.org/docs/current/specification/#object-container-files). avsc's own writer leaves logical types out. */
function container(schema: Schema, codec: AvroCodec, count: number, data: Buffer): Buffer {
  const sync = randomBytes(16)
  const block = codec === 'deflate' ? deflateRawSync(data) : data
  return Buffer.concat([
    Buffer.from('Obj\u0001', 'latin1'),
    mapOfBytes.toBuffer({
      'avro.schema': Buffer.from(JSON.stringify(schema)),
      'avro.codec': Buffer.from(codec),
    }),
    sync,
    ...(count === 0 ? [] : [long.toBuffer(count), long.toBuffer(block.length), block, sync]),
  ])
}

function recordOf(
  name: string,
  fields: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  logical: boolean,
  names: Map<SqlType, string>,
): Schema {
  return {
    type: 'record',
    name,
    fields: fields.map((field, index) => ({
      name: field.name ?? `_field_${index + 1}`,
      type: fieldOf(field.type, logical, names),
    })),
  }
}

function fieldOf(type: SqlType, logical: boolean, names: Map<SqlType, string>): Schema {
  if (type.kind === 'ARRAY') return { type: 'array', items: itemOf(type.element, logical, names) }
  return ['null', itemOf(type, logical, names)]
}

const plain: Readonly<Partial<Record<SqlType['kind'], Schema>>> = {
  BOOL: 'boolean',
  INT64: 'long',
  FLOAT64: 'double',
  STRING: 'string',
  BYTES: 'bytes',
  NUMERIC: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 9 },
  BIGNUMERIC: { type: 'bytes', logicalType: 'decimal', precision: 77, scale: 38 },
  GEOGRAPHY: { type: 'string', sqlType: 'GEOGRAPHY' },
  JSON: { type: 'string', sqlType: 'JSON' },
}

const times: Readonly<Partial<Record<SqlType['kind'], Schema>>> = {
  DATE: { type: 'int', logicalType: 'date' },
  TIME: { type: 'long', logicalType: 'time-micros' },
  TIMESTAMP: { type: 'long', logicalType: 'timestamp-micros' },
  DATETIME: { type: 'string', logicalType: 'datetime' },
}

function itemOf(type: SqlType, logical: boolean, names: Map<SqlType, string>): Schema {
  if (type.kind === 'STRUCT') {
    // A record is described once, and named where it comes again.
    const known = names.get(type)
    if (known !== undefined) return known
    const name = `Record${names.size + 1}`
    names.set(type, name)
    return recordOf(name, type.fields, logical, names)
  }
  const known = plain[type.kind]
  if (known !== undefined) return known
  const time = times[type.kind]
  if (time !== undefined && logical) return time
  throw new ApiError(
    'notImplemented',
    time === undefined
      ? `extracting ${type.kind} as AVRO is not supported locally`
      : `extracting ${type.kind} as AVRO is supported locally with useAvroLogicalTypes: true alone`,
  )
}

function recordValue(
  fields: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  values: readonly Value[],
  names: ReadonlyMap<SqlType, string>,
): object {
  return Object.fromEntries(
    fields.map(({ name, type }, index) => {
      const value = values[index] ?? null
      const key = name ?? `_field_${index + 1}`
      if (type.kind === 'ARRAY')
        return [key, ((value ?? []) as readonly Value[]).map((item) => avroValue(item, type.element, names))]
      return [key, value === null ? null : { [branchOf(type, names)]: avroValue(value, type, names) }]
    }),
  )
}

/** The name of a union's branch. */
const branchOf = (type: SqlType, names: ReadonlyMap<SqlType, string>): string =>
  names.get(type) ?? branches[type.kind] ?? 'string'

const branches: Readonly<Partial<Record<SqlType['kind'], string>>> = {
  BOOL: 'boolean',
  INT64: 'long',
  FLOAT64: 'double',
  BYTES: 'bytes',
  NUMERIC: 'bytes',
  BIGNUMERIC: 'bytes',
  DATE: 'int',
  TIME: 'long',
  TIMESTAMP: 'long',
}

function avroValue(value: Value, type: SqlType, names: ReadonlyMap<SqlType, string>): unknown {
  switch (type.kind) {
    case 'STRUCT':
      return recordValue(type.fields, value as readonly Value[], names)
    case 'BYTES':
      return Buffer.from(value as Uint8Array)
    case 'NUMERIC':
      return decimalBytes(String(value), 9)
    case 'BIGNUMERIC':
      return decimalBytes(String(value), 38)
    case 'DATE':
      return Number(timestampMicros(`${value}T00:00:00Z`) / 86_400_000_000n)
    case 'TIME':
      return timestampMicros(`1970-01-01T${value}Z`)
    case 'TIMESTAMP':
      return timestampMicros(String(value))
    default:
      return value
  }
}

/** Two's complement, the highest byte first, as short as it goes. */
function decimalBytes(text: string, scale: number): Buffer {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(scale, '0'))
  const value = text.startsWith('-') ? -size : size
  let length = 1
  while (BigInt.asIntN(8 * length, value) !== value) length += 1
  return Buffer.from(
    BigInt.asUintN(8 * length, value)
      .toString(16)
      .padStart(2 * length, '0'),
    'hex',
  )
}
