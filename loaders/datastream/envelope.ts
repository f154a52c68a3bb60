import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import { Problem } from '../../runner/problem.ts'
import { type Convert, Misfit, type Plan } from '../avro/compile-decoder.ts'
import type { AvroField, AvroRecord, AvroType } from '../avro/schema.ts'
import type { AvroValue } from '../avro/value.ts'
import { type Builder, builderFor, StructBuilder } from '../columns/builder.ts'
import { eventColumns, metadataAliases, metadataFields, steadyFields } from './columns.ts'
import { converter } from './convert.ts'
import { jsonOf } from './event-json.ts'
import type { PayloadField } from './payload-plan.ts'
import { rawType } from './types.ts'

/** A writer schema that is a Datastream event's. */
export interface Envelope {
  readonly record: AvroRecord
  readonly metadata: AvroRecord
  readonly payload: AvroRecord
}

/**
 * Finds the event's parts in a writer schema, by name: their order changed over the years.
 *
 * @throws Problem if it is no event's schema, naming what is missing
 */
export function findEnvelope(schema: AvroType): Envelope {
  if (schema.kind !== 'record') {
    throw new Problem(`the schema is not a Datastream event: it is ${schema.kind}, not a record`)
  }
  const missing = ['uuid', 'source_timestamp', 'source_metadata', 'payload'].filter(
    (name) => !schema.fields.some((field) => field.name === name),
  )
  if (missing.length > 0) {
    throw new Problem(
      `the schema is not a Datastream event: record \`${schema.name}\` has no ${missing.map((name) => `\`${name}\``).join(', ')}`,
    )
  }
  return { record: schema, metadata: partOf(schema, 'source_metadata'), payload: partOf(schema, 'payload') }
}

function partOf(record: AvroRecord, name: string): AvroRecord {
  const type = record.fields.find((field) => field.name === name)?.type
  const part = type === undefined ? undefined : recordIn(type)
  if (part === undefined)
    throw new Problem(`the schema is not a Datastream event: \`${name}\` is not a record`)
  return part
}

function recordIn(type: AvroType): AvroRecord | undefined {
  if (type.kind === 'record') return type
  if (type.kind !== 'union') return undefined
  const others = type.branches.filter(({ kind }) => kind !== 'null')
  return others.length === 1 && others[0]?.kind === 'record' ? others[0] : undefined
}

/** The payload's columns as the schema has them. */
export function envelopePayload({ payload }: Envelope): readonly PayloadField[] {
  return payload.fields.map(({ name, type }) => ({ name, type: rawType(type) }))
}

export interface EventBuilders {
  readonly plan: Plan
  /** The columns that the schema has, to be filled by `plan`. */
  readonly columns: readonly { readonly name: string; readonly builder: Builder }[]
}

/**
 * Plans how a record of the schema becomes a row: which builder takes each field.
 *
 * @param fields the payload's columns in the raw table, that hold the schema's (see `mergePayload`)
 */
export function planEvents(
  { record, metadata, payload }: Envelope,
  fields: readonly StructField[],
): EventBuilders {
  const extra = new ExtraFields()
  const columns: { name: string; builder: Builder }[] = []
  const plans = record.fields.map((field): Plan => {
    if (field.name === 'source_metadata') {
      const planned = planMetadata(metadata, extra)
      columns.push({ name: field.name, builder: planned.builder })
      return nullable(field.type, planned)
    }
    if (field.name === 'payload') {
      const planned = planPayload(payload, fields)
      if (fields.length > 0) columns.push({ name: field.name, builder: planned.builder })
      return nullable(field.type, planned)
    }
    const column = eventColumns.find(({ name }) => name === field.name)
    const planned =
      column === undefined ? undefined : planColumn(millisByDefault(field), column.type, field.name)
    if (planned === undefined) return extra.take(field)
    columns.push({ name: field.name, builder: planned.builder })
    return { ...planned, steady: steadyFields.has(field.name) }
  })
  const after = extra.used ? (row: number) => extra.put(row) : undefined
  return { plan: { do: 'record', record, fields: plans, ...(after === undefined ? {} : { after }) }, columns }
}

type Written = Extract<Plan, { do: 'write' }>
type WrittenRecord = Extract<Plan, { do: 'record' }> & { readonly builder: StructBuilder }

/** undefined if the column cannot hold such values. */
function planColumn(field: AvroField, type: SqlType, column: string): Written | undefined {
  const builder = builderFor(type)
  if (type.kind === 'ARRAY') {
    const items = arrayItems(field.type)
    if (items === undefined || (rawType(items).kind !== 'STRING' && rawType(items).kind !== 'INT64'))
      return undefined
    return { do: 'write', type: field.type, builder, column, convert: textsOf }
  }
  const convert = converter(field.type, type)
  return convert === undefined ? undefined : { do: 'write', type: field.type, builder, column, convert }
}

const textsOf: Convert = (value) =>
  value === null ? null : (value as readonly AvroValue[]).map((item) => (item === null ? null : String(item)))

function arrayItems(type: AvroType): AvroType | undefined {
  if (type.kind === 'array') return type.items
  if (type.kind !== 'union') return undefined
  const others = type.branches.filter(({ kind }) => kind !== 'null')
  return others.length === 1 && others[0]?.kind === 'array' ? others[0].items : undefined
}

/** The envelope's times are milliseconds, also where the schema forgets to say so. */
function millisByDefault(field: AvroField): AvroField {
  const { name, type } = field
  if (name !== 'read_timestamp' && name !== 'source_timestamp') return field
  if (type.kind !== 'long' || type.logical !== undefined) return field
  return { name, type: { kind: 'long', logical: { name: 'timestamp-millis' } } }
}

function nullable(type: AvroType, value: WrittenRecord): Plan {
  if (type.kind !== 'union') return value
  const nullAt = type.branches.findIndex(({ kind }) => kind === 'null')
  if (type.branches.length !== 2 || (nullAt !== 0 && nullAt !== 1)) {
    throw new Problem(
      'the schema is not a Datastream event: `payload` or `source_metadata` is a union of several records',
    )
  }
  return { do: 'nullable', nullAt, value, builder: value.builder }
}

function planMetadata(metadata: AvroRecord, extra: ExtraFields): WrittenRecord {
  const fields: { name: string; builder: Builder }[] = []
  const plans = metadata.fields.map((field): Plan => {
    const name = Object.hasOwn(metadataAliases, field.name) ? (metadataAliases[field.name] ?? '') : field.name
    const column = metadataFields.find((candidate) => candidate.name === name && name !== 'extra')
    const taken =
      fields.some((other) => other.name === name) || (name !== field.name && hasField(metadata, name))
    const planned =
      column === undefined || taken ? undefined : planColumn(field, column.type, `source_metadata.${name}`)
    if (planned === undefined) return extra.take(field)
    fields.push({ name, builder: planned.builder })
    return { ...planned, steady: steadyFields.has(name) }
  })
  fields.push({ name: 'extra', builder: extra.builder })
  return {
    do: 'record',
    record: metadata,
    fields: plans,
    builder: new StructBuilder(fields),
    after: (row) => extra.clear(row),
  }
}

const hasField = ({ fields }: AvroRecord, name: string): boolean =>
  fields.some((field) => field.name === name)

function planPayload(payload: AvroRecord, columns: readonly StructField[]): WrittenRecord {
  const byFolded = new Map(columns.map((column) => [(column.name ?? '').toLowerCase(), column]))
  const fields: { name: string; builder: Builder }[] = []
  const plans = payload.fields.map((field): Plan => {
    const column = byFolded.get(field.name.toLowerCase())
    if (column === undefined) throw new Error(`the raw table has no column for ${field.name}`)
    const path = `payload.${field.name}`
    const builder = builderFor(column.type)
    fields.push({ name: column.name ?? '', builder })
    const convert = converter(field.type, column.type) ?? refuse(field, column)
    return { do: 'write', type: field.type, builder, column: path, convert }
  })
  return { do: 'record', record: payload, fields: plans, builder: new StructBuilder(fields) }
}

/** For a column that cannot hold the values of the writer's type. */
export function refuse(field: AvroField, column: StructField): Convert {
  return (value) => {
    if (value === null) return null
    throw new Misfit(
      `the raw table's column is ${column.type.kind}, this file has ${rawType(field.type).kind}`,
    )
  }
}

/** Fields of the envelope and its metadata that have no column: one JSON object a row. */
class ExtraFields {
  readonly builder = builderFor({ kind: 'JSON' })
  used = false
  private row: Record<string, unknown> = {}

  take({ name, type }: AvroField): Plan {
    this.used = true
    return {
      do: 'call',
      type,
      with: (value) => {
        this.row[name] = jsonOf(value, type)
      },
    }
  }

  /** Rows have no extra fields until told otherwise. */
  clear(row: number): void {
    this.builder.put(row, null)
  }

  put(row: number): void {
    if (Object.keys(this.row).length > 0) this.builder.put(row, JSON.stringify(this.row))
    this.row = {}
  }
}
