import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { numericProduct, numericQuotient } from '../../../runner/googlesql/functions/arithmetic.ts'
import { lowerCast } from '../../../runner/googlesql/functions/casts/cast.ts'
import { float64Text, numericText } from '../../../runner/googlesql/functions/casts/cast-text.ts'
import { findFunction } from '../../../runner/googlesql/functions/index.ts'
import { quotedText } from '../../../runner/googlesql/functions/json/json-sql.ts'
import { wallOfZone } from '../../../runner/googlesql/functions/times/utc.ts'
import { installLibrary } from '../../../runner/googlesql/lower/library/install.ts'
import { BYTES, FLOAT64, INT64, NUMERIC, STRING } from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { openDatabase } from '../../../runner/warehouse/duckdb/database.ts'

/** What DuckDB's own functions compute where it is certain that they agree, against the registered ones, value by value. */
let connection: DuckDBConnection

beforeAll(async () => {
  const database = await openDatabase(':memory:')
  connection = await database.connect()
  installLibrary(connection)
  await connection.run(`
    create table floats as
      select (case i % 8
          when 0 then random() when 1 then round(random() * 1000, 3) when 2 then i / 1000 + 0.0005 when 3 then i / 200
          when 4 then random() * 1e15 when 5 then random() * pow(10, i % 600 - 300) when 6 then (i + 0.5) / 100
          else i * pow(10, i % 60 - 30) end)::double * (case when i % 3 = 0 then -1 else 1 end) as x
      from range(4000) as r(i)
      union all select unnest([0.0, -0.0, 'nan', 'inf', '-inf', 2.675, 1.005, 0.005, -0.001, 1e308, 5e-324,
        1.7976931348623157e308, 2.2250738585072014e-308, 4503599627370495.5, 45035996273704.955, 647172805760489.625,
        0.5, 1.5, 2.5, -0.5, 0.045, 0.285, 0.125, 0.375, 1e15, 1e16, 0.0001, 0.00001, null]::double[]);
    create table numerics as
      select ((hash(i) % 100000000000000000)::decimal(38,0) * 0.000000001::decimal(10,9)
          * (case when i % 2 = 0 then -1 else 1 end) * pow(10, i % 9)::int)::decimal(38,9) as x,
        ((hash(-i) % pow(10, 1 + i % 15)::bigint)::decimal(38,0) * 0.000000001::decimal(10,9)
          * pow(10, i % 7)::int)::decimal(38,9) as y
      from range(4000) as r(i)
      union all select unnest([0.5, -0.5, 1.5, 0.05, 0.15, 99999998.999999999, 99999999.5, -99999998.95, 0.000000001,
        -0.000000001, 0, null]::decimal(38,9)[]), unnest([0.5, 1, 1.5, 0.1, 3, 7, 9, 11, 0.5, 0.499999999, 1, 1]::decimal(38,9)[]);`)
})

/** The rows in which two expressions differ, in value or in how it prints. */
async function differing(table: string, one: string, other: string): Promise<readonly unknown[]> {
  const reader = await connection.runAndReadAll(
    `select * from (select *, (${one}) as one, (${other}) as other from ${table})
     where one is distinct from other or one::varchar is distinct from other::varchar limit 5`,
  )
  return reader.getRowsJson()
}

const rounded = (type: typeof FLOAT64 | typeof NUMERIC, digits: number) => {
  const signature = findFunction('ROUND')?.signatures.find(
    ({ parameters: [first, second] }) => first?.type === type && second !== undefined,
  )
  return signature?.lower(['x', String(digits)], {
    argumentTypes: [type, INT64],
    resultType: type,
    literals: [undefined, BigInt(digits)],
    safe: false,
  })
}

test.for([0, 1, 2, 3, 6, 11])('ROUND of FLOAT64 to %d places is that of the exact value', async (digits) => {
  const native = rounded(FLOAT64, digits) ?? ''
  expect(native).toContain('trunc(')
  const mode = `'ROUND_HALF_AWAY_FROM_ZERO'`
  expect(await differing('floats', native, `googlesql_float64_round(x, ${digits}, ${mode})`)).toEqual([])
})

test.for([0, 1, 2, 8])('ROUND of NUMERIC to %d places is that of its digits', async (digits) => {
  const native = rounded(NUMERIC, digits) ?? ''
  expect(native).toContain('DECIMAL(18,9)')
  const mode = `'ROUND_HALF_AWAY_FROM_ZERO'`
  expect(await differing('numerics', native, `googlesql_numeric_round(x, ${digits}, ${mode})`)).toEqual([])
})

test('products and quotients of NUMERIC are exact', async () => {
  const small = '(select * from numerics where y <> 0 and abs(x / y) < 1e18)'
  const product = `googlesql_numeric_multiply(x, y)`
  expect(await differing('numerics', numericProduct('x', 'y'), product)).toEqual([])
  expect(await differing(small, numericQuotient('x', 'y'), 'googlesql_numeric_divide(x, y)')).toEqual([])
  // By whole numbers, at and around halves of a billionth.
  const halves = `(select ((y * n * 2 + n + d) * 0.000000001::decimal(38,9))::decimal(38,9) as x, (n * 2)::decimal(38,9) as y
    from (select unnest([1, 3, -7, 499, 500000, -99991]) as n), (select unnest([-1, 0, 1]) as d),
      (select (hash(i) % 1000000000)::bigint as y from range(40) as r(i)))`
  const bounded = `(select * from ${halves} where abs(x) < 3000000)`
  expect(await differing(bounded, numericQuotient('x', 'y'), 'googlesql_numeric_divide(x, y)')).toEqual([])
})

test('numbers print as C prints them, with ties to the even digit', async () => {
  expect(await differing('floats', float64Text('x'), 'googlesql_float64_text(x)')).toEqual([])
  const plain = `rtrim(rtrim(cast(x as varchar), '0'), '.')`
  expect(await differing('numerics', numericText('x'), plain)).toEqual([])
})

test('every zone has the same clock in DuckDB and here, in the years in which both are used', async () => {
  await connection.run(`create table moments as
    select make_timestamptz(94694400000000 + (hash(i) % 1672531200000000)::bigint) as x from range(60) as r(i)`)
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'Asia/Kolkata', 'Europe/Kyiv', 'US/Pacific']) {
    const exact = `make_timestamp(googlesql_to_local(epoch_us(x), '${zone}'))`
    expect([zone, await differing('moments', wallOfZone('x', `'${zone}'`), exact)]).toEqual([zone, []])
  }
})

/** The lowering of a function's first signature that takes the types. */
function lowered(name: string, args: readonly string[], types: readonly SqlType[]): string {
  const signature = findFunction(name)?.signatures.find(({ parameters }) =>
    parameters.slice(0, types.length).every(({ type }, index) => type === types[index]),
  )
  const call = { argumentTypes: types, resultType: STRING, literals: args.map(() => undefined), safe: false }
  return signature?.lower(args, call) ?? ''
}

test('letters have the other case that they have in Unicode, alone and within words', async () => {
  await connection.run(`create table letters as
    select unnest([chr(i), 'a' || chr(i) || 'b', 'Z' || chr(i)]) as x from
      (select (case when i between 55296 and 57343 or i = 65279 then 65 else i end)::int as i from range(1, 70000, 1) as r(i))
    union all select chr(i::int) from range(70000, 130000) as r(i)`)
  for (const name of ['UPPER', 'LOWER']) {
    const native = lowered(name, ['x'], [STRING])
    expect(native).toContain(`ELSE ${name.toLowerCase()}(`)
    expect(await differing('letters', native, `googlesql_${name.toLowerCase()}(x)`)).toEqual([])
  }
})

test('texts in JSON have the escapes that BigQuery writes, for every character', async () => {
  await connection.run(`create table characters as
    select unnest([chr(i), 'a' || chr(i) || '"', chr(i) || chr(1) || '\\']) as x from
      (select (case when i between 55296 and 57343 then 65 else i end)::int as i from range(1, 70000) as r(i))
    union all select unnest(['', null, chr(0), chr(128512), 'a' || chr(0) || chr(11)])`)
  expect(await differing('characters', quotedText('x', 'STRING'), 'googlesql_json_quote(x)')).toEqual([])
  const sorted = `googlesql_json_sorted(googlesql_json_quote(x))`
  expect(await differing('characters', quotedText('x', 'JSON'), sorted)).toEqual([])
})

test('texts of two arguments are compared and changed as the registered functions do', async () => {
  await connection.run(`create table pairs as select a.x, b.x as y, n from
    (select unnest(['', 'a', 'abcabc', 'Ab', 'äöü', 'é東京x', 'ﬁx', 'STRASSE', 'ß', '😀b', 'kitten', null]) as x) a,
    (select unnest(['', 'a', 'b', 'AB', 'fi', 'é', 'ss', '😀', 'sitting', 'cab', null]) as x) b,
    (select unnest([0, 3, 12, null]) as n)`)
  const S = STRING
  const checks: readonly (readonly [native: string, exact: string])[] = [
    [lowered('INSTR', ['x', 'y'], [S, S]), 'googlesql_instr(x, y, 1, 1)'],
    [lowered('EDIT_DISTANCE', ['x', 'y'], [S, S]), 'googlesql_edit_distance(x, y, 9223372036854775807)'],
    [lowered('CONTAINS_SUBSTR', ['x', 'y'], [S, S]), 'googlesql_contains_substr(x, y)'],
    [lowered('TRANSLATE', ['x', `'aéß😀b'`, 'y'], [S, S, S]), `googlesql_translate(x, 'aéß😀b', y)`],
    [
      lowered('LPAD', ['x', 'n', `coalesce(nullif(y, ''), '*')`], [S, INT64, S]),
      `googlesql_pad(x, n, coalesce(nullif(y, ''), '*'), true)`,
    ],
    [
      lowered('RPAD', ['x', 'n', `coalesce(nullif(y, ''), '*')`], [S, INT64, S]),
      `googlesql_pad(x, n, coalesce(nullif(y, ''), '*'), false)`,
    ],
    [lowered('CHR', ['n + 55290'], [INT64]), 'TRY(googlesql_chr(n + 55290))'],
  ]
  for (const [native, exact] of checks) {
    expect(native).not.toBe(exact)
    const safe = native.includes('chr(') ? native.replace(/googlesql_chr\([^)]*\)/, 'TRY($&)') : native
    expect([native, await differing('pairs', safe, exact)]).toEqual([native, []])
  }
  expect(lowered('TRANSLATE', ['x', `'aa'`, 'y'], [S, S, S])).toContain('googlesql_')
})

test('bytes are text where they are UTF-8', async () => {
  const bytes = [
    '',
    'a',
    '\\xff',
    '\\xed\\xa0\\x80',
    '\\xc0\\x80',
    '\\xf4\\x90\\x80\\x80',
    'a\\x00b',
    '\\xef\\xbb\\xbfa',
    '\\xf0\\x9f\\x98\\x80',
    '\\xe2\\x82',
  ]
  const table = `(select unnest([${bytes.map((each) => `'${each}'::BLOB`).join(', ')}, null]) as x)`
  const native = lowerCast('x', BYTES, STRING, { safe: true })
  expect(await differing(table, native, 'TRY(googlesql_utf8(x))')).toEqual([])
  expect(
    await differing(table, lowered('SAFE_CONVERT_BYTES_TO_STRING', ['x'], [BYTES]), 'googlesql_safe_utf8(x)'),
  ).toEqual([])
})

test('white space is trimmed that is white in Unicode, and nothing else', async () => {
  for (const name of ['TRIM', 'LTRIM', 'RTRIM']) {
    const native = lowered(name, ['x'], [STRING])
    const slow = /THEN (\w+\(x, '[^']+'\)) ELSE/.exec(native)?.[1] ?? ''
    const texts = `(select unnest([x, ' ' || x || 'a', 'b' || x || chr(9), x || ' ' || x]) as x from characters)`
    expect(await differing(texts, native, slow)).toEqual([])
  }
})

test('texts are reversed code point by code point', async () => {
  const texts = ['é', 'e\u0301x', '👨‍👩‍👧', '🇩🇪a', '', 'abc', 'ß東\u200d😀']
  const reversed = texts.map((text) => Array.from(text).toReversed().join(''))
  const pairs = `(select unnest(['${texts.join("', '")}']) as x, unnest(['${reversed.join("', '")}']) as y)`
  expect(await differing(pairs, lowered('REVERSE', ['x'], [STRING]), 'y')).toEqual([])
  expect(
    await differing('(select cast(null as varchar) as x)', lowered('REVERSE', ['x'], [STRING]), 'x'),
  ).toEqual([])
})

test('texts that DuckDB takes for FLOAT64 are those that BigQuery takes, among all short ones', async () => {
  await connection.run(`
    create table signs as select unnest(['0', '1', '9', '.', 'e', 'E', '+', '-', '_', ' ', 'x', 'f', 'n', chr(9)]) as c;
    create table short as with recursive t(x, n) as
      (select c, 1 from signs union all select x || c, n + 1 from t, signs where n < 4)
      select x from t where TRY_CAST(x AS DOUBLE) is not null`)
  const native = lowerCast('x', STRING, FLOAT64, { safe: true })
  expect(native).toContain('isfinite(TRY_CAST(x AS DOUBLE))')
  expect(await differing('short', native, 'googlesql_float64_or_null(x)')).toEqual([])
})

test('padding and searching count code points', async () => {
  await connection.run(
    `create table words as select unnest(['', 'a', 'äöü', 'é東京x', 'abcdefghij', '😀b', 'ée', null]) as x`,
  )
  for (const name of ['LPAD', 'RPAD']) {
    for (const size of [0, 1, 2, 3, 7, 12]) {
      for (const pattern of [' ', 'ab', 'ü', '東京']) {
        const native = lowered(
          name,
          ['x', `CAST(${size} AS BIGINT)`, `'${pattern}'`],
          [STRING, INT64, STRING],
        )
        expect(native).toBe(`${name.toLowerCase()}(x, ${size}, '${pattern}')`)
        const exact = `googlesql_pad(x, ${size}::bigint, '${pattern}', ${name === 'LPAD'})`
        expect([native, await differing('words', native, exact)]).toEqual([native, []])
      }
    }
  }
  for (const part of ['a', '京', 'b', 'zz', '́']) {
    const native = lowered('INSTR', ['x', `'${part}'`], [STRING, STRING])
    expect(native).toContain('strpos')
    expect(await differing('words', native, `googlesql_instr(x, '${part}', 1, 1)`)).toEqual([])
  }
})
