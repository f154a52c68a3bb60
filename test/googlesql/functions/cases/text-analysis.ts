import type { Case } from '../case.ts'

const words = 'I like pie, you like-pie, they like 2 PIEs.'
const BOOLS = 'BOOL, BOOL'

/** By the documentation: the reference implementation has none of these functions. */
export const cases: readonly Case[] = [
  [
    `TEXT_ANALYZE('${words}')`,
    {
      types: 'ARRAY<STRING>',
      values: [['i', 'like', 'pie', 'you', 'like', 'pie', 'they', 'like', '2', 'pies']],
    },
  ],
  [
    `TEXT_ANALYZE('${words}', analyzer => 'PATTERN_ANALYZER')`,
    { types: 'ARRAY<STRING>', values: [['like', 'pie', 'you', 'like', 'pie', 'they', 'like', 'pies']] },
  ],
  [
    `TEXT_ANALYZE('${words}', analyzer => 'PATTERN_ANALYZER', analyzer_options => '{"patterns": ["[a-zA-Z]*"], "token_filters": [{"stop_words": ["pie"]}]}')`,
    { types: 'ARRAY<STRING>', values: [['i', 'like', 'you', 'like', 'they', 'like', 'pies']] },
  ],
  [
    `TEXT_ANALYZE('A-b c', analyzer_options => '{"delimiters": [" "], "token_filters": [{"normalization": {"mode": "NONE"}}]}')`,
    { types: 'ARRAY<STRING>', values: [['A-b', 'c']] },
  ],
  ["TEXT_ANALYZE('Foo Bar', 'NO_OP_ANALYZER')", { types: 'ARRAY<STRING>', values: [['Foo Bar']] }],
  ["TEXT_ANALYZE('a%20b%2520c')", { types: 'ARRAY<STRING>', values: [['a', 'b', 'c']] }],
  [
    "TEXT_ANALYZE('日本')",
    { error: 'LOG_ANALYZER of other letters than Latin ones is not supported locally' },
  ],
  ["TEXT_ANALYZE('a', 'OTHER')", { error: 'Invalid analyzer: OTHER' }],
  [
    "BAG_OF_WORDS(['I', 'like', 'pie', NULL, 'pie'])",
    {
      types: 'ARRAY<STRUCT<term STRING, count INT64>>',
      values: [
        [
          [null, '1'],
          ['I', '1'],
          ['like', '1'],
          ['pie', '2'],
        ],
      ],
    },
  ],
  ["SEARCH('foo bar-baz', 'BAR foo'), SEARCH('foo bar', 'ba')", { types: BOOLS, values: [true, false] }],
  [
    "SEARCH('127.0.0.1 x', '`127.0.0.1`'), SEARCH('127.0.0.11 x', '`127.0.0.1`')",
    { types: BOOLS, values: [true, false] },
  ],
  [
    "SEARCH(STRUCT('foo' AS a, 'bar baz' AS b, 3 AS c), 'baz'), SEARCH(['a', 'b'], 'c')",
    { types: BOOLS, values: [true, false] },
  ],
  [
    `SEARCH(JSON '{"alpha": ["x", 3]}', '3'), SEARCH(JSON '{"alpha": "x"}', 'alpha', json_scope => 'JSON_KEYS')`,
    { types: BOOLS, values: [true, true] },
  ],
  [
    "SEARCH('Hello World', 'Hello World', analyzer => 'NO_OP_ANALYZER'), SEARCH('Hello World', 'Hello', analyzer => 'NO_OP_ANALYZER')",
    { types: BOOLS, values: [true, false] },
  ],
  ["SEARCH('a', NULL)", { error: 'search_query must not be NULL' }],
  ["SEARCH('a', '')", { error: 'search_query must contain at least one token' }],
  [
    "SEARCH('a', 'b OR a')",
    { error: '"OR" in a search query is not supported locally outside of backticks' },
  ],
  [
    "CONTAINS_SUBSTR((23, 35, 41), '35'), CONTAINS_SUBSTR(('a', NULL), 'A'), CONTAINS_SUBSTR(('a', NULL), 'b')",
    { types: 'BOOL, BOOL, BOOL', values: [true, true, null] },
  ],
  [
    "CONTAINS_SUBSTR([1.5, 2], '1.5'), CONTAINS_SUBSTR(DATE '2024-01-02', '-01-')",
    { types: BOOLS, values: [true, true] },
  ],
  [
    `CONTAINS_SUBSTR(JSON '{"lunch": "soup"}', 'lunch'), CONTAINS_SUBSTR(JSON '{"lunch": "soup"}', 'LUNCH', json_scope => 'JSON_KEYS')`,
    { types: BOOLS, values: [false, true] },
  ],
]
