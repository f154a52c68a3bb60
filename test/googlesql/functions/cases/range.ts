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
]
