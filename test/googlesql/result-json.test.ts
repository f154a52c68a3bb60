import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/googlesql/result.ts'
import { jsonRows } from '../../runner/googlesql/result-json.ts'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { csvText } from '../../runner/report/csv.ts'
import { resultTable } from '../../runner/report/table.ts'

const struct: SqlType = {
  kind: 'STRUCT',
  fields: [
    { name: 'a', type: { kind: 'INT64' } },
    { name: undefined, type: { kind: 'STRING' } },
    { name: 'a', type: { kind: 'BYTES' } },
  ],
}

const columns = [
  { name: 'n', type: { kind: 'INT64' } as SqlType },
  { name: 'f', type: { kind: 'FLOAT64' } as SqlType },
  { name: 'text, "quoted"', type: { kind: 'STRING' } as SqlType },
  { name: 'list', type: { kind: 'ARRAY', element: struct } as SqlType },
]

const rows: readonly (readonly Value[])[] = [
  [9007199254740991n, 0.1, 'plain', [[1n, 'x', new Uint8Array([255, 0])]]],
  [-9007199254740993n, Number.POSITIVE_INFINITY, 'a "b",\nc', []],
  [null, Number.NaN, '', [[null, null, null]]],
  [0n, -0, ' padded ', null],
]

describe('values of a result', () => {
  test('are exact in JSON: what a number would round is text', () => {
    expect(jsonRows(columns, rows)).toEqual([
      {
        n: 9007199254740991,
        f: 0.1,
        'text, "quoted"': 'plain',
        list: [{ a: 1, _field_2: 'x', a_1: '/wA=' }],
      },
      { n: '-9007199254740993', f: 'Infinity', 'text, "quoted"': 'a "b",\nc', list: [] },
      { n: null, f: 'NaN', 'text, "quoted"': '', list: [{ a: null, _field_2: null, a_1: null }] },
      { n: 0, f: -0, 'text, "quoted"': ' padded ', list: null },
    ])
  })

  test('are exact in CSV, where NULL and the empty text differ', () => {
    expect(csvText(columns, rows)).toBe(
      [
        'n,f,"text, ""quoted""",list',
        '9007199254740991,0.1,plain,"[{""a"":1,""_field_2"":""x"",""a_1"":""/wA=""}]"',
        '-9007199254740993,Infinity,"a ""b"",\nc",[]',
        ',NaN,"","[{""a"":null,""_field_2"":null,""a_1"":null}]"',
        '0,0," padded ",',
      ].join('\n'),
    )
  })

  test('stand in a table with numbers on the right, NULL as such, no control character, long texts cut', () => {
    const wide = [
      { name: 'n', type: { kind: 'INT64' } as SqlType },
      { name: 'text', type: { kind: 'STRING' } as SqlType },
    ]
    expect(
      resultTable(wide, [
        [1n, 'a\nb\tc\u001b[31m'],
        [1000n, null],
        [null, 'x'.repeat(61)],
      ]),
    ).toBe(
      [
        '┌──────┬──────────────────────────────────────────────────────────────┐',
        '│    n │ text                                                         │',
        '├──────┼──────────────────────────────────────────────────────────────┤',
        '│    1 │ a⏎b c·[31m                                                   │',
        '│ 1000 │ NULL                                                         │',
        `│ NULL │ ${'x'.repeat(59)}… │`,
        '└──────┴──────────────────────────────────────────────────────────────┘',
        '(… is cut: --format csv or --json shows all of it)',
      ].join('\n'),
    )
  })

  test('stand below each other where the table would be wider than the terminal', () => {
    const two = [
      { name: 'n', type: { kind: 'INT64' } as SqlType },
      { name: 'text', type: { kind: 'STRING' } as SqlType },
    ]
    const table = ['┌───┬──────┐', '│ n │ text │', '├───┼──────┤', '│ 1 │ a    │', '└───┴──────┘'].join('\n')
    expect(resultTable(two, [[1n, 'a']], 12)).toBe(table)
    expect(
      resultTable(
        two,
        [
          [1n, 'a'],
          [2n, null],
        ],
        11,
      ),
    ).toBe(['row 1', '  n     1', '  text  a', 'row 2', '  n     2', '  text  NULL'].join('\n'))
  })
})
