import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { type ComparedTable, compareTable, names, type Sides } from '../execute/compare-tables.ts'
import { executeRun, runnable } from '../execute/execute-run.ts'
import { topologicalOrder } from '../graph/dag.ts'
import { actionDag, select } from '../graph/select.ts'
import { type Origin, readableIn, taggedColumns } from '../lineage/readable.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Project } from '../project/project.ts'
import { counted, progressReporter } from '../report/progress.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { defineCommand } from './command.ts'
import { defaultProjectOf, readProject, withWarehouse } from './context.ts'
import {
  type SelectionOptions,
  selectionFlags,
  selectionOptions,
  selectionPositionals,
} from './project-flags.ts'

export interface CompareOptions extends SelectionOptions {
  /** The embedded warehouse; default `.streamform/warehouse.duckdb`. */
  readonly embedded?: string | undefined
  /** Build the selection on both sides first. */
  readonly run?: boolean
  /** Columns that are not compared: what says when a row was loaded is never the same. */
  readonly ignore?: readonly string[]
  /** At most so many rows that differ are told of each table; default 10. */
  readonly limit?: number
}

export interface CompareResult {
  readonly equal: number
  readonly different: number
  readonly tables: readonly ComparedTable[]
}

/**
 * Compares what a selection is on BigQuery with what it is in an embedded warehouse, table by table, row by row. What is
 * read is read whole: on BigQuery that costs what the tables hold.
 *
 * @throws Problem for a project that is not built on BigQuery, and for an embedded warehouse that is not there
 * @example const { different, tables } = await compare({ select: ['world_x_analytics.*'] })
 */
export async function compare(
  options: CompareOptions = {},
  effects: Effects = defaultEffects(),
): Promise<CompareResult> {
  const project = await readProject(options, effects)
  if (project.settings.warehouse.kind !== 'bigquery')
    throw new Problem(
      '`compare` is for a project that is built on BigQuery, with an embedded warehouse beside it',
      {
        file: 'streamform.yaml',
        hint: 'set warehouse.kind to bigquery; --embedded names the DuckDB file to compare with',
        exitCode: 2,
      },
    )
  const { vars = {}, select: selectors = [], exclude = [] } = options
  const { actions } = await compile(project.folder, { vars, signal: effects.signal })
  const selected = select(actions, { select: selectors, exclude })
  const duckdb = await openEmbedded(project, options, effects)
  try {
    return await withWarehouse(project, effects, async ({ warehouse: bigquery }) => {
      const sides = { bigquery, duckdb }
      if (options.run === true) await runBoth(sides, project, actions, selected, options, effects)
      const isPrivate = await privateColumns(duckdb, actions)
      const tables: ComparedTable[] = []
      for (const action of selected.filter(hasTable))
        tables.push(
          await compareTable(sides, action, {
            ignore: options.ignore ?? [],
            most: options.limit ?? 10,
            isPrivate: (column) => isPrivate(action, column),
            signal: effects.signal,
          }),
        )
      const equal = tables.filter(({ status }) => status === 'equal').length
      return { equal, different: tables.length - equal, tables }
    })
  } finally {
    await duckdb.close()
  }
}

const hasTable = ({ kind, hasOutput, disabled }: Action): boolean =>
  !disabled && (['table', 'view', 'incremental', 'declaration'].includes(kind) || hasOutput)

async function openEmbedded(project: Project, options: CompareOptions, effects: Effects): Promise<Warehouse> {
  const path =
    options.embedded === undefined
      ? join(project.folder, '.streamform', 'warehouse.duckdb')
      : resolve(effects.workingFolder, options.embedded)
  if (!existsSync(path))
    throw new Problem(`there is no embedded warehouse to compare with: ${path}`, {
      hint: 'name one with --embedded; a project of kind duckdb over the same stream builds it',
      exitCode: 2,
    })
  return openWarehouse({ kind: 'duckdb', path, defaultProject: defaultProjectOf(project) })
}

async function runBoth(
  sides: Sides,
  project: Project,
  actions: readonly Action[],
  selected: readonly Action[],
  options: CompareOptions,
  effects: Effects,
): Promise<void> {
  for (const warehouse of [sides.duckdb, sides.bigquery]) {
    const { status, id } = await executeRun(warehouse, {
      command: 'run',
      folder: project.folder,
      actions,
      selected: runnable(selected),
      fullRefresh: false,
      select: options.select ?? [],
      exclude: options.exclude ?? [],
      vars: options.vars ?? {},
      resumes: null,
      ...project.settings.run,
      signal: effects.signal,
      now: effects.now,
      onEvent: progressReporter(effects),
    })
    if (status !== 'succeeded')
      throw new Problem(`the run on ${names[warehouse.kind]} did not succeed: ${id}`, {
        hint: `streamform runs lists it; .streamform/runs/${id}/run_results.json says why`,
      })
  }
}

/** Which columns hold private values: the tagged ones, and those that come from them. Unknown counts as private. */
async function privateColumns(
  warehouse: Warehouse,
  actions: readonly Action[],
): Promise<(action: Action, column: string) => boolean> {
  const tagged = taggedColumns(actions)
  const known = new Map<string, readonly Origin[]>(
    [...tagged].map(([column, kind]) => [column, [{ kind, source: column }]]),
  )
  const unknown = new Set<string>()
  const byId = new Map(actions.map((action) => [action.id, action]))
  for (const id of tagged.size === 0 ? [] : topologicalOrder(actionDag(actions))) {
    const action = byId.get(id)
    if (action === undefined || !['table', 'view', 'incremental'].includes(action.kind)) continue
    try {
      readableIn(action, (await warehouse.dryRun(action.query)).lineage ?? [], known)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      unknown.add(id)
    }
  }
  return ({ id }, column) => unknown.has(id) || (known.get(`${id}.${column}`.toLowerCase()) ?? []).length > 0
}

export const command = defineCommand({
  positionals: selectionPositionals,
  flags: {
    ...selectionFlags,
    embedded: { type: 'string', describe: 'the DuckDB file [default: .streamform/warehouse.duckdb]' },
    run: { type: 'boolean', describe: 'build the selection on both sides first' },
    ignore: { type: 'string', array: true, describe: 'columns that are not compared' },
    limit: { type: 'number', describe: 'at most so many rows that differ of each table [default: 10]' },
  },
  examples: [
    ['compare', 'every table, as it is on both sides'],
    ['compare country_profile --run', 'one, built on both before'],
  ],
  options: (given): CompareOptions => {
    const { limit } = given
    if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
      throw new Problem('`--limit` takes a whole number from 1', { exitCode: 2 })
    return {
      ...selectionOptions(given),
      embedded: given.embedded,
      run: given.run ?? false,
      ignore: given.ignore ?? [],
      ...(limit === undefined ? {} : { limit }),
    }
  },
  run: compare,
  failed: ({ different }) => different > 0,
  text: ({ tables, equal, different }) =>
    [...tables.map(tableText), `${counted(equal)} equal, ${counted(different)} not`].join('\n'),
})

function tableText({ target, status, notes, rows, differences }: ComparedTable): string {
  const count =
    rows === null
      ? ''
      : rows.bigquery === rows.duckdb
        ? `  ${counted(rows.bigquery)} rows`
        : `  ${counted(rows.bigquery)} rows on ${names.bigquery}, ${counted(rows.duckdb)} on ${names.duckdb}`
  return [
    `${status.padEnd(9)}  ${target.schema}.${target.name}${count}`,
    ...notes.map((note) => `      ${note}`),
    ...differences.map(
      ({ side, times, row }) =>
        `      only on ${names[side]}${times === 1 ? '' : ` (${counted(times)} times)`}: ${JSON.stringify(row)}`,
    ),
  ].join('\n')
}
