import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { findFunction } from '../../../runner/googlesql/functions/index.ts'
import { zonedText } from '../../../runner/googlesql/functions/times/format-time.ts'
import { INT64, STRING, TIME, TIMESTAMP } from '../../../runner/googlesql/types/scalars.ts'
import { differing, lowered, mutated, openLibrary, tableOf } from './native-library.ts'

/** Texts, bits and moments by DuckDB's own functions where they agree, against the registered ones. */
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await openLibrary()
})

test('hexadecimal and base64 texts are decoded as the registered functions do, and no others', async () => {
  const hex = mutated(['', '00', 'abcDEF0123456789', 'abc', 'zz'], '0123456789abcdefABCDEFgG é', 400)
  const base64 = mutated(
    ['', 'YQ==', 'YWI=', 'YWJj', 'YWJjZGVm+/8=', 'YWJj\nZGVm', 'YWJ'],
    'ABCYWZabcz0189+/= \n-_é',
    600,
  )
  for (const [name, texts] of [
    ['FROM_HEX', hex],
    ['FROM_BASE64', base64],
  ] as const) {
    const exact = `TRY(googlesql_${name.toLowerCase()}(x))`
    const native = lowered(name, ['x'], [STRING]).replace(/googlesql_from_\w+\(x\)/, exact)
    expect([name, await differing(connection, tableOf(texts), native, exact)]).toEqual([name, []])
  }
})

test('texts are normalized alike, but for marks that are newer than Unicode 15', async () => {
  const newer =
    '2199, 68969, 68970, 68971, 68972, 68973, 69370, 69371, 70606, 70607, 70608, 90415, 124398, 124399, 124643, 124646, 124654, 124655, 124661'
  const point = `(case when i between 55296 and 57343 or i between 6863 and 6891 or i in (${newer}) then 65 else i end)::int`
  const table = `(select unnest([chr(${point}), 'a' || chr(824) || chr(${point}) || chr(803), chr(${point}) || chr(769) || chr(4520)]) as x from range(1, 130000) as r(i)
    union all select null union all select '')`
  const native = lowered('NORMALIZE', ['x'], [STRING])
  expect(native).toContain('nfc_normalize')
  expect(await differing(connection, table, native, `googlesql_normalize(x, 'NFC')`)).toEqual([])
})

test('code points of texts are those of Unicode', async () => {
  const texts = ['', 'a', 'äöü', 'e\u0301x', '👨‍👩‍👧', '🇩🇪a', 'ß東\u200d😀', '\ufeffa', 'a b']
  const points = texts.map((text) => `[${Array.from(text, (point) => point.codePointAt(0))}]`)
  const table = `(select unnest(['${texts.join("', '")}', null]) as x, unnest([${points.join(', ')}, null]::bigint[][]) as y)`
  expect(await differing(connection, table, lowered('TO_CODE_POINTS', ['x'], [STRING]), 'y')).toEqual([])
})

test('texts of code points are those of Unicode, and no text with a NULL or what is none', async () => {
  const lists = {
    '[]': `''`,
    '[65]': `'A'`,
    '[0, 66]': `chr(0) || 'B'`,
    '[65, 233, 26481, 128512]': `'Aé東😀'`,
    '[55295, 57344, 1114111]': `'\ud7ff\ue000\u{10ffff}'`,
    '[65, null]': 'null',
    '[55296]': 'null',
    '[65, -1]': 'null',
    '[1114112]': 'null',
    null: 'null',
  }
  const call = { argumentTypes: [], resultType: STRING, literals: [], safe: true }
  const native = findFunction('CODE_POINTS_TO_STRING')?.signatures[0]?.lower(['x'], call)
  const table = `(select unnest([${Object.keys(lists).join(', ')}]::bigint[][]) as x, unnest([${Object.values(lists).join(', ')}]) as y)`
  expect(await differing(connection, table, `TRY(${native})`, 'y')).toEqual([])
})

const words = mutated(
  ['', 'a.b.c', 'abcabc', 'äöäöä', '東.京.😀', 'e\u0301.e', 'abababab'],
  'ab.äö東\u0301😀c',
  40,
)

test('the n-th place of a text in another, and the last one, is that of the registered function', async () => {
  for (const part of ['.', 'ab', 'ö', '東.', 'abc']) {
    for (const [from, count] of [
      [1, 1],
      [1, 2],
      [1, 3],
      [-1, 1],
      [-1, 2],
    ]) {
      const native = lowered(
        'INSTR',
        ['x', `'${part}'`, `${from}`, `${count}`],
        [STRING, STRING, INT64, INT64],
      )
      expect(native).toMatch(/string_split|strpos/)
      const exact = `googlesql_instr(x, '${part}', ${from}, ${count})`
      expect([native, await differing(connection, tableOf(words), native, exact)]).toEqual([native, []])
    }
  }
  expect(lowered('INSTR', ['x', `'aba'`, '1', '2'], [STRING, STRING, INT64, INT64])).toContain('googlesql_')
})

test('the place of a regular expression’s first match is that of the registered function', async () => {
  for (const pattern of ['b', '[.]b?', '(?i)B|\\.', '.', 'ä|abab', '(?s).c']) {
    const native = lowered('REGEXP_INSTR', ['x', `'${pattern}'`], [STRING, STRING], [undefined, pattern])
    expect(native).toContain('regexp_extract')
    const exact = `googlesql_regexp_instr(x, '${pattern}', 1, 1, 0)`
    expect([pattern, await differing(connection, tableOf(words), native, exact)]).toEqual([pattern, []])
  }
  const empty = lowered('REGEXP_INSTR', ['x', `'b*'`], [STRING, STRING], [undefined, 'b*'])
  expect(empty).toContain('googlesql_')
})

test('integers are shifted as 64 bits without a sign', async () => {
  await connection.run(`create table shifts as select * from
    (select unnest([0, 1, -1, 5, -5, 4611686018427387903, 4611686018427387904, 9223372036854775807, -9223372036854775808, null]::bigint[]) as x),
    (select unnest([0, 1, 2, 31, 61, 62, 63, 64, 100, null]::bigint[]) as y)`)
  for (const [sign, side] of [
    ['<<', 'left'],
    ['>>', 'right'],
  ] as const) {
    const native = lowered(sign, ['x', 'y'], [INT64, INT64])
    expect(await differing(connection, 'shifts', native, `googlesql_shift_${side}(x, y)`)).toEqual([])
  }
})

const timestamps = `(select make_timestamptz(x) as x from (select (hash(i) % 300000000000000000)::bigint - 62135596800000000 as x from range(500) as r(i)
  union all select unnest([-62135596800000000, 253402300799999999, 0, -1, 1, -1000, -1001, -999999, -1000000, 1699999999999999, null]::bigint[])))`

test('moments are so many parts of time since 1970, rounded down', async () => {
  for (const [name, unit] of [
    ['UNIX_SECONDS', 1_000_000],
    ['UNIX_MILLIS', 1000],
  ] as const) {
    const native = lowered(name, ['x'], [TIMESTAMP])
    const exact = `(epoch_us(x) - ((epoch_us(x) % ${unit}) + ${unit}) % ${unit}) // ${unit}`
    expect(await differing(connection, timestamps, native, exact)).toEqual([])
  }
})

test('a moment plus days, hours or less is that of DuckDB’s calendar', async () => {
  const inside = `(select x from ${timestamps} where x between '0002-01-01' and '9998-12-31')`
  for (const part of ['DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND']) {
    for (const count of [1, 33]) {
      const signature = findFunction('TIMESTAMP_SUB')?.signatures[0]
      const call = { argumentTypes: [TIMESTAMP, INT64], resultType: TIMESTAMP, literals: [], safe: false }
      const native = signature?.lower(['x', `CAST(${count} AS BIGINT)`, part], call) ?? ''
      expect(native).toContain('epoch_us')
      expect([part, await differing(connection, inside, native, `x - INTERVAL ${count} ${part}`)]).toEqual([
        part,
        [],
      ])
    }
  }
})

test('moments of a zone show its offset', async () => {
  for (const zone of ['America/New_York', 'Asia/Kolkata', 'Africa/Monrovia', '+05:45', 'UTC-8', 'UTC']) {
    const native = zonedText('x', `'${zone}'`)
    const exact = `googlesql_timestamp_text(epoch_us(x), '${zone}')`
    const table = `(select x from ${timestamps} where hash(x) % 3 = 0 union all select make_timestamptz(i * 7654321000000) from range(300) as r(i))`
    expect([zone, await differing(connection, table, native, exact)]).toEqual([zone, []])
  }
})

test('weeks begin on the day that DuckDB’s do, shifted', async () => {
  const dates = `(select date '0001-01-15' + (i * 97)::int as x from range(37000) as r(i) union all select unnest(['9999-12-31', '1970-01-01', '0001-01-08', null]::date[]))`
  for (const [part, shift] of [
    ['WEEK', 1],
    ['WEEK(SATURDAY)', 2],
    ['ISOWEEK', 0],
    ['WEEK(TUESDAY)', 6],
  ] as const) {
    const native = findFunction('DATE_TRUNC')?.signatures[0]?.lower(['x', part], {
      argumentTypes: [],
      resultType: INT64,
      literals: [],
      safe: false,
    })
    const exact = `CAST(date_trunc('week', x + ${shift}) AS DATE) - ${shift}`
    expect([part, await differing(connection, dates, native ?? '', exact)]).toEqual([part, []])
  }
})

test('times of day show no digits of a second, three or six', async () => {
  const times = `(select time '00:00:00' + to_microseconds(x) as x from (select (hash(i) % 86400000000)::bigint as x from range(300) as r(i)
    union all select unnest([0, 1000, 10, 120000, 86399999999, 1000000, 123000, null]::bigint[])))`
  const micros = `(microsecond(x) % 1000000)`
  const fraction = `CASE WHEN ${micros} = 0 THEN '' WHEN ${micros} % 1000 = 0 THEN '.' || lpad(CAST(${micros} // 1000 AS VARCHAR), 3, '0') ELSE '.' || lpad(CAST(${micros} AS VARCHAR), 6, '0') END`
  const native = lowered('STRING', ['x'], [TIME])
  expect(await differing(connection, times, native, `left(CAST(x AS VARCHAR), 8) || ${fraction}`)).toEqual([])
})
