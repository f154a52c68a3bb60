import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { executeRun } from '../execute/execute-run.ts'
import {
  asLanded,
  type CurrentModels,
  currentModels,
  type Difference,
  differencesFromLog,
  keep,
  putBack,
} from '../execute/rebuilt-table.ts'
import type { RunResults } from '../execute/run-results.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { isPrivateKey } from '../reconcile/key-columns.ts'
import { counted, progressReporter } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { type Context, withProject } from './context.ts'
import { rebuildFromFiles } from './rebuild-from-files.ts'

export interface RebuildOptions extends ProjectOptions {
  /** A current table: `world_x.city`. */
  readonly table: string
  /** Only tell what would change. */
  readonly dryRun?: boolean
  /** What it is built from: its change log, or the stream's change files, all of them landed anew. */
  readonly from?: 'log' | 'files' | undefined
  /** As the table was after what had landed by then (ISO 8601); the next run takes the rest. */
  readonly to?: string | undefined
  /** Put back what the last rebuild replaced. */
  readonly undo?: boolean | undefined
}

export interface RebuildResult {
  readonly table: string
  /** Rows that were not what they should be, the first thousand by key. */
  readonly differences: readonly Difference[]
  /** What was built; null with `dryRun`, `undo` and `from: 'files'`. */
  readonly run: RunResults | null
  /** Tables that were put back, or replaced from files; empty otherwise. */
  readonly replaced: readonly string[]
}

const most = 1000

/**
 * Builds a current table and its history anew, each swapped in by one statement, and tells which rows that changes: none, if
 * all went right before. What is replaced is kept until the next rebuild, and can be put back.
 *
 * @throws Problem for a name that is no current table, for a table that was never built, for flags that do not go together
 * @example const { differences } = await rebuild({ table: 'world_x.city', dryRun: true })
 */
export async function rebuild(
  options: RebuildOptions,
  effects: Effects = defaultEffects(),
): Promise<RebuildResult> {
  const { table, undo = false, from = 'log', to, dryRun = false } = options
  if (undo && (to !== undefined || dryRun || options.from !== undefined))
    throw new Problem('`--undo` goes with no other flag', { exitCode: 2 })
  if (from === 'files' && to !== undefined)
    throw new Problem('`--to` goes with the log: what landed when, change files do not tell', { exitCode: 2 })
  const landed = to === undefined ? undefined : instantOf(to)
  return withProject(options, effects, async (context) => {
    const { actions } = await compile(context.project.folder, { signal: effects.signal })
    const models = currentModels(actions, table)
    if (undo) return undone(table, models, context)
    const result =
      from === 'files'
        ? { table, run: null, ...(await rebuildFromFiles(context, models, dryRun)) }
        : await fromLog(options, actions, landedModels(models, landed), context)
    if (!isPrivateKey(models.state)) return result
    return { ...result, differences: result.differences.map(({ kind }) => ({ key: '(private)', kind })) }
  })
}

function landedModels(models: CurrentModels, landed: string | undefined): CurrentModels {
  if (landed === undefined) return models
  const { log, state, versions } = models
  if (log === undefined) throw new Problem('its change log is not among the models', { exitCode: 2 })
  return {
    ...models,
    state: asLanded(state, log, landed),
    versions: versions === undefined ? undefined : asLanded(versions, log, landed),
  }
}

async function fromLog(
  { table, dryRun = false }: RebuildOptions,
  actions: readonly Action[],
  models: CurrentModels,
  { project, warehouse, effects }: Context,
): Promise<RebuildResult> {
  const differences = await differencesFromLog(warehouse, models, { most, signal: effects.signal })
  if (dryRun) return { table, differences, run: null, replaced: [] }
  const { state, versions } = models
  const selected = versions === undefined ? [state] : [state, versions]
  const present = []
  for (const { target } of selected) if ((await warehouse.table(target)) !== undefined) present.push(target)
  await keep(warehouse, present)
  const run = await executeRun(warehouse, {
    command: 'run',
    folder: project.folder,
    actions,
    selected,
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
  return { table, differences, run, replaced: [] }
}

async function undone(table: string, models: CurrentModels, { warehouse }: Context): Promise<RebuildResult> {
  const { current, state, versions, log, landings } = models
  const raw = { ...current.target, schema: `${current.target.schema}_raw` }
  const targets = [state, versions, log, landings].flatMap((model) =>
    model === undefined ? [] : [model.target],
  )
  const back = await putBack(warehouse, [...targets, raw])
  if (back.length === 0)
    throw new Problem(`nothing of \`${table}\` is kept: no rebuild has replaced it`, { exitCode: 2 })
  return { table, differences: [], run: null, replaced: back.map(({ schema, name }) => `${schema}.${name}`) }
}

function instantOf(text: string): string {
  const time = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text)
  if (Number.isNaN(time.getTime()))
    throw new Problem(`\`--to ${text}\` is no time`, { exitCode: 2, hint: 'as in 2024-06-01T12:30:00Z' })
  return time.toISOString()
}

export const command = defineCommand({
  positionals: { table: { type: 'string', describe: 'a current table, as in world_x.city' } },
  flags: {
    'dry-run': { type: 'boolean', describe: 'tell what would change, and change nothing' },
    from: { type: 'string', describe: 'the change log, or all change files anew', choices: ['log', 'files'] },
    to: {
      type: 'string',
      describe: 'as it was after what had landed by then (UTC); the next run takes the rest',
    },
    undo: { type: 'boolean', describe: 'put back what the last rebuild replaced' },
  },
  examples: [
    ['rebuild world_x.city --dry-run', 'is the table what its change log says?'],
    ['rebuild world_x.city', 'make it so, and its history'],
    ['rebuild world_x.city --from files --dry-run', 'is it what the change files say?'],
    ['rebuild world_x.city --to 2024-06-01T12:00:00Z', 'as it was after what had landed by then'],
    ['rebuild world_x.city --undo', 'put back what was there before'],
  ],
  options: (given): RebuildOptions => ({
    project: given.project,
    table: given.table ?? '',
    dryRun: given['dry-run'] ?? false,
    from: given.from === 'files' ? 'files' : given.from === 'log' ? 'log' : undefined,
    to: given.to,
    undo: given.undo ?? false,
  }),
  run: rebuild,
  failed: ({ differences, run, replaced }) =>
    run === null ? differences.length > 0 && replaced.length === 0 : run.status !== 'succeeded',
  text({ table, differences, run, replaced }, { undo = false, from = 'log' }) {
    if (undo) return `put back: ${replaced.join(', ')}`
    const shown = differences.slice(0, 20)
    const count =
      differences.length === most ? `${counted(most)} rows or more` : `${counted(differences.length)} rows`
    const what = from === 'files' ? 'its change files say' : 'its change log says'
    const changed = run !== null || replaced.length > 0
    return [
      differences.length === 0
        ? `${table} is what ${what}`
        : `${count} of ${table} ${changed ? 'were' : 'are'} not what ${what}`,
      ...(shown.length === 0
        ? []
        : [
            textTable(
              ['key', 'was'],
              shown.map(({ key, kind }) => [key, kind]),
            ),
          ]),
      ...(replaced.length === 0 ? [] : [`replaced: ${replaced.join(', ')}`]),
      ...(run === null ? [] : [runSummary(run)]),
    ].join('\n')
  },
})
