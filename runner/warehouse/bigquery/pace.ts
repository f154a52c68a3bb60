import type { Clock } from './clock.ts'

/**
 * Lets calls go at most so many a second, in the order in which they came: BigQuery refuses more than 100 a second of one
 * method and user (https://cloud.google.com/bigquery/quotas#api_request_quotas), whoever else has that user.
 *
 * @example const pace = paced(50, systemClock); await pace(); call()
 */
export function paced(perSecond: number, clock: Clock): (signal?: AbortSignal) => Promise<void> {
  const interval = 1000 / perSecond
  let next = Number.NEGATIVE_INFINITY
  return async (signal) => {
    signal?.throwIfAborted()
    const now = clock.now()
    // A second's worth may go at once after a rest.
    const at = Math.max(next, now - 1000)
    next = at + interval
    if (at > now) await clock.sleep(at - now, signal)
  }
}
