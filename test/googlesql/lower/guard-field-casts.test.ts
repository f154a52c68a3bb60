import { expect, test } from 'vitest'
import { guardFieldCasts } from '../../../runner/googlesql/lower/guard-field-casts.ts'
import { freshWarehouse, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('a cast of a field is kept apart from the field', () => {
  expect(guardFieldCasts(`CAST(struct_extract(t."s", 'y)') AS BIGINT)`)).toBe(
    `CAST(TRY(struct_extract(t."s", 'y)')) AS BIGINT)`,
  )
  expect(guardFieldCasts(`CAST(struct_extract(CAST(struct_extract(a, 'x') AS T), 'y') AS BIGINT)`)).toBe(
    `CAST(struct_extract(CAST(TRY(struct_extract(a, 'x')) AS T), 'y') AS BIGINT)`,
  )
  expect(guardFieldCasts(`SELECT 'CAST(struct_extract(' AS x`)).toBe(`SELECT 'CAST(struct_extract(' AS x`)
})

test('rows that a condition leaves out do not raise', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(
    "CREATE TABLE d.t AS SELECT 'n' AS k, STRUCT('12' AS y) AS s UNION ALL SELECT 't', STRUCT('abc')",
  )
  expect(await rowsOf(warehouse, "SELECT CAST(s.y AS INT64) AS v FROM d.t WHERE k = 'n'")).toEqual([[12]])
  expect(
    await rowsOf(warehouse, "SELECT IF(k = 'n', CAST(s.y AS INT64), 0) AS v FROM d.t ORDER BY k"),
  ).toEqual([[12], [0]])
})

test('an error of what the field is taken from is no NULL', async () => {
  const warehouse = await freshWarehouse()
  const value = "CAST(IF(x = 1, ERROR('wrong'), STRUCT(x AS y)).y AS STRING)"
  await expect(warehouse.execute(`SELECT ${value} FROM UNNEST([1]) AS x`)).rejects.toThrow('wrong')
  await expect(
    warehouse.execute("SELECT RANGE_END(RANGE(d, d)) FROM UNNEST([DATE '2024-01-02']) AS d"),
  ).rejects.toThrow('Range start element must be smaller than range end element')
})
