import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('|> CALL gives its rows to a table function as its first table', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.t AS SELECT n FROM UNNEST([1, 2, 3]) n;
    CREATE TABLE FUNCTION d.plus(k INT64, y TABLE<n INT64>) AS SELECT n + k AS m FROM y;
    CREATE TABLE FUNCTION d.none(k INT64) AS SELECT k AS m`)
  expect(await rowsOf(warehouse, 'FROM d.t |> WHERE n > 1 |> CALL d.plus(10) AS p |> ORDER BY p.m')).toEqual([
    [12],
    [13],
  ])
  expect(await problemOf(warehouse.execute('FROM d.t |> CALL d.none(1)'))).toBe(
    '1:18: Table-valued function d.none takes no table, so |> CALL has nothing to give to it',
  )
})

test('|> SELECT does not aggregate', async () => {
  const warehouse = await freshWarehouse()
  expect(await problemOf(warehouse.execute('FROM UNNEST([1]) n |> SELECT COUNT(*) AS c'))).toBe(
    '1:30: Aggregate function COUNT(*) not allowed in pipe SELECT',
  )
})
