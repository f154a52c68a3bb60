// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: these are results, not constants
import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ['x, ROW_NUMBER() OVER (ORDER BY x) FROM UNNEST([5]) x', { types: 'INT64, INT64', values: [5, 1] }],
  [
    'ARRAY(SELECT AS STRUCT x, RANK() OVER (ORDER BY x) AS r, DENSE_RANK() OVER (ORDER BY x) AS d, PERCENT_RANK() OVER (ORDER BY x) AS p, CUME_DIST() OVER (ORDER BY x) AS c, NTILE(2) OVER (ORDER BY x) AS n FROM UNNEST([1,2,2,3]) x ORDER BY x, n)',
    {
      types: 'ARRAY<STRUCT<x INT64, r INT64, d INT64, p FLOAT64, c FLOAT64, n INT64>>',
      values: [
        [
          [1, 1, 1, 0, 0.25, 1],
          [2, 2, 2, 0.3333333333333333, 0.75, 1],
          [2, 2, 2, 0.3333333333333333, 0.75, 2],
          [3, 4, 3, 1, 1, 2],
        ],
      ],
    },
  ],
  [
    'ARRAY(SELECT AS STRUCT x, COALESCE(LAG(x) OVER (ORDER BY x), -1) AS a, LAG(x, 2, 0) OVER (ORDER BY x) AS b, COALESCE(LEAD(x) OVER (ORDER BY x), -1) AS c FROM UNNEST([1,2,3]) x ORDER BY x)',
    {
      types: 'ARRAY<STRUCT<x INT64, a INT64, b INT64, c INT64>>',
      values: [
        [
          [1, -1, 0, 2],
          [2, 1, 0, 3],
          [3, 2, 1, -1],
        ],
      ],
    },
  ],
  [
    'ARRAY(SELECT FIRST_VALUE(x) OVER (ORDER BY x) FROM UNNEST([3,1,2]) x)',
    { types: 'ARRAY<INT64>', values: [[1, 1, 1]] },
  ],
  [
    'ARRAY(SELECT LAST_VALUE(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM UNNEST([3,1,2]) x)',
    { types: 'ARRAY<INT64>', values: [[3, 3, 3]] },
  ],
  [
    'ARRAY(SELECT COALESCE(NTH_VALUE(x, 2) OVER (ORDER BY x), -1) FROM UNNEST([3,1,2]) x ORDER BY x)',
    { types: 'ARRAY<INT64>', values: [[-1, 2, 2]] },
  ],
  [
    'ARRAY(SELECT PERCENTILE_CONT(x, 0.5) OVER () FROM UNNEST([1,2,4,NULL]) x)',
    { types: 'ARRAY<FLOAT64>', values: [[2, 2, 2, 2]] },
  ],
  [
    "ARRAY(SELECT PERCENTILE_CONT(x, 0.25) OVER () FROM UNNEST([NUMERIC '1',NUMERIC '2',NUMERIC '4']) x)",
    { types: 'ARRAY<FLOAT64>', values: [[1.5, 1.5, 1.5]] },
  ],
  [
    "ARRAY(SELECT PERCENTILE_DISC(x, 0.5) OVER () FROM UNNEST(['a','b','c','d']) x)",
    { types: 'ARRAY<STRING>', values: [['b', 'b', 'b', 'b']] },
  ],
  [
    'ARRAY(SELECT PERCENTILE_CONT(x, 0.37 RESPECT NULLS) OVER (PARTITION BY MOD(i,2)) FROM UNNEST([1.0, 5, NULL, 3.5, NULL, 7, 8, 9, 2]) x WITH OFFSET i ORDER BY i)',
    { types: 'ARRAY<FLOAT64>', values: [[1, 5.22, 1, 5.22, 1, 5.22, 1, 5.22, 1]] },
  ],
  [
    "(SELECT PERCENTILE_CONT(x, NUMERIC '0.5' RESPECT NULLS) OVER () FROM UNNEST([NUMERIC '1.5', NULL, 2]) x LIMIT 1)",
    { types: 'NUMERIC', values: ['1.5'] },
  ],
  [
    "(SELECT PERCENTILE_DISC(x, 0.5 RESPECT NULLS) OVER () FROM UNNEST(['a', NULL, 'c', NULL]) x WHERE x IS NULL LIMIT 1)",
    { types: 'STRING', values: [null] },
  ],
  [
    'ARRAY(SELECT PERCENTILE_DISC(x, 0) OVER () FROM UNNEST([5,3]) x)',
    { types: 'ARRAY<INT64>', values: [[3, 3]] },
  ],
  [
    'ARRAY(SELECT SUM(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM UNNEST([1,2,3]) x ORDER BY x)',
    { types: 'ARRAY<INT64>', values: [[1, 3, 5]] },
  ],
  [
    "ARRAY(SELECT AVG(x) OVER () FROM UNNEST([NUMERIC '1',NUMERIC '2',NUMERIC '4']) x)",
    { types: 'ARRAY<NUMERIC>', values: [['2.333333333', '2.333333333', '2.333333333']] },
  ],
  [
    "ARRAY(SELECT STRING_AGG(x) OVER (ORDER BY x) FROM UNNEST(['a','b']) x ORDER BY x)",
    { types: 'ARRAY<STRING>', values: [['a', 'a,b']] },
  ],
  [
    "ARRAY(SELECT COUNT(DISTINCT x) OVER () FROM UNNEST(['a','b','a']) x)",
    { types: 'ARRAY<INT64>', values: [[2, 2, 2]] },
  ],
  [
    'ARRAY(SELECT COUNTIF(x > 1) OVER (ORDER BY x) FROM UNNEST([1,2,3]) x ORDER BY x)',
    { types: 'ARRAY<INT64>', values: [[0, 1, 2]] },
  ],
  [
    "ARRAY(SELECT MIN(x) OVER () FROM UNNEST([1.5,CAST('nan' AS FLOAT64)]) x)",
    { types: 'ARRAY<FLOAT64>', values: [['NaN', 'NaN']] },
  ],
  [
    'ARRAY(SELECT STDDEV(x) OVER () FROM UNNEST([1,2,4]) x)',
    { types: 'ARRAY<FLOAT64>', values: [[1.5275252316519468, 1.5275252316519468, 1.5275252316519468]] },
  ],
  [
    'ARRAY(SELECT AS STRUCT x, COUNT(*) OVER (ORDER BY x ROWS BETWEEN 2 FOLLOWING AND 0 FOLLOWING) AS a, COUNT(1) OVER (ORDER BY x RANGE BETWEEN 1 PRECEDING AND 3 PRECEDING) AS b, COUNT(*) OVER (ORDER BY x ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS c FROM UNNEST([1, 2, 3]) AS x ORDER BY x)',
    {
      types: 'ARRAY<STRUCT<x INT64, a INT64, b INT64, c INT64>>',
      values: [
        [
          [1, 0, 0, 2],
          [2, 0, 0, 1],
          [3, 0, 0, 0],
        ],
      ],
    },
  ],
  ['PERCENTILE_DISC([1], 0.5) OVER ()', { error: '' }],
]
