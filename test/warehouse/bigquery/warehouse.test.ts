import { expect, test } from 'vitest'
import type { QueryParameter } from '../../../runner/googlesql/result.ts'
import { openBigQueryWarehouse } from '../../../runner/warehouse/bigquery/warehouse.ts'
import { problemOf } from '../fresh-warehouse.ts'
import { describeWarehouse } from '../warehouse-contract.ts'
import { answering, apiError } from './answers.ts'
import { bigQueryOnEndpoint } from './open-warehouse.ts'
import { stillClock } from './still-clock.ts'

describeWarehouse('BigQuery', async () => {
  const { warehouse } = await bigQueryOnEndpoint({ defaultDataset: 'd' })
  await warehouse.createDataset('p', 'd')
  return warehouse
})

const values = `TRUE AS a, 9007199254740993 AS b, 1.5 AS c, CAST('nan' AS FLOAT64) AS d, CAST('-inf' AS FLOAT64) AS e,
  NUMERIC '1.50' AS f, BIGNUMERIC '-0.00000000000000000000000000000000000001' AS g, 'é "x"' AS h, b'\\x00\\xff' AS i,
  DATE '0001-01-01' AS j, TIME '01:02:03.5' AS k, TIME '23:59:59.000001' AS l, DATETIME '2024-01-02 03:04:05' AS m,
  DATETIME '9999-12-31 23:59:59.999999' AS n, TIMESTAMP '2024-01-02 03:04:05.678901+01' AS o,
  TIMESTAMP '0001-01-01 00:00:00.1+00' AS p, TIMESTAMP '1969-12-31 23:59:59.999999+00' AS q,
  INTERVAL '1-2 3 4:5:6.7' YEAR TO SECOND AS r, JSON '{"a": [1, null]}' AS s, [1, 2] AS t, STRUCT(1 AS a, ['b'] AS b) AS u,
  [STRUCT(DATE '2024-01-01' AS d, CAST(NULL AS STRING) AS s)] AS v, CAST(NULL AS ARRAY<INT64>) AS w, CAST(NULL AS STRING) AS x,
  RANGE(DATE '2024-01-01', NULL) AS y, RANGE(TIMESTAMP '2024-01-01 00:00:00.5+00', NULL) AS z,
  RANGE(DATETIME '2024-01-01 00:00:00', DATETIME '2024-01-02 00:00:00.25') AS aa`

test('every type of value comes over the wire as it stands in the embedded warehouse', async () => {
  const { warehouse, behind } = await bigQueryOnEndpoint()
  const text = `SELECT ${values}`
  const { columns, rows } = await behind.execute(text)
  expect(await warehouse.execute(text)).toMatchObject({ statementType: 'SELECT', columns, rows })
})

test('every type of parameter arrives', async () => {
  const { warehouse, behind } = await bigQueryOnEndpoint()
  const { columns, rows } = await behind.execute(`SELECT ${values.replace(/RANGE\(TIMESTAMP.*/s, '1 AS z')}`)
  const given = columns.map(({ type }, index): QueryParameter => ({ type, value: rows[0]?.[index] ?? null }))
  // NULL is of no type that a list of parameters could tell from another.
  const parameters = given.filter(({ value }) => value !== null)
  const marks = parameters.map(() => '?').join(', ')
  const here = await warehouse.execute(`SELECT ${marks}`, { parameters })
  expect(here.rows).toEqual([parameters.map(({ value }) => value)])
})

test('a long result comes in pages, each row once', async () => {
  const { warehouse } = await bigQueryOnEndpoint()
  const text = 'SELECT n FROM UNNEST(GENERATE_ARRAY(1, 50010)) AS n ORDER BY n'
  const { rows } = await warehouse.execute(text)
  expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 50_010 }, (_, index) => BigInt(index + 1)))
  expect((await warehouse.execute(text, { maxRows: 50_005 })).rows).toHaveLength(50_005)
})

test('what a statement did is in its result', async () => {
  const { warehouse } = await bigQueryOnEndpoint()
  await warehouse.createDataset('p', 'd')
  const made = await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x', { job: 'make' })
  expect(made).toMatchObject({ statementType: 'CREATE_TABLE_AS_SELECT', rows: [], job: { id: 'make' } })
  const inserted = await warehouse.execute('INSERT d.t SELECT * FROM UNNEST([2, 3])')
  expect(inserted).toMatchObject({ statementType: 'INSERT', affectedRows: 2 })
  const script = await warehouse.execute(
    'DECLARE n INT64 DEFAULT 5; INSERT d.t VALUES (n); SELECT x FROM d.t WHERE x = n',
  )
  expect(script).toMatchObject({ statementType: 'SCRIPT', rows: [[5n]] })
  const dry = await warehouse.dryRun('INSERT d.t SELECT 1')
  expect([dry.statementType, dry.writes]).toEqual(['INSERT', [{ database: 'p', schema: 'd', name: 't' }]])
})

test('names with a dataset and no project are of the default project, not of the one that pays', async () => {
  const { warehouse, behind } = await bigQueryOnEndpoint({ project: 'pays', defaultProject: 'p' })
  await behind.execute('CREATE SCHEMA p.d; CREATE TABLE p.d.t AS SELECT 1 AS x')
  expect((await warehouse.execute('SELECT x FROM d.t')).rows).toEqual([[1n]])
  expect((await warehouse.execute('SELECT x FROM t', { defaultDataset: 'd' })).rows).toEqual([[1n]])
  expect((await warehouse.dryRun('SELECT x FROM d.t')).reads).toEqual([
    { database: 'p', schema: 'd', name: 't' },
  ])
})

test("streamform's own tables are made when they are first needed", async () => {
  const { warehouse } = await bigQueryOnEndpoint()
  const started = new Date('2026-01-31T12:00:00.123Z')
  const row = {
    id: 'r',
    command: 'run',
    status: 'running',
    started_at: started,
    ended_at: null,
    folder: 'f',
  } as const
  await warehouse.state.insertInto('runs').values(row).execute()
  await warehouse.state.updateTable('runs').set({ status: 'failed' }).where('id', '=', 'r').execute()
  expect(await warehouse.state.selectFrom('runs').selectAll().execute()).toEqual([
    { ...row, status: 'failed' },
  ])
  expect((await warehouse.tables('p', 'streamform')).map(({ name }) => name)).toContain('runs')
})

test('descriptions, labels and policy tags are set in one call, and none where nothing changes', async () => {
  const { warehouse, calls } = await bigQueryOnEndpoint()
  await warehouse.createDataset('p', 'd')
  await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x, STRUCT(2 AS y, 3 AS z) AS s')
  const target = { database: 'p', schema: 'd', name: 't' }
  const description = {
    description: 'about t',
    labels: { team: 'x' },
    columns: [
      { path: ['x'], description: 'about x' },
      { path: ['s', 'z'], description: 'about z' },
    ],
  }
  await warehouse.describe(target, description)
  await warehouse.describe(target, description)
  expect(calls.filter((call) => call.startsWith('PATCH'))).toHaveLength(1)
  const table = await warehouse.table(target)
  expect([table?.description, table?.labels, table?.columns.map(({ description: text }) => text)]).toEqual([
    'about t',
    { team: 'x' },
    ['about x', undefined],
  ])
})

test('a table that somebody changes meanwhile is described as it is then', async () => {
  const sent: string[] = []
  let etag = 1
  const server = await answering((call) => {
    sent.push(call)
    if (call.startsWith('PATCH') && etag === 1) {
      etag = 2
      return apiError(412, 'conditionNotMet')
    }
    const fields = [{ name: 'x', type: 'INTEGER' }, ...(etag === 2 ? [{ name: 'y', type: 'STRING' }] : [])]
    return { body: { tableReference: { tableId: 't' }, etag: String(etag), schema: { fields } } }
  })
  const options = {
    project: 'p',
    location: 'US',
    defaultProject: 'p',
    endpoint: server.url,
    clock: stillClock(),
  }
  const warehouse = await openBigQueryWarehouse(options)
  await warehouse.describe(
    { database: 'p', schema: 'd', name: 't' },
    { columns: [{ path: ['x'], policyTags: ['tag'] }] },
  )
  const path = '/bigquery/v2/projects/p/datasets/d/tables/t'
  expect(sent).toEqual([`GET ${path}`, `PATCH ${path}`, `GET ${path}`, `PATCH ${path}`])
  expect(server.bodies.at(-1)).toEqual({
    schema: {
      fields: [
        { name: 'x', type: 'INTEGER', policyTags: { names: ['tag'] } },
        { name: 'y', type: 'STRING' },
      ],
    },
  })
})

test('limits, labels and reservations go with every job', async () => {
  const server = await answering((call) =>
    call.startsWith('POST')
      ? {
          body: {
            jobReference: { jobId: 'j' },
            status: { state: 'DONE' },
            statistics: {
              totalSlotMs: '1234',
              query: {
                statementType: 'MERGE',
                totalBytesBilled: '10485760',
                totalBytesProcessed: '17',
                cacheHit: false,
                numDmlAffectedRows: '3',
              },
            },
          },
        }
      : {},
  )
  const warehouse = await openBigQueryWarehouse({
    project: 'p',
    location: 'EU',
    defaultProject: 'p',
    endpoint: server.url,
    maximumBytesBilled: 20_000_000,
    jobTimeout: 600,
  })
  const options = { job: 'j', labels: { team: 'x' }, reservation: 'projects/p/locations/EU/reservations/r' }
  expect(await warehouse.execute('merge', options)).toEqual({
    statementType: 'MERGE',
    columns: [],
    rows: [],
    affectedRows: 3,
    bytesBilled: 10_485_760,
    job: { id: 'j', bytesProcessed: 17, slotMs: 1234, cacheHit: false },
  })
  expect(server.bodies).toEqual([
    {
      jobReference: { projectId: 'p', jobId: 'j', location: 'EU' },
      configuration: {
        query: { query: 'merge', useLegacySql: false, maximumBytesBilled: '20000000' },
        labels: { team: 'x' },
        reservation: 'projects/p/locations/EU/reservations/r',
        jobTimeoutMs: '600000',
      },
    },
  ])
})

test('a dataset that is elsewhere is refused', async () => {
  const { behind, endpoint } = await bigQueryOnEndpoint()
  await behind.execute('CREATE SCHEMA p.d')
  const options = { project: 'p', location: 'EU', defaultProject: 'p', endpoint: endpoint.url }
  const warehouse = await openBigQueryWarehouse(options)
  expect(await problemOf(warehouse.createDataset('p', 'd'))).toBe(
    'streamform.yaml: the dataset d is in US, and jobs run in EU\n  set warehouse.location to US, or name another dataset: BigQuery moves none',
  )
})

test('a dry run tells what the columns that are read hold, and a limit on bytes keeps a query from running', async () => {
  const { warehouse, endpoint } = await bigQueryOnEndpoint()
  await warehouse.createDataset('p', 'd')
  await warehouse.execute(`CREATE TABLE d.t AS SELECT n, 'ab' AS s, CAST(NULL AS NUMERIC) AS x FROM UNNEST(GENERATE_ARRAY(1, 500)) AS n;
    CREATE VIEW d.v AS SELECT n, s FROM d.t`)
  const bytes = async (text: string) => (await warehouse.dryRun(text)).bytes
  expect(await bytes('SELECT n FROM d.t')).toBe(500 * 8)
  expect(await bytes('SELECT COUNT(*) FROM d.t')).toBe(0)
  expect(await bytes('SELECT s FROM d.v WHERE n > 3')).toBe(500 * 12)
  expect(await bytes('SELECT a.n FROM d.t AS a JOIN d.t AS b USING (n)')).toBe(2 * 500 * 8)
  expect(await bytes('SELECT * FROM d.t')).toBe(500 * 12)
  expect(await bytes('DELETE d.t WHERE n = 1')).toBe(500 * 12)
  expect(await bytes('CREATE VIEW d.w AS SELECT * FROM d.t')).toBe(0)
  expect(await bytes('CREATE TABLE d.w AS SELECT s FROM d.t')).toBe(500 * 4)
  expect((await warehouse.execute('SELECT n FROM d.t')).job?.bytesProcessed).toBe(500 * 8)

  const options = {
    project: 'p',
    location: 'US',
    defaultProject: 'p',
    endpoint: endpoint.url,
    maximumBytesBilled: 100,
  }
  const frugal = await openBigQueryWarehouse(options)
  expect(await problemOf(frugal.execute('DELETE d.t WHERE n = 1'))).toBe(
    'Query exceeded limit for bytes billed: 100. 6000 or higher required.\n  raise warehouse.maximum_bytes_billed in streamform.yaml, or read less',
  )
  expect((await frugal.execute('SELECT COUNT(*) FROM d.t')).rows).toEqual([[500n]])
})
