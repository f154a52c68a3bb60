import type { AvroCodec } from '../avro/write.ts'
import type { Delivery } from './database.ts'
import type { Step } from './day.ts'
import { DeliveryDesk, type SampleFile } from './delivery.ts'
import { type DumpOptions, readDump } from './dump/read.ts'
import type { Change, ChangeType } from './envelope.ts'
import type { Row, SourceTable } from './source.ts'
import { worldRows } from './world/rows.ts'
import { isWorldTable, type WorldTable, worldTables } from './world/tables.ts'
import { dayStart, worldStream } from './world-stream.ts'

export interface StreamOptions {
  readonly seed: string
  readonly scale: number
  readonly changes: boolean
  readonly codec?: AvroCodec
  /** A mysqldump file to stream instead of the packages' facts. */
  readonly dump?: DumpOptions
}

/** What became of a source table; events are counted once, however often they are delivered. */
export interface TableReport {
  readonly database: string
  readonly table: string
  readonly primaryKeys: readonly string[]
  backfill: number
  readonly changes: Record<ChangeType, number>
  /** Columns that Datastream does not deliver: their values are not in the files. */
  readonly unsupported: readonly string[]
}

/** Hears of what happens while the files are made. */
export interface StreamListener {
  readonly onChange?: (change: Change, delivery: Delivery) => void
  readonly onStep?: (step: Step) => void
}

const streamName = 'projects/100000000001/locations/europe-west6/streams/sample'
const lateArrival = dayStart + 86_340_000

type Loaded = { readonly table: SourceTable; readonly rows: Row[] }

/**
 * The change files of a sample, in about the order in which they arrive; the same for the same options, byte for byte
 * (names of countries and languages are those of the running Node's CLDR). Holds one file a table in memory, and the
 * rows of world_x's tables.
 *
 * @throws Problem for a dump that cannot be read, with its line
 */
export function* sampleStream(options: StreamOptions, listener: StreamListener = {}): Generator<SampleFile> {
  const { seed, codec } = options
  const desk = new DeliveryDesk({
    // A backfill that nothing overtakes is another stream than the day's: other names, other uuids.
    seed: options.changes ? seed : `${seed}/backfill`,
    streamName,
    backfillStart: dayStart,
    lateArrival,
    ...(codec === undefined ? {} : { codec }),
  })
  const emit = (change: Change, delivery: Delivery) => {
    listener.onChange?.(change, delivery)
    desk.take(change, delivery)
  }
  const tables = options.dump === undefined ? packagedTables() : yield* dumpTables(options.dump, desk, emit)
  if (tables.length > 0) {
    const { onStep } = listener
    yield* worldStream({ ...options, tables, ...(onStep === undefined ? {} : { onStep }) }, desk, emit)
  }
  yield* desk.rest()
}

function packagedTables(): readonly Loaded[] {
  const rows = worldRows()
  const names = Object.keys(worldTables) as WorldTable[]
  return names.map((name) => ({ table: worldTables[name]('world_x'), rows: [...rows[name]] }))
}

/**
 * Emits the backfill of a dump's tables, and gives world_x's four tables if the dump has all of them: their backfill is
 * left to the caller, for changes overtake it.
 */
function* dumpTables(
  dump: DumpOptions,
  desk: DeliveryDesk,
  emit: (change: Change, delivery: Delivery) => void,
): Generator<SampleFile, readonly Loaded[]> {
  const world = new Map<string, Loaded[]>()
  let kept: Loaded | undefined
  let reader: BackfillClock | undefined
  for (const item of readDump(dump)) {
    if (item.kind === 'table') {
      reader = new BackfillClock(item.table)
      kept = undefined
      if (isWorldTable(item.table)) {
        kept = { table: item.table, rows: [] }
        const { database } = item.table
        world.set(database, [...(world.get(database) ?? []), kept])
      }
    } else if (kept !== undefined) kept.rows.push(item.row)
    else if (reader !== undefined) {
      emit(reader.read(item.row), {})
      yield* desk.full()
    }
  }
  const whole = [...world.values()].find((tables) => tables.length === Object.keys(worldTables).length)
  for (const tables of world.values()) {
    if (tables === whole) continue
    for (const { table, rows } of tables) {
      const clock = new BackfillClock(table)
      for (const row of rows) emit(clock.read(row), {})
    }
    yield* desk.full()
  }
  return whole ?? []
}

/** Reads the rows of one table one after another, a thousand a second. */
class BackfillClock {
  readonly #table: SourceTable
  #rows = 0

  constructor(table: SourceTable) {
    this.#table = table
  }

  read(row: Row): Change {
    const time = dayStart + 1000 * (1 + Math.floor(this.#rows / 1000))
    this.#rows += 1
    return {
      table: this.#table,
      readMethod: 'mysql-backfill-fulldump',
      changeType: 'INSERT',
      sourceTime: time,
      readTime: time + 412,
      logFile: '',
      logPosition: 0,
      row,
    }
  }
}
