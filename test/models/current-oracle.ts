/** An event as the rule of the current table sees it. */
export interface KnownEvent {
  readonly key: string
  readonly uuid: string
  readonly time: number
  readonly readTime: number
  readonly deletes: boolean
  readonly value: string
  /** undefined: a backfill row. `half` 0: the delete half of a key change. */
  readonly position?: {
    readonly base: string
    readonly file: number
    readonly offset: number
    readonly half: 0 | 1
  }
}

/**
 * What the current table must show of some events, told as plainly as can be: the value of each key that is there. The
 * events' order and their repetitions do not count.
 *
 * @param marginMs how much later than a key's changes a backfill row has to be to count
 */
export function currentValues(events: readonly KnownEvent[], marginMs: number): ReadonlyMap<string, string> {
  const keys = new Set(events.map(({ key }) => key))
  return new Map(
    [...keys].sort().flatMap((key): [string, string][] => {
      const winner = winnerOf(
        events.filter((event) => event.key === key),
        marginMs,
      )
      return winner.deletes ? [] : [[key, winner.value]]
    }),
  )
}

function winnerOf(events: readonly KnownEvent[], marginMs: number): KnownEvent {
  const backfill = greatest(events.filter(({ position }) => position === undefined))
  const changes = events.filter(({ position }) => position !== undefined)
  if (changes.length === 0 && backfill !== undefined) return backfill
  const latest = Math.max(...changes.map(({ time }) => time))
  if (backfill !== undefined && backfill.time > latest + marginMs) return backfill
  // Of two numberings of the log, the one with the later event is the newer; equals are ordered by name.
  const bases = changes.filter(({ time }) => time === latest).map(({ position }) => position?.base ?? '')
  const base = bases.sort().at(-1)
  const change = greatest(changes.filter(({ position }) => position?.base === base))
  if (change === undefined) throw new Error('a key without events')
  return change
}

const greatest = (events: readonly KnownEvent[]): KnownEvent | undefined =>
  events.reduce<KnownEvent | undefined>(
    (best, event) => (best === undefined || compare(order(event), order(best)) > 0 ? event : best),
    undefined,
  )

/** What orders events of one numbering: their place in the log, then what is left to tell them apart. */
export const order = ({ position, time, readTime, uuid }: KnownEvent): readonly (number | string)[] => [
  position?.file ?? 0,
  position?.offset ?? 0,
  position?.half ?? 0,
  time,
  readTime,
  uuid,
]

/** Two lists, by their first items that differ. */
export function compare(left: readonly (number | string)[], right: readonly (number | string)[]): number {
  for (const [at, one] of left.entries()) {
    const other = right[at] ?? 0
    if (one !== other) return one > other ? 1 : -1
  }
  return 0
}
