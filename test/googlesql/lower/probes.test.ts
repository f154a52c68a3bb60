import { expect, test } from 'vitest'
import { freshWarehouse, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('a grouping set of nothing has no group without rows', async () => {
  const text = 'SELECT k, COUNT(*) FROM UNNEST(CAST([] AS ARRAY<STRING>)) k GROUP BY '
  const warehouse = await freshWarehouse()
  expect(await rowsOf(warehouse, `${text} ROLLUP (k)`)).toEqual([])
  expect(await rowsOf(warehouse, `${text} GROUPING SETS ((), (k))`)).toEqual([])
  expect(await rowsOf(warehouse, 'SELECT COUNT(*) FROM UNNEST(CAST([] AS ARRAY<STRING>)) k')).toEqual([[0]])
})

test('an aggregate in a correlated subquery adds columns of both queries', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.a AS SELECT x FROM UNNEST([1, 2]) x;
    CREATE TABLE d.b AS SELECT y FROM UNNEST([1.5, 2.5]) y`)
  const text = 'SELECT x, (SELECT SUM(b.y + a.x) FROM d.b WHERE b.y < 10) FROM d.a ORDER BY x'
  expect(await rowsOf(warehouse, text)).toEqual([
    [1, 6],
    [2, 8],
  ])
})
