import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { executeRun, runnable } from '../../../runner/execute/execute-run.ts'
import { tokenize } from '../../../runner/googlesql/parse/lexer.ts'
import { compile } from '../../../runner/project/compile/compile.ts'
import type { Action } from '../../../runner/project/compile/compiled-graph.ts'
import { openBigQueryWarehouse } from '../../../runner/warehouse/bigquery/warehouse.ts'
import { dataform } from '../../endpoint/dataform-run.ts'
import { withCore } from '../../project/dataform-cli.ts'
import { type ProjectCase, projectCases } from '../../project/graphs.ts'
import { type Standing, standingTables } from './standing-tables.ts'

/** A job that a client asked for. */
export interface RecordedJob {
  readonly text: string
  readonly labels: Readonly<Record<string, string>>
  readonly dryRun: boolean
  readonly configuration: object
}

/** What stands before a run, and how it is called. */
export const scenarios = {
  'nothing there': { standing: 'nothing', fullRefresh: false },
  'all there': { standing: 'all', fullRefresh: false },
  'all there, full refresh': { standing: 'all', fullRefresh: true },
  'other kinds there': { standing: 'other kinds', fullRefresh: false },
} as const satisfies Readonly<Record<string, { readonly standing: Standing; readonly fullRefresh: boolean }>>

export type Scenario = keyof typeof scenarios

/** The jobs of each action, in the order in which they were asked for; jobs of no action are left out. */
export type JobsOfActions = Readonly<
  Record<string, readonly { readonly text: string; readonly labels: object }[]>
>

/** Projects whose every action the command line runs. */
export const recordedProjects = projectCases.filter(({ folder }) => existsSync(join(folder, 'jobs.json')))

export const readJobs = ({ folder }: ProjectCase): Readonly<Record<Scenario, JobsOfActions>> =>
  JSON.parse(readFileSync(join(folder, 'jobs.json'), 'utf8'))

/** The jobs that `dataform run` asks for. */
export async function theirJobs(
  cli: string,
  project: ProjectCase,
  scenario: Scenario,
): Promise<JobsOfActions> {
  const { actions } = await compile(project.folder, project.options)
  const { standing, fullRefresh } = scenarios[scenario]
  const bigQuery = await standingTables(actions, standing)
  using copy = withCore(project.folder)
  try {
    const flags = [...overrideFlags(project), ...(fullRefresh ? ['--full-refresh'] : [])]
    const { text, code } = await dataform(cli, bigQuery.url, copy.folder, ['run', ...flags], 'my-project')
    if (code !== 0) throw new Error(`${project.name}: ${text}`)
    return byAction(bigQuery.jobs, actions)
  } finally {
    await bigQuery.close()
  }
}

function overrideFlags({ options: { overrides = {}, vars = {} } }: ProjectCase): readonly string[] {
  const flags: Readonly<Record<string, string | undefined>> = {
    'default-database': overrides.defaultDatabase,
    'default-schema': overrides.defaultSchema,
    'schema-suffix': overrides.schemaSuffix,
    'database-suffix': overrides.databaseSuffix,
    'table-prefix': overrides.tablePrefix,
    vars: Object.entries(vars)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  }
  return Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined || value === '' ? [] : [`--${flag}=${value}`],
  )
}

/** The jobs that our runner asks for. */
export async function ourJobs(project: ProjectCase, scenario: Scenario): Promise<JobsOfActions> {
  const { actions } = await compile(project.folder, project.options)
  const { standing, fullRefresh } = scenarios[scenario]
  const bigQuery = await standingTables(actions, standing)
  using copy = withCore(project.folder)
  const options = {
    project: 'my-project',
    location: 'US',
    defaultProject: 'my-project',
    endpoint: bigQuery.url,
  }
  const warehouse = await openBigQueryWarehouse(options)
  try {
    const { actions: results } = await executeRun(warehouse, {
      command: 'run',
      folder: copy.folder,
      actions,
      selected: runnable(actions),
      fullRefresh,
      select: [],
      exclude: [],
      vars: {},
      resumes: null,
      concurrency: 4,
      retries: 0,
      signal: new AbortController().signal,
      now: () => new Date(),
      onEvent: () => {},
    })
    for (const { id, error } of results) if (error !== null) throw new Error(`${id}: ${error.message}`)
    return byAction(bigQuery.jobs, actions)
  } finally {
    await warehouse.close()
    await bigQuery.close()
  }
}

function byAction(jobs: readonly RecordedJob[], actions: readonly Action[]): JobsOfActions {
  const all: Record<string, { readonly text: string; readonly labels: object }[]> = {}
  for (const { text, labels, dryRun } of jobs) {
    const id = actionOf(text, actions)
    if (id === undefined || dryRun) continue
    const { streamform_run: _, ...own } = labels
    // Names that are drawn by lot.
    const fixed = text.replace(
      /(df_osc_|_df_temp_|staging_table_temp_|_staging_|staging_)[a-z0-9]{8,}/g,
      '$1x',
    )
    all[id] = [...(all[id] ?? []), { text: fixed, labels: own }]
  }
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The action whose table a statement writes or counts, or whose operation it is; undefined: none. */
function actionOf(text: string, actions: readonly Action[]): string | undefined {
  const operation = actions.find(({ queries }) => queries.some((query) => tokensOf(query) === tokensOf(text)))
  if (operation !== undefined) return operation.id
  const written =
    /(?:create or replace (?:table|view|materialized view)|insert into|merge|sum\(1\) as row_count from)\s+`([^`]+)`/gi
  const names = [...text.matchAll(written)].map(([, name]) => name)
  return actions.find(({ id }) => names.includes(id))?.id
}

/** A text as its tokens: equal for texts that differ alone in space, comments, quotes that a name does not need, and its end. */
export function tokensOf(text: string): string {
  const tokens = tokenize(text)
  const words = Array.from({ length: tokens.length }, (_, index) =>
    text.slice(tokens.starts[index], tokens.ends[index]),
  ).filter((word) => word !== '')
  return words
    .map((word) => (/^`[a-z_]\w*`$/i.test(word) ? word.slice(1, -1) : word))
    .join(' ')
    .replace(/(?: ;)+$/, '')
}
