import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { checkRunnable, executeRun } from '../execute/execute-run.ts'
import type { RunResults } from '../execute/run-results.ts'
import { select } from '../graph/select.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import { checkLanding } from '../project/settings/check-landing.ts'
import { progressReporter } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { loadEngine } from '../warehouse/open.ts'
import { defineCommand, type Flags } from './command.ts'
import { readProject, withWarehouse } from './context.ts'
import {
  type SelectionOptions,
  selectionFlags,
  selectionOptions,
  selectionPositionals,
} from './project-flags.ts'

export interface RunOptions extends SelectionOptions {
  /** Build incremental tables anew, but for protected ones. */
  readonly fullRefresh?: boolean
  /** In place of `run.concurrency` and `run.retries` of `streamform.yaml`. */
  readonly concurrency?: number | undefined
  readonly retries?: number | undefined
}

/**
 * Builds the selected actions in dependency order. Actions that fail are in the result (`status: 'failed'`), with what
 * was skipped because of them; the same is in `.streamform/runs/<id>/run_results.json` (docs/run_results.schema.json).
 *
 * @throws Problem for what keeps the run from starting: a project that does not compile, a selector that matches nothing
 * @example const { status, actions } = await run({ project: 'shop', select: ['+orders'] })
 */
export async function run(
  options: RunOptions = {},
  effects: Effects = defaultEffects(),
): Promise<RunResults> {
  const project = await readProject(options, effects)
  const { vars = {}, select: selectors = [], exclude = [], fullRefresh = false } = options
  const { actions } = await compile(project.folder, {
    vars,
    signal: effects.signal,
    meanwhile: () => loadEngine(project.settings.warehouse),
  })
  const selected = select(actions, { select: selectors, exclude })
  checkRunnable(selected)
  checkLanding(project.settings, actions)
  const { concurrency, retries } = project.settings.run
  return withWarehouse(project, effects, ({ warehouse }) =>
    executeRun(warehouse, {
      command: 'run',
      folder: project.folder,
      actions,
      selected,
      fullRefresh,
      select: selectors,
      exclude,
      vars,
      resumes: null,
      concurrency: options.concurrency ?? concurrency,
      retries: options.retries ?? retries,
      signal: effects.signal,
      now: effects.now,
      onEvent: progressReporter(effects),
    }),
  )
}

export const executionFlags = {
  concurrency: { type: 'number', describe: 'actions at once [default: run.concurrency of streamform.yaml]' },
  retries: { type: 'number', describe: 'tries again after an error that may pass [default: run.retries]' },
} as const satisfies Flags

/** @throws Problem (exit code 2) for a number that makes no sense */
export function executionOptions(given: { concurrency: number | undefined; retries: number | undefined }) {
  const { concurrency, retries } = given
  if (concurrency !== undefined && (!Number.isInteger(concurrency) || concurrency < 1))
    throw new Problem('`--concurrency` takes a whole number from 1', { exitCode: 2 })
  if (retries !== undefined && (!Number.isInteger(retries) || retries < 0))
    throw new Problem('`--retries` takes a whole number from 0', { exitCode: 2 })
  return { concurrency, retries }
}

export const command = defineCommand({
  positionals: selectionPositionals,
  flags: {
    ...selectionFlags,
    'full-refresh': { type: 'boolean', describe: 'build incremental tables anew' },
    ...executionFlags,
  },
  examples: [
    ['run', 'everything'],
    ['run country_profile', 'one action'],
    ['run +country_profile', 'it and all that it needs'],
    ['run tag:daily --exclude type:assertion', 'by tag, without assertions'],
  ],
  options: (given): RunOptions => ({
    ...selectionOptions(given),
    ...executionOptions(given),
    fullRefresh: given['full-refresh'] ?? false,
  }),
  run,
  text: runSummary,
  failed: ({ status }) => status !== 'succeeded',
})
