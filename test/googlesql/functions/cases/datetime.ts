import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ['DATETIME(2024,1,2,3,4,5)', { types: 'DATETIME', values: ['2024-01-02T03:04:05'] }],
  ["DATETIME(DATE '2024-01-02', TIME '03:04:05')", { types: 'DATETIME', values: ['2024-01-02T03:04:05'] }],
  [
    "DATETIME(TIMESTAMP '2024-01-01 02:00:00', 'America/New_York')",
    { types: 'DATETIME', values: ['2023-12-31T21:00:00'] },
  ],
  [
    "DATETIME_ADD(DATETIME '2024-01-31 10:00:00', INTERVAL 1 MONTH)",
    { types: 'DATETIME', values: ['2024-02-29T10:00:00'] },
  ],
  [
    "DATETIME_ADD(DATETIME '2024-01-31 10:00:00', INTERVAL 1500 MILLISECOND)",
    { types: 'DATETIME', values: ['2024-01-31T10:00:01.5'] },
  ],
  [
    "DATETIME_BUCKET(DATETIME '2024-01-10 10:11:12', INTERVAL 90 MINUTE)",
    { types: 'DATETIME', values: ['2024-01-10T09:00:00'] },
  ],
  [
    "DATETIME_DIFF(DATETIME '2024-01-01 00:00:00', DATETIME '2023-12-31 23:59:59', DAY)",
    { types: 'INT64', values: [1] },
  ],
  [
    "DATETIME_DIFF(DATETIME '2024-01-01 00:00:00', DATETIME '2023-12-31 23:59:59', WEEK)",
    { types: 'INT64', values: [0] },
  ],
  [
    "DATETIME_DIFF(DATETIME '2024-01-01 01:00:00', DATETIME '2024-01-01 00:59:59', HOUR)",
    { types: 'INT64', values: [1] },
  ],
  [
    "DATETIME_DIFF(DATETIME '2024-01-01 01:00:00.5', DATETIME '2024-01-01 00:59:59', SECOND)",
    { types: 'INT64', values: [1] },
  ],
  [
    "DATETIME_DIFF(DATETIME '9999-12-31 00:00:00', DATETIME '0001-01-01 00:00:00', MICROSECOND)",
    { types: 'INT64', values: ['315537811200000000'] },
  ],
  [
    "DATETIME_TRUNC(DATETIME '2024-03-05 10:11:12.123456', MILLISECOND)",
    { types: 'DATETIME', values: ['2024-03-05T10:11:12.123'] },
  ],
  [
    "DATETIME_TRUNC(DATETIME '2024-03-05 10:11:12.5', HOUR)",
    { types: 'DATETIME', values: ['2024-03-05T10:00:00'] },
  ],
  [
    "DATETIME_TRUNC(DATETIME '2024-03-05 10:11:12.5', WEEK(TUESDAY))",
    { types: 'DATETIME', values: ['2024-03-05T00:00:00'] },
  ],
  [
    "FORMAT_DATETIME('%c %Z %s %E*S', DATETIME '2024-07-01 01:02:03.5')",
    { types: 'STRING', values: ['Mon Jul  1 01:02:03 2024 %Z 1719795723 03.5'] },
  ],
  [
    "PARSE_DATETIME('%Y %Z','2024 UTC')",
    { error: 'Invalid format: %Z is not allowed for the DATETIME type.' },
  ],
  ["PARSE_DATETIME('%Y-%m-%d %H','2024-01-05 13')", { types: 'DATETIME', values: ['2024-01-05T13:00:00'] }],
  ["PARSE_DATETIME('%s','0')", { types: 'DATETIME', values: ['1970-01-01T00:00:00'] }],
  ['DATETIME(2024,13,1,0,0,0)', { error: '' }],
  ['DATETIME(2024,1,1,25,0,0)', { error: '' }],
]
