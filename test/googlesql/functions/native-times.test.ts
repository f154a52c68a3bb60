import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { lowerCast } from '../../../runner/googlesql/functions/casts/cast.ts'
import { formatTime } from '../../../runner/googlesql/functions/times/format-time.ts'
import { parseTime } from '../../../runner/googlesql/functions/times/parse-time.ts'
import { STRING } from '../../../runner/googlesql/types/scalars.ts'
import { differing, mutated, openLibrary, tableOf } from './native-library.ts'

/** Dates and times by DuckDB's own functions where they agree, against the registered ones. */
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await openLibrary()
  await connection.run(`
    create table times as
      select timestamp '1000-01-01' + to_microseconds((hash(i) % 284000000000000000)::bigint) as x from range(300) as r(i)
      union all select timestamp '1969-12-20' + to_hours(i * 7) from range(50) as r(i)
      union all select timestamp '2023-12-20' + to_milliseconds(i * 25200120) from range(100) as r(i)
      union all select unnest(['0001-01-02', '0999-12-31 23:59:59', '1000-01-01', '1972-12-31 23:59:59', '1973-01-01 10:00:00', '2025-12-31 23:00:00',
        '2024-03-10 06:59:59.5', '2024-11-03 05:30:00', '9999-12-31 23:59:59.999999', '2024-02-29 12:00:00', '2018-12-31', null]::timestamp[])`)
})

const dates = ['2024-02-29', '2023-02-29', '0001-01-01', '9999-12-31', '0000-01-01', '1969-12-31', '2024-1-2']
const clocks = ['00:00:00', '23:59:59', '24:00:00', '12:60:00', '12:00:60', '1:2:3']
const stamps = ['2024-02-29 23:59:59', '2024-06-01T12:00:00', '0001-01-01 00:00:00', '9999-12-31 23:59:59']
const fractions = ['', '.5', '.120', '.123456', '.1234567']
const zones = [
  '',
  'Z',
  'z',
  ' UTC',
  '+00',
  '+00:00',
  '+02:00',
  '-09:30',
  '+14:00',
  '-12',
  '+0530',
  ' Europe/Berlin',
]
const moments = stamps.flatMap((stamp) =>
  fractions.flatMap((fraction) => zones.map((zone) => stamp + fraction + zone)),
)
const signs = '0123456789-+:. TZUCtz/'

test.for([
  ['DATE', dates, 'googlesql_date_or_null(x)'],
  ['TIME', clocks, 'CAST(make_timestamp(googlesql_time_or_null(x)) AS TIME)'],
  ['DATETIME', moments, 'make_timestamp(googlesql_datetime_or_null(x))'],
  ['TIMESTAMP', moments, `make_timestamptz(googlesql_timestamp_or_null(x, 'UTC'))`],
] as const)('texts are the %s that the registered function reads in them', async ([kind, samples, exact]) => {
  const native = lowerCast('x', STRING, { kind }, { safe: true })
  expect(native).toContain(' GLOB ')
  const texts = tableOf(mutated(samples, signs, Math.round(5_000 / samples.length)))
  expect(await differing(connection, texts, native, exact)).toEqual([])
})

test('texts are times of a zone as the registered function reads them', async () => {
  const texts = mutated(stamps, signs, 1000)
  const zoned = lowerCast('x', STRING, { kind: 'TIMESTAMP' }, { zone: `'America/New_York'` })
  const native = zoned.replaceAll(
    /make_timestamptz\(googlesql_timestamp\(/g,
    'make_timestamptz(googlesql_timestamp_or_null(',
  )
  const exact = `make_timestamptz(googlesql_timestamp_or_null(x, 'America/New_York'))`
  expect(
    await differing(connection, tableOf(texts.filter((text) => !/^(?:0001|9999)/.test(text))), native, exact),
  ).toEqual([])
})

test('texts that SAFE_CAST need not look at are no numbers or times', async () => {
  const numbers = [
    '12',
    '-1.5e3',
    '0x1F',
    ' 7 ',
    '\u00a0+8',
    'inf',
    'NaN',
    '-infinity',
    '1_0',
    '１２',
    '.5',
    '1.',
    '+-1',
    'e5',
  ]
  const texts = tableOf(mutated(numbers, '0123456789+-.eExXaAfinty _\u2003g', 400))
  for (const kind of ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'] as const) {
    const native = lowerCast('x', STRING, { kind }, { safe: true })
    const plain = `googlesql_${kind.toLowerCase()}_or_null(x)`
    const exact = kind === 'BIGNUMERIC' ? `CAST(${plain} AS BIGNUM)` : plain
    expect([kind, await differing(connection, texts, native, exact)]).toEqual([kind, []])
  }
})

const elements = `YmdyjbBaAVGuwUWHMSIphFDxTXRrcCegQklPszZ%nt`
const longer = [
  'E4Y',
  'E0S',
  'E1S',
  'E3S',
  'E6S',
  'E*S',
  'Ez',
  '-d',
  '-m',
  '-H',
  '-I',
  '-j',
  '-y',
  '-e',
  '-k',
  '-l',
  '-M',
  '-S',
]

test.for(['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'] as const)(
  'elements of a %s print what the registered function prints',
  async (kind) => {
    const checks = [...elements, ...longer].flatMap((element) =>
      (kind === 'TIMESTAMP' ? ['UTC', 'America/New_York', 'Asia/Kolkata', '+05:45'] : ['UTC']).flatMap(
        (zone) => {
          const pattern = `ü %${element} %%d`
          const exact = `googlesql_format_time('${pattern}', epoch_us(x), '${zone}', '${kind}')`
          const native = formatTime(pattern, 'x', kind, `'${zone}'`, () => exact)
          return native === undefined
            ? []
            : [`{'pattern': '${pattern} ${zone}', 'native': ${native}, 'exact': ${exact}}`]
        },
      ),
    )
    expect(checks.length).toBeGreaterThan(kind === 'TIME' ? 20 : 30)
    const table = `(select x::${kind === 'TIMESTAMP' ? 'timestamptz' : kind === 'DATETIME' ? 'timestamp' : kind} as x from times)`
    const all = `(select x, unnest([${checks.join(', ')}], recursive := true) from ${table})`
    const reader = await connection.runAndReadAll(
      `select * from ${all} where native is distinct from exact order by pattern limit 8`,
    )
    expect(reader.getRowsJson()).toEqual([])
  },
)

test('elements of other types, and those with flags and widths, are the registered function’s', () => {
  const native = (pattern: string, kind: 'DATE' | 'DATETIME' | 'TIME') =>
    formatTime(pattern, 'x', kind, `'UTC'`, () => '')
  expect(['%H', '%E3S', '%s', '%T', '%c'].map((pattern) => native(pattern, 'DATE'))).toEqual(
    Array(5).fill(undefined),
  )
  expect(['%Y', '%E4Y', '%s', '%F'].map((pattern) => native(pattern, 'TIME'))).toEqual(
    Array(4).fill(undefined),
  )
  expect(
    ['%z', '%Ez', '%Z', '%5Y', '%_d', '%^a', '%J', '%Ou', '%', '%E7S'].map((pattern) =>
      native(pattern, 'DATETIME'),
    ),
  ).toEqual(Array(10).fill(undefined))
})

const parsed = [
  ['%Y-%m-%d', '2024-02-28', 'DATE'],
  ['%m/%d/%Y', '12/31/2020', 'DATE'],
  ['%Y%m%d', '20240131', 'DATE'],
  ['%m%d%Y', '12312024', 'DATE'],
  ['%y%m%d', '691231', 'DATE'],
  ['%D', '01/31/68', 'DATE'],
  ['%Y-%m', '2024-12', 'DATE'],
  ['%Y', '1999', 'DATE'],
  ['%d %b %Y', '01 Jun 2020', 'DATE'],
  ['%a, %d %b %Y', 'Mon, 01 Jun 2020', 'DATE'],
  ['%F %T', '2024-06-01 23:59:59', 'TIMESTAMP'],
  ['%FT%TZ', '2024-06-01T00:00:00Z', 'TIMESTAMP'],
  ['%Y-%m-%dT%H:%M:%E*SZ', '2024-06-01T23:59:59.120Z', 'TIMESTAMP'],
  ['%F %H:%M:%E3S', '2024-06-01 23:59:59.120', 'TIMESTAMP'],
  ['%F %H:%M:%E6S', '2024-06-01 23:59:59.123456', 'DATETIME'],
  ['%F %T%Ez', '2024-06-01 23:59:59+02:00', 'TIMESTAMP'],
  ['%d/%b/%Y:%H:%M:%S %z', '31/Dec/1999:23:59:59 -0930', 'TIMESTAMP'],
  ['%d.%m.%Y %H:%M', '31.12.1999 23:00', 'DATETIME'],
  ['%m/%d/%Y %I:%M %p', '12/31/2020 12:00 AM', 'DATETIME'],
  ['%H:%M:%S', '23:59:60', 'TIME'],
  ['%I:%M %p', '12:30 pm', 'TIME'],
  ['%s', '1700000000', 'TIMESTAMP'],
] as const

test.for(parsed)(
  'texts like %s (%s, a %s) are the times that the registered function reads',
  async ([pattern, sample, kind]) => {
    const slow = `TRY(googlesql_parse_time('${pattern}', x, 'UTC', '${kind}'))`
    const exact =
      kind === 'TIMESTAMP'
        ? `make_timestamptz(${slow})`
        : kind === 'DATETIME'
          ? `make_timestamp(${slow})`
          : `CAST(make_timestamp(${slow}) AS ${kind})`
    const native = parseTime(pattern, 'x', kind, `'UTC'`, () => exact)
    const odd = [
      sample.toUpperCase(),
      sample.toLowerCase(),
      ` ${sample}`,
      `${sample} `,
      sample.replaceAll('0', ' '),
      sample.replace(/^\d{4}/, '0000'),
      sample.replace(/\d{4}$/, '0000'),
    ]
    const texts = tableOf(mutated([sample, ...odd], '0123456789-/:., TZJunDecMaAPpm+', 120))
    expect(await differing(connection, texts, native ?? '', exact)).toEqual([])
  },
)

test('patterns without a whole date, or with an element twice, are the registered function’s', () => {
  for (const pattern of [
    '%m-%d',
    '%Y-%d',
    '%B %d %Y',
    '%Y %Y',
    '%I:%M',
    '%Q',
    '%Ey',
    '%Y%z%H',
    '%Y (%m)',
    '%y%C',
  ]) {
    expect([pattern, parseTime(pattern, 'x', 'TIMESTAMP', `'UTC'`, () => '')]).toEqual([pattern, undefined])
  }
})
