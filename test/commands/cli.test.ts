import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commandTable } from '../../runner/commands/table.ts'
import { streamform, temporaryProject } from './temporary-project.ts'

const nowhere = mkdtempSync(join(tmpdir(), 'streamform-nowhere-'))
afterAll(() => rmSync(nowhere, { recursive: true }))
const run = (...args: string[]) => streamform(nowhere, args)

describe('the command line', () => {
  test('alone, or with --help, names every command in groups and says where to begin', async () => {
    const { code, out, err } = await run()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const { usage, describe: does, group } of commandTable) {
      expect(out).toMatch(
        new RegExp(`^  ${usage.replace(/[[\].]/g, '\\$&')} +${does.replace(/[()']/g, '\\$&')}$`, 'm'),
      )
      expect(out).toContain(`\n${group}:\n`)
    }
    expect(out).toContain('First time here: `streamform demo`.')
    expect(await run('--help')).toEqual({ code: 0, out, err: '' })
  })

  test('says its version', async () => {
    const { version } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    )
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test.each<[string[], string]>([
    [['rnu'], 'error: unknown command `rnu`; did you mean `run`?\n  streamform --help lists the commands\n'],
    [
      ['add', 'tabel', 'x'],
      'error: unknown command `add tabel x`; did you mean `add table`?\n  streamform --help lists the commands\n',
    ],
    [['add'], 'error: `add` is not a whole command: add table\n'],
    [['--jsn'], 'error: unknown flag `--jsn` of `streamform`; did you mean `--json`?\n  streamform --help\n'],
    [
      ['ls', '--exclud', 'x'],
      'error: unknown flag `--exclud` of `ls`; did you mean `--exclude`?\n  streamform ls --help\n',
    ],
    [['ls', '-q'], 'error: unknown flag `-q` of `ls`\n  streamform ls --help\n'],
    [['compile', 'it'], 'error: `compile` does not take `it`\n  streamform compile --help\n'],
    [['ls', '--project'], 'error: `--project` takes a value\n  streamform ls --help\n'],
    [
      ['ls', '--project', 'a', '--project', 'b'],
      'error: `--project` was given more than once\n  streamform ls --help\n',
    ],
    [['runs', '--limit', 'many'], 'error: `--limit` takes a number\n  streamform runs --help\n'],
    [['run', '--concurrency', '0'], 'error: `--concurrency` takes a whole number from 1\n'],
    [['run', '--retries', '1.5'], 'error: `--retries` takes a whole number from 0\n'],
    [['ls', '--vars', 'x'], 'error: `--vars x` is not of the form NAME=VALUE\n'],
    [
      ['query'],
      'error: there is no query\n  streamform query "select 1", or streamform query --file query.sql\n',
    ],
    [
      ['query', 'select 1', '--file', 'x.sql'],
      'error: there are two queries: one as text, one in a file\n  streamform query "select 1", or streamform query --file query.sql\n',
    ],
    [['query', '--file', 'x.sql'], "error: the query's file `x.sql` cannot be read: ENOENT\n"],
    [
      ['query', 'select 1', '--format', 'xml'],
      'error: `--format` is one of table, csv, json; it was `xml`\n  streamform query --help\n',
    ],
    [['show'], 'error: `show` needs `table`\n  streamform show --help\n'],
  ])('%j is misuse', async (args, err) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err })
  })

  test('outside a project says how to get one', async () => {
    expect(await run('ls')).toEqual({
      code: 2,
      out: '',
      err: `error: no \`workflow_settings.yaml\` in ${nowhere} or any folder above it\n  change to the folder of a Dataform project, or make one with \`streamform init\`\n`,
    })
  })

  test.each(['compile', 'run', 'plan', 'query', 'ls', 'resume', 'runs', 'show'])(
    '%s has a page of help with its flags and examples',
    async (name) => {
      const { code, out } = await run(name, '--help')
      const { command } = (await commandTable.find(({ usage }) => usage.split(' ')[0] === name)?.load()) ?? {}
      expect(code).toBe(0)
      for (const flag of Object.keys(command?.flags ?? {})) expect(out).toContain(`--${flag}`)
      for (const [line] of command?.examples ?? []) expect(out).toContain(`streamform ${line}`)
    },
  )
})

const models = {
  'definitions/a.sqlx': 'config { type: "table", tags: ["x"] }\nselect 1 as id\n',
  'definitions/b.sqlx':
    'config { type: "view", assertions: { nonNull: ["id"] } }\nselect id from ${ref("a")}\n',
}

describe('in a project', () => {
  test('compile counts the actions, and prints the graph with --json', async () => {
    const project = temporaryProject(models)
    expect(await project.streamform('compile')).toEqual({
      code: 0,
      out: 'compiled: 2 tables and views, 1 assertion\n',
      err: '',
    })
    const { out } = await project.streamform('compile', '--json')
    const graph = JSON.parse(out)
    expect(graph.tables.map(({ target }: { target: { name: string } }) => target.name)).toEqual(['a', 'b'])
  })

  test('compile tells every error with its place', async () => {
    const project = temporaryProject({
      ...models,
      'definitions/c.sqlx': 'config { type: "view" }\nselect * from ${ref("aa")}\n',
    })
    const { code, out, err } = await project.streamform('compile')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^error: definitions\/c\.sqlx:2:\d+: .*aa/)
  })

  test('ls lists the selection in order', async () => {
    const project = temporaryProject(models)
    const { code, out } = await project.streamform('ls', 'b+', 'a')
    expect(code).toBe(0)
    expect(out).toBe(
      [
        '┌──────────────────────────────────────┬───────────┬──────┬────────────────────┐',
        '│ action                               │ kind      │ tags │ file               │',
        '├──────────────────────────────────────┼───────────┼──────┼────────────────────┤',
        '│ ds.a                                 │ table     │ x    │ definitions/a.sqlx │',
        '│ ds.b                                 │ view      │      │ definitions/b.sqlx │',
        '│ checks.ds_b_assertions_rowConditions │ assertion │      │ definitions/b.sqlx │',
        '└──────────────────────────────────────┴───────────┴──────┴────────────────────┘',
        '',
      ].join('\n'),
    )
  })

  test('ls --json says who needs whom', async () => {
    const project = temporaryProject(models)
    expect(JSON.parse((await project.streamform('ls', 'b', '--json')).out)).toEqual([
      {
        id: 'proj.ds.b',
        target: { database: 'proj', schema: 'ds', name: 'b' },
        kind: 'view',
        tags: [],
        file: 'definitions/b.sqlx',
        disabled: false,
        dependencies: ['proj.ds.a'],
        dependents: ['proj.checks.ds_b_assertions_rowConditions'],
      },
    ])
  })

  test('a selector that matches nothing is misuse', async () => {
    const project = temporaryProject(models)
    expect(await project.streamform('ls', 'tag:y')).toEqual({
      code: 2,
      out: '',
      err: 'error: selector `tag:y` matches nothing; did you mean `tag:x`?\n  `streamform ls` lists everything that can be selected\n',
    })
  })

  test('it is found from a folder inside it, and by --project', async () => {
    const project = temporaryProject(models)
    const expected = { code: 0, out: 'compiled: 2 tables and views, 1 assertion\n', err: '' }
    expect(await streamform(join(project.folder, 'definitions'), ['compile'])).toEqual(expected)
    expect(await run('compile', '--project', project.folder)).toEqual(expected)
  })

  test('no runs yet', async () => {
    const project = temporaryProject(models)
    expect(await project.streamform('runs')).toEqual({
      code: 0,
      out: 'no runs yet: `streamform run` makes one\n',
      err: '',
    })
    expect(await project.streamform('resume')).toEqual({
      code: 2,
      out: '',
      err: 'error: there is no run to resume\n  start one: streamform run\n',
    })
  })
})
