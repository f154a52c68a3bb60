import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeClient } from '../node-client.ts'
import type { OpenEndpoint } from '../open-endpoint.ts'

// biome-ignore lint/suspicious/noExplicitAny: the client's own types of what it answers are not needed here
type Client = any

/** Every method that Google's client for Node has a way to, with the errors that they answer; what it sends is recorded. */
export async function nodeSession(endpoint: OpenEndpoint): Promise<void> {
  const client: Client = nodeClient(endpoint)
  await client.createDataset('node', { labels: { team: 'x' }, description: 'one' })
  const dataset = client.dataset('node')
  await dataset.setMetadata({ description: 'two' })
  await dataset.getMetadata()
  await client.getDatasets({ maxResults: 1, autoPaginate: false })
  await tables(client, dataset)
  await queries(client, dataset)
  await files(endpoint, dataset)
  await routines(client, dataset)
  await errors(client, dataset)
  await dataset.table('t').delete()
  await dataset.delete({ force: true })
}

async function tables(client: Client, dataset: Client): Promise<void> {
  const fields = [
    { name: 'id', type: 'INT64', mode: 'REQUIRED' },
    { name: 'tags', type: 'STRING', mode: 'REPEATED' },
    { name: 'at', type: 'TIMESTAMP', description: 'when' },
    { name: 'r', type: 'RECORD', fields: [{ name: 'x', type: 'FLOAT' }] },
  ]
  await dataset.createTable('t', {
    schema: { fields },
    timePartitioning: { type: 'DAY', field: 'at', expirationMs: '86400000' },
    clustering: { fields: ['id'] },
    labels: { a: 'b' },
  })
  const table = dataset.table('t')
  await table.setMetadata({
    description: 'ours',
    schema: { fields: [...fields, { name: 'n', type: 'NUMERIC' }] },
  })
  await dataset.createTable('v', { view: { query: 'SELECT 1 AS a', useLegacySql: false } })
  await dataset.table('v').getMetadata()
  await dataset.getTables({ maxResults: 1, autoPaginate: false })
  await table.insert([
    { id: 1, tags: ['x'], at: client.timestamp('2024-01-02T03:04:05Z'), r: { x: 1.5 }, n: '1.5' },
  ])
  await table.insert([{ id: 'x' }]).catch(() => undefined)
  await table.getMetadata()
  await table.getRows({ maxResults: 1, selectedFields: 'id,tags' })
  await table.getIamPolicy()
  await table.setIamPolicy({ bindings: [] }).catch(() => undefined)
  await table.testIamPermissions(['bigquery.tables.get'])
  await dataset.getModels()
}

async function queries(client: Client, dataset: Client): Promise<void> {
  const every =
    "SELECT 5, 1.5, true, 'é', b'\\x00', NUMERIC '1.5', BIGNUMERIC '2', DATE '2024-01-02', TIME '03:04:05.25', DATETIME '2024-01-02 03:04:05.1', TIMESTAMP '2024-01-02 03:04:05.678901', JSON '{\"a\": 1}', [1, 2], [STRUCT('x' AS a, [STRUCT(1 AS c)] AS b)], RANGE(DATE '2024-01-01', NULL), INTERVAL 1 DAY, CAST(NULL AS INT64)"
  await client.query(every)
  await client.query({ query: 'SELECT * FROM UNNEST(GENERATE_ARRAY(1, 9)) AS x', maxResults: 4 })
  await client.query({
    query: 'SELECT @i, @l, @r',
    params: { i: 5, l: ['a'], r: { d: client.date('2024-01-02') } },
    labels: { team: 'x' },
    location: 'US',
  })
  const destination = dataset.table('out')
  const [job] = await client.createQueryJob({
    query: 'SELECT 1 AS a, CURRENT_TIMESTAMP() AS stamp',
    destination,
    writeDisposition: 'WRITE_TRUNCATE',
    maximumBytesBilled: '1000000',
    jobTimeoutMs: 60_000,
    defaultDataset: { datasetId: 'node' },
  })
  await job.getQueryResults()
  await job.getMetadata()
  await client.createQueryJob({ query: 'SELECT a FROM node.out', dryRun: true })
  await client.query({ query: 'SELECT a FROM node.out', dryRun: true })
  for (const text of [
    'UPDATE node.out SET a = 2 WHERE true',
    'MERGE node.out AS t USING (SELECT 3 AS a) AS s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (a)',
    'CREATE OR REPLACE VIEW node.w AS SELECT a FROM node.out',
    'DECLARE x INT64 DEFAULT 1; SELECT x; SELECT x + 1',
    'CREATE SCHEMA node2; DROP SCHEMA node2',
  ]) {
    const [one] = await client.createQueryJob(text)
    await one.getQueryResults()
    await one.getMetadata()
  }
  const [first] = await client.createQueryJob({ query: 'SELECT 1', createSession: true })
  await first.getQueryResults()
  const [cancelled] = await client.createQueryJob('SELECT 1')
  await cancelled.cancel()
  await client.getJobs({ maxResults: 3, autoPaginate: false })
  await client.getJobs({ stateFilter: 'done', projection: 'full', maxResults: 100, autoPaginate: false })
  await cancelled.delete()
}

async function files(endpoint: OpenEndpoint, dataset: Client): Promise<void> {
  const folder = join(endpoint.buckets, 'node')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'rows.json'), '{"a": 1, "b": "x"}\n{"a": 2}\n')
  writeFileSync(join(folder, 'rows.csv'), 'a,b\n1,x\n')
  const schema = {
    fields: [
      { name: 'a', type: 'INT64' },
      { name: 'b', type: 'STRING' },
    ],
  }
  await dataset
    .table('loaded')
    .load(join(folder, 'rows.json'), { sourceFormat: 'NEWLINE_DELIMITED_JSON', schema, maxBadRecords: 1 })
  const request = (job: object) =>
    dataset.bigQuery.createJob({ configuration: job }).then(([one]: [Client]) => one.promise())
  const destinationTable = (tableId: string) => ({
    projectId: dataset.bigQuery.projectId,
    datasetId: 'node',
    tableId,
  })
  await request({
    load: {
      sourceUris: ['gs://node/rows.csv'],
      destinationTable: destinationTable('fromBucket'),
      schema,
      skipLeadingRows: '1',
      writeDisposition: 'WRITE_TRUNCATE',
    },
  })
  await dataset.table('loaded').copy(dataset.table('copied'))
  await request({
    extract: {
      sourceTable: destinationTable('loaded'),
      destinationUris: ['gs://node/out-*.csv'],
      fieldDelimiter: ';',
    },
  })
}

async function routines(client: Client, dataset: Client): Promise<void> {
  const metadata = {
    arguments: [{ name: 'x', dataType: { typeKind: 'INT64' } }],
    definitionBody: 'x * 2',
    routineType: 'SCALAR_FUNCTION',
    language: 'SQL',
    returnType: { typeKind: 'INT64' },
  }
  const [routine] = await dataset.createRoutine('twice', metadata)
  await routine.getMetadata()
  await routine.setMetadata({ ...metadata, definitionBody: 'x * 3' })
  await dataset.getRoutines()
  await client.query('SELECT node.twice(2)')
  await routine.delete()
}

/** One of each kind that a client sees. */
async function errors(client: Client, dataset: Client): Promise<void> {
  const failing: readonly (() => Promise<unknown>)[] = [
    () => client.query('SELECT'),
    () => client.query('SELECT * FROM node.nowhere'),
    () => client.query({ query: 'SELECT 1', useLegacySql: true }),
    () => client.query("SELECT ERROR('boom')"),
    () => client.query({ query: 'SELECT a FROM node.out', maximumBytesBilled: '1' }),
    () => client.createDataset('node'),
    () => client.createDataset('not-a-name'),
    () => dataset.createTable('loaded', { schema: [{ name: 'a', type: 'INT64' }] }),
    () => dataset.createTable('bad', { schema: [{ name: 'a', type: 'NOTHING' }] }),
    () => dataset.delete(),
    () => client.job('nowhere').getMetadata(),
    () => dataset.table('nowhere').getRows(),
    () => client.createQueryJob({ query: 'SELECT 1', jobId: 'a b' }),
    () => dataset.table('v').insert([{ a: 1 }]),
  ]
  for (const fail of failing) {
    const error = await fail().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) throw new Error(`the client raises nothing for ${fail}`)
  }
}
