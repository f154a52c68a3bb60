import { describe, expect, test } from 'vitest'
import { dataformCli } from '../../project/dataform-cli.ts'
import {
  type JobsOfActions,
  ourJobs,
  readJobs,
  recordedProjects,
  type Scenario,
  scenarios,
  theirJobs,
  tokensOf,
} from './recorded-jobs.ts'

const names = Object.keys(scenarios) as Scenario[]
const cases = recordedProjects.flatMap((project) =>
  names.map((scenario) => ({ project, scenario, title: `${project.name}, ${scenario}` })),
)

/**
 * What Dataform sends for `onSchemaChange` before the statement itself: a procedure that compares columns, and its call.
 * We compare them before anything runs, and send ALTER TABLE where one is needed.
 */
const procedure = /^CREATE OR REPLACE PROCEDURE[\s\S]*DROP PROCEDURE IF EXISTS `[^`]*`;\n/

/** Dataform takes a materialized view for a view, which BigQuery then refuses to replace. */
const materialized = /^drop materialized view if exists (?:`[^`]+`) ; create or replace (?!materialized)/

/** Dataform's statement adds rows without a partition again at every run: ours is another. */
const ownStatement = /dataform_staging/

function comparable(jobs: JobsOfActions): JobsOfActions {
  return Object.fromEntries(
    Object.entries(jobs).map(([id, all]) => [
      id,
      all
        .map(({ text, labels }) => ({ text: tokensOf(text.replace(procedure, '')), labels }))
        // A `---` too many makes an empty statement, which BigQuery refuses.
        .filter(({ text }) => text !== ''),
    ]),
  )
}

describe('the jobs that a run asks BigQuery for', () => {
  test.for(cases)(
    'are those of `dataform run`, action by action, in order: $title',
    async ({ project, scenario }) => {
      const theirs = comparable(readJobs(project)[scenario])
      const ours = comparable(await ourJobs(project, scenario))
      const own = Object.entries(ours).map(([id, jobs]) => [
        id,
        jobs.map((job, index) => {
          if (ownStatement.test(job.text)) return theirs[id]?.[index]
          return materialized.test(job.text) ? { ...job, text: job.text.replace(/^[^;]* ; /, '') } : job
        }),
      ])
      expect(Object.fromEntries(own)).toEqual(theirs)
    },
  )

  test('are recorded for every kind of action', () => {
    const texts = recordedProjects.flatMap((project) =>
      names.flatMap((name) => Object.values(readJobs(project)[name])),
    )
    const all = texts.flat().map(({ text }) => text.toLowerCase())
    for (const words of [
      'create or replace table',
      'create or replace view',
      'create or replace materialized view',
      'insert into',
      'merge',
      'row_count',
      'drop view',
      'drop table',
      'partition by',
      'cluster by',
      'options(',
    ])
      expect(all.filter((text) => text.includes(words)).length, words).toBeGreaterThan(0)
  })
})

const cli = dataformCli()

describe.skipIf(cli === undefined)(
  `dataform's own command line${cli === undefined ? ' (not installed; set STREAMFORM_CI=1 to install it)' : ''}`,
  () => {
    const few = cases.filter(({ project: { name } }) =>
      ['incremental-tables', 'tables-and-views'].includes(name),
    )
    test.for(few)('still asks for the jobs that are kept: $title', async ({ project, scenario }) => {
      expect(await theirJobs(cli ?? '', project, scenario)).toEqual(readJobs(project)[scenario])
    })
  },
)
