import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import { freshWarehouse, rowsOf } from './fresh-warehouse.ts'
import { describeWarehouse } from './warehouse-contract.ts'

describeWarehouse('DuckDB', freshWarehouse)

test('what DuckDB has no word for is there again after the file is reopened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warehouse-'))
  const options = { path: join(folder, 'w.duckdb'), defaultProject: 'p', defaultDataset: 'd' }
  try {
    const first = await openDuckDbWarehouse(options)
    await first.execute(`CREATE SCHEMA d;
      CREATE TABLE d.t (r RANGE<DATE>, n STRING(3) DEFAULT 'x', b BIGNUMERIC) OPTIONS(description='a "quoted" one');
      INSERT d.t (r, b) VALUES (RANGE(DATE '2024-01-01', NULL), BIGNUMERIC '1.5');
      CREATE VIEW d.v (first_day) AS SELECT RANGE_START(r) FROM t;
      CREATE FUNCTION d.f(x INT64) AS (x + 1)`)
    const before = await first.table({ database: 'p', schema: 'd', name: 't' })
    await first.close()
    const second = await openDuckDbWarehouse(options)
    expect(await second.table({ database: 'p', schema: 'd', name: 't' })).toEqual(before)
    expect(await rowsOf(second, 'SELECT r, n, b FROM d.t')).toEqual([['[2024-01-01, UNBOUNDED)', 'x', '1.5']])
    expect(await rowsOf(second, 'SELECT first_day, d.f(1) FROM d.v')).toEqual([['2024-01-01', 2]])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('values come in BigQuery’s forms', async () => {
  const warehouse = await freshWarehouse()
  const { rows, columns } =
    await warehouse.execute(`SELECT TRUE, 1, 1.5, NUMERIC '1.50', 'x', b'ab', DATE '0001-01-01',
    TIME '01:02:03.5', DATETIME '2024-01-02 03:04:05', TIMESTAMP '2024-01-02 03:04:05.678901+01', INTERVAL '1-2 3 4:5:6' YEAR TO SECOND,
    [1, 2], STRUCT(1 AS a, 'b'), CAST(NULL AS ARRAY<INT64>), CAST('nan' AS FLOAT64)`)
  expect(rows).toEqual([
    [
      true,
      1n,
      1.5,
      '1.5',
      'x',
      new Uint8Array([97, 98]),
      '0001-01-01',
      '01:02:03.500',
      '2024-01-02T03:04:05',
      '2024-01-02T02:04:05.678901Z',
      '1-2 3 4:5:6',
      [1n, 2n],
      [1n, 'b'],
      [],
      Number.NaN,
    ],
  ])
  expect(columns.map((column) => column.name)).toEqual(columns.map((_, index) => `f${index}_`))
})

test('a view tells columns by their own names after a table below has gained one in their midst', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`CREATE TABLE d.t AS SELECT 1 AS x;
    CREATE VIEW d.v AS SELECT *, 'last' AS z FROM d.t;
    CREATE VIEW d.w (a, b) AS SELECT *, 'last' AS z FROM d.t;
    ALTER TABLE d.t ADD COLUMN y STRING`)
  const { columns, rows } = await warehouse.execute('SELECT * FROM d.v')
  expect([columns.map(({ name }) => name), rows]).toEqual([['x', 'y', 'z'], [[1n, null, 'last']]])
  await expect(warehouse.execute('SELECT a FROM d.w')).rejects.toThrow(
    'View p.d.w names 2 columns, its query now gives 3; create it anew',
  )
})

test('a dry run tells of which columns each column is made', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute('CREATE TABLE d.a AS SELECT 1 AS x; CREATE VIEW d.v AS SELECT x FROM d.a')
  const dry = await warehouse.dryRun('CREATE TABLE d.b AS SELECT x, CAST(x AS STRING) AS s FROM d.v')
  const sources = [{ table: { database: 'p', schema: 'd', name: 'a' }, column: 'x' }]
  expect(dry.lineage).toEqual([
    { name: 'x', sources },
    { name: 's', sources },
  ])
})
