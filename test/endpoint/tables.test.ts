import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import avro from 'avsc'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { typeName } from '../../runner/googlesql/types/print.ts'
import { type Answer, type OpenEndpoint, openEndpoint, project } from './open-endpoint.ts'

let endpoint: OpenEndpoint
beforeAll(async () => {
  endpoint = await openEndpoint()
})
afterAll(() => endpoint?.close())
beforeEach(async () => {
  await endpoint.warehouse.execute('DROP SCHEMA IF EXISTS d CASCADE; CREATE SCHEMA d')
})

const rowsOf = async (text: string) => (await endpoint.warehouse.execute(text)).rows
const table = { projectId: project, datasetId: 'd', tableId: 't' }

describe('datasets', () => {
  test('are made, listed, described and deleted', async () => {
    const made = await endpoint.call('POST', 'datasets', {
      datasetReference: { datasetId: 'e' },
      labels: { team: 'x' },
      description: 'of e',
    })
    expect(made.body).toMatchObject({
      id: `${project}:e`,
      labels: { team: 'x' },
      description: 'of e',
      location: 'US',
    })
    const twice = await endpoint.call('POST', 'datasets', { datasetReference: { datasetId: 'e' } })
    expect([twice.status, twice.body.error.message]).toEqual([409, `Already Exists: Dataset ${project}:e`])
    const { body } = await endpoint.call('GET', 'datasets')
    expect(body.datasets.map(({ id }: { id: string }) => id)).toEqual([`${project}:d`, `${project}:e`])
    const filtered = await endpoint.call('GET', 'datasets?filter=labels.team:x')
    expect(filtered.body.datasets).toHaveLength(1)
    await endpoint.call('PATCH', 'datasets/e', { labels: { team: null, other: 'y' } })
    const changed = await endpoint.call('GET', 'datasets/e')
    expect(changed.body).toMatchObject({ labels: { other: 'y' }, description: 'of e' })
    expect(changed.body.labels).toEqual({ other: 'y' })
    await endpoint.warehouse.execute('CREATE TABLE e.t (x INT64)')
    const used = await endpoint.call('DELETE', 'datasets/e')
    expect([used.status, used.body.error.errors[0].reason]).toEqual([400, 'resourceInUse'])
    expect((await endpoint.call('DELETE', 'datasets/e?deleteContents=true')).status).toBe(204)
    expect((await endpoint.call('GET', 'datasets/e')).status).toBe(404)
  })
})

describe('tables', () => {
  const schema = {
    fields: [
      { name: 'id', type: 'INT64', mode: 'REQUIRED' },
      { name: 's', type: 'string', maxLength: '3', description: 'a text' },
      { name: 'd', type: 'DATE' },
      {
        name: 'r',
        type: 'STRUCT',
        mode: 'REPEATED',
        fields: [{ name: 'x', type: 'NUMERIC', description: 'of x' }],
      },
    ],
  }
  const create = (more: object = {}) =>
    endpoint.call('POST', 'datasets/d/tables', {
      tableReference: { tableId: 't' },
      schema,
      description: 'of t',
      labels: { a: 'b' },
      timePartitioning: { type: 'MONTH', field: 'd' },
      clustering: { fields: ['id'] },
      ...more,
    })

  test('show all that they were made with', async () => {
    const { body } = await create()
    expect(body).toMatchObject({
      kind: 'bigquery#table',
      id: `${project}:d.t`,
      tableReference: table,
      type: 'TABLE',
      description: 'of t',
      labels: { a: 'b' },
      numRows: '0',
      timePartitioning: { type: 'MONTH', field: 'd' },
      clustering: { fields: ['id'] },
      schema: {
        fields: [
          { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
          { name: 's', type: 'STRING', maxLength: '3', description: 'a text' },
          { name: 'd', type: 'DATE' },
          {
            name: 'r',
            type: 'RECORD',
            mode: 'REPEATED',
            fields: [{ name: 'x', type: 'NUMERIC', description: 'of x' }],
          },
        ],
      },
    })
    expect(body.lastModifiedTime).toMatch(/^\d{13}$/)
    expect((await create()).status).toBe(409)
  })

  test('change by PATCH only from the state that If-Match names', async () => {
    const made = await create()
    const patch = (body: object, etag?: string) =>
      endpoint.call('PATCH', 'datasets/d/tables/t', body, etag === undefined ? {} : { 'if-match': etag })
    const first = await patch({ description: 'one' }, made.body.etag)
    expect([first.status, first.body.description]).toEqual([200, 'one'])
    const stale = await patch({ description: 'two' }, made.body.etag)
    expect([stale.status, stale.body.error.errors[0].reason]).toEqual([412, 'conditionNotMet'])
    const fields = [...schema.fields, { name: 'added', type: 'FLOAT', description: 'new' }]
    const wider = await patch({ schema: { fields } }, first.body.etag)
    expect(wider.body.schema.fields.at(-1)).toEqual({ name: 'added', type: 'FLOAT', description: 'new' })
    const gone = await patch({ schema: { fields: fields.slice(1) } })
    expect(gone.body.error.message).toBe(
      `Provided Schema does not match Table ${project}:d.t. Field id is missing in new schema`,
    )
    const other = await patch({ description: null, labels: { a: null, c: 'd' } })
    expect(other.body.description).toBeUndefined()
    expect(other.body.labels).toEqual({ c: 'd' })
  })

  test('views show their query, and have no rows of their own', async () => {
    const query = 'SELECT 1 AS x'
    const { body } = await endpoint.call('POST', 'datasets/d/tables', {
      tableReference: { tableId: 'v' },
      view: { query, useLegacySql: false },
    })
    expect(body).toMatchObject({
      type: 'VIEW',
      view: { query },
      schema: { fields: [{ name: 'x', type: 'INTEGER' }] },
    })
    expect(body.numRows).toBeUndefined()
    expect((await endpoint.call('GET', 'datasets/d/tables/v/data')).status).toBe(400)
    const { body: list } = await endpoint.call('GET', 'datasets/d/tables')
    expect(list).toMatchObject({
      totalItems: 1,
      tables: [{ type: 'VIEW', tableReference: { tableId: 'v' } }],
    })
    expect((await endpoint.call('DELETE', 'datasets/d/tables/v')).status).toBe(204)
  })

  test('rows are listed in pages, in the order in which they lie', async () => {
    await endpoint.warehouse.execute(
      'CREATE TABLE d.t AS SELECT x, CAST(x AS STRING) AS s FROM UNNEST(GENERATE_ARRAY(1, 25)) AS x ORDER BY x',
    )
    const seen: string[] = []
    let token: string | undefined
    do {
      const more = token === undefined ? '' : `&pageToken=${token}`
      const { body } = await endpoint.call(
        'GET',
        `datasets/d/tables/t/data?maxResults=10&selectedFields=s${more}`,
      )
      expect(body.totalRows).toBe('25')
      seen.push(...body.rows.map(({ f }: { f: { v: string }[] }) => f[0]?.v))
      token = body.pageToken
    } while (token !== undefined)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => String(index + 1)))
    const refused = async (fields: string) =>
      (await endpoint.call('GET', `datasets/d/tables/t/data?selectedFields=${fields}`)).body.error.message
    expect(await refused('s,nope')).toBe('Invalid field: nope')
    expect(await refused('s.a')).toBe('selectedFields of records are not supported locally: s.a')
  })

  test('rows of a table that requires a filter on its partitions are listed without one, and not queried', async () => {
    await endpoint.warehouse.execute(
      "CREATE TABLE d.t (day DATE) PARTITION BY day OPTIONS (require_partition_filter = true); INSERT d.t VALUES ('2024-01-01')",
    )
    const { body } = await endpoint.call('GET', 'datasets/d/tables/t/data')
    expect(body.rows).toEqual([{ f: [{ v: '2024-01-01' }] }])
    const refused = await endpoint.query('SELECT day FROM d.t')
    expect(refused.status).toBe(400)
    expect(refused.body.error.message).toContain(
      `Cannot query over table '${project}.d.t' without a filter over column(s) 'day' that can be used for partition elimination`,
    )
  })

  test('routines are listed with what they are', async () => {
    await endpoint.warehouse.execute('CREATE FUNCTION d.twice(x INT64) AS (x * 2)')
    const { body } = await endpoint.call('GET', 'datasets/d/routines')
    expect(body.routines).toMatchObject([
      {
        routineReference: { projectId: project, datasetId: 'd', routineId: 'twice' },
        routineType: 'SCALAR_FUNCTION',
      },
    ])
    expect((await endpoint.call('GET', 'datasets/d/routines/twice')).body.definitionBody).toBe('x * 2')
  })
})

describe('streamed rows', () => {
  const send = (rows: readonly object[], more: object = {}): Promise<Answer> =>
    endpoint.call('POST', 'datasets/d/tables/t/insertAll', { rows, ...more })
  const row = (json: object, insertId?: string) => ({ json, ...(insertId === undefined ? {} : { insertId }) })

  test('arrive in every type', async () => {
    await endpoint.warehouse.execute(
      'CREATE TABLE d.t (i INT64, f FLOAT64, n NUMERIC, b BOOL, y BYTES, d DATE, ti TIME, dt DATETIME, ts TIMESTAMP, j JSON, l ARRAY<INT64>, r STRUCT<a STRING, q ARRAY<JSON>>, df INT64 DEFAULT 7)',
    )
    const { body } = await send([
      row({
        i: '9007199254740993',
        f: 1.5,
        n: '0.000000001',
        b: true,
        y: 'AP8=',
        d: '2024-01-02',
        ti: '03:04:05.25',
        dt: '2024-01-02 03:04:05',
        ts: 1.5,
        j: '{"b":1,"a":2}',
        l: [1, '2'],
        r: { a: 5, q: ['[1]'] },
      }),
      row({ ts: '2024-01-02T03:04:05.678901+02:00', df: null }),
    ])
    expect(body).toEqual({ kind: 'bigquery#tableDataInsertAllResponse' })
    expect(await rowsOf('SELECT * FROM d.t ORDER BY i NULLS LAST')).toEqual([
      [
        9007199254740993n,
        1.5,
        '0.000000001',
        true,
        new Uint8Array([0, 255]),
        '2024-01-02',
        '03:04:05.250',
        '2024-01-02T03:04:05',
        '1970-01-01T00:00:01.500Z',
        '{"a":2,"b":1}',
        [1n, 2n],
        ['5', ['[1]']],
        7n,
      ],
      [null, null, null, null, null, null, null, null, '2024-01-02T01:04:05.678901Z', null, [], null, null],
    ])
  })

  test('whole numbers of more digits than a double holds keep them', async () => {
    await endpoint.warehouse.execute('CREATE TABLE d.t (i INT64)')
    const url = `${endpoint.url}/bigquery/v2/projects/${project}/datasets/d/tables/t/insertAll`
    await fetch(url, { method: 'POST', body: '{"rows":[{"json":{"i":9223372036854775807}}]}' })
    expect(await rowsOf('SELECT i FROM d.t')).toEqual([[9223372036854775807n]])
  })

  test('that are wrong are named, none arrives, and the answer is 200', async () => {
    await endpoint.warehouse.execute('CREATE TABLE d.t (i INT64 NOT NULL, s STRING(2))')
    const rows = [
      row({ i: 1 }),
      row({ i: 'x' }),
      row({ i: 2, nope: 1 }),
      row({ s: 'a' }),
      row({ i: 3, s: 'abc' }),
      row({ i: 1.5 }),
    ]
    const { status, body } = await send(rows)
    expect(status).toBe(200)
    expect(
      body.insertErrors.map(
        ({ index, errors }: { index: number; errors: { reason: string; location: string }[] }) => [
          index,
          errors[0]?.reason,
          errors[0]?.location,
        ],
      ),
    ).toEqual([
      [0, 'stopped', ''],
      [1, 'invalid', 'i'],
      [2, 'invalid', 'nope'],
      [3, 'invalid', 'i'],
      [4, 'invalid', 's'],
      [5, 'invalid', 'i'],
    ])
    expect(await rowsOf('SELECT * FROM d.t')).toEqual([])
    await send(rows, { skipInvalidRows: true })
    expect(await rowsOf('SELECT * FROM d.t')).toEqual([[1n, null]])
  })

  test('that come again with their insertId arrive once', async () => {
    await endpoint.warehouse.execute('CREATE TABLE d.t (i INT64)')
    await send([row({ i: 1 }, 'a'), row({ i: 2 }, 'b'), row({ i: 2 }, 'b')])
    await Promise.all([1, 2, 3].map(() => send([row({ i: 1 }, 'a'), row({ i: 3 }, 'c')])))
    expect(await rowsOf('SELECT i FROM d.t ORDER BY i')).toEqual([[1n], [2n], [3n]])
  })
})

describe('load jobs', () => {
  const destinationTable = table
  let next = 0

  /** Loads bytes by a multipart upload and gives the job. */
  async function load(data: string | Buffer, configuration: object): Promise<Answer> {
    const job = {
      jobReference: { projectId: project, jobId: `load${next++}`, location: 'US' },
      configuration: { load: { destinationTable, ...configuration } },
    }
    const head = `--xx\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(job)}\r\n--xx\r\ncontent-type: */*\r\n\r\n`
    const response = await fetch(
      `${endpoint.url}/upload/bigquery/v2/projects/${project}/jobs?uploadType=multipart`,
      {
        method: 'POST',
        headers: { 'content-type': 'multipart/related; boundary="xx"' },
        body: Buffer.concat([Buffer.from(head), Buffer.from(data), Buffer.from('\r\n--xx--')]),
      },
    )
    return finished((await response.json()) as never)
  }

  async function finished(job: {
    readonly jobReference: { readonly jobId: string }
    readonly status: { readonly state: string }
  }): Promise<Answer> {
    for (;;) {
      const answer = await endpoint.call('GET', `jobs/${job.jobReference.jobId}`)
      if (answer.body.status.state === 'DONE') return answer
    }
  }

  const fields = (...names: readonly string[]) => ({
    schema: { fields: names.map((name) => ({ name: name.split(' ')[0], type: name.split(' ')[1] })) },
  })

  test('CSV: quotes, delimiters, NULL and empty texts', async () => {
    const { body } = await load('id|s\n1|"a|""b"""\n2|\n3|""\n\n', {
      ...fields('i INT64', 's STRING'),
      skipLeadingRows: '1',
      fieldDelimiter: '|',
    })
    expect(body.status).toEqual({ state: 'DONE' })
    expect(body.statistics.load).toMatchObject({ outputRows: '3', badRecords: '0' })
    expect(await rowsOf('SELECT * FROM d.t ORDER BY i')).toEqual([
      [1n, 'a|"b"'],
      [2n, null],
      [3n, ''],
    ])
  })

  test('CSV: a wrong row is an error that names it and nothing arrives, unless some may be wrong', async () => {
    const csv = '1,a\nx,b\n3,c,d\n4,d\n'
    const failed = await load(csv, fields('i INT64', 's STRING'))
    expect(failed.body.status.errorResult.message).toContain(
      "row 2: Could not parse 'x' as INT64 for field i",
    )
    expect((await endpoint.call('GET', 'datasets/d/tables/t')).status).toBe(404)
    const { body } = await load(csv, { ...fields('i INT64', 's STRING'), maxBadRecords: 2 })
    expect(body.statistics.load).toMatchObject({ outputRows: '2', badRecords: '2' })
    expect(body.status).toEqual({ state: 'DONE' })
  })

  test('CSV with a header and without a schema', async () => {
    await load('id,when,amount,a b\n1,2024-01-02 03:04:05,1.5,x\n2,,2,y\n', { autodetect: true })
    const { columns, rows } = await endpoint.warehouse.execute('SELECT * FROM d.t ORDER BY id')
    expect(columns.map(({ name, type }) => [name, type.kind])).toEqual([
      ['id', 'INT64'],
      ['when', 'TIMESTAMP'],
      ['amount', 'FLOAT64'],
      ['a_b', 'STRING'],
    ])
    expect(rows).toEqual([
      [1n, '2024-01-02T03:04:05Z', 1.5, 'x'],
      [2n, null, 2, 'y'],
    ])
  })

  test('JSON lines, compressed, with records, JSON and numbers of any length', async () => {
    const lines = '{"i": 9223372036854775807, "r": {"a": [1, 2]}, "j": {"b": 1, "a": [true]}}\n{"i": null}\n'
    await load(gzipSync(lines), {
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
      schema: {
        fields: [
          { name: 'i', type: 'INT64' },
          { name: 'r', type: 'RECORD', fields: [{ name: 'a', type: 'INT64', mode: 'REPEATED' }] },
          { name: 'j', type: 'JSON' },
        ],
      },
    })
    expect(await rowsOf('SELECT * FROM d.t ORDER BY i NULLS LAST')).toEqual([
      [9223372036854775807n, [[1n, 2n]], '{"a":[true],"b":1}'],
      [null, null, null],
    ])
  })

  test('Avro: logical types, decimals, long numbers', async () => {
    const schema = {
      type: 'record' as const,
      name: 'r',
      fields: [
        { name: 'l', type: 'long' },
        { name: 'd', type: ['null', { type: 'int', logicalType: 'date' }] },
        { name: 't', type: { type: 'long', logicalType: 'timestamp-micros' } },
        { name: 'n', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
        { name: 'a', type: { type: 'array', items: 'string' } },
      ],
    }
    const file = await new Promise<Buffer>((resolve) => {
      const chunks: Buffer[] = []
      const encoder = new avro.streams.BlockEncoder(schema as avro.Schema, { codec: 'deflate' })
      encoder.on('data', (chunk: Buffer) => chunks.push(chunk))
      encoder.on('end', () => resolve(Buffer.concat(chunks)))
      encoder.write({ l: 5, d: 19724, t: 1704164645678901, n: Buffer.from([0xff, 0x85]), a: ['x'] })
      encoder.end({ l: -1, d: null, t: 0, n: Buffer.from([0x7b]), a: [] })
    })
    const { body } = await load(file, { sourceFormat: 'AVRO', useAvroLogicalTypes: true })
    expect(body.status).toEqual({ state: 'DONE' })
    expect(await rowsOf('SELECT * FROM d.t ORDER BY l DESC')).toEqual([
      [5n, '2024-01-02', '2024-01-02T03:04:05.678901Z', '-1.23', ['x']],
      [-1n, null, '1970-01-01T00:00:00Z', '1.23', []],
    ])
    await load(file, { sourceFormat: 'AVRO', writeDisposition: 'WRITE_TRUNCATE' })
    expect((await rowsOf('SELECT q.t, q.n FROM d.t AS q ORDER BY q.l DESC'))[0]).toEqual([
      1704164645678901n,
      '-1.23',
    ])
  })

  test('Parquet: types that BigQuery lacks become wider ones', async () => {
    const file = join(endpoint.buckets, 'file.parquet')
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT CAST(5 AS INTEGER) AS i, CAST(1.5 AS FLOAT) AS f, CAST(18446744073709551615 AS UBIGINT) AS u, CAST(1.25 AS DECIMAL(10, 2)) AS n, [1, 2] AS l, {'x': CAST(7 AS SMALLINT)} AS r, TIMESTAMPTZ '2024-01-02 03:04:05+00' AS ts, TIMESTAMP '2024-01-02 03:04:05' AS dt) TO '${file}' (FORMAT parquet)`,
    )
    connection.closeSync()
    instance.closeSync()
    const { body } = await load(readFileSync(file), { sourceFormat: 'PARQUET' })
    expect(body.status).toEqual({ state: 'DONE' })
    const { columns, rows } = await endpoint.warehouse.execute('SELECT * FROM d.t')
    expect(columns.map(({ type }) => typeName(type))).toEqual([
      'INT64',
      'FLOAT64',
      'NUMERIC',
      'NUMERIC',
      'ARRAY<INT64>',
      'STRUCT<x INT64>',
      'TIMESTAMP',
      'DATETIME',
    ])
    expect(rows).toEqual([
      [
        5n,
        1.5,
        '18446744073709551615',
        '1.25',
        [1n, 2n],
        [7n],
        '2024-01-02T03:04:05Z',
        '2024-01-02T03:04:05',
      ],
    ])
    const wrong = await load('no parquet', { sourceFormat: 'PARQUET' })
    expect(wrong.body.status.errorResult.message).toContain('no Parquet file')
  })

  test('dispositions: append, truncate, empty', async () => {
    const with_ = (data: string, writeDisposition: string) =>
      load(data, { ...fields('i INT64'), writeDisposition })
    await with_('1\n', 'WRITE_EMPTY')
    const refused = await with_('2\n', 'WRITE_EMPTY')
    expect(refused.body.status.errorResult).toMatchObject({
      reason: 'duplicate',
      message: `Already Exists: Table ${project}:d.t`,
    })
    await with_('3\n', 'WRITE_APPEND')
    expect(await rowsOf('SELECT i FROM d.t ORDER BY i')).toEqual([[1n], [3n]])
    await with_('4\n', 'WRITE_TRUNCATE')
    expect(await rowsOf('SELECT i FROM d.t')).toEqual([[4n]])
    const other = await load('a\n', { ...fields('i STRING') })
    expect(other.body.status.errorResult.message).toContain('Field i has changed type from INT64 to STRING')
    const missing = await load('1\n', {
      ...fields('i INT64'),
      createDisposition: 'CREATE_NEVER',
      destinationTable: { ...table, tableId: 'none' },
    })
    expect(missing.body.status.errorResult.reason).toBe('notFound')
  })

  test('from the bucket, by wildcard; an extract writes there', async () => {
    mkdirSync(join(endpoint.buckets, 'bucket/in'), { recursive: true })
    writeFileSync(join(endpoint.buckets, 'bucket/in/a.csv'), '1\n')
    writeFileSync(join(endpoint.buckets, 'bucket/in/b.csv'), '2\n')
    const start = async (configuration: object) =>
      finished(
        (await endpoint.call('POST', 'jobs', { configuration, jobReference: { jobId: `b${next++}` } })).body,
      )
    await start({ load: { destinationTable, sourceUris: ['gs://bucket/in/*.csv'], ...fields('i INT64') } })
    expect(await rowsOf('SELECT i FROM d.t ORDER BY i')).toEqual([[1n], [2n]])
    await start({
      extract: {
        sourceTable: table,
        destinationUris: ['gs://bucket/out/x-*.json'],
        destinationFormat: 'NEWLINE_DELIMITED_JSON',
      },
    })
    const text = readFileSync(join(endpoint.buckets, 'bucket/out/x-000000000000.json'), 'utf8')
    expect(text).toBe('{"i":"1"}\n{"i":"2"}\n')
    const none = await start({
      load: { destinationTable, sourceUris: ['gs://bucket/none.csv'], ...fields('i INT64') },
    })
    expect(none.body.status.errorResult).toMatchObject({
      reason: 'notFound',
      message: 'Not found: URI gs://bucket/none.csv',
    })
    const outside = await start({
      load: { destinationTable, sourceUris: ['gs://bucket/../../secret'], ...fields('i INT64') },
    })
    expect(outside.body.status.errorResult.message).toContain('Invalid path in a bucket')
  })

  test.for(['AVRO', 'PARQUET'])(
    'what is extracted as %s is there again once it is loaded',
    async (format) => {
      const start = async (configuration: object) =>
        finished(
          (await endpoint.call('POST', 'jobs', { configuration, jobReference: { jobId: `e${next++}` } }))
            .body,
        )
      await endpoint.warehouse.execute(`CREATE OR REPLACE TABLE d.out AS SELECT * FROM (
      SELECT TRUE AS a, 9007199254740993 AS b, -1.5 AS c, NUMERIC '-1.500000001' AS d, 'é' AS e, b'\\x00\\xff' AS f,
        DATE '1969-12-31' AS g, TIME '01:02:03.000004' AS h, TIMESTAMP '1969-12-31 23:59:59.999999+00' AS i,
        DATETIME '2024-01-02 03:04:05.5' AS j, [1, 2] AS l, STRUCT(1 AS x, [STRUCT('s' AS y)] AS z) AS m
      UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
      const uris = [`gs://bucket/out/all.${format}`]
      const extracted = await start({
        extract: {
          sourceTable: { ...table, tableId: 'out' },
          destinationUris: uris,
          destinationFormat: format,
          useAvroLogicalTypes: true,
        },
      })
      expect(extracted.body.status.errorResult).toBeUndefined()
      const loaded = await start({
        load: {
          destinationTable: { ...table, tableId: 'again' },
          sourceUris: uris,
          sourceFormat: format,
          useAvroLogicalTypes: true,
          writeDisposition: 'WRITE_TRUNCATE',
        },
      })
      expect(loaded.body.status.errorResult).toBeUndefined()
      const of = async (name: string) => endpoint.warehouse.execute(`SELECT * FROM d.${name} ORDER BY b`)
      expect(await of('again')).toEqual(await of('out'))
    },
  )

  test('a resumable upload goes on where it was, and its last part may come twice', async () => {
    const begin = await fetch(
      `${endpoint.url}/upload/bigquery/v2/projects/${project}/jobs?uploadType=resumable`,
      {
        method: 'POST',
        body: JSON.stringify({
          configuration: { load: { destinationTable, ...fields('i INT64') } },
          jobReference: { jobId: `r${next++}` },
        }),
      },
    )
    const location = begin.headers.get('location') ?? ''
    expect(location).toContain(`${endpoint.url}/upload/bigquery/v2/`)
    const put = (body: string, range: string) =>
      fetch(location, { method: 'PUT', body, headers: { 'content-range': range } })
    const first = await put('1\n2', 'bytes 0-2/*')
    expect([first.status, first.headers.get('range')]).toEqual([308, 'bytes=0-2'])
    const asked = await put('', 'bytes */*')
    expect([asked.status, asked.headers.get('range')]).toEqual([308, 'bytes=0-2'])
    expect((await put('2\n', 'bytes 2-3/4')).status).toBe(200)
    const again = await put('2\n', 'bytes 2-3/4')
    await finished((await again.json()) as never)
    expect(await rowsOf('SELECT i FROM d.t ORDER BY i')).toEqual([[1n], [2n]])
  })

  test('copy jobs copy one table or several', async () => {
    await endpoint.warehouse.execute('CREATE TABLE d.a AS SELECT 1 AS x; CREATE TABLE d.b AS SELECT 2 AS x')
    const of = (tableId: string) => ({ ...table, tableId })
    const copy = async (configuration: object) =>
      finished(
        (
          await endpoint.call('POST', 'jobs', {
            configuration: { copy: configuration },
            jobReference: { jobId: `c${next++}` },
          })
        ).body,
      )
    await copy({ sourceTable: of('a'), destinationTable: of('c') })
    await copy({
      sourceTables: [of('a'), of('b')],
      destinationTable: of('c'),
      writeDisposition: 'WRITE_APPEND',
    })
    expect(await rowsOf('SELECT x FROM d.c ORDER BY x')).toEqual([[1n], [1n], [2n]])
    const taken = await copy({ sourceTable: of('a'), destinationTable: of('c') })
    expect(taken.body.status.errorResult.reason).toBe('duplicate')
  })
})

describe('who may call', () => {
  test('web pages may not, by their origin or by a name of theirs', async () => {
    const page = await fetch(`${endpoint.url}/bigquery/v2/projects`, {
      headers: { origin: 'https://example.com' },
    })
    expect(page.status).toBe(403)
    const local = await fetch(`${endpoint.url}/bigquery/v2/projects`, {
      headers: { origin: 'http://localhost:3000' },
    })
    expect(local.status).toBe(200)
  })

  test('where there is a token, calls without it are 403, never 401', async () => {
    const guarded = await openEndpoint({ token: 'secret' })
    try {
      const without = await guarded.call('GET', 'datasets')
      expect([without.status, without.body.error.errors[0].reason]).toEqual([403, 'accessDenied'])
      expect(
        (await guarded.call('GET', 'datasets', undefined, { authorization: 'Bearer secret' })).status,
      ).toBe(200)
    } finally {
      await guarded.close()
    }
  })

  test('an endpoint may open its warehouse itself', async () => {
    const own = await startEndpoint({ warehouse: ':memory:' })
    try {
      const answer = await fetch(`${own.url}/projects/p/queries`, {
        method: 'POST',
        body: JSON.stringify({ query: 'SELECT 1', useLegacySql: false }),
      })
      expect(await answer.json()).toMatchObject({ jobComplete: true, rows: [{ f: [{ v: '1' }] }] })
    } finally {
      await own.close()
    }
    await expect(fetch(own.url)).rejects.toThrow()
  })

  test('a port that is taken is a Problem', async () => {
    const port = Number(new URL(endpoint.url).port)
    await expect(startEndpoint({ warehouse: ':memory:', port })).rejects.toThrow(
      `the port ${port} cannot be used`,
    )
  })

  test('all four prefixes of the clients lead to the same', async () => {
    for (const prefix of ['', '/bigquery/v2'])
      expect((await fetch(`${endpoint.url}${prefix}/projects/${project}/datasets`)).status).toBe(200)
    for (const prefix of ['', '/bigquery/v2']) {
      const path = `${prefix}/upload/bigquery/v2/projects/${project}/jobs?uploadType=resumable`
      const answer = await fetch(`${endpoint.url}${path}`, { method: 'POST', body: '{}' })
      expect(answer.headers.get('location')).toContain(`${endpoint.url}${prefix}/upload/`)
    }
  })
})
