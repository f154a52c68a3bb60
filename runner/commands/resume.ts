import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { executeRun } from '../execute/execute-run.ts'
import { resumption, runToResume } from '../execute/resume.ts'
import type { RunResults } from '../execute/run-results.ts'
import { compile } from '../project/compile/compile.ts'
import { progressReporter } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { loadEngine } from '../warehouse/open.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject, withWarehouse } from './context.ts'
import { executionFlags, executionOptions } from './run.ts'

export interface ResumeOptions extends ProjectOptions {
  /** The id of a run; undefined: the newest. */
  readonly run?: string | undefined
  readonly concurrency?: number | undefined
  readonly retries?: number | undefined
}

/**
 * Runs again what failed, was skipped, cancelled or never reached in a former run, in a run of its own; what succeeded
 * is left as it is. The project is compiled as it is now. The former run's `--full-refresh` and `--vars` hold.
 *
 * @throws Problem if there is no such run
 * @example const results = await resume({ project: 'shop' })
 */
export async function resume(
  options: ResumeOptions = {},
  effects: Effects = defaultEffects(),
): Promise<RunResults> {
  const project = await readProject(options, effects)
  const former = await runToResume(project.folder, options.run)
  const { actions } = await compile(project.folder, {
    vars: former.vars,
    signal: effects.signal,
    meanwhile: () => loadEngine(project.settings.warehouse),
  })
  const { actions: selected, gone } = resumption(former, actions)
  for (const id of gone) effects.note(`${id} is no longer part of the project: left out`)
  if (selected.length === 0) {
    effects.note(`run ${former.id} has nothing left to do`)
    return { ...former, actions: [], status: 'succeeded' }
  }
  const { concurrency, retries } = project.settings.run
  return withWarehouse(project, effects, ({ warehouse }) =>
    executeRun(warehouse, {
      command: 'resume',
      folder: project.folder,
      actions,
      selected,
      fullRefresh: former.fullRefresh,
      select: former.select,
      exclude: former.exclude,
      vars: former.vars,
      resumes: former.id,
      former: new Map(former.actions.map((action) => [action.id, action])),
      concurrency: options.concurrency ?? concurrency,
      retries: options.retries ?? retries,
      signal: effects.signal,
      now: effects.now,
      onEvent: progressReporter(effects),
    }),
  )
}

export const command = defineCommand({
  positionals: { run: { type: 'string', describe: 'the id of a run [default: the newest]' } },
  flags: executionFlags,
  examples: [
    ['resume', 'what the last run left undone'],
    ['resume 2026-01-31-120000-000', 'what that run left undone'],
  ],
  options: (given): ResumeOptions => ({
    project: given.project,
    run: given.run,
    ...executionOptions(given),
  }),
  run: resume,
  text: runSummary,
  failed: ({ status }) => status !== 'succeeded',
})
