import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf } from '../../warehouse/fresh-warehouse.ts'

/** Whole messages with their places; the words are BigQuery's where it has words. */
const cases: readonly (readonly [string, string])[] = [
  ['SELECT cst FROM (SELECT 1 AS cust)', '1:8: Unrecognized name: cst; Did you mean cust?'],
  ['SELECT\n  a,\n  bb\nFROM (SELECT 1 AS a)', '3:3: Unrecognized name: bb'],
  ['SELECT a FROM (SELECT 1 AS a), (SELECT 2 AS a)', '1:8: Column name a is ambiguous'],
  ['SELECT t.zz FROM (SELECT 1 AS a) t', '1:10: Name zz not found inside t'],
  ['SELECT (SELECT AS STRUCT 1 AS q).zz', '1:34: Field name zz does not exist in STRUCT<q INT64>'],
  ['SELECT x.y FROM (SELECT 1 AS a) t', '1:8: Unrecognized name: x'],
  ['SELECT a.b FROM (SELECT 1 AS a)', '1:10: Cannot access field b on a value with type INT64'],
  ['SELECT * FROM d.nope', '1:15: Not found: Table p:d.nope was not found in location US'],
  ['SELECT * FROM zz.nope', '1:15: Not found: Dataset p:zz was not found in location US'],
  [
    'SELECT COUNT(*) FROM (SELECT 1 a) WHERE COUNT(*) > 1',
    '1:41: Aggregate function COUNT(*) not allowed in WHERE clause',
  ],
  ['SELECT SUM(SUM(a)) FROM (SELECT 1 a)', '1:8: Aggregations of aggregations are not allowed'],
  [
    'SELECT a, b FROM (SELECT 1 a, 2 b) GROUP BY a',
    '1:11: SELECT list expression references column b which is neither grouped nor aggregated',
  ],
  ['SELECT a FROM (SELECT 1 a) GROUP BY 3', '1:37: GROUP BY is out of SELECT column number range: 3'],
  ["SELECT 1 UNION ALL SELECT 'a'", '1:20: Column 1 in UNION ALL has incompatible types: INT64, STRING'],
  [
    'SELECT 1 UNION ALL SELECT 1, 2',
    '1:20: Queries in UNION ALL have mismatched column count; query 1 has 1 column, query 2 has 2 columns',
  ],
  ['SELECT * EXCEPT (zz) FROM (SELECT 1 a)', '1:18: Column zz in SELECT * EXCEPT list does not exist'],
  ["SELECT [1, 'a']", '1:8: Array elements of types {INT64, STRING} do not have a common supertype'],
  ['SELECT CAST([1] AS STRING)', '1:13: Invalid cast from ARRAY<INT64> to STRING'],
  ['SELECT a FROM (SELECT 1 a) WHERE a', '1:34: WHERE clause should return type BOOL, but returns INT64'],
  ['SELECT 1 = NULL', '1:12: Operands of = cannot be literal NULL'],
  [
    'SELECT DISTINCT a FROM (SELECT 1 a, 2 b) ORDER BY b',
    '1:51: ORDER BY clause expression references column b which is not visible after SELECT DISTINCT',
  ],
  [
    'SELECT ROW_NUMBER() FROM (SELECT 1 a)',
    '1:8: Analytic function ROW_NUMBER cannot be called without an OVER clause',
  ],
  ['SELECT @missing', "1:8: Query parameter 'missing' not found"],
  ['SELECT 9223372036854775808', '1:8: Invalid integer literal: 9223372036854775808'],
  [
    'SELECT SUBSTR(1, 2)',
    [
      '1:8: No matching signature for function SUBSTR',
      '  Argument types: INT64, INT64',
      '  Signature: SUBSTR(STRING, INT64, [INT64])',
      '    Argument 1: Unable to coerce type INT64 to expected type STRING',
      '  Signature: SUBSTR(BYTES, INT64, [INT64])',
      '    Argument 1: Unable to coerce type INT64 to expected type BYTES',
    ].join('\n'),
  ],
  ['SELECT ABSS(1)', '1:8: Function not found: ABSS; Did you mean ABS?'],
  ['SELECT [1] = [1]', '1:8: Equality is not defined for arguments of type ARRAY<INT64>'],
  ["SELECT JSON '1' >= JSON '2'", '1:8: Greater than is not defined for arguments of type JSON'],
  ['SELECT MAX(a) FROM (SELECT [1] a)', '1:8: MAX is not defined for arguments of type ARRAY<INT64>'],
  [
    "SELECT IF(TRUE, 1, 'a')",
    [
      '1:8: No matching signature for function IF',
      '  Argument types: BOOL, INT64, STRING',
      '  Signature: IF(BOOL, T1, T1)',
      '    Unable to find common supertype for templated argument <T1>',
      '      Input types for <T1>: {INT64, STRING}',
    ].join('\n'),
  ],
  [
    "SELECT EXTRACT(HOUR FROM DATE '2024-01-01')",
    '1:8: EXTRACT from DATE does not support the HOUR date part',
  ],
  [
    "SELECT 1, DATE_ADD(DATE '2024-01-01', INTERVAL 1 HOUR)",
    '1:11: DATE_ADD does not support the HOUR date part when the argument is DATE type',
  ],
  ['SELECT COUNT(DISTINCT *) FROM (SELECT 1 a)', '1:8: COUNT(*) cannot be used with DISTINCT'],
  [
    'SELECT a FROM (SELECT 1 a) HAVING a > 1',
    '1:35: The HAVING clause requires GROUP BY or aggregation to be present',
  ],
  [
    'SELECT a FROM (SELECT 1 a) QUALIFY a > 1',
    '1:36: The QUALIFY clause requires analytic function to be present',
  ],
  ['SELECT NTILE(0) OVER (ORDER BY a) FROM (SELECT 1 a)', '1:14: The argument to NTILE must be at least 1'],
  [
    'SELECT COUNT(DISTINCT a) OVER (ORDER BY a) FROM (SELECT 1 a)',
    '1:32: Window ORDER BY is not allowed if DISTINCT is specified',
  ],
  ['CREATE TABLE d.t AS SELECT 1', '1:21: CREATE TABLE columns must be named, but column 1 has no name'],
  [
    'CREATE VIEW d.v AS SELECT 1 AS a, 2',
    '1:20: CREATE VIEW columns must be named, but column 2 has no name',
  ],
  ['CREATE TABLE d.t (a INT64, A STRING)', '1:28: Duplicate column name A in CREATE TABLE'],
  [
    'SELECT [[1]]',
    '1:8: Cannot construct array with element type ARRAY<INT64> because nested arrays are not supported',
  ],
  [
    'SELECT CAST([1] AS ARRAY<STRING>)',
    '1:13: Casting between arrays with incompatible element types is not supported: Invalid cast from ARRAY<INT64> to ARRAY<STRING>',
  ],
  [
    'SELECT 1 FROM UNNEST(5)',
    '1:22: Values referenced in UNNEST must be arrays. UNNEST contains expression of type INT64',
  ],
]

describe('what cannot be resolved is said with its place', () => {
  test.each(cases)('%s', async (text, message) => {
    const warehouse = await freshWarehouse()
    expect(await problemOf(warehouse.dryRun(text))).toBe(message)
  })

  test('what BigQuery has and we have not is refused by name', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS a')
    expect(
      await problemOf(warehouse.dryRun("SELECT * FROM d.t FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01'")),
    ).toBe(
      '1:41: FOR SYSTEM_TIME AS OF (the local warehouse keeps no earlier states) is not supported locally',
    )
    expect(await problemOf(warehouse.dryRun('SELECT a FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)'))).toBe(
      '1:19: TABLESAMPLE of less than 100 PERCENT is not supported locally',
    )
  })

  test.each([
    [
      "UPDATE d.t SET a = 'x' WHERE TRUE",
      '1:20: Value of type STRING cannot be assigned to a, which has type INT64',
    ],
    ['UPDATE d.t SET b = 1 WHERE TRUE', '1:16: Unrecognized name: b'],
    [
      "SELECT REGEXP_EXTRACT('z', '(a)(b)')",
      '1:1: Regular expressions passed into extraction functions must not have more than 1 capturing group',
    ],
    [
      "SELECT REGEXP_EXTRACT('z', p) FROM UNNEST(['(a)(b)']) p",
      '1:1: Regular expressions passed into extraction functions must not have more than 1 capturing group',
    ],
  ])('%s', async (text, message) => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS a')
    expect(await problemOf(warehouse.execute(text))).toBe(message)
  })

  test('a table name that is nearly right is suggested', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE TABLE d.cities AS SELECT 1 AS a')
    expect(await problemOf(warehouse.dryRun('SELECT * FROM d.citties'))).toBe(
      '1:15: Not found: Table p:d.citties was not found in location US; Did you mean cities?',
    )
  })
})
