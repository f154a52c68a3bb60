import { describe, expect, test } from 'vitest'
import { endpointWithClient } from './endpoint-with-client.ts'
import { project } from './open-endpoint.ts'

const { endpoint, client } = await endpointWithClient()
const dataset = client.dataset('d')
const reference = (tableId: string) => ({ projectId: project, datasetId: 'd', tableId })
const rowsOf = async (text: string) => (await endpoint.warehouse.execute(text)).rows

describe('a table', () => {
  const partitioned = {
    schema: {
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'at', type: 'TIMESTAMP' },
      ],
    },
    timePartitioning: { type: 'HOUR', field: 'at', expirationMs: '86400000' },
    clustering: { fields: ['id'] },
    requirePartitionFilter: true,
  }

  test('changes when its partitions expire and whether they must be filtered, and says so', async () => {
    await dataset.createTable('kept', partitioned)
    const table = dataset.table('kept')
    const [made] = await table.getMetadata()
    expect(made).toMatchObject(partitioned)
    await expect(client.query('SELECT * FROM d.kept')).rejects.toThrow('filter')
    const change = async (body: object) => (await endpoint.call('PATCH', 'datasets/d/tables/kept', body)).body
    const hourly = { type: 'HOUR', field: 'at' }
    const changed = await change({
      timePartitioning: { ...hourly, expirationMs: '172800000' },
      requirePartitionFilter: false,
    })
    expect(changed.timePartitioning).toEqual({ ...hourly, expirationMs: '172800000' })
    const [rows] = await client.query('SELECT * FROM d.kept')
    expect(rows).toEqual([])
    const cleared = await change({ timePartitioning: { ...hourly, expirationMs: null } })
    expect(cleared.timePartitioning).toEqual(hourly)
  })

  test('takes its whole resource back, and refuses what it would not change', async () => {
    await dataset.createTable('whole', partitioned)
    const { body: whole } = await endpoint.call('GET', 'datasets/d/tables/whole')
    expect((await endpoint.call('PUT', 'datasets/d/tables/whole', whole)).status).toBe(200)
    const refused = async (body: object) =>
      (await endpoint.call('PATCH', 'datasets/d/tables/whole', body)).body.error?.message
    expect(await refused({ clustering: { fields: ['at'] } })).toBe(
      'changing clustering of a table is not supported locally',
    )
    expect(await refused({ timePartitioning: { type: 'DAY', field: 'at' } })).toBe(
      'changing timePartitioning.type of a table is not supported locally',
    )
    expect(await refused({ timePartitioning: null })).toContain('changing timePartitioning')
    expect(await refused({ encryptionConfiguration: { kmsKeyName: 'k' } })).toContain(
      'encryptionConfiguration',
    )
    expect(await refused({ clustering: { fields: ['id'] }, description: 'ours' })).toBeUndefined()
  })

  test('is made with a primary key', async () => {
    const fields = [
      { name: 'a', type: 'INT64' },
      { name: 'b', type: 'INT64' },
    ]
    const body = { tableReference: { tableId: 'keyed' }, schema: { fields } }
    const tableConstraints = { primaryKey: { columns: ['b', 'a'] } }
    const made = await endpoint.call('POST', 'datasets/d/tables', { ...body, tableConstraints })
    expect(made.body.tableConstraints).toEqual(tableConstraints)
  })

  test.each([
    ['jobs', { load: { sourceUris: ['gs://b/x'], destinationTable: reference('t$20240102') } }],
    [
      'jobs',
      { query: { query: 'SELECT 1', useLegacySql: false, destinationTable: reference('t$20240102') } },
    ],
    ['jobs', { copy: { sourceTable: reference('t@-3600000'), destinationTable: reference('u') } }],
    ['datasets/d/tables', undefined],
  ])(
    'of another partition or time is refused, not taken for one of that name: %s %j',
    async (path, configuration) => {
      const body =
        configuration === undefined
          ? { tableReference: { tableId: 't$1' }, schema: { fields: [{ name: 'a', type: 'INT64' }] } }
          : { configuration }
      const { status, body: answer } = await endpoint.call('POST', path, body)
      expect([status, answer.error.message]).toEqual([501, expect.stringContaining('decorator of the table')])
      expect((await endpoint.call('GET', 'datasets/d/tables/t$1')).status).toBe(501)
    },
  )
})

describe('views', () => {
  test('may be materialized ones, and tell errors at places in their own queries', async () => {
    await endpoint.warehouse.execute('CREATE TABLE d.base AS SELECT 1 AS a')
    await dataset.createTable('mv', { materializedView: { query: 'SELECT a FROM d.base' } })
    const [metadata] = await dataset.table('mv').getMetadata()
    expect(metadata).toMatchObject({
      type: 'MATERIALIZED_VIEW',
      materializedView: { query: 'SELECT a FROM d.base' },
    })
    const view = (query: string) => ({ view: { query, useLegacySql: false } })
    await expect(dataset.createTable('wrong', view('SELECT nope'))).rejects.toThrow(
      /^Unrecognized name: nope at \[1:8\]$/,
    )
    await dataset.createTable('right', view('SELECT 1 AS a'))
    await expect(dataset.table('right').setMetadata(view('SELECT a,\n nope'))).rejects.toThrow(
      /at \[\d:\d+\]$/,
    )
    await expect(dataset.delete()).rejects.toThrow(/^Dataset my-project:d is still in use$/)
  })

  test('cannot be extracted', async () => {
    await endpoint.warehouse.execute('CREATE OR REPLACE VIEW d.shown AS SELECT 1 AS a')
    const extract = { sourceTable: reference('shown'), destinationUris: ['gs://b/x.csv'] }
    const { body } = await endpoint.call('POST', 'jobs', { configuration: { extract } })
    const { jobId } = body.jobReference
    const { body: job } = await endpoint.call('GET', `jobs/${jobId}`)
    expect(job.status.errorResult.message).toContain(
      'is not allowed for this operation because it is currently a VIEW',
    )
  })
})

test('copy jobs make snapshots and clones, and restore them', async () => {
  await endpoint.warehouse.execute('CREATE TABLE d.original AS SELECT 1 AS a')
  const copy = async (from: string, to: string, more: object) => {
    const configuration = { copy: { sourceTable: reference(from), destinationTable: reference(to), ...more } }
    const { body } = await endpoint.call('POST', 'jobs', { configuration })
    if (body.error !== undefined) return body.error.message
    let job = body
    while (job.status.state !== 'DONE')
      job = (await endpoint.call('GET', `jobs/${body.jobReference.jobId}`)).body
    return job.status.errorResult?.message ?? job.statistics.copy.copiedRows
  }
  const destinationExpirationTime = '2099-01-01T00:00:00Z'
  expect(await copy('original', 'snap', { operationType: 'SNAPSHOT', destinationExpirationTime })).toBe('1')
  expect(await copy('original', 'clone', { operationType: 'CLONE' })).toBe('1')
  await endpoint.warehouse.execute('UPDATE d.original SET a = 2 WHERE true')
  expect(await copy('snap', 'original', { operationType: 'RESTORE' })).toContain('Already Exists')
  expect(
    await copy('snap', 'original', { operationType: 'RESTORE', writeDisposition: 'WRITE_TRUNCATE' }),
  ).toBe('1')
  expect(await rowsOf('SELECT a FROM d.original')).toEqual([[1n]])
  const { body } = await endpoint.call('GET', 'datasets/d/tables/snap')
  expect([body.type, body.expirationTime]).toEqual(['SNAPSHOT', '4070908800000'])
  const { body: list } = await endpoint.call('GET', 'datasets/d/tables')
  const types = Object.fromEntries(
    list.tables.map(({ tableReference, type }: { tableReference: { tableId: string }; type: string }) => [
      tableReference.tableId,
      type,
    ]),
  )
  expect(types).toMatchObject({ snap: 'SNAPSHOT', clone: 'TABLE' })
  expect(await copy('original', 'other', { operationType: 'MOVE' })).toContain(
    'COPY, SNAPSHOT, CLONE or RESTORE',
  )
})

test('a job that takes too long says that it was its time', async () => {
  const query =
    'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE a * b = 7'
  const { status, body } = await endpoint.query(query, { jobTimeoutMs: '100' })
  expect([status, body.error.message]).toEqual([400, 'Job execution was cancelled: Job timed out after 0.1s'])
})

describe('what a client asks for and would not get is refused', () => {
  const schema = { fields: [{ name: 'a', type: 'INT64' }] }
  const load = { sourceUris: ['gs://b/x'], destinationTable: reference('t'), schema }
  const query = { query: 'SELECT 1', useLegacySql: false }
  test.each([
    [
      'datasets',
      { datasetReference: { datasetId: 'x' }, defaultEncryptionConfiguration: { kmsKeyName: 'k' } },
    ],
    ['datasets', { datasetReference: { datasetId: 'x' }, defaultCollation: 'und:ci' }],
    ['datasets/d/tables', { tableReference: { tableId: 'x' }, schema, maxStaleness: '0-0 0 1:0:0' }],
    [
      'datasets/d/tables',
      {
        tableReference: { tableId: 'x' },
        schema: { fields: [{ name: 'a', type: 'STRING', collation: 'und:ci' }] },
      },
    ],
    ['jobs', { configuration: { load: { ...load, decimalTargetTypes: ['STRING'] } } }],
    ['jobs', { configuration: { load: { ...load, columnNameCharacterMap: 'V2' } } }],
    [
      'jobs',
      { configuration: { query: { ...query, scriptOptions: { keyResultStatement: 'FIRST_SELECT' } } } },
    ],
    ['jobs', { configuration: { query: { ...query, continuous: true } } }],
  ])('%s %j', async (path, body) => {
    const { status, body: answer } = await endpoint.call('POST', path, body)
    expect([status, answer.error.errors[0].reason]).toEqual([501, 'notImplemented'])
  })

  test('but not what is empty', async () => {
    const empty = { defaultCollation: '', encryptionConfiguration: {}, resourceTags: {} }
    const body = { tableReference: { tableId: 'plain' }, schema, ...empty }
    expect((await endpoint.call('POST', 'datasets/d/tables', body)).status).toBe(200)
    const more = { scriptOptions: {}, continuous: false, userDefinedFunctionResources: [] }
    expect(
      (await endpoint.call('POST', 'jobs', { configuration: { query: { ...query, ...more } } })).status,
    ).toBe(200)
  })
})
