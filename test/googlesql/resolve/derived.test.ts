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
