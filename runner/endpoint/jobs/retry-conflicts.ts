import { setTimeout } from 'node:timers/promises'
import { Problem } from '../../problem.ts'

const most = 20

/**
 * Runs one statement again that lost against another one on the same table, as BigQuery queues such statements: a
 * statement that failed has changed nothing. Not for scripts, whose earlier statements have.
 */
export async function retryConflicts<Result>(
  run: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof Problem) || !error.transient || attempt === most || signal.aborted) throw error
      await setTimeout(attempt * 20, undefined, { signal }).catch(() => undefined)
    }
  }
}
