import { describe, expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

describe('scripts', () => {
  test.each<readonly [string, string, unknown]>([
    [
      'WHILE with CONTINUE',
      'DECLARE i, n INT64 DEFAULT 0; WHILE i < 5 DO SET i = i + 1; IF i = 3 THEN CONTINUE; END IF; SET n = n + i; END WHILE; SELECT i, n',
      [[5, 12]],
    ],
    ['REPEAT', 'DECLARE x INT64 DEFAULT 0; REPEAT SET x = x + 2; UNTIL x >= 5 END REPEAT; SELECT x', [[6]]],
    [
      'a label leaves the outer loop',
      'DECLARE x INT64 DEFAULT 0; outer_loop: LOOP LOOP SET x = x + 1; IF x > 3 THEN BREAK outer_loop; END IF; END LOOP; END LOOP; SELECT x',
      [[4]],
    ],
    [
      'FOR over rows',
      'DECLARE s STRING DEFAULT ""; FOR r IN (SELECT v FROM UNNEST(["a", "b"]) v ORDER BY v) DO SET s = s || r.v; END FOR; SELECT s',
      [['ab']],
    ],
    [
      'CASE',
      "DECLARE x INT64 DEFAULT 2; CASE x WHEN 1 THEN SELECT 'one'; WHEN 2 THEN SELECT 'two'; ELSE SELECT 'more'; END CASE",
      [['two']],
    ],
    ['SET of several', 'DECLARE a, b INT64; SET (a, b) = (SELECT AS STRUCT 1, 2); SELECT a, b', [[1, 2]]],
    [
      'an inner variable ends with its block',
      'DECLARE x INT64 DEFAULT 1; BEGIN DECLARE x INT64 DEFAULT 2; SET x = 3; END; SELECT x',
      [[1]],
    ],
    [
      'a handler sees the error',
      'BEGIN SELECT 1 / 0; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END',
      [['division by zero: 1 / 0']],
    ],
    [
      'RAISE reaches the handler around',
      "BEGIN BEGIN RAISE USING MESSAGE = 'oh'; EXCEPTION WHEN ERROR THEN RAISE; END; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END",
      [['oh']],
    ],
    [
      'EXECUTE IMMEDIATE',
      "DECLARE r INT64; EXECUTE IMMEDIATE 'SELECT @a + @b' INTO r USING 1 AS a, 2 AS b; SELECT r",
      [[3]],
    ],
    [
      '@@row_count',
      'CREATE TEMP TABLE t AS SELECT 1 AS x; UPDATE t SET x = 2 WHERE TRUE; SELECT @@row_count',
      [[1]],
    ],
    ['RETURN ends the script', 'SELECT 1; RETURN; SELECT 2', [[1]]],
    [
      'a column comes before a variable of its name',
      'DECLARE x INT64 DEFAULT 1; SELECT x FROM (SELECT 5 AS x)',
      [[5]],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await rowsOf(await freshWarehouse(), text)).toEqual(expected)
  })

  test('a procedure gives back its OUT arguments', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute(
      'CREATE PROCEDURE d.twice(IN a INT64, OUT b INT64, INOUT c INT64) BEGIN SET b = a * 2; SET c = c + 1; END',
    )
    expect(
      await rowsOf(
        warehouse,
        'DECLARE b INT64; DECLARE c INT64 DEFAULT 5; CALL d.twice(4, b, c); SELECT b, c',
      ),
    ).toEqual([[8, 6]])
  })

  test('a SQL function computes its argument once', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE FUNCTION d.same(x FLOAT64) AS (x = x)')
    expect(
      await rowsOf(warehouse, 'SELECT LOGICAL_AND(d.same(RAND())) FROM UNNEST(GENERATE_ARRAY(1, 100))'),
    ).toEqual([[true]])
  })

  test.each([
    [
      'FOR sees every row',
      'FOR r IN (SELECT * FROM UNNEST([1, 2, 3]) AS x) DO INSERT INTO d.t VALUES (r.x); END FOR',
    ],
    [
      'the statements of a procedure run whole',
      `CREATE PROCEDURE d.p() BEGIN FOR r IN (SELECT * FROM UNNEST([1, 2, 3]) AS x) DO INSERT INTO d.t VALUES (r.x); END FOR; END;
       CALL d.p()`,
    ],
  ])('%s, however few rows of the result are asked for', async (_what, script) => {
    const warehouse = await freshWarehouse()
    const { rows } = await warehouse.execute(
      `CREATE TABLE d.t (x INT64); ${script}; SELECT x FROM d.t ORDER BY x`,
      { maxRows: 1 },
    )
    expect(rows).toEqual([[1n]])
    expect(await rowsOf(warehouse, 'SELECT x FROM d.t ORDER BY x')).toEqual([[1], [2], [3]])
  })

  test('EXECUTE IMMEDIATE … INTO refuses two rows, however few rows of the result are asked for', async () => {
    const warehouse = await freshWarehouse()
    const script = 'DECLARE x INT64; EXECUTE IMMEDIATE "SELECT * FROM UNNEST([1, 2])" INTO x; SELECT x'
    expect(await problemOf(warehouse.execute(script, { maxRows: 1 }))).toContain('at most one row')
  })

  test('@@error.statement_text is the statement that failed, the innermost one', async () => {
    const warehouse = await freshWarehouse()
    const script = `BEGIN
      SELECT 1;
      IF TRUE THEN SELECT 1 / 0; END IF;
    EXCEPTION WHEN ERROR THEN SELECT @@error.statement_text; END`
    expect(await rowsOf(warehouse, script)).toEqual([['SELECT 1 / 0']])
    await warehouse.execute("CREATE PROCEDURE d.p() BEGIN SELECT ERROR('no'); END")
    expect(
      await rowsOf(
        warehouse,
        'BEGIN CALL d.p(); EXCEPTION WHEN ERROR THEN SELECT @@error.statement_text; END',
      ),
    ).toEqual([["SELECT ERROR('no')"]])
  })

  test('SET @@dataset_id changes where names are looked for', async () => {
    const warehouse = await freshWarehouse()
    await warehouse.execute('CREATE SCHEMA other; CREATE TABLE other.only_there AS SELECT 5 AS x')
    expect(
      await rowsOf(warehouse, "SET @@dataset_id = 'other'; SELECT x, @@dataset_id FROM only_there"),
    ).toEqual([[5, 'other']])
    expect(await problemOf(warehouse.execute('SELECT x FROM only_there'))).toContain('Not found')
  })

  test.each([
    ['DECLARE x INT64;\nSET y = 1;', '2:5: Undeclared variable: y'],
    ["SELECT 1;\n\nSELECT CAST('a' AS INT64);", '3:1: Bad int64 value: a'],
    ["ASSERT 1 = 2 AS 'they differ'", '1:1: they differ'],
    ['BEGIN TRANSACTION; BEGIN TRANSACTION', '1:20: Transaction is already in progress'],
    ['CALL d.none()', '1:6: Procedure is not found: d.none'],
    ["RAISE USING MESSAGE = 'stop'", '1:1: stop'],
  ])('%s', async (text, message) => {
    expect(await problemOf((await freshWarehouse()).execute(text))).toBe(message)
  })
})
