import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { nativeExtraction, type Reading } from '../../../runner/googlesql/functions/json/extraction.ts'
import {
  jsonArrayOf,
  jsonObjectOf,
  jsonText,
  toJson,
} from '../../../runner/googlesql/functions/json/json-sql.ts'
import { nativeMember } from '../../../runner/googlesql/functions/json/member.ts'
import { pathOf, plainPath } from '../../../runner/googlesql/functions/json/plain-path.ts'
import { jsonScalar, type ScalarKind } from '../../../runner/googlesql/functions/json/scalar.ts'
import { installLibrary } from '../../../runner/googlesql/lower/library/install.ts'
import { arrayOf, BOOL, FLOAT64, INT64, STRING } from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { openDatabase } from '../../../runner/warehouse/duckdb/database.ts'

/** What DuckDB's own functions find in JSON, where it is certain that they agree, against the registered ones. */
let connection: DuckDBConnection

let seed = 11
const below = (limit: number) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 8) % limit
}
const one = (of: readonly string[]) => of[below(of.length)] ?? ''

const scalars =
  `null true false NaN -Infinity nan inf 0 -0 -0.0 1.0 1.50 12.5 0.00001 1e5 1E+30 1.5e-7 1e23 123456789012345678 -12 18446744073709551616 ` +
  `1234567890.12345678 01 "a" "b" "" "1.50" "12" "-0" "0" "true" "nancy" "No" "3e5" "é" "\\n" "\\u00e9" "\\u001F" "\\u0000" "\\ud83d\\ude00" "\\/" "\\"x" "a.b" "\u2028"`
const signs = `{ } [ ] , : " ' \\ x [1,"x",null] ["x","y"] [1,[2]] [ -1.5 ,2] [] {} {"b":7} {"b":[0]} {"b":0,"b":"2"} {"0":1} {"a":{"b":1.50}}`
const pieces = [...scalars.split(' '), ...signs.split(' ')]
const any = () => one(pieces)
const space = () => one(['', '', '', ' ', '\n\t'])

/** JSON, mostly: objects, arrays, keys twice, white space; now and then a piece too many or too few. */
function document(index: number): string {
  const shapes = [
    ['{"a":', any(), '}'],
    ['{"c":', any(), ',"a":', any(), '}'],
    ['{"a": {"c":', any(), ', "b":', any(), '} , "a":', any(), '}'],
    ['{"a":[', any(), ',', any(), ' ],"b":', any(), '}', any()],
    ['{', space(), '"a"', space(), ':', space(), '{"b"', space(), ':', any(), space(), '}', space(), '}'],
    ['[', any(), ',', space(), any(), space(), ']'],
    ['{"a":', `[${any()},{"b":${any()}}]`, ', "0":', any(), '}'],
    [space(), any(), space()],
  ]
  const shape = [...(shapes[index % shapes.length] ?? [])]
  if (below(5) === 0) shape[below(shape.length)] = any()
  return shape.join('')
}

beforeAll(async () => {
  const database = await openDatabase(':memory:')
  connection = await database.connect()
  installLibrary(connection)
  const texts = Array.from({ length: 2500 }, (_, index) => document(index))
  const quoted = texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')
  await connection.run(`create table documents as select unnest([${quoted}, null, '']) as x`)
  await connection.run(
    `create table values as select CAST(y AS JSON) as x from (select TRY(googlesql_parse_json(x, 'round', 'f')) as y from documents) where y is not null`,
  )
})

/** The rows in which two expressions differ, in value or in how it prints. */
async function differing(table: string, one: string, other: string): Promise<readonly unknown[]> {
  const reader = await connection.runAndReadAll(
    `select * from (select *, (${one}) as one, (${other}) as other from ${table})
     where one is distinct from other or one::varchar is distinct from other::varchar limit 5`,
  )
  return reader.getRowsJson()
}

const readings: readonly Reading[] = ['value', 'query', 'value_array', 'query_array']

const standard = ['$', '$.a', '$.a.b', '$[0]', '$[1]', '$.a[0]', '$.a[1].b', '$.a.b[0]', '$."a"']

test.for(readings)('%s of JSON in a STRING is what is found by reading it', async (reading) => {
  for (const [mode, paths] of [
    ['STANDARD', standard],
    ['LEGACY', ['$.a', `$['a']['b']`, '$.a[0]']],
  ] as const) {
    for (const steps of paths) {
      const literal = `'${steps.replaceAll("'", "''")}'`
      const exact = `googlesql_json_${reading}(x, ${literal}, '${mode}', false)`
      const path = plainPath(literal, mode)
      const native = path && nativeExtraction(reading, 'x', path, () => exact)
      expect([steps, await differing('documents', native ?? '', exact)]).toEqual([steps, []])
    }
  }
})

test.for(readings)('%s of a JSON is what is found by reading it', async (reading) => {
  for (const steps of standard) {
    const path = plainPath(`'${steps}'`, 'STANDARD')
    const exact = `googlesql_json_${reading}(CAST(x AS VARCHAR), '${steps}', 'STANDARD', true)`
    const typed = reading.startsWith('query')
      ? `CAST(${exact} AS JSON${reading === 'query' ? '' : '[]'})`
      : exact
    const native = path && nativeMember(reading, 'x', path, false, () => typed)
    expect([steps, await differing('values', native ?? '', typed)]).toEqual([steps, []])
  }
})

test('a subscript of a JSON is a key of an object alone, or an index of an array alone', async () => {
  for (const steps of [['a'], [0], ['a', 'b'], ['a', 0], ['a', 1, 'b']]) {
    const path = pathOf(steps)
    const exact = steps.reduce<string>(
      (value, step) =>
        typeof step === 'string'
          ? `googlesql_json_member(${value}, '${step}')`
          : `googlesql_json_element(${value}, ${step})`,
      'CAST(x AS VARCHAR)',
    )
    const native = path && nativeMember('query', 'x', path, true, () => `CAST(${exact} AS JSON)`)
    expect([steps, await differing('values', native ?? '', `CAST(${exact} AS JSON)`)]).toEqual([steps, []])
  }
})

test('paths that DuckDB reads in another way are not given to it', () => {
  const others = [
    `'$.0'`,
    `'$."a.b"'`,
    `'$.a[-1]'`,
    `'$."a*"'`,
    `'$.a[00]'`,
    `'$."x"y'`,
    `'a'`,
    `x`,
    `'$."#"'`,
  ]
  expect(others.map((path) => [path, plainPath(path, 'STANDARD')])).toEqual(
    others.map((path) => [path, undefined]),
  )
  expect(plainPath(`'$.größe."two words"[12]'`, 'STANDARD')?.whole).toBe(`'$."größe"."two words"[12]'`)
})

test('scalars of JSON are those that reading them gives', async () => {
  await connection.run(`create table scalars as
    select CAST(x as JSON) as x from values where json_type(x) not in ('OBJECT', 'ARRAY')
    union all select json_extract(x, '$.a') from values
    union all select unnest(['-0.0', '1e+20', '9223372036854775807', '9223372036854775808', '"7"', '"tr\\"ue"', '"é"', '""',
      'true', 'null', '"9223372036854775807"', '"1e3"', '"-5"', '"05"', '" 5"', '"5.5"', '"TRUE"', '"false"', '"0x1A"', '"inf"', null])::JSON`)
  await connection.run(
    `create table members as select CAST('{"m":[' || CAST(x AS VARCHAR) || ']}' AS JSON) as x from scalars`,
  )
  const kinds: readonly ScalarKind[] = ['BOOL', 'INT64', 'FLOAT64', 'STRING']
  for (const kind of kinds) {
    for (const lax of [false, true]) {
      const name = `googlesql_json_${lax ? 'lax_' : ''}${kind.toLowerCase()}`
      const native = `TRY(${jsonScalar(kind, 'x', lax)})`
      expect([kind, lax, await differing('scalars', native, `TRY(${name}(CAST(x AS VARCHAR)))`)]).toEqual([
        kind,
        lax,
        [],
      ])
      const path = pathOf(['m', 0])
      const within =
        path && `TRY(${jsonScalar(kind, `json_extract(x, '$.m[0]')`, lax, { value: 'x', path })})`
      const exact = `TRY(${name}(CAST(json_extract(x, '$.m[0]') AS VARCHAR)))`
      expect([kind, lax, await differing('members', within ?? '', exact)]).toEqual([kind, lax, []])
    }
  }
})

test('values are the JSON that their text is, with its keys in order', async () => {
  const inner: SqlType = {
    kind: 'STRUCT',
    fields: [
      { name: 'x', type: STRING },
      { name: 'y', type: arrayOf(INT64) },
    ],
  }
  const type: SqlType = {
    kind: 'STRUCT',
    fields: [
      { name: 'b', type: INT64 },
      { name: 'é', type: STRING },
      { name: 'B', type: BOOL },
      { name: 'a', type: inner },
    ],
  }
  const texts = `['', 'a', 'é"\\', chr(1), chr(31) || '/', chr(8232), null]`
  await connection.run(`create table structs as
    select {'b': i, 'é': s, '_field_3': i > 1, 'a': case when i <> 2 then {'x': s, 'y': [i, null, -i]} end} as x
      from (select unnest(${texts}) as s), range(4) as r(i) union all select null`)
  const withOwnNames: SqlType = { ...type, fields: type.fields.filter(({ name }) => name !== 'B') }
  for (const of of [type, withOwnNames, inner]) {
    const table = of === inner ? '(select x.a as x from structs)' : 'structs'
    const sorted = `CAST(googlesql_json_sorted(${jsonText(of, 'x', 'JSON')}) AS JSON)`
    expect(await differing(table, toJson(of, 'x'), sorted)).toEqual([])
  }
  expect(toJson(withOwnNames, 'x')).toContain('to_json(')
  await connection.run(`create table floats as
    select (case i % 4 when 0 then i / 997 when 1 then i * pow(10, i % 40 - 20) when 2 then i else i / 8 * 1e9 end)::double * (i % 2 * 2 - 1) as x
      from range(4000) as r(i)
    union all select unnest([0.0, -0.0, 'nan', 'inf', '-inf', 0.0001, 0.00009999, 1e14, 1e15, 99999999999999.9, 5e-324, 1e308, 0.1, null]::double[])`)
  expect(
    await differing('floats', jsonText(FLOAT64, 'x', 'JSON'), `coalesce(googlesql_json_float(x), 'null')`),
  ).toEqual([])
  const ofFloat = `CAST(coalesce(googlesql_json_float(x), 'null') AS JSON)`
  expect(await differing('floats', toJson(FLOAT64, 'x'), ofFloat)).toEqual([])
  await connection.run(
    `create table scalar_values as select unnest(${texts}) as s, n from (select unnest([1, -9223372036854775808, null]::bigint[]) as n)`,
  )
  const text = jsonText(STRING, 's', 'JSON')
  const number = jsonText(INT64, 'n', 'JSON')
  const members = [
    { key: 'z', type: STRING, value: 's' },
    { key: 'a', type: INT64, value: 'n' },
  ]
  for (const [given, exact] of [
    [toJson(STRING, 's'), text],
    [toJson(INT64, 'n'), number],
    [jsonArrayOf(members), `'[' || ${text} || ',' || ${number} || ']'`],
    [jsonObjectOf(members), `'{"a":' || ${number} || ',"z":' || ${text} || '}'`],
  ] as const) {
    expect([given, await differing('scalar_values', given, `CAST(${exact} AS JSON)`)]).toEqual([given, []])
  }
})
