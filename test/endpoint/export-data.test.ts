import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshWarehouse, problemOf } from '../warehouse/fresh-warehouse.ts'
import { endpointWithClient } from './endpoint-with-client.ts'
import { project } from './open-endpoint.ts'

const { endpoint, client } = await endpointWithClient()

const file = (path: string) => join(endpoint.buckets, 'b', path)
const run = async (query: string) => (await client.query(query))[0]

test('EXPORT DATA writes every row of its query as CSV or JSON lines', async () => {
  const query =
    "SELECT n, IF(n = 2, NULL, CONCAT('a,', n)) AS s, DATE '2024-01-02' AS d FROM UNNEST([1, 2, 3]) AS n ORDER BY n"
  await run(
    `EXPORT DATA OPTIONS (uri = 'gs://b/csv/x-*.csv', format = 'CSV', header = TRUE, field_delimiter = ';') AS ${query}`,
  )
  expect(readFileSync(file('csv/x-000000000000.csv'), 'utf8')).toBe(
    'n;s;d\n1;a,1;2024-01-02\n2;;2024-01-02\n3;a,3;2024-01-02\n',
  )
  await run(`EXPORT DATA OPTIONS (uri = 'gs://b/json/*', format = 'json') AS ${query}`)
  expect(readFileSync(file('json/000000000000'), 'utf8')).toBe(
    '{"n":"1","s":"a,1","d":"2024-01-02"}\n{"n":"2","d":"2024-01-02"}\n{"n":"3","s":"a,3","d":"2024-01-02"}\n',
  )
})

test.each(['AVRO', 'PARQUET'])('what EXPORT DATA writes as %s, an external table reads', async (format) => {
  await run(`
    DECLARE place STRING DEFAULT 'gs://b/${format}/*';
    EXPORT DATA OPTIONS (uri = place, format = '${format}', use_avro_logical_types = TRUE) AS
      SELECT 1 AS i, 'é' AS s, TIMESTAMP '2024-01-02 03:04:05.678+00' AS t, [1, 2] AS l`)
  const made = await run(`
    CREATE EXTERNAL TABLE d.${format} OPTIONS (format = '${format}', uris = ['gs://b/${format}/*']${format === 'AVRO' ? ', enable_logical_types = TRUE' : ''});
    SELECT i, s, UNIX_MILLIS(t) AS t, l FROM d.${format}`)
  expect(made).toEqual([{ i: 1, s: 'é', t: 1704164645678, l: [1, 2] }])
})

test('files that are there stay, unless overwrite is said', async () => {
  const write = (n: number, more = '') =>
    run(`EXPORT DATA OPTIONS (uri = 'gs://b/there/*.csv', format = 'CSV'${more}) AS SELECT ${n} AS n`)
  await write(1)
  await expect(write(2)).rejects.toThrow(
    'gs://b/there/*.csv has files already; the option overwrite=true replaces',
  )
  expect(readFileSync(file('there/000000000000.csv'), 'utf8')).toBe('1\n')
  await write(3, ', overwrite = true')
  expect(readFileSync(file('there/000000000000.csv'), 'utf8')).toBe('3\n')
})

test.each([
  ["format = 'CSV'", 'Option uri is required'],
  [
    "uri = 'gs://b/one.csv', format = 'CSV'",
    "must have one * where the files' numbers go, got gs://b/one.csv",
  ],
  ["uri = 'gs://b/no/*', format = 'XML'", 'The option format must be one of AVRO, CSV, JSON, PARQUET'],
  ["uri = 'gs://b/no/*', format = 'CSV', heather = TRUE", 'Unknown option: heather; Did you mean header?'],
  [
    "uri = 'gs://b/no/*', format = 'CSV', compression = 'SNAPPY'",
    'compression SNAPPY of CSV is not supported locally',
  ],
  ["uri = 'gs://b/../../out/*', format = 'CSV'", 'Invalid path in a bucket'],
])('EXPORT DATA OPTIONS (%s) is refused', async (options, message) => {
  await expect(run(`EXPORT DATA OPTIONS (${options}) AS SELECT 1 AS n`)).rejects.toThrow(message)
  expect(existsSync(file('no'))).toBe(false)
})

test('rows with lists have no place in CSV, and are not read first', async () => {
  const nested = 'Operation cannot be performed on a nested schema. Field: l'
  const text = (uri: string) =>
    `EXPORT DATA OPTIONS (uri = '${uri}', format = 'CSV') AS SELECT [1] AS l, ERROR('was read') AS e`
  await expect(run(text('gs://b/no/*'))).rejects.toThrow(nested)
  await run('CREATE TABLE d.nested AS SELECT [1] AS l')
  const extract = {
    sourceTable: { projectId: project, datasetId: 'd', tableId: 'nested' },
    destinationUris: ['gs://b/no/*.csv'],
  }
  await expect(
    client.createJob({ configuration: { extract } }).then(([job]) => job.promise()),
  ).rejects.toThrow(nested)
})

test('what cannot be written is refused before anything is read', async () => {
  const text = (options: string) => `EXPORT DATA OPTIONS (${options}) AS SELECT ERROR('was read') AS e`
  await expect(run(text("uri = 'gs://b/csv/x-*.csv', format = 'CSV'"))).rejects.toThrow('has files already')
  await expect(run(text("uri = 'gs://b/../../out/*', format = 'JSON'"))).rejects.toThrow('Invalid path')
})

test('without a folder for buckets EXPORT DATA is refused', async () => {
  const warehouse = await freshWarehouse()
  const text = "EXPORT DATA OPTIONS (uri = 'gs://b/x/*', format = 'CSV') AS SELECT ERROR('was read') AS n"
  expect(await problemOf(warehouse.execute(text))).toContain(
    'EXPORT DATA to gs://b/x/* is not supported locally',
  )
})
