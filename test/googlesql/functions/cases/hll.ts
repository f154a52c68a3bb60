import type { Case } from '../case.ts'

/** By the documentation: the reference implementation has none of these functions. */
export const cases: readonly Case[] = [
  [
    'HLL_COUNT.EXTRACT((SELECT HLL_COUNT.INIT(x) FROM UNNEST([1, 2, 3, 3, NULL]) x))',
    { types: 'INT64', values: ['3'] },
  ],
  [
    `(SELECT HLL_COUNT.MERGE(s) FROM (
      SELECT HLL_COUNT.INIT(n) AS s FROM UNNEST([1, 2, 3]) n UNION ALL
      SELECT HLL_COUNT.INIT(n) FROM UNNEST([3, 4, 5, 6]) n UNION ALL SELECT NULL))`,
    { types: 'INT64', values: ['6'] },
  ],
  [
    `(SELECT HLL_COUNT.EXTRACT(HLL_COUNT.MERGE_PARTIAL(s)) FROM (
      SELECT HLL_COUNT.INIT(n, 12) AS s FROM UNNEST(['a', 'b']) n UNION ALL
      SELECT HLL_COUNT.INIT(n) FROM UNNEST(['b', 'c']) n))`,
    { types: 'INT64', values: ['3'] },
  ],
  [
    `HLL_COUNT.EXTRACT((SELECT HLL_COUNT.INIT(REPEAT('x', n)) FROM UNNEST(GENERATE_ARRAY(0, 199)) n))`,
    { types: 'INT64', values: ['200'] },
  ],
  [
    'HLL_COUNT.EXTRACT(NULL), (SELECT HLL_COUNT.INIT(x) IS NULL FROM UNNEST([CAST(NULL AS INT64)]) x)',
    { types: 'INT64, BOOL', values: ['0', true] },
  ],
  ['(SELECT HLL_COUNT.MERGE(CAST(NULL AS BYTES)) FROM UNNEST([1]))', { types: 'INT64', values: ['0'] }],
  [
    'BYTE_LENGTH((SELECT HLL_COUNT.INIT(n) FROM UNNEST(GENERATE_ARRAY(1, 20000)) n))',
    {
      error:
        'HLL_COUNT over more than 6144 different values is not supported locally; APPROX_COUNT_DISTINCT is',
    },
  ],
  [
    '(SELECT HLL_COUNT.INIT(n, 30) FROM UNNEST([1]) n)',
    { error: 'HLL++ precision must be between 10 and 24 (inclusive), got 30' },
  ],
  [
    `(SELECT HLL_COUNT.MERGE(s) FROM (SELECT HLL_COUNT.INIT(1) AS s FROM UNNEST([1]) UNION ALL SELECT HLL_COUNT.INIT('a') FROM UNNEST([1])))`,
    { error: 'HLL_COUNT cannot merge sketches of INT64 and STRING' },
  ],
  [
    "HLL_COUNT.EXTRACT(b'abc')",
    { error: 'a sketch that was not made here is not supported locally by HLL_COUNT' },
  ],
]
