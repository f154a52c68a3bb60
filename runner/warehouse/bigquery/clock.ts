import { setTimeout as wait } from 'node:timers/promises'

/** The time that waiting takes: tests pass one in which it takes none. */
export interface Clock {
  /** Milliseconds; only differences count. */
  readonly now: () => number
  /** @throws the signal's reason once it is aborted */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** From 0 to below 1: spreads what many would try again at the same instant. */
  readonly random: () => number
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal === undefined ? {} : { signal }),
  random: Math.random,
}
