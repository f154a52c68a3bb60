import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import { counted, duration } from '../report/progress.ts'
import { runSummary } from '../report/summary.ts'
import { textTable } from '../report/table.ts'
import { type BuildResult, build } from './build.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject } from './context.ts'
import { type QueryResult, query } from './query.ts'
import { eventsInAll, sample } from './sample.ts'

export interface DemoResult {
  readonly build: BuildResult
  /** The languages that at least half of a country's people speak, by the number of countries; null if it failed. */
  readonly ranking: QueryResult | null
  /** A few countries at a glance. */
  readonly profile: QueryResult | null
  readonly seconds: number
}

const ranking =
  'select rank, language, countries from world_x_analytics.language_ranking order by rank, language'
const profile = 'select * from world_x_analytics.country_profile order by population desc limit 5'

/**
 * The whole path over the reference project: writes the sample stream, lands it, builds every model, and reads the
 * analytics. Again, it has nothing to land and says so.
 *
 * @throws Problem if the project is another one, whose stream the sample must not be mixed with
 */
export async function demo(
  options: ProjectOptions = {},
  effects: Effects = defaultEffects(),
): Promise<DemoResult> {
  const started = effects.now()
  const { folder } = await readProject(options, effects)
  const { actions } = await compile(folder, { signal: effects.signal })
  if (!actions.some(({ target: t }) => `${t.schema}.${t.name}` === 'world_x_analytics.language_ranking'))
    throw new Problem("the demo builds streamform's own project over world_x; this is another one", {
      exitCode: 2,
      hint: '`streamform sample`, then `streamform add table` and `streamform build` do the same here',
    })

  effects.note('1. a day in the life of a MySQL database, as Google Datastream would write it')
  const sampled = await sample(options, effects)
  const { written, unchanged, folder: stream } = sampled
  effects.note(
    `sample  ${counted(written)} change files written, ${counted(unchanged)} were there; ${eventsInAll(sampled)}: ${stream}`,
  )

  effects.note('2. land the files, test the models, build the tables, check them')
  const built = await build(options, effects)
  const succeeded = built.status === 'succeeded'
  return {
    build: built,
    ranking: succeeded ? await query({ ...options, sql: ranking }, effects) : null,
    profile: succeeded ? await query({ ...options, sql: profile }, effects) : null,
    seconds: (effects.now().getTime() - started.getTime()) / 1000,
  }
}

export const command = defineCommand({
  examples: [['demo', 'sample, land, test, build, show']],
  options: ({ project }): ProjectOptions => ({ project }),
  run: demo,
  failed: ({ build: { status } }) => status !== 'succeeded',
  text: (result) => {
    const { ranking: languages, profile: countries, build: built, seconds } = result
    if (languages === null || countries === null) return runSummary(built.run)
    return [
      runSummary(built.run),
      'Languages that at least half of the people speak in at least two countries (world_x_analytics.language_ranking):',
      rowsTable(languages),
      'The five most populous countries (world_x_analytics.country_profile):',
      rowsTable(countries),
      nextSteps(seconds),
    ].join('\n\n')
  },
})

/** Rows of short values; lists and documents are left to `streamform show`. */
function rowsTable({ columns, rows }: QueryResult): string {
  const plain = columns.filter(({ type }) => !/^(?:ARRAY|STRUCT|JSON)/.test(type)).slice(0, 9)
  const cell = (value: unknown) => (value === null || value === undefined ? '' : String(value))
  return textTable(
    plain.map(({ name }) => name),
    rows.map((row) => plain.map(({ name }) => cell(row[name]).slice(0, 40))),
    plain.map(({ type }) => /INT64|NUMERIC|FLOAT64/.test(type)),
  )
}

const nextSteps = (seconds: number) =>
  [
    `All of it took ${duration(seconds)}. What to type next:`,
    '  npx streamform query "select * from world_x_analytics.continents"   any question, in BigQuery\'s SQL',
    '  npx streamform show world_x.city                                    a table, its change files and runs',
    '  npx streamform plan city_log --sql                                  the statements behind a model',
    '  npx streamform build                                                again: nothing new to land',
    '  npx streamform --help                                               everything else',
  ].join('\n')
