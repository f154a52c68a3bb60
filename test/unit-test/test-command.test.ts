import { describe, expect, test as it } from 'vitest'
import { test } from '../../runner/commands/test.ts'
import type { Effects } from '../../runner/effects.ts'
import { jsonText } from '../../runner/report/json.ts'
import { temporaryProject } from '../commands/temporary-project.ts'

const files = {
  'definitions/raw.sqlx': 'config { type: "declaration", schema: "r", name: "events" }',
  'definitions/log.sqlx': `config { type: "incremental", uniqueKey: ["id"] }
pre_operations {
  DECLARE since TIMESTAMP DEFAULT (
    \${when(incremental(), \`SELECT MAX(landed) FROM \${self()}\`, "SELECT TIMESTAMP '2000-01-01 00:00:00+00'")}
  );
}
SELECT id, landed FROM \${ref("events")} WHERE landed > since`,
  'definitions/totals.sqlx': `config { type: "table" }
SELECT id, COUNT(*) AS events
FROM \${ref("log")}
GROUP BY id`,
  'definitions/totals_test.sqlx': `config { type: "test", dataset: "totals" }
input "log" {
  SELECT 1 AS id UNION ALL SELECT 2 UNION ALL SELECT 2
}
SELECT 2 AS id, 2 AS events UNION ALL SELECT 1, 1`,
  'unit_tests/log_newer.sqlx': `config { type: "test", name: "log takes what is newer", dataset: "log", incremental: true }
input "events" {
  SELECT 1 AS id, TIMESTAMP '2024-01-01 00:00:00+00' AS landed UNION ALL
  SELECT 2, TIMESTAMP '2024-01-03 00:00:00+00'
}
input self() { SELECT 1 AS id, TIMESTAMP '2024-01-02 00:00:00+00' AS landed }
SELECT 2 AS id, TIMESTAMP '2024-01-03 00:00:00+00' AS landed`,
  'unit_tests/log_first.sqlx': `config { type: "test", name: "log takes all at first", dataset: "log" }
input "events" { SELECT 1 AS id, TIMESTAMP '2024-01-01 00:00:00+00' AS landed }
SELECT 1 AS id, TIMESTAMP '2024-01-01 00:00:00+00' AS landed`,
}

const effects = (workingFolder: string): Effects => ({
  print: () => {},
  note: () => {},
  now: () => new Date(0),
  interactive: false,
  signal: new AbortController().signal,
  environment: {},
  workingFolder,
})

const run = (folder: string, names: readonly string[] = []) => test({ names }, effects(folder))

describe('streamform test', () => {
  it('runs every unit test with no table in the warehouse, incremental ones too', async () => {
    const { folder } = temporaryProject(files)
    const { passed, failed, tests } = await run(folder)
    expect({ passed, failed }).toEqual({ passed: 3, failed: 0 })
    expect(tests.map(({ name, model, incremental, status }) => [name, model, incremental, status])).toEqual([
      ['totals_test', 'proj.ds.totals', false, 'passed'],
      ['log takes all at first', 'proj.ds.log', false, 'passed'],
      ['log takes what is newer', 'proj.ds.log', true, 'passed'],
    ])
  })

  it('shows a failed test side by side, and ends with exit code 1', async () => {
    const project = temporaryProject({
      ...files,
      'definitions/totals.sqlx': files['definitions/totals.sqlx'].replace('COUNT(*)', 'COUNT(*) + id - 1'),
    })
    expect(await project.streamform('test', 'totals')).toEqual({
      code: 1,
      err: '',
      out: `failed  totals_test (definitions/totals_test.sqlx)
  expected   | actual
  id  events | id  events
  2   2      | 2   3 *
  1 row is as expected
0 passed, 1 failed
`,
    })
  })

  it('says all of a failed test as JSON', async () => {
    const { folder } = temporaryProject({
      ...files,
      'definitions/totals_test.sqlx': files['definitions/totals_test.sqlx'].replace('1, 1', '7, 1'),
    })
    const { tests } = await run(folder, ['totals'])
    expect(JSON.parse(jsonText(tests))).toEqual([
      {
        name: 'totals_test',
        model: 'proj.ds.totals',
        file: 'definitions/totals_test.sqlx',
        incremental: false,
        status: 'failed',
        columns: [],
        differences: [{ expected: { id: 7, events: 1 }, actual: { id: 1, events: 1 } }],
        matching: 1,
        error: null,
      },
    ])
  })

  it('places what is wrong in a query in the model, or in the test, that it was written in', async () => {
    const { folder } = temporaryProject({
      ...files,
      'definitions/totals.sqlx': files['definitions/totals.sqlx'].replace('GROUP BY id', 'GROUP BY idd'),
      'unit_tests/log_first.sqlx': files['unit_tests/log_first.sqlx'].replace(
        'SELECT 1 AS id, T',
        'SELECT nope AS id, T',
      ),
    })
    const { tests, passed } = await run(folder)
    expect(passed).toBe(1)
    expect(tests.map(({ status, error }) => [status, error?.file, error?.line])).toEqual([
      ['error', 'definitions/totals.sqlx', 4],
      ['error', 'unit_tests/log_first.sqlx', 2],
      ['passed', undefined, undefined],
    ])
  })

  it('runs the tests that are named by test, model or file, and refuses a name of nothing', async () => {
    const { folder, streamform } = temporaryProject(files)
    const names = async (...given: readonly string[]) =>
      (await run(folder, given)).tests.map(({ name }) => name)
    expect(await names('log')).toEqual(['log takes all at first', 'log takes what is newer'])
    expect(await names('*newer', 'ds.totals')).toEqual(['totals_test', 'log takes what is newer'])
    expect(await names('unit_tests/log_f*')).toEqual(['log takes all at first'])
    expect(await streamform('test', 'total')).toEqual({
      code: 2,
      out: '',
      err: 'error: no unit test is named `total`, nor its model or file; did you mean `totals`?\n  `streamform test` runs them all\n',
    })
  })

  it('says so where there are none', async () => {
    const { streamform } = temporaryProject({ 'definitions/a.sqlx': 'SELECT 1' })
    expect(await streamform('test')).toEqual({ code: 0, err: '', out: 'the project has no unit tests\n' })
  })
})
