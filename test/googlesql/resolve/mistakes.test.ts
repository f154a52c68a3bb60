import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf } from '../../warehouse/fresh-warehouse.ts'

const t = '(SELECT 1 AS k, "a" AS s)'

/** Mistakes in their whole messages; the words and places are those of GoogleSQL's reference implementation. */
const cases: readonly (readonly [string, string])[] = [
  [
    'SELECT * REPLACE (1 AS a) FROM (SELECT 1 AS a, 2 AS a)',
    '1:24: Column a in SELECT * REPLACE list is ambiguous',
  ],
  [
    `SELECT k FROM (SELECT k, FORMAT('%d', s) FROM ${t})`,
    '1:26: Invalid type for argument 2 to FORMAT; Expected integer; Got STRING',
  ],
  ['SELECT SAFE_CAST([] AS INT64)', '1:18: Invalid cast from ARRAY<INT64> to INT64'],
  [
    "SELECT CAST(DATE '2024-01-01' AS STRING FORMAT 1)",
    '1:48: FORMAT expression should return type STRING, but returns INT64',
  ],
  ["SELECT CAST(TRUE AS STRING FORMAT 'x')", '1:28: FORMAT is not allowed for cast from BOOL to STRING'],
  [
    "SELECT CAST('1' AS TIMESTAMP FORMAT 'YYYY' AT TIME ZONE 1)",
    '1:57: AT TIME ZONE expression should return type STRING, but returns INT64',
  ],
  ['SELECT 1 LEFT UNION ALL SELECT 1', '1:10: LEFT in set operations cannot be used without CORRESPONDING'],
  [
    'SELECT AS STRUCT 1 AS a UNION ALL CORRESPONDING BY (a) SELECT 1 AS a',
    '1:25: Value table type not allowed in set operations when CORRESPONDING is used: query 1',
  ],
  [
    'SELECT 1 UNION ALL BY NAME SELECT 2 AS a',
    '1:1: Anonymous columns are not allowed in set operations when BY NAME is used: query 1, column 1',
  ],
  [
    `SELECT COUNT(*) FROM ${t} GROUP BY GROUPING SETS(k, GROUPING SETS(s))`,
    '1:83: Syntax error: Expected "(" but got keyword SETS',
  ],
  [
    `SELECT SUM(1) OVER (PARTITION BY STRUCT(1.5)) FROM ${t}`,
    '1:34: Partitioning by expressions of type STRUCT containing FLOAT64 is not allowed',
  ],
  [
    `SELECT COUNT(*) OVER w FROM ${t} WINDOW w AS (), v AS (v ORDER BY k)`,
    '1:77: Unrecognized window alias v',
  ],
  [
    `SELECT SUM(COUNT(*)) OVER () AS y FROM ${t} GROUP BY k HAVING y > 1`,
    '1:84: Column y contains an analytic function, which is not allowed in HAVING clause',
  ],
  [`SELECT k FROM ${t} LIMIT 1 OFFSET (SELECT 1)`, '1:56: OFFSET expression must be constant'],
  [`FROM ${t} |> CROSS JOIN ${t} ON TRUE`, '1:72: ON clause cannot be used with CROSS JOIN'],
  ['SELECT 1 WINDOW w AS ()', '1:10: Query without FROM clause cannot have a WINDOW clause'],
  [
    `SELECT GROUPING(DISTINCT k) FROM ${t} GROUP BY ROLLUP(k)`,
    '1:8: GROUPING takes its argument alone, without DISTINCT and other clauses',
  ],
  ['CREATE TEMP FUNCTION f(x INT64, x INT64) AS (x); SELECT f(1, 2)', '1:33: Duplicate argument name x'],
  [
    'CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(DISTINCT 1)',
    '1:48: Non-aggregate function f cannot be called with DISTINCT',
  ],
  [`SELECT IF(TRUE, 1, NUMERIC '1e40') FROM ${t}`, '1:20: Invalid NUMERIC literal: "1e40"'],
  [
    'CREATE TABLE d.n AS SELECT 1 AS a, CURRENT_DATE',
    '1:21: CREATE TABLE columns must be named, but column 2 has no name',
  ],
  [
    'UPDATE d.a SET k = 1 FROM d.a WHERE TRUE',
    '1:27: Alias a in the FROM clause was already defined as the UPDATE target',
  ],
  [
    'INSERT INTO d.a (k, s) SELECT AS STRUCT 1, "a"',
    '1:24: Inserted row has wrong column count; Has 1, expected 2',
  ],
  [
    'MERGE d.a USING (SELECT 1 AS x) ON FALSE WHEN NOT MATCHED THEN INSERT (k, k) VALUES (1, 2)',
    '1:75: MERGE has INSERT operation with duplicated column names: k',
  ],
]

describe('mistakes are told where they are', () => {
  test.each(cases)('%s', async (text, message) => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE TABLE d.a (k INT64, s STRING)')
    expect(await problemOf(warehouse.dryRun(text))).toBe(message)
  })

  test('a text that is no JSON is no literal, wherever it stands', async () => {
    const warehouse = await freshWarehouse()
    expect(await problemOf(warehouse.dryRun("SELECT IF(FALSE, JSON '{', NULL)"))).toMatch(
      /^1:18: Invalid JSON literal: /,
    )
  })

  test('a list of columns leaves out those without a name', async () => {
    const warehouse = await freshWarehouse()
    const { rows } = await warehouse.execute(
      'SELECT 1 AS a, TRUE UNION ALL CORRESPONDING BY (a) SELECT 2 AS a ORDER BY 1',
    )
    expect(rows).toEqual([[1n], [2n]])
  })

  test('a distance over BIGNUMERIC is refused', async () => {
    const warehouse = await freshWarehouse()
    const query = 'SELECT SUM(1) OVER (ORDER BY x RANGE 1 PRECEDING) FROM UNNEST([BIGNUMERIC "1"]) AS x'
    await expect(warehouse.execute(query)).rejects.toThrow(
      'a RANGE frame with a distance over BIGNUMERIC is not supported locally',
    )
  })
})
