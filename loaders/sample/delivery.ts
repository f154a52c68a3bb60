import { createHash } from 'node:crypto'
import { type AvroCodec, writeAvro } from '../avro/write.ts'
import type { Delivery } from './database.ts'
import { type Change, eventOf, fileSchema } from './envelope.ts'
import { numberOf, uuidPrefixOf } from './random.ts'

/** One change file, ready to be put into the stream's folder. */
export interface SampleFile {
  /** Below the stream's root, with `/`. */
  readonly path: string
  readonly bytes: Buffer
  readonly events: number
  /** When it came to the bucket: milliseconds since 1970, UTC. */
  readonly arrival: number
  readonly late: boolean
}

export interface DeliveryOptions {
  readonly seed: string
  readonly streamName: string
  /** The start of the backfill: all its files lie in this minute's folder. */
  readonly backfillStart: number
  /** When files that are late arrive. */
  readonly lateArrival: number
  readonly codec?: AvroCodec
  readonly eventsPerFile?: number
}

interface OpenFile {
  readonly change: Change
  readonly minute: number
  readonly folder: string
  readonly number: number
  readonly late: boolean
  readonly twice: boolean
  rotation: number
  events: unknown[]
  again: unknown[]
  lastRead: number
  /** Of the events that are being added: their ordinal in a batch of 256, in binary, ends it. */
  uuidPrefix: string
}

const minuteMillis = 60_000
// What Datastream closes a file at is megabytes and seconds; a count does the same here and bounds the memory.
const defaultEventsPerFile = 10_000

/**
 * Puts changes into files as Datastream does: one table, one schema and one minute of source time a file, closed when
 * the minute is over or the file is full. A change whose delivery says so arrives late, twice, or in a file whose name
 * sorts before that of an earlier one.
 */
export class DeliveryDesk {
  readonly #options: DeliveryOptions
  readonly #open = new Map<string, OpenFile>()
  #ready: SampleFile[] = []

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  take(change: Change, delivery: Delivery): void {
    const backfill = change.readMethod === 'mysql-backfill-fulldump'
    const time = backfill ? this.#options.backfillStart : change.sourceTime
    const minute = Math.floor(time / minuteMillis) * minuteMillis
    const file = this.#file(change, minute, delivery)
    const ordinal = file.events.length
    if (ordinal % 256 === 0) {
      const batch = `${file.folder}/${file.number}/${file.rotation}/${ordinal}`
      file.uuidPrefix = uuidPrefixOf(`${this.#options.seed}/${batch}`)
    }
    const uuid = file.uuidPrefix + (ordinal % 256).toString(2).padStart(8, '0')
    const readTime = file.late ? this.#options.lateArrival - 5_000 : change.readTime
    const event = eventOf({ ...change, readTime }, uuid, this.#options.streamName)
    file.events.push(event)
    file.lastRead = Math.max(file.lastRead, change.readTime)
    if (delivery.twice === true) file.again.push(event)
    if (file.events.length >= (this.#options.eventsPerFile ?? defaultEventsPerFile)) this.#flush(file)
  }

  /** The files whose minute is over at `now` (the backfill's: when `backfillDone`), and those that were full. */
  *finished(now: number, backfillDone: boolean): Generator<SampleFile> {
    for (const [key, file] of this.#open) {
      const backfill = file.change.readMethod === 'mysql-backfill-fulldump'
      if (backfill ? !backfillDone : file.late || file.minute + minuteMillis > now) continue
      this.#open.delete(key)
      this.#flush(file)
    }
    yield* this.#take()
  }

  /** The files that were full. */
  *full(): Generator<SampleFile> {
    if (this.#ready.length > 0) yield* this.#take()
  }

  /** Every file that is still open; late ones last. */
  *rest(): Generator<SampleFile> {
    const files = [...this.#open.values()]
    this.#open.clear()
    for (const file of files.filter(({ late }) => !late)) this.#flush(file)
    for (const file of files.filter(({ late }) => late)) this.#flush(file)
    yield* this.#take()
  }

  #take(): readonly SampleFile[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  #file(change: Change, minute: number, delivery: Delivery): OpenFile {
    const { object, schemaKey } = fileSchema(change.table)
    const part = delivery.part ?? 0
    const late = delivery.late === true
    const key = JSON.stringify([object, change.readMethod, schemaKey, minute, part, late])
    const open = this.#open.get(key)
    if (open !== undefined) return open
    const { seed } = this.#options
    const file: OpenFile = {
      change,
      minute,
      folder: `${object}/${minuteFolder(minute)}`,
      // Later parts have smaller numbers: in the order of their names, files stand in the wrong order.
      number: numberOf(`${seed}/${object}/${change.readMethod}/${schemaKey}/${minute}/${late}`) - part * 7,
      late,
      twice: delivery.fileTwice === true,
      rotation: 0,
      events: [],
      again: [],
      lastRead: 0,
      uuidPrefix: '',
    }
    this.#open.set(key, file)
    return file
  }

  #flush(file: OpenFile): void {
    if (file.events.length > 0) {
      this.#write(file, file.events, file.number, 0)
      if (file.twice) this.#write(file, file.events, file.number - 1, 20_000)
      if (file.again.length > 0) this.#write(file, file.again, file.number - 2, 40_000)
    }
    file.events = []
    file.again = []
    file.rotation += 1
  }

  #write(file: OpenFile, events: readonly unknown[], number: number, delay: number): void {
    const { schema, schemaKey } = fileSchema(file.change.table)
    const name = `${schemaKey}_${file.change.readMethod}_${number}_${file.rotation}_0.avro`
    const path = `${file.folder}/${name}`
    const { seed, codec, lateArrival } = this.#options
    // A marker of its own for each file, but the same in a copy: a copy holds the same bytes.
    const marker = `${seed}/${file.folder}/${file.number}/${file.rotation}/${events === file.again ? 'again' : ''}`
    const sync = createHash('sha256').update(marker).digest().subarray(0, 16)
    this.#ready.push({
      path,
      bytes: writeAvro(schema, events, { sync, ...(codec === undefined ? {} : { codec }) }),
      events: events.length,
      arrival: (file.late ? lateArrival : file.lastRead + 5_000) + delay,
      late: file.late,
    })
  }
}

/** `2024/06/01/06/17` */
function minuteFolder(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace(/[-T:]/g, '/')
}
