import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    "RANGE(DATE '2020-01-01', DATE '2020-02-01')",
    { types: 'RANGE<DATE>', values: ['[2020-01-01, 2020-02-01)'] },
  ],
  ["RANGE(DATE '2020-01-01', NULL)", { types: 'RANGE<DATE>', values: ['[2020-01-01, UNBOUNDED)'] }],
  [
    "RANGE(DATE '2020-02-01', DATE '2020-01-01')",
    { error: 'Range start element must be smaller than range end element' },
  ],
  ['RANGE(CAST(NULL AS DATE), NULL)', { types: 'RANGE<DATE>', values: ['[UNBOUNDED, UNBOUNDED)'] }],
  ["RANGE_START(RANGE<DATE> '[2020-01-01, 2020-02-01)')", { types: 'DATE', values: ['2020-01-01'] }],
  ["RANGE_END(RANGE<DATE> '[2020-01-01, UNBOUNDED)')", { types: 'DATE', values: [null] }],
  [
    "RANGE_CONTAINS(RANGE<DATE> '[2020-01-01, 2020-02-01)', DATE '2020-01-31')",
    { types: 'BOOL', values: [true] },
  ],
  [
    "RANGE_CONTAINS(RANGE<DATE> '[2020-01-01, 2020-02-01)', DATE '2020-02-01')",
    { types: 'BOOL', values: [false] },
  ],
  [
    "RANGE_CONTAINS(RANGE<DATE> '[UNBOUNDED, 2020-02-01)', DATE '1900-02-01')",
    { types: 'BOOL', values: [true] },
  ],
  [
    "RANGE_CONTAINS(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-01-05, 2020-02-01)')",
    { types: 'BOOL', values: [true] },
  ],
  [
    "RANGE_CONTAINS(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-01-05, UNBOUNDED)')",
    { types: 'BOOL', values: [false] },
  ],
  [
    "RANGE_OVERLAPS(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-02-01, UNBOUNDED)')",
    { types: 'BOOL', values: [false] },
  ],
  [
    "RANGE_OVERLAPS(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-01-31, UNBOUNDED)')",
    { types: 'BOOL', values: [true] },
  ],
  [
    "RANGE_INTERSECT(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-01-31, UNBOUNDED)')",
    { types: 'RANGE<DATE>', values: ['[2020-01-31, 2020-02-01)'] },
  ],
  [
    "RANGE_INTERSECT(RANGE<DATE> '[2020-01-01, 2020-02-01)', RANGE<DATE> '[2020-02-01, UNBOUNDED)')",
    { error: '' },
  ],
  [
    "GENERATE_RANGE_ARRAY(RANGE<DATE> '[2024-01-31, 2024-04-06)', INTERVAL 1 MONTH)",
    {
      types: 'ARRAY<RANGE<DATE>>',
      values: [['[2024-01-31, 2024-02-29)', '[2024-02-29, 2024-03-31)', '[2024-03-31, 2024-04-06)']],
    },
  ],
  [
    "GENERATE_RANGE_ARRAY(RANGE<DATETIME> '[2024-01-31 00:00:00, 2024-01-31 12:00:00)', INTERVAL 5 HOUR, FALSE)",
    {
      types: 'ARRAY<RANGE<DATETIME>>',
      values: [['[2024-01-31 00:00:00, 2024-01-31 05:00:00)', '[2024-01-31 05:00:00, 2024-01-31 10:00:00)']],
    },
  ],
  [
    "GENERATE_RANGE_ARRAY(RANGE<DATE> '[2024-01-31, UNBOUNDED)', INTERVAL 1 DAY)",
    { error: 'input RANGE cannot have UNBOUNDED endpoints' },
  ],
  [
    "GENERATE_RANGE_ARRAY(RANGE<DATE> '[2024-01-31, 2024-02-02)', INTERVAL -1 DAY)",
    { error: 'step cannot be negative' },
  ],
  [
    "GENERATE_RANGE_ARRAY(RANGE<TIMESTAMP> '[2024-01-31 00:00:00+00, 2024-02-02 00:00:00+00)', INTERVAL 1 MONTH)",
    { error: 'step with non-zero MONTH or YEAR part is not supported' },
  ],
  [
    "RANGE_END(SAFE.RANGE_INTERSECT(CAST(NULL AS RANGE<DATE>), RANGE<DATE> '[UNBOUNDED, 2000-01-01)')), DATE_BUCKET(RANGE_END(SAFE.RANGE_INTERSECT(CAST(NULL AS RANGE<DATE>), RANGE<DATE> '[UNBOUNDED, 2000-01-01)')), NULL)",
    { types: 'DATE, DATE', values: [null, null] },
  ],
]
