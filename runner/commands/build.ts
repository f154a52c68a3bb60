import type { LandReport } from '../../loaders/land.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { checkRunnable, executeRun } from '../execute/execute-run.ts'
import type { RunError, RunResults } from '../execute/run-results.ts'
import { select, withAssertions } from '../graph/select.ts'
import { type ReadableColumn, taggedColumns } from '../lineage/readable.ts'
import { compile } from '../project/compile/compile.ts'
import { type Action, targetId } from '../project/compile/compiled-graph.ts'
import { checkLanding } from '../project/settings/check-landing.ts'
import type { UnitTest } from '../project/unit-tests/unit-tests.ts'
import { counted, progressReporter } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { loadEngine } from '../warehouse/open.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { defineCommand } from './command.ts'
import { readProject, withWarehouse } from './context.ts'
import { land } from './land.ts'
import { checkPrivacy } from './privacy.ts'
import { selectionFlags, selectionOptions, selectionPositionals } from './project-flags.ts'
import { executionFlags, executionOptions, type RunOptions } from './run.ts'
import { type TestResults, test } from './test.ts'

export interface BuildOptions extends RunOptions {
  /** False: build from what has landed already. Default true, where `landing.kind` is `loader`. */
  readonly land?: boolean
}

export interface BuildResult {
  /** `failed` also if a change file could not be read, a unit test fails, or analysts can read what is private. */
  readonly status: RunResults['status']
  /** null: not asked for. */
  readonly land: LandReport | null
  /** The unit tests of the selected models; null if they have none. */
  readonly test: TestResults | null
  readonly run: RunResults
  /** Private values in tables for analysts, as `streamform privacy` finds them; null: not looked for. */
  readonly readable: readonly ReadableColumn[] | null
}

/**
 * Lands new change files, runs the unit tests of the selected models, then builds them with all assertions about them. A
 * model whose unit test fails is not built, nor is what depends on it; the rest is. Where the whole project was built on an
 * embedded warehouse, it also looks whether a private value can be read in a table for analysts.
 *
 * @throws Problem for what keeps it from starting
 * @example const { status, run } = await build({ project: 'shop' })
 */
export async function build(
  options: BuildOptions = {},
  effects: Effects = defaultEffects(),
): Promise<BuildResult> {
  const project = await readProject(options, effects)
  const { vars = {}, select: selectors = [], exclude = [], fullRefresh = false } = options
  const { actions, unitTests } = await compile(project.folder, {
    vars,
    signal: effects.signal,
    meanwhile: () => loadEngine(project.settings.warehouse),
  })
  const selected = withAssertions(actions, select(actions, { select: selectors, exclude }), exclude)
  checkRunnable(selected)
  checkLanding(project.settings, actions)

  const landed =
    options.land === false || project.settings.landing.kind === 'external'
      ? null
      : await landFirst(options, effects)
  const tested = await testModels(unitTests, selected, options, effects)
  const { concurrency, retries } = project.settings.run
  const { run, readable } = await withWarehouse(project, effects, async ({ warehouse }) => {
    const results = await executeRun(warehouse, {
      command: 'build',
      folder: project.folder,
      actions,
      selected,
      fullRefresh,
      select: selectors,
      exclude,
      vars,
      resumes: null,
      blocked: blockedModels(tested, unitTests),
      concurrency: options.concurrency ?? concurrency,
      retries: options.retries ?? retries,
      signal: effects.signal,
      now: effects.now,
      onEvent: progressReporter(effects),
    })
    const whole = results.status === 'succeeded' && selectors.length === 0 && exclude.length === 0
    return { run: results, readable: whole ? await readableIn(warehouse, actions) : null }
  })
  const wrong =
    (landed !== null && landFailed(landed)) || (tested?.failed ?? 0) > 0 || (readable ?? []).length > 0
  return {
    status: run.status === 'succeeded' && wrong ? 'failed' : run.status,
    land: landed,
    test: tested,
    run,
    readable,
  }
}

/** null where nothing is tagged as private, and on BigQuery, which does not tell where columns come from. */
async function readableIn(
  warehouse: Warehouse,
  actions: readonly Action[],
): Promise<readonly ReadableColumn[] | null> {
  if (warehouse.kind === 'bigquery' || taggedColumns(actions).size === 0) return null
  return (await checkPrivacy(actions, warehouse, 'analytics')).readable
}

async function landFirst(options: BuildOptions, effects: Effects): Promise<LandReport> {
  const report = await land({ project: options.project }, effects)
  effects.note(landText(report))
  return report
}

async function testModels(
  unitTests: readonly UnitTest[],
  selected: readonly Action[],
  options: BuildOptions,
  effects: Effects,
): Promise<TestResults | null> {
  const ids = new Set(selected.map(({ id }) => id))
  const names = unitTests.filter((each) => ids.has(modelId(each))).map(({ name }) => name)
  if (names.length === 0) return null
  const results = await test({ project: options.project, names, vars: options.vars ?? {} }, effects)
  effects.note(`tested  ${counted(results.passed)} passed, ${counted(results.failed)} failed`)
  return results
}

const modelId = ({ target }: UnitTest): string =>
  targetId({ database: target?.database ?? '', schema: target?.schema ?? '', name: target?.name ?? '' })

/** Models with a unit test that does not pass, and why they are not built. */
function blockedModels(
  tested: TestResults | null,
  unitTests: readonly UnitTest[],
): ReadonlyMap<string, RunError> {
  const byName = new Map(unitTests.map((each) => [each.name, each]))
  return new Map(
    (tested?.tests ?? []).flatMap(({ name, file, status }): [string, RunError][] => {
      const unitTest = byName.get(name)
      if (status === 'passed' || unitTest === undefined) return []
      const hint = `streamform test ${JSON.stringify(name)} shows what it gives and what was expected`
      const message = `not built: its unit test \`${name}\` fails`
      return [[modelId(unitTest), { message, hint, file, line: null, column: null }]]
    }),
  )
}

/** As for `land` itself: a single event that does not fit waits as a dead letter, a file that cannot be read fails. */
const landFailed = ({ quarantined }: LandReport): boolean => quarantined.length > 0

function landText({ landed, alreadyLanded, rows, quarantined, deadLetters }: LandReport): string {
  const parts = [
    landed === 0 ? 'nothing new' : `${counted(landed)} files, ${counted(rows)} events`,
    alreadyLanded === 0 ? '' : `${counted(alreadyLanded)} files were there already`,
    quarantined.length === 0 ? '' : `${counted(quarantined.length)} files could not be read`,
    deadLetters === 0 ? '' : `${counted(deadLetters)} events did not fit`,
  ]
  return `landed  ${parts.filter((part) => part !== '').join(', ')}`
}

export const command = defineCommand({
  positionals: selectionPositionals,
  flags: {
    ...selectionFlags,
    'full-refresh': { type: 'boolean', describe: 'build incremental tables anew' },
    land: { type: 'boolean', default: true, describe: '--no-land: build from what has landed already' },
    ...executionFlags,
  },
  examples: [
    ['build', 'land what is new, test, and build everything'],
    ['build country_profile+', 'one model and all that needs it, with their assertions'],
  ],
  options: (given): BuildOptions => ({
    ...selectionOptions(given),
    ...executionOptions(given),
    fullRefresh: given['full-refresh'] ?? false,
    land: given.land,
  }),
  run: build,
  failed: ({ status }) => status !== 'succeeded',
  text: ({ land: landed, run, readable }) =>
    [
      ...(landed?.quarantined ?? []).map(({ file, reason }) => `error: not landed: ${file}: ${reason}`),
      ...(readable ?? []).map(
        ({ column, kind, source, file }) =>
          `error: ${file}: analysts can read ${column}, which holds ${source} (${kind})`,
      ),
      runSummary(run),
    ].join('\n'),
})
