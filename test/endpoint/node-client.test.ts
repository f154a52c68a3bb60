import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeClient } from './node-client.ts'
import { type OpenEndpoint, openEndpoint, project } from './open-endpoint.ts'

// biome-ignore lint/suspicious/noExplicitAny: the client is not among our types
type Client = any

describe("Google's client for Node", () => {
  let endpoint: OpenEndpoint
  let client: Client
  const folder = mkdtempSync(join(tmpdir(), 'streamform-node-'))

  beforeAll(async () => {
    endpoint = await openEndpoint()
    client = nodeClient(endpoint)
    await client.createDataset('d')
  })
  afterAll(async () => {
    await endpoint?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const failure = async (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      // biome-ignore lint/suspicious/noExplicitAny: what the client throws
      (error: any) => ({ code: error.code, message: error.message, reason: error.errors?.[0]?.reason }),
    )

  test('reads every type', async () => {
    const [[row]] = await client.query(
      "SELECT 5 AS i, 1.5 AS f, CAST('nan' AS FLOAT64) AS nan, true AS b, 'é' AS s, b'\\x00' AS y, NUMERIC '1.5' AS n, DATE '2024-01-02' AS d, TIME '03:04:05.25' AS ti, DATETIME '2024-01-02 03:04:05' AS dt, TIMESTAMP '2024-01-02 03:04:05.678901' AS ts, JSON '{\"a\": 1}' AS j, [1, 2] AS l, STRUCT('x' AS a, [STRUCT(1 AS c)] AS b) AS r, CAST(NULL AS INT64) AS nothing",
    )
    expect(
      JSON.parse(
        JSON.stringify({ ...row, nan: String(row.nan), n: String(row.n), y: row.y.toString('hex') }),
      ),
    ).toEqual({
      i: 5,
      f: 1.5,
      nan: 'NaN',
      b: true,
      s: 'é',
      y: '00',
      n: '1.5',
      d: { value: '2024-01-02' },
      ti: { value: '03:04:05.250000' },
      dt: { value: '2024-01-02T03:04:05' },
      ts: { value: '2024-01-02T03:04:05.678901000Z' },
      j: '{"a":1}',
      l: [1, 2],
      r: { a: 'x', b: [{ c: 1 }] },
      nothing: null,
    })
  })

  test('raises on a query that fails, by every way to ask it', async () => {
    const bad = 'SELECT nope FROM d.none'
    const wanted = { code: 404, reason: 'notFound' }
    expect(await failure(client.query(bad))).toMatchObject(wanted)
    const [job] = await client.createQueryJob('SELECT 1 AS x')
    await job.getQueryResults()
    expect(
      await failure(client.createQueryJob(bad).then(([made]: Client[]) => made.getQueryResults())),
    ).toMatchObject({
      message: expect.stringContaining(`Not found: Table ${project}:d.none`),
    })
    expect(await failure(client.query('SELECT'))).toMatchObject({ code: 400, reason: 'invalidQuery' })
    expect(await failure(client.query({ query: bad, dryRun: true }))).toMatchObject(wanted)
  })

  test('pages through results without losing a row', async () => {
    const query = 'SELECT x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x ORDER BY x'
    const [rows] = await client.query({ query, maxResults: 300 })
    expect(rows.map(({ x }: { x: number }) => x)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index + 1),
    )
  })

  test('sends parameters', async () => {
    const [rows] = await client.query({
      query: 'SELECT @i AS i, @l AS l, @r AS r, @ts AS ts, @d AS d',
      params: {
        i: 5,
        l: ['a', 'b'],
        r: { x: 1, y: 'z' },
        ts: client.timestamp('2024-01-02T03:04:05.678Z'),
        d: client.date('2024-01-02'),
      },
    })
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        i: 5,
        l: ['a', 'b'],
        r: { x: 1, y: 'z' },
        ts: { value: '2024-01-02T03:04:05.678Z' },
        d: { value: '2024-01-02' },
      },
    ])
  })

  test('runs a MERGE and reads how many rows it touched', async () => {
    await client.query("CREATE OR REPLACE TABLE d.merged AS SELECT 1 AS id, 'a' AS s")
    const [job] = await client.createQueryJob(
      "MERGE d.merged AS t USING (SELECT 1 AS id, 'b' AS s UNION ALL SELECT 2, 'c') AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET s = s.s WHEN NOT MATCHED THEN INSERT ROW",
    )
    await job.getQueryResults()
    const [{ statistics }] = await job.getMetadata()
    expect(statistics.query).toMatchObject({ statementType: 'MERGE', numDmlAffectedRows: '2' })
    const [rows] = await client.query('SELECT * FROM d.merged ORDER BY id')
    expect(rows).toEqual([
      { id: 1, s: 'b' },
      { id: 2, s: 'c' },
    ])
  })

  test('makes, describes, fills, reads, copies and drops a table', async () => {
    const [table] = await client.dataset('d').createTable('t', {
      schema: [
        { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
        { name: 'tags', type: 'STRING', mode: 'REPEATED' },
      ],
    })
    await table.setMetadata({ description: 'ours', labels: { a: 'b' } })
    await table.insert([
      { id: 1, tags: ['x'] },
      { id: 2, tags: [] },
    ])
    const [metadata] = await table.getMetadata()
    expect(metadata).toMatchObject({ description: 'ours', labels: { a: 'b' }, numRows: '2' })
    await expect(table.insert([{ id: 'x' }])).rejects.toMatchObject({ name: 'PartialFailureError' })
    const [rows] = await table.getRows()
    expect(rows).toEqual([
      { id: 1, tags: ['x'] },
      { id: 2, tags: [] },
    ])
    await table.copy(client.dataset('d').table('copied'))
    expect((await client.dataset('d').table('copied').exists())[0]).toBe(true)
    const [tables] = await client.dataset('d').getTables()
    expect(tables.map(({ id }: { id: string }) => id).sort()).toEqual(['copied', 'merged', 't'])
    await table.delete()
    expect((await table.exists())[0]).toBe(false)
  })

  test('loads a file and makes the table', async () => {
    const file = join(folder, 'rows.json')
    writeFileSync(file, '{"a": 1, "b": "x"}\n{"a": 2}\n')
    const [job] = await client
      .dataset('d')
      .table('loaded')
      .load(file, {
        sourceFormat: 'NEWLINE_DELIMITED_JSON',
        schema: {
          fields: [
            { name: 'a', type: 'INT64' },
            { name: 'b', type: 'STRING' },
          ],
        },
      })
    expect(job).toMatchObject({ status: { state: 'DONE' }, statistics: { load: { outputRows: '2' } } })
    const [rows] = await client.query('SELECT * FROM d.loaded ORDER BY a')
    expect(rows).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ])
  })
})
