import type { Case } from '../case.ts'

/** Calls within calls, over columns: answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    'PARSE_TIMESTAMP("%Y-%m-%d %H:%M:%E*S%Ez", "2024-03-15 12:30:45.123456789+00:00")',
    { types: 'TIMESTAMP', values: ['2024-03-15T12:30:45.123456Z'] },
  ],
  ['x / y FROM UNNEST([STRUCT(1.5 AS x, 0.0 AS y)])', { error: '' }],
  ['(x + y) / (y * 2) FROM UNNEST([STRUCT(1 AS x, 2 AS y)])', { types: 'FLOAT64', values: [0.75] }],
  ['SAFE_DIVIDE(x + 1, y - 2) FROM UNNEST([STRUCT(1 AS x, 2 AS y)])', { types: 'FLOAT64', values: [null] }],
  ['ROUND((x + 0.5) * 2.25, 1) FROM UNNEST([1.25]) x', { types: 'FLOAT64', values: [3.9] }],
  ["CAST(CONCAT(x, '5') AS INT64) + 1 FROM UNNEST(['12']) x", { types: 'INT64', values: ['126'] }],
  ["SAFE_CAST(CONCAT(x, 'a') AS INT64) FROM UNNEST(['12']) x", { types: 'INT64', values: [null] }],
  [
    "DATE_ADD(DATE_TRUNC(x, MONTH), INTERVAL y DAY) FROM UNNEST([STRUCT(DATE '2024-02-15' AS x, 5 AS y)])",
    { types: 'DATE', values: ['2024-02-06'] },
  ],
  [
    "TIMESTAMP_TRUNC(TIMESTAMP_ADD(x, INTERVAL 90 MINUTE), HOUR, 'America/New_York') FROM UNNEST([TIMESTAMP '2024-02-15 01:02:03']) x",
    { types: 'TIMESTAMP', values: ['2024-02-15T02:00:00Z'] },
  ],
  [
    "JSON_VALUE(TO_JSON_STRING(STRUCT(CONCAT(x,'\"') AS a)), '$.a') FROM UNNEST(['q']) x",
    { types: 'STRING', values: ['q"'] },
  ],
  [
    'IF(x > y, x * 1.5, y / x) FROM UNNEST([STRUCT(1.0 AS x, 2.0 AS y)])',
    { types: 'FLOAT64', values: [2.0] },
  ],
  ["LOWER(SUBSTR(UPPER(x), -3, 2)) FROM UNNEST(['hello']) x", { types: 'STRING', values: ['ll'] }],
  [
    "REGEXP_EXTRACT(CONCAT(x, 'b1'), CONCAT('b', '(.)')) FROM UNNEST(['a']) x",
    { types: 'STRING', values: ['1'] },
  ],
  [
    "EXTRACT(WEEK(MONDAY) FROM DATE_ADD(x, INTERVAL 1 DAY)) FROM UNNEST([DATE '2024-01-07']) x",
    { types: 'INT64', values: ['2'] },
  ],
  [
    "FORMAT('%d-%s-%.2f', x + 1, CONCAT('a', 'b'), x / 3) FROM UNNEST([1]) x",
    { types: 'STRING', values: ['2-ab-0.33'] },
  ],
  ['x IN UNNEST(ARRAY_CONCAT([1.5], [x])) FROM UNNEST([2.5]) x', { types: 'BOOL', values: [true] }],
  ['STRUCT(x, x + 1) = STRUCT(1, 2) FROM UNNEST([1]) x', { types: 'BOOL', values: [true] }],
  ['NULLIF(x * 2, 2.0) FROM UNNEST([1.0]) x', { types: 'FLOAT64', values: [null] }],
  [
    "ARRAY_TO_STRING(ARRAY(SELECT CAST(y * 1.5 AS STRING) FROM UNNEST(x.a) y ORDER BY y), ',') FROM UNNEST([STRUCT([1,2] AS a)]) x",
    { types: 'STRING', values: ['1.5,3'] },
  ],
  [
    'LEAST(x + 1, y * 2), GREATEST(x + 1.5, y) FROM UNNEST([STRUCT(1 AS x, 2 AS y)])',
    { types: 'INT64, FLOAT64', values: ['2', 2.5] },
  ],
  [
    "SAFE.PARSE_DATE('%Y-%m-%d', CONCAT(x, '-xx')) FROM UNNEST(['2024']) x",
    { types: 'DATE', values: [null] },
  ],
  ["SAFE.SUBSTR(x, 1, y) FROM UNNEST([STRUCT('abc' AS x, -1 AS y)])", { types: 'STRING', values: [null] }],
  [
    "TO_HEX(SHA256(CONCAT(x, '|', IFNULL(y, '')))) FROM UNNEST([STRUCT('a' AS x, 'b' AS y)])",
    { types: 'STRING', values: ['0eab8a0a3380abf4c7d1fb0b43b66aafbb64a4b953e4eb2dccca579461912d0c'] },
  ],
  [
    'ARRAY(SELECT AS STRUCT a.id, (SELECT SUM(IFNULL(c.v, 100)) FROM (SELECT 1 AS v UNION ALL SELECT 2) AS b LEFT JOIN (SELECT 2 AS v UNION ALL SELECT 3) AS c ON b.v + a.id = c.v) AS n FROM UNNEST([STRUCT(0 AS id), STRUCT(1), STRUCT(5)]) AS a ORDER BY id)',
    {
      types: 'ARRAY<STRUCT<id INT64, n INT64>>',
      values: [
        [
          [0, 102],
          [1, 5],
          [5, 200],
        ],
      ],
    },
  ],
]
