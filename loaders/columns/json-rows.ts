import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import type { Batch } from '../../runner/warehouse/landing.ts'
import { Misfit } from '../avro/compile-decoder.ts'
import { eventColumns, metadataFields } from '../datastream/columns.ts'
import { fitJson, fitTyped } from '../datastream/fit-json.ts'
import { eventValues, fitColumn, type JsonEvent } from '../datastream/json-event.ts'
import type { PayloadField } from '../datastream/payload-plan.ts'
import type { FileTally } from '../landing/file-tally.ts'
import { type Builder, builderFor, type Stored } from './builder.ts'
import { RawRows } from './raw-rows.ts'
import type { RowsOfTable } from './rows-of-table.ts'

const metadataType: SqlType = { kind: 'STRUCT', fields: metadataFields }
const sourceTime = eventColumns.findIndex(({ name }) => name === 'source_timestamp')

/** Rows of one raw table that come from JSON lines. */
export class JsonRows implements RowsOfTable {
  private readonly payload: readonly StructField[]
  private readonly position: ReadonlyMap<string, number>
  private readonly own: readonly { readonly name: string; readonly builder: Builder }[]
  private readonly metadata = builderFor(metadataType)
  private readonly payloads: Builder | undefined
  private readonly rows: RawRows
  private row = 0
  private fileStart = 0
  private naturals:
    | { readonly columns: readonly PayloadField[]; readonly types: ReadonlyMap<string, SqlType> }
    | undefined
  private bytes = 0

  constructor(payload: readonly StructField[]) {
    this.payload = payload
    this.position = new Map(payload.map(({ name = '' }, index) => [name.toLowerCase(), index]))
    this.own = eventColumns.map(({ name, type }) => ({ name, builder: builderFor(type) }))
    // A struct without fields has no column.
    this.payloads = payload.length === 0 ? undefined : builderFor({ kind: 'STRUCT', fields: payload })
    this.rows = new RawRows([
      ...this.own,
      { name: 'source_metadata', builder: this.metadata },
      ...(this.payloads === undefined ? [] : [{ name: 'payload', builder: this.payloads }]),
    ])
  }

  get length(): number {
    return this.row
  }

  get inputBytes(): number {
    return this.bytes
  }

  beginFile(): void {
    this.fileStart = this.row
  }

  /**
   * Adds an event as the file's number `ordinal`.
   *
   * @param payload the payload's columns as they are to be stored; read from the event's JSON unless given
   * @throws Misfit (`ColumnMisfit` where one column is to blame)
   */
  add(event: JsonEvent, ordinal: number, bytes: number, tally: FileTally, payload?: Stored): void {
    const values = eventValues(event)
    const stored = payload === undefined ? this.payloadValues(event) : payload
    const { row } = this
    this.rows.reserve(row + 1)
    this.own.forEach(({ builder }, index) => {
      builder.put(row, values.own[index] ?? null)
    })
    this.metadata.put(row, values.metadata)
    this.payloads?.put(row, stored)
    this.rows.ordinals.put(row, BigInt(ordinal))
    this.row++
    this.bytes += bytes
    const time = values.own[sourceTime]
    if (typeof time === 'bigint') tally.noteTime(Number(time))
  }

  private payloadValues({ payload, columns }: JsonEvent): Stored {
    if (payload === undefined) return null
    const naturals = columns === undefined ? undefined : this.naturalTypes(columns)
    const values: Stored[] = this.payload.map(() => null)
    const seen = new Set<number>()
    for (const [name, value] of Object.entries(payload)) {
      const index = this.position.get(name.toLowerCase())
      if (index === undefined) {
        if (value === null) continue // a column of which nothing is known yet
        throw new Misfit(`the raw table has no column \`${name}\``)
      }
      if (seen.has(index)) throw new Misfit(`two of the payload's columns differ only by case: \`${name}\``)
      seen.add(index)
      const type = this.payload[index]?.type
      const natural = naturals?.get(name)
      if (type !== undefined) {
        values[index] = fitColumn(`payload.${name}`, () =>
          natural === undefined ? fitJson(value, type) : fitTyped(value, natural, type),
        )
      }
    }
    return values
  }

  /** The types that the source's columns have by themselves; events of one schema share their list. */
  private naturalTypes(columns: readonly PayloadField[]): ReadonlyMap<string, SqlType> {
    if (this.naturals?.columns !== columns)
      this.naturals = { columns, types: new Map(columns.map(({ name, type }) => [name, type])) }
    return this.naturals.types
  }

  endFile(tally: FileTally): void {
    this.rows.nameFile(tally.name, this.row)
    tally.rows += this.row - this.fileStart
    this.fileStart = this.row
  }

  dropFile(): void {
    this.row = this.fileStart
    this.rows.forgetFrom(this.fileStart)
  }

  take(loadedAt: Date): Batch {
    const batch = this.rows.take(this.row, loadedAt)
    this.row = 0
    this.fileStart = 0
    this.bytes = 0
    return batch
  }
}
