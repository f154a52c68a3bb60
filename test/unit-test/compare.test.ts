import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/googlesql/result.ts'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { columnDifferences, compareResults, type Result } from '../../runner/unit-test/compare.ts'

const result = (
  columns: Readonly<Record<string, SqlType>>,
  ...rows: readonly (readonly Value[])[]
): Result => ({
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  rows,
})

const of = (
  kind: 'INT64' | 'FLOAT64' | 'NUMERIC' | 'STRING' | 'DATE' | 'BYTES' | 'JSON' | 'BOOL',
): SqlType => ({ kind })
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element })
const struct = (fields: Readonly<Record<string, SqlType>>): SqlType => ({
  kind: 'STRUCT',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
})

/** Whether one value of a type equals one of another. */
const equal = (left: SqlType, a: Value, right: SqlType, b: Value): boolean =>
  compareResults(result({ x: left }, [a]), result({ x: right }, [b])).equal

describe('two values', () => {
  test.for<[string, SqlType, Value, SqlType, Value, boolean]>([
    ['NULL and NULL', of('STRING'), null, of('STRING'), null, true],
    ['NULL and an empty text', of('STRING'), null, of('STRING'), '', false],
    ['NULL and the text NULL', of('STRING'), null, of('STRING'), 'NULL', false],
    ['a bare NULL and a DATE that is NULL', of('INT64'), null, of('DATE'), null, true],
    ['a bare NULL and a DATE', of('INT64'), null, of('DATE'), '2024-01-01', false],
    ['NaN and NaN', of('FLOAT64'), Number.NaN, of('FLOAT64'), Number.NaN, true],
    ['NaN and NULL', of('FLOAT64'), Number.NaN, of('FLOAT64'), null, false],
    ['0 and -0', of('FLOAT64'), 0, of('FLOAT64'), -0, true],
    ['floats that differ in the last bit', of('FLOAT64'), 0.3, of('FLOAT64'), 0.1 + 0.2, false],
    ['1 and 1.0', of('INT64'), 1n, of('FLOAT64'), 1, true],
    ['1 and NUMERIC 1', of('INT64'), 1n, of('NUMERIC'), '1', true],
    ['NUMERIC 1.50 and 1.5', of('NUMERIC'), '1.50', of('NUMERIC'), '1.5', true],
    ['NUMERIC 10 and 1', of('NUMERIC'), '10', of('NUMERIC'), '1', false],
    ['NUMERIC -0.0 and 0', of('NUMERIC'), '-0.0', of('NUMERIC'), '0', true],
    ['NUMERIC 0.1 and FLOAT64 0.1', of('NUMERIC'), '0.1', of('FLOAT64'), 0.1, true],
    ['integers beyond 2^53', of('INT64'), 9007199254740993n, of('INT64'), 9007199254740992n, false],
    ['an integer and its text', of('INT64'), 1n, of('STRING'), '1', false],
    ['a DATE and its text', of('DATE'), '2024-01-01', of('STRING'), '2024-01-01', false],
    ['true and 1', of('BOOL'), true, of('INT64'), 1n, false],
    [
      'BYTES that are the same',
      of('BYTES'),
      new Uint8Array([1, 2]),
      of('BYTES'),
      new Uint8Array([1, 2]),
      true,
    ],
    ['BYTES that are not', of('BYTES'), new Uint8Array([1, 2]), of('BYTES'), new Uint8Array([1, 3]), false],
    [
      'JSON with other spaces and order',
      of('JSON'),
      '{"a": 1, "b": [1.0]}',
      of('JSON'),
      '{"b":[1],"a":1}',
      true,
    ],
    ['JSON arrays in another order', of('JSON'), '[1,2]', of('JSON'), '[2,1]', false],
    ['JSON with long numbers', of('JSON'), '[9007199254740993]', of('JSON'), '[9007199254740992]', false],
    ['JSON null and NULL', of('JSON'), 'null', of('JSON'), null, false],
    ['JSON text 1 and number 1', of('JSON'), '"1"', of('JSON'), '1', false],
    ['arrays of the same', array(of('INT64')), [1n, null], array(of('FLOAT64')), [1, null], true],
    ['arrays in another order', array(of('INT64')), [1n, 2n], array(of('INT64')), [2n, 1n], false],
    ['an empty array of another type', array(of('INT64')), [], array(of('DATE')), [], true],
    ['an empty array and NULL', array(of('INT64')), [], array(of('INT64')), null, false],
    ['texts with commas in arrays', array(of('STRING')), ['a,b'], array(of('STRING')), ['a', 'b'], false],
    [
      'structs of the same',
      struct({ a: of('INT64'), b: of('STRING') }),
      [1n, null],
      struct({ A: of('NUMERIC'), b: of('STRING') }),
      ['1.0', null],
      true,
    ],
    ['structs with other names', struct({ a: of('INT64') }), [1n], struct({ b: of('INT64') }), [1n], false],
    [
      'a struct of NULL and a struct of a DATE that is NULL',
      struct({ a: of('INT64') }),
      [null],
      struct({ a: of('DATE') }),
      [null],
      true,
    ],
  ])('%s: %#', ([, left, a, right, b, expected]) => {
    expect(equal(left, a, right, b)).toBe(expected)
    expect(equal(right, b, left, a)).toBe(expected)
  })
})

describe('two results', () => {
  const columns = { id: of('INT64'), name: of('STRING') }

  test('are compared row by row as often as a row occurs, each missing row beside the one most like it', () => {
    const expected = result(columns, [1n, 'a'], [1n, 'a'], [2n, 'b'], [3n, 'c'], [4n, 'd'])
    const actual = result(columns, [4n, 'd'], [3n, 'x'], [1n, 'a'], [9n, 'y'])
    const { equal: isEqual, matching, differences } = compareResults(expected, actual)
    expect({ isEqual, matching, differences }).toEqual({
      isEqual: false,
      matching: 2,
      differences: [
        { expected: [1n, 'a'], actual: undefined },
        { expected: [2n, 'b'], actual: undefined },
        { expected: [3n, 'c'], actual: [3n, 'x'] },
        { expected: undefined, actual: [9n, 'y'] },
      ],
    })
  })

  test('are equal in any order of rows and columns, and with names in other case', () => {
    const value = fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 2n }))
    const rows = fc.array(fc.tuple(value, value, value), { maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (given, places) => {
        const shuffled = given
          .map((row, index) => ({ row, place: places[index] ?? 0 }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ row: [a, b, c] }) => [c, a, b])
        const three = { a: of('INT64'), b: of('INT64'), c: of('INT64') }
        const moved = { C: of('INT64'), A: of('INT64'), B: of('INT64') }
        const same = compareResults(result(three, ...given), result(moved, ...shuffled))
        expect(same).toMatchObject({ equal: true, matching: given.length, differences: [] })
      }),
    )
  })

  test('with other columns differ, and say in which', () => {
    const comparison = compareResults(
      result({ id: of('INT64'), day: of('STRING'), gone: of('BOOL') }, [1n, '2024-01-01', true]),
      result({ day: of('DATE'), id: of('INT64'), extra: of('JSON') }, ['2024-01-01', 1n, '{}']),
    )
    expect(comparison.equal).toBe(false)
    expect(columnDifferences(comparison)).toEqual([
      'column `day` is DATE; expected is STRING',
      'column `gone` is missing',
      'column `extra` is not expected',
    ])
    // By the columns that can be compared, the row is as expected.
    expect(comparison).toMatchObject({ matching: 1, differences: [] })
  })

  test('without any row have the same columns or differ', () => {
    expect(compareResults(result(columns), result(columns)).equal).toBe(true)
    expect(compareResults(result(columns), result({ id: of('INT64') })).equal).toBe(false)
  })
})
