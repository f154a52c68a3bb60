import { expect, test } from 'vitest'
import { freshWarehouse, rowsOf } from '../../warehouse/fresh-warehouse.ts'

const numbers = `
  CREATE TABLE d.n AS
  SELECT x FROM UNNEST([1.0, 2.0, -0.0, CAST('nan' AS FLOAT64), CAST('inf' AS FLOAT64), CAST('-inf' AS FLOAT64), NULL]) x`

const conditions = [
  ...['=', '!=', '<', '<=', '>', '>='].flatMap((sign) => [
    `a.x ${sign} b.x`,
    `a.x ${sign} 1.0`,
    `1.0 ${sign} b.x`,
    `a.x + 1 ${sign} b.x * 2`,
    `a.x ${sign} (SELECT MAX(c.x) FROM d.n c WHERE c.x = b.x)`,
    `(SELECT MIN(c.x) FROM d.n c WHERE c.x = a.x) ${sign} b.x`,
    `a.x ${sign} b.x AND NOT a.x = 1`,
    `NOT (a.x ${sign} b.x OR b.x > 1)`,
  ]),
  'a.x BETWEEN 0 AND 2',
  'a.x BETWEEN b.x AND 2',
  'a.x NOT BETWEEN 0 AND b.x',
  'a.x IN (1, b.x)',
  'a.x IN (SELECT c.x FROM d.n c WHERE c.x >= b.x)',
]

test('WHERE, ON and CASE WHEN take the rows for which the value is TRUE', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(numbers)
  const pair = "COALESCE(CAST(a.x AS STRING), '-') || ' ' || COALESCE(CAST(b.x AS STRING), '-')"
  for (const condition of conditions) {
    const values = (await rowsOf(
      warehouse,
      `SELECT ${pair}, ${condition} FROM d.n a CROSS JOIN d.n b ORDER BY 1`,
    )) as readonly (readonly unknown[])[]
    const taken = values.filter(([, value]) => value === true).map(([text]) => [text])
    const where = `SELECT ${pair} FROM d.n a CROSS JOIN d.n b WHERE ${condition} ORDER BY 1`
    expect([condition, await rowsOf(warehouse, where)]).toEqual([condition, taken])
    const chosen = `SELECT ${pair}, CASE WHEN ${condition} THEN TRUE END FROM d.n a CROSS JOIN d.n b ORDER BY 1`
    const expected = values.map(([text, value]) => [text, value === true ? true : null])
    expect([condition, await rowsOf(warehouse, chosen)]).toEqual([condition, expected])
    // ON takes no subquery over both sides.
    if (condition.includes('SELECT')) continue
    const joined = `SELECT ${pair} FROM d.n a JOIN d.n b ON ${condition} ORDER BY 1`
    expect([condition, await rowsOf(warehouse, joined)]).toEqual([condition, taken])
  }
})

test('a scalar subquery beside join conditions leaves them to be joined by', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.part AS SELECT id FROM UNNEST(GENERATE_ARRAY(1, 3000)) id;
    CREATE TABLE d.offer AS SELECT of_part, CAST(MOD(of_part * 7 + by_seller * 3, 13) AS FLOAT64) AS price, by_seller
      FROM UNNEST(GENERATE_ARRAY(1, 3000)) of_part, UNNEST([1, 2, 3, 4]) by_seller;
    CREATE TABLE d.seller AS SELECT id FROM UNNEST(GENERATE_ARRAY(1, 4)) id`)
  // 144 million rows of a cross join if it were not.
  const text = `
    SELECT COUNT(*) FROM d.part, d.offer, d.seller
    WHERE part.id = of_part AND seller.id = by_seller AND price = (
      SELECT MIN(price) FROM d.offer AS others, d.seller AS s WHERE others.of_part = part.id AND s.id = others.by_seller)`
  expect(await rowsOf(warehouse, text)).toEqual([[3000]])
})

test('arithmetic of FLOAT64 raises at the step that overflows, and nowhere for infinities that are given', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(
    "CREATE TABLE d.t AS SELECT 1e308 AS big, 2.0 AS two, CAST('inf' AS FLOAT64) AS inf, 1e-300 AS low",
  )
  await expect(warehouse.execute('SELECT (big * two - 1) * low FROM d.t')).rejects.toThrow(
    'double overflow: 1e+308 * 2',
  )
  await expect(warehouse.execute('SELECT 1 / (big * two) FROM d.t')).rejects.toThrow('double overflow')
  await expect(warehouse.execute('SELECT SUM(big * two - big) FROM d.t')).rejects.toThrow('double overflow')
  await expect(warehouse.execute('SELECT SUM(x) FROM (SELECT big * two AS x FROM d.t)')).rejects.toThrow(
    'double overflow',
  )
  await expect(warehouse.execute('SELECT SUM(big * s) FROM d.t, UNNEST([1.0, 1.0]) s')).rejects.toThrow(
    'double overflow',
  )
  expect(
    await rowsOf(
      warehouse,
      `SELECT inf * two - 1, -(inf + big), two * two + low * 0, SUM(inf * two + big), SUM(two * two - 1), SUM(NULLIF(two, 2) * two + 1)
       FROM d.t GROUP BY 1, 2, 3`,
    ),
  ).toEqual([[Infinity, -Infinity, 4, Infinity, 3, null]])
})
