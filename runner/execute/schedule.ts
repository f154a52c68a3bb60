import type { Dag } from '../graph/dag.ts'

export type Outcome = 'done' | 'failed' | 'cancelled'

export interface ScheduleOptions {
  /** Whose failure keeps an id from starting. */
  readonly blocking: Dag
  /** What must have ended, however, before an id starts; holds all of `blocking`. */
  readonly after: Dag
  /** At most so many at once. */
  readonly concurrency: number
  /** Once aborted nothing more starts. */
  readonly signal: AbortSignal
  /** Never rejects. */
  readonly work: (id: string) => Promise<Outcome>
  /** Called for an id that will not start because `cause` (the first failure on the way) failed. */
  readonly skip: (id: string, cause: string) => void
  /** Called for an id that did not start because of the abort. */
  readonly cancel: (id: string) => void
}

/**
 * Runs ids in dependency order, as many at once as allowed, earliest in the given order first. A failure skips those who
 * depend on it, directly or through others, and nobody else. Every id is worked on, skipped or cancelled exactly once.
 */
export async function schedule(options: ScheduleOptions): Promise<void> {
  const { blocking, after, concurrency, signal, work, skip, cancel } = options
  const waiting = new Map(after.ids.map((id) => [id, after.dependencies.get(id)?.length ?? 0]))
  const failedBecause = new Map<string, string>()
  const ready = after.ids.filter((id) => waiting.get(id) === 0)
  let running = 0

  await new Promise<void>((resolve, reject) => {
    /** Notes that an id has ended; what waited for it alone becomes ready, or is skipped in its turn. */
    const end = (first: string, outcome: Outcome) => {
      if (outcome === 'failed') failedBecause.set(first, first)
      const ended = [first]
      for (const id of ended) {
        for (const dependent of after.dependents.get(id) ?? []) {
          const left = (waiting.get(dependent) ?? 0) - 1
          waiting.set(dependent, left)
          if (left > 0) continue
          const cause = (blocking.dependencies.get(dependent) ?? []).find((other) => failedBecause.has(other))
          if (cause === undefined) ready.push(dependent)
          else {
            const root = failedBecause.get(cause) ?? cause
            failedBecause.set(dependent, root)
            skip(dependent, root)
            ended.push(dependent)
          }
        }
      }
    }
    const start = (id: string) => {
      running += 1
      work(id)
        .then((outcome) => {
          running -= 1
          end(id, outcome)
          advance()
        })
        .catch(reject)
    }
    const advance = () => {
      for (let id = next(); id !== undefined; id = next()) {
        if (signal.aborted) {
          cancel(id)
          end(id, 'cancelled')
        } else start(id)
      }
      if (running === 0) resolve()
    }
    const next = () => (running < concurrency || signal.aborted ? ready.shift() : undefined)
    advance()
  })
}
