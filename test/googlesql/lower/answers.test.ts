import { describe, expect, test } from 'vitest'
import { freshWarehouse } from '../../warehouse/fresh-warehouse.ts'
import { comparable } from '../functions/outcome.ts'

const t = (fields: string) => `UNNEST([STRUCT(${fields})]) AS t`
const pairs = t('1 AS id, 2 AS k, 2 AS n), (2, 3, 3), (3, NULL, 2), (4, 4, NULL), (5, NULL, NULL')
const keys = 'UNNEST([STRUCT(2 AS k, 2 AS n), (NULL, 3), (4, 5)])'

type Rows = readonly (readonly unknown[])[]

/** Queries over more rows than one, with their rows in order. */
const answers: Readonly<Record<string, readonly (readonly [query: string, rows: Rows])[]>> = {
  'structs with NULLs in them are neither in nor out of a subquery’s structs': [
    [
      `SELECT t.id, (t.k, t.n) IN (SELECT (k, n) FROM ${keys}) FROM ${pairs} ORDER BY t.id`,
      [
        ['1', true],
        ['2', null],
        ['3', null],
        ['4', null],
        ['5', null],
      ],
    ],
    [
      `SELECT t.id, (t.k, t.n) NOT IN (SELECT AS STRUCT k, n FROM ${keys} WHERE k = t.k) FROM ${pairs} ORDER BY t.id`,
      [
        ['1', false],
        ['2', true],
        ['3', true],
        ['4', null],
        ['5', true],
      ],
    ],
    [`SELECT t.id FROM ${pairs} WHERE (t.k, t.n) IN (SELECT (k, n) FROM ${keys}) ORDER BY t.id`, [['1']]],
    [
      `SELECT t.id FROM ${pairs} WHERE (t.k, t.n) NOT IN (SELECT (k, n) FROM ${keys} WHERE k > 2) ORDER BY t.id`,
      [['1'], ['2'], ['3']],
    ],
    [
      `SELECT t.id FROM ${pairs} WHERE (t.k, (t.n, CAST('nan' AS FLOAT64))) IN (SELECT (k, (n, CAST('nan' AS FLOAT64))) FROM ${keys})`,
      [],
    ],
  ],
  'two arrays of a row outside are joined whatever NULLs they hold': [
    [
      `SELECT (SELECT COUNT(*) FROM UNNEST(t.p) AS p, UNNEST(t.l) AS e WHERE p = e) FROM ${t('[1, 2, 3] AS l, [NULL, 1, 1, 1] AS p')}`,
      [['3']],
    ],
    [
      `SELECT (SELECT COUNT(*) FROM UNNEST(t.p) AS p, UNNEST(t.l) AS e, UNNEST(t.m) AS f WHERE e = f AND p = f) FROM ${t('[1, 2, NULL] AS l, [NULL, 1, 1] AS p, [NULL, 1, 1] AS m')}`,
      [['4']],
    ],
  ],
  'an outer join may look for its rows with a subquery': [
    [
      `SELECT t.id, u FROM ${t('1 AS id, [1, 2] AS l), (2, []), (3, [5]')} LEFT JOIN (SELECT * FROM UNNEST([1, 2, 3]) AS u) ON EXISTS (SELECT 1 FROM UNNEST(t.l) AS e WHERE e = u) ORDER BY 1, 2`,
      [
        ['1', '1'],
        ['1', '2'],
        ['2', null],
        ['3', null],
      ],
    ],
    [
      `SELECT t.id, u FROM ${t('1 AS id, 2 AS k), (2, 5')} RIGHT JOIN (SELECT * FROM UNNEST([1, 2]) AS u) ON t.k IN (SELECT IF(e = 1, u, e) FROM UNNEST([1, 7]) AS e) ORDER BY 2`,
      [
        [null, '1'],
        ['1', '2'],
      ],
    ],
  ],
  'PIVOT keeps ORDER BY within each value’s rows, and groups by none of its columns': [
    [
      `SELECT * FROM (SELECT * FROM ${t('1 AS k, 4 AS n, 1 AS o), (1, 3, 0), (2, NULL, 0), (2, 7, 1')}) PIVOT(MAX(n) AS m, STRING_AGG(CAST(n AS STRING) ORDER BY o) AS s FOR k IN (1, 2, 3))`,
      [['4', '3,4', '7', '7', null, null]],
    ],
  ],
}

describe('queries give the rows that GoogleSQL gives', () => {
  test.each(Object.entries(answers))('%s', async (_rule, cases) => {
    const warehouse = await freshWarehouse()
    const given: (readonly [string, Rows])[] = []
    for (const [query] of cases) {
      const { rows } = await warehouse.execute(query)
      given.push([query, rows.map((row) => row.map(comparable))])
    }
    expect(given).toEqual(cases)
  })
})

const names: readonly (readonly [query: string, names: readonly string[]])[] = [
  ...(
    [
      ['INT64', '1, -1, NULL', ['_1', 'minus_1', 'NULL']],
      ['NUMERIC', "NUMERIC '1.5', NUMERIC '-0.25'", ['_1_point_5', 'minus_0_point_25']],
      ['BOOL', 'TRUE, FALSE', ['true', 'false']],
      ['STRING', "'a', '1x', ''", ['a', '1x', 'empty_string_value']],
      ['DATE', "DATE '2024-01-02'", ['_2024_01_02']],
      ['STRUCT<a INT64, b STRING>', "(1, 'x'), (-1, NULL)", ['a_1_b_x', 'a_minus_1_b_NULL']],
      ['STRUCT<INT64, BOOL>', '(1, TRUE)', ['_1_true']],
    ] as const
  ).flatMap(([type, values, plain]) => {
    const pivot = (call: string) =>
      `SELECT * FROM (SELECT CAST(NULL AS ${type}) AS k, 1 AS n) PIVOT(${call} FOR k IN (${values}))`
    const behind = plain.map((name) =>
      name.startsWith('empty') ? `s__${name}` : `s_${name.replace(/^_/, '')}`,
    )
    return [
      [pivot('SUM(n)'), plain],
      [pivot('SUM(n) AS s'), behind],
    ] as const
  }),
  ['SELECT 1 AS id, 2 AS k UNION ALL CORRESPONDING BY (ID) SELECT 3 AS id, 4 AS z', ['ID']],
  ['SELECT 1 AS a, 2 AS b FULL UNION ALL BY NAME SELECT 3 AS c, 4 AS B', ['a', 'b', 'c']],
]

test.each(names)('%s', async (query, expected) => {
  const warehouse = await freshWarehouse()
  const { columns } = await warehouse.execute(query)
  expect(columns.map(({ name }) => name)).toEqual(expected)
})
