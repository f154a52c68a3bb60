import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { freshWarehouse, problemOf } from '../warehouse/fresh-warehouse.ts'
import { endpointWithClient } from './endpoint-with-client.ts'

const { endpoint, client } = await endpointWithClient()

const run = async (query: string) => (await client.query(query))[0]

function file(path: string, content: string): void {
  const place = join(endpoint.buckets, 'b', path)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, content)
}

test('LOAD DATA makes a table of what its files say, adds to it by its own types, and overwrites it', async () => {
  file('days/1.csv', 'day,n,s\n2024-01-01,1,a\n')
  file('days/2.csv', 'day,n,s\n2024-01-02,2,b\n')
  const files = (name: string) =>
    `FROM FILES (format = 'CSV', uris = ['gs://b/days/${name}'], skip_leading_rows = 1)`
  await run(`LOAD DATA INTO d.days (day DATE, n NUMERIC NOT NULL, s STRING) PARTITION BY day CLUSTER BY n
    OPTIONS (description = 'days') ${files('1.csv')}`)
  await run(`LOAD DATA INTO d.days ${files('*')}`)
  expect(
    await run('SELECT CAST(day AS STRING) AS day, CAST(n AS STRING) AS n, s FROM d.days ORDER BY n, s'),
  ).toEqual([
    { day: '2024-01-01', n: '1', s: 'a' },
    { day: '2024-01-01', n: '1', s: 'a' },
    { day: '2024-01-02', n: '2', s: 'b' },
  ])
  const [{ metadata }] = [
    await client
      .dataset('d')
      .table('days')
      .get()
      .then(([table]) => table),
  ]
  expect([metadata.description, metadata.timePartitioning.field, metadata.clustering.fields]).toEqual([
    'days',
    'day',
    ['n'],
  ])
  await run(`LOAD DATA OVERWRITE d.days ${files('2.csv')}`)
  expect(await run('SELECT n FROM d.days')).toEqual([{ n: 2 }])
})

test('LOAD DATA takes keys of folders as columns, and fills temporary tables', async () => {
  file('keys/country=de/x.json', '{"n": 1}\n')
  file('keys/country=fr/x.json', '{"n": 2}\n')
  const rows = await run(`
    LOAD DATA INTO TEMP TABLE loaded FROM FILES (format = 'JSON', uris = ['gs://b/keys/*'], hive_partition_uri_prefix = 'gs://b/keys')
      WITH PARTITION COLUMNS (country STRING);
    SELECT n, country FROM loaded ORDER BY n`)
  expect(rows).toEqual([
    { n: 1, country: 'de' },
    { n: 2, country: 'fr' },
  ])
})

test('a row that does not fit leaves the table as it was', async () => {
  file('wrong.csv', '1\nx\n')
  await run('CREATE OR REPLACE TABLE d.whole AS SELECT 7 AS n')
  await expect(
    run("LOAD DATA INTO d.whole FROM FILES (format = 'CSV', uris = ['gs://b/wrong.csv'])"),
  ).rejects.toThrow(/wrong\.csv/)
  expect(await run('SELECT n FROM d.whole')).toEqual([{ n: 7 }])
})

test.each([
  [
    "LOAD DATA INTO d.x FROM FILES (format = 'CSV', uriz = ['gs://b/x'])",
    /Unknown option: uriz; Did you mean uris\?/,
  ],
  ["LOAD DATA INTO d.x FROM FILES (format = 'CSV')", /Option uris is required/],
  [
    "LOAD DATA OVERWRITE d.x PARTITIONS (_PARTITIONTIME = TIMESTAMP '2024-01-01') FROM FILES (format = 'CSV', uris = ['gs://b/x'])",
    /LOAD DATA with PARTITIONS is not supported locally/,
  ],
])('%s is refused', async (text, message) => {
  await expect(run(text)).rejects.toThrow(message)
})

test('without a folder of buckets LOAD DATA says where it is read', async () => {
  const warehouse = await freshWarehouse()
  const text = "LOAD DATA INTO d.x FROM FILES (format = 'CSV', uris = ['gs://b/x'])"
  expect(await problemOf(warehouse.execute(text))).toMatch(/^1:1: .*streamform serve --buckets FOLDER/)
})
