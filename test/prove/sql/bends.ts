import type { Random } from './random.ts'

/** Words, signs and literals of a query; `t.k` is one. */
const word =
  /\{[A-Z]\}|[rb]?'(?:\\.|[^'\\])*'|[rb]?"(?:\\.|[^"\\])*"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|\d+(?:\.\d+)?|\|>|<=|>=|!=|<>|\|\||=>|\S/g

const column = /^([tuv])\.([a-z])$/
const literal = /^(?:\d.*|['"].*)$/s
const keyword = /^[A-Z]{2,}$/
const letters = [...'knfgmwszybdqxcijleopr']

const types = [
  ...[
    'INT64',
    'STRING',
    'FLOAT64',
    'NUMERIC',
    'DATE',
    'TIMESTAMP',
    'BYTES',
    'BOOL',
    'JSON',
    'TIME',
    'DATETIME',
  ],
  ...[
    'ARRAY<INT64>',
    'ARRAY<STRING>',
    'STRUCT<a INT64>',
    'STRUCT<INT64, STRING>',
    'INTERVAL',
    'FOO',
    'RANGE<DATE>',
  ],
]

/** What stands in place of a value. */
const values = [
  ...[
    '1',
    '-1',
    '0',
    '1.5',
    "'x'",
    "''",
    'NULL',
    'TRUE',
    '[1]',
    "['a']",
    '[]',
    "(1, 'a')",
    "b'a'",
    'STRUCT(1 AS a)',
  ],
  ...[
    "DATE '2024-02-29'",
    "DATE '2024-13-01'",
    "TIMESTAMP 'x'",
    "NUMERIC '1e40'",
    "NUMERIC '1.5'",
    "JSON '{}'",
  ],
  ...[
    "JSON '{'",
    "'\\q'",
    "b'\\xZZ'",
    '99999999999999999999',
    '0x1F',
    '1e400',
    'INTERVAL 1 DAY',
    'INTERVAL 1 FOO',
  ],
  ...[
    '@p',
    'zz',
    't',
    't.zz',
    'u.k',
    '*',
    't.*',
    'k',
    's',
    'x',
    'e',
    'select',
    'COUNT(*)',
    "'2024-01-01'",
    'DEFAULT',
  ],
  ...[
    "RANGE<DATE> '[2024-01-01, 2024-02-01)'",
    "TIME '25:00:00'",
    'CURRENT_DATE',
    '(SELECT 1)',
    '(SELECT 1, 2)',
  ],
]

/** What is made of a value. */
const wraps: readonly ((value: string) => string)[] = [
  ...['SUM', 'COUNT', 'MAX', 'ARRAY_AGG', 'STRING_AGG', 'COUNT(DISTINCT', 'ANY_VALUE', 'GROUPING', 'AVG'].map(
    (name) => (value: string) => (name.includes('(') ? `${name} ${value})` : `${name}(${value})`),
  ),
  ...[
    'ABS',
    'LENGTH',
    'UPPER',
    'STRUCT',
    'UNNEST',
    'ARRAY_LENGTH',
    'TO_JSON',
    'DATE',
    'FOO',
    'JSON_VALUE',
    'SAFE.ABS',
  ].map((name) => (value: string) => `${name}(${value})`),
  (value) => `ROW_NUMBER() OVER (ORDER BY ${value})`,
  (value) => `SUM(${value}) OVER ()`,
  (value) => `SUM(1) OVER (PARTITION BY ${value})`,
  (value) => `LAG(${value}) OVER (ORDER BY ${value})`,
  (value) => `MAX(SUM(${value}))`,
  (value) => `[${value}]`,
  (value) => `[${value}, 1]`,
  (value) => `(${value}, 1)`,
  (value) => `(SELECT ${value})`,
  (value) => `(SELECT ${value}, 1)`,
  (value) => `(SELECT COUNT(${value}))`,
  (value) => `ARRAY(SELECT ${value})`,
  (value) => `EXISTS(SELECT ${value})`,
  (value) => `-${value}`,
  (value) => `NOT ${value}`,
  (value) => `${value} IS NULL`,
  (value) => `${value} = 1`,
  (value) => `${value} = ${value}`,
  (value) => `${value} < 'a'`,
  (value) => `${value} IN (1, 2)`,
  (value) => `${value} IN UNNEST([1])`,
  (value) => `${value} IN (SELECT 1)`,
  (value) => `${value} LIKE 'a'`,
  (value) => `${value} BETWEEN 1 AND 2`,
  (value) => `${value} || 'a'`,
  (value) => `${value} + 1`,
  (value) => `${value}[0]`,
  (value) => `${value}[OFFSET(0)]`,
  (value) => `${value}.a`,
  (value) => `${value} AS x`,
  (value) => `${value}, ${value}`,
  (value) => `${value} COLLATE 'und:ci'`,
  (value) => `IF(${value}, 1, 2)`,
  (value) => `IF(TRUE, ${value}, 1)`,
  (value) => `COALESCE(${value}, 'a')`,
  (value) => `NULLIF(${value}, 1)`,
  (value) => `CASE ${value} WHEN 1 THEN 2 END`,
  (value) => `CASE WHEN ${value} THEN 2 END`,
  (value) => `GREATEST(${value}, 1)`,
  (value) => `CONCAT(${value}, 'a')`,
  (value) => `EXTRACT(YEAR FROM ${value})`,
  (value) => `DATE_ADD(${value}, INTERVAL 1 DAY)`,
  (value) => `FORMAT('%d', ${value})`,
]

/** What stands at the end of a query. */
const tails = [
  ...[
    'LIMIT -1',
    'LIMIT t.k',
    "LIMIT 'a'",
    'LIMIT 1 OFFSET -1',
    'LIMIT 1 LIMIT 2',
    'OFFSET 1',
    'LIMIT NULL',
    'LIMIT 1.5',
  ],
  ...[
    'ORDER BY 7',
    'ORDER BY 0',
    'ORDER BY 1',
    'ORDER BY zz',
    'ORDER BY t.j',
    'ORDER BY t.l',
    'ORDER BY COUNT(*)',
  ],
  ...[
    'GROUP BY 1',
    'GROUP BY 9',
    'GROUP BY x',
    'GROUP BY t.k',
    'GROUP BY t.l',
    'GROUP BY ()',
    'GROUP BY COUNT(*)',
  ],
  ...[
    'HAVING TRUE',
    'HAVING t.k > 1',
    'HAVING COUNT(*) > 1',
    'HAVING x > 1',
    'QUALIFY TRUE',
    'QUALIFY RANK() OVER () = 1',
  ],
  ...[
    'WHERE TRUE',
    'WHERE COUNT(*) > 1',
    'WHERE x = 1',
    'WHERE ROW_NUMBER() OVER () = 1',
    'WHERE t.k',
    'WHERE NULL',
  ],
  ...[
    'UNION ALL SELECT 1',
    'UNION ALL SELECT 1, 2',
    "UNION DISTINCT SELECT 'a', 'b'",
    'EXCEPT DISTINCT SELECT [1], 2',
  ],
  ...[
    'INTERSECT ALL SELECT 1',
    'UNION SELECT 1',
    'WINDOW w AS ()',
    'WINDOW w AS (ORDER BY t.k), w AS ()',
    'GROUP BY ALL',
  ],
  ...[
    'AS q',
    ')',
    ', u',
    'JOIN {U} ON t.k = u.k',
    'JOIN {U} USING (k)',
    'JOIN {U} USING (zz)',
    ', UNNEST(t.l)',
  ],
  ...[
    ', t.k AS e',
    'LEFT JOIN {U}',
    'CROSS JOIN {U} ON TRUE',
    'JOIN {T} ON TRUE',
    '|> WHERE zz',
    '|> SELECT *',
    '|> DROP zz',
  ],
]

type Bend = (random: Random, words: string[]) => string[] | undefined

/** Another text for one of the words that fit. */
const one =
  (
    fits: (text: string, next: string | undefined) => boolean,
    write: (random: Random, text: string, words: string[]) => string,
  ): Bend =>
  (random, words) => {
    const places = [...words.keys()].filter((index) => fits(words[index] ?? '', words[index + 1]))
    if (places.length === 0) return undefined
    const at = random.pick(places)
    return words.with(at, write(random, words[at] ?? '', words))
  }

const isValue = (text: string) => column.test(text) || literal.test(text)
/** A table that is not temporary needs a dataset; BigQuery takes an empty statement. */
const loose = (text: string) => text !== 'TEMP' && text !== ';'
const isCall = (text: string, next: string | undefined) => /^[A-Z]\w+$/.test(text) && next === '('

const bends: readonly Bend[] = [
  one(
    (text) => column.test(text),
    (random, text) => `${text[0]}.${random.pick(letters)}`,
  ),
  one(
    (text) => column.test(text),
    (random, text) => `${text[0]}.${random.pick(letters)}`,
  ),
  one(
    (text) => column.test(text),
    (random, text) =>
      random.pick([text.slice(2), `${text}z`, `u${text.slice(1)}`, `v${text.slice(1)}`, text[0] ?? '']),
  ),
  one(isValue, (random) => random.pick(values)),
  one(isValue, (random, text) => random.pick(wraps)(text)),
  one(isValue, (random, text) => random.pick(wraps)(text)),
  one(isValue, (random, text) => `CAST(${text} AS ${random.pick(types)})`),
  one(
    (text) => literal.test(text),
    (random) => random.pick(values),
  ),
  one(isCall, (random, text, words) =>
    random.pick([
      `${text}S`,
      text.slice(0, -1),
      ...words.filter((other, at) => isCall(other, words[at + 1])),
      'SUM',
      'COUNT',
      'LAG',
      'RANK',
      'CONCAT',
      'SAFE.CONCAT',
      'MAX',
      'ARRAY_AGG',
    ]),
  ),
  one(
    (text) => keyword.test(text),
    (random, _, words) => random.pick(words.filter((other) => keyword.test(other))),
  ),
  one(
    (text) => /^[a-z]\w*$/.test(text),
    (random, text, words) =>
      random.pick([`${text}z`, 'zz', 'select', ...words.filter((other) => /^[a-z]/.test(other))]),
  ),
  one(
    (text) => /^(?:[=<>+*/-]|<=|>=|!=|\|\|)$/.test(text),
    (random) =>
      random.pick(['=', '<', '+', '||', 'AND', 'LIKE', 'IN', '*', 'IS', 'BETWEEN', '==', '&', '<<']),
  ),
  one(loose, () => ''),
  one(loose, (_, text) => `${text} ${text}`),
  one(
    (text) => text === ',',
    () => '',
  ),
  one(
    (text) => text === ')',
    (random) =>
      random.pick([
        ', 1)',
        ", 'x')",
        ',)',
        '))',
        ', NULL)',
        ' AS x)',
        '',
        ')[0]',
        ').a',
        ') OVER ()',
        ' ORDER BY 1)',
        ' LIMIT 1)',
        ' IGNORE NULLS)',
        ') AS y',
      ]),
  ),
  one(
    (text) => text === '(',
    (random) => random.pick(['(DISTINCT ', '(*, ', '(1, ', '(', '((', '', '(ALL ', '(x => ']),
  ),
  one(
    (text) => text === 'SELECT',
    (random) =>
      random.pick([
        'SELECT DISTINCT',
        'SELECT ALL',
        'SELECT AS STRUCT',
        'SELECT AS VALUE',
        'SELECT *,',
        'SELECT',
        'SELECT 1,',
        'SELECT * EXCEPT (zz),',
        'SELECT * REPLACE (1 AS zz),',
        'SELECT TOP',
      ]),
  ),
  (random, words) => {
    const at = random.between(0, words.length - 2)
    if (!words.slice(at, at + 2).every(loose)) return undefined
    return words.with(at, words[at + 1] ?? '').with(at + 1, words[at] ?? '')
  },
  (random, words) => [...words, ` ${random.pick(tails)}`],
  (random, words) => [...words, ` ${random.pick(tails)}`],
]

/** A query's text broken or bent in one way that a person would, or in a few. */
export function bent(random: Random, text: string): string {
  const parts = text.split(word)
  let words: string[] = [...text.matchAll(word)].map(([found]) => found)
  for (let times = random.chance(0.8) ? 1 : 2; times > 0; times--) {
    for (let changed: string[] | undefined; changed === undefined; ) {
      changed = random.pick(bends)(random, words)
      words = changed ?? words
    }
  }
  return words.map((found, at) => `${parts[at] ?? ''}${found}`).join('') + (parts[words.length] ?? '')
}
