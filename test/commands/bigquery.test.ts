import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { compare } from '../../runner/commands/compare.ts'
import { startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { type TemporaryProject, temporaryProject } from './temporary-project.ts'

const models = {
  'definitions/source.sqlx': 'config { type: "declaration", schema: "raw" }',
  'definitions/people.sqlx':
    'config { type: "table", description: "everybody", columns: { mail: { description: "theirs", tags: ["privacy:email"] } } }\nselect * from ${ref("source")}',
  'definitions/counted.sqlx': 'config { type: "view" }\nselect count(*) as n from ${ref("people")}',
  'definitions/grown.sqlx': 'config { type: "incremental" }\nselect id from ${ref("source")}',
}

const rows = (...ids: readonly number[]) =>
  `create schema if not exists proj.raw; create or replace table proj.raw.source as select id, concat('m', cast(id as string)) as mail, [struct(1.5 as x)] as list from unnest([${ids.join(', ')}]) as id`

async function projectOnBigQuery(): Promise<{
  readonly project: TemporaryProject
  readonly behind: LocalWarehouse
}> {
  const behind = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'proj' })
  const endpoint = await startEndpoint({ warehouse: behind })
  onTestFinished(async () => {
    await endpoint.close()
    await behind.close()
  })
  const settings = [
    'warehouse:',
    '  kind: bigquery',
    '  project: proj-pays',
    '  location: US',
    `  endpoint: ${endpoint.url}`,
  ]
  return {
    behind,
    project: temporaryProject({
      ...models,
      'streamform.yaml': `${settings.join('\n')}\n  price_per_tib: 6.25\n`,
    }),
  }
}

test('a project of kind bigquery is planned, run, resumed, listed, shown and asked', async () => {
  const { project, behind } = await projectOnBigQuery()
  const failed = await project.streamform('run')
  expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('Not found: Dataset proj:raw')])
  await behind.execute(rows(1, 2))

  const planned = await project.streamform('plan')
  expect(planned.out).toBe(
    [
      '   1  create     ds.grown  (not there yet)  reads 16 B, 0.0000',
      '   2  create     ds.people  (not there yet)  reads 46 B, 0.0000',
      '   3  create     ds.counted  (not there yet)',
      '      bytes not known: it reads ds.people, which the run makes',
      '3 actions, reads 62 B, 0.0000, 1 not known',
      '',
    ].join('\n'),
  )
  const resumed = await project.streamform('resume', '--json')
  expect(resumed.code).toBe(0)
  const { actions, warehouse } = JSON.parse(resumed.out)
  expect(warehouse).toBe('bigquery')
  const job = actions[0].statements[0].job
  expect(job).toMatchObject({ id: expect.stringMatching(/^streamform_.*_0_1$/), cacheHit: false })
  expect(job.bytesProcessed).toBeGreaterThan(0)
  expect((await project.streamform('run', 'grown')).code).toBe(0)
  expect((await project.streamform('query', 'select id from grown order by id', '--format', 'csv')).out).toBe(
    'id\n1\n1\n2\n2\n',
  )
  expect((await project.streamform('show', 'people')).out).toContain('everybody')
  expect(
    JSON.parse((await project.streamform('runs', '--json')).out).map(
      ({ command }: { command: string }) => command,
    ),
  ).toEqual(['run', 'resume', 'run'])
  expect((await project.streamform('ls')).out).toContain('people')
  const refused = await project.streamform('serve')
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringContaining('there is no embedded warehouse to serve'),
  ])
}, 120_000)

test('compare tells which tables differ from those of an embedded warehouse, and where, and no private value', async () => {
  const { project, behind } = await projectOnBigQuery()
  const path = join(project.folder, '.streamform', 'warehouse.duckdb')
  mkdirSync(join(project.folder, '.streamform'))
  const embedded = await openDuckDbWarehouse({ path, defaultProject: 'proj' })
  await embedded.execute(rows(1, 2, 3))
  await embedded.close()
  await behind.execute(rows(3, 1, 2))
  const statuses = async () => {
    const { tables } = await compare({ project: project.folder, ...lastOptions })
    return Object.fromEntries(
      tables.map(({ target, status, rows: counts }) => [target.name, [status, counts?.bigquery]]),
    )
  }
  let lastOptions: { run?: boolean } = {}
  expect(await statuses()).toEqual({
    people: ['missing', undefined],
    counted: ['missing', undefined],
    grown: ['missing', undefined],
    source: ['equal', 3],
  })
  lastOptions = { run: true }
  expect(await statuses()).toEqual({
    people: ['equal', 3],
    counted: ['equal', 1],
    grown: ['equal', 3],
    source: ['equal', 3],
  })

  // One row more, one that is there twice, and a column of another type.
  await behind.execute(`insert proj.ds.people select 4, 'm4', []; insert proj.ds.grown select 3;
    create or replace view proj.ds.counted as select '4' as n`)
  const { out, code } = await project.streamform('compare', 'people', 'grown', 'counted', '--limit', '3')
  expect([code, out.split('\n').sort()]).toEqual([
    1,
    [
      '',
      '      `n` is STRING on BigQuery and INT64 on the embedded warehouse',
      '      only on BigQuery: {"id":4,"mail":"(private)","list":[]}',
      '      only on BigQuery: {"id":3}',
      '0 equal, 3 not',
      'different  ds.counted  1 rows',
      'different  ds.grown  4 rows on BigQuery, 3 on the embedded warehouse',
      'different  ds.people  4 rows on BigQuery, 3 on the embedded warehouse',
    ].sort(),
  ])
  expect((await project.streamform('compare', 'counted', '--ignore', 'n')).out).toContain(
    'equal      ds.counted',
  )
}, 120_000)
