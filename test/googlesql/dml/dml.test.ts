import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function withTable() {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.t (id INT64 NOT NULL, v STRING DEFAULT 'none', s STRUCT<x INT64, y STRING>, tags ARRAY<STRING>);
    INSERT INTO d.t (id, v, s) VALUES (1, 'a', (1, 'p')), (2, DEFAULT, NULL), (3, NULL, (3, NULL))`)
  return warehouse
}

describe('INSERT, UPDATE, DELETE', () => {
  test('defaults fill what is left out, a NULL array is stored as an empty one', async () => {
    const warehouse = await withTable()
    const { affectedRows, statementType } = await warehouse.execute('INSERT d.t (id) SELECT 4')
    expect({ affectedRows, statementType }).toEqual({ affectedRows: 1, statementType: 'INSERT' })
    expect(await rowsOf(warehouse, 'SELECT *, tags IS NULL FROM d.t ORDER BY id')).toEqual([
      [1, 'a', [1, 'p'], [], false],
      [2, 'none', null, [], false],
      [3, null, [3, null], [], false],
      [4, 'none', null, [], false],
    ])
  })

  test('UPDATE counts its rows and changes one field of a struct', async () => {
    const warehouse = await withTable()
    const { affectedRows } = await warehouse.execute(
      "UPDATE d.t SET s.y = 'new', t.v = UPPER(v) WHERE s IS NOT NULL",
    )
    expect(affectedRows).toBe(2)
    expect(await rowsOf(warehouse, 'SELECT id, v, s FROM d.t ORDER BY id')).toEqual([
      [1, 'A', [1, 'new']],
      [2, 'none', null],
      [3, null, [3, 'new']],
    ])
  })

  test('UPDATE FROM refuses two source rows for one target row', async () => {
    const warehouse = await withTable()
    const text = 'UPDATE d.t SET v = s.w FROM (SELECT 1 AS k, w FROM UNNEST(["x", "y"]) w) s WHERE t.id = s.k'
    expect(await problemOf(warehouse.execute(text))).toBe(
      '1:1: UPDATE/MERGE must match at most one source row for each target row',
    )
    expect(await rowsOf(warehouse, 'SELECT v FROM d.t WHERE id = 1')).toEqual([['a']])
  })

  test('DELETE and TRUNCATE count what they remove', async () => {
    const warehouse = await withTable()
    expect((await warehouse.execute('DELETE d.t WHERE id IN (SELECT 2)')).affectedRows).toBe(1)
    expect((await warehouse.execute('TRUNCATE TABLE d.t')).affectedRows).toBe(2)
    expect(await rowsOf(warehouse, 'SELECT COUNT(*) FROM d.t')).toEqual([[0]])
  })

  test.each([
    ['DELETE FROM d.t', '1:1: DELETE must have a WHERE clause'],
    ['UPDATE d.t SET v = "x"', '1:1: UPDATE must have a WHERE clause'],
    ['INSERT d.t (id) VALUES (NULL)', '1:1: Required field id cannot be null'],
    ['INSERT d.t (id, zz) VALUES (1, 2)', '1:17: Column zz is not present in table d.t'],
    ['INSERT d.t (id) VALUES (1, 2)', '1:24: Inserted row has wrong column count; Has 2, expected 1'],
    [
      "INSERT d.t (id) VALUES ('x')",
      '1:25: Value has type STRING which cannot be inserted into column id, which has type INT64',
    ],
    ['UPDATE d.t SET v = "x", v = "y" WHERE TRUE', '1:25: Update item v assigned more than once'],
    [
      "UPDATE d.t SET tags = ['a', NULL] WHERE id = 1",
      '1:1: Array cannot have a null element; error in writing field tags',
    ],
  ])('%s', async (text, message) => {
    expect(await problemOf((await withTable()).execute(text))).toBe(message)
  })
})

describe('MERGE', () => {
  test('the first clause that applies decides, each row once, and all are counted', async () => {
    const warehouse = await withTable()
    const { affectedRows, statementType } = await warehouse.execute(`
      MERGE d.t USING (SELECT 1 AS id, 'm1' AS v UNION ALL SELECT 2, 'gone' UNION ALL SELECT 8, 'skip' UNION ALL SELECT 9, 'new') s
      ON t.id = s.id
      WHEN MATCHED AND s.v = 'gone' THEN DELETE
      WHEN MATCHED THEN UPDATE SET v = CONCAT(t.v, s.v), s.x = 99
      WHEN NOT MATCHED AND s.v = 'new' THEN INSERT (id, v) VALUES (s.id, s.v)
      WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN UPDATE SET v = 'orphan'`)
    expect({ affectedRows, statementType }).toEqual({ affectedRows: 4, statementType: 'MERGE' })
    expect(await rowsOf(warehouse, 'SELECT id, v, s FROM d.t ORDER BY id')).toEqual([
      [1, 'am1', [99, 'p']],
      [3, 'orphan', [3, null]],
      [9, 'new', null],
    ])
  })

  test('two source rows for a row that is changed are an error, and nothing is changed', async () => {
    const warehouse = await withTable()
    const merge = (
      condition: string,
    ) => `MERGE d.t USING (SELECT 1 AS id, n FROM UNNEST([1, 2]) n) s ON t.id = s.id
      WHEN MATCHED AND ${condition} THEN UPDATE SET v = CAST(n AS STRING)`
    expect(await problemOf(warehouse.execute(merge('TRUE')))).toBe(
      '1:1: UPDATE/MERGE must match at most one source row for each target row',
    )
    expect((await warehouse.execute(merge('n = 2'))).affectedRows).toBe(1)
    expect(await rowsOf(warehouse, 'SELECT v FROM d.t WHERE id = 1')).toEqual([['2']])
  })

  test('ON FALSE replaces what a condition names', async () => {
    const warehouse = await withTable()
    await warehouse.execute(`MERGE d.t USING (SELECT 7 AS id) ON FALSE
      WHEN NOT MATCHED THEN INSERT (id) VALUES (id) WHEN NOT MATCHED BY SOURCE AND id < 3 THEN DELETE`)
    expect(await rowsOf(warehouse, 'SELECT id, v FROM d.t ORDER BY id')).toEqual([
      [3, null],
      [7, 'none'],
    ])
  })
})
