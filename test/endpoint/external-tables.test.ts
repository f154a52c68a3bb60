import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { endpointWithClient } from './endpoint-with-client.ts'
import { project } from './open-endpoint.ts'

const { endpoint, client } = await endpointWithClient()

function put(path: string, text: string | Uint8Array): void {
  const file = join(endpoint.buckets, 'b', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
const rows = async (query: string) => (await client.query(query))[0]

test('a query reads the files as they are at that moment, and tells each row its file', async () => {
  put('csv/a.csv', 'name,n\nx,1\n"y, z",\n')
  await rows(
    "CREATE EXTERNAL TABLE d.csv (name STRING, n INT64) OPTIONS (format = 'CSV', uris = ['gs://b/csv/*'], skip_leading_rows = 1)",
  )
  const all = 'SELECT *, _FILE_NAME AS file FROM d.csv ORDER BY file, name'
  const first = [
    { name: 'x', n: 1, file: 'gs://b/csv/a.csv' },
    { name: 'y, z', n: null, file: 'gs://b/csv/a.csv' },
  ]
  expect(await rows(all)).toEqual(first)
  put('csv/deep/b.csv', 'name,n\nw,3\n')
  expect(await rows(all)).toEqual([...first, { name: 'w', n: 3, file: 'gs://b/csv/deep/b.csv' }])
  await rows('CREATE VIEW d.over AS SELECT SUM(n) AS n FROM d.csv')
  expect(
    await rows('SELECT n, (SELECT COUNT(*) FROM d.csv WHERE _FILE_NAME LIKE "%a.csv") AS a FROM d.over'),
  ).toEqual([{ n: 4, a: 2 }])
})

test('a script makes one, reads it in a transaction, and drops it', async () => {
  put('script/a.json', '{"a": 1, "j": {"k": [1, 2]}}\n')
  const made = await rows(`
    CREATE OR REPLACE EXTERNAL TABLE d.script (a INT64, j JSON)
      OPTIONS (format = 'JSON', uris = ['gs://b/script/*.json'], description = 'files');
    BEGIN TRANSACTION;
    CREATE TEMP TABLE copy AS SELECT a, j.k[1] AS k, _FILE_NAME AS file FROM d.script;
    COMMIT TRANSACTION;
    DROP EXTERNAL TABLE d.script;
    SELECT a, INT64(k) AS k, file FROM copy`)
  expect(made).toEqual([{ a: 1, k: 2, file: 'gs://b/script/a.json' }])
  expect(await client.dataset('d').table('script').exists()).toEqual([false])
})

test.each(['AVRO', 'PARQUET', 'NEWLINE_DELIMITED_JSON'])('%s files tell their columns', async (format) => {
  const name = format.toLowerCase()
  await rows(
    `CREATE TABLE d.${name}_source AS SELECT 1 AS i, 'é' AS s, TIMESTAMP '2024-01-02 03:04:05.678+00' AS t, [STRUCT(1 AS a, 'b' AS b)] AS r`,
  )
  const [extract] = await client.createJob({
    configuration: {
      extract: {
        sourceTable: { projectId: project, datasetId: 'd', tableId: `${name}_source` },
        destinationUris: [`gs://b/${name}/file-*`],
        destinationFormat: format,
        useAvroLogicalTypes: true,
      },
    },
  })
  await extract.promise()
  await client.dataset('d').createTable(name, {
    externalDataConfiguration: {
      sourceFormat: format,
      sourceUris: [`gs://b/${name}/*`],
      autodetect: true,
      ...(format === 'AVRO' ? { avroOptions: { useAvroLogicalTypes: true } } : {}),
    },
  })
  const columns = 'i, s, t, r[0].a, r[0].b'
  expect(await rows(`SELECT ${columns} FROM d.${name}`)).toEqual(
    await rows(`SELECT ${columns} FROM d.${name}_source`),
  )
  const [table] = await client.dataset('d').table(name).getMetadata()
  expect(table).toMatchObject({
    type: 'EXTERNAL',
    externalDataConfiguration: { sourceFormat: format, sourceUris: [`gs://b/${name}/*`] },
  })
  expect(table).not.toHaveProperty('numRows')
  expect(
    table.schema.fields.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`),
  ).toEqual(['i INTEGER', 's STRING', 't TIMESTAMP', 'r RECORD'])
})

test('folders key=value are columns, in types that all their values have', async () => {
  put('hive/day=2024-01-02/n=1/kind=x/a.csv', '1\n')
  put('hive/day=2024-01-03/n=02/kind=7/b.csv', '2\n')
  put('hive/day=__HIVE_DEFAULT_PARTITION__/n=3/kind=7/c.csv', '3\n')
  await rows(
    "CREATE EXTERNAL TABLE d.hive (v INT64) WITH PARTITION COLUMNS OPTIONS (format = 'CSV', uris = ['gs://b/hive/*'], hive_partition_uri_prefix = 'gs://b/hive')",
  )
  expect(await rows('SELECT v, CAST(day AS STRING) AS day, n, kind FROM d.hive ORDER BY v')).toEqual([
    { v: 1, day: '2024-01-02', n: 1, kind: 'x' },
    { v: 2, day: '2024-01-03', n: 2, kind: '7' },
    { v: 3, day: null, n: 3, kind: '7' },
  ])
  await client.dataset('d').createTable('custom', {
    schema: [{ name: 'v', type: 'STRING' }],
    externalDataConfiguration: {
      sourceFormat: 'CSV',
      sourceUris: ['gs://b/hive/*'],
      hivePartitioningOptions: {
        mode: 'CUSTOM',
        sourceUriPrefix: 'gs://b/hive/{day:STRING}/{n:STRING}/{kind:STRING}',
      },
    },
  })
  expect(await rows("SELECT v, n FROM d.custom WHERE day = '2024-01-03'")).toEqual([{ v: '2', n: '02' }])
  put('hive/day=2024-01-03/b.csv', '2\n')
  await expect(rows('SELECT * FROM d.hive')).rejects.toThrow('Incompatible partition schemas')
})

test('a header is found where no columns are given, and files of more columns than the table keep to it', async () => {
  put('detect/a.csv', 'id,day\n1,2024-01-02\n')
  await rows("CREATE EXTERNAL TABLE d.detect OPTIONS (format = 'CSV', uris = ['gs://b/detect/*.csv'])")
  expect(await rows('SELECT id, CAST(day AS STRING) AS day FROM d.detect')).toEqual([
    { id: 1, day: '2024-01-02' },
  ])
  put('detect/b.csv', 'id,day\n2,2024-01-03,more\n')
  await expect(rows('SELECT * FROM d.detect')).rejects.toThrow(
    'Too many values in row. Found 3 column(s) while expecting 2.',
  )
})

test('what BigQuery refuses, and what is not read here, is refused', async () => {
  put('csv/a.csv', 'name,n\nx,1\n')
  const create = (options: string) => rows(`CREATE EXTERNAL TABLE d.wrong (a INT64) OPTIONS (${options})`)
  const failures = [
    create("format = 'CSV'"),
    create("format = 'ORC', uris = ['gs://b/x']"),
    create("format = 'CSV', uris = ['gs://b/x'], skip_leading_row = 1"),
    create("format = 'CSV', uris = ['gs://b/x'], date_format = 'YYYY'"),
    create("format = 'CSV', uris = 'gs://b/x'"),
    rows("CREATE EXTERNAL TABLE d.none OPTIONS (format = 'AVRO', uris = ['gs://b/none/*'])"),
    rows('INSERT INTO d.csv VALUES ("a", 1)'),
    rows('CREATE OR REPLACE TABLE d.csv AS SELECT 1 AS a'),
    rows('DROP TABLE d.csv'),
    client.dataset('d').table('csv').getRows(),
  ]
  const messages = await Promise.all(
    failures.map((failure) =>
      failure.then(
        () => 'none',
        ({ message }) => message,
      ),
    ),
  )
  expect(messages).toEqual([
    expect.stringContaining('Option uris is required'),
    expect.stringContaining('the format ORC of an external table is not supported locally'),
    expect.stringContaining('Unknown option: skip_leading_row; Did you mean skip_leading_rows?'),
    expect.stringContaining('the option date_format of an external table is not supported locally'),
    expect.stringContaining('The option uris must be a literal ARRAY<STRING>'),
    expect.stringContaining('Not found: URI gs://b/none/*'),
    expect.stringContaining('external csv is not allowed for this operation because it is not a table'),
    expect.stringContaining('is an external table; CREATE OR REPLACE TABLE cannot replace it'),
    expect.stringContaining('is a EXTERNAL, cannot be dropped by DROP TABLE'),
    expect.stringContaining('Cannot list a table of type EXTERNAL.'),
  ])
})

test('its description, labels and columns are described as those of other tables', async () => {
  put('described/a.csv', '1\n')
  await rows(
    "CREATE EXTERNAL TABLE d.described (a INT64) OPTIONS (format = 'CSV', uris = ['gs://b/described/*'])",
  )
  const table = client.dataset('d').table('described')
  await table.setMetadata({
    description: 'ours',
    labels: { team: 'x' },
    schema: { fields: [{ name: 'a', type: 'INT64', description: 'first' }] },
  })
  const [metadata] = await table.getMetadata()
  expect(metadata).toMatchObject({
    type: 'EXTERNAL',
    description: 'ours',
    labels: { team: 'x' },
    schema: { fields: [{ name: 'a', type: 'INTEGER', description: 'first' }] },
  })
  expect(await rows('SELECT * FROM d.described')).toEqual([{ a: 1 }])
  await expect(table.setMetadata({ friendlyName: 'other' })).rejects.toThrow(
    'changing friendlyName of a table of type EXTERNAL is not supported locally',
  )
})
