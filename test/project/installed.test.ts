import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { tryCompile } from '../../runner/project/compile/compile.ts'
import { folderWith } from './folders.ts'
import { plain, projectCases, withoutStacks } from './graphs.ts'

const root = resolve(import.meta.dirname, '../..')

test('a streamform installed below node_modules compiles, its worker included', () => {
  const folder = folderWith({
    'workflow_settings.yaml': 'defaultProject: p\ndefaultDataset: d\n',
    'definitions/a.sqlx': 'config { type: "view" }\nSELECT 1 AS one',
  })
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(root, 'node_modules')).filter((each) => !each.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  for (const name of ['bin', 'runner', 'loaders', 'package.json']) {
    cpSync(join(root, name), join(modules, 'streamform', name), { recursive: true })
  }
  const program = join(modules, 'streamform/bin/streamform.js')
  const printed = execFileSync(process.execPath, [program, 'compile', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  expect(JSON.parse(printed).tables).toMatchObject([
    { target: { database: 'p', schema: 'd', name: 'a' }, query: '\nSELECT 1 AS one' },
  ])
})

const several = ['actions-yaml', 'extension', 'javascript-api', 'tables-and-views']

test.for(projectCases.filter(({ name }) => several.includes(name)))(
  'a project below node_modules has the graph of one elsewhere: $name',
  async (project) => {
    const folder = join(folderWith({}), 'node_modules/installed')
    cpSync(project.folder, folder, { recursive: true })
    const there = await tryCompile(folder, project.options)
    const here = await tryCompile(project.folder, project.options)
    expect(withoutStacks(plain(there.graph))).toEqual(withoutStacks(plain(here.graph)))
  },
)
