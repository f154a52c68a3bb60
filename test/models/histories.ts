import fc from 'fast-check'
import type { KnownEvent } from './current-oracle.ts'
import type { RawEvent } from './raw-events.ts'

// Few values of each, so that events tie, cross the margin and stand in another order than their times; some times lie so
// far apart that increments do not read what was over before.
const minutes = fc.constantFrom(0, 1, 59, 60, 61, 62, 120, 121, 180, 600, 601, 1200)
const time = minutes.map((minute) => Date.UTC(2024, 4, 1, 23) + minute * 60_000)
const position = fc.record({
  base: fc.constantFrom('mysql-bin', 'mysql-bin', 'mysql-bin', 'rebuilt.1'),
  file: fc.constantFrom(9, 10, 999_999, 1_000_000),
  offset: fc.constantFrom(4, 30, 200),
  half: fc.constantFrom(0 as const, 1 as const, 1 as const),
})
const key = fc.constantFrom('a', 'b', 'c')
const change = fc.record({ key, time, position, deletes: fc.boolean() })
const backfill = fc.record({ key, time, deletes: fc.constant(false) })

const history = fc
  .array(fc.oneof({ weight: 3, arbitrary: change }, { weight: 1, arbitrary: backfill }), {
    minLength: 1,
    maxLength: 25,
    size: 'max',
  })
  .map((events) =>
    events.map(
      (event, at): KnownEvent => ({
        ...event,
        uuid: `event ${at}`,
        readTime: event.time + 5,
        value: `value ${at}`,
        // The delete half of a key change deletes, whatever the event says of itself.
        deletes: event.deletes || ('position' in event && event.position.half === 0),
      }),
    ),
  )

/** What is built after a landing: all by increments, the log alone, nothing, or all anew. */
const builds = fc.constantFrom(
  'all' as const,
  'all' as const,
  'log' as const,
  'nothing' as const,
  'refresh' as const,
)

export interface Delivered {
  readonly events: readonly KnownEvent[]
  /** Each some of the events, by their index, and what is built after it. */
  readonly landings: readonly {
    readonly batch: readonly number[]
    readonly build: 'all' | 'log' | 'nothing' | 'refresh'
  }[]
  /** Two instants at which to look, the earlier first. */
  readonly instants: readonly [number, number]
}

/** A history and its landings: each some of its events, so that every event comes at least once. */
export const delivered: fc.Arbitrary<Delivered> = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    instants: fc
      .tuple(time, time)
      .map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)]),
    landings: fc
      .tuple(
        fc.shuffledSubarray(
          events.map((_, at) => at),
          { minLength: events.length },
        ),
        fc.array(fc.nat(events.length - 1), { maxLength: 8 }),
        fc.array(fc.nat(events.length + 8), { maxLength: 9 }),
        fc.array(builds, { minLength: 10, maxLength: 10 }),
      )
      .map(([all, again, cuts, then]) =>
        cut([...all, ...again], cuts).map((batch, at) => ({ batch, build: then[at] ?? 'all' })),
      ),
  }),
)

function cut(order: readonly number[], cuts: readonly number[]): readonly (readonly number[])[] {
  const ends = [...new Set([...cuts.filter((at) => at > 0 && at < order.length), order.length])].sort(
    (a, b) => a - b,
  )
  return ends.map((end, at) => order.slice(ends[at - 1] ?? 0, end))
}

/** The event as Datastream would deliver it. */
export const rawEvent = ({
  key: id,
  uuid,
  time: at,
  readTime,
  deletes,
  value,
  position: place,
}: KnownEvent): RawEvent => ({
  uuid,
  time: at,
  readTime,
  readMethod: place === undefined ? 'mysql-backfill-fulldump' : 'mysql-cdc-binlog',
  changeType:
    place === undefined
      ? 'INSERT'
      : place.half === 0
        ? 'UPDATE-DELETE'
        : deletes
          ? 'DELETE'
          : 'UPDATE-INSERT',
  isDeleted: deletes,
  logFile: place === undefined ? '' : `${place.base}.${String(place.file).padStart(6, '0')}`,
  logPosition: place === undefined ? 0 : place.offset,
  row: { id, value },
})
