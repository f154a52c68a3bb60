import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endpointWithClient } from './endpoint-with-client.ts'
import { project } from './open-endpoint.ts'

const { endpoint, client } = await endpointWithClient()

/** Opens a session with Google's client, as its users do: by a first query. */
async function open(query = 'SELECT 1') {
  const [job] = await client.createQueryJob({ query, createSession: true })
  await job.getQueryResults()
  const [{ statistics }] = await job.getMetadata()
  const id: string = statistics.sessionInfo.sessionId
  const run = async (text: string, more: object = {}) => {
    const connectionProperties = [{ key: 'session_id', value: id }]
    const [rows] = await client.query({ query: text, connectionProperties, ...more })
    return rows
  }
  return { id, run }
}

test('temporary tables and functions, variables and the default dataset last as long as the session', async () => {
  const { id, run } = await open('DECLARE n INT64 DEFAULT 5; CREATE TEMP TABLE t AS SELECT 1 AS a')
  await run('CREATE TEMP FUNCTION twice(x INT64) AS (2 * x)')
  await run('SET n = n + 1')
  await run('INSERT INTO t VALUES (n)')
  await run("SET @@dataset_id = 'd'")
  await run('CREATE TABLE kept AS SELECT a FROM _SESSION.t')
  expect(await run('SELECT ARRAY_AGG(twice(a) ORDER BY a) AS a, @@session_id AS id FROM t')).toEqual([
    { a: [2, 12], id },
  ])
  expect(await run('SELECT a FROM kept ORDER BY a')).toEqual([{ a: 1 }, { a: 6 }])
  const elsewhere = client.query('SELECT * FROM t')
  await expect(elsewhere).rejects.toThrow('Table "t" must be qualified with a dataset')
})

test('a transaction spans jobs, is seen by its session alone, and is rolled back by an error', async () => {
  await endpoint.warehouse.execute(`CREATE TABLE \`${project}.d.held\` (a INT64)`)
  const count = async () => (await client.query('SELECT COUNT(*) AS n FROM d.held'))[0]
  const { run } = await open('BEGIN TRANSACTION')
  await run('INSERT INTO d.held VALUES (1)')
  expect([await run('SELECT a FROM d.held'), await count()]).toEqual([[{ a: 1 }], [{ n: 0 }]])
  await run('COMMIT TRANSACTION')
  expect(await count()).toEqual([{ n: 1 }])
  await run('BEGIN TRANSACTION')
  await run('DELETE FROM d.held WHERE true')
  await expect(run('SELECT ERROR("no")')).rejects.toThrow('no')
  expect(await count()).toEqual([{ n: 1 }])
  await expect(run('COMMIT TRANSACTION')).rejects.toThrow('There is no transaction in progress')
})

test('jobs of one session run one after another, those of two at once', async () => {
  const [a, b] = [await open('CREATE TEMP TABLE t (a INT64)'), await open('CREATE TEMP TABLE t (a INT64)')]
  const numbers = Array.from({ length: 8 }, (_, index) => index)
  await Promise.all(
    numbers.flatMap((n) => [
      a.run(`INSERT INTO t VALUES (${n})`),
      b.run(`INSERT INTO t VALUES (${n + 100})`),
    ]),
  )
  expect(await a.run('SELECT a FROM t ORDER BY a')).toEqual(numbers.map((n) => ({ a: n })))
  expect(await b.run('SELECT a FROM t ORDER BY a')).toEqual(numbers.map((n) => ({ a: n + 100 })))
})

test('a dry run sees what the session holds and changes nothing of it', async () => {
  const { id, run } = await open('CREATE TEMP TABLE t AS SELECT 1 AS a')
  const [job] = await client.createQueryJob({
    query: 'CREATE TEMP TABLE u AS SELECT a FROM t',
    dryRun: true,
    connectionProperties: [{ key: 'session_id', value: id }],
  })
  expect(job.metadata.statistics.query.schema.fields.map(({ name }: { name: string }) => name)).toEqual(['a'])
  await expect(run('SELECT * FROM u')).rejects.toThrow('Table "u" must be qualified with a dataset')
})

test('BQ.ABORT_SESSION ends a session, its own or a named one, and nothing runs in it any more', async () => {
  const [first, second] = [await open('BEGIN TRANSACTION'), await open()]
  await first.run('CALL BQ.ABORT_SESSION()')
  await expect(first.run('SELECT 1')).rejects.toThrow(`Session ${first.id} is not found or was terminated`)
  await client.query(`CALL BQ.ABORT_SESSION('${second.id}')`)
  await expect(second.run('SELECT 1')).rejects.toThrow('is not found or was terminated')
  await expect(client.query('CALL BQ.ABORT_SESSION()')).rejects.toThrow('needs a session to run in')
})

test('external tables of one query are there for it alone, in a session, in a new one and in a dry run', async () => {
  mkdirSync(join(endpoint.buckets, 'b'), { recursive: true })
  writeFileSync(join(endpoint.buckets, 'b', 'one.csv'), '1\n2\n')
  const tableDefinitions = {
    own: {
      sourceFormat: 'CSV',
      sourceUris: ['gs://b/one.csv'],
      schema: { fields: [{ name: 'a', type: 'INT64' }] },
    },
  }
  const { id, run } = await open('CREATE TEMP TABLE t AS SELECT 2 AS a')
  expect(await run('SELECT a FROM own JOIN t USING (a)', { tableDefinitions })).toEqual([{ a: 2 }])
  await expect(run('SELECT a FROM own')).rejects.toThrow('Table "own" must be qualified with a dataset')
  await expect(run("SELECT ERROR('x') FROM own", { tableDefinitions })).rejects.toThrow('x')
  expect(await run('SELECT a FROM own JOIN t USING (a)', { tableDefinitions })).toEqual([{ a: 2 }])
  const [job] = await client.createQueryJob({
    query: 'SELECT a FROM own',
    dryRun: true,
    connectionProperties: [{ key: 'session_id', value: id }],
    tableDefinitions,
  })
  expect(job.metadata.statistics.query.schema.fields).toHaveLength(1)
  const { body } = await endpoint.query('SELECT a FROM own ORDER BY a', {
    createSession: true,
    tableDefinitions,
  })
  expect(body.rows).toEqual([{ f: [{ v: '1' }] }, { f: [{ v: '2' }] }])
})

test('a session cannot be opened inside of one', async () => {
  const { run } = await open()
  await expect(run('SELECT 1', { createSession: true })).rejects.toThrow('createSession cannot be set beside')
})

test('an answer of jobs.query tells its session', async () => {
  const { body } = await endpoint.query('SELECT 1 AS a', { createSession: true })
  expect(body.sessionInfo.sessionId).toMatch(/^[0-9a-f]{32}$/)
  expect(body.rows).toEqual([{ f: [{ v: '1' }] }])
})
