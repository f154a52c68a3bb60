import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { deploy } from '../../runner/commands/deploy.ts'
import { cleanTree, writeTree } from '../../runner/deploy/clean-tree.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import { recordingEffects } from '../loaders/fresh-warehouse.ts'
import { dataformCli } from '../project/dataform-cli.ts'
import { startDataform } from './dataform-server.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const root = join(import.meta.dirname, '../..')
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function projectOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-deploy-test-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const settings = 'defaultProject: my-project\ndefaultDataset: shop\n'

test('the tree holds what Dataform reads, and the version it is compiled with', async () => {
  const folder = projectOf({
    'workflow_settings.yaml': settings,
    'package.json': '{"private": true}',
    'streamform.yaml': '',
    'README.md': 'about it',
    'definitions/a.sqlx': 'select ${require("macros/one").one} as x, "${names.b}" as y',
    'definitions/.hidden': '',
    'includes/names.js': 'module.exports = { b: "b" }',
    'macros/one.js': 'module.exports = require("./deep/two.json")',
    'macros/deep/two.json': '{"one": 1}',
    'macros/scaffold/log.sqlx.hbs': 'no module',
  })
  const compiled = await compile(folder)
  const tree = await cleanTree(folder, compiled)
  expect([...tree.keys()].sort()).toEqual([
    'definitions/a.sqlx',
    'includes/names.js',
    'macros/deep/two.json',
    'macros/one.js',
    'workflow_settings.yaml',
  ])
  expect(Buffer.from(tree.get('workflow_settings.yaml') ?? []).toString()).toBe(
    `dataformCoreVersion: ${compiled.coreVersion}\n${settings}`,
  )
})

test('a definition that requires what hosted Dataform does not get is refused', async () => {
  const folder = projectOf({
    'workflow_settings.yaml': settings,
    'definitions/a.sqlx': 'select ${require("lib/one").one} as x',
    'lib/one.js': 'module.exports = { one: 1 }',
  })
  await expect(cleanTree(folder, await compile(folder))).rejects.toMatchObject({
    message: expect.stringContaining('hosted Dataform would not find what the project needs'),
    hint: expect.stringContaining('definitions, includes or macros'),
  })
})

const cli = dataformCli()
if (cli === undefined)
  console.log('skipped: the command line of Dataform is not installed (STREAMFORM_CI=1 installs it)')
test.skipIf(cli === undefined)(
  "Dataform's own command line compiles the very tree that is pushed to the same graph",
  async () => {
    const compiled = await compile(root)
    const tree = await cleanTree(root, compiled)
    const folder = projectOf({})
    writeTree(tree, folder)
    // It would install the pinned core from npm: the one that is here is put in its place, and the pin taken out.
    const text = Buffer.from(tree.get('workflow_settings.yaml') ?? []).toString()
    expect(text).toMatch(/^dataformCoreVersion: 3\.\d+\.\d+$/m)
    writeFileSync(join(folder, 'workflow_settings.yaml'), text.replace(/^dataformCoreVersion.*\n/m, ''))
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    cpSync(join(root, 'node_modules/@dataform/core'), join(folder, 'node_modules/@dataform/core'), {
      recursive: true,
    })
    const graph = execFileSync(process.execPath, [cli ?? '', 'compile', folder, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
    const { dataformCoreVersion: _, ...own } = plain(compiled.graph)
    const { dataformCoreVersion: __, ...theirs } = JSON.parse(graph)
    expect(theirs).toEqual(own)
  },
)

test('the command deploys the project that its settings name', async () => {
  const server = await startDataform()
  try {
    const folder = projectOf({
      'workflow_settings.yaml': settings,
      'definitions/a.sqlx': 'config { type: "table" } select 1 as x',
      'streamform.yaml': `deploy:\n  repository: shop\n  region: europe-west3\n  schedule: 0 6 * * *\n  time_zone: Europe/Berlin\n  endpoint: ${server.url}\n`,
    })
    const report = await deploy({ project: folder, run: true }, recordingEffects())
    expect(report).toMatchObject({
      repository: 'projects/my-project/locations/europe-west3/repositories/shop',
    })
    expect([...(server.commits[0]?.files.keys() ?? [])].sort()).toEqual([
      'definitions/a.sqlx',
      'workflow_settings.yaml',
    ])
    expect(report.invocation?.state).toBe('SUCCEEDED')
  } finally {
    server.close()
  }
})

test('settings that cannot be right are told with their place', async () => {
  const folder = projectOf({
    'workflow_settings.yaml': settings,
    'streamform.yaml':
      'deploy:\n  repository: shop\n  region: europe-west3\n  schedule: every day\n  time_zone: Berlin\n',
  })
  await expect(deploy({ project: folder }, recordingEffects())).rejects.toThrow(
    /five fields[\s\S]*a time zone/,
  )
  const without = projectOf({ 'workflow_settings.yaml': settings })
  await expect(deploy({ project: without }, recordingEffects())).rejects.toMatchObject({ exitCode: 2 })
})
