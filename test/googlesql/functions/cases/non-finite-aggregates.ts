import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ["AVG(x) FROM UNNEST([CAST('inf' AS FLOAT64)]) x", { types: 'FLOAT64', values: ['Infinity'] }],
  [
    "COVAR_POP(x, y), COVAR_SAMP(x,y), CORR(x,y) FROM UNNEST([STRUCT(CAST('inf' AS FLOAT64) AS x, 1 AS y), (1, 2), (3,4)])",
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: ['NaN', 'NaN', 'NaN'] },
  ],
  [
    "COVAR_POP(x, y), COVAR_SAMP(x,y), CORR(x,y) FROM UNNEST([STRUCT(CAST('nan' AS FLOAT64) AS x, 1 AS y), (1, 2), (3,4)])",
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: ['NaN', 'NaN', 'NaN'] },
  ],
  [
    "COVAR_POP(x, y), COVAR_SAMP(x,y), CORR(x,y) FROM UNNEST([STRUCT(CAST('nan' AS FLOAT64) AS x, NULL AS y), (1, 2), (3,4)])",
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [1, 2, 1] },
  ],
  [
    'COVAR_POP(x, y), COVAR_SAMP(x,y), CORR(x,y) FROM UNNEST([STRUCT(1.0 AS x, 2.0 AS y), (1, 2)])',
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [0, 0, 'NaN'] },
  ],
  [
    'COVAR_POP(x, y), COVAR_SAMP(x,y), CORR(x,y) FROM UNNEST([STRUCT(1.0 AS x, 2.0 AS y)])',
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [0, null, null] },
  ],
  [
    "COVAR_POP(x, y), CORR(x,y) FROM UNNEST([STRUCT(CAST('nan' AS FLOAT64) AS x, 1 AS y)])",
    { types: 'FLOAT64, FLOAT64', values: ['NaN', null] },
  ],
]
