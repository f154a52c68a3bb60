import { spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runResultsSchema } from '../../runner/execute/run-results.ts'
import { temporaryProject } from './temporary-project.ts'

const models = {
  'definitions/a.sqlx':
    'config { type: "table", description: "Numbers", columns: { id: "A number" } }\nselect n as id, concat("n", cast(n as string)) as name from unnest([1, 2, 3]) as n\n',
  'definitions/b.sqlx':
    'config { type: "view", assertions: { uniqueKey: ["id"] } }\nselect id from ${ref("a")} where id > 1\n',
}

/** A model that runs until it is stopped. */
const slow =
  'config { type: "table" }\nselect sum(x * y) as id from ${ref("a")}, unnest(generate_array(1, 100000)) as x, unnest(generate_array(1, 1000000)) as y\n'

/** Times are the only thing of the output that differs from run to run. */
const timeless = (text: string) =>
  text.replaceAll(/\d+ ms|\d+\.\d s/g, 'T').replaceAll(/\d{4}-\d\d-\d\d-\d{6}-\d{3}/g, 'RUN')

describe('a run from the command line', () => {
  test('tells each action on standard error and the sum on standard output', async () => {
    const project = temporaryProject(models)
    const { code, out, err } = await project.streamform('run')
    expect({ code, out: timeless(out), err: timeless(err) }).toEqual({
      code: 0,
      out: '3 ok; 3 rows written; T\n',
      err: [
        '1/3 ok      create     ds.a  3 rows  T',
        '2/3 ok      create     ds.b  T',
        '3/3 ok      check      checks.ds_b_assertions_uniqueKey_0  T',
        '',
      ].join('\n'),
    })
  })

  test('with --json prints what the schema says', async () => {
    const project = temporaryProject(models)
    const { out } = await project.streamform('run', 'a', '--json')
    const results = runResultsSchema.parse(JSON.parse(out))
    expect(results.actions.map(({ id, status }) => [id, status])).toEqual([['proj.ds.a', 'succeeded']])
    expect([results.select, results.status]).toEqual([['a'], 'succeeded'])
  })

  test('that fails ends with 1, the first cause, and how to go on; resume then does what is left', async () => {
    const project = temporaryProject({
      ...models,
      'definitions/a.sqlx': 'config { type: "table" }\n\nselect\n  1 as id,\n  idd + 1 as x\n',
    })
    const failed = await project.streamform('run')
    expect(failed.code).toBe(1)
    expect(failed.out).toMatch(/^error: definitions\/a\.sqlx:5:3: .*idd/)
    expect(failed.out).toContain('\n  skipped because of it: b, ds_b_assertions_uniqueKey_0\n')
    expect(timeless(failed.out)).toContain('\n1 failed, 2 skipped; 0 rows written; T\n')
    expect(failed.out).toContain('when it is put right, `streamform resume` runs what is left (3)\n')

    project.write(models)
    const resumed = await project.streamform('resume', '--json')
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.out)).toMatchObject({ command: 'resume', status: 'succeeded' })

    const again = await project.streamform('resume')
    expect([again.code, again.out]).toEqual([0, 'nothing to do\n'])
    expect(timeless(again.err)).toBe('run RUN has nothing left to do\n')

    const runs = await project.streamform('runs', '--json')
    expect(
      JSON.parse(runs.out).map(({ command, status, counts }: Record<string, unknown>) => [
        command,
        status,
        counts,
      ]),
    ).toEqual([
      ['resume', 'succeeded', { succeeded: 3 }],
      ['run', 'failed', { failed: 1, skipped: 2 }],
    ])
  })

  test('of an assertion that fails says how to see the rows', async () => {
    const project = temporaryProject({
      ...models,
      'definitions/a.sqlx': 'config { type: "table" }\nselect n as id from unnest([2, 2]) as n\n',
    })
    const { code, out } = await project.streamform('run')
    expect(code).toBe(1)
    expect(out).toContain(
      [
        'error: definitions/b.sqlx: 1 row fails the assertion `ds_b_assertions_uniqueKey_0`',
        "  streamform query 'select * from `proj.checks.ds_b_assertions_uniqueKey_0`' shows them",
      ].join('\n'),
    )
    const shown = await project.streamform(
      'query',
      'select * from `proj.checks.ds_b_assertions_uniqueKey_0`',
      '--format',
      'csv',
    )
    expect(shown.out.split('\n').length).toBe(3)
  })

  test('that is interrupted ends with 1 and can be resumed', async () => {
    const project = temporaryProject({ ...models, 'definitions/b.sqlx': slow })
    const run = await started(project.folder, ['run', '--json'], 'ok      create     ds.a')
    run.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('stopping: what is under way is cancelled (once more to end at once)\n')
    const { status, actions } = JSON.parse(ended.out)
    expect([status, actions.map((action: { status: string }) => action.status)]).toEqual([
      'cancelled',
      ['succeeded', 'cancelled'],
    ])
    project.write(models)
    const { code, err } = await project.streamform('resume')
    expect([code, timeless(err)]).toEqual([0, '1/1 ok      create     ds.b  T\n'])
  })

  test('that is killed is resumed where it stopped', async () => {
    const project = temporaryProject({ ...models, 'definitions/b.sqlx': slow })
    const run = await started(project.folder, ['run'], 'ok      create     ds.a')
    run.kill('SIGKILL')
    await run.ended
    const listed = JSON.parse((await project.streamform('runs', '--json')).out)
    expect(listed).toMatchObject([{ status: 'running', counts: { succeeded: 1, pending: 1 } }])
    project.write(models)
    const { code, err } = await project.streamform('resume')
    expect([code, timeless(err)]).toEqual([0, '1/1 ok      create     ds.b  T\n'])
  })

  test('keeps other processes out of the warehouse, which say so', async () => {
    const project = temporaryProject({ ...models, 'definitions/b.sqlx': slow })
    const run = await started(project.folder, ['run'], 'ok      create     ds.a')
    const { code, err } = await project.streamform('query', 'select 1')
    run.kill('SIGKILL')
    await run.ended
    expect(code).toBe(1)
    expect(err).toMatch(/^error: .*warehouse\.duckdb: the warehouse is in use by another process \(PID \d+/)
    expect((await project.streamform('query', 'select 1 as one', '--format', 'csv')).out).toBe('one\n1\n')
  })

  test('of declarations alone is misuse', async () => {
    const project = temporaryProject({
      'definitions/d.sqlx': 'config { type: "declaration", schema: "raw", name: "d" }\n',
    })
    expect(await project.streamform('run', 'd')).toEqual({
      code: 2,
      out: '',
      err: 'error: nothing to run: the selection holds only declaration actions\n  declarations are read, not built; `+name` and `name+` select their neighbours\n',
    })
  })
})

describe('plan', () => {
  test('says what a run would do, why, and with which statements, and changes nothing', async () => {
    const project = temporaryProject(models)
    expect(await project.streamform('plan', 'a', 'b', '--sql')).toEqual({
      code: 0,
      err: '',
      out: [
        '   1  create     ds.a  (not there yet)',
        '      | create or replace table `proj.ds.a`',
        '      | as',
        '      | select n as id, concat("n", cast(n as string)) as name from unnest([1, 2, 3]) as n',
        '   2  create     ds.b  (not there yet)',
        '      | create or replace view `proj.ds.b`',
        '      | as',
        '      | select id from `proj.ds.a` where id > 1',
        '2 actions',
        '',
      ].join('\n'),
    })
    expect((await project.streamform('show', 'a')).err).toContain('error: `ds.a` is not built yet\n')
    await project.streamform('run')
    expect((await project.streamform('plan', 'a')).out).toBe(
      '   1  replace    ds.a  (a table is built anew)\n1 action\n',
    )
  })

  test('--json has one object an action', async () => {
    const project = temporaryProject(models)
    expect(JSON.parse((await project.streamform('plan', 'b', '--json')).out)).toEqual([
      {
        id: 'proj.ds.b',
        target: { database: 'proj', schema: 'ds', name: 'b' },
        kind: 'view',
        file: 'definitions/b.sqlx',
        needs: [],
        deed: 'create',
        why: 'not there yet',
        statements: ['create or replace view `proj.ds.b`\nas\nselect id from `proj.ds.a` where id > 1'],
        unknown: null,
        drops: null,
        bytes: null,
        bytesUnknown: null,
        price: null,
      },
    ])
  })
})

describe('query', () => {
  test('answers as a table, as CSV and as JSON', async () => {
    const project = temporaryProject(models)
    await project.streamform('run')
    const sql = 'select id, name, [struct(id as n)] as list from a order by id'
    expect((await project.streamform('query', sql)).out).toBe(
      [
        '┌────┬──────┬───────────┐',
        '│ id │ name │ list      │',
        '├────┼──────┼───────────┤',
        '│  1 │ n1   │ [{"n":1}] │',
        '│  2 │ n2   │ [{"n":2}] │',
        '│  3 │ n3   │ [{"n":3}] │',
        '└────┴──────┴───────────┘',
        '',
      ].join('\n'),
    )
    expect((await project.streamform('query', sql, '--limit', '2')).out).toContain(
      '\n(the first 2 rows: --limit 0 shows all)\n',
    )
    expect((await project.streamform('query', sql, '--format', 'csv')).out).toBe(
      'id,name,list\n1,n1,"[{""n"":1}]"\n2,n2,"[{""n"":2}]"\n3,n3,"[{""n"":3}]"\n',
    )
    project.write({ 'q.sql': sql })
    expect(
      (await project.streamform('query', '--file', 'q.sql', '--format', 'json', '--limit', '1')).out,
    ).toBe('[\n  {"id":1,"name":"n1","list":[{"n":1}]}\n]\n')
    expect(
      JSON.parse((await project.streamform('query', 'select 9007199254740993 as n', '--json')).out),
    ).toEqual({
      statementType: 'SELECT',
      columns: [{ name: 'n', type: 'INT64' }],
      rows: [{ n: '9007199254740993' }],
      truncated: false,
      affectedRows: null,
    })
  })

  test('runs statements, and says what they did', async () => {
    const project = temporaryProject(models)
    await project.streamform('run')
    expect((await project.streamform('query', 'delete from ds.a where id > 1')).out).toBe('delete: 2 rows\n')
  })

  test('places what is wrong', async () => {
    const project = temporaryProject(models)
    const { code, err } = await project.streamform('query', 'select 1,\n  nothing')
    expect(code).toBe(1)
    expect(err).toMatch(/^error: query:2:3: .*nothing/)
    project.write({ 'q.sql': 'select 1,\n  nothing' })
    expect((await project.streamform('query', '--file', 'q.sql')).err).toMatch(
      /^error: q\.sql:2:3: .*nothing/,
    )
  })
})

describe('show', () => {
  test("a table's columns, rows and runs", async () => {
    const project = temporaryProject(models)
    await project.streamform('run')
    const { code, out } = await project.streamform('show', 'a', '--limit', '1')
    const [told = '', runs = ''] = timeless(out).split('\n┌───────────────────────┬')
    expect(code).toBe(0)
    expect(told).toBe(
      [
        'proj.ds.a: table, 3 rows, defined in definitions/a.sqlx',
        'Numbers',
        '',
        '┌────────┬────────┬─────────────┐',
        '│ column │ type   │ description │',
        '├────────┼────────┼─────────────┤',
        '│ id     │ INT64  │ A number    │',
        '│ name   │ STRING │             │',
        '└────────┴────────┴─────────────┘',
        '',
        '┌────┬──────┐',
        '│ id │ name │',
        '├────┼──────┤',
        '│  1 │ n1   │',
        '└────┴──────┘',
        '',
      ].join('\n'),
    )
    expect(runs.split('\n')).toContainEqual(
      expect.stringMatching(/^│ RUN +│ succeeded │ create │ 3 +│ T +│$/),
    )
  })

  test('what is not built, or not there at all', async () => {
    const project = temporaryProject(models)
    expect(await project.streamform('show', 'b')).toEqual({
      code: 1,
      out: '',
      err: 'error: `ds.b` is not built yet\n  streamform run +ds.b builds it\n',
    })
    const { code, err } = await project.streamform('show', 'ds.bb')
    expect([code, err]).toEqual([
      2,
      'error: selector `ds.bb` matches nothing; did you mean `ds.b`?\n  `streamform ls` lists everything that can be selected\n',
    ])
  })
})

test('a warehouse that cannot be written is said to be, with its file', async () => {
  const project = temporaryProject(models)
  await project.streamform('run')
  const file = join(project.folder, '.streamform', 'warehouse.duckdb')
  chmodSync(file, 0o444)
  const { code, err } = await project.streamform('run')
  // The superuser may write what is read-only.
  if (process.getuid?.() === 0) expect(code).toBe(0)
  else expect([code, err]).toEqual([1, expect.stringContaining('warehouse.duckdb')])
})

interface Started {
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

/** Starts the command line and waits until its standard error has a text. */
function started(folder: string, args: readonly string[], text: string): Promise<Started> {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'streamform.js')
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, CI: '1' } })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const ended = new Promise<Awaited<Started['ended']>>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }))
  })
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      err += chunk
      if (err.includes(text)) resolve({ kill: (signal) => child.kill(signal), ended })
    })
    void ended.then(() => reject(new Error(`it ended before it said \`${text}\`: ${err}`)))
  })
}
