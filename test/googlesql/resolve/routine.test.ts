import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function valuesOf(text: string): Promise<unknown> {
  return rowsOf(await freshWarehouse(), text)
}

describe('functions in SQL', () => {
  test('arguments go by name, and defaults stand for those that are left out', async () => {
    expect(
      await valuesOf(
        'CREATE TEMP FUNCTION f(x INT64, y INT64 DEFAULT 2) AS (x - y); SELECT f(y => 1, x => 5), f(5)',
      ),
    ).toEqual([[4, 3]])
  })

  test('SAFE. forgives the errors of the body, not those of the arguments', async () => {
    const make = 'CREATE TEMP FUNCTION f(x INT64) AS (10 / x);'
    expect(
      await valuesOf(`${make} SELECT SAFE.f(x) FROM UNNEST([0, 5, NULL]) x WITH OFFSET o ORDER BY o`),
    ).toEqual([[null], [2], [null]])
    expect(
      await problemOf(
        (await freshWarehouse()).execute(`${make} SELECT SAFE.f(DIV(1, x)) FROM UNNEST([0]) x`),
      ),
    ).toContain('division by zero: 1 / 0')
  })

  test.each([
    ['CREATE FUNCTION d.f(x INT64) AS (z)', '1:34: Unrecognized name: z'],
    [
      'CREATE FUNCTION d.f(x INT64) RETURNS STRING AS (x)',
      '1:49: Function declared to return STRING but the function body produces incompatible type INT64',
    ],
    ['CREATE FUNCTION d.f(x INT64) AS ((SELECT MAX(x) FROM d.none))', 'Not found: Table p:d.none'],
    [
      'CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(y => 1)',
      '1:50: No matching signature for function f: it has no argument y',
    ],
    [
      'CREATE TEMP FUNCTION f(x INT64, y INT64) AS (x); SELECT f(1, x => 1)',
      '1:62: No matching signature for function f: argument x is given twice',
    ],
    [
      'CREATE TEMP FUNCTION f(x INT64, y INT64) AS (x); SELECT f(x => 1, 1)',
      '1:67: Positional arguments cannot follow named arguments',
    ],
  ])('%s', async (text, message) => {
    expect(await problemOf((await freshWarehouse()).execute(text))).toContain(message)
  })
})

describe('table functions', () => {
  test('take tables: their columns by name, in the declared types', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute(`
      CREATE TABLE d.t AS SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y';
      CREATE TABLE FUNCTION d.typed(y TABLE<b STRING, a FLOAT64>, k INT64) AS SELECT b, a / k AS a FROM y;
      CREATE TABLE FUNCTION d.any(y ANY TABLE) AS SELECT COUNT(*) AS n FROM y`)
    expect(await rowsOf(warehouse, 'SELECT * FROM d.typed(TABLE d.t, 4) ORDER BY b')).toEqual([
      ['x', 0.25],
      ['y', 0.5],
    ])
    expect(
      await rowsOf(
        warehouse,
        "WITH w AS (SELECT 8 AS a, 'w' AS b, TRUE AS c) SELECT * FROM d.typed(k => 2, y => TABLE w) UNION ALL SELECT * FROM d.typed((SELECT 'q' AS b, 3 AS a), 3) ORDER BY 1",
      ),
    ).toEqual([
      ['q', 1],
      ['w', 4],
    ])
    expect(await rowsOf(warehouse, 'SELECT n FROM d.any((SELECT * FROM d.t WHERE a > 1))')).toEqual([[1]])
    expect(await problemOf(warehouse.execute('SELECT * FROM d.typed((SELECT 1 AS a), 1)'))).toBe(
      '1:23: Required column "b" not found in the table that is an argument of d.typed',
    )
  })

  test('give the columns that they declare, found by name', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute(
      'CREATE TABLE FUNCTION d.f(n INT64) RETURNS TABLE<b FLOAT64, a INT64> AS SELECT n AS a, n + 1 AS b',
    )
    const { columns, rows } = await warehouse.execute('SELECT * FROM d.f(1)')
    expect({ columns: columns.map(({ name, type }) => [name, type.kind]), rows }).toEqual({
      columns: [
        ['b', 'FLOAT64'],
        ['a', 'INT64'],
      ],
      rows: [[2, 1n]],
    })
    expect(
      await problemOf(
        warehouse.execute('CREATE TABLE FUNCTION d.g(n INT64) RETURNS TABLE<c INT64> AS SELECT n AS a'),
      ),
    ).toBe('1:1: Required column name c not returned from SQL body of CREATE TABLE FUNCTION statement')
  })
})
