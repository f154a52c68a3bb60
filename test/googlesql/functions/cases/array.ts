import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    'GENERATE_ARRAY(0,0.5,0.1)',
    { types: 'ARRAY<FLOAT64>', values: [[0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5]] },
  ],
  ['GENERATE_ARRAY(0,1,0.25)', { types: 'ARRAY<FLOAT64>', values: [[0, 0.25, 0.5, 0.75, 1]] }],
  ['GENERATE_ARRAY(1,10,3)', { types: 'ARRAY<INT64>', values: [[1, 4, 7, 10]] }],
  ['GENERATE_ARRAY(1,2,0)', { error: 'Sequence step cannot be 0.' }],
  ['GENERATE_ARRAY(1,NULL)', { types: 'ARRAY<INT64>', values: [[]] }],
  ['GENERATE_ARRAY(10,1)', { types: 'ARRAY<INT64>', values: [[]] }],
  ['GENERATE_ARRAY(10,1,-4)', { types: 'ARRAY<INT64>', values: [[10, 6, 2]] }],
  [
    "GENERATE_ARRAY(NUMERIC '0',1,NUMERIC '0.3')",
    { types: 'ARRAY<NUMERIC>', values: [['0', '0.3', '0.6', '0.9']] },
  ],
  [
    "GENERATE_DATE_ARRAY('2024-01-01','2024-01-03')",
    { types: 'ARRAY<DATE>', values: [['2024-01-01', '2024-01-02', '2024-01-03']] },
  ],
  ["GENERATE_DATE_ARRAY(DATE '2024-01-31', NULL)", { types: 'ARRAY<DATE>', values: [[]] }],
  [
    "GENERATE_DATE_ARRAY(DATE '2024-01-31','2023-12-30', INTERVAL -2 WEEK)",
    { types: 'ARRAY<DATE>', values: [['2024-01-31', '2024-01-17', '2024-01-03']] },
  ],
  [
    "GENERATE_DATE_ARRAY(DATE '2024-01-31','2023-12-30', INTERVAL 0 DAY)",
    { error: 'Sequence step cannot be 0.' },
  ],
  [
    "GENERATE_DATE_ARRAY(DATE '2024-01-31','2024-04-30', INTERVAL 1 MONTH)",
    { types: 'ARRAY<DATE>', values: [['2024-01-31', '2024-02-29', '2024-03-29', '2024-04-29']] },
  ],
  [
    "GENERATE_TIMESTAMP_ARRAY(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-01 03:00:00', INTERVAL 90 MINUTE)",
    {
      types: 'ARRAY<TIMESTAMP>',
      values: [['2024-01-01T00:00:00Z', '2024-01-01T01:30:00Z', '2024-01-01T03:00:00Z']],
    },
  ],
  ['ARRAY_LENGTH([1,NULL])', { types: 'INT64', values: [2] }],
  ['ARRAY_CONCAT([1],[2,3],[])', { types: 'ARRAY<INT64>', values: [[1, 2, 3]] }],
  ['ARRAY_REVERSE([1,2,3])', { types: 'ARRAY<INT64>', values: [[3, 2, 1]] }],
  ["ARRAY_TO_STRING(['a',NULL,'b'],',')", { types: 'STRING', values: ['a,b'] }],
  ["ARRAY_TO_STRING(['a',NULL,'b'],',','X')", { types: 'STRING', values: ['a,X,b'] }],
  ["ARRAY_TO_STRING([NULL],',')", { error: '' }],
  ["ARRAY_TO_STRING(CAST([] AS ARRAY<STRING>),',')", { types: 'STRING', values: [''] }],
  ["ARRAY_TO_STRING([b'a',NULL,b'b'],b',')", { types: 'BYTES', values: ['YSxi'] }],
  ["ARRAY_TO_STRING(['a'],NULL)", { types: 'STRING', values: [null] }],
  ["ARRAY_TO_STRING(['a',NULL],',',NULL)", { types: 'STRING', values: [null] }],
  ['ARRAY_FIRST([1,2])', { types: 'INT64', values: [1] }],
  ['ARRAY_LAST([1,2])', { types: 'INT64', values: [2] }],
  [
    'ARRAY_FIRST(CAST([] AS ARRAY<INT64>))',
    { error: 'ARRAY_FIRST cannot get the first element of an empty array' },
  ],
  ['ARRAY_SLICE([1,2,3,4,5],1,3)', { types: 'ARRAY<INT64>', values: [[2, 3, 4]] }],
  ['ARRAY_SLICE([1,2,3,4,5],-3,-1)', { types: 'ARRAY<INT64>', values: [[3, 4, 5]] }],
  ['ARRAY_SLICE([1,2,3,4,5],3,1)', { types: 'ARRAY<INT64>', values: [[]] }],
  ['ARRAY_SLICE([1,2,3,4,5],-10,10)', { types: 'ARRAY<INT64>', values: [[1, 2, 3, 4, 5]] }],
  ['ARRAY_SLICE([1,2,3,4,5],10,20)', { types: 'ARRAY<INT64>', values: [[]] }],
  ['ARRAY_SLICE([1,2,3,4,5],0,-10)', { types: 'ARRAY<INT64>', values: [[]] }],
  ['GENERATE_ARRAY(1,5,2)', { types: 'ARRAY<INT64>', values: [[1, 3, 5]] }],
  ['ARRAY_LENGTH(ARRAY_AGG(x)) FROM UNNEST([1,NULL]) x', { types: 'INT64', values: [2] }],
  ["GENERATE_ARRAY(NUMERIC '1', 2, 0.5)", { types: 'ARRAY<NUMERIC>', values: [['1', '1.5', '2']] }],
  [
    'CAST(ARRAY_REVERSE(CAST(NULL AS ARRAY<TIMESTAMP>))[SAFE_OFFSET(1)] AS DATE)',
    { types: 'DATE', values: [null] },
  ],
  [
    "ARRAY_TO_STRING(['a', NULL, 'b'], FORMAT_DATE('%d', DATE '2021-01-03'))",
    { types: 'STRING', values: ['a03b'] },
  ],
  [
    "ARRAY_TO_STRING(CAST(NULL AS ARRAY<STRING>), FORMAT_DATE('%d', DATE '2021-01-03'))",
    { types: 'STRING', values: [null] },
  ],
]
