import type { Simulation, SourceEvent, SourceRow } from './simulated-source.ts'

const margin = 60 * 60

/**
 * What can be known of a source's table at an instant from what it has sent: of each key the last change that arrived, in
 * the order in which the source committed, or a backfill's row that was read more than the margin later. Neither
 * positions, files nor landings are looked at.
 *
 * @param instant seconds since the story began; Infinity: all of it
 */
export function knownAt(
  { events }: Pick<Simulation, 'events'>,
  instant: number,
): ReadonlyMap<number, SourceRow> {
  const table = new Map<number, SourceRow>()
  for (const row of new Set(events.map((event) => event.row))) {
    const arrived = events.filter((event) => event.row === row && !event.lost && !event.again)
    const known = rowAt(arrived, instant)
    if (known !== undefined) table.set(row, known)
  }
  return table
}

function rowAt(arrived: readonly SourceEvent[], instant: number): SourceRow | undefined {
  const changes = arrived.filter(({ place }) => place !== undefined)
  const backfilled = arrived.filter(({ place }) => place === undefined)
  let change: SourceEvent | undefined
  let [began, latest] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const next of changes) {
    // Time does not run backwards: not behind an earlier change, and not behind a backfill's row that told something.
    const told = backfilled.filter(
      ({ stamp }) => stamp <= Math.max(latest, next.stamp) && tells(stamp, changes),
    )
    began = Math.max(began, next.happened, ...told.map(({ stamp }) => stamp))
    if (began > instant) break
    change = next
    latest = Math.max(latest, next.stamp)
  }
  const backfill = backfilled
    .filter(({ stamp }) => stamp <= instant)
    .reduce<SourceEvent | undefined>(
      (best, next) => (best === undefined || later(next, best) ? next : best),
      undefined,
    )
  if (backfill !== undefined && (change === undefined || backfill.stamp > latest + margin))
    return backfill.content
  return change === undefined || change.deletes ? undefined : change.content
}

/** True for a backfill's row that was read more than the margin after every change before it. */
const tells = (stamp: number, changes: readonly SourceEvent[]): boolean => {
  let latest = Number.NEGATIVE_INFINITY
  for (const change of changes) {
    if (Math.max(latest, change.stamp) > stamp) break
    latest = Math.max(latest, change.stamp)
  }
  return stamp > latest + margin
}

const later = (one: SourceEvent, other: SourceEvent): boolean =>
  one.stamp === other.stamp ? one.readTime > other.readTime : one.stamp > other.stamp

/**
 * Where what can be known is not what the source's table is, though it should be: at its end, and at every moment at
 * which no transaction was open, the clock was not set back, and nothing that was lost had yet to be repaired.
 *
 * @returns a sentence for each; a row whose delete was lost is none: no backfill can tell of it
 */
export function ignorance(simulation: Simulation): readonly string[] {
  const { events, table, moments, backfilledAfter } = simulation
  const clear = moments.filter(({ at, eventsBefore }) => {
    const [before, after] = [events.slice(0, eventsBefore), events.slice(eventsBefore)]
    return (
      eventsBefore >= backfilledAfter &&
      before.every((event) => event.lost || Math.max(event.stamp, event.happened) <= at) &&
      after.every((event) => event.again || event.happened > at) &&
      before.every((event) => !event.lost || repaired(event, before))
    )
  })
  const seen = [...clear, { at: Number.POSITIVE_INFINITY, eventsBefore: events.length, table }]
  return seen.flatMap(({ at, eventsBefore, table: actual }) => {
    const known = knownAt(simulation, at)
    return [0, 1, 2, 3, 4, 5]
      .filter((row) => JSON.stringify(known.get(row)) !== JSON.stringify(actual.get(row)))
      .filter((row) => !deleteLost(row, events.slice(0, eventsBefore)))
      .map(
        (row) =>
          `row ${row} at ${at}: known ${JSON.stringify(known.get(row))}, is ${JSON.stringify(actual.get(row))}`,
      )
  })
}

/** True if every row that was there was read again after what was lost. */
const repaired = (lost: SourceEvent, before: readonly SourceEvent[]): boolean =>
  before.some(({ place, stamp }) => place === undefined && stamp > lost.stamp + 2 * margin)

const deleteLost = (row: number, before: readonly SourceEvent[]): boolean => {
  const last = before.filter((event) => event.row === row && event.place !== undefined && !event.again).at(-1)
  return last?.lost === true && last.deletes
}
