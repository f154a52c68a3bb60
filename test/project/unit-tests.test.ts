import { describe, expect, test } from 'vitest'
import { compile } from '../../runner/project/compile/compile.ts'
import { leavesNothing, sessionStatements } from '../../runner/project/compile/session-statements.ts'
import { folderWith } from './folders.ts'

const base = {
  'workflow_settings.yaml': 'defaultProject: p\ndefaultDataset: d\ndefaultAssertionDataset: a\n',
  'definitions/raw.sqlx': 'config { type: "declaration", schema: "r", name: "events" }',
  'definitions/log.sqlx': `config { type: "incremental", uniqueKey: ["id"] }
pre_operations {
  DECLARE since TIMESTAMP DEFAULT (
    \${when(incremental(), \`SELECT MAX(at) FROM \${self()}\`, "SELECT TIMESTAMP '2000-01-01'")}
  );
  DELETE FROM \${self()} WHERE FALSE
}
SELECT id, at, '\${name()}' AS n FROM \${ref({ schema: "r", name: "events" })} WHERE at > since`,
  'definitions/plain.sqlx': 'config { type: "table" }\nSELECT * FROM ${ref("log")}',
}

const project = (files: Readonly<Record<string, string>>) => folderWith({ ...base, ...files })

const incrementalTest = `config {
  type: "test",
  name: "only what is newer",
  dataset: "log",
  incremental: true,
  tags: ["unit"]
}

input "events" {
  SELECT 1 AS id, TIMESTAMP '2024-01-02' AS at
}

input self() { SELECT TIMESTAMP '2024-01-01' AS at }

SELECT 1 AS id, TIMESTAMP '2024-01-02' AS at, 'log' AS n
`

async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  return compile(project(files)).then(
    () => 'nothing was refused',
    (error: unknown) => String(error),
  )
}

const squeezed = (text: string | undefined): string | undefined => text?.replaceAll(/\s+/g, ' ').trim()

describe('unit tests', () => {
  test("of incremental tables have the model's own table as an input", async () => {
    const { unitTests } = await compile(project({ 'unit_tests/log.sqlx': incrementalTest }))
    expect(
      unitTests.map((unit) => ({
        ...unit,
        testQuery: squeezed(unit.testQuery),
        expectedQuery: squeezed(unit.expectedQuery),
      })),
    ).toEqual([
      {
        name: 'only what is newer',
        target: { database: 'p', schema: 'd', name: 'log' },
        testQuery:
          "DECLARE since TIMESTAMP DEFAULT ( SELECT MAX(at) FROM ( SELECT TIMESTAMP '2024-01-01' AS at ) ); SELECT id, at, 'log' AS n FROM ( SELECT 1 AS id, TIMESTAMP '2024-01-02' AS at ) WHERE at > since",
        expectedQuery: "SELECT 1 AS id, TIMESTAMP '2024-01-02' AS at, 'log' AS n",
        incremental: true,
        tags: ['unit'],
        fileName: 'unit_tests/log.sqlx',
        modelFile: 'definitions/log.sqlx',
      },
    ])
  })

  test("of an incremental table's first run need no self()", async () => {
    const first = incrementalTest
      .replace('incremental: true', 'incremental: false')
      .replace(/input self.*\n/, '')
    const { unitTests } = await compile(project({ 'unit_tests/log.sqlx': first }))
    expect(squeezed(unitTests[0]?.testQuery)).toBe(
      "DECLARE since TIMESTAMP DEFAULT ( SELECT TIMESTAMP '2000-01-01' ); SELECT id, at, 'log' AS n FROM ( SELECT 1 AS id, TIMESTAMP '2024-01-02' AS at ) WHERE at > since",
    )
  })

  test('of Dataform keep their queries, and name the model that they test', async () => {
    const files = {
      'definitions/plain_test.sqlx':
        'config { type: "test", dataset: "plain" }\ninput "log" { SELECT 1 AS id }\nSELECT 1 AS id',
    }
    const { unitTests } = await compile(project(files))
    expect(unitTests).toEqual([
      {
        name: 'plain_test',
        target: { database: 'p', schema: 'd', name: 'plain' },
        testQuery: '\nSELECT * FROM ( SELECT 1 AS id )',
        expectedQuery: '\n\nSELECT 1 AS id',
        incremental: false,
        tags: [],
        fileName: 'definitions/plain_test.sqlx',
        modelFile: 'definitions/plain.sqlx',
      },
    ])
  })

  test('use the names that suffixes and prefixes make', async () => {
    const { unitTests } = await compile(project({ 'unit_tests/log.sqlx': incrementalTest }), {
      overrides: { schemaSuffix: 'dev', tablePrefix: 'x' },
    })
    expect(unitTests[0]?.target).toEqual({ database: 'p', schema: 'd_dev', name: 'x_log' })
    expect(unitTests[0]?.testQuery).toContain("'x_log' AS n")
  })

  test.for([
    [
      'an input that is missing',
      incrementalTest.replace(/input "events" \{[^}]*\}/, ''),
      'unit_tests/t.sqlx: the model reads ref({"schema":"r","name":"events"}), for which this test has no input; it has self()\n  add `input "r", "events" { SELECT … }`',
    ],
    [
      'a missing self()',
      incrementalTest.replace(/input self.*\n/, ''),
      'unit_tests/t.sqlx: the model reads self(), for which this test has no input; it has "events"\n  add `input self() { SELECT … }`',
    ],
    [
      'an input that is nothing',
      incrementalTest.replace('input "events"', 'input "evnts"'),
      'unit_tests/t.sqlx:9:7: no action is named `evnts`; did you mean `events`?\n  a table that no action of this project makes needs a declaration',
    ],
    [
      'a model that is nothing',
      incrementalTest.replace('"log"', '"lug"'),
      'unit_tests/t.sqlx:4:12: this tests `lug`, which is no table or view of the project; did you mean `log`?',
    ],
    [
      'a model that is not incremental',
      incrementalTest.replace('"log"', '"plain"'),
      'unit_tests/t.sqlx: `incremental: true`, but "plain" is not an incremental table.',
    ],
    [
      'a mistyped key',
      incrementalTest.replace('incremental:', 'incrementl:'),
      'unit_tests/t.sqlx:5:3: unknown key `incrementl`; did you mean `incremental`?',
    ],
    [
      'a value of the wrong type',
      incrementalTest.replace('true', '"yes"'),
      'unit_tests/t.sqlx: `incremental` must be true or false.',
    ],
    [
      'another type',
      incrementalTest.replace('"test"', '"table"'),
      'unit_tests/t.sqlx: Files in unit_tests are unit tests: their config block has `type: "test"`.',
    ],
    [
      'no model',
      'config { type: "test" }\nSELECT 1',
      'unit_tests/t.sqlx: Tests must operate upon a specified dataset.',
    ],
    [
      'no expected rows',
      'config { type: "test", dataset: "plain" }\ninput "log" { SELECT 1 }\n',
      'unit_tests/t.sqlx: Expected query is empty.',
    ],
    [
      'an input given twice',
      'config { type: "test", dataset: "plain" }\ninput "log" { SELECT 1 }\ninput "d", "log" { SELECT 1 }\nSELECT 1',
      'unit_tests/t.sqlx: The input "d", "log" is given twice.',
    ],
    [
      'JavaScript that is wrong',
      'config { type: "test", dataset: "plain" }\ninput "log" { SELECT ${nothing} }\nSELECT 1',
      'unit_tests/t.sqlx:2:24: `nothing` is not defined',
    ],
  ] as const)('with %s are refused', async ([, text, message]) => {
    expect(await refusal({ 'unit_tests/t.sqlx': text })).toBe(message)
  })

  test('with the name of another are refused', async () => {
    expect(
      await refusal({ 'unit_tests/a.sqlx': incrementalTest, 'unit_tests/b.sqlx': incrementalTest }),
    ).toBe('unit_tests/b.sqlx: another unit test is named `only what is newer` (unit_tests/a.sqlx)')
  })
})

describe('what a script prepares for a query', () => {
  test('are its DECLARE, SET and CREATE TEMP TABLE statements, wherever a semicolon may hide', () => {
    const script = `
      -- first; a comment
      DECLARE a, b STRING DEFAULT ';';
      /* DECLARE z; */ SET a = "x;\\";y";
      DELETE FROM t WHERE c = 'DECLARE d';
      set b = \`q;r\`.f(r'\\;'); CREATE TABLE declare_me (x INT64);
      create or replace temporary table n AS SELECT ';';
      # SET c = 1;
      DECLARE e DEFAULT '''it's; fine'''`
    expect(sessionStatements(script).map(squeezed)).toEqual([
      "-- first; a comment DECLARE a, b STRING DEFAULT ';'",
      '/* DECLARE z; */ SET a = "x;\\";y"',
      "set b = `q;r`.f(r'\\;')",
      "create or replace temporary table n AS SELECT ';'",
      "# SET c = 1; DECLARE e DEFAULT '''it's; fine'''",
    ])
  })

  test.each([
    ['declare x int64; -- only\nset x = 1', true],
    ['-- nothing', true],
    ['create temp table t as select 1', true],
    ['declare x int64; insert into t values (x)', false],
    ['create table t as select 1', false],
    ['/* declare */ delete from t where true', false],
    ['select f()', false],
  ])('leaves nothing behind, of %j: %s', (script, expected) => {
    expect(leavesNothing(script)).toBe(expected)
  })
})
