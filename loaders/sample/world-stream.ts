import { type Emit, SourceDatabase } from './database.ts'
import { type Step, scriptedDay } from './day.ts'
import type { DeliveryDesk, SampleFile } from './delivery.ts'
import { seededRandom } from './random.ts'
import type { Row, SourceTable } from './source.ts'
import { traffic } from './traffic.ts'
import { territories } from './world/facts.ts'

/** The day that every sample plays on. */
export const dayStart = Date.UTC(2024, 5, 1)

/** Rows that the backfill of a table reads in a second: slow enough for changes to overtake it. */
const backfillPace = 20

export interface WorldStreamOptions {
  readonly seed: string
  readonly scale: number
  /** False: the backfill alone. */
  readonly changes: boolean
  /** The four tables of world_x and their rows. */
  readonly tables: readonly { readonly table: SourceTable; readonly rows: readonly Row[] }[]
  readonly onStep?: (step: Step) => void
}

/**
 * The change files of world_x's day: the backfill, the scripted changes, the evening's traffic. Emits every change to
 * `emit` (which gives it to `desk`), and gives the files as they are closed.
 */
export function* worldStream(
  options: WorldStreamOptions,
  desk: DeliveryDesk,
  emit: Emit,
): Generator<SampleFile> {
  const db = new SourceDatabase(emit)
  for (const { table, rows } of options.tables) db.add(table, rows)
  const names = options.tables.map(({ table }) => table.table)
  const steps = options.changes ? script(db, options.seed) : []
  let next = 0
  const runSteps = (until: number) => {
    for (let step = steps[next]; step !== undefined && step.at <= until; step = steps[next]) {
      db.now = dayStart + step.at * 1000
      options.onStep?.(step)
      step.run()
      next += 1
    }
  }

  let reading = names
  for (let second = 1; reading.length > 0; second += 1) {
    runSteps(second)
    db.now = dayStart + second * 1000
    reading = reading.filter((name) => db.backfill(name, backfillPace))
    yield* desk.finished(db.now, false)
  }
  yield* desk.finished(db.now, true)
  for (let step = steps[next]; step !== undefined; step = steps[next]) {
    runSteps(step.at)
    yield* desk.finished(db.now, true)
  }
  if (!options.changes) return
  const random = seededRandom(`traffic/${options.seed}`)
  let minute = 0
  for (const _events of traffic(db, random, options.scale, dayStart)) {
    // Looking for closed files after every event would cost more than the event.
    if (Math.floor(db.now / 60_000) === minute) {
      yield* desk.full()
      continue
    }
    minute = Math.floor(db.now / 60_000)
    yield* desk.finished(db.now, true)
  }
}

function script(db: SourceDatabase, seed: string): readonly Step[] {
  const currencies = new Map(
    territories().flatMap(({ code, currency }) =>
      currency === undefined ? [] : [[code, currency] as const],
    ),
  )
  return scriptedDay(db, seededRandom(`day/${seed}`), currencies)
}
