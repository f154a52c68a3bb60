import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenEndpoint, openEndpoint, project } from './open-endpoint.ts'

let endpoint: OpenEndpoint
beforeAll(async () => {
  endpoint = await openEndpoint()
  await endpoint.warehouse.execute(
    'CREATE SCHEMA d; CREATE TABLE d.t (x INT64, s STRING); INSERT INTO d.t VALUES (1, "a"), (2, NULL)',
  )
})
afterAll(() => endpoint?.close())

const micros = { formatOptions: { useInt64Timestamp: true } }

describe('cells', () => {
  const cases: readonly (readonly [sql: string, type: string, v: unknown])[] = [
    ['9007199254740993', 'INTEGER', '9007199254740993'],
    ['1.5', 'FLOAT', '1.5'],
    ['CAST(3 AS FLOAT64)', 'FLOAT', '3.0'],
    ["CAST('nan' AS FLOAT64)", 'FLOAT', 'NaN'],
    ["CAST('-inf' AS FLOAT64)", 'FLOAT', '-Infinity'],
    ['true', 'BOOLEAN', 'true'],
    ["'é'", 'STRING', 'é'],
    ["b'\\x00\\xff'", 'BYTES', 'AP8='],
    ["NUMERIC '-0.000000001'", 'NUMERIC', '-0.000000001'],
    ["BIGNUMERIC '12.5'", 'BIGNUMERIC', '12.5'],
    ["DATE '0001-01-01'", 'DATE', '0001-01-01'],
    ["DATETIME '2024-01-02 03:04:05.1'", 'DATETIME', '2024-01-02T03:04:05.100'],
    ["TIME '03:04:05'", 'TIME', '03:04:05'],
    ["TIME '03:04:05.25'", 'TIME', '03:04:05.250000'],
    ["TIMESTAMP '2024-01-02 03:04:05.678901'", 'TIMESTAMP', '1704164645678901'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", 'TIMESTAMP', '-1'],
    ["RANGE(DATE '2024-01-01', NULL)", 'RANGE', '[2024-01-01, UNBOUNDED)'],
    ["RANGE(TIMESTAMP '1970-01-01 00:00:01+00', NULL)", 'RANGE', '[1000000, UNBOUNDED)'],
    ["RANGE(DATETIME '2024-01-02 03:04:05', NULL)", 'RANGE', '[2024-01-02T03:04:05, UNBOUNDED)'],
    ['INTERVAL 0 DAY', 'INTERVAL', '0-0 0 0:0:0'],
    ["INTERVAL '1-2 3 4:5:6.789' YEAR TO SECOND", 'INTERVAL', '1-2 3 4:5:6.789'],
    ['JSON \'{"b": 1, "a": null}\'', 'JSON', '{"a":null,"b":1}'],
    ["JSON 'null'", 'JSON', 'null'],
    ['[1, 2]', 'INTEGER', [{ v: '1' }, { v: '2' }]],
    ['CAST(NULL AS ARRAY<INT64>)', 'INTEGER', []],
    ["STRUCT(1 AS a, ['x'] AS b)", 'RECORD', { f: [{ v: '1' }, { v: [{ v: 'x' }] }] }],
    ['[STRUCT(1 AS a)]', 'RECORD', [{ v: { f: [{ v: '1' }] } }]],
    ['CAST(NULL AS STRUCT<a INT64>)', 'RECORD', null],
    ['CAST(NULL AS DATE)', 'DATE', null],
  ]
  test.each(cases)('%s is %s', async (sql, type, v) => {
    const { body } = await endpoint.query(`SELECT ${sql} AS c`, micros)
    expect(body.error).toBeUndefined()
    expect(body.schema.fields[0].type).toBe(type)
    expect(body.rows).toEqual([{ f: [{ v }] }])
  })

  test('timestamps are float seconds where the client does not ask for microseconds', async () => {
    const { body } = await endpoint.query(
      "SELECT TIMESTAMP '2024-01-02 03:04:05.678901' AS a, TIMESTAMP '1970-01-01 00:00:00' AS b, TIMESTAMP '1969-12-31 23:59:59.999999' AS c",
    )
    expect(body.rows[0].f.map(({ v }: { v: string }) => v)).toEqual(['1.704164645678901E9', '0.0', '-1.0E-6'])
  })

  test('a nested schema has modes, and RECORD for STRUCT', async () => {
    const { body } = await endpoint.query('SELECT STRUCT(1 AS a, [STRUCT("x" AS c)] AS b) AS s')
    expect(body.schema).toEqual({
      fields: [
        {
          name: 's',
          type: 'RECORD',
          mode: 'NULLABLE',
          fields: [
            { name: 'a', type: 'INTEGER', mode: 'NULLABLE' },
            {
              name: 'b',
              type: 'RECORD',
              mode: 'REPEATED',
              fields: [{ name: 'c', type: 'STRING', mode: 'NULLABLE' }],
            },
          ],
        },
      ],
    })
  })
})

describe('errors', () => {
  test('a query that fails is an HTTP error with its place, never an empty result', async () => {
    const message = 'Unrecognized name: y at [1:8]'
    expect(await endpoint.query('SELECT y FROM d.t')).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message,
          errors: [
            {
              reason: 'invalidQuery',
              location: 'query',
              message,
              domain: 'global',
              locationType: 'parameter',
            },
          ],
        },
      },
    })
  })

  test('a failed job is DONE with errorResult and errors, and its results are an HTTP error', async () => {
    const inserted = await endpoint.call('POST', 'jobs', {
      configuration: { query: { query: "SELECT ERROR('boom')", useLegacySql: false } },
      jobReference: { jobId: 'fails' },
    })
    expect(inserted.status).toBe(200)
    const { body: job } = await endpoint.call('GET', 'jobs/fails')
    expect(job.status.state).toBe('DONE')
    expect(job.status.errorResult).toMatchObject({
      reason: 'invalidQuery',
      message: expect.stringContaining('boom'),
    })
    expect(job.status.errors).toEqual([job.status.errorResult])
    const results = await endpoint.call('GET', 'queries/fails')
    expect(results.status).toBe(400)
    expect(results.body.error.message).toBe(job.status.errorResult.message)
  })

  test.each([
    ['GET', 'jobs/none', 404, 'notFound', `Not found: Job ${project}:US.none`],
    ['GET', 'queries/none?location=EU', 404, 'notFound', `Not found: Job ${project}:EU.none`],
    ['GET', 'datasets/none', 404, 'notFound', `Not found: Dataset ${project}:none`],
    ['GET', 'datasets/d/tables/none', 404, 'notFound', `Not found: Table ${project}:d.none`],
    ['GET', 'datasets/none/tables', 404, 'notFound', `Not found: Dataset ${project}:none`],
    [
      'POST',
      'nothing',
      404,
      'notFound',
      `Not found: POST /bigquery/v2/projects/${project}/nothing is not part of the local endpoint`,
    ],
  ])('%s %s is %d %s', async (method, path, status, reason, message) => {
    const answer = await endpoint.call(method, path)
    expect(answer.status).toBe(status)
    expect(answer.body.error.errors).toEqual([{ domain: 'global', reason, message }])
  })

  test('a missing table in a query is 404 notFound', async () => {
    const { status, body } = await endpoint.query('SELECT * FROM d.none')
    expect(status).toBe(404)
    expect(body.error.errors[0].reason).toBe('notFound')
  })

  test('legacy SQL, the default of the API, is refused', async () => {
    const { status, body } = await endpoint.call('POST', 'queries', { query: 'SELECT 1' })
    expect(status).toBe(400)
    expect(body.error.message).toContain('useLegacySql: false')
  })

  test('a body that is no JSON is refused', async () => {
    const response = await fetch(`${endpoint.url}/projects/${project}/queries`, { method: 'POST', body: '{' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { errors: [{ reason: 'parseError' }] } })
  })
})

describe('jobs', () => {
  const insert = (jobId: string, query: string, more: object = {}) =>
    endpoint.call('POST', 'jobs', {
      configuration: { query: { query, useLegacySql: false, ...more }, labels: { team: 'x' } },
      jobReference: { projectId: project, jobId, location: 'US' },
    })

  test("a client's job id is kept; the same one again is 409 duplicate, and runs nothing", async () => {
    await endpoint.warehouse.execute('CREATE OR REPLACE TABLE d.once (x INT64)')
    expect((await insert('once', 'INSERT INTO d.once VALUES (1)')).status).toBe(200)
    const again = await insert('once', 'INSERT INTO d.once VALUES (1)')
    expect(again.status).toBe(409)
    expect(again.body.error.errors[0]).toMatchObject({
      reason: 'duplicate',
      message: `Already Exists: Job ${project}:US.once`,
    })
    await endpoint.call('GET', 'queries/once')
    expect((await endpoint.warehouse.execute('SELECT COUNT(*) FROM d.once')).rows).toEqual([[1n]])
  })

  test('a query that is sent again with its requestId runs once', async () => {
    await endpoint.warehouse.execute('CREATE OR REPLACE TABLE d.twice (x INT64)')
    const send = () => endpoint.query('INSERT INTO d.twice VALUES (1)', { requestId: 'the-same' })
    const [first, second] = await Promise.all([send(), send()])
    expect(first.body.jobReference).toEqual(second.body.jobReference)
    expect(first.body.numDmlAffectedRows).toBe('1')
    expect((await endpoint.warehouse.execute('SELECT COUNT(*) FROM d.twice')).rows).toEqual([[1n]])
  })

  test('statements that change the same rows at once all succeed, one after another', async () => {
    // Long enough that one begins before another has ended.
    await endpoint.warehouse.execute(
      'CREATE OR REPLACE TABLE d.counter AS SELECT 0 AS n FROM UNNEST(GENERATE_ARRAY(1, 200000))',
    )
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => endpoint.query('UPDATE d.counter SET n = n + 1 WHERE true')),
    )
    expect(answers.map(({ body }) => body.numDmlAffectedRows ?? body)).toEqual(Array(4).fill('200000'))
    const { rows } = await endpoint.warehouse.execute('SELECT MIN(n), MAX(n) FROM d.counter')
    expect(rows).toEqual([[4n, 4n]])
  })

  test('a job shows its configuration, labels, statement type and tables', async () => {
    await insert('shown', 'SELECT x FROM d.t')
    await endpoint.call('GET', 'queries/shown')
    const { body } = await endpoint.call('GET', 'jobs/shown')
    expect(body).toMatchObject({
      kind: 'bigquery#job',
      id: `${project}:US.shown`,
      jobReference: { projectId: project, jobId: 'shown', location: 'US' },
      configuration: { jobType: 'QUERY', labels: { team: 'x' }, query: { query: 'SELECT x FROM d.t' } },
      status: { state: 'DONE' },
      statistics: {
        query: {
          statementType: 'SELECT',
          referencedTables: [{ projectId: project, datasetId: 'd', tableId: 't' }],
        },
      },
    })
    expect(body.status).toEqual({ state: 'DONE' })
  })

  test("a SELECT's result can be read as the anonymous table that the job names", async () => {
    await insert('anonymous', 'SELECT x, s FROM d.t ORDER BY x')
    await endpoint.call('GET', 'queries/anonymous')
    const { body: job } = await endpoint.call('GET', 'jobs/anonymous')
    const { datasetId, tableId } = job.configuration.query.destinationTable
    const table = await endpoint.call('GET', `datasets/${datasetId}/tables/${tableId}`)
    expect(table.body).toMatchObject({ numRows: '2', type: 'TABLE' })
    const data = await endpoint.call('GET', `datasets/${datasetId}/tables/${tableId}/data?selectedFields=s`)
    expect(data.body.rows).toEqual([{ f: [{ v: 'a' }] }, { f: [{ v: null }] }])
  })

  test('DDL says what it did', async () => {
    const ran = async (id: string, sql: string) => {
      await insert(id, sql)
      await endpoint.call('GET', `queries/${id}`)
      const { statistics, configuration } = (await endpoint.call('GET', `jobs/${id}`)).body
      const { statementType, ddlOperationPerformed, ddlTargetTable } = statistics.query
      return [
        statementType,
        ddlOperationPerformed,
        ddlTargetTable?.tableId,
        configuration.query.destinationTable?.tableId,
      ]
    }
    const ctas = 'CREATE OR REPLACE TABLE d.made AS SELECT 1 AS x'
    expect(await ran('ddl1', ctas)).toEqual(['CREATE_TABLE_AS_SELECT', 'CREATE', 'made', 'made'])
    expect(await ran('ddl2', ctas)).toEqual(['CREATE_TABLE_AS_SELECT', 'REPLACE', 'made', 'made'])
    expect(await ran('ddl3', 'DROP TABLE d.made')).toEqual(['DROP_TABLE', 'DROP', 'made', 'made'])
    expect((await ran('ddl4', 'DECLARE a INT64 DEFAULT 1; SELECT a'))[0]).toBe('SCRIPT')
  })

  test('a dry run gives types and tables, and leaves no job', async () => {
    const { body } = await endpoint.call('POST', 'jobs', {
      configuration: { query: { query: 'SELECT s FROM d.t', useLegacySql: false }, dryRun: true },
      jobReference: { jobId: 'dry', location: 'US' },
    })
    expect(body).toMatchObject({
      jobReference: { projectId: project, location: 'US' },
      status: { state: 'DONE' },
      statistics: {
        query: {
          statementType: 'SELECT',
          schema: { fields: [{ name: 's', type: 'STRING', mode: 'NULLABLE' }] },
          referencedTables: [{ projectId: project, datasetId: 'd', tableId: 't' }],
        },
      },
    })
    expect(body.jobReference.jobId).toBeUndefined()
    const after = await endpoint.call('GET', 'queries/dry?location=US')
    expect(after.status).toBe(404)
    expect(after.body.error.message).toContain('Not found: Job')
  })

  test('a dry run of DDL changes nothing', async () => {
    await endpoint.query('CREATE TABLE d.pretended AS SELECT 1 AS x', { dryRun: true })
    expect((await endpoint.call('GET', 'datasets/d/tables/pretended')).status).toBe(404)
  })

  test('a cancelled job stops, and its results are an error', async () => {
    await insert(
      'endless',
      'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b, UNNEST(GENERATE_ARRAY(1, 100)) c WHERE a * b * c = 7',
    )
    const { body } = await endpoint.call('POST', 'jobs/endless/cancel?location=US')
    expect(body.job.jobReference.jobId).toBe('endless')
    const results = await endpoint.call('GET', 'queries/endless')
    expect(results.status).toBe(400)
    expect(results.body.error.errors[0].reason).toBe('stopped')
  })

  test('a call waits for a job no longer than its timeout', async () => {
    const { body } = await endpoint.query(
      'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE a * b = 7',
      { timeoutMs: 1, jobTimeoutMs: 200 },
    )
    expect(body).toMatchObject({ jobComplete: false })
    const { jobId } = body.jobReference
    expect((await endpoint.call('GET', `queries/${jobId}`)).status).toBe(400)
  })

  test('pages hold every row once, by token and by index', async () => {
    await insert('pages', 'SELECT x FROM UNNEST(GENERATE_ARRAY(1, 10)) AS x ORDER BY x')
    const none = await endpoint.call('GET', 'queries/pages?maxResults=0')
    expect(none.body).toMatchObject({ totalRows: '10', pageToken: '0' })
    expect(none.body.rows).toBeUndefined()
    const seen: string[] = []
    let token: string | undefined
    do {
      const more = token === undefined ? '' : `&pageToken=${token}`
      const { body } = await endpoint.call('GET', `queries/pages?maxResults=4${more}`)
      seen.push(...body.rows.map(({ f }: { f: { v: string }[] }) => f[0]?.v))
      token = body.pageToken
    } while (token !== undefined)
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    const { body } = await endpoint.call('GET', 'queries/pages?startIndex=8')
    expect(body.rows).toEqual([{ f: [{ v: '9' }] }, { f: [{ v: '10' }] }])
  })

  test('jobs are listed newest first, and can be deleted', async () => {
    await insert('script', 'SELECT 1; SELECT 2')
    await insert('listed1', 'SELECT 1')
    await insert('listed2', 'SELECT 2')
    const below = async (id: string) => (await endpoint.call('GET', `jobs?parentJobId=${id}`)).body
    expect((await below('listed1')).jobs).toEqual([])
    expect((await below('nowhere')).error.message).toBe(`Not found: Job ${project}:US.nowhere`)
    expect((await below('script')).error.message).toContain('are no jobs of their own locally')
    const { body } = await endpoint.call('GET', 'jobs?maxResults=2')
    const ids = body.jobs.map(({ jobReference }: { jobReference: { jobId: string } }) => jobReference.jobId)
    expect(ids).toEqual(['listed2', 'listed1'])
    expect(body.nextPageToken).toBe('2')
    expect((await endpoint.call('DELETE', 'jobs/listed1/delete')).body).toEqual({})
    expect((await endpoint.call('GET', 'jobs/listed1')).status).toBe(404)
  })
})

describe('query options', () => {
  test('parameters, named and by place, as texts and as JSON numbers', async () => {
    const named = await endpoint.query('SELECT @a + 1 AS a, @l AS l, @s.f AS s, @t AS t', {
      ...micros,
      parameterMode: 'NAMED',
      queryParameters: [
        { name: 'a', parameterType: { type: 'INT64' }, parameterValue: { value: 9007199254740991 } },
        {
          name: 'l',
          parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
          parameterValue: { arrayValues: [{ value: 'x' }, { value: 'y' }] },
        },
        {
          name: 's',
          parameterType: { type: 'STRUCT', structTypes: [{ name: 'f', type: { type: 'DATE' } }] },
          parameterValue: { structValues: { f: { value: '2024-01-02' } } },
        },
        {
          name: 't',
          parameterType: { type: 'TIMESTAMP' },
          parameterValue: { value: '2024-01-02 03:04:05.678901+00:00' },
        },
      ],
    })
    expect(named.body.rows).toEqual([
      {
        f: [
          { v: '9007199254740992' },
          { v: [{ v: 'x' }, { v: 'y' }] },
          { v: '2024-01-02' },
          { v: '1704164645678901' },
        ],
      },
    ])
    const placed = await endpoint.query('SELECT ? AS a, ? AS b', {
      queryParameters: [
        { parameterType: { type: 'FLOAT64' }, parameterValue: { value: '1.5' } },
        { parameterType: { type: 'STRING' }, parameterValue: {} },
      ],
    })
    expect(placed.body.rows).toEqual([{ f: [{ v: '1.5' }, { v: null }] }])
  })

  test('a destination table is made, filled, refused when it has rows, replaced', async () => {
    const destinationTable = { projectId: project, datasetId: 'd', tableId: 'dest' }
    const run = (text: string, more: object = {}) => endpoint.query(text, { destinationTable, ...more })
    const made = await run('SELECT x FROM d.t')
    expect(made.body).toMatchObject({ totalRows: '2' })
    const taken = await run('SELECT x FROM d.t')
    expect(taken.status).toBe(409)
    expect((await run('SELECT 3 AS x', { writeDisposition: 'WRITE_APPEND' })).body.totalRows).toBe('3')
    const wider = await run('SELECT 4 AS x, 5 AS y', { writeDisposition: 'WRITE_APPEND' })
    expect(wider.body.error.message).toContain('Cannot add fields (field: y)')
    await run('SELECT 4 AS x, 5 AS y', {
      writeDisposition: 'WRITE_APPEND',
      schemaUpdateOptions: ['ALLOW_FIELD_ADDITION'],
    })
    const { rows } = await endpoint.warehouse.execute('SELECT x, y FROM d.dest ORDER BY x')
    expect(rows).toEqual([
      [1n, null],
      [2n, null],
      [3n, null],
      [4n, 5n],
    ])
    await run('SELECT "z" AS only', { writeDisposition: 'WRITE_TRUNCATE' })
    expect((await endpoint.warehouse.execute('SELECT * FROM d.dest')).rows).toEqual([['z']])
    const wrong = await run('SELECT nope FROM d.t', { writeDisposition: 'WRITE_TRUNCATE' })
    expect(wrong.body.error.message).toContain('at [1:8]')
    expect((await endpoint.warehouse.execute('SELECT * FROM d.dest')).rows).toEqual([['z']])
  })

  test('a default dataset completes names', async () => {
    const { body } = await endpoint.query('SELECT MAX(x) FROM t', { defaultDataset: { datasetId: 'd' } })
    expect(body.rows).toEqual([{ f: [{ v: '2' }] }])
  })
})
