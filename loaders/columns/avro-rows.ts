import type { StructField } from '../../runner/googlesql/types/type.ts'
import type { Batch } from '../../runner/warehouse/landing.ts'
import { compileDecoder, type Decoder, type DecodeState, type Plan } from '../avro/compile-decoder.ts'
import { type Block, UnreadableFile, unreadable } from '../avro/container.ts'
import { ValueReader } from '../avro/value.ts'
import { textsAreUtf8 } from '../avro/write-column.ts'
import { type Envelope, planEvents } from '../datastream/envelope.ts'
import { jsonText } from '../datastream/event-json.ts'
import { type FileTally, TwoSourceTables } from '../landing/file-tally.ts'
import type { UnfitEvent } from '../ledger/dead-letters.ts'
import { shortReason } from '../short-reason.ts'
import { ArrayBuilder, type Builder, StructBuilder, TextBuilder, WordBuilder } from './builder.ts'
import { RawRows } from './raw-rows.ts'
import { type RowsOfTable, rowsPerBatch } from './rows-of-table.ts'

/** An event has an identity of 36 characters and two times at least. */
const leastEventBytes = 48

/** Decoded in one call: few enough that what was decoded is still near when it is looked at, and that the first calls are over soon. */
const rowsPerCall = 2000

/** Rows of one raw table that come from files of one writer schema. */
export class AvroRows implements RowsOfTable {
  private readonly envelope: Envelope
  private readonly rows: RawRows
  private readonly plan: Plan
  private readonly decode: Decoder
  /** Made when a text is met that is not UTF-8. */
  private checkedDecode: Decoder | undefined
  private readonly texts: readonly TextColumn[]
  private readonly sourceTimes: WordBuilder | undefined
  private readonly sources: readonly TextBuilder[]
  private readonly state: DecodeState = { at: 0, row: 0, count: 0, ordinal: 0, leftOut: [] }
  /** The first row of the file that is being read. */
  private fileStart = 0
  /** The names of the file's source table, once a row of it is there. */
  private fileSource: string | undefined
  private bytes = 0

  /** @param payload the raw table's payload columns, which hold the schema's */
  constructor(envelope: Envelope, payload: readonly StructField[]) {
    this.envelope = envelope
    const { plan, columns } = planEvents(envelope, payload)
    this.rows = new RawRows(columns)
    this.plan = plan
    this.decode = compileDecoder(plan, this.rows.ordinals, false)
    this.texts = columns.flatMap(({ builder }) => textColumns(builder))
    const builderOf = (name: string) => columns.find((column) => column.name === name)?.builder
    const times = builderOf('source_timestamp')
    this.sourceTimes = times instanceof WordBuilder ? times : undefined
    const metadata = builderOf('source_metadata')
    this.sources = (metadata instanceof StructBuilder ? metadata.fields : [])
      .filter(({ name }) => name === 'database' || name === 'schema' || name === 'table')
      .map(({ builder }) => builder)
      .filter((builder) => builder instanceof TextBuilder)
  }

  get length(): number {
    return this.state.row
  }

  get inputBytes(): number {
    return this.bytes
  }

  beginFile(): void {
    this.fileStart = this.state.row
    this.fileSource = undefined
    this.state.ordinal = 0
  }

  /** The number that the file's next event has. */
  get nextOrdinal(): number {
    return this.state.ordinal
  }

  /** Events that cannot be read have numbers too. */
  skipEvents(count: number): void {
    this.state.ordinal += count
  }

  /** Of the block that was being decoded: events that are still to come, and where the next begins in its data. */
  get rest(): { readonly count: number; readonly at: number } {
    return this.state
  }

  /**
   * Decodes a block; gives control back whenever a batch is full, which must then be taken.
   *
   * @param salvage keep the events before one that cannot be read
   * @throws UnreadableFile
   */
  *addBlock(block: Block, tally: FileTally, salvage = false): Generator<void> {
    const { state } = this
    state.at = 0
    state.count = block.count
    this.bytes += block.data.length
    if (salvage) {
      yield* this.decodeEach(block, tally)
      return
    }
    while (state.count > 0) {
      this.decodeInto(block, tally)
      if (state.row >= rowsPerBatch) {
        this.closeRows(tally)
        yield
      }
    }
    if (state.at !== block.data.length) throw tooLong(block, state.at)
  }

  private decodeInto(block: Block, tally: FileTally): void {
    const { state } = this
    // Room for the whole block at once, as far as it can be that long; a quarter full, for the whole batch.
    const rest = Math.min(state.count, (block.data.length - state.at) / leastEventBytes)
    const wanted = Math.max(state.row + 1, Math.min(rowsPerBatch, Math.ceil(state.row + rest)))
    const room = this.rows.reserve(wanted > rowsPerBatch / 4 ? Math.max(wanted, rowsPerBatch) : wanted)
    this.decodeRows(block, Math.min(rowsPerBatch, room, state.row + rowsPerCall))
    for (const letter of state.leftOut) tally.unfit.push(this.unfitEvent(block, letter))
    state.leftOut.length = 0
  }

  /**
   * One event after the other, up to the one that cannot be read. The one before it is left too: damage within its values
   * may show only where the next one should begin, unless the data simply end.
   *
   * @throws UnreadableFile once what can be read is there
   */
  private *decodeEach(block: Block, tally: FileTally): Generator<void> {
    const { state } = this
    const total = state.count
    let last: Place | undefined
    for (let done = 0; done < total; done++) {
      const here = this.place(tally, total - done)
      state.count = 1
      try {
        this.decodeInto(block, tally)
        if (!this.isOfFile(here.row)) throw new TwoSourceTables()
      } catch (error) {
        this.goBack(tally, block.flaw === undefined ? (last ?? here) : here)
        throw error
      }
      last = here
      if (state.row < rowsPerBatch) continue
      this.closeRows(tally)
      last = undefined
      yield
    }
    if (state.at === block.data.length) return
    const error = tooLong(block, state.at)
    if (last !== undefined) this.goBack(tally, last)
    throw error
  }

  private place(tally: FileTally, count: number): Place {
    const { at, row, ordinal } = this.state
    return { at, row, ordinal, count, unfit: tally.unfit.length }
  }

  private goBack(tally: FileTally, { at, row, ordinal, count, unfit }: Place): void {
    Object.assign(this.state, { at, row, ordinal, count })
    this.state.leftOut.length = 0
    tally.unfit.length = unfit
  }

  /** False if the row is there and of another source table than the file's first: what was read is none of the file's. */
  private isOfFile(row: number): boolean {
    if (this.state.row === row) return true
    if (row > this.fileStart) this.fileSource ??= this.sourceAt(this.fileStart)
    return this.fileSource === undefined || this.sourceAt(row) === this.fileSource
  }

  private sourceAt(row: number): string {
    return JSON.stringify(this.sources.map(({ offsets, bytes }) => textAt(offsets, bytes, row)))
  }

  private decodeRows(block: Block, limit: number): void {
    const { state } = this
    const { at, row, count, ordinal } = state
    try {
      this.decode(block.data, block.data.length, limit, state)
      if (this.texts.every((column) => isUtf8Column(column, row, state.row))) return
      Object.assign(state, { at, row, count, ordinal })
      state.leftOut.length = 0
      this.checkedDecode ??= compileDecoder(this.plan, this.rows.ordinals, true)
      this.checkedDecode(block.data, block.data.length, limit, state)
    } catch (error) {
      // What this call has left out is as undone as its rows: the next file's events lie elsewhere.
      state.leftOut.length = 0
      throw unreadable(error, block.offset)
    }
  }

  private unfitEvent(block: Block, letter: DecodeState['leftOut'][number]): UnfitEvent {
    const type = this.envelope.record
    const event = new ValueReader(block.data, letter.start, letter.end).read(type)
    return {
      row: letter.ordinal,
      column: letter.column,
      reason: shortReason(letter.reason),
      event: jsonText(event, type),
    }
  }

  endFile(tally: FileTally): void {
    this.closeRows(tally)
  }

  /** Counts the rows of the current file that are not counted yet, and checks that they are of one source table. */
  private closeRows(tally: FileTally): void {
    const { row } = this.state
    this.rows.nameFile(tally.name, row)
    if (row === this.fileStart) return
    this.fileSource ??= this.sourceAt(this.fileStart)
    for (const [index, builder] of this.sources.entries()) {
      checkConstant(builder, this.fileStart, row, tally, index)
    }
    const { words } = this.sourceTimes ?? { words: new Int32Array(0) }
    for (let at = this.fileStart; at < row; at++) {
      const high = words[at * 2 + 1] as number
      tally.noteTime(high * 4_294_967_296 + ((words[at * 2] as number) >>> 0))
    }
    tally.rows += row - this.fileStart
    this.fileStart = row
  }

  dropFile(): void {
    this.state.row = this.fileStart
    this.rows.forgetFrom(this.fileStart)
  }

  take(loadedAt: Date): Batch {
    const batch = this.rows.take(this.state.row, loadedAt)
    this.state.row = 0
    this.fileStart = 0
    this.bytes = 0
    return batch
  }
}

/** A column of texts, or of lists of texts. */
interface TextColumn {
  readonly texts: TextBuilder
  readonly lists?: ArrayBuilder
}

function textColumns(builder: Builder): TextColumn[] {
  if (builder instanceof StructBuilder)
    return builder.fields.flatMap(({ builder: field }) => textColumns(field))
  if (builder instanceof ArrayBuilder) {
    return textColumns(builder.element).map(({ texts }) => ({ texts, lists: builder }))
  }
  return builder instanceof TextBuilder && builder.kind !== 'BYTES' ? [{ texts: builder }] : []
}

function isUtf8Column({ texts, lists }: TextColumn, from: number, to: number): boolean {
  if (lists === undefined) return textsAreUtf8(texts, from, to)
  return textsAreUtf8(texts, lists.offsets[from] as number, lists.offsets[to] as number)
}

function tooLong({ offset }: Block, at: number): UnreadableFile {
  return new UnreadableFile('a block with more bytes than its records have', offset + at)
}

/** Where decoding stood: `count` events of the block to come, `unfit` letters before. */
interface Place {
  readonly at: number
  readonly row: number
  readonly ordinal: number
  readonly count: number
  readonly unfit: number
}

function textAt(offsets: Uint32Array, bytes: Uint8Array, row: number): string {
  const start = offsets[row] as number
  const size = (offsets[row + 1] as number) - start
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, size).toString('utf8')
}

/** One file is one source table: the raw table was chosen by its first event. */
function checkConstant(
  { offsets, bytes }: TextBuilder,
  from: number,
  to: number,
  tally: FileTally,
  index: number,
): void {
  const start = offsets[from] as number
  const size = (offsets[from + 1] as number) - start
  tally.checkSource(`${index} ${textAt(offsets, bytes, from)}`)
  // All are the first one if all have its size and the bytes are the same when moved on by one text.
  let same = true
  for (let row = from; row < to; row++) {
    if ((offsets[row + 1] as number) - (offsets[row] as number) !== size) same = false
  }
  const end = offsets[to] as number
  if (same && Buffer.compare(bytes.subarray(start + size, end), bytes.subarray(start, end - size)) === 0)
    return
  throw new TwoSourceTables()
}
