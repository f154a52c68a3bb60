import { expect, test } from 'vitest'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function tables(): Promise<Warehouse> {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.days (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = true);
    CREATE TABLE d.times (date DATE, moment TIMESTAMP, n INT64) PARTITION BY DATE(moment) OPTIONS (require_partition_filter = true);
    CREATE TABLE d.came (n INT64) PARTITION BY _PARTITIONDATE OPTIONS (require_partition_filter = true);
    CREATE TABLE d.free (day DATE, n INT64) PARTITION BY day;
    INSERT d.days VALUES ('2024-01-01', 1), ('2024-01-02', 2);
    INSERT d.times VALUES (NULL, '2024-01-01 10:00:00', 1);
    INSERT d.came VALUES (1);
    INSERT d.free VALUES ('2024-01-01', 1);
    CREATE VIEW d.renamed AS SELECT day AS morgen, n FROM d.days;
    CREATE VIEW d.newest AS SELECT * FROM d.days WHERE true QUALIFY ROW_NUMBER() OVER (PARTITION BY n ORDER BY day) = 1;
    CREATE VIEW d.newest_of_day AS SELECT * FROM d.days WHERE true QUALIFY ROW_NUMBER() OVER (PARTITION BY day ORDER BY n) = 1;
    CREATE TABLE FUNCTION d.of_day(wanted DATE) AS SELECT n FROM d.days WHERE day = wanted`)
  return warehouse
}

const days =
  "Cannot query over table 'p.d.days' without a filter over column(s) 'day' that can be used for partition elimination"

test.each([
  "SELECT n FROM d.days WHERE day = '2024-01-01'",
  "SELECT n FROM d.days WHERE day = '2024-01-01' AND n = 1",
  "SELECT n FROM d.days WHERE day = '2024-01-01' OR day = '2023-01-01'",
  "SELECT n FROM d.days WHERE day IN ('2024-01-01')",
  "SELECT n FROM d.days WHERE day IN UNNEST([DATE '2024-01-01'])",
  'SELECT n FROM d.days WHERE EXTRACT(DAY FROM day) = 1',
  'SELECT n FROM d.days WHERE day IS NOT NULL AND n = 1',
  "SELECT n FROM d.days WHERE NOT (day > '2024-01-01' OR n = 7)",
  "SELECT n FROM (SELECT * FROM d.days) WHERE day = '2024-01-01'",
  "WITH w AS (SELECT day AS x, n FROM d.days) SELECT n FROM w WHERE x = '2024-01-01'",
  "SELECT n FROM d.renamed WHERE morgen = '2024-01-01'",
  "SELECT n FROM d.newest_of_day WHERE day = '2024-01-01'",
  "SELECT total FROM (SELECT day, SUM(n) AS total FROM d.days GROUP BY day) WHERE day = '2024-01-01'",
  "SELECT n FROM (SELECT * FROM d.days UNION ALL SELECT * FROM d.free WHERE n = 9) WHERE day = '2024-01-01'",
  "SELECT a.n FROM d.days AS a JOIN d.free AS b ON a.n = b.n AND a.day = '2024-01-01'",
  "SELECT b.n FROM d.free AS b LEFT JOIN d.days AS a ON a.n = b.n AND a.day = '2024-01-01'",
  "SELECT b.n FROM d.free AS b LEFT JOIN d.days AS a ON a.n = b.n WHERE a.day = '2024-01-01'",
  "FROM d.days |> WHERE day = '2024-01-01' |> SELECT n",
  "SELECT n FROM d.of_day('2024-01-01')",
  "SELECT n FROM d.times WHERE DATE(moment) = '2024-01-01'",
  "SELECT n FROM d.times WHERE moment < '2024-01-02'",
  "SELECT n FROM d.came WHERE _PARTITIONDATE > '2024-01-01'",
  "SELECT n FROM d.came WHERE _PARTITIONTIME > '2024-01-01'",
  "DECLARE wanted DATE DEFAULT '2024-01-01'; SELECT n FROM d.days WHERE day = wanted",
])('%s may be asked', async (text) => {
  expect(await rowsOf(await tables(), text)).toEqual([[1]])
})

test.each([
  ['SELECT n FROM d.days', days],
  ["SELECT n FROM d.days WHERE day = '2024-01-01' OR n = 1", days],
  ['SELECT n FROM d.days WHERE n = 1', days],
  ["SELECT n FROM d.days WHERE NOT (day > '2024-01-01' AND n = 7)", days],
  ['SELECT n FROM d.days WHERE day = DATE_ADD(day, INTERVAL n DAY)', days],
  ['SELECT n FROM d.days WHERE day = (SELECT MAX(day) FROM d.free)', days],
  ['SELECT n FROM d.days WHERE day IN (SELECT day FROM d.free)', days],
  ["SELECT n FROM (SELECT * FROM d.days LIMIT 1) WHERE day = '2024-01-01'", days],
  ["SELECT n FROM d.newest WHERE day = '2024-01-01'", days],
  ["SELECT n FROM d.free WHERE n IN (SELECT n FROM d.days) AND day = '2024-01-01'", days],
  ['SELECT a.n FROM d.days AS a JOIN d.free AS b ON a.day = b.day', days],
  ["SELECT a.n FROM d.days AS a LEFT JOIN d.free AS b ON a.n = b.n AND a.day = '2024-01-01'", days],
  ['SELECT b.n FROM d.free AS b LEFT JOIN d.days AS a ON a.n = b.n WHERE a.day IS NULL', days],
  ["SELECT n FROM d.days WHERE day = '2024-01-01' UNION ALL SELECT n FROM d.days", days],
  [
    'SELECT n FROM d.times',
    "Cannot query over table 'p.d.times' without a filter over column(s) 'moment' that can be used for partition elimination",
  ],
  [
    'SELECT n FROM d.came',
    "Cannot query over table 'p.d.came' without a filter over column(s) '_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME' that can be used for partition elimination",
  ],
  ['CREATE TABLE d.made AS SELECT * FROM d.days', days],
  ['INSERT d.free SELECT * FROM d.days', days],
  ['UPDATE d.days SET n = 1 WHERE n = 2', days],
  ['DELETE d.days WHERE true', days],
  ['MERGE d.days AS t USING d.free AS s ON t.day = s.day WHEN MATCHED THEN DELETE', days],
  [
    "MERGE d.days AS t USING d.free AS s ON t.n = s.n WHEN MATCHED AND t.day = '2024-01-01' THEN DELETE WHEN NOT MATCHED THEN INSERT ROW",
    days,
  ],
  [
    "MERGE d.days AS t USING d.free AS s ON t.n = s.n AND t.day = '2024-01-01' WHEN NOT MATCHED BY SOURCE THEN DELETE",
    days,
  ],
  ["MERGE d.free AS t USING d.days AS s ON s.day = '2024-01-01' WHEN NOT MATCHED THEN INSERT ROW", days],
])('%s is refused', async (text, message) => {
  expect(String(await problemOf((await tables()).execute(text))).split('\n')[0]).toBe(`1:1: ${message}`)
})

test('DML whose condition leaves partitions out changes the rows, and needs no filter to add some', async () => {
  const own = await freshWarehouse()
  await own.execute(`
    CREATE TABLE d.days (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = true);
    INSERT d.days VALUES ('2024-01-01', 1), ('2024-01-02', 2), ('2024-01-03', 3);
    UPDATE d.days SET n = 10 WHERE day = '2024-01-01' AND n = 1;
    DELETE d.days WHERE day = '2024-01-02';
    MERGE d.days AS t USING (SELECT DATE '2024-01-03' AS day, 3 AS n) AS s ON t.n = s.n AND t.day > '2024-01-02'
      WHEN MATCHED THEN UPDATE SET n = 30 WHEN NOT MATCHED THEN INSERT ROW;
    MERGE d.days AS t USING (SELECT DATE '2024-01-04' AS day, 4 AS n) AS s ON FALSE
      WHEN NOT MATCHED BY SOURCE AND t.day IN UNNEST([DATE '2024-01-01']) THEN DELETE
      WHEN NOT MATCHED THEN INSERT ROW;
    CREATE TABLE d.copied COPY d.days;
    CREATE SNAPSHOT TABLE d.kept CLONE d.days`)
  expect(await rowsOf(own, "SELECT n FROM d.copied WHERE day > '2000-01-01' ORDER BY n")).toEqual([[4], [30]])
  expect(
    await rowsOf(
      own,
      "SELECT partition_id, total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'copied' ORDER BY 1",
    ),
  ).toEqual([
    ['20240103', 1],
    ['20240104', 1],
  ])
  await own.execute('ALTER TABLE d.days SET OPTIONS (require_partition_filter = false)')
  expect(await rowsOf(own, 'SELECT COUNT(*) FROM d.days')).toEqual([[2]])
})
