import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { readRun, runIds } from './run-folder.ts'
import type { RunResults } from './run-results.ts'

export interface Resumption {
  readonly former: RunResults
  /** Of the project as it is now: those that failed, were skipped, cancelled or never reached. */
  readonly actions: readonly Action[]
  /** Ids that the former run left undone and the project has no more. */
  readonly gone: readonly string[]
}

/**
 * The run to resume: the one named, else the newest, whatever it was.
 *
 * @throws Problem (exit code 2) if there is none
 */
export async function runToResume(project: string, id: string | undefined): Promise<RunResults> {
  const newest = id ?? (await runIds(project))[0]
  if (newest === undefined)
    throw new Problem('there is no run to resume', { exitCode: 2, hint: 'start one: streamform run' })
  return readRun(project, newest)
}

/**
 * What is left to do of a former run. Actions are taken from the project as it is now, since it was probably changed to
 * put a failure right; what succeeded then is not run again.
 */
export function resumption(former: RunResults, actions: readonly Action[]): Resumption {
  const undone = former.actions.filter(({ status }) => status !== 'succeeded' && status !== 'disabled')
  const byId = new Map(actions.map((action) => [action.id, action]))
  return {
    former,
    actions: undone.flatMap(({ id }) => byId.get(id) ?? []),
    gone: undone.filter(({ id }) => !byId.has(id)).map(({ id }) => id),
  }
}
