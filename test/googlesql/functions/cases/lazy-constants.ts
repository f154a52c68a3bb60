import type { Case } from '../case.ts'

const rows =
  'UNNEST([STRUCT(1 AS i, CAST(NULL AS INT64) AS c, CAST(NULL AS BOOL) AS b), (2, 3, TRUE)]) AS n WHERE n.i = 1'
const five = { types: 'INT64', values: ['5'] }

/** Answers of GoogleSQL's reference implementation: constants that raise, where no row or a NULL asks for them. */
export const cases: readonly Case[] = [
  [`(SELECT COALESCE(5, IF([TRUE][OFFSET(-1)], 1, 2), n.c) FROM ${rows})`, five],
  [`(SELECT IF(n.c IS NULL, 5, IF(ARRAY_LAST(ARRAY<BOOL>[]), 1, 2)) FROM ${rows})`, five],
  [`(SELECT CASE WHEN n.c = 3 THEN IF(CAST('' AS BOOL) AND n.b, 1, 2) ELSE 5 END FROM ${rows})`, five],
  [`(SELECT IF(n.c = 3, IF(DIV(1, 0) IN (n.c, 2), 1, 2), 5) FROM ${rows})`, five],
  [`(SELECT IF(n.c = 3, IF(DIV(1, 0) BETWEEN 0 AND n.i, 1, 2), 5) FROM ${rows})`, five],
  [`(SELECT IF(n.c IS NULL, IF(DIV(1, 0) > 2, 1, 2), 5) FROM ${rows})`, { error: 'division by zero: 1 / 0' }],
  ["REGEXP_CONTAINS(NULL, '[')", { types: 'BOOL', values: [null] }],
  ["REGEXP_CONTAINS(CAST(NULL AS BYTES), b'[')", { types: 'BOOL', values: [null] }],
  ["REGEXP_EXTRACT_ALL(NULL, '[')", { types: 'ARRAY<STRING>', values: [[]] }],
  ["REGEXP_REPLACE(NULL, '[', 'a')", { types: 'STRING', values: [null] }],
  ["REGEXP_INSTR(NULL, '[')", { types: 'INT64', values: [null] }],
  ['DATETIME(-5, 1, 1, 1, NULL, 1)', { types: 'DATETIME', values: [null] }],
  [
    'DATETIME(-5, [1][SAFE_OFFSET(0)], [1][SAFE_OFFSET(0)], 1, NULL, [1][SAFE_OFFSET(0)])',
    { types: 'DATETIME', values: [null] },
  ],
  ["PARSE_TIME('%Q %H', '2 5')", { types: 'TIME', values: ['05:00:00'] }],
  ["PARSE_TIME('%Q', '7')", { error: 'Failed to parse input string "7"' }],
  [
    `(SELECT CASE WHEN n.c = 3 THEN REGEXP_CONTAINS('a', IF(TRUE, ERROR('e'), 'a')) END FROM ${rows})`,
    { types: 'BOOL', values: [null] },
  ],
  [
    "REGEXP_EXTRACT_ALL(['a'][SAFE_OFFSET(1)], TO_HEX(MD5('a')) || '[')",
    { types: 'ARRAY<STRING>', values: [[]] },
  ],
]
