// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: these are results, not constants
import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    'COUNT(*), COUNT(x), SUM(x), AVG(x), MIN(x), MAX(x) FROM UNNEST([1,2,NULL,3]) x',
    { types: 'INT64, INT64, INT64, FLOAT64, INT64, INT64', values: [4, 3, 6, 2, 1, 3] },
  ],
  [
    'COUNT(*), COUNT(x), SUM(x), AVG(x), MIN(x), MAX(x) FROM UNNEST(CAST([] AS ARRAY<INT64>)) x',
    { types: 'INT64, INT64, INT64, FLOAT64, INT64, INT64', values: [0, 0, null, null, null, null] },
  ],
  [
    "SUM(x), AVG(x), MIN(x), MAX(x) FROM UNNEST([NUMERIC '1.5', NUMERIC '2', NULL]) x",
    { types: 'NUMERIC, NUMERIC, NUMERIC, NUMERIC', values: ['3.5', '1.75', '1.5', '2'] },
  ],
  [
    "SUM(x), AVG(x), MIN(x), MAX(x) FROM UNNEST([BIGNUMERIC '1.5', BIGNUMERIC '2', NULL]) x",
    { types: 'BIGNUMERIC, BIGNUMERIC, BIGNUMERIC, BIGNUMERIC', values: ['3.5', '1.75', '1.5', '2'] },
  ],
  [
    "SUM(x), AVG(x), MIN(x), MAX(x) FROM UNNEST([1.5, CAST('nan' AS FLOAT64), 2]) x",
    { types: 'FLOAT64, FLOAT64, FLOAT64, FLOAT64', values: ['NaN', 'NaN', 'NaN', 'NaN'] },
  ],
  ['SUM(x), AVG(x) FROM UNNEST([9223372036854775807, 1]) x', { error: 'int64 overflow' }],
  [
    "SUM(x) FROM UNNEST([NUMERIC '99999999999999999999999999999.999999999', NUMERIC '0.000000001']) x",
    { error: 'numeric overflow: SUM' },
  ],
  [
    "SUM(x), SUM(DISTINCT -x) FROM UNNEST([NUMERIC '99999999999999999999999999999.999999999', 0]) x",
    {
      types: 'NUMERIC, NUMERIC',
      values: ['99999999999999999999999999999.999999999', '-99999999999999999999999999999.999999999'],
    },
  ],
  [
    "SUM(x) FROM UNNEST([BIGNUMERIC '-578960446186580977117854925043439539266.34992332820282019728792003956564819968', BIGNUMERIC '-1e-38']) x",
    { error: 'BIGNUMERIC overflow: SUM' },
  ],
  [
    'AVG(x) FROM UNNEST([9223372036854775807, 9223372036854775807]) x',
    { types: 'FLOAT64', values: [9223372036854776000] },
  ],
  [
    'SUM(x), AVG(x) FROM UNNEST([INTERVAL 1 DAY, INTERVAL 2 HOUR, INTERVAL 1 MONTH]) x',
    { types: 'INTERVAL, INTERVAL', values: ['0-1 1 2:0:0', '0-0 10 8:40:0'] },
  ],
  [
    'COUNTIF(x > 1), LOGICAL_AND(x > 0), LOGICAL_OR(x > 2) FROM UNNEST([1,2,NULL,3]) x',
    { types: 'INT64, BOOL, BOOL', values: [2, true, true] },
  ],
  [
    'COUNTIF(x > 1), LOGICAL_AND(x > 0), LOGICAL_OR(x > 2) FROM UNNEST(CAST([] AS ARRAY<INT64>)) x',
    { types: 'INT64, BOOL, BOOL', values: [0, null, null] },
  ],
  [
    'COUNT(DISTINCT x), SUM(DISTINCT x), AVG(DISTINCT x) FROM UNNEST([1,2,2,NULL,3]) x',
    { types: 'INT64, INT64, FLOAT64', values: [3, 6, 2] },
  ],
  ['COUNTIF(DISTINCT x > 1) FROM UNNEST([1,2,2,NULL,3]) x', { types: 'INT64', values: [1] }],
  [
    'BIT_AND(x), BIT_OR(x), BIT_XOR(x) FROM UNNEST([7,3,NULL,6]) x',
    { types: 'INT64, INT64, INT64', values: [2, 7, 2] },
  ],
  ['BIT_AND(x) FROM UNNEST(CAST([] AS ARRAY<INT64>)) x', { types: 'INT64', values: [null] }],
  [
    "STRING_AGG(x), STRING_AGG(x, '-'), STRING_AGG(x ORDER BY x DESC), STRING_AGG(DISTINCT x ORDER BY x LIMIT 2) FROM UNNEST(['b','a',NULL,'b','c']) x",
    { types: 'STRING, STRING, STRING, STRING', values: ['b,a,b,c', 'b-a-b-c', 'c,b,b,a', 'a,b'] },
  ],
  [
    "STRING_AGG(x, '' ORDER BY x LIMIT 2) FROM UNNEST(['b','a',NULL,'b','c']) x",
    { types: 'STRING', values: ['ab'] },
  ],
  ['STRING_AGG(x) FROM UNNEST(CAST([] AS ARRAY<STRING>)) x', { types: 'STRING', values: [null] }],
  ["STRING_AGG(x, b'-' ORDER BY x) FROM UNNEST([b'b',b'a']) x", { types: 'BYTES', values: ['YS1i'] }],
  [
    'ARRAY_AGG(x ORDER BY x DESC), ARRAY_AGG(x IGNORE NULLS ORDER BY x LIMIT 2), ARRAY_AGG(DISTINCT x IGNORE NULLS ORDER BY x) FROM UNNEST([3,1,2,2]) x',
    {
      types: 'ARRAY<INT64>, ARRAY<INT64>, ARRAY<INT64>',
      values: [
        [3, 2, 2, 1],
        [1, 2],
        [1, 2, 3],
      ],
    },
  ],
  ['ARRAY_AGG(x) FROM UNNEST(CAST([] AS ARRAY<INT64>)) x', { types: 'ARRAY<INT64>', values: [[]] }],
  [
    'ARRAY_CONCAT_AGG(x.a ORDER BY x.k LIMIT 1) FROM UNNEST([STRUCT(2 AS k, [1,2] AS a), STRUCT(1 AS k, [3] AS a)]) x',
    { types: 'ARRAY<INT64>', values: [[3]] },
  ],
  [
    'ANY_VALUE(x HAVING MAX y), ANY_VALUE(x HAVING MIN y) FROM UNNEST([STRUCT(1 AS x, 5 AS y), STRUCT(2 AS x, 7 AS y), STRUCT(3 AS x, NULL AS y)])',
    { types: 'INT64, INT64', values: [2, 1] },
  ],
  [
    'SUM(x HAVING MAX y), MAX(x HAVING MIN y), COUNT(x HAVING MAX y), AVG(x HAVING MAX y) FROM UNNEST([STRUCT(1 AS x, 5 AS y), STRUCT(2 AS x, 7 AS y), STRUCT(3 AS x, 7 AS y)])',
    { types: 'INT64, INT64, INT64, FLOAT64', values: [5, 1, 2, 2.5] },
  ],
  [
    'VAR_POP(x), VAR_SAMP(x), VARIANCE(x), STDDEV(x), STDDEV_POP(x), STDDEV_SAMP(x) FROM UNNEST([1,2,4]) x',
    {
      types: 'FLOAT64, FLOAT64, FLOAT64, FLOAT64, FLOAT64, FLOAT64',
      values: [
        1.5555555555555556, 2.3333333333333335, 2.3333333333333335, 1.5275252316519468, 1.247219128924647,
        1.5275252316519468,
      ],
    },
  ],
  [
    'VAR_POP(x), VAR_SAMP(x), STDDEV(x) FROM UNNEST([5]) x',
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [0, null, null] },
  ],
  [
    'VAR_POP(x), VAR_SAMP(x) FROM UNNEST(CAST([] AS ARRAY<FLOAT64>)) x',
    { types: 'FLOAT64, FLOAT64', values: [null, null] },
  ],
  [
    "VAR_POP(x), STDDEV(x) FROM UNNEST([1.0, CAST('inf' AS FLOAT64)]) x",
    { types: 'FLOAT64, FLOAT64', values: ['NaN', 'NaN'] },
  ],
  [
    'CORR(x, y), COVAR_POP(x, y), COVAR_SAMP(x, y) FROM UNNEST([STRUCT(1.0 AS x, 5.0 AS y), STRUCT(2.0 AS x, 9.0 AS y), STRUCT(3.0 AS x, NULL AS y), STRUCT(7.0 AS x, 1.0 AS y)])',
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [-0.7777137710478189, -6.666666666666667, -10] },
  ],
  [
    'CORR(x, y), COVAR_POP(x, y), COVAR_SAMP(x, y) FROM UNNEST([STRUCT(1.0 AS x, 5.0 AS y)])',
    { types: 'FLOAT64, FLOAT64, FLOAT64', values: [null, 0, null] },
  ],
  [
    'CORR(x, y) FROM UNNEST([STRUCT(1.0 AS x, 5.0 AS y), STRUCT(1.0 AS x, 7.0 AS y)])',
    { types: 'FLOAT64', values: ['NaN'] },
  ],
  [
    "VAR_POP(x), STDDEV(x) FROM UNNEST([NUMERIC '1.5', NUMERIC '2.5']) x",
    { types: 'FLOAT64, FLOAT64', values: [0.25, 0.7071067811865476] },
  ],
  ["MIN(x), MAX(x) FROM UNNEST(['b','a',NULL]) x", { types: 'STRING, STRING', values: ['a', 'b'] }],
  [
    "MIN(x), MAX(x) FROM UNNEST([DATE '2024-01-01', DATE '2023-01-01']) x",
    { types: 'DATE, DATE', values: ['2023-01-01', '2024-01-01'] },
  ],
  ['MIN(x), MAX(x) FROM UNNEST([true,false]) x', { types: 'BOOL, BOOL', values: [false, true] }],
  ["MIN(x), MAX(x) FROM UNNEST([b'a',b'\\xff']) x", { types: 'BYTES, BYTES', values: ['YQ==', '/w=='] }],
  ["MIN(x) FROM UNNEST([JSON '1']) x", { error: '' }],
  ['MAX(x) FROM UNNEST([STRUCT(1)]) x', { error: '' }],
  [
    "ARRAY(SELECT x FROM UNNEST([1.5, NULL, CAST('nan' AS FLOAT64), CAST('-inf' AS FLOAT64)]) x WHERE x IS NOT NULL ORDER BY x)",
    { types: 'ARRAY<FLOAT64>', values: [['NaN', '-Infinity', 1.5]] },
  ],
  [
    'GROUPING(x) FROM UNNEST([1]) x GROUP BY ROLLUP(x) HAVING GROUPING(x) = 1',
    { types: 'INT64', values: [1] },
  ],
  ["NUMERIC '1' * x FROM UNNEST([1.5]) x", { types: 'FLOAT64', values: [1.5] }],
  ["x + 0.5 FROM UNNEST([NUMERIC '1']) x", { types: 'NUMERIC', values: ['1.5'] }],
  ["x > 0.5 FROM UNNEST([NUMERIC '1']) x", { types: 'BOOL', values: [true] }],
]
