import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { readRun, runIds } from '../execute/run-folder.ts'
import { type RunResults, statusCounts } from '../execute/run-results.ts'
import { Problem } from '../problem.ts'
import { duration } from '../report/progress.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject } from './context.ts'

export interface RunsOptions extends ProjectOptions {
  /** At most so many, the newest first; default 20. */
  readonly limit?: number
}

/** A former run, without its actions. `status: 'running'` of a run that is over means that it was killed. */
export interface ListedRun extends Omit<RunResults, 'actions' | 'formatVersion'> {
  /** How many actions ended how. */
  readonly counts: Readonly<Record<string, number>>
}

/** Former runs, the newest first. @example const [last] = await runs({ limit: 1 }) */
export async function runs(
  options: RunsOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly ListedRun[]> {
  const { folder } = await readProject(options, effects)
  const ids = (await runIds(folder)).slice(0, options.limit ?? 20)
  const results = await Promise.all(ids.map((id) => readRun(folder, id).catch(notReadable)))
  return results.flatMap((result) => {
    if (result === undefined) return []
    const { actions, formatVersion: _, ...run } = result
    return [{ ...run, counts: Object.fromEntries(statusCounts(actions)) }]
  })
}

/** A folder that a killed process left without results is no run to tell of. */
function notReadable(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error
}

export const command = defineCommand({
  flags: { limit: { type: 'number', describe: 'at most so many', default: 20 } },
  options: (given): RunsOptions => ({ project: given.project, limit: given.limit }),
  run: runs,
  text: (listed) =>
    listed.length === 0
      ? 'no runs yet: `streamform run` makes one'
      : textTable(
          ['run', 'command', 'status', 'actions', 'time'],
          listed.map(({ id, command: name, status, counts, seconds, select }) => [
            id,
            [name, ...select].join(' '),
            status === 'running' ? 'running or killed' : status,
            Object.entries(counts)
              .map(([word, count]) => `${count} ${word}`)
              .join(', '),
            seconds === null ? '' : duration(seconds),
          ]),
        ),
})
