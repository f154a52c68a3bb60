import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, tryCompile } from '../../runner/project/compile/compile.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { folderWith } from './folders.ts'
import { projectsFolder } from './graphs.ts'

const settings = 'defaultProject: p\ndefaultDataset: d\ndefaultAssertionDataset: a\n'

const project = (files: Readonly<Record<string, string>>): string =>
  folderWith({ 'workflow_settings.yaml': settings, ...files })

async function refusal(folder: string, options = {}): Promise<string> {
  try {
    await compile(folder, options)
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was refused')
}

/** The one line of a refusal that is about a file. */
const about = (text: string, file: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${file}:`))

describe('errors of a project', () => {
  test('are shown all at once, by file and line, each thing once', async () => {
    expect(await refusal(join(projectsFolder, 'wrong-references'))).toBe(
      [
        'definitions/ambiguous.sqlx:2:17: several actions are named `good`: shop.good, other.good',
        '  say which: ref("shop", "good")',
        'definitions/circle_a.sqlx:2:21: these actions depend on each other in a circle: project-a.shop.circle_a -> project-a.shop.circle_b -> project-a.shop.circle_a',
        'definitions/missing.sqlx:3:8: no action is named `goood`; did you mean `good`?',
        '  a table that no action of this project makes needs a declaration',
        'definitions/missing_dependency.sqlx:1:39: no action is named `god`; did you mean `good`?',
        '  a table that no action of this project makes needs a declaration',
        'definitions/missing_dependency.sqlx:2:17: no action is named `absent`',
        '  a table that no action of this project makes needs a declaration',
        'definitions/missing_incremental.sqlx:2:17: no action is named `raw.nowhere`',
        '  a table that no action of this project makes needs a declaration',
        'definitions/one.sqlx:1:30: another action is named `project-a.shop.same` too: definitions/two.sqlx',
        '  names are unique across tables, views, assertions, operations and declarations',
        'definitions/reads_operation.sqlx:2:17: Actions cannot resolve operations which do not produce output.',
        'definitions/two.sqlx:1:31: another action is named `project-a.shop.same` too: definitions/one.sqlx',
        '  names are unique across tables, views, assertions, operations and declarations',
      ].join('\n'),
    )
  })

  test('in JavaScript are placed in the file that was written, not in what was made of it', async () => {
    expect(await refusal(join(projectsFolder, 'wrong-javascript'))).toBe(
      [
        'definitions/config_syntax.sqlx:3:14: SyntaxError: Unexpected string',
        'definitions/missing_module.js:1:1: there is no module `./nowhere`',
        '  a path is relative to this file or to the project; a package has to be installed in the project',
        "definitions/node_module.js:1:1: Dataform allows no module of Node's own but `path`; this is `fs`",
        'definitions/strict.js:1:1: `undeclared` is not defined; did you mean `declare`?',
        "definitions/syntax.sqlx:3:10: SyntaxError: Unexpected token '}'",
        'definitions/thrown.js:3:7: this one gives up',
        'definitions/type_error.js:1:33: TypeError: ctx.refs is not a function',
        'definitions/undefined_name.sqlx:4:8: `reff` is not defined; did you mean `ref`?',
        'includes/broken.js:3:8: SyntaxError: Unexpected number',
        "includes/fine.js:3:22: TypeError: Cannot read properties of undefined (reading 'property')",
      ].join('\n'),
    )
  })

  test('in config blocks name the key that was meant, or what its value must be', async () => {
    const text = await refusal(join(projectsFolder, 'wrong-configs'))
    expect(about(text, 'definitions/unknown_key.sqlx')).toEqual([
      'definitions/unknown_key.sqlx:3:3: unknown key `uniqeKey`; did you mean `uniqueKey`?',
    ])
    expect(about(text, 'definitions/wrong_type.sqlx')).toEqual([
      'definitions/wrong_type.sqlx:1:25: `clusterBy` must be a list (of text)',
    ])
    expect(about(text, 'definitions/unknown_type.sqlx')).toEqual([
      'definitions/unknown_type.sqlx:1:16: unknown type `tabel`; did you mean `table`?',
    ])
    expect(about(text, 'definitions/semicolon.sqlx')).toEqual([
      'definitions/semicolon.sqlx:2:14: a query does not end with a semicolon: it becomes part of a larger statement',
    ])
    expect(about(text, 'definitions/test_of_nothing.sqlx')).toEqual([
      'definitions/test_of_nothing.sqlx:1:33: this tests `project-a.shop.stratgy`, which is no table or view of the project; did you mean `strategy`?',
    ])
    expect(text).toContain(
      'definitions/test_of_incremental.sqlx: Dataform has no unit tests of incremental tables\n  move this file to the folder `unit_tests`, where streamform runs it',
    )
    expect(text).toContain(
      "definitions/reads.sqlx:2:17: a unit test of this model has no input for `semicolon`; it has semi\n  name an input as the model's `ref` names it; the project's tests: definitions/test_of_incremental.sqlx, definitions/test_of_nothing.sqlx, definitions/test_without_input.sqlx",
    )
  })

  test('with an older name of a key name the newer one', async () => {
    const folder = project({
      'definitions/a.sqlx': 'config { type: "view", dependencies: [{ schema: "d", name: "b" }] }\nSELECT 1',
      'definitions/b.sqlx': 'config { type: "view" }\nSELECT 1',
    })
    expect(await refusal(folder)).toBe(
      'definitions/a.sqlx:1:41: unknown key `schema`; did you mean `dataset`?',
    )
  })

  test('in a ref with a wrong dataset name the right one', async () => {
    const folder = project({
      'definitions/a.sqlx':
        'config { type: "view" }\nSELECT *\nFROM ${ref("raw", "b")}\nJOIN ${ref({schema: "dd", name: "c"})}',
      'definitions/b.sqlx': 'config { type: "view" }\nSELECT 1',
    })
    expect((await refusal(folder)).split('\n').filter((line) => !line.startsWith(' '))).toEqual([
      'definitions/a.sqlx:3:8: no action is named `raw.b`; did you mean `d.b`?',
      'definitions/a.sqlx:4:8: no action is named `dd.c`',
    ])
  })

  test('keep the graph for whoever asks for it', async () => {
    const { graph, problems, actions } = await tryCompile(
      project({
        'definitions/a.sqlx': 'config { type: "view" }\nSELECT * FROM ${ref("c")}',
        'definitions/b.sqlx': 'config { type: "view" }\nSELECT 1 AS one',
      }),
    )
    expect(actions.map(({ id }) => id)).toEqual(['p.d.a', 'p.d.b'])
    expect(graph.graphErrors?.compilationErrors).toHaveLength(2)
    expect(problems.map(String)).toEqual([
      'definitions/a.sqlx:2:17: no action is named `c`; did you mean `a`?\n  a table that no action of this project makes needs a declaration',
    ])
  })
})

describe('errors of settings', () => {
  test.for([
    [
      'an unknown key',
      { 'workflow_settings.yaml': `${settings}defaultProjct: x\n` },
      'workflow_settings.yaml:4:1: unknown key `defaultProjct`; did you mean `defaultProject`?',
    ],
    [
      'a variable that is no text',
      { 'workflow_settings.yaml': `${settings}vars:\n  day: 3\n` },
      'workflow_settings.yaml:5:8: `vars.day` must be text; it is `3`',
    ],
    [
      'text that is not YAML',
      { 'workflow_settings.yaml': 'defaultProject: [p\n' },
      'workflow_settings.yaml:2:1: this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'both settings files',
      { 'dataform.json': '{}' },
      'dataform.json: dataform.json has been deprecated and cannot be defined alongside workflow_settings.yaml',
    ],
    [
      'actions.yaml that is not YAML',
      { 'definitions/actions.yaml': 'actions:\n  - table: {filename: a.sql\n' },
      'definitions/actions.yaml:3:1: this is not YAML: unexpected end of the stream within a flow collection',
    ],
    [
      'an unknown key in actions.yaml',
      { 'definitions/actions.yaml': 'actions:\n  - table:\n      filenam: a.sql\n' },
      'definitions/actions.yaml:3:7: unknown key `filenam`; did you mean `filename`?',
    ],
  ] as const)('such as %s say where', async ([, files, message]) => {
    expect(await refusal(project({ 'definitions/a.sql': 'SELECT 1', ...files }))).toBe(message)
  })

  test('of an older Dataform that has more keys say which of them are no more', async () => {
    const folder = folderWith({ 'dataform.json': '{\n  "defaultSchema": "d",\n  "useRunCache": true\n}' })
    expect(await refusal(folder)).toBe(
      'dataform.json:3:3: unknown key `useRunCache`; known: warehouse, defaultDatabase, defaultSchema, defaultLocation, assertionSchema, vars, databaseSuffix, schemaSuffix, tablePrefix, builtinAssertionNamePrefix, defaultNotebookRuntimeOptions, defaultIcebergConfig, disableAssertions, defaultReservation, includeTestsInCompiledGraph, preserveGovernanceControls',
    )
  })

  test('that pin another core than is installed say which is and what to run', async () => {
    const folder = project({ 'workflow_settings.yaml': `${settings}dataformCoreVersion: 3.0.1\n` })
    expect(await refusal(folder)).toMatch(
      /^workflow_settings\.yaml:4:22: `dataformCoreVersion` is 3\.0\.1, but the installed @dataform\/core is 3\.0\.\d+\n {2}run `npm install --save-exact @dataform\/core@3\.0\.1`$/,
    )
  })

  test('of npm that pin another core than is installed say so too', async () => {
    const folder = project({ 'package.json': '{"dependencies": {"@dataform/core": "3.0.1"}}' })
    expect(await refusal(folder)).toMatch(
      /^package\.json: @dataform\/core is pinned to 3\.0\.1, but the installed one is 3\.0\.\d+\n {2}run `npm install --save-exact @dataform\/core@3\.0\.1`$/,
    )
  })

  test('pin the core that is installed in the project itself', async () => {
    const folder = project({ 'definitions/a.sqlx': 'SELECT 1' })
    const ours = resolve(import.meta.dirname, '../../node_modules/@dataform/core')
    mkdirSync(join(folder, 'node_modules/@dataform'), { recursive: true })
    cpSync(ours, join(folder, 'node_modules/@dataform/core'), { recursive: true })
    const manifest = join(folder, 'node_modules/@dataform/core/package.json')
    expect((await compile(folder)).actions).toHaveLength(1)
    const { readFileSync, writeFileSync } = await import('node:fs')
    writeFileSync(
      manifest,
      JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version: '3.0.61' }),
    )
    expect((await compile(folder)).coreVersion).toBe('3.0.61')
  })
})

describe('a project that does not end', () => {
  const endless = 'config { type: "view" }\njs { while (true) {} }\nSELECT 1'
  const hint = '\n  look for a loop that does not end in this file or in what it calls'

  test('in a query is stopped after a time, and the file is named', async () => {
    const folder = project({ 'definitions/a.sqlx': 'SELECT 1', 'definitions/b.sqlx': endless })
    expect(await refusal(folder, { timeoutMs: 700 })).toBe(
      `definitions/b.sqlx: compiling took longer than 0.7 s and was stopped here${hint}`,
    )
  })

  test('in a file of JavaScript is stopped as well', async () => {
    const folder = project({ 'includes/loop.js': 'for (;;);', 'definitions/b.sqlx': 'SELECT 1' })
    expect(await refusal(folder, { timeoutMs: 700 })).toBe(
      `includes/loop.js: compiling took longer than 0.7 s and was stopped here${hint}`,
    )
  })

  test('taking memory is stopped at its limit', async () => {
    const bomb = 'const all = [];\nfor (let i = 0; ; i++) all.push({ i, text: `${i}`.repeat(100) });'
    const folder = project({ 'definitions/bomb.js': bomb })
    expect(await refusal(folder, { memoryMb: 64 })).toBe(
      `definitions/bomb.js: compiling needed more than 64 MB of memory and was stopped here${hint}`,
    )
  })

  test('taking much memory at once is stopped at its limit', async () => {
    const folder = project({ 'definitions/bomb.js': 'const all = new Array(1e8).fill({});\nfor (;;);' })
    expect(await refusal(folder, { memoryMb: 64 })).toBe(
      `definitions/bomb.js: compiling needed more than 64 MB of memory and was stopped here${hint}`,
    )
  })

  test('taking the memory of buffers is stopped as well', async () => {
    const bomb =
      'const all = [];\nfor (let i = 0; i < 3000; ) { all.push(new Uint8Array(1 << 20)); i++ }\nfor (;;);'
    const folder = project({ 'definitions/bomb.js': bomb })
    expect(await refusal(folder, { memoryMb: 128 })).toBe(
      `definitions/bomb.js: compiling needed more than 128 MB of memory and was stopped here${hint}`,
    )
  })

  test('because of a timer does not keep the process from ending', async () => {
    const files = { 'definitions/a.js': 'setInterval(() => {}, 1000);', 'definitions/b.sqlx': 'SELECT 1' }
    expect(await temporaryProject(files).streamform('compile')).toEqual({
      code: 0,
      err: '',
      out: 'compiled: 1 operation\n',
    })
  })

  test('is stopped by whoever asked for it', async () => {
    const stop = new AbortController()
    const compiling = compile(project({ 'definitions/b.sqlx': endless }), { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('interrupted')), 200)
    await expect(compiling).rejects.toThrow('interrupted')
  })
})

describe('a project', () => {
  test('writes its console lines where the caller finds them', async () => {
    const folder = project({ 'definitions/a.js': 'console.log("rows", { n: 1 });\nconsole.warn(2);' })
    expect((await compile(folder)).logs).toEqual(['rows {"n":1}', '2'])
  })

  test('sees no variable of the environment', async () => {
    const folder = project({ 'definitions/a.js': 'operate("o", JSON.stringify(Object.keys(process.env)))' })
    expect((await compile(folder)).actions[0]?.queries).toEqual(['[]'])
  })

  test('requires installed packages, and no file outside its folder', async () => {
    const outside = folderWith({ 'secret.js': 'module.exports = "read"' })
    const folder = project({
      'node_modules/pack/package.json': '{"name": "pack", "exports": {".": {"require": "./lib.cjs"}}}',
      'node_modules/pack/lib.cjs': 'module.exports = { sql: "SELECT 42" }',
      'definitions/a.js': 'operate("o", require("pack").sql)',
      'definitions/b.js': `require(${JSON.stringify(join(outside, 'secret.js'))})`,
      'definitions/c.js': 'require("./linked")',
    })
    symlinkSync(join(outside, 'secret.js'), join(folder, 'definitions/linked.js'))
    const { actions, problems } = await tryCompile(folder)
    expect(actions.map(({ queries }) => queries)).toEqual([['SELECT 42']])
    expect(problems.map((problem) => problem.message)).toEqual([
      `there is no module \`${join(outside, 'secret.js')}\``,
      'there is no module `./linked`',
      'there is no module `definitions/linked.js`',
    ])
  })
})
