import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { numericText } from '../../../runner/googlesql/functions/casts/cast-text.ts'
import { findFunction } from '../../../runner/googlesql/functions/index.ts'
import { nativeFormat } from '../../../runner/googlesql/functions/texts/native-format.ts'
import { FLOAT64, INT64, NUMERIC, STRING } from '../../../runner/googlesql/types/scalars.ts'
import { differing, openLibrary } from './native-library.ts'

/** What FORMAT prints by DuckDB's functions, against the registered one. */
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await openLibrary()
  await connection.run(`
    create table floats as
      select (case i % 5 when 0 then random() when 1 then round(random() * 1000, 3) when 2 then i / 8 when 3 then random() * 1e15
          else random() * pow(10, i % 40 - 20) end)::double * (case when i % 3 = 0 then -1 else 1 end) as x
      from range(300) as r(i)
      union all select unnest([0.0, -0.0, 'nan', 'inf', '-inf', 0.5, 1.5, 2.5, -0.5, 0.125, 0.375, 999.5, 999999.5, 0.0001, 0.00001, -0.004, 1e15, 1e22, null]::double[]);
    create table numerics as
      select ((hash(i) % 100000000000)::decimal(38,0) * 0.000000001::decimal(10,9) * (case when i % 2 = 0 then -1 else 1 end)
          * pow(10, i % 9)::int)::decimal(38,9) as x from range(300) as r(i)
      union all select unnest([0, 0.5, -0.5, 1.5, -1.5, 0.005, -0.005, 0.995, -0.001, -0.995, 999.995, 999999.9999, 99999998.999999999, -99999998.5, 99999999, 123456789.5, null]::decimal(38,9)[]);
    create table integers as
      select unnest([0, 1, -1, 42, 999, 1000, -1000, -12345, 1234567, 9223372036854775807, -9223372036854775808, null]) as x;
    create table texts as
      select unnest(['', 'a', 'äöü', 'é東京x', 'a longer text', '😀b', 'it''s', 'say "x"', 'both '' and "', 'tab' || chr(9), chr(0), chr(127), 'back\\slash', chr(10), chr(133), null]) as x`)
})

/** Every choice of some of the signs. */
const flagsOf = (signs: string): readonly string[] =>
  Array.from({ length: 2 ** signs.length }, (_, choice) =>
    [...signs].filter((_sign, index) => (choice >> index) % 2 === 1).join(''),
  )

const cases = [
  {
    type: INT64,
    table: 'integers',
    kinds: 'dixXo',
    flags: "-+ 0'",
    sizes: ['', '3', '12', '24', '.3'],
    text: 'CAST(x AS VARCHAR)',
  },
  {
    type: FLOAT64,
    table: 'floats',
    kinds: 'fFeEgG',
    flags: "-+ 0'",
    sizes: ['', '12', '.0', '24.2', '.12'],
    text: `CASE WHEN regexp_full_match(googlesql_float64_text(x), '-?[0-9]+') THEN googlesql_float64_text(x) || '.0' ELSE googlesql_float64_text(x) END`,
  },
  {
    type: NUMERIC,
    table: 'numerics',
    kinds: 'f',
    flags: "-+0'",
    sizes: ['', '.0', '.2', '16.3', '.9'],
    text: numericText('x'),
  },
  {
    type: STRING,
    table: 'texts',
    kinds: 's',
    flags: '-0',
    sizes: ['', '1', '8', '.2', '8.3', '.0'],
    text: 'x',
  },
] as const

test.for(cases)(
  'FORMAT of $type.kind prints what its registered function prints',
  async ({ type, table, kinds, flags, sizes, text }) => {
    const slow = (pattern: string, value: string) =>
      `googlesql_format('${pattern.replaceAll("'", "''")}', CAST([${value}, NULL] AS VARCHAR[]), '${type.kind}')`
    const printing = { plain: () => '', literal: () => '', slowly: (pattern: string) => slow(pattern, text) }
    const checks: [pattern: string, native: string][] = []
    for (const kind of kinds) {
      for (const flag of flagsOf(flags)) {
        for (const size of sizes) {
          const native = nativeFormat(`a%${flag}${size}${kind}%%`, ['x'], [type], printing)
          if (native !== undefined) checks.push([`a%${flag}${size}${kind}%%`, native])
        }
      }
    }
    expect(checks.length).toBeGreaterThan(10)
    // All to a statement: each of them takes as long to plan as to run.
    const prints = checks.map(
      ([pattern, native]) =>
        `{'pattern': '${pattern.replaceAll("'", "''")}', 'native': ${native}, 'exact': ${slow(pattern, text)}}`,
    )
    const differ = `(select x, unnest([${prints.join(', ')}], recursive := true) from ${table})`
    const reader = await connection.runAndReadAll(
      `select * from ${differ} where native is distinct from exact order by pattern limit 8`,
    )
    expect(reader.getRowsJson()).toEqual([])
  },
)

function formatted(pattern: string, values: readonly string[]): string {
  const types = [STRING, ...values.map(() => STRING)]
  const call = { argumentTypes: types, resultType: STRING, literals: [pattern], safe: false }
  return findFunction('FORMAT')?.signatures[0]?.lower([`'${pattern}'`, ...values], call) ?? ''
}

test('%t and %T print NULL, are cut and filled up', async () => {
  const table = 'texts'
  for (const pattern of ['%t', '%T', '%8t|', '%-8T|', '%.2t', '%t and %t']) {
    const values = pattern
      .split('%')
      .slice(1)
      .map(() => 'x')
    const types = values.map(() => STRING)
    const native = formatted(pattern, values)
    expect(native).not.toContain('googlesql_format')
    const literal = `googlesql_string_literal(x, '')`
    const items = values.map(() => `x, ${literal}`).join(', ')
    const exact = `googlesql_format('${pattern}', CAST([${items}] AS VARCHAR[]), '${types.map(() => 'STRING').join('\n')}')`
    expect([pattern, await differing(connection, table, native, exact)]).toEqual([pattern, []])
  }
})

test('patterns with arguments for widths, or of another number of arguments, are the registered function’s', () => {
  const printing = { plain: () => '', literal: () => '', slowly: () => '' }
  expect(nativeFormat('%*d', ['x', 'x'], [INT64, INT64], printing)).toBeUndefined()
  expect(nativeFormat('%d %d', ['x'], [INT64], printing)).toBeUndefined()
  expect(nativeFormat('%#x', ['x'], [INT64], printing)).toBeUndefined()
})
