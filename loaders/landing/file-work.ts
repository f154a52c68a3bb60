import { Problem } from '../../runner/problem.ts'
import { Misfit } from '../avro/compile-decoder.ts'
import { type Block, type Damage, UnreadableFile } from '../avro/container.ts'
import { AvroRows } from '../columns/avro-rows.ts'
import { JsonRows } from '../columns/json-rows.ts'
import { bytesPerBatch, type RowsOfTable, rowsPerBatch } from '../columns/rows-of-table.ts'
import { ColumnMisfit, isObject, type JsonEvent } from '../datastream/json-event.ts'
import { type JsonLine, NoJson } from '../datastream/json-events.ts'
import { neededColumns } from '../datastream/json-payload.ts'
import { rawTableName, type SourceTable, sourceTable } from '../datastream/naming.ts'
import type { PayloadField } from '../datastream/payload-plan.ts'
import { RepeatedKey } from '../datastream/repeated-key.ts'
import { type DebeziumSchema, messagesOf } from '../debezium/avro-messages.ts'
import { defaultEnvelope, type EnvelopeSettings } from '../envelope-settings.ts'
import { ChangeEvents } from '../file/change-events.ts'
import { type ContentLimits, defaultContentLimits } from '../file/content-limits.ts'
import { fileValues } from '../file/file-values.ts'
import { type EventSchema, readEvents } from '../file/read-file.ts'
import { RefusedEvent } from '../file/refused-event.ts'
import type { SourceSchemas } from '../ledger/source-schemas.ts'
import { shortReason } from '../short-reason.ts'
import { FileTally, TwoSourceTables } from './file-tally.ts'
import type { TableWork } from './table-work.ts'

/** JSON lines are understood so many at a time: their columns' types are what holds all their values. */
const eventsPerChunk = 5000
const bytesPerChunk = 16 * 1024 * 1024

export interface FileWorkOptions {
  readonly file: string
  readonly schemas: SourceSchemas
  readonly maxDeadLetters: number
  readonly signal: AbortSignal
  /** Keep what can be read of a file that cannot be read whole; the rest becomes dead letters. */
  readonly salvage?: boolean
  readonly limits?: ContentLimits
  /** Told by the content unless given. */
  readonly envelope?: EnvelopeSettings
  readonly tableOf: (source: SourceTable) => Promise<TableWork>
}

/** Not a change file at all: text in JSON that has nothing of an event, such as a schema that lies beside the data. */
export class NoChangeFile extends Problem {}

/** More dead letters than the settings allow: something is plainly wrong. */
export class TooManyDeadLetters extends Problem {
  constructor(count: number, allowed: number, file: string, reason: string) {
    super(`${count} events do not fit, where ${allowed} are allowed; the last: ${reason}`, {
      file,
      hint: 'nothing of this transaction was landed: mend the cause, or raise `landing: max_dead_letters` in streamform.yaml',
    })
  }
}

/** One file on its way into its raw table. */
export class FileWork {
  readonly tally: FileTally
  /** True once rows of this file are with the warehouse: they can only be taken back with the whole transaction. */
  handedOver = false
  private readonly options: FileWorkOptions
  private readonly changes: ChangeEvents
  private table: TableWork | undefined
  private source: SourceTable | undefined
  private payloadBefore: TableWork['payload'] = []
  private rows: RowsOfTable | undefined
  /** The number that the file's next value has. */
  private nextLine = 0
  /** Values that are no events, while none of the file is one. */
  private readonly odd: OddValue[] = []
  /** Values that are not with the rows yet, and where in the file the first of them began. */
  private chunk: NumberedEvent[] = []
  private chunkStart = 0

  constructor(options: FileWorkOptions) {
    this.options = options
    this.tally = new FileTally(options.file)
    this.changes = new ChangeEvents(options.file, options.envelope ?? defaultEnvelope)
  }

  /** True once the warehouse has failed to take rows. */
  get warehouseFailed(): boolean {
    return this.table?.appending ?? false
  }

  get rawTable(): string | null {
    return this.table === undefined ? null : rawTableName(this.table.target)
  }

  /** Reads the file whole. @throws UnreadableFile, NoChangeFile, TooManyDeadLetters, Problem */
  async read(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const event of readEvents(pieces, this.options.salvage, this.options.limits)) {
        if (event.kind === 'text') await this.readContent(event.content)
        else if (event.kind === 'messages') await this.addMessages(event.schema, event.block)
        else if (event.kind === 'damage') this.leaveDamage(event.damage)
        else if (event.kind === 'schema') await this.beginAvro(event.schema, event.source)
        else await this.addBlock(event.block)
      }
    } catch (error) {
      // What was understood by then counts as read.
      if (this.options.salvage === true && error instanceof UnreadableFile) await this.endValues()
      if (!this.isSalvageable(error)) throw error
      this.leaveRest(error)
    }
    await this.endValues()
    this.rows?.endFile(this.tally)
  }

  private isSalvageable(error: unknown): error is UnreadableFile {
    const { salvage = false } = this.options
    return (
      salvage &&
      this.rows !== undefined &&
      error instanceof UnreadableFile &&
      !(error instanceof TwoSourceTables)
    )
  }

  /** One dead letter for all that comes after what could be read: how many events it holds, nobody knows. */
  private leaveRest({ message, offset }: UnreadableFile): void {
    const { rows } = this
    const next = rows instanceof AvroRows ? rows.nextOrdinal : this.nextLine
    this.tally.salvaged ??= message
    this.addUnfit(next, undefined, message, { unreadable_from_byte: offset })
  }

  /** One dead letter for a part of the file between others that can be read. */
  private leaveDamage({ from, to, reason, count }: Damage): void {
    const { rows } = this
    if (!(rows instanceof AvroRows)) throw new Error('damage before the schema')
    this.tally.salvaged ??= reason
    // A count that the bytes cannot hold is part of the damage: an event has some 40 bytes, and packs to a hundredth.
    const events = count !== undefined && count <= (to - from) * 4 ? count : undefined
    const place = { unreadable_bytes: { from, to }, ...(events === undefined ? {} : { events }) }
    this.addUnfit(rows.nextOrdinal, undefined, reason, place)
    rows.skipEvents(Math.max(1, events ?? 1))
  }

  /** Forgets what the file has begun; only while nothing is handed over. */
  takeBack(): void {
    this.rows?.dropFile()
    this.table?.restore(this.payloadBefore)
  }

  private async beginAvro(schema: EventSchema, source: SourceTable): Promise<void> {
    this.changes.expect('datastream')
    const table = await this.begin(source)
    await table.hold(schema.payload)
    this.noteSchema(source, schema.text, schema.fingerprint)
    this.tally.fingerprint = schema.fingerprint
    this.rows = table.writer(schema.fingerprint, (payload) => new AvroRows(schema.envelope, payload))
    this.rows.beginFile()
  }

  private async addBlock(block: Parameters<AvroRows['addBlock']>[0]): Promise<void> {
    const { rows } = this
    if (!(rows instanceof AvroRows)) throw new Error('a block before its schema')
    this.options.signal.throwIfAborted()
    const { salvage = false } = this.options
    try {
      for (const _full of rows.addBlock(block, this.tally, salvage)) await this.handOver(rows)
    } catch (error) {
      if (!this.isSalvageable(error)) throw error
      const { count, at } = rows.rest
      const from = block.plain ? block.offset + at : block.offset
      this.leaveDamage({ from, to: block.end, reason: block.flaw ?? error.message, count })
    }
    if (block.flaw !== undefined) this.tally.salvaged ??= block.flaw
    this.checkDeadLetters()
    if (rows.inputBytes >= bytesPerBatch) await this.handOver(rows)
  }

  /** What is neither Avro nor JSON is no loss where its name says that it is something else: a README, a manifest. */
  private async readContent(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { salvage = false, limits = defaultContentLimits, envelope = defaultEnvelope } = this.options
    try {
      const values = fileValues(content, { envelope, salvage, limits, dms: () => this.changes.dms })
      for await (const value of values) await this.addValue(value)
    } catch (error) {
      const isOther = error instanceof NoJson || (error instanceof Problem && envelope.kind === 'dms')
      throw isOther && !mayBeChangeFile(this.options.file) ? new NoChangeFile(error.message) : error
    }
  }

  /** Debezium's messages in Avro. */
  private async addMessages(schema: DebeziumSchema, block: Block): Promise<void> {
    for (const value of messagesOf(schema, block)) await this.addValue({ value, offset: block.offset })
  }

  /** A value of whatever envelope: a line of JSON, a message, a row. */
  private async addValue(line: JsonLine): Promise<void> {
    const ordinal = this.nextLine
    for (const event of this.eventsOf(line, ordinal)) this.chunk.push({ event, ordinal })
    this.nextLine++
    if (this.chunk.length < eventsPerChunk && line.offset - this.chunkStart < bytesPerChunk) return
    await this.addChunk(line.offset - this.chunkStart)
    this.chunkStart = line.offset
  }

  private async endValues(): Promise<void> {
    if (this.source === undefined && this.odd.length > 0) throw noEvents(this.odd)
    await this.addChunk(0)
    // Where no event could be landed, its letters are of that table all the same.
    if (this.table === undefined && this.source !== undefined) await this.begin(this.source)
  }

  private async addChunk(bytes: number): Promise<void> {
    const events = this.chunk
    this.chunk = []
    await this.addEvents(events, bytes)
  }

  /** None for what is no event: a dead letter, if the file has events at all. */
  private eventsOf({ value, error: unreadable }: JsonLine, ordinal: number): readonly JsonEvent[] {
    if (unreadable !== undefined) {
      const text = Buffer.from(value as Uint8Array).toString('base64')
      this.addOdd({ ordinal, error: unreadable, value: { unreadable_base64: text } })
      return []
    }
    try {
      const events = this.changes.of(value, ordinal)
      for (const { metadata } of events) this.checkSource(sourceTable(metadata))
      if (events.length === 0) this.tally.ignored++
      return events
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof UnreadableFile) throw error
      if (error instanceof RefusedEvent) {
        this.checkSource(error.source)
        this.addUnfit(ordinal, error.column, error.message, value)
        return []
      }
      this.addOdd({ ordinal, error, value })
      return []
    }
  }

  /** A value that is no event: a dead letter if the file has others that are, else the file is something else. */
  private addOdd(odd: OddValue): void {
    if (this.source === undefined) {
      this.odd.push(odd)
      if (this.odd.length > mostOdd) throw noEvents(this.odd)
      return
    }
    const { ordinal, error, value } = odd
    if (error instanceof UnreadableFile) this.tally.salvaged ??= error.message
    this.addUnfit(ordinal, undefined, error.message, value)
  }

  private checkSource(source: SourceTable): void {
    if (this.source === undefined) {
      this.source = source
      for (const odd of this.odd.splice(0)) this.addOdd(odd)
    }
    if (this.source.database === source.database && this.source.table === source.table) return
    throw new TwoSourceTables()
  }

  private async addEvents(events: readonly NumberedEvent[], bytes: number): Promise<void> {
    const { source } = this
    if (events.length === 0 || source === undefined) return
    this.options.signal.throwIfAborted()
    const table = this.table ?? (await this.begin(source))
    const columns = neededColumns(
      events.map(({ event }) => event),
      table.payload,
    )
    const rows = await this.jsonRows(table, columns)
    for (const { event, ordinal } of events) {
      try {
        rows.add(event, ordinal, bytes / events.length, this.tally)
      } catch (error) {
        if (!(error instanceof Misfit)) throw error
        this.addUnfit(
          ordinal,
          error instanceof ColumnMisfit ? error.column : undefined,
          error.message,
          event.event,
        )
      }
    }
    if (rows.length >= rowsPerBatch || rows.inputBytes >= bytesPerBatch) await this.handOver(rows)
  }

  /** The rows that take events with these columns; those of before are handed over if a type changes under them. */
  private async jsonRows(table: TableWork, columns: readonly PayloadField[]): Promise<JsonRows> {
    if (this.rows !== undefined && table.wouldChange(columns)) await this.handOver(this.rows)
    await table.hold(columns)
    if (this.source !== undefined) {
      const file = { rawTable: this.rawTable ?? '', source: this.source, file: this.tally.name }
      const ofJson = columns.map(({ name, type }) => ({ name, type: type.kind }))
      this.options.schemas.noteJson(file, ofJson)
    }
    const rows = table.writer('json', (payload) => new JsonRows(payload))
    if (rows !== this.rows) rows.beginFile()
    this.rows = rows
    return rows
  }

  private async begin(source: SourceTable): Promise<TableWork> {
    this.table = await this.options.tableOf(source)
    this.payloadBefore = this.table.payload
    return this.table
  }

  private noteSchema(source: SourceTable, schema: string, fingerprint: string): void {
    this.options.schemas.note({
      rawTable: this.rawTable ?? '',
      fingerprint,
      schema,
      source,
      file: this.tally.name,
    })
  }

  private addUnfit(row: number, column: string | undefined, reason: string, event: unknown): void {
    this.tally.unfit.push({ row, column, reason: shortReason(reason), event: JSON.stringify(event) })
    this.checkDeadLetters()
  }

  private checkDeadLetters(): void {
    const { unfit } = this.tally
    const { maxDeadLetters, file } = this.options
    if (unfit.length > maxDeadLetters) {
      throw new TooManyDeadLetters(unfit.length, maxDeadLetters, file, unfit.at(-1)?.reason ?? '')
    }
  }

  private async handOver(rows: RowsOfTable): Promise<void> {
    rows.endFile(this.tally)
    if (rows.length === 0) return
    this.handedOver = true
    await this.table?.flushWriter(rows)
  }
}

/** A value of a file that is no event. */
interface OddValue {
  readonly ordinal: number
  readonly error: Problem
  readonly value: unknown
}

/** A file that begins with more of them is none of events. */
const mostOdd = 100

const eventParts = ['uuid', 'source_timestamp', 'source_metadata', 'read_method', 'payload', 'op', 'metadata']

/** Of values of which none is an event: something else that lies beside the changes, unless one looks like an event. */
function noEvents(values: readonly OddValue[]): Problem {
  const like = values.find(
    ({ error, value }) =>
      error instanceof UnreadableFile ||
      error instanceof RepeatedKey ||
      (isObject(value) && eventParts.some((part) => Object.hasOwn(value, part))),
  )
  return like?.error ?? new NoChangeFile(values[0]?.error.message ?? '')
}

/** By its name: change files have one of these endings, or none. */
function mayBeChangeFile(name: string): boolean {
  const base = name.split('/').at(-1) ?? ''
  return /\.(avro|jsonl?|csv|parquet|gz)$/i.test(base) || !base.includes('.')
}

interface NumberedEvent {
  readonly event: JsonEvent
  readonly ordinal: number
}
