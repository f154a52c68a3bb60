import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'

let warehouse: Warehouse

beforeAll(async () => {
  warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
  await warehouse.createDataset('p', 'd')
  await warehouse.execute('CREATE TABLE d.dates (day DATE)')
})

afterAll(() => warehouse.close())

const recursive = (step: string, base = 'SELECT 1 AS n') =>
  `WITH RECURSIVE a AS (${base} UNION ALL ${step}) SELECT * FROM a`

const refused: Readonly<Record<string, readonly string[]>> = {
  'a recursive term reads itself once, outside of groups, windows, orders, limits and expressions': [
    recursive('SELECT COUNT(*) FROM a'),
    recursive('SELECT n FROM a GROUP BY n'),
    recursive('SELECT DISTINCT n FROM a'),
    recursive('SELECT a.n FROM a JOIN a AS b ON TRUE'),
    recursive('SELECT n + ROW_NUMBER() OVER () FROM a WHERE n < 3'),
    recursive('SELECT (SELECT n FROM a) + 1'),
    recursive('SELECT x FROM UNNEST([2]) AS x WHERE x IN (SELECT n FROM a)'),
    recursive('(SELECT n + 1 FROM a WHERE n < 3 ORDER BY n)'),
    recursive('(SELECT n + 1 FROM a WHERE n < 3 LIMIT 1)'),
    recursive('SELECT n + 1 FROM UNNEST([1]) LEFT JOIN a ON TRUE WHERE n < 3'),
    recursive('SELECT n + 1 FROM a WHERE n < 3 UNION ALL SELECT 7'),
    recursive("SELECT 'x' FROM a"),
  ],
  'clauses that need rows need a FROM': [
    'SELECT DISTINCT 1',
    'SELECT 1 ORDER BY 1',
    'SELECT 1 GROUP BY 1',
    'SELECT 1 WHERE TRUE',
  ],
  'a window function has the window that it needs': [
    ...['LAG(x)', 'LEAD(x)', 'FIRST_VALUE(x)', 'LAST_VALUE(x)', 'NTH_VALUE(x, 1)', 'RANK()', 'NTILE(2)'].map(
      (call) => `SELECT ${call} OVER (PARTITION BY x) FROM UNNEST([1]) AS x`,
    ),
    'SELECT PERCENTILE_DISC(x, 0.5) OVER (ORDER BY x) FROM UNNEST([1]) AS x',
    'SELECT LAG(x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM UNNEST([1]) AS x',
    'SELECT ARRAY_AGG(x ORDER BY x) OVER () FROM UNNEST([1]) AS x',
    "SELECT STRING_AGG(x, '' LIMIT 2) OVER () FROM UNNEST(['a']) AS x",
  ],
  'a window function’s counts are literals, and not too small': [
    ...[
      'NTILE(x)',
      'NTILE(0)',
      'NTILE(NULL)',
      'LAG(x, x)',
      'LAG(x, -1)',
      'LEAD(x, NULL)',
      'LEAD(x, 1, x)',
    ].map((call) => `SELECT ${call} OVER (ORDER BY x) FROM UNNEST([1]) AS x`),
    'SELECT NTH_VALUE(x, 0) OVER (ORDER BY x) FROM UNNEST([1]) AS x',
    'SELECT NTH_VALUE(x, x) OVER (ORDER BY x) FROM UNNEST([1]) AS x',
    'SELECT PERCENTILE_CONT(x, NULL) OVER () FROM UNNEST([1]) AS x',
    'SELECT PERCENTILE_CONT(x, x) OVER () FROM UNNEST([1]) AS x',
  ],
  'a frame’s ends are in order, its distances literals that are not negative': [
    ...[
      'ROWS BETWEEN -1 PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN NULL PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN x PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN CURRENT ROW AND -1 FOLLOWING',
      'RANGE BETWEEN -1 PRECEDING AND CURRENT ROW',
      'RANGE BETWEEN NULL PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED PRECEDING',
      'ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW',
      'ROWS BETWEEN UNBOUNDED FOLLOWING AND UNBOUNDED FOLLOWING',
    ].map((frame) => `SELECT SUM(x) OVER (ORDER BY x ${frame}) FROM UNNEST([1]) AS x`),
    'SELECT COUNT(*) OVER (RANGE UNBOUNDED PRECEDING) FROM UNNEST([1]) AS x',
    'SELECT COUNT(*) OVER (RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM UNNEST([1]) AS x',
  ],
  'a named window is one of those before, without a frame where more is said': [
    'SELECT SUM(x) OVER (w PARTITION BY x) FROM UNNEST([1]) AS x WINDOW w AS (ORDER BY x)',
    'SELECT SUM(x) OVER (w ORDER BY x) FROM UNNEST([1]) AS x WINDOW w AS (ORDER BY x)',
    'SELECT SUM(x) OVER (w ROWS 1 PRECEDING) FROM UNNEST([1]) AS x WINDOW w AS (ORDER BY x ROWS 1 PRECEDING)',
    'SELECT SUM(x) OVER (v) FROM UNNEST([1]) AS x WINDOW v AS (w ROWS 1 PRECEDING), w AS (ORDER BY x)',
    'SELECT SUM(x) OVER v FROM UNNEST([1]) AS x WINDOW v AS (PARTITION BY x), v AS (ORDER BY x)',
  ],
  'aggregates take the clauses that mean something': [
    'SELECT ARRAY_AGG(x LIMIT -1) FROM UNNEST([1]) AS x',
    'SELECT ARRAY_AGG(x LIMIT x) FROM UNNEST([1]) AS x',
    'SELECT ARRAY_AGG(DISTINCT x ORDER BY x + 0) FROM UNNEST([1]) AS x',
    "SELECT STRING_AGG(x, y) FROM UNNEST([STRUCT('a' AS x, 'b' AS y)])",
    "SELECT STRING_AGG(x, CAST(NULL AS STRING)) FROM UNNEST(['a']) AS x",
    'SELECT 1 FROM UNNEST([1]) AS x HAVING COUNT(*) > 0',
  ],
  'grouping sets stand alone in GROUP BY': [
    'SELECT x FROM UNNEST([1]) AS x GROUP BY ROLLUP(x), x',
    'SELECT x FROM UNNEST([1]) AS x GROUP BY x, ROLLUP(x)',
    'SELECT x FROM UNNEST([1]) AS x GROUP BY CUBE(x), CUBE(x)',
  ],
  'PIVOT takes aggregates that leave NULL out, without HAVING, of no array': [
    ...['SUM(n HAVING MAX k)', 'ARRAY_AGG(n)', 'SUM(n) + 1'].map(
      (call) => `SELECT * FROM (SELECT 1 AS k, 2 AS n) PIVOT(${call} FOR k IN (1))`,
    ),
    'SELECT * FROM UNNEST([STRUCT(1 AS k, 2 AS n)]) PIVOT(SUM(n) FOR k IN (1))',
  ],
  'set operations by name have each name where it must be, once': [
    'SELECT 1 AS a, 2 AS b UNION ALL BY NAME SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS b UNION ALL BY NAME ON (a) SELECT 3 AS a, 4 AS b',
    'SELECT 1 AS a, 2 AS b UNION ALL STRICT CORRESPONDING BY (a) SELECT 3 AS a, 4 AS b',
    'SELECT 1 AS a, 2 AS b UNION ALL CORRESPONDING BY (b) SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS b INNER UNION ALL BY NAME ON (b) SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS b LEFT UNION ALL CORRESPONDING BY (c) SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS b FULL UNION ALL CORRESPONDING BY (x) SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS b FULL UNION ALL CORRESPONDING BY (a, a) SELECT 3 AS a, 4 AS c',
    'SELECT 1 AS a, 2 AS a UNION ALL BY NAME SELECT 3 AS a, 4 AS a',
    'SELECT 1 AS a LEFT UNION ALL BY NAME SELECT 4 AS b',
  ],
  'what is named twice or not at all is refused': [
    'SELECT * REPLACE (2 AS a, 3 AS a) FROM (SELECT 1 AS a)',
    'SELECT * FROM UNNEST([1, 2]) AS x WITH OFFSET AS x',
    'SELECT STRUCT<a INT64>(1 AS a)',
    'SELECT * FROM (SELECT 1 AS a) AS x JOIN (SELECT 1 AS a) AS y',
    'SELECT 1 IN UNNEST(NULL)',
    'SELECT x FROM UNNEST([1]) AS x ORDER BY -1',
    'SELECT x FROM UNNEST([1]) AS x LIMIT NULL',
    'SELECT DISTINCT a + 1 AS q FROM (SELECT 1 AS a) ORDER BY a',
  ],
  'a name that two items of the select list have is ambiguous, even if they are one': [
    'SELECT a, a FROM (SELECT 1 AS a) ORDER BY a',
    'SELECT a, a FROM (SELECT 1 AS a) GROUP BY a',
    'SELECT *, a FROM (SELECT 1 AS a) QUALIFY a > 0 AND COUNT(*) OVER () > 0',
  ],
  'what is grouped by is found again whole, as a path, or by its alias': [
    "SELECT CONCAT(UPPER(b), 'x') FROM (SELECT 'a' AS b) GROUP BY UPPER(b)",
    "SELECT COUNT(*) FROM (SELECT 'a' AS b) GROUP BY UPPER(b) HAVING UPPER(b) = 'A'",
    "SELECT SUM(COUNT(*)) OVER (PARTITION BY UPPER(b)) FROM (SELECT 'a' AS b) GROUP BY UPPER(b)",
  ],
  'literals order and group nothing': [
    "SELECT a FROM (SELECT 1 AS a) ORDER BY 'x'",
    'SELECT a FROM (SELECT 1 AS a) ORDER BY NULL',
    'FROM (SELECT 1 AS a) |> ORDER BY 2',
    'SELECT COUNT(*) FROM (SELECT 1 AS a) GROUP BY [1]',
    "SELECT STRING_AGG(a ORDER BY 'x') FROM (SELECT 'a' AS a)",
  ],
  'no window call is made of another, by an alias neither': [
    'SELECT ROW_NUMBER() OVER () AS r FROM UNNEST([1]) AS x QUALIFY MAX(r) OVER () = 1',
    'SELECT ROW_NUMBER() OVER () AS r FROM UNNEST([1]) AS x QUALIFY MAX(x) OVER (ORDER BY r) = 1',
    'SELECT ROW_NUMBER() OVER () AS r FROM UNNEST([1]) AS x GROUP BY r',
    'SELECT ROW_NUMBER() OVER ()',
  ],
  'pipe operators change columns, not fields of a value table': [
    'FROM (SELECT AS STRUCT 1 AS a, 2 AS b) |> SET a = 5',
    'FROM (SELECT AS STRUCT 1 AS a, 2 AS b) |> DROP a',
    'FROM UNNEST([1]) AS x |> RENAME x AS y',
    'FROM (SELECT 1 AS a) |> SET a = 1, a = 2',
    'FROM (SELECT 1 AS a) |> AGGREGATE a + COUNT(*) GROUP BY a',
    'FROM (SELECT 1 AS a) |> AGGREGATE',
  ],
  'UNPIVOT takes columns of one type, each once, with labels of one type': [
    'SELECT * FROM (SELECT 1 AS x, 2 AS y) UNPIVOT (v FOR n IN (x, x))',
    'SELECT * FROM (SELECT 1 AS x, 2.5 AS y) UNPIVOT (v FOR n IN (x, y))',
    'SELECT * FROM (SELECT 1 AS x, 2 AS y) UNPIVOT (v FOR n IN (x AS 1, y))',
    'SELECT * FROM (SELECT STRUCT(1 AS p, 2 AS q) AS s) UNPIVOT (v FOR n IN (s.p, s.q))',
    'SELECT * FROM (SELECT AS STRUCT 1 AS x, 2 AS y) UNPIVOT (v FOR n IN (x, y))',
  ],
  'arrays have no common type but their own': [
    'SELECT [1] UNION ALL SELECT [2.5]',
    "SELECT IF(TRUE, [1], [NUMERIC '2'])",
  ],
  'a recursion of more than 500 iterations is stopped': [recursive('SELECT n + 1 FROM a')],
  'a frame’s distance is a literal or a parameter': [
    'SELECT SUM(x) OVER (ORDER BY x ROWS 1 + 1 PRECEDING) FROM UNNEST([1]) AS x',
    'SELECT SUM(x) OVER (ORDER BY x ROWS (SELECT 1) PRECEDING) FROM UNNEST([1]) AS x',
    'SELECT LAG(x IGNORE NULLS) OVER (ORDER BY x) FROM UNNEST([1]) AS x',
  ],
  'DECLARE stands at the start of a script or block, BREAK and CONTINUE in a loop': [
    'SELECT 1; DECLARE x INT64',
    'IF TRUE THEN DECLARE x INT64; END IF',
    'BREAK',
    'IF TRUE THEN CONTINUE; END IF',
  ],
  'statements that ask for two things at once, or for what no column can hold': [
    'CREATE OR REPLACE TABLE IF NOT EXISTS d.o (a INT64)',
    'CREATE TABLE d.o (a ARRAY<ARRAY<INT64>>)',
    "CREATE TABLE d.o (a DATE) AS SELECT '2024-01-01'",
    "INSERT d.dates SELECT '2024-01-01'",
    'CREATE TABLE d.o (a INT64, PRIMARY KEY (a))',
  ],
}

const answered: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
  [recursive('SELECT e FROM a, UNNEST([n + 1, n + 2]) AS e WHERE e < 4'), [[1n], [2n], [3n], [3n]]],
  [recursive('SELECT n + 1 FROM a LEFT JOIN UNNEST([1]) ON TRUE WHERE n < 3'), [[1n], [2n], [3n]]],
  [
    recursive('SELECT n + 1 FROM (SELECT n FROM a) WHERE n < 2', 'SELECT 1 AS n UNION ALL SELECT 7'),
    [[1n], [2n], [7n]],
  ],
  ['SELECT DISTINCT a FROM (SELECT 1 AS a UNION ALL SELECT 2) ORDER BY -a', [[1n], [2n]]],
  [
    'SELECT e FROM (SELECT 1 AS id, [1, 2] AS a UNION ALL SELECT 2, [3] UNION ALL SELECT 3, NULL) AS t LEFT JOIN UNNEST(t.a) AS e ON t.id > 1',
    [[3n], [null], [null]],
  ],
  ['SELECT e FROM (SELECT [1, 2] AS a) AS t JOIN t.a AS e', [[1n], [2n]]],
  ['SELECT COUNT(*) FROM UNNEST([1]) AS x WHERE FALSE GROUP BY ()', [[0n]]],
  ['SELECT COUNT(*), 1 + 1 FROM UNNEST([1]) AS x WHERE FALSE GROUP BY ALL', [[0n, 2n]]],
  [
    'SELECT x, SUM(SUM(x)) OVER (ORDER BY x) FROM UNNEST([1, 2, 2]) AS x GROUP BY ALL',
    [
      [1n, 1n],
      [2n, 5n],
    ],
  ],
  ['FROM UNNEST([3, 1]) AS x |> WHERE ROW_NUMBER() OVER (ORDER BY x) = 1', [[1n]]],
  ['FROM (SELECT AS STRUCT 1 AS a, 2 AS b) |> EXTEND a + b AS c |> SELECT c', [[3n]]],
  ['SELECT z FROM (FROM UNNEST([1, 2]) AS x |> WHERE x > 1) AS z', [[2n]]],
  ['SELECT ARRAY_AGG(x) FROM (SELECT 3 AS x UNION ALL SELECT 1 UNION ALL SELECT 2)', [[[3n, 1n, 2n]]]],
  ['SELECT * FROM (SELECT 1 AS a) JOIN (SELECT 1 AS a) USING (a, a)', [[1n]]],
  [
    recursive('SELECT n + 1 FROM a WHERE n < 501').replace('SELECT * FROM a', 'SELECT MAX(n) FROM a'),
    [[501n]],
  ],
  [`SELECT ${'(SELECT '.repeat(150)}1${')'.repeat(150)}`, [[1n]]],
  ['SELECT MOD(-9223372036854775808, x) FROM UNNEST([-1]) AS x', [[0n]]],
  [
    'SELECT COUNT(*) OVER (ORDER BY x RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM UNNEST([9223372036854775807, -9223372036854775808]) AS x',
    [[1n], [1n]],
  ],
]

describe('rules of clauses', () => {
  test.each(Object.entries(refused))('%s', async (_rule, queries) => {
    const accepted: string[] = []
    for (const query of queries) {
      await warehouse.execute(query).then(
        () => accepted.push(query),
        (error: Error) => {
          if (/not supported locally/.test(error.message)) accepted.push(`${query}: ${error.message}`)
        },
      )
    }
    expect(accepted).toEqual([])
  })

  test.each(answered)('%s', async (query, rows) => {
    const { rows: given } = await warehouse.execute(query)
    const sorted = [...given].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : Number(a) - Number(b)))
    expect(sorted).toEqual(rows)
  })
})
