import { inflateRawSync } from 'node:zlib'
import avro from 'avsc'
import snappy from 'snappyjs'
import type { Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { FileRows } from '../../warehouse/local-warehouse.ts'
import { ApiError, invalid } from '../api-error.ts'
import { timestampMicros } from '../cell.ts'
import { typeHook } from './exact-long.ts'
import { instantText } from './read-value.ts'

/** How values of an Avro type become values of a BigQuery type. */
interface Converter {
  readonly type: SqlType
  readonly read: (value: unknown) => Value
}

type Schema = string | readonly Schema[] | { readonly [key: string]: unknown }

/**
 * Reads an Avro file into BigQuery's types (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-avro#avro_conversions).
 *
 * @param logical `useAvroLogicalTypes`: without it dates and timestamps are the INT64 that they are stored as
 * @throws ApiError for what is no Avro file, or has a type that no BigQuery type holds
 */
export async function readAvro(bytes: Buffer, logical: boolean): Promise<FileRows> {
  const records: unknown[] = []
  let converter: Converter | undefined
  const decoder = new avro.streams.BlockDecoder({
    codecs: { null: (data, done) => done(null, data), deflate: inflate, snappy: uncompress },
    parseHook: (schema) => {
      converter = converterOf(schema as Schema, logical, new Map())
      return avro.Type.forSchema(schema, { typeHook })
    },
  })
  try {
    await new Promise<void>((resolve, reject) => {
      decoder.on('data', (record: unknown) => records.push(record))
      decoder.on('error', reject)
      decoder.on('end', resolve)
      decoder.end(bytes)
    })
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw invalid(`The Apache Avro library failed to parse the file: ${(error as Error).message}`)
  }
  const found = converter
  if (found === undefined) throw invalid('The file is no Avro file')
  const { type } = found
  if (type.kind !== 'STRUCT') throw invalid('The Avro file holds no records')
  return {
    columns: type.fields.map((field) => ({ name: field.name ?? '', type: field.type })),
    rows: records.map((record) => found.read(record) as readonly Value[]),
  }
}

type Done = (error: Error | null, data?: Buffer) => void

function inflate(data: Buffer, done: Done): void {
  try {
    done(null, inflateRawSync(data))
  } catch (error) {
    done(error as Error)
  }
}

/** The last four bytes are a checksum. */
function uncompress(data: Buffer, done: Done): void {
  try {
    done(null, Buffer.from(snappy.uncompress(data.subarray(0, -4))))
  } catch (error) {
    done(error as Error)
  }
}

function converterOf(schema: Schema, logical: boolean, named: Map<string, Converter>): Converter {
  if (Array.isArray(schema)) return ofUnion(schema as readonly Schema[], logical, named)
  const definition = (typeof schema === 'string' ? { type: schema } : schema) as {
    readonly [key: string]: unknown
  }
  const { type, logicalType, name } = definition
  const inner = (part: unknown) => converterOf(part as Schema, logical, named)
  if (typeof type !== 'string') return inner(type)
  const known = named.get(type)
  if (known !== undefined) return known
  const special = ofLogicalType(type, String(logicalType ?? ''), definition, logical)
  if (special !== undefined) return special
  const simple = primitives[type]
  if (simple !== undefined) {
    if (typeof name === 'string' && (type === 'enum' || type === 'fixed')) named.set(name, simple)
    return simple
  }
  if (type === 'record') {
    const fields = (definition['fields'] as readonly { name: string; type: Schema }[]).map((field) => ({
      name: field.name,
      converter: inner(field.type),
    }))
    const record: Converter = {
      type: {
        kind: 'STRUCT',
        fields: fields.map((field) => ({ name: field.name, type: field.converter.type })),
      },
      read: (value) =>
        fields.map((field) => field.converter.read((value as Record<string, unknown>)[field.name])),
    }
    if (typeof name === 'string') named.set(name, record)
    return record
  }
  if (type === 'array') return ofArray(inner(definition['items']))
  if (type === 'map') return ofMap(inner(definition['values']))
  throw new ApiError('notImplemented', `the Avro type ${type} is not supported`)
}

const bytesOf = (value: unknown): Value => new Uint8Array(value as Buffer)

const primitives: Readonly<Record<string, Converter>> = {
  null: { type: { kind: 'STRING' }, read: () => null },
  boolean: { type: { kind: 'BOOL' }, read: (value) => value as boolean },
  int: { type: { kind: 'INT64' }, read: (value) => BigInt(value as number) },
  long: { type: { kind: 'INT64' }, read: (value) => value as bigint },
  float: { type: { kind: 'FLOAT64' }, read: (value) => value as number },
  double: { type: { kind: 'FLOAT64' }, read: (value) => value as number },
  string: { type: { kind: 'STRING' }, read: (value) => value as string },
  bytes: { type: { kind: 'BYTES' }, read: bytesOf },
  enum: { type: { kind: 'STRING' }, read: (value) => value as string },
  fixed: { type: { kind: 'BYTES' }, read: bytesOf },
}

function ofUnion(branches: readonly Schema[], logical: boolean, named: Map<string, Converter>): Converter {
  const some = branches.filter((branch) => branch !== 'null')
  const [only] = some
  if (only === undefined) return { type: { kind: 'STRING' }, read: () => null }
  if (some.length > 1) return ofTypes(some, logical, named)
  const { type, read } = converterOf(only, logical, named)
  return { type, read: (value) => (value === null ? (type.kind === 'ARRAY' ? [] : null) : read(value)) }
}

/** The JavaScript types as which the decoder gives a union's primitive branches, where they tell the branch. */
const given: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  string: 'string',
}

/** A union of several types: a RECORD of a nullable field for each, of which the value's own is set. */
function ofTypes(branches: readonly Schema[], logical: boolean, named: Map<string, Converter>): Converter {
  const parts = branches.map((branch) => {
    const name = typeof branch === 'string' ? branch : String((branch as { readonly type?: unknown }).type)
    if (given[name] === undefined)
      throw new ApiError('notImplemented', `Avro unions of ${name} and others are not supported locally`)
    return { name, ...converterOf(branch, logical, named) }
  })
  const read = (value: unknown): Value => {
    if (value === null) return null
    // The decoder names the branch where values alone would not tell it.
    const [wrapped] = typeof value === 'object' ? Object.entries(value) : []
    const own = parts.findIndex(({ name }) =>
      wrapped === undefined ? given[name] === typeof value : name === wrapped[0],
    )
    return parts.map((part, index) => (index === own ? part.read(wrapped?.[1] ?? value) : null))
  }
  const fields = parts.map(({ name, type }) => ({ name: `${name}_value`, type }))
  return { type: { kind: 'STRUCT', fields }, read }
}

function ofArray({ type, read }: Converter): Converter {
  if (type.kind === 'ARRAY') throw invalid('Array of Array is not supported')
  return { type: { kind: 'ARRAY', element: type }, read: (value) => (value as readonly unknown[]).map(read) }
}

function ofMap({ type, read }: Converter): Converter {
  const fields = [
    { name: 'key', type: { kind: 'STRING' } as const },
    { name: 'value', type },
  ]
  return {
    type: { kind: 'ARRAY', element: { kind: 'STRUCT', fields } },
    read: (value) => Object.entries(value as object).map(([key, item]) => [key, read(item)]),
  }
}

function datetimeOf(text: string): string {
  const written = text.trim().replace(' ', 'T')
  const valid =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?$/.test(written) && !Number.isNaN(Date.parse(`${written}Z`))
  return valid
    ? (instantText(timestampMicros(written))?.replace(/Z$/, '') ?? outOfRange(text))
    : outOfRange(text)
}

function ofLogicalType(
  type: string,
  name: string,
  definition: { readonly [key: string]: unknown },
  logical: boolean,
): Converter | undefined {
  if (name === 'decimal') return ofDecimal(definition)
  if (!logical) return undefined
  const instant = (scale: bigint): Converter => ({
    type: { kind: 'TIMESTAMP' },
    read: (value) => instantText((value as bigint) * scale) ?? outOfRange(value),
  })
  const wall = (scale: bigint): Converter => ({
    type: { kind: 'DATETIME' },
    read: (value) => instantText((value as bigint) * scale)?.replace(/Z$/, '') ?? outOfRange(value),
  })
  const time = (scale: bigint): Converter => ({
    type: { kind: 'TIME' },
    read: (value) => instantText(BigInt(value as number) * scale)?.slice(11, -1) ?? outOfRange(value),
  })
  switch (`${type} ${name}`) {
    case 'int date':
      return {
        type: { kind: 'DATE' },
        read: (value) =>
          instantText(BigInt(value as number) * 86_400_000_000n)?.slice(0, 10) ?? outOfRange(value),
      }
    case 'int time-millis':
      return time(1000n)
    case 'long time-micros':
      return time(1n)
    case 'long timestamp-millis':
      return instant(1000n)
    case 'long timestamp-micros':
      return instant(1n)
    case 'long local-timestamp-millis':
      return wall(1000n)
    case 'long local-timestamp-micros':
      return wall(1n)
    // As BigQuery itself extracts it.
    case 'string datetime':
      return { type: { kind: 'DATETIME' }, read: (value) => datetimeOf(String(value)) }
    default:
      return undefined
  }
}

function outOfRange(value: unknown): never {
  throw invalid(`Invalid date or timestamp value: ${String(value)} is not in the years 1 to 9999`)
}

/** NUMERIC where it holds every value of the precision, else BIGNUMERIC (the default of decimalTargetTypes). */
function ofDecimal(definition: { readonly [key: string]: unknown }): Converter {
  const precision = Number(definition['precision'])
  const scale = Number(definition['scale'] ?? 0)
  const kind = scale <= 9 && precision - scale <= 29 ? 'NUMERIC' : 'BIGNUMERIC'
  if (scale > 38 || precision - scale > 38) throw invalid(`Avro decimal(${precision}, ${scale}) is too large`)
  return { type: { kind }, read: (value) => decimalText(value as Buffer, scale) }
}

function decimalText(bytes: Buffer, scale: number): string {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x0${bytes.toString('hex')}`))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${unscaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
