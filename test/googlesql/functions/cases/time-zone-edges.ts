import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    "EXTRACT(SECOND FROM TIMESTAMP '1850-01-01 00:00:00+00' AT TIME ZONE 'America/New_York')",
    { types: 'INT64', values: [58] },
  ],
  [
    "EXTRACT(TIME FROM TIMESTAMP '1850-01-01 00:00:00+00' AT TIME ZONE 'America/New_York')",
    { types: 'TIME', values: ['19:03:58'] },
  ],
  [
    "STRING(TIMESTAMP '1850-01-01 00:00:00+00', 'America/New_York')",
    { types: 'STRING', values: ['1849-12-31 19:04:00-04:56'] },
  ],
  [
    "FORMAT_TIMESTAMP('%c %z', TIMESTAMP '1850-01-01 00:00:00+00', 'America/New_York')",
    { types: 'STRING', values: ['Mon Dec 31 19:04:00 1849 -0456'] },
  ],
  [
    "FORMAT_TIMESTAMP('%F %T %Ez', TIMESTAMP '1850-01-01 00:00:00+00', 'Europe/Berlin')",
    { types: 'STRING', values: ['1850-01-01 00:53:00 +00:53'] },
  ],
  [
    "CAST(TIMESTAMP '1850-01-01 00:00:00+00' AS STRING FORMAT 'YYYY-MM-DD HH24:MI:SS TZH:TZM' AT TIME ZONE 'America/New_York')",
    { types: 'STRING', values: ['1849-12-31 19:04:00 -04:56'] },
  ],
  [
    "CAST('1850-01-01 00:00:00 America/New_York' AS TIMESTAMP)",
    { types: 'TIMESTAMP', values: ['1850-01-01T04:56:02Z'] },
  ],
  [
    "TIMESTAMP('1850-01-01 00:00:00', 'America/New_York')",
    { types: 'TIMESTAMP', values: ['1850-01-01T04:56:02Z'] },
  ],
  [
    "TIMESTAMP(DATETIME '1850-01-01 00:00:00', 'America/New_York')",
    { types: 'TIMESTAMP', values: ['1850-01-01T04:56:02Z'] },
  ],
  [
    "PARSE_TIMESTAMP('%F %T', '1850-01-01 00:00:00', 'America/New_York')",
    { types: 'TIMESTAMP', values: ['1850-01-01T04:56:02Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '1850-01-01 00:00:00+00', DAY, 'America/New_York')",
    { types: 'TIMESTAMP', values: ['1849-12-31T04:56:02Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '1850-01-01 00:00:10+00', HOUR, 'America/New_York')",
    { types: 'TIMESTAMP', values: ['1849-12-31T23:56:02Z'] },
  ],
  ["DATE(TIMESTAMP '1850-01-01 04:56:01+00', 'America/New_York')", { types: 'DATE', values: ['1849-12-31'] }],
  ["TIME(TIMESTAMP '1850-01-01 04:56:01+00', 'America/New_York')", { types: 'TIME', values: ['23:59:59'] }],
  ["DATETIME(TIMESTAMP '0001-01-01 00:00:00+00', 'America/New_York')", { error: '' }],
  ["DATETIME(TIMESTAMP '9999-12-31 23:59:59+00', 'Asia/Tokyo')", { error: '' }],
  ["DATE(TIMESTAMP '9999-12-31 23:59:59+00', 'Asia/Tokyo')", { error: '' }],
  ["DATE(TIMESTAMP '0001-01-01 00:00:00+00', 'America/New_York')", { error: '' }],
  ["TIME(TIMESTAMP '9999-12-31 23:59:59+00', 'Asia/Tokyo')", { types: 'TIME', values: ['08:59:59'] }],
  [
    "STRING(TIMESTAMP '9999-12-31 23:59:59+00', 'Asia/Tokyo')",
    { types: 'STRING', values: ['10000-01-01 08:59:59+09'] },
  ],
  [
    "FORMAT_TIMESTAMP('%F', TIMESTAMP '9999-12-31 23:59:59+00', 'Asia/Tokyo')",
    { types: 'STRING', values: ['10000-01-01'] },
  ],
  [
    "EXTRACT(YEAR FROM TIMESTAMP '9999-12-31 23:59:59+00' AT TIME ZONE 'Asia/Tokyo')",
    { types: 'INT64', values: [10000] },
  ],
  [
    "EXTRACT(YEAR FROM TIMESTAMP '0001-01-01 00:00:00+00' AT TIME ZONE 'America/New_York')",
    { types: 'INT64', values: [0] },
  ],
  ["EXTRACT(DATE FROM TIMESTAMP '9999-12-31 23:59:59+00' AT TIME ZONE 'Asia/Tokyo')", { error: '' }],
  ["TIMESTAMP(DATETIME '0001-01-01 00:00:00', 'Asia/Tokyo')", { error: '' }],
  ["TIMESTAMP(DATETIME '9999-12-31 23:59:59', 'America/New_York')", { error: '' }],
  ["TIMESTAMP(DATE '0001-01-01', 'Asia/Tokyo')", { error: '' }],
  ["TIMESTAMP('0001-01-01', 'Asia/Tokyo')", { error: '' }],
  ["TIMESTAMP '9999-12-31 23:59:59-05'", { error: '' }],
  ["TIMESTAMP_TRUNC(TIMESTAMP '0001-01-01 00:00:00+00', DAY, 'America/New_York')", { error: '' }],
  ["TIMESTAMP_TRUNC(TIMESTAMP '0001-01-01 00:00:00+00', YEAR, 'Asia/Tokyo')", { error: '' }],
  ["TIMESTAMP_TRUNC(TIMESTAMP '0001-01-01 00:00:00+00', WEEK)", { error: '' }],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '9999-12-31 23:00:00+00', DAY, 'Asia/Tokyo')",
    { types: 'TIMESTAMP', values: ['9999-12-31T15:00:00Z'] },
  ],
  ["DATETIME_TRUNC(DATETIME '0001-01-01 00:00:00', WEEK)", { error: '' }],
  ["DATE_TRUNC(DATE '0001-01-01', WEEK)", { error: '' }],
  ["DATE_TRUNC(DATE '0001-01-01', ISOYEAR)", { types: 'DATE', values: ['0001-01-01'] }],
  [
    "CAST(TIMESTAMP '9999-12-31 23:59:59+00' AS STRING FORMAT 'YYYY' AT TIME ZONE 'Asia/Tokyo')",
    { types: 'STRING', values: ['10000'] },
  ],
  ["PARSE_TIMESTAMP('%F %T', '0001-01-01 00:00:00', 'Asia/Tokyo')", { error: '' }],
  ["INITCAP('a\\u2003b\\u3000c\\u200bd\\u0085e\\u1680f')", { types: 'STRING', values: ['A B　C​dE F'] }],
]
