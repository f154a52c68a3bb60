import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('RANGE_SESSIONIZE joins ranges that meet, or only those that overlap', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.r (k INT64, r RANGE<DATE>);
    INSERT d.r VALUES (1, RANGE<DATE> '[2024-01-01, 2024-01-03)'), (1, RANGE<DATE> '[2024-01-03, 2024-01-05)'),
      (1, RANGE<DATE> '[2024-01-02, 2024-01-03)'), (2, RANGE<DATE> '[2024-01-01, UNBOUNDED)'), (2, RANGE<DATE> '[2025-01-01, 2025-01-02)')`)
  const ranges = async (option: string) =>
    (await rowsOf(
      warehouse,
      `SELECT k, CAST(r AS STRING), CAST(session_range AS STRING) FROM RANGE_SESSIONIZE(TABLE d.r, 'r', ['k']${option}) ORDER BY k, r`,
    )) as unknown
  expect(await ranges('')).toEqual([
    [1, '[2024-01-01, 2024-01-03)', '[2024-01-01, 2024-01-05)'],
    [1, '[2024-01-02, 2024-01-03)', '[2024-01-01, 2024-01-05)'],
    [1, '[2024-01-03, 2024-01-05)', '[2024-01-01, 2024-01-05)'],
    [2, '[2024-01-01, UNBOUNDED)', '[2024-01-01, UNBOUNDED)'],
    [2, '[2025-01-01, 2025-01-02)', '[2024-01-01, UNBOUNDED)'],
  ])
  expect(await ranges(", 'OVERLAPS'")).toEqual([
    [1, '[2024-01-01, 2024-01-03)', '[2024-01-01, 2024-01-03)'],
    [1, '[2024-01-02, 2024-01-03)', '[2024-01-01, 2024-01-03)'],
    [1, '[2024-01-03, 2024-01-05)', '[2024-01-03, 2024-01-05)'],
    [2, '[2024-01-01, UNBOUNDED)', '[2024-01-01, UNBOUNDED)'],
    [2, '[2025-01-01, 2025-01-02)', '[2024-01-01, UNBOUNDED)'],
  ])
  expect(await problemOf(warehouse.execute("SELECT * FROM RANGE_SESSIONIZE(TABLE d.r, 'k', [])"))).toContain(
    '1:15: No matching signature for function RANGE_END',
  )
})

test('INFORMATION_SCHEMA.PARTITIONS counts the rows of every partition', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.days (d DATE, ts TIMESTAMP) PARTITION BY d AS
      SELECT DATE '2024-01-02', TIMESTAMP '2024-01-02 03:00:00' UNION ALL SELECT DATE '2024-01-02', NULL UNION ALL SELECT NULL, NULL;
    CREATE TABLE d.hours (ts TIMESTAMP) PARTITION BY TIMESTAMP_TRUNC(ts, HOUR) AS SELECT TIMESTAMP '2024-01-02 03:04:05';
    CREATE TABLE d.tens (n INT64) PARTITION BY RANGE_BUCKET(n, GENERATE_ARRAY(0, 100, 10)) AS SELECT n FROM UNNEST([5, 12, 19, 500, NULL]) n;
    CREATE TABLE d.whole AS SELECT 1 AS x`)
  const text =
    'SELECT table_name, partition_id, total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS ORDER BY 1, 2'
  expect(await rowsOf(warehouse, text)).toEqual([
    ['days', '20240102', 2],
    ['days', '__NULL__', 1],
    ['hours', '2024010203', 1],
    ['tens', '0', 1],
    ['tens', '10', 2],
    ['tens', '__NULL__', 1],
    ['tens', '__UNPARTITIONED__', 1],
    ['whole', null, 1],
  ])
})

const DEVICES = `CREATE TEMP TABLE device AS SELECT * FROM UNNEST(ARRAY<STRUCT<g STRING, time DATETIME, signal INT64, state STRING>>[
  ('a', '2023-11-01 09:34:01', 74, 'x'), ('a', '2023-11-01 09:36:00', 77, 'y'), ('a', '2023-11-01 09:38:01', 80, NULL),
  ('b', '2023-11-01 09:35:30', 1, 'z')]);`

test('GAP_FILL has a row for every bucket, with values carried over, drawn as a line, or none', async () => {
  const warehouse = await freshWarehouse()
  const filled = async (more: string) =>
    rowsOf(
      warehouse,
      `${DEVICES} SELECT * FROM GAP_FILL(TABLE device, ts_column => 'time', bucket_width => INTERVAL 1 MINUTE, partitioning_columns => ['g'], ${more}) ORDER BY g, time`,
    )
  expect(
    await filled("value_columns => [('signal', 'linear'), ('signal', 'locf'), ('state', 'null')]"),
  ).toEqual([
    ['2023-11-01T09:35:00', 'a', 75, 74, null],
    ['2023-11-01T09:36:00', 'a', 77, 77, 'y'],
    ['2023-11-01T09:37:00', 'a', 78, 77, null],
    ['2023-11-01T09:38:00', 'a', 80, 77, null],
  ])
  expect(
    await rowsOf(
      warehouse,
      `SELECT * FROM GAP_FILL((SELECT DATE '2024-01-01' AS d, 1 AS v UNION ALL SELECT '2024-01-03', NULL UNION ALL SELECT '2024-01-04', 3),
        'd', INTERVAL 1 DAY, value_columns => [('v', 'locf')], ignore_null_values => FALSE) ORDER BY d`,
    ),
  ).toEqual([
    ['2024-01-01', 1],
    ['2024-01-02', 1],
    ['2024-01-03', null],
    ['2024-01-04', 3],
  ])
})

test.each([
  [
    "SELECT * FROM GAP_FILL((SELECT DATE '2024-01-01' AS d, 1 AS v UNION ALL SELECT '2024-01-03', 2), ts_column => 'd', bucket_width => INTERVAL 1 DAY, value_columns => [('v', 'linear')])",
    'at exactly half between two numbers is not supported locally',
  ],
  [
    "SELECT * FROM GAP_FILL((SELECT DATE '2024-01-01' AS d FROM UNNEST([1, 2])), ts_column => 'd', bucket_width => INTERVAL 1 DAY)",
    'GAP_FILL over rows of the same moment is not supported locally',
  ],
  [
    "SELECT * FROM GAP_FILL((SELECT DATE '2024-01-01' AS day), ts_column => 'days', bucket_width => INTERVAL 1 DAY)",
    '1:72: Column days is not in the table that GAP_FILL is given; Did you mean day?',
  ],
  [
    "SELECT * FROM GAP_FILL((SELECT 1 AS d), ts_column => 'd', bucket_width => INTERVAL 1 DAY)",
    '1:54: ts_column must be of type DATE, DATETIME or TIMESTAMP, found INT64',
  ],
])('%s is refused', async (text, message) => {
  expect(await problemOf((await freshWarehouse()).execute(text))).toContain(message)
})
