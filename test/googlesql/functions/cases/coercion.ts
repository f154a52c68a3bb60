import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation: what becomes another type by itself, and what does not. */
export const cases: readonly Case[] = [
  ["CONCAT('Summer', ' ', 1923)", { types: 'STRING', values: ['Summer 1923'] }],
  [
    "CONCAT(1, TRUE, 2.5, NUMERIC '3.50', DATE '2024-02-29', TIME '10:20:30')",
    { types: 'STRING', values: ['1true2.53.52024-02-2910:20:30'] },
  ],
  ["'id-' || 5, 1.5 || DATE '2024-02-29'", { types: 'STRING, STRING', values: ['id-5', '1.52024-02-29'] }],
  ["CONCAT('a', CAST(NULL AS INT64))", { types: 'STRING', values: [null] }],
  ["TO_HEX('ab'), 'ab' = b'ab'", { types: 'STRING, BOOL', values: ['6162', true] }],
  ["3 << NULL, b'ab' >> NULL", { types: 'INT64, BYTES', values: [null, null] }],
  ['NOT NULL', { error: 'Operands of NOT cannot be literal NULL' }],
  ['- NULL', { error: 'Operands of - cannot be literal NULL' }],
  ['CAST(123456789.123 AS NUMERIC)', { types: 'NUMERIC', values: ['123456789.123'] }],
  ['SAFE_CAST(-1e30 AS NUMERIC)', { types: 'NUMERIC', values: [null] }],
  ["2.5 IN UNNEST([NUMERIC '2.5'])", { types: 'BOOL', values: [true] }],
  ["TIME '10:20:30' - TIME '09:00:00'", { types: 'INTERVAL', values: ['0-0 0 1:20:30'] }],
  ["IF(TRUE, DATE '2024-02-29', 'ab')", { error: 'Could not cast literal "ab" to type DATE' }],
  ["DATE_DIFF(DATE '2024-01-01', 'x', DAY)", { error: 'Could not cast literal "x" to type DATE' }],
  ["DATE '2024-02-30'", { error: 'Invalid DATE literal' }],
  ["TIMESTAMP 'abc'", { error: 'Invalid TIMESTAMP literal' }],
  ["NUMERIC 'abc'", { error: 'Invalid NUMERIC literal: "abc"' }],
  ["RIGHT('ab', NULL)", { types: 'STRING', values: [null] }],
  ["INITCAP('ab Ab bA', 'a ')", { types: 'STRING', values: ['aB Ab Ba'] }],
  [
    "FORMAT_TIMESTAMP('%F %H', DATETIME '2024-01-02 10:00:00'), FORMAT_DATETIME('%F %H %Z', TIMESTAMP '2024-01-02 10:00:00+00', 'Asia/Tokyo')",
    { types: 'STRING, STRING', values: ['2024-01-02 10', '2024-01-02 19 UTC+9'] },
  ],
  [
    "DATE_BUCKET(TIMESTAMP '2024-01-05 10:00:00+00', INTERVAL 2 DAY), DATETIME_BUCKET(DATE '2024-01-05', INTERVAL 2 DAY)",
    { types: 'TIMESTAMP, DATE', values: ['2024-01-05T00:00:00Z', '2024-01-05'] },
  ],
  [
    '(SELECT ARRAY_AGG(x) FROM (SELECT [1] AS x))',
    { error: 'The argument to ARRAY_AGG must not be an array type but was ARRAY<INT64>' },
  ],
  [
    'RANGE_START(NULL)',
    {
      error:
        'A literal NULL argument cannot be accepted in place of RANGE. Add a CAST to specify the type like CAST(NULL AS RANGE<DATE>). Range supports DATE, DATETIME, and TIMESTAMP',
    },
  ],
  [
    "COALESCE(RANGE<DATE> '[2024-01-01, 2024-02-01)', 'ab')",
    {
      error:
        'No matching signature for function COALESCE\n  Argument types: RANGE<DATE>, STRING\n  Signature: COALESCE(T1, [T1, ...])\n    Unable to find common supertype for templated argument <T1>\n      Input types for <T1>: {RANGE<DATE>, STRING}',
    },
  ],
  [
    "[STRUCT(['a'] AS l), STRUCT([])]",
    {
      error:
        'Array elements of types {STRUCT<l ARRAY<STRING>>, STRUCT<ARRAY<INT64>>} do not have a common supertype',
    },
  ],
  [
    "[STRUCT(['a'] AS l), STRUCT(NULL)]",
    { types: 'ARRAY<STRUCT<l ARRAY<STRING>>>', values: [[[['a']], [[]]]] },
  ],
  ['STRUCT<l ARRAY<STRING>>([])', { types: 'STRUCT<l ARRAY<STRING>>', values: [[[]]] }],
  [
    "CAST(NUMERIC '99999999999999999999999999999.999999999' AS NUMERIC(5, 2))",
    { error: 'NUMERIC(5, 2) has precision 5 and scale 2 but got a value that is not in range' },
  ],
]
