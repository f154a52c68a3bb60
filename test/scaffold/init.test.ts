import { mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCompile } from '../../runner/project/compile/compile.ts'
import { openProject } from '../../runner/project/project.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { streamformIn } from './in-process.ts'

const freshProject = (files?: Readonly<Record<string, string>>) => {
  const made = temporaryProject(files)
  return { ...made, streamform: (...args: string[]) => streamformIn(made.folder, args) }
}
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

test('a new project has settings, macros and a first model, and compiles', async () => {
  const { folder, streamform } = freshProject()
  const { code, out, err } = await streamform('init', 'my shop')
  const made = join(folder, 'my shop')
  const files = [
    '.gitignore',
    'README.md',
    'definitions/hello.sqlx',
    'definitions/hello_test.sqlx',
    'macros/change-log.js',
    'macros/current-state.js',
    'macros/event-time.js',
    'macros/history.js',
    'macros/identifier.js',
    'macros/landings.js',
    'macros/layers.js',
    'macros/news.js',
    'macros/position.js',
    'macros/privacy.js',
    'macros/reconciliation.js',
    'macros/retention.js',
    'macros/source-table.js',
    'streamform.yaml',
    'workflow_settings.yaml',
  ]
  expect([code, err]).toEqual([0, ''])
  expect(out.split('\n').slice(1, -2).sort()).toEqual(files.map((file) => `  created  ${file}`).sort())
  expect(filesOf(made)).toEqual(files)
  const { problems, actions, unitTests } = await tryCompile(made)
  expect(problems).toEqual([])
  expect(actions.map(({ target }) => target)).toEqual([
    { database: 'streamform-local', schema: 'models', name: 'hello' },
  ])
  expect(unitTests.map(({ name }) => name)).toEqual(['hello_test'])
  const { settings } = await openProject(made)
  expect(settings.stream.path).toBe(join(realpathSync(made), '.streamform/stream'))
  expect(readFileSync(join(made, 'README.md'), 'utf8')).toMatch(/^# my shop\n/)
})

test('names of project and dataset can be given, and are checked', async () => {
  const { folder, streamform } = freshProject()
  await streamform('init', 'a', '--default-project', 'my-project', '--default-dataset', 'shop')
  const { actions, problems } = await tryCompile(join(folder, 'a'))
  expect(problems).toEqual([])
  expect(actions[0]?.target).toEqual({ database: 'my-project', schema: 'shop', name: 'hello' })
  expect(await streamform('init', 'b', '--default-project', 'My Project')).toEqual({
    code: 2,
    out: '',
    err: 'error: `My Project` is no name of a Google Cloud project: 6 to 30 lower-case letters, digits and dashes, a letter first\n',
  })
  expect((await streamform('init', 'b', '--default-dataset', 'a-b')).err).toBe(
    'error: `a-b` is no name of a dataset: letters, digits and _\n',
  )
  expect(readdirSync(folder)).not.toContain('b')
})

test('a folder that is not empty is refused; forced, what is there stays', async () => {
  const { folder, streamform } = freshProject({ 'README.md': 'mine\n' })
  const before = filesOf(folder)
  expect(await streamform('init')).toEqual({
    code: 2,
    out: '',
    err: `error: . is not empty: it holds README.md and 1 more
  choose another folder, or add to this one with --force: files that are there stay as they are
`,
  })
  expect(filesOf(folder)).toEqual(before)
  const { code, out } = await streamform('init', '--force')
  expect(code).toBe(0)
  expect(out).toContain('  left as it is  README.md\n')
  expect(out).toContain('  left as it is  workflow_settings.yaml\n')
  expect(out).toContain('  created  streamform.yaml\n')
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('mine\n')
})

test('a folder that only git has written to is empty', async () => {
  const { folder, streamform } = freshProject()
  mkdirSync(join(folder, 'new', '.git'), { recursive: true })
  expect((await streamform('init', 'new')).code).toBe(0)
})
