import { Problem } from '../../runner/problem.ts'
import { Misfit } from '../avro/compile-decoder.ts'
import type { Stored } from '../columns/builder.ts'
import { eventColumns, metadataAliases, metadataFields } from './columns.ts'
import { fitEventTime, fitJson, fitsJson } from './fit-json.ts'
import type { PayloadField } from './payload-plan.ts'
import { JsonNumber } from './raw-json.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** An event as JSON lines have it, its parts told apart. */
export interface JsonEvent {
  readonly event: JsonObject
  readonly metadata: JsonObject
  /** undefined where there is none, or null: deletes may come without. */
  readonly payload: JsonObject | undefined
  /** The columns of the source's table, where the envelope says them; undefined: JSON values alone. */
  readonly columns?: readonly PayloadField[]
}

export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  )
}

/** @throws Problem that says what of an event the value lacks */
export function jsonEvent(value: unknown): JsonEvent {
  if (!isObject(value)) throw new Problem('not a Datastream event: not an object')
  const missing = ['uuid', 'source_timestamp', 'source_metadata'].filter(
    (name) => !Object.hasOwn(value, name),
  )
  if (missing.length > 0) {
    throw new Problem(`not a Datastream event: it has no ${missing.map((name) => `\`${name}\``).join(', ')}`)
  }
  const { source_metadata: metadata, payload } = value
  if (!isObject(metadata)) throw new Problem('not a Datastream event: `source_metadata` is not an object')
  if (payload !== undefined && payload !== null && !isObject(payload)) {
    throw new Problem('not a Datastream event: `payload` is not an object')
  }
  const columns = columnsOf(value['payload_types'])
  return {
    event: value,
    metadata,
    payload: payload ?? undefined,
    ...(columns === undefined ? {} : { columns }),
  }
}

/** An event that another envelope held, as a whole that can be kept as JSON and read by `jsonEvent` again. */
export function translatedEvent(
  own: JsonObject,
  metadata: JsonObject,
  payload: JsonObject,
  columns: readonly PayloadField[] | undefined,
): JsonEvent {
  const event = { ...own, source_metadata: metadata, payload }
  if (columns === undefined) return { event, metadata, payload }
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type.kind]))
  return { event: { ...event, payload_types: types }, metadata, payload, columns }
}

const scalarTypes = [
  'BOOL',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'STRING',
  'BYTES',
  'DATE',
  'TIME',
  'DATETIME',
  'TIMESTAMP',
] as const

/** undefined for what is not written by `translatedEvent`. */
function columnsOf(types: unknown): readonly PayloadField[] | undefined {
  if (!isObject(types)) return undefined
  return Object.entries(types).flatMap(([name, given]) => {
    const kind = scalarTypes.find((known) => known === given)
    return kind === undefined ? [] : [{ name, type: { kind } }]
  })
}

const envelopeParts = ['source_metadata', 'payload', 'payload_types']

/** The event's own columns, in the order of `eventColumns`, then the fields of source_metadata. */
export interface EventValues {
  readonly own: readonly Stored[]
  readonly metadata: readonly Stored[]
}

/** @throws Misfit, `column` set */
export function eventValues({ event, metadata }: JsonEvent): EventValues {
  const own = eventColumns.map(({ name, type }) =>
    fitColumn(name, () =>
      type.kind === 'TIMESTAMP' ? fitEventTime(event[name]) : fitJson(event[name], type),
    ),
  )
  const extra: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(event)) {
    const isKnown = envelopeParts.includes(name) || eventColumns.some((column) => column.name === name)
    if (!isKnown) extra[name] = value
  }
  const taken = new Map<string, unknown>()
  for (const [name, value] of Object.entries(metadata)) {
    const column = columnOf(name, metadata)
    const type = metadataFields.find((field) => field.name === column)?.type
    if (column === 'extra' || type === undefined || taken.has(column) || !fitsJson(value, type))
      extra[name] = value
    else taken.set(column, value)
  }
  const rest = Object.keys(extra).length === 0 ? null : JSON.stringify(extra)
  const fields = metadataFields.map(({ name, type }) =>
    name === 'extra' ? rest : fitJson(taken.get(name), type),
  )
  return { own, metadata: fields }
}

function columnOf(name: string, metadata: JsonObject): string {
  const alias = Object.hasOwn(metadataAliases, name) ? metadataAliases[name] : undefined
  return alias === undefined || Object.hasOwn(metadata, alias) ? name : alias
}

/** Calls `run` and says which column a misfit is of. */
export function fitColumn<T>(column: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof Misfit ? new ColumnMisfit(column, error.message) : error
  }
}

export class ColumnMisfit extends Misfit {
  readonly column: string

  constructor(column: string, reason: string) {
    super(reason)
    this.column = column
  }
}
