import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function keyed() {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.a (id INT64, k INT64, PRIMARY KEY (id, k) NOT ENFORCED);
    CREATE TABLE d.b (id INT64 REFERENCES d.a(id) NOT ENFORCED, k INT64, o INT64,
      CONSTRAINT own FOREIGN KEY (k, o) REFERENCES d.a(id, k) NOT ENFORCED)`)
  return warehouse
}

test('keys are told by INFORMATION_SCHEMA under the names that BigQuery gives them', async () => {
  const warehouse = await keyed()
  expect(
    await rowsOf(
      warehouse,
      'SELECT constraint_name, table_name, constraint_type, enforced FROM d.INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1',
    ),
  ).toEqual([
    ['a.pk$', 'a', 'PRIMARY KEY', 'NO'],
    ['b.fk$1', 'b', 'FOREIGN KEY', 'NO'],
    ['b.own', 'b', 'FOREIGN KEY', 'NO'],
  ])
  expect(
    await rowsOf(
      warehouse,
      'SELECT constraint_name, column_name, ordinal_position, position_in_unique_constraint FROM d.INFORMATION_SCHEMA.KEY_COLUMN_USAGE ORDER BY 1, 3',
    ),
  ).toEqual([
    ['a.pk$', 'id', 1, null],
    ['a.pk$', 'k', 2, null],
    ['b.fk$1', 'id', 1, 1],
    ['b.own', 'k', 1, 1],
    ['b.own', 'o', 2, 2],
  ])
  expect(
    await rowsOf(
      warehouse,
      "SELECT table_name, column_name FROM d.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE WHERE constraint_name = 'b.own' ORDER BY 2",
    ),
  ).toEqual([
    ['a', 'id'],
    ['a', 'k'],
  ])
})

test('keys come and go by ALTER TABLE', async () => {
  const warehouse = await keyed()
  await warehouse.execute(`
    ALTER TABLE d.a DROP PRIMARY KEY;
    ALTER TABLE d.b DROP CONSTRAINT own, DROP CONSTRAINT IF EXISTS other;
    ALTER TABLE d.b ADD PRIMARY KEY (o) NOT ENFORCED, ADD CONSTRAINT more FOREIGN KEY (k) REFERENCES d.a(k) NOT ENFORCED`)
  expect(
    await rowsOf(
      warehouse,
      'SELECT constraint_name, column_name FROM d.INFORMATION_SCHEMA.KEY_COLUMN_USAGE ORDER BY 1',
    ),
  ).toEqual([
    ['b.fk$1', 'id'],
    ['b.more', 'k'],
    ['b.pk$', 'o'],
  ])
  expect(await problemOf(warehouse.execute('ALTER TABLE d.a DROP PRIMARY KEY'))).toBe(
    '1:17: Table d.a has no primary key',
  )
  expect(await problemOf(warehouse.execute('ALTER TABLE d.b DROP CONSTRAINT nope'))).toBe(
    '1:33: Constraint not found: nope',
  )
})

test('functions and procedures are told with their parameters', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE FUNCTION d.f(x int64, y ANY TYPE) RETURNS STRING AS (CONCAT(x, y));
    CREATE FUNCTION d.j(x FLOAT64) RETURNS FLOAT64 DETERMINISTIC LANGUAGE js OPTIONS (library = ['gs://b/l.js']) AS 'return x';
    CREATE PROCEDURE d.p(IN a INT64, OUT b ARRAY<STRING>) BEGIN SELECT 1; END;
    CREATE TABLE FUNCTION d.t(n INT64) AS SELECT n AS m`)
  expect(
    await rowsOf(
      warehouse,
      `SELECT routine_name, routine_type, data_type, routine_body, routine_definition, external_language, is_deterministic
       FROM d.INFORMATION_SCHEMA.ROUTINES ORDER BY 1`,
    ),
  ).toEqual([
    ['f', 'FUNCTION', 'STRING', 'SQL', 'CONCAT(x, y)', null, null],
    ['j', 'FUNCTION', 'FLOAT64', 'EXTERNAL', 'return x', 'JAVASCRIPT', 'YES'],
    ['p', 'PROCEDURE', null, 'SQL', 'BEGIN SELECT 1; END', null, null],
    ['t', 'TABLE FUNCTION', null, 'SQL', 'SELECT n AS m', null, null],
  ])
  expect(
    await rowsOf(
      warehouse,
      `SELECT specific_name, ordinal_position, parameter_mode, is_result, parameter_name, data_type
       FROM d.INFORMATION_SCHEMA.PARAMETERS WHERE specific_name <> 'j' ORDER BY 1, 2`,
    ),
  ).toEqual([
    ['f', 0, null, 'YES', null, 'STRING'],
    ['f', 1, null, 'NO', 'x', 'INT64'],
    ['f', 2, null, 'NO', 'y', 'ANY TYPE'],
    ['p', 1, 'IN', 'NO', 'a', 'INT64'],
    ['p', 2, 'OUT', 'NO', 'b', 'ARRAY<STRING>'],
    ['t', 1, null, 'NO', 'n', 'INT64'],
  ])
  expect(
    await rowsOf(
      warehouse,
      'SELECT specific_name, option_name, option_type, option_value FROM d.INFORMATION_SCHEMA.ROUTINE_OPTIONS',
    ),
  ).toEqual([['j', 'library', 'ARRAY<STRING>', "['gs://b/l.js']"]])
})

test.each([
  [
    'SELECT t.creation_time FROM d.INFORMATION_SCHEMA.TABLES AS t',
    '1:10: column creation_time of INFORMATION_SCHEMA.TABLES is not supported locally: what it tells is not kept',
  ],
  [
    'SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS_TIMELINE',
    '1:15: INFORMATION_SCHEMA view JOBS_TIMELINE is not supported locally: what ran is not kept in the warehouse',
  ],
  [
    'SELECT size_bytes FROM d.__TABLES__',
    '1:8: column size_bytes of __TABLES__ is not supported locally: what it tells is not kept',
  ],
  [
    'SELECT * FROM region-us.INFORMATION_SCHEMA.SCHEMATA',
    '1:15: INFORMATION_SCHEMA.SCHEMATA of a region is not supported locally: where datasets lie is not kept; INFORMATION_SCHEMA.SCHEMATA tells all',
  ],
  [
    'SELECT * FROM `region-us`.INFORMATION_SCHEMA.PARTITIONS',
    '1:15: INFORMATION_SCHEMA.PARTITIONS is of a dataset, not of a region: name one',
  ],
  [
    'SELECT * FROM d.INFORMATION_SCHEMA.TABLE_STORAGE',
    '1:15: INFORMATION_SCHEMA.TABLE_STORAGE is of a region, not of a dataset: name it `region-us`.INFORMATION_SCHEMA.TABLE_STORAGE',
  ],
  ['SELECT * FROM d.INFORMATION_SCHEMA.NOPE', '1:15: INFORMATION_SCHEMA view NOPE is not supported locally'],
])('%s is refused', async (text, message) => {
  const warehouse = await freshWarehouse()
  expect(await problemOf(warehouse.execute(text))).toBe(message)
})

async function twoDatasets() {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE SCHEMA e;
    CREATE TABLE d.a (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = true);
    INSERT d.a VALUES ('2024-01-01', 1), ('2024-01-02', 2), ('2024-01-02', 3);
    CREATE VIEW e.b AS SELECT 1 AS x;
    CREATE FUNCTION e.f() AS (1)`)
  return warehouse
}

test.each([
  [
    'SELECT table_schema, table_name FROM `region-us`.INFORMATION_SCHEMA.TABLES ORDER BY 1',
    [
      ['d', 'a'],
      ['e', 'b'],
    ],
  ],
  [
    "SELECT column_name FROM p.`region-eu`.INFORMATION_SCHEMA.COLUMNS WHERE table_schema = 'd' ORDER BY 1",
    [['day'], ['n']],
  ],
  ['SELECT schema_name FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1', [['d'], ['e']]],
  ['SELECT table_name FROM `region-us`.INFORMATION_SCHEMA.VIEWS', [['b']]],
  ['SELECT routine_name FROM `p.region-us.INFORMATION_SCHEMA.ROUTINES`', [['f']]],
  [
    'SELECT table_name, total_rows, total_partitions FROM `region-us`.INFORMATION_SCHEMA.TABLE_STORAGE',
    [['a', 3, 2]],
  ],
  ['SELECT COUNT(*) FROM other.`region-us`.INFORMATION_SCHEMA.TABLES', [[0]]],
  ['SELECT * FROM d.__TABLES__', [['p', 'd', 'a', 3, 1]]],
  ['SELECT t.table_id, type FROM p.e.__TABLES_SUMMARY__ AS t', [['b', 2]]],
  ['SELECT table_id FROM `e.__TABLES__`', [['b']]],
] as const)('%s tells of all that is in the warehouse', async (text, rows) => {
  expect(await rowsOf(await twoDatasets(), text)).toEqual(rows)
})

test('conditions on a view of INFORMATION_SCHEMA hold of its rows, whichever way they are written', async () => {
  const warehouse = await twoDatasets()
  const from = 'FROM `region-us`.INFORMATION_SCHEMA.COLUMNS AS c'
  const names = async (where: string) =>
    rowsOf(warehouse, `SELECT column_name, ordinal_position ${from} WHERE ${where} ORDER BY 1`)
  expect(await names("'a' = c.table_name AND ordinal_position = 2")).toEqual([['n', 2]])
  expect(await names("table_name = 'a' OR table_name = 'b'")).toEqual([
    ['day', 1],
    ['n', 2],
    ['x', 1],
  ])
  expect(await names("table_name = 'A'")).toEqual([])
  expect(await names("NOT table_name = 'a'")).toEqual([['x', 1]])
  expect(
    await names('is_stored IS NULL AND generation_expression IS NULL AND column_name < table_name'),
  ).toEqual([])
  expect(await rowsOf(warehouse, `SELECT COUNT(*) ${from}`)).toEqual([[3]])
})
