import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('a table that is partitioned by ingestion time knows when its rows came, and shows it only when asked', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.i (a INT64) PARTITION BY _PARTITIONDATE;
    INSERT d.i VALUES (1);
    INSERT d.i (_PARTITIONTIME, a) SELECT TIMESTAMP '2024-01-01', 2;
    ALTER TABLE d.i ADD COLUMN b STRING;
    INSERT d.i VALUES (3, 'x')`)
  expect(await rowsOf(warehouse, 'SELECT * FROM d.i ORDER BY a')).toEqual([
    [1, null],
    [2, null],
    [3, 'x'],
  ])
  expect(
    await rowsOf(
      warehouse,
      'SELECT a, _PARTITIONDATE = CURRENT_DATE(), t._PARTITIONTIME = TIMESTAMP(_PARTITIONDATE) FROM d.i AS t ORDER BY a',
    ),
  ).toEqual([
    [1, true, true],
    [2, false, true],
    [3, true, true],
  ])
  expect(
    await rowsOf(warehouse, 'SELECT total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS ORDER BY partition_id'),
  ).toEqual([[1], [2]])
})

test('DML and copies keep the time at which each row came', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.i (a INT64) PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, MONTH);
    INSERT d.i (a, _PARTITIONTIME) VALUES (1, '2024-01-01'), (2, '2024-02-01'), (3, '2024-03-01');
    UPDATE d.i SET _PARTITIONTIME = '2023-01-01' WHERE _PARTITIONTIME > '2024-02-15';
    DELETE d.i WHERE _PARTITIONTIME = '2024-02-01';
    MERGE d.i USING (SELECT 9 AS a) s ON i.a = s.a WHEN NOT MATCHED THEN INSERT ROW;
    CREATE TABLE d.j CLONE d.i;
    CREATE TABLE d.k LIKE d.i`)
  const times =
    "SELECT a, IF(a = 9, 'now', STRING(_PARTITIONTIME)), _PARTITIONTIME <= CURRENT_TIMESTAMP() FROM d.j ORDER BY a"
  expect(await rowsOf(warehouse, times)).toEqual([
    [1, '2024-01-01 00:00:00+00', true],
    [3, '2023-01-01 00:00:00+00', true],
    [9, 'now', true],
  ])
  expect(await rowsOf(warehouse, 'SELECT COUNT(_PARTITIONTIME) FROM d.k')).toEqual([[0]])
})

test.each([
  [
    'CREATE TABLE d.x (a INT64) PARTITION BY _PARTITIONDATE AS SELECT 1 AS a',
    '1:41: Partitioning by ingestion time cannot be used with AS SELECT',
  ],
  [
    'CREATE TABLE d.x (a INT64) PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, MINUTE)',
    '1:41: PARTITION BY ingestion time must be _PARTITIONDATE, DATE(_PARTITIONTIME) or TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR | DAY | MONTH | YEAR)',
  ],
  ['SELECT a, _PARTITIONTIME FROM d.i', '1:1: Invalid field name "_PARTITIONTIME".'],
  ['SELECT _PARTITIONDATE AS d FROM d.hours', '1:8: Unrecognized name: _PARTITIONDATE'],
  [
    "INSERT d.i (a, _PARTITIONTIME) VALUES (1, '2024-01-01 10:00:00')",
    '1:1: A value of _PARTITIONTIME that is not the start of a partition (DAY) is not supported locally',
  ],
])('%s is refused', async (text, message) => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.i (a INT64) PARTITION BY DATE(_PARTITIONTIME);
    CREATE TABLE d.hours (a INT64) PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)`)
  expect(await problemOf(warehouse.execute(text))).toContain(message)
})
