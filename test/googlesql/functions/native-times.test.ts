import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { lowerCast } from '../../../runner/googlesql/functions/cast.ts'
import { STRING } from '../../../runner/googlesql/types/scalars.ts'
import { differing, mutated, openLibrary, tableOf } from './native-library.ts'

/** Dates and times by DuckDB's own functions where they agree, against the registered ones. */
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await openLibrary()
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
