import type { Clock } from '../../../runner/warehouse/bigquery/clock.ts'

/** A clock whose pauses take no time: it is later after each, and no timer has run. */
export function stillClock(): Clock & { readonly pauses: number[] } {
  let now = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      now += milliseconds
      pauses.push(milliseconds)
      // Others get their turn, as they would in a real pause.
      await new Promise((resolve) => setImmediate(resolve))
    },
    random: () => 0.5,
  }
}
