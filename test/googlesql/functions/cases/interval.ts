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
  [
    "CAST(INTERVAL 1500 MILLISECOND AS STRING), CAST(INTERVAL -7 MICROSECOND AS STRING), CAST(INTERVAL '+5' MICROSECOND AS STRING)",
    {
      types: 'STRING, STRING, STRING',
      values: ['0-0 0 0:0:1.500', '0-0 0 -0:0:0.000007', '0-0 0 0:0:0.000005'],
    },
  ],
  [
    "CAST(INTERVAL '5' WEEK AS STRING), CAST(INTERVAL '-5' QUARTER AS STRING)",
    { types: 'STRING, STRING', values: ['0-0 35 0:0:0', '-1-3 0 0:0:0'] },
  ],
  ["INTERVAL '1.5' MILLISECOND", { error: "Invalid INTERVAL value '1.5'" }],
  [
    "INTERVAL '5' MICROSECOND TO SECOND",
    { error: 'Invalid interval datetime fields: MICROSECOND TO SECOND' },
  ],
  ["INTERVAL '1-2' MONTH TO YEAR", { error: 'Invalid interval datetime fields: MONTH TO YEAR' }],
  ...['DATE', 'DATETIME', 'TIMESTAMP'].flatMap((type): readonly Case[] => {
    const bucket = (width: string) => `${type}_BUCKET(${type} '2024-01-05', ${width})`
    return [
      [bucket("INTERVAL '1 1' DAY TO HOUR"), { error: '' }],
      [bucket('INTERVAL -1 DAY'), { error: 'Negative bucket width INTERVAL is not allowed' }],
      [bucket('INTERVAL 0 DAY'), { error: 'Exactly one non-zero INTERVAL part in bucket width is required' }],
    ]
  }),
  [
    "DATE_BUCKET(DATE '2024-01-05', INTERVAL 1 HOUR)",
    { error: 'Only MONTH and DAY parts are allowed in bucket width INTERVAL' },
  ],
  [
    "TIMESTAMP_BUCKET(TIMESTAMP '2024-01-05', INTERVAL 1 MONTH)",
    { error: 'Bucket width INTERVAL with non-zero MONTH part is not allowed' },
  ],
]
