import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

const interval = (text: string) => `SELECT CAST(AVG(x) AS STRING) FROM UNNEST([${text}]) AS x`

// What Google's reference implementation answers.
test.each([
  ['SELECT DISTINCT t.a FROM (SELECT 1 AS a, 2 AS b) AS t ORDER BY t.a', [[1]]],
  ['SELECT DISTINCT a AS b FROM (SELECT 1 AS a, 2 AS b) AS t ORDER BY a', [[1]]],
  ['SELECT DISTINCT t.s.x FROM (SELECT STRUCT(1 AS x) AS s) AS t ORDER BY t.s.x', [[1]]],
  ["SELECT DISTINCT UPPER(s) AS s FROM UNNEST(['b', 'A']) AS s ORDER BY UPPER(s)", [['A'], ['B']]],
  ['SELECT DISTINCT a FROM (SELECT 1 AS a) AS t GROUP BY a ORDER BY t.a + 1', [[1]]],
  [interval('INTERVAL 10000 YEAR, INTERVAL 10000 YEAR'), [['10000-0 0 0:0:0']]],
  [interval('INTERVAL -10000 YEAR, INTERVAL -10000 YEAR, INTERVAL -9999 YEAR'), [['-9999-8 0 0:0:0']]],
  [
    interval("INTERVAL 10000 YEAR, INTERVAL '9999-11 3660000 87840000:0:0' YEAR TO SECOND"),
    [['9999-11 1830015 43920000:0:0']],
  ],
  [interval('INTERVAL 3660000 DAY, INTERVAL 3659999 DAY'), [['0-0 3659999 12:0:0']]],
  [
    "SELECT CAST(1234.5 AS STRING FORMAT 'S,,,.99'), CAST(-0.5 AS STRING FORMAT 'S,,,.99')",
    [['   +.##', '   -.50']],
  ],
  ["SELECT CAST(12345 AS STRING FORMAT 'FMS,,.9'), CAST(12345 AS STRING FORMAT 'S,G9')", [['+.#', '+,,#']]],
  [
    "SELECT ANY_VALUE(x HAVING MAX y), ANY_VALUE(x HAVING MIN y) FROM UNNEST([STRUCT(1 AS x, CAST('nan' AS FLOAT64) AS y), (2, 1.0), (3, NULL)])",
    [[null, null]],
  ],
  [
    "SELECT ANY_VALUE(x HAVING MAX y), ANY_VALUE(x HAVING MIN y) FROM UNNEST([STRUCT(1 AS x, CAST('-inf' AS FLOAT64) AS y), (2, 1.0), (3, NULL)])",
    [[2, 1]],
  ],
] as const)('%s answers as the reference implementation does', async (text, rows) => {
  expect(await rowsOf(await freshWarehouse(), text)).toEqual(rows)
})

test.each([
  [
    "NUMERIC '100'",
    '1e2, 1.5, -2e-3, 1e20, -0.50',
    ['_100', '_1_point_5', 'minus_0_point_002', '_100000000000000000000', 'minus_0_point_5'],
  ],
  ["BIGNUMERIC '100'", '1.50, -0.0', ['_1_point_5', '_0']],
  ["DATE '0087-01-02'", "DATE '0087-01-02', '2020-01-02'", ['_87_01_02', '_2020_01_02']],
] as const)('PIVOT over %s names its columns by the values %s', async (key, values, names) => {
  const warehouse = await freshWarehouse()
  const { columns } = await warehouse.execute(
    `SELECT * FROM (SELECT ${key} AS k, 5 AS v) PIVOT (SUM(v) FOR k IN (${values}))`,
  )
  expect(columns.map(({ name }) => name)).toEqual(names)
})

test.each([
  [
    'SELECT DISTINCT a + 1 FROM (SELECT 1 AS a) AS t ORDER BY a + 1',
    '1:58: ORDER BY clause expression references column a which is not visible after SELECT DISTINCT',
  ],
  [
    "SELECT DISTINCT UPPER(s) AS u FROM (SELECT 'a' AS s) AS t ORDER BY UPPER(s)",
    '1:74: ORDER BY clause expression references column s which is not visible after SELECT DISTINCT',
  ],
  [
    'SELECT * FROM (SELECT 1.5 AS k, 5 AS v) PIVOT (SUM(v) FOR k IN (1e2))',
    '1:65: PIVOT values of type FLOAT64 must specify an alias',
  ],
  [
    'SELECT * FROM (SELECT STRUCT(1.5 AS a) AS k, 5 AS v) PIVOT (SUM(v) FOR k IN (STRUCT(1.5 AS a)))',
    '1:78: PIVOT values of type FLOAT64 must specify an alias',
  ],
  [
    'MERGE d.t USING (d.t AS a JOIN d.t AS b ON true) ON false WHEN NOT MATCHED THEN INSERT ROW',
    '1:17: Syntax error: The source of a MERGE is a table or a query, no join between parentheses',
  ],
])('%s is refused', async (text, message) => {
  expect(await problemOf((await freshWarehouse()).execute(text))).toBe(message)
})

test('MAX_BY and MIN_BY are ANY_VALUE with HAVING, also where a key is NaN', async () => {
  const rows =
    "UNNEST([STRUCT('a' AS g, 1 AS x, CAST('nan' AS FLOAT64) AS y), ('a', 2, 1.0), ('b', 3, -1.0), ('b', 4, 5.0), ('b', 5, NULL)])"
  expect(
    await rowsOf(
      await freshWarehouse(),
      `SELECT g, MAX_BY(x, y), MIN_BY(x, y), ANY_VALUE(x HAVING MAX y), ANY_VALUE(x HAVING MIN y) FROM ${rows} GROUP BY g ORDER BY g`,
    ),
  ).toEqual([
    ['a', null, null, null, null],
    ['b', 4, 3, 4, 3],
  ])
})
