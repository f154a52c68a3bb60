import { compare, currentValues, type KnownEvent, order } from './current-oracle.ts'

/**
 * When each event's row began to stand, told as plainly as can be: changes in the order of the source's log, and time
 * never runs backwards along it. The insert half of a key change happened when its delete half did. A backfill row that
 * tells nothing holds nothing up.
 */
export function beginnings(events: readonly KnownEvent[], marginMs: number): ReadonlyMap<KnownEvent, number> {
  const begins = new Map<KnownEvent, number>()
  for (const key of new Set(events.map((event) => event.key))) {
    const settled = events
      .filter((event) => event.key === key)
      .map((event) => ({ event, at: settledAt(event, events) }))
    settled.sort((one, other) =>
      compare(
        [one.at, baseOf(one.event), ...order(one.event)],
        [other.at, baseOf(other.event), ...order(other.event)],
      ),
    )
    let latest = Number.NEGATIVE_INFINITY
    for (const { event, at } of settled) {
      const happened = happenedAt(event, events)
      const tells = event.position !== undefined || tellsAnything(at, settled, marginMs)
      if (tells) latest = Math.max(latest, happened)
      begins.set(event, tells ? latest : happened)
    }
  }
  return begins
}

/** The values of the keys that were there at an instant. */
export function valuesAt(
  events: readonly KnownEvent[],
  instant: number,
  marginMs: number,
): ReadonlyMap<string, string> {
  const begins = beginnings(events, marginMs)
  return currentValues(
    events.filter((event) => (begins.get(event) ?? 0) <= instant),
    marginMs,
  )
}

/** True for a backfill row that is later than every change before it by more than the margin. */
function tellsAnything(
  at: number,
  settled: readonly { readonly event: KnownEvent; readonly at: number }[],
  marginMs: number,
): boolean {
  const changes = settled.filter((other) => other.event.position !== undefined && other.at <= at)
  return changes.every(({ event }) => at - event.time > marginMs)
}

/** Backfill rows come before the changes of an equal time: those win over them. */
const baseOf = ({ position }: KnownEvent): string => (position === undefined ? '' : `binlog ${position.base}`)

/** The latest time of the key's events up to this one, in its numbering of the log. */
function settledAt(event: KnownEvent, events: readonly KnownEvent[]): number {
  const before = events.filter(
    (other) =>
      other.key === event.key &&
      other.position?.base === event.position?.base &&
      compare(order(other), order(event)) <= 0,
  )
  return Math.max(...before.map(({ time }) => time))
}

function happenedAt(event: KnownEvent, events: readonly KnownEvent[]): number {
  const { position } = event
  if (position === undefined) return event.time
  const halves = events.filter(
    ({ position: other }) =>
      other?.half === 0 &&
      other.base === position.base &&
      other.file === position.file &&
      other.offset === position.offset,
  )
  return Math.min(event.time, ...halves.map(({ time }) => time))
}
