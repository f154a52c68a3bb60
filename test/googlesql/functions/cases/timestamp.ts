import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    "EXTRACT(DATE FROM TIMESTAMP '2024-01-01 23:00:00' AT TIME ZONE 'Asia/Kolkata')",
    { types: 'DATE', values: ['2024-01-02'] },
  ],
  [
    "EXTRACT(DATETIME FROM TIMESTAMP '2024-01-01 23:00:00')",
    { types: 'DATETIME', values: ['2024-01-01T23:00:00'] },
  ],
  ["EXTRACT(DAYOFWEEK FROM DATE '2024-12-29')", { types: 'INT64', values: [1] }],
  ["EXTRACT(DAYOFYEAR FROM DATE '2024-12-31')", { types: 'INT64', values: [366] }],
  ["EXTRACT(HOUR FROM INTERVAL '1-2 3 -400:5:6.7' YEAR TO SECOND)", { types: 'INT64', values: [-400] }],
  ["EXTRACT(HOUR FROM TIME '10:11:12')", { types: 'INT64', values: [10] }],
  [
    "EXTRACT(HOUR FROM TIMESTAMP '2024-01-01 10:00:00' AT TIME ZONE 'Asia/Kolkata')",
    { types: 'INT64', values: [15] },
  ],
  ["EXTRACT(ISOWEEK FROM DATE '2024-12-30')", { types: 'INT64', values: [1] }],
  ["EXTRACT(ISOYEAR FROM DATE '2024-12-30')", { types: 'INT64', values: [2025] }],
  [
    "EXTRACT(MICROSECOND FROM INTERVAL '1-2 3 4:5:6.789123' YEAR TO SECOND)",
    { types: 'INT64', values: [789123] },
  ],
  ["EXTRACT(MICROSECOND FROM TIME '10:11:12.000123')", { types: 'INT64', values: [123] }],
  ["EXTRACT(MICROSECOND FROM TIMESTAMP '2024-01-01 10:00:00.123456')", { types: 'INT64', values: [123456] }],
  [
    "EXTRACT(MILLISECOND FROM INTERVAL '1-2 3 4:5:6.789123' YEAR TO SECOND)",
    { types: 'INT64', values: [789] },
  ],
  ["EXTRACT(MILLISECOND FROM TIMESTAMP '2024-01-01 10:00:00.123456')", { types: 'INT64', values: [123] }],
  [
    "EXTRACT(MINUTE FROM TIMESTAMP '2024-01-01 10:00:00' AT TIME ZONE '+05:30')",
    { types: 'INT64', values: [30] },
  ],
  ["EXTRACT(MONTH FROM INTERVAL '-1-2 3 4:5:6.7' YEAR TO SECOND)", { types: 'INT64', values: [-2] }],
  ["EXTRACT(QUARTER FROM DATE '2024-12-31')", { types: 'INT64', values: [4] }],
  ["EXTRACT(TIME FROM DATETIME '2024-01-01 23:00:00')", { types: 'TIME', values: ['23:00:00'] }],
  ["EXTRACT(WEEK FROM DATE '2024-01-06')", { types: 'INT64', values: [0] }],
  ["EXTRACT(WEEK FROM DATE '2024-01-07')", { types: 'INT64', values: [1] }],
  ["EXTRACT(WEEK(MONDAY) FROM DATE '2024-01-08')", { types: 'INT64', values: [2] }],
  ["EXTRACT(YEAR FROM INTERVAL '1-2 3 4:5:6.7' YEAR TO SECOND)", { types: 'INT64', values: [1] }],
  ["FORMAT_TIMESTAMP('%', TIMESTAMP '2021-01-03')", { types: 'STRING', values: ['%'] }],
  [
    "FORMAT_TIMESTAMP('%A %a %B %b %C %c %D %d %e %F %G %g %H %h %I %j %k %l %M %m %n %P %p %Q %R %S %s %T %t %U %u %V %W %w %X %x %Y %y %Z %z %%', TIMESTAMP '2024-07-01 14:05:06.789123')",
    {
      types: 'STRING',
      values: [
        'Monday Mon July Jul 20 Mon Jul  1 14:05:06 2024 07/01/24 01  1 2024-07-01 2024 24 14 Jul 02 183 14  2 05 07 \n pm PM 3 14:05 06 1719842706 14:05:06 \t 26 1 27 27 1 14:05:06 07/01/24 2024 24 UTC +0000 %',
      ],
    },
  ],
  [
    "FORMAT_TIMESTAMP('%E3S %E*S %E4Y %E0S %E6S %Ey %EY %OS %Od %Ex %f', TIMESTAMP '0024-07-01 14:05:06.789100')",
    { types: 'STRING', values: ['06.789 06.7891 0024 06 06.789100 24 24 06 01 07/01/24 %f'] },
  ],
  [
    "FORMAT_TIMESTAMP('%O %Om %OH %EC %Ec %EX %E1S %E9S', TIMESTAMP '2021-01-03 04:05:06.123456')",
    { types: 'STRING', values: ['%O 01 04 20 Sun Jan  3 04:05:06 2021 04:05:06 06.1 06.123456000'] },
  ],
  [
    "FORMAT_TIMESTAMP('%U %W %V %u %w %j %G %g', TIMESTAMP '2021-01-03')",
    { types: 'STRING', values: ['01 00 53 7 0 003 2020 20'] },
  ],
  [
    "FORMAT_TIMESTAMP('%U %W %V %u %w %j %G', TIMESTAMP '2023-01-01')",
    { types: 'STRING', values: ['01 00 52 7 0 001 2022'] },
  ],
  [
    "FORMAT_TIMESTAMP('%Y %G %C %y %s %F', TIMESTAMP '0001-01-01 00:00:00')",
    { types: 'STRING', values: ['1 1 0 01 -62135596800 1-01-01'] },
  ],
  [
    "FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S %Z %z %Ez', TIMESTAMP '2024-07-01', 'America/New_York')",
    { types: 'STRING', values: ['2024-06-30 20:00:00 UTC-4 -0400 -04:00'] },
  ],
  [
    "FORMAT_TIMESTAMP('%Z %z', TIMESTAMP '2024-07-01', '+05:30')",
    { types: 'STRING', values: ['UTC+0530 +0530'] },
  ],
  ["FORMAT_TIMESTAMP('%Z', TIMESTAMP '2024-07-01')", { types: 'STRING', values: ['UTC'] }],
  [
    "FORMAT_TIMESTAMP('%e|%k|%l|%P|%r|%h', TIMESTAMP '2021-01-03 04:05:06')",
    { types: 'STRING', values: [' 3| 4| 4|am|04:05:06 AM|Jan'] },
  ],
  ["PARSE_TIMESTAMP('%Ez','+0530')", { types: 'TIMESTAMP', values: ['1969-12-31T18:30:00Z'] }],
  [
    "PARSE_TIMESTAMP('%F %T','2024-01-05 01:02')",
    { error: 'Failed to parse input string "2024-01-05 01:02"' },
  ],
  [
    "PARSE_TIMESTAMP('%FT%TZ','2024-01-05T01:02:03Z')",
    { types: 'TIMESTAMP', values: ['2024-01-05T01:02:03Z'] },
  ],
  ["PARSE_TIMESTAMP('%H %p','11 PM')", { types: 'TIMESTAMP', values: ['1970-01-01T11:00:00Z'] }],
  ["PARSE_TIMESTAMP('%I %p','12 AM')", { types: 'TIMESTAMP', values: ['1970-01-01T00:00:00Z'] }],
  ["PARSE_TIMESTAMP('%I','12')", { types: 'TIMESTAMP', values: ['1970-01-01T00:00:00Z'] }],
  ["PARSE_TIMESTAMP('%I:%M %p','11:05 pm')", { types: 'TIMESTAMP', values: ['1970-01-01T23:05:00Z'] }],
  ["PARSE_TIMESTAMP('%R','13:05')", { types: 'TIMESTAMP', values: ['1970-01-01T13:05:00Z'] }],
  ["PARSE_TIMESTAMP('%S','60')", { types: 'TIMESTAMP', values: ['1970-01-01T00:01:00Z'] }],
  ["PARSE_TIMESTAMP('%S','61')", { error: 'Failed to parse input string "61"' }],
  ["PARSE_TIMESTAMP('%Y %Z','2024 UTC')", { types: 'TIMESTAMP', values: ['2024-01-01T00:00:00Z'] }],
  [
    "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%E3S','2024-01-05 01:02:03.12')",
    { types: 'TIMESTAMP', values: ['2024-01-05T01:02:03.12Z'] },
  ],
  [
    "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%E3S','2024-01-05 01:02:03.123456')",
    { error: 'Failed to parse input string "2024-01-05 01:02:03.123456"' },
  ],
  [
    "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S','2024-01-05 01:02:03')",
    { types: 'TIMESTAMP', values: ['2024-01-05T01:02:03Z'] },
  ],
  [
    "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S','2024-01-05 01:02:03', 'America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-01-05T06:02:03Z'] },
  ],
  [
    "PARSE_TIMESTAMP('%Y-%m-%dT%H:%M:%E*S%Ez','2024-01-05T01:02:03.123456+02:00')",
    { types: 'TIMESTAMP', values: ['2024-01-04T23:02:03.123456Z'] },
  ],
  [
    "PARSE_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ','2024-01-05T01:02:03Z')",
    { types: 'TIMESTAMP', values: ['2024-01-05T01:02:03Z'] },
  ],
  ["PARSE_TIMESTAMP('%Z','America/New_York')", { types: 'TIMESTAMP', values: ['1970-01-01T05:00:00Z'] }],
  [
    "PARSE_TIMESTAMP('%c','Mon Jan  5 01:02:03 2024')",
    { types: 'TIMESTAMP', values: ['2024-01-05T01:02:03Z'] },
  ],
  ["PARSE_TIMESTAMP('%k:%l','5: 3')", { types: 'TIMESTAMP', values: ['1970-01-01T03:00:00Z'] }],
  ["PARSE_TIMESTAMP('%s %Y','1000000000 2020')", { types: 'TIMESTAMP', values: ['2001-09-09T01:46:40Z'] }],
  ["PARSE_TIMESTAMP('%s','-5')", { types: 'TIMESTAMP', values: ['1969-12-31T23:59:55Z'] }],
  ["PARSE_TIMESTAMP('%z','+0530')", { types: 'TIMESTAMP', values: ['1969-12-31T18:30:00Z'] }],
  ["PARSE_TIMESTAMP('%z','+05:30')", { error: 'Failed to parse input string "+05:30"' }],
  ["STRING(DATE '2024-01-01')", { types: 'STRING', values: ['2024-01-01'] }],
  ["STRING(DATETIME '2024-01-01 10:00:00')", { types: 'STRING', values: ['2024-01-01 10:00:00'] }],
  ['STRING(JSON \'"a"\')', { types: 'STRING', values: ['a'] }],
  ["STRING(JSON '1')", { error: 'The provided JSON input is not a string' }],
  [
    "STRING(TIMESTAMP '1800-07-01 00:00:00', 'America/New_York')",
    { types: 'STRING', values: ['1800-06-30 19:04:00-04:56'] },
  ],
  ["STRING(TIMESTAMP '2024-01-01')", { types: 'STRING', values: ['2024-01-01 00:00:00+00'] }],
  [
    "STRING(TIMESTAMP '2024-07-01 00:00:00', 'America/New_York')",
    { types: 'STRING', values: ['2024-06-30 20:00:00-04'] },
  ],
  [
    "STRING(TIMESTAMP '2024-07-01 00:00:00.5', 'Asia/Kolkata')",
    { types: 'STRING', values: ['2024-07-01 05:30:00.500+05:30'] },
  ],
  ["TIMESTAMP('2024-01-01 10:00:00+05')", { types: 'TIMESTAMP', values: ['2024-01-01T05:00:00Z'] }],
  [
    "TIMESTAMP('2024-01-01 10:00:00+05','UTC')",
    { error: 'Timezone is not allowed in "2024-01-01 10:00:00+05"' },
  ],
  [
    "TIMESTAMP('2024-03-10 02:30:00','America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-03-10T07:30:00Z'] },
  ],
  ["TIMESTAMP('2024-11-03 01:30:00','+05:30')", { types: 'TIMESTAMP', values: ['2024-11-02T20:00:00Z'] }],
  ["TIMESTAMP('2024-11-03 01:30:00','+5')", { types: 'TIMESTAMP', values: ['2024-11-02T20:30:00Z'] }],
  [
    "TIMESTAMP('2024-11-03 01:30:00','America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-11-03T05:30:00Z'] },
  ],
  ["TIMESTAMP('2024-11-03 01:30:00','EST')", { types: 'TIMESTAMP', values: ['2024-11-03T06:30:00Z'] }],
  ["TIMESTAMP('2024-11-03 01:30:00','Mars')", { error: '' }],
  ["TIMESTAMP('2024-11-03 01:30:00','UTC+05:30')", { types: 'TIMESTAMP', values: ['2024-11-02T20:00:00Z'] }],
  ["TIMESTAMP('2024-11-03 01:30:00','UTC+5')", { types: 'TIMESTAMP', values: ['2024-11-02T20:30:00Z'] }],
  ["TIMESTAMP('2024-11-03 01:30:00','america/new_york')", { error: '' }],
  [
    "TIMESTAMP(DATE '2024-01-01','America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-01-01T05:00:00Z'] },
  ],
  [
    "TIMESTAMP(DATETIME '2024-01-01 10:00:00','America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-01-01T15:00:00Z'] },
  ],
  [
    "TIMESTAMP_ADD(TIMESTAMP '2024-01-31', INTERVAL 1 DAY)",
    { types: 'TIMESTAMP', values: ['2024-02-01T00:00:00Z'] },
  ],
  [
    "TIMESTAMP_ADD(TIMESTAMP '2024-01-31', INTERVAL 1 MONTH)",
    { error: 'TIMESTAMP_ADD does not support the MONTH date part when the argument is TIMESTAMP type' },
  ],
  ["TIMESTAMP_ADD(TIMESTAMP '9999-12-31', INTERVAL 1 DAY)", { error: '' }],
  [
    "TIMESTAMP_BUCKET(TIMESTAMP '1949-01-10 10:11:12', INTERVAL 12 HOUR)",
    { types: 'TIMESTAMP', values: ['1949-01-10T00:00:00Z'] },
  ],
  [
    "TIMESTAMP_DIFF(TIMESTAMP '2023-12-31 00:00:00', TIMESTAMP '2023-12-31 00:00:00.0015', MILLISECOND)",
    { types: 'INT64', values: [-1] },
  ],
  [
    "TIMESTAMP_DIFF(TIMESTAMP '2023-12-31 00:00:00.0015', TIMESTAMP '2023-12-31', MILLISECOND)",
    { types: 'INT64', values: [1] },
  ],
  [
    "TIMESTAMP_DIFF(TIMESTAMP '2023-12-31 00:00:01', TIMESTAMP '2024-01-01 00:00:00', HOUR)",
    { types: 'INT64', values: [-23] },
  ],
  [
    "TIMESTAMP_DIFF(TIMESTAMP '2023-12-31 00:00:01', TIMESTAMP '2024-01-01 00:00:00', MONTH)",
    { error: 'TIMESTAMP_DIFF does not support the MONTH date part when the argument is TIMESTAMP type' },
  ],
  [
    "TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2023-12-31 00:00:01', DAY)",
    { types: 'INT64', values: [0] },
  ],
  [
    'TIMESTAMP_MICROS(9223372036854775807)',
    {
      error:
        'Input value 9223372036854775807 cannot be converted into a TIMESTAMP, because it would be out of the allowed range between -62135596800000000 to 253402300799999999 (microseconds)',
    },
  ],
  ['TIMESTAMP_MILLIS(1500)', { types: 'TIMESTAMP', values: ['1970-01-01T00:00:01.5Z'] }],
  ['TIMESTAMP_SECONDS(-1)', { types: 'TIMESTAMP', values: ['1969-12-31T23:59:59Z'] }],
  [
    'TIMESTAMP_SECONDS(9223372036854775807)',
    {
      error:
        'Input value 9223372036854775807 cannot be converted into a TIMESTAMP, because it would be out of the allowed range between -62135596800000000 to 253402300799999999 (microseconds)',
    },
  ],
  [
    "TIMESTAMP_TRUNC(DATETIME '2024-03-05 10:11:12.5', HOUR)",
    { types: 'DATETIME', values: ['2024-03-05T10:00:00'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '1969-12-31 23:59:59.5', SECOND)",
    { types: 'TIMESTAMP', values: ['1969-12-31T23:59:59Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-03-05 02:11:12', HOUR, 'Asia/Kolkata')",
    { types: 'TIMESTAMP', values: ['2024-03-05T01:30:00Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-03-05 02:11:12', MONTH)",
    { types: 'TIMESTAMP', values: ['2024-03-01T00:00:00Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-03-05 02:11:12', WEEK, 'America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-03-03T05:00:00Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-03-05 10:11:12', DAY, 'America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-03-05T05:00:00Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-11-03 06:30:00', HOUR, 'America/New_York')",
    { types: 'TIMESTAMP', values: ['2024-11-03T06:00:00Z'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP '2024-12-30 01:02:03', ISOYEAR)",
    { types: 'TIMESTAMP', values: ['2024-12-30T00:00:00Z'] },
  ],
  ["UNIX_MICROS(TIMESTAMP '2024-01-01')", { types: 'INT64', values: [1704067200000000] }],
  ["UNIX_MILLIS(TIMESTAMP '1969-12-31 23:59:59.9999')", { types: 'INT64', values: [-1] }],
  ["UNIX_SECONDS(TIMESTAMP '1969-12-31 23:59:59.5')", { types: 'INT64', values: [-1] }],
  ["EXTRACT(WEEK FROM TIMESTAMP '2024-01-07 00:00:00')", { types: 'INT64', values: [1] }],
]
