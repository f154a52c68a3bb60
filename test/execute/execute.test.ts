import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resumption, runToResume } from '../../runner/execute/resume.ts'
import type { ActionResult, RunResults } from '../../runner/execute/run-results.ts'
import { Problem } from '../../runner/problem.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { outcomes, runnableProject } from './run-project.ts'

const table = (name: string, query: string, config = '') =>
  ({ [`${name}.sqlx`]: `config { type: "table"${config} }\n\n${query}\n` }) as const

const errorOf = ({ actions }: RunResults, name: string) =>
  actions.find(({ target }) => target.name === name)?.error

describe('a run', () => {
  test('builds tables, views and assertions in order, and its results say what was done', async () => {
    const project = await runnableProject({
      ...table(
        'a',
        'select n as id from unnest([1, 2, 3]) as n',
        ', description: "Numbers", columns: { id: "The number" }, bigquery: { labels: { team: "x" } }',
      ),
      'b.sqlx':
        'config { type: "view", assertions: { uniqueKey: ["id"] } }\nselect id from ${ref("a")} where id > 1\n',
      ...table('c', 'select sum(id) as total from ${ref("b")}'),
    })
    const results = await project.run()
    expect(await project.rows('select total from ds.c')).toEqual([[5n]])
    expect(results.status).toBe('succeeded')
    const told = results.actions.map(
      ({ target, kind, status, deed, why, rows, attempts, error, warnings }) => ({
        name: target.name,
        kind,
        status,
        deed,
        why,
        rows,
        attempts,
        error,
        warnings,
      }),
    )
    const done = { status: 'succeeded', attempts: 1, error: null, warnings: [] }
    expect(told).toEqual([
      { name: 'a', kind: 'table', deed: 'create', why: 'not there yet', rows: 3, ...done },
      { name: 'b', kind: 'view', deed: 'create', why: 'not there yet', rows: null, ...done },
      { name: 'c', kind: 'table', deed: 'create', why: 'not there yet', rows: 1, ...done },
      {
        name: 'ds_b_assertions_uniqueKey_0',
        kind: 'assertion',
        deed: 'check',
        why: 'asserted by `b`',
        rows: 0,
        ...done,
      },
    ])
    expect(
      results.actions[0]?.statements.map(({ text, statementType, rows }) => ({ text, statementType, rows })),
    ).toEqual([
      {
        text: 'create or replace table `proj.ds.a`\nas\nselect n as id from unnest([1, 2, 3]) as n',
        statementType: 'CREATE_TABLE_AS_SELECT',
        rows: 3,
      },
    ])
    const described = await project.warehouse.table({ database: 'proj', schema: 'ds', name: 'a' })
    expect(described).toMatchObject({
      description: 'Numbers',
      labels: { team: 'x' },
      columns: [{ name: 'id', description: 'The number' }],
    })
  })

  test('leaves its results on disk and in the state tables', async () => {
    const project = await runnableProject(table('a', 'select 1 as id'))
    const results = await project.run()
    const file = join(project.folder, '.streamform', 'runs', results.id, 'run_results.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(results)
    expect(
      await project.rows('select id, command, status, folder, ended_at >= started_at from streamform.runs'),
    ).toEqual([[results.id, 'run', 'succeeded', `.streamform/runs/${results.id}`, true]])
  })

  test('of a second time replaces tables, and of an incremental table adds to it', async () => {
    const project = await runnableProject({
      ...table('a', 'select 1 as id'),
      'i.sqlx':
        'config { type: "incremental" }\nselect id, ${when(incremental(), `2`, `1`)} as round from ${ref("a")}\n',
      'm.sqlx':
        'config { type: "incremental", uniqueKey: ["id"] }\nselect id, ${when(incremental(), `2`, `1`)} as round from ${ref("a")}\n',
    })
    await project.run()
    const { actions } = await project.run()
    expect(actions.map(({ target, deed, rows }) => [target.name, deed, rows])).toEqual([
      ['a', 'replace', 1],
      ['i', 'insert', 1],
      ['m', 'merge', 1],
    ])
    expect(await project.rows('select * from ds.i order by round')).toEqual([
      [1n, 1n],
      [1n, 2n],
    ])
    expect(await project.rows('select * from ds.m')).toEqual([[1n, 2n]])
    const refreshed = await project.run({ fullRefresh: true })
    expect(refreshed.actions.map(({ deed, why }) => [deed, why])).toEqual([
      ['replace', 'a table is built anew'],
      ['replace', 'full refresh'],
      ['replace', 'full refresh'],
    ])
    expect(await project.rows('select * from ds.i')).toEqual([[1n, 1n]])
  })

  test('replaces a view by a table and a table by a view', async () => {
    const project = await runnableProject({
      ...table('a', 'select 1 as id'),
      'b.sqlx': 'config { type: "view" }\nselect 2 as id\n',
    })
    await project.run()
    project.write({
      'definitions/a.sqlx': 'config { type: "view" }\nselect 3 as id\n',
      'definitions/b.sqlx': 'config { type: "table" }\nselect 4 as id\n',
    })
    expect((await project.run()).actions.map(({ target, why }) => [target.name, why])).toEqual([
      ['a', 'a table stands in its place'],
      ['b', 'a view stands in its place'],
    ])
    expect(await project.rows('select (select id from ds.a), (select id from ds.b)')).toEqual([[3n, 4n]])
  })

  test('runs operations one statement after another, and variables of pre_operations reach the query', async () => {
    const project = await runnableProject({
      'made.sqlx':
        'config { type: "operations", hasOutput: true }\ncreate or replace table ${self()} (n int64)\n---\ninsert into ${self()} values (1), (2)\n',
      'after.sqlx':
        'config { type: "table" }\npre_operations { declare least int64 default 2 }\nselect n from ${ref("made")} where n >= least\npost_operations { insert into ${self()} values (7) }\n',
    })
    const { actions } = await project.run()
    expect(
      actions.map(({ target, deed, rows, statements }) => [target.name, deed, rows, statements.length]),
    ).toEqual([
      ['made', 'operate', 2, 2],
      ['after', 'create', null, 1],
    ])
    expect(await project.rows('select n from ds.after order by n')).toEqual([[2n], [7n]])
  })

  test('tells the rows of an increment only where no operation after it hides them', async () => {
    const model = (after: string) =>
      `config { type: "incremental" }\nselect 1 as n from unnest([1, 2])\npost_operations { \${when(incremental(), \`${after}\`)} }\n`
    const project = await runnableProject({
      'plain.sqlx': 'config { type: "incremental" }\nselect 1 as n from unnest([1, 2])\n',
      'after.sqlx': model('delete from ds.after where n = 1'),
    })
    const rows = ({ actions }: RunResults) =>
      actions.map(({ target, deed, rows: count }) => [target.name, deed, count])
    expect(rows(await project.run())).toEqual([
      ['after', 'create', 2],
      ['plain', 'create', 2],
    ])
    expect(rows(await project.run())).toEqual([
      ['after', 'insert', null],
      ['plain', 'insert', 2],
    ])
    expect(await project.rows('select count(*) from ds.after')).toEqual([[0n]])
  })

  test('overwrites only the partitions that have new rows, that of NULL too', async () => {
    const query = (rows: string) => `select * from unnest(array<struct<day date, n int64>>[${rows}])`
    const project = await runnableProject({
      'p.sqlx': `config { type: "incremental", incrementalStrategy: "INSERT_OVERWRITE", bigquery: { partitionBy: "day" } }
\${when(incremental(), \`${query("(date '2024-01-02', 20), (null, 90)")}\`, \`${query("(date '2024-01-01', 1), (date '2024-01-02', 2), (date '2024-01-02', 3), (null, 9)")}\`)}
`,
    })
    await project.run()
    const expected = [
      [null, 90n],
      ['2024-01-01', 1n],
      ['2024-01-02', 20n],
    ]
    for (const round of [1, 2]) {
      const { status, actions } = await project.run()
      expect([round, status, errorOf({ actions } as RunResults, 'p')]).toEqual([round, 'succeeded', null])
      expect(await project.rows('select * from ds.p order by day')).toEqual(expected)
    }
  })

  test('gives a table the columns that its query has won and lost, if onSchemaChange says so', async () => {
    const model = (mode: string, columns: string) =>
      `config { type: "incremental", onSchemaChange: "${mode}" }\nselect ${columns}\n`
    const project = await runnableProject({
      'e.sqlx': model('EXTEND', '1 as a'),
      's.sqlx': model('SYNCHRONIZE', '1 as a, 2 as b'),
      'f.sqlx': model('FAIL', '1 as a'),
    })
    await project.run()
    project.write({
      'definitions/e.sqlx': model('EXTEND', '2 as a, "x" as c'),
      'definitions/s.sqlx': model('SYNCHRONIZE', '3 as c, 2 as a'),
      'definitions/f.sqlx': model('FAIL', '2 as a, 3 as b'),
    })
    const results = await project.run()
    expect(outcomes(results)).toEqual({ e: 'succeeded', s: 'succeeded', f: 'failed' })
    expect(errorOf(results, 'f')?.message).toBe(
      'the columns of `ds.f` changed, and its onSchemaChange is FAIL: `b` INT64 is new',
    )
    expect(await project.rows('select a, c from ds.e order by a')).toEqual([
      [1n, null],
      [2n, 'x'],
    ])
    expect(await project.rows('select * from ds.s order by c nulls first')).toEqual([
      [1n, null],
      [2n, 3n],
    ])
    expect(await project.rows('select * from ds.f')).toEqual([[1n]])
  })

  test('warns of a description for a column that is not there, and sets the others', async () => {
    const project = await runnableProject(
      table('a', 'select 1 as id', ', columns: { id: "The number", idd: "A slip" }'),
    )
    const { actions } = await project.run()
    expect(actions[0]?.warnings).toEqual(['describes a column `idd` that the table does not have'])
    const found = await project.warehouse.table({ database: 'proj', schema: 'ds', name: 'a' })
    expect(found?.columns[0]?.description).toBe('The number')
  })

  test('does nothing for what is disabled, and runs what depends on it', async () => {
    const project = await runnableProject({
      ...table('a', 'select 1 as id', ', disabled: true'),
      ...table('b', 'select 2 as id', ', dependencies: ["a"]'),
    })
    expect(outcomes(await project.run())).toEqual({ a: 'disabled', b: 'succeeded' })
    expect(await project.warehouse.table({ database: 'proj', schema: 'ds', name: 'a' })).toBe(undefined)
  })
})

describe('a failure', () => {
  const broken = {
    ...table('a', 'select\n  1 as id,\n  wrongg as x'),
    ...table('b', 'select * from ${ref("a")}'),
    ...table('c', 'select * from ${ref("b")}'),
    ...table('other', 'select 1 as id'),
  }

  test('skips those who depend on it with the first cause, and the rest goes on', async () => {
    const project = await runnableProject(broken)
    const results = await project.run()
    expect(results.status).toBe('failed')
    expect(outcomes(results)).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', other: 'succeeded' })
    expect(results.actions.map(({ skippedBecause }) => skippedBecause)).toEqual(
      results.actions.map(({ target }) => (['b', 'c'].includes(target.name) ? 'proj.ds.a' : null)),
    )
  })

  test('is placed in the file of the project, not in the statement made from it', async () => {
    const project = await runnableProject(broken)
    expect(errorOf(await project.run(), 'a')).toMatchObject({
      file: 'definitions/a.sqlx',
      line: 5,
      column: 3,
    })
  })

  test('of an assertion that only warns is told, blocks nobody and leaves the run succeeded', async () => {
    const project = await runnableProject({
      ...table('a', 'select 1 as id'),
      'warns.sqlx':
        'config { type: "assertion", tags: ["severity:warn"] }\nselect id from ${ref("a")} union all select 2\n',
      ...table('b', 'select id from ${ref("a")}', ', dependencies: ["warns"]'),
    })
    const results = await project.run()
    expect([results.status, outcomes(results)]).toEqual([
      'succeeded',
      { a: 'succeeded', warns: 'succeeded', b: 'succeeded' },
    ])
    const [warns] = results.actions.filter(({ target }) => target.name === 'warns')
    expect([warns?.rows, warns?.warnings]).toEqual([2, ['2 rows fail the assertion `warns`']])
  })

  test('of an assertion whose severity is unknown says which there are', async () => {
    const project = await runnableProject({
      'a.sqlx': 'config { type: "assertion", tags: ["severity:wran"] }\nselect 1 as id limit 0\n',
    })
    const results = await project.run()
    expect(errorOf(results, 'a')).toMatchObject({
      message: 'unknown severity `wran` of `a`; did you mean `warn`?',
      hint: 'tags may say `severity:warn` or `severity:error`',
    })
  })

  test('of an assertion blocks those who depend on it and nobody else', async () => {
    const project = await runnableProject({
      ...table('a', 'select n as id from unnest([1, 1, 2]) as n', ', assertions: { uniqueKey: ["id"] }'),
      ...table('free', 'select * from ${ref("a")}'),
      ...table('strict', 'select * from ${ref("a")}', ', dependOnDependencyAssertions: true'),
      ...table('behind', 'select * from ${ref("strict")}'),
    })
    const results = await project.run()
    expect(outcomes(results)).toEqual({
      a: 'succeeded',
      free: 'succeeded',
      ds_a_assertions_uniqueKey_0: 'failed',
      strict: 'skipped',
      behind: 'skipped',
    })
    expect(errorOf(results, 'ds_a_assertions_uniqueKey_0')).toEqual({
      message: '1 row fails the assertion `ds_a_assertions_uniqueKey_0`',
      hint: "streamform query 'select * from `proj.checks.ds_a_assertions_uniqueKey_0`' shows them",
      file: 'definitions/a.sqlx',
      line: null,
      column: null,
    })
    expect(await project.rows('select * from checks.ds_a_assertions_uniqueKey_0')).not.toEqual([])
  })

  test('that may pass is tried again, and the result says how often', async () => {
    let failures = 2
    const project = await runnableProject(table('a', 'select 1 as id'), (warehouse) =>
      failing(warehouse, (text) => {
        if (!text.includes('table `proj.ds.a`') || failures === 0) return
        failures -= 1
        throw new Problem('too many at once', { transient: true })
      }),
    )
    const results = await project.run()
    expect(project.events).toEqual(['begin 1', 'start a', 'retry a', 'retry a', 'succeeded a'])
    expect(results.actions[0]).toMatchObject({ status: 'succeeded', attempts: 3, error: null })
  })

  test('that may pass ends the action when it never does', async () => {
    const project = await runnableProject(table('a', 'select 1 as id'), (warehouse) =>
      failing(warehouse, () => {
        throw new Problem('too many at once', { transient: true })
      }),
    )
    expect((await project.run({ retries: 1 })).actions[0]).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { message: 'too many at once' },
    })
  })

  test('of operations is not tried again: what they did would be done twice', async () => {
    const project = await runnableProject(
      { 'o.sqlx': 'config { type: "operations" }\nselect 1\n' },
      (warehouse) =>
        failing(warehouse, () => {
          throw new Problem('too many at once', { transient: true })
        }),
    )
    expect((await project.run()).actions[0]).toMatchObject({ status: 'failed', attempts: 1 })
  })
})

describe('an interrupted run', () => {
  const chain = {
    ...table('a', 'select 1 as id'),
    ...table(
      'b',
      'select id, sum(x * y) as s from ${ref("a")}, unnest(generate_array(1, 100000)) as x, unnest(generate_array(1, 1000000)) as y group by id',
    ),
    ...table('c', 'select id from ${ref("b")}'),
  }

  test('cancels what is under way, starts nothing more, and can be resumed', async () => {
    const project = await runnableProject(chain)
    const controller = new AbortController()
    const results = await project.run({
      signal: controller.signal,
      onEvent(event) {
        if (event.type === 'start' && event.action.target.name === 'b')
          setImmediate(() => controller.abort(new Error('interrupted')))
      },
    })
    expect(results.status).toBe('cancelled')
    expect(outcomes(results)).toEqual({ a: 'succeeded', b: 'cancelled', c: 'cancelled' })

    project.write({ 'definitions/b.sqlx': 'config { type: "table" }\nselect id from ${ref("a")}\n' })
    const { actions } = await compile(project.folder)
    const { actions: left, gone } = resumption(await runToResume(project.folder, undefined), actions)
    expect([left.map(({ target }) => target.name), gone]).toEqual([['b', 'c'], []])
    const resumed = await project.run({ selected: left, resumes: results.id, command: 'resume' })
    expect(outcomes(resumed)).toEqual({ b: 'succeeded', c: 'succeeded' })
    expect(await project.rows('select * from ds.c')).toEqual([[1n]])
    expect(await project.rows('select command, status from streamform.runs order by started_at, id')).toEqual(
      [
        ['run', 'cancelled'],
        ['resume', 'succeeded'],
      ],
    )
  })
})

test('every action of a wide graph runs once, whatever the concurrency', async () => {
  const definitions = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => {
      const from =
        i < 8
          ? ''
          : ` from \${ref("t${i - 8}")}, \${ref("t${i - 8 + (i % 2 === 0 ? 1 : 0) * (i % 8 === 7 ? 0 : 1)}")} as z`
      return [`t${i}.sqlx`, `config { type: "table" }\nselect ${i} as n${from}\n`]
    }),
  )
  const project = await runnableProject(definitions)
  const { status, actions } = await project.run({ concurrency: 8 })
  expect([status, actions.filter(isDone).length]).toEqual(['succeeded', 40])
  const ends = project.events.filter((event) => event.startsWith('succeeded'))
  expect(new Set(ends).size).toBe(40)
})

const isDone = ({ status }: ActionResult) => status === 'succeeded'

/** The real warehouse, with `before` called ahead of every statement: it throws where a fault is wanted. */
function failing(warehouse: Warehouse, before: (text: string) => void): Warehouse {
  return new Proxy(warehouse, {
    get(whole, name) {
      const value: unknown = Reflect.get(whole, name, whole)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (name === 'execute') before(String(args[0]))
        return Reflect.apply(value, whole, args)
      }
    },
  })
}
