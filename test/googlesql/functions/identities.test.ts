import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshWarehouse } from '../../warehouse/fresh-warehouse.ts'

/** Pairs of expressions that BigQuery's reference defines by each other, over columns of random values. */
const identities: readonly (readonly [one: string, other: string])[] = [
  ['i BETWEEN j AND k', 'i >= j AND i <= k'],
  ['f BETWEEN g AND 10', 'f >= g AND f <= 10'],
  ['i NOT IN (j, k)', 'NOT (i = j OR i = k)'],
  ['f IN (g, 0)', 'f = g OR f = 0'],
  ['s IN UNNEST([t, NULL])', 's = t OR s = CAST(NULL AS STRING)'],
  ['NOT (i < j AND f > g)', 'NOT (i < j) OR NOT (f > g)'],
  ['IF(i > j, s, t)', 'CASE WHEN i > j THEN s ELSE t END'],
  ['IFNULL(s, t)', 'COALESCE(s, t)'],
  ['NULLIF(i, j)', 'IF(i = j, NULL, i)'],
  ['CASE i WHEN j THEN s WHEN k THEN t END', 'CASE WHEN i = j THEN s WHEN i = k THEN t END'],
  ['f IS NOT DISTINCT FROM g', 'NOT (f IS DISTINCT FROM g)'],
  ['GREATEST(i, j)', 'IF(i >= j, i, j) + IF(i IS NULL OR j IS NULL, NULL, 0)'],
  ['CONCAT(s, t)', 's || t'],
  ['LEFT(s, 3)', 'SUBSTR(s, 1, 3)'],
  ['RIGHT(s, 2)', 'REVERSE(LEFT(REVERSE(s), 2))'],
  ['LENGTH(s)', 'ARRAY_LENGTH(TO_CODE_POINTS(s))'],
  ['CODE_POINTS_TO_STRING(TO_CODE_POINTS(s))', 's'],
  ['BYTE_LENGTH(s)', 'LENGTH(CAST(s AS BYTES))'],
  ['STARTS_WITH(s, t)', 'LEFT(s, LENGTH(t)) = t'],
  ['STRPOS(s, t) > 0', "s LIKE '%' || REGEXP_REPLACE(t, r'([%_\\\\])', r'\\\\\\1') || '%'"],
  ["ARRAY_TO_STRING(SPLIT(s, '-'), '-')", 's'],
  ['LPAD(s, 4)', "IF(LENGTH(s) >= 4, LEFT(s, 4), REPEAT(' ', 4 - LENGTH(s)) || s)"],
  ['FROM_HEX(TO_HEX(CAST(s AS BYTES)))', 'CAST(s AS BYTES)'],
  ['SAFE_CONVERT_BYTES_TO_STRING(FROM_BASE64(TO_BASE64(CAST(s AS BYTES))))', 's'],
  ['CAST(CAST(i AS STRING) AS INT64)', 'i'],
  ['CAST(CAST(f AS STRING) AS FLOAT64)', 'f'],
  ['CAST(CAST(n AS STRING) AS NUMERIC)', 'n'],
  ['CAST(CAST(d AS STRING) AS DATE)', 'd'],
  ['CAST(CAST(ts AS STRING) AS TIMESTAMP)', 'ts'],
  ['CAST(CAST(dt AS STRING) AS DATETIME)', 'dt'],
  ["FORMAT('%d', i)", 'CAST(i AS STRING)'],
  ["FORMAT_DATE('%E4Y-%m-%d', d)", 'CAST(d AS STRING)'],
  ["PARSE_DATE('%F', CAST(d AS STRING))", 'd'],
  ["FORMAT_DATETIME('%F %H:%M:%E6S', dt)", "FORMAT_TIMESTAMP('%F %H:%M:%E6S', TIMESTAMP(dt))"],
  ['DATETIME(TIMESTAMP(dt))', 'dt'],
  ['DATE(ts)', 'EXTRACT(DATE FROM ts)'],
  ["DATETIME(ts, 'Europe/Berlin')", "EXTRACT(DATETIME FROM ts AT TIME ZONE 'Europe/Berlin')"],
  ['TIMESTAMP_MICROS(UNIX_MICROS(ts))', 'ts'],
  ['TIMESTAMP_TRUNC(ts, DAY)', 'TIMESTAMP(DATE(ts))'],
  ['DATE_FROM_UNIX_DATE(UNIX_DATE(d))', 'd'],
  ['DATE_DIFF(d, e, DAY)', '-DATE_DIFF(e, d, DAY)'],
  ['DATE_DIFF(d, e, DAY)', 'UNIX_DATE(d) - UNIX_DATE(e)'],
  ['DATE_ADD(e, INTERVAL DATE_DIFF(d, e, DAY) DAY)', 'IF(e IS NULL, NULL, d)'],
  ['LAST_DAY(d, MONTH)', 'DATE_SUB(DATE_ADD(DATE_TRUNC(d, MONTH), INTERVAL 1 MONTH), INTERVAL 1 DAY)'],
  ['EXTRACT(QUARTER FROM d)', 'DIV(EXTRACT(MONTH FROM d) + 2, 3)'],
  ['DATE_TRUNC(d, WEEK)', 'DATE_SUB(d, INTERVAL EXTRACT(DAYOFWEEK FROM d) - 1 DAY)'],
  [
    'SAFE_DIVIDE(f, g)',
    'IF(g = 0 OR (IS_INF(IEEE_DIVIDE(f, g)) AND NOT IS_INF(f)), NULL, IEEE_DIVIDE(f, g))',
  ],
  ['DIV(i, 7) * 7 + MOD(i, 7)', 'i'],
  ['ABS(n)', 'IF(n < 0, -n, n)'],
  ['ROUND(n, 2)', 'SIGN(n) * FLOOR(ABS(n) * 100 + NUMERIC "0.5") / 100'],
  ['n * m', 'm * n'],
  ['n / NULLIF(n, 0)', 'NULLIF(SIGN(n) * SIGN(n), 0)'],
  ['i & j', '~(~i | ~j)'],
  ['i ^ j', '(i | j) - (i & j)'],
  ["JSON_VALUE(TO_JSON_STRING(STRUCT(s AS v)), '$.v')", 's'],
  ['LAX_INT64(PARSE_JSON(TO_JSON_STRING(STRUCT(MOD(i, 1000000) AS v))).v)', 'MOD(i, 1000000)'],
  [
    '(SELECT SUM(x) FROM UNNEST([i, j, k]) x)',
    'IF(i IS NULL AND j IS NULL AND k IS NULL, NULL, IFNULL(i, 0) + IFNULL(j, 0) + IFNULL(k, 0))',
  ],
  ['(SELECT COUNT(x) FROM UNNEST([s, t]) x)', 'IF(s IS NULL, 0, 1) + IF(t IS NULL, 0, 1)'],
  ['EXISTS(SELECT 1 FROM UNNEST([i, j]) x WHERE x > k)', 'IFNULL(i > k, FALSE) OR IFNULL(j > k, FALSE)'],
  ['(SELECT MAX(x) FROM UNNEST([f, g]) x)', 'COALESCE(GREATEST(f, g), f, g)'],
]

const nullable = (values: fc.Arbitrary<string>) => fc.option(values, { nil: 'NULL', freq: 6 })
const quoted = (text: string) =>
  `'${[...text].map((sign) => `\\U${(sign.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join('')}'`
const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String)
const float = fc.oneof(
  fc.constantFrom(
    "CAST('nan' AS FLOAT64)",
    "CAST('inf' AS FLOAT64)",
    "CAST('-inf' AS FLOAT64)",
    '0.0',
    '-0.0',
    '0.5',
    '2.675',
  ),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => `CAST('${value}' AS FLOAT64)`),
)
const numeric = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(
  (value) =>
    `NUMERIC '${value < 0n ? '-' : ''}${String(value < 0n ? -value : value)
      .padStart(10, '0')
      .replace(/(\d{9})$/, '.$1')}'`,
)
const text = fc.string({ unit: 'grapheme', maxLength: 6 }).map((value) => quoted(value.replaceAll('\0', '')))
const day = fc.integer({ min: -719100, max: 2932800 }).map((value) => `DATE_FROM_UNIX_DATE(${value})`)
const moment = fc
  .bigInt({ min: -62_100_000_000_000_000n, max: 253_300_000_000_000_000n })
  .map((value) => `TIMESTAMP_MICROS(${value})`)

const columns: Readonly<Record<string, readonly [type: string, fc.Arbitrary<string>]>> = {
  i: ['INT64', integer],
  j: ['INT64', integer],
  k: ['INT64', integer],
  f: ['FLOAT64', float],
  g: ['FLOAT64', float],
  n: ['NUMERIC', numeric],
  m: [
    'NUMERIC',
    fc.constantFrom("NUMERIC '0'", "NUMERIC '1.5'", "NUMERIC '-0.000000001'", "NUMERIC '123.456789'"),
  ],
  s: ['STRING', text],
  t: ['STRING', text],
  d: ['DATE', day],
  e: ['DATE', day],
  ts: ['TIMESTAMP', moment],
  dt: ['DATETIME', moment.map((value) => `DATETIME(${value})`)],
}

test('expressions that mean the same give the same', async () => {
  const warehouse = await freshWarehouse()
  const row = fc.record(
    Object.fromEntries(Object.entries(columns).map(([name, [, values]]) => [name, nullable(values)])),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 8, maxLength: 8 }), async (rows) => {
      const names = Object.keys(columns)
      const types = Object.entries(columns).map(([name, [type]]) => `${name} ${type}`)
      const values = rows.map((given) => `(${names.map((name) => given[name]).join(', ')})`)
      await warehouse.execute(
        `CREATE OR REPLACE TABLE d.v (${types.join(', ')}); INSERT INTO d.v VALUES ${values.join(', ')}`,
      )
      // As text: -0.0 prints as 0 and is equal to it.
      const checks = identities.map(
        ([one, other], index) => `IF(TO_JSON_STRING(${one}) = TO_JSON_STRING(${other}), NULL, ${index})`,
      )
      const { rows: found } = await warehouse.execute(
        `SELECT DISTINCT x FROM d.v, UNNEST([${checks.join(', ')}]) x WHERE x IS NOT NULL ORDER BY x`,
      )
      expect(found.map(([index]) => identities[Number(index)])).toEqual([])
    }),
    { numRuns: 8, endOnFailure: true },
  )
})
