import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { executeRun } from '../execute/execute-run.ts'
import { currentModels, type Difference, differencesFromLog } from '../execute/rebuilt-table.ts'
import type { RunResults } from '../execute/run-results.ts'
import { compile } from '../project/compile.ts'
import { progressReporter } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface RebuildOptions extends ProjectOptions {
  /** A current table: `world_x.city`. */
  readonly table: string
  /** Only tell what would change. */
  readonly dryRun?: boolean
}

export interface RebuildResult {
  readonly table: string
  /** Rows that were not what the change log says, the first thousand by key. */
  readonly differences: readonly Difference[]
  /** What was built; null with `dryRun`. */
  readonly run: RunResults | null
}

const most = 1000

/**
 * Builds a current table and its history anew from the whole change log, each swapped in by one statement, and tells which
 * rows that changes: none, if all went right before.
 *
 * @throws Problem for a name that is no current table, and for a table that was never built
 * @example const { differences } = await rebuild({ table: 'world_x.city', dryRun: true })
 */
export async function rebuild(
  options: RebuildOptions,
  effects: Effects = defaultEffects(),
): Promise<RebuildResult> {
  const { table, dryRun = false } = options
  return withProject(options, effects, async ({ project, warehouse }) => {
    const { actions } = await compile(project.folder, { signal: effects.signal })
    const models = currentModels(actions, table)
    const differences = await differencesFromLog(warehouse, models, { most, signal: effects.signal })
    if (dryRun) return { table, differences, run: null }
    const { state, versions } = models
    const run = await executeRun(warehouse, {
      command: 'run',
      folder: project.folder,
      actions,
      selected: versions === undefined ? [state] : [state, versions],
      fullRefresh: true,
      select: [table],
      exclude: [],
      vars: {},
      resumes: null,
      ...project.settings.run,
      signal: effects.signal,
      now: effects.now,
      onEvent: progressReporter(effects),
    })
    return { table, differences, run }
  })
}

export const command = defineCommand({
  positionals: { table: { type: 'string', describe: 'a current table, as in world_x.city' } },
  flags: { 'dry-run': { type: 'boolean', describe: 'tell what would change, and change nothing' } },
  examples: [
    ['rebuild world_x.city --dry-run', 'is the table what its change log says?'],
    ['rebuild world_x.city', 'make it so, and its history'],
  ],
  options: (given): RebuildOptions => ({
    project: given.project,
    table: given.table ?? '',
    dryRun: given['dry-run'] ?? false,
  }),
  run: rebuild,
  failed: ({ differences, run }) => (run === null ? differences.length > 0 : run.status !== 'succeeded'),
  text({ table, differences, run }) {
    const shown = differences.slice(0, 20)
    const count = differences.length === most ? `${most} rows or more` : `${differences.length} rows`
    return [
      differences.length === 0
        ? `${table} is what its change log says`
        : `${count} of ${table} ${run === null ? 'are' : 'were'} not what its change log says`,
      ...(shown.length === 0
        ? []
        : [
            textTable(
              ['key', 'was'],
              shown.map(({ key, kind }) => [key, kind]),
            ),
          ]),
      ...(run === null ? [] : [runSummary(run)]),
    ].join('\n')
  },
})
