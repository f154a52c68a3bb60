import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ['JUSTIFY_DAYS(INTERVAL 65 DAY)', { types: 'INTERVAL', values: ['0-2 5 0:0:0'] }],
  ['JUSTIFY_HOURS(INTERVAL 49 HOUR)', { types: 'INTERVAL', values: ['0-0 2 1:0:0'] }],
  [
    "JUSTIFY_INTERVAL(INTERVAL '0-10 65 49:0:0' YEAR TO SECOND)",
    { types: 'INTERVAL', values: ['1-0 7 1:0:0'] },
  ],
  [
    "JUSTIFY_INTERVAL(INTERVAL '1-0 -1 0:0:0' YEAR TO SECOND)",
    { types: 'INTERVAL', values: ['0-11 29 0:0:0'] },
  ],
  ['MAKE_INTERVAL(1,2,3,4,5,6)', { types: 'INTERVAL', values: ['1-2 3 4:5:6'] }],
  ['MAKE_INTERVAL(hour=>25)', { types: 'INTERVAL', values: ['0-0 0 25:0:0'] }],
]
