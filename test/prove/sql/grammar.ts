import { typeName } from '../../../runner/googlesql/types/print.ts'
import {
  arrayOf,
  BIGNUMERIC,
  BOOL,
  BYTES,
  DATE,
  DATETIME,
  FLOAT64,
  INT64,
  INTERVAL,
  JSON_TYPE,
  NUMERIC,
  rangeOf,
  STRING,
  TIME,
  TIMESTAMP,
} from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import type { Query } from './query.ts'
import type { Random } from './random.ts'
import { type TestTable, source as valueTable } from './table.ts'
import { pair } from './values.ts'

/**
 * What a family of queries is made of: `{name}` stands for one of that rule's texts, picked anew each time; `{T}`, `{U}`
 * and `{V}` are tables `t`, `u` and `v` with the columns that the text names (`t.s`). A query that ends in `in order`, as
 * a comment, fixes the order of its rows.
 */
export type Grammar = Readonly<Record<string, readonly string[]>> & { readonly query: readonly string[] }

interface ColumnValues {
  readonly type: SqlType
  readonly values: readonly string[]
}

/** Columns by name: values that rarely raise, with the edges that a clause meets. */
const columns: Readonly<Record<string, ColumnValues>> = {
  k: { type: INT64, values: ['1', '2', '2', '3', '-1'] },
  n: { type: INT64, values: ['0', '10', '20', '30', '-5', '7'] },
  f: {
    type: FLOAT64,
    values: ['0.0', '-0.0', '1.5', '-2.25', '1e10', "CAST('nan' AS FLOAT64)", "CAST('inf' AS FLOAT64)"],
  },
  g: { type: FLOAT64, values: ['0.5', '1.0', '2.0', '-3.5', '10.25', '2.0'] },
  m: {
    type: NUMERIC,
    values: ['0', '1.5', '-2.25', '100.01', '0.000000001', '1.5'].map((v) => `NUMERIC '${v}'`),
  },
  w: {
    type: BIGNUMERIC,
    values: ['0', '1.5', '-2.25', '12345678901234567890.5'].map((v) => `BIGNUMERIC '${v}'`),
  },
  s: {
    type: STRING,
    values: ["''", "'a'", "'b'", "'abc'", "'Abc'", "'ä'", "'10'", "'a,b,c'", "'a b'", "'😀'"],
  },
  z: { type: STRING, values: ["'x'", "'y'", "'z'", "'X'"] },
  y: { type: BYTES, values: ["b''", "b'a'", "b'abc'", "b'\\xff\\x00'"] },
  b: { type: BOOL, values: ['TRUE', 'FALSE'] },
  d: {
    type: DATE,
    values: ['2024-01-31', '2024-02-29', '2023-12-31', '2024-01-01', '1969-07-20', '2024-01-31'].map(
      (v) => `DATE '${v}'`,
    ),
  },
  q: {
    type: DATETIME,
    values: ['2024-01-31 10:20:30', '2024-02-29 00:00:00', '2023-12-31 23:59:59.999999'].map(
      (v) => `DATETIME '${v}'`,
    ),
  },
  x: {
    type: TIMESTAMP,
    values: [
      '2024-01-31 10:20:30+00',
      '2024-03-31 01:30:00+00',
      '2023-12-31 23:59:59.999999+00',
      '1969-12-31 12:00:00+00',
    ].map((v) => `TIMESTAMP '${v}'`),
  },
  c: { type: TIME, values: ['00:00:00', '23:59:59.999999', '12:34:56.7'].map((v) => `TIME '${v}'`) },
  i: {
    type: INTERVAL,
    values: [
      'INTERVAL 1 DAY',
      'INTERVAL -2 MONTH',
      'INTERVAL 90 MINUTE',
      "INTERVAL '1-2 3 4:5:6.7' YEAR TO SECOND",
    ],
  },
  j: {
    type: JSON_TYPE,
    values: [
      ...[
        '{"a":1,"b":[1,2,{"c":"x"}],"s":"text"}',
        '{"a":null,"b":[],"s":"7","t":true}',
        '[1,"a",null,2.5]',
        '"x"',
        '12',
        'null',
      ],
      ...['{"a":{"b":{"c":1.5}},"s":"2024-01-01"}', '{"b":"no array","a":false}'],
    ].map((v) => `JSON '${v}'`),
  },
  l: { type: arrayOf(INT64), values: ['[1, 2, 3]', '[]', '[2]', '[3, 1, 2, 1]'] },
  e: { type: arrayOf(STRING), values: ["['a', 'b']", 'ARRAY<STRING>[]', "['b', 'a', 'c', 'a']"] },
  o: { type: pair, values: ["(1, 'a')", '(2, NULL)', "(NULL, 'b')", "(2, 'b')"] },
  p: {
    type: arrayOf(pair),
    values: ["[(1, 'a'), (2, 'b')]", '[]', '[(3, NULL)]', "[(NULL, 'c'), (1, 'a'), (1, 'd')]"].map(
      (v) => `${typeName(arrayOf(pair))}${v}`,
    ),
  },
  r: {
    type: rangeOf(DATE),
    values: [
      '[2024-01-01, 2024-02-01)',
      '[UNBOUNDED, 2024-01-15)',
      '[2024-01-10, UNBOUNDED)',
      '[2023-01-01, 2023-06-01)',
    ].map((v) => `RANGE<DATE> '${v}'`),
  },
}

const ends = /\/\* in order \*\/$/

/** A query by a grammar. `fewest`: rows that each table has at least. `bend`: what becomes of its text. */
export function grammarQuery(
  random: Random,
  grammar: Grammar,
  fewest = 0,
  bend: (random: Random, text: string) => string = (_, text) => text,
): Query {
  const whole = expand(random, grammar, 'query')
  const text = bend(random, whole)
  const tables = ['t', 'u', 'v']
    .filter((alias) => text.includes(`{${alias.toUpperCase()}}`))
    .map((alias) => ({ alias, table: tableOf(random, alias, text, fewest) }))
  return {
    trees: [],
    rows: tables.map(({ table }) => table.rows),
    ordered: ends.test(text),
    write: (_, rows) =>
      tables.reduce(
        (sql, { alias, table }, index) =>
          sql.replaceAll(
            `{${alias.toUpperCase()}}`,
            () => `(SELECT * FROM ${valueTable(table, alias, rows[index] ?? [])}) AS ${alias}`,
          ),
        text.replace(ends, ''),
      ),
  }
}

function expand(random: Random, grammar: Grammar, rule: string): string {
  return random
    .pick(grammar[rule] ?? [])
    .replace(/\{([a-z]\w*)\}/g, (whole, name: string) =>
      Object.hasOwn(grammar, name) ? expand(random, grammar, name) : whole,
    )
}

/** Rows with a unique `id`, and the columns of one letter that the text names. */
function tableOf(random: Random, alias: string, text: string, fewest: number): TestTable {
  const named = new Set(
    [...text.matchAll(new RegExp(`\\b${alias}\\.([a-z])\\b`, 'g'))].map((match) => match[1]),
  )
  const used = Object.entries(columns).filter(([name]) => named.has(name))
  const rows = Array.from({ length: random.between(fewest, 6) }, (_, index) => {
    const values = used.map(([, { type, values }]) =>
      random.chance(0.12) ? `CAST(NULL AS ${typeName(type)})` : random.pick(values),
    )
    return `(${[String(index + 1), ...values].join(', ')})`
  })
  // A struct of one field has no literal in parentheses.
  const all = [
    { name: `${alias}.id`, type: INT64 },
    ...used.map(([name, { type }]) => ({ name: `${alias}.${name}`, type })),
  ]
  return all.length > 1
    ? { columns: all, rows }
    : {
        columns: [...all, { name: `${alias}.k`, type: INT64 }],
        rows: rows.map((row) => `${row.slice(0, -1)}, 1)`),
      }
}
