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
