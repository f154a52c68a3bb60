import type { QueryParameter, Value } from '../../../runner/googlesql/result.ts'
import {
  arrayOf,
  BOOL,
  BYTES,
  DATE,
  DATETIME,
  FLOAT64,
  INT64,
  NUMERIC,
  STRING,
  TIME,
  TIMESTAMP,
} from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { type Grammar, grammarQuery } from './grammar.ts'
import type { Query } from './query.ts'
import type { Random } from './random.ts'

/** Parameters by name, with what they may be. */
const known: Readonly<Record<string, readonly [SqlType, readonly Value[]]>> = {
  i: [INT64, [0n, 1n, 2n, -1n, 3n, 9223372036854775807n]],
  n: [INT64, [1n, 2n, 3n]],
  p: [INT64, [1n, 2n, 3n]],
  z: [STRING, ['', '-', ', ']],
  s: [STRING, ['', 'a', 'abc', '%b%', 'ä', '2024-02-29', '7']],
  b: [BOOL, [true, false]],
  f: [FLOAT64, [0.5, -2, 1e10, 0]],
  m: [NUMERIC, ['1.5', '-0.000000001', '100']],
  d: [DATE, ['2024-02-29', '0001-01-01', '2024-01-31']],
  x: [TIMESTAMP, ['2024-02-29T12:34:56.789Z', '1969-12-31T23:59:59Z']],
  q: [DATETIME, ['2024-02-29T12:34:56', '2024-01-31T10:20:30']],
  c: [TIME, ['12:34:56', '00:00:00']],
  y: [BYTES, [Buffer.from('abc'), Buffer.from('')]],
  l: [arrayOf(INT64), [[1n, 2n], [], [3n]]],
  e: [arrayOf(STRING), [['a', 'b'], []]],
}

const grammar: Grammar = {
  query: [
    'SELECT {value} AS a, {value} AS b',
    'SELECT t.id, {row} AS a FROM {T}',
    'SELECT t.id FROM {T} WHERE {condition}',
    'SELECT t.id FROM {T} WHERE {condition} ORDER BY t.id LIMIT @n/* in order */',
    'SELECT t.id FROM {T} ORDER BY t.id LIMIT @n OFFSET @n/* in order */',
    'SELECT e, o FROM UNNEST(@l) AS e WITH OFFSET AS o WHERE e > @i',
    'SELECT t.id, e FROM {T}, UNNEST(@e) AS e WHERE t.s = e',
    'SELECT t.k, {aggregate} AS a FROM {T} GROUP BY t.k HAVING COUNT(*) >= @n',
    'SELECT t.id, LAG(t.k, @p) OVER (ORDER BY t.id) AS a, SUM(t.k) OVER (ORDER BY t.id ROWS BETWEEN @p PRECEDING AND CURRENT ROW) AS b FROM {T}',
    'WITH q AS (SELECT @i AS v UNION ALL SELECT @n) SELECT COUNT(*), SUM(v) FROM q',
    'CREATE TEMP FUNCTION f(x INT64) AS (x + 1); SELECT f(@n) AS a, f(@i) AS b',
    'SELECT * FROM UNNEST([STRUCT(@s AS s, @d AS d, @m AS m)])',
    'SELECT (SELECT MAX(u.n) FROM {U} WHERE u.k = @n) AS a, EXISTS(SELECT 1 FROM {U} WHERE u.s LIKE @s) AS b',
  ],
  value: [
    ...[
      '@i',
      '@s',
      '@b',
      '@f',
      '@m',
      '@d',
      '@x',
      '@q',
      '@c',
      '@y',
      '@l',
      '@e',
      '@i + @n',
      '@i * 2',
      '@m / 3',
      '@f + @i',
      '@s || "x"',
      'UPPER(@s)',
      '@d + 1',
      'DATE_ADD(@d, INTERVAL @n MONTH)',
    ],
    ...[
      'TIMESTAMP_TRUNC(@x, DAY)',
      'EXTRACT(YEAR FROM @q)',
      '@l[SAFE_OFFSET(@n)]',
      'ARRAY_LENGTH(@e)',
      'IF(@b, @i, @n)',
      '@i IN UNNEST(@l)',
      '@i = @f',
      '@m > @i',
      'CAST(@s AS INT64)',
      'SAFE_CAST(@s AS DATE)',
      'CAST(@f AS STRING)',
    ],
    ...[
      'STRUCT(@i AS a, @s AS b)',
      '[@i, @n]',
      'COALESCE(@s, "none")',
      '@d = "2024-02-29"',
      '@s = "a"',
      '@x > "2024-01-01"',
      'FORMAT("%d-%s", @i, @s)',
      'TO_JSON_STRING(@l)',
      'LENGTH(@y)',
      'GENERATE_ARRAY(1, @n)',
      '@i IS NULL',
      'NOT @b',
    ],
    ...[
      'ROUND(@f, @n)',
      'SUBSTR(@s, @n)',
      'DATE(@x)',
      'GREATEST(@i, @m)',
      'NULLIF(@i, @n)',
      'CASE @n WHEN 1 THEN @s ELSE "other" END',
      'ARRAY_TO_STRING(@e, @s)',
      'TIME_ADD(@c, INTERVAL @n HOUR)',
      'JSON_VALUE(\'{"a":1}\', "$.a")',
      '-@i',
      '@i BETWEEN @n AND 5',
    ],
  ],
  row: [
    't.k + @i',
    't.m * @m',
    'CONCAT(t.s, @s)',
    'IF(@b, t.k, @n)',
    't.d < @d',
    't.l[SAFE_OFFSET(@n)]',
    'DATE_DIFF(t.d, @d, DAY)',
    't.k IN (@i, @n)',
    'STARTS_WITH(t.s, @s)',
    't.g * @f',
    'TIMESTAMP_DIFF(t.x, @x, HOUR)',
    'COALESCE(t.k, @i)',
  ],
  condition: [
    't.k = @n',
    't.s LIKE @s',
    't.d >= @d',
    't.k IN UNNEST(@l)',
    't.k IN (@i, @n)',
    't.m > @m',
    't.b = @b',
    't.x < @x',
    't.k = @i OR t.s = @s',
    't.g > @i',
    't.f = @f',
    '@b',
    't.s IN UNNEST(@e)',
    't.y = @y',
    't.q <= @q',
    't.k IS NOT DISTINCT FROM @i',
  ],
  aggregate: [
    'COUNTIF(t.n > @i)',
    'SUM(t.n + @n)',
    'STRING_AGG(t.s, @z ORDER BY t.id)',
    'MAX(IF(t.b = @b, t.s, NULL))',
    'ARRAY_LENGTH(ARRAY_AGG(t.id LIMIT @p))',
    'MIN(t.d) < @d',
  ],
}

/** Queries with parameters of every type, NULLs among them. */
export function parametrized(random: Random): Query {
  const query = grammarQuery(random, grammar)
  const text = query.write([], query.rows)
  const names = new Set([...text.matchAll(/@([a-z])\b/g)].map((match) => match[1] ?? ''))
  const parameters = [...names].map((name): QueryParameter => {
    const [type, values] = known[name] ?? [INT64, [null]]
    // A limit, frame, distance or separator of NULL is wrong in itself: the reference implementation tells of it only where there is something to limit.
    const mayBeNull = name !== 'p' && name !== 'z'
    return { name, type, value: mayBeNull && random.chance(0.1) ? null : random.pick(values) }
  })
  return { ...query, parameters }
}
