import { expect, test } from 'vitest'
import type { ResultColumn, Value } from '../../runner/googlesql/result.ts'
import { Problem } from '../../runner/problem.ts'
import { compareResults } from '../../runner/unit-test/compare.ts'
import type { UnitTestResult } from '../../runner/unit-test/run.ts'
import { showUnitTest } from '../../runner/unit-test/show.ts'

const columns: readonly ResultColumn[] = [
  { name: 'code', type: { kind: 'STRING' } },
  { name: 'cities', type: { kind: 'INT64' } },
]
type Rows = readonly (readonly Value[])[]

function failed(expected: Rows, actual: Rows): UnitTestResult {
  return {
    name: 'cities by country',
    model: 'p.d.cities',
    file: 'definitions/cities_test.sqlx',
    incremental: false,
    status: 'failed',
    comparison: compareResults({ columns, rows: expected }, { columns, rows: actual }),
    problem: undefined,
  }
}

const expected: Rows = [
  ['DE', 3n],
  ['FR', 1n],
  ['IT', 2n],
]
const actual: Rows = [
  ['IT', 2n],
  ['DE', 4n],
  ['', null],
]
const plain = { coloured: false, width: 120 }

test('rows that differ stand side by side, with what differs marked', () => {
  expect(showUnitTest(failed(expected, actual), plain)).toBe(
    `failed  cities by country (definitions/cities_test.sqlx)
  expected     | actual
  code  cities | code  cities
  DE    3      | DE    4 *
  FR    1      | (missing)
  (unexpected) | ''    NULL
  1 row is as expected`,
  )
})

test('rows too wide for the terminal stand below each other', () => {
  expect(showUnitTest(failed(expected, actual), { coloured: false, width: 20 })).toBe(
    `failed  cities by country (definitions/cities_test.sqlx)
  different:
    code: DE
    cities: expected 3
            actual   4 *
  missing:
    code: FR
    cities: 1
  unexpected:
    code: ''
    cities: NULL
  1 row is as expected`,
  )
})

test('only so many rows are shown as one reads', () => {
  const many = Array.from({ length: 25 }, (_, index) => ['X', BigInt(index)] as const)
  const lines = showUnitTest(failed(many, []), plain).split('\n')
  expect(lines).toHaveLength(1 + 2 + 20 + 2)
  expect(lines.slice(-2)).toEqual(['  … and 5 more rows that differ', '  0 rows are as expected'])
})

test('a test that passed is one line, one that could not run says why and where', () => {
  const result = failed([], [])
  expect(showUnitTest({ ...result, status: 'passed' }, plain)).toBe(
    'passed  cities by country (definitions/cities_test.sqlx)',
  )
  const problem = new Problem('unknown column `c`', { file: 'definitions/cities.sqlx', line: 3, column: 8 })
  expect(showUnitTest({ ...result, status: 'error', comparison: undefined, problem }, plain)).toBe(
    'error   cities by country (definitions/cities_test.sqlx)\n  definitions/cities.sqlx:3:8: unknown column `c`',
  )
})
