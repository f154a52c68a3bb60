import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function value(expression: string): Promise<unknown> {
  const rows = (await rowsOf(
    await freshWarehouse(),
    `SELECT ${expression}`,
  )) as readonly (readonly unknown[])[]
  return rows[0]?.[0]
}

const square = "ST_GEOGFROMTEXT('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))')"
const inner = "ST_GEOGFROMTEXT('POLYGON((1 1, 2 1, 2 2, 1 2, 1 1))')"

describe('GEOGRAPHY', () => {
  test('is kept in tables and comes back as well-known text', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute(`
      CREATE TABLE d.places (id INT64, g GEOGRAPHY);
      INSERT d.places VALUES (1, ST_GEOGPOINT(1.5, 2)), (2, NULL), (3, ST_GEOGFROMTEXT('LINESTRING(0 0, 1 1)'));
      CREATE TABLE d.copy AS SELECT id, g, [g] AS gs FROM d.places WHERE g IS NOT NULL`)
    expect(await rowsOf(warehouse, 'SELECT id, g, gs FROM d.copy ORDER BY id')).toEqual([
      [1, 'POINT(1.5 2)', ['POINT(1.5 2)']],
      [3, 'LINESTRING(0 0, 1 1)', ['LINESTRING(0 0, 1 1)']],
    ])
    expect(
      await rowsOf(warehouse, 'SELECT ST_X(g), ST_NUMPOINTS(g) FROM d.places WHERE id < 3 ORDER BY id'),
    ).toEqual([
      [1.5, 1],
      [null, null],
    ])
  })

  test.each([
    ["ST_ASTEXT(ST_GEOGFROMTEXT('point empty'))", 'GEOMETRYCOLLECTION EMPTY'],
    [
      "ST_ASTEXT(ST_GEOGFROMTEXT('POLYGON((0 0, 0 4, 4 4, 4 0, 0 0))'))",
      'POLYGON((4 0, 4 4, 0 4, 0 0, 4 0))',
    ],
    ["ST_ASTEXT(ST_GEOGFROMTEXT('MULTIPOINT((1 1), (1 1))'))", 'POINT(1 1)'],
    ['ST_ASTEXT(ST_GEOGPOINT(190, 5))', 'POINT(-170 5)'],
    [
      "ST_ASTEXT(ST_GEOGFROMWKB(ST_ASBINARY(ST_GEOGFROMTEXT('MULTILINESTRING((0 0, 1 1), (2 2, 3 4))'))))",
      'MULTILINESTRING((0 0, 1 1), (2 2, 3 4))',
    ],
    [`ST_CONTAINS(${square}, ${inner})`, true],
    [`ST_WITHIN(${square}, ${inner})`, false],
    [`ST_DISTANCE(${square}, ST_GEOGPOINT(2, 2))`, 0],
    [`ST_TOUCHES(${square}, ST_GEOGPOINT(4, 4))`, true],
    [`ST_COVERS(${square}, ST_GEOGPOINT(4, 4)) AND NOT ST_CONTAINS(${square}, ST_GEOGPOINT(4, 4))`, true],
    [
      `ST_ASTEXT(ST_DIFFERENCE(${square}, ${inner}))`,
      'POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 2, 2 2, 2 1, 1 1, 1 2))',
    ],
    [`ST_AREA(ST_DIFFERENCE(${square}, ${inner})) < ST_AREA(${square})`, true],
    [`ROUND(ST_AZIMUTH(ST_GEOGPOINT(0, 0), ST_GEOGPOINT(1, 0)), 6)`, 1.570796],
    [`ST_ASTEXT(ST_INTERSECTION(${square}, ST_GEOGPOINT(9, 9)))`, 'GEOMETRYCOLLECTION EMPTY'],
    ['ST_DWITHIN(ST_GEOGPOINT(0, 0), ST_GEOGPOINT(0, 1), 111196)', true],
    ['SAFE.ST_GEOGPOINT(0, 91)', null],
  ])('%s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected)
  })

  test.each([
    ['SELECT ST_GEOGPOINT(0, 91)', 'Latitude must be between -90 and 90 degrees'],
    ['SELECT ST_GEOGFROMTEXT("PINT(1 2)")', 'Invalid WKT'],
    [
      'SELECT g FROM UNNEST([ST_GEOGPOINT(0, 1)]) g GROUP BY g',
      'Grouping by expressions of type GEOGRAPHY is not allowed',
    ],
    ['SELECT ST_GEOGPOINT(0, 1) = ST_GEOGPOINT(0, 1)', 'GEOGRAPHY'],
    [
      `SELECT ST_INTERSECTS(ST_GEOGFROMTEXT('LINESTRING(0 0, 2 0)'), ST_GEOGPOINT(1, 0))`,
      'is not supported locally',
    ],
    [`SELECT ST_UNION(${square}, ST_GEOGFROMTEXT('LINESTRING(-1 -1, 2 3)'))`, 'is not supported locally'],
    ['SELECT ST_BUFFER(ST_GEOGPOINT(0, 0), 1)', 'is not supported locally'],
  ])('%s', async (text, message) => {
    expect(await problemOf((await freshWarehouse()).execute(text))).toContain(message)
  })
})
