import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import Handlebars from 'handlebars'
import { templateStream } from '../../loaders/sample/template-streams/template-stream.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { macroFiles, templatesOf } from '../scaffold/macro-files.ts'
import { projectTemplates, templateFiles } from '../scaffold/project-templates.ts'
import type { ScaffoldFile, Templates } from '../scaffold/scaffold.ts'
import { type WrittenFile, writeFiles } from '../scaffold/write-files.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { shownPath } from './context.ts'

export interface InitOptions extends ProjectOptions {
  /** Undefined: `project`, or the working folder. */
  readonly folder?: string | undefined
  /** The project of names that give none; default `streamform-local`. */
  readonly defaultProject?: string | undefined
  /** The dataset of models that give none; default `models`. */
  readonly defaultDataset?: string | undefined
  /** A reference project to write, with a little stream of its own; undefined: an empty project. */
  readonly template?: string | undefined
  /** Write into a folder that is not empty; files that are there stay as they are. */
  readonly force?: boolean | undefined
}

export interface InitResult {
  /** Absolute. */
  readonly folder: string
  readonly files: readonly WrittenFile[]
  /** Files that were there and differ: left as they are. */
  readonly kept: readonly string[]
}

/** What every project has. */
const common: Readonly<Record<string, string>> = {
  'workflow_settings.yaml': 'workflow_settings.yaml.hbs',
  '.gitignore': 'gitignore.hbs',
}

const empty: Readonly<Record<string, string>> = {
  'streamform.yaml': 'streamform.yaml.hbs',
  'README.md': 'README.md.hbs',
  'definitions/hello.sqlx': 'hello.sqlx.hbs',
  'definitions/hello_test.sqlx': 'hello_test.sqlx.hbs',
}

/**
 * Writes a new project that compiles and runs at once: settings, the macros that scaffolded models need, and a first model
 * with its test, or a whole reference project with a little stream to build it from.
 *
 * @throws Problem (exit code 2) if the folder is not empty (unless `force`), a name is none, or there is no such template
 * @example await init({ folder: 'shop' })
 * @example await init({ folder: 'cabs', template: 'taxi' })
 */
export async function init(options: InitOptions, effects: Effects = defaultEffects()): Promise<InitResult> {
  const { force = false, defaultProject = 'streamform-local', defaultDataset = 'models' } = options
  const folder = resolve(effects.workingFolder, options.folder ?? options.project ?? '.')
  checkNames(defaultProject, defaultDataset)
  checkEmpty(folder, force, effects)
  const context = { title: basename(folder), coreVersion: coreVersion(), defaultProject, defaultDataset }
  const { template } = options
  const read = templatesOf(folder)
  const reference = template === undefined ? [] : referenceFiles(template, read, context.title)
  const rendered = { ...common, ...(template === undefined ? empty : {}) }
  const files = Object.entries(rendered).map(([path, name]): ScaffoldFile => {
    const render = Handlebars.compile(read(`project/${name}`), { noEscape: true, strict: true })
    return { path, content: render(context), merged: false }
  })
  const all = [...files, ...reference, ...macroFiles(folder)]
  const kept = all.filter(({ path, content }) => {
    const target = join(folder, path)
    return existsSync(target) && readFileSync(target, 'utf8') !== content
  })
  const written = writeFiles(
    folder,
    all.filter((file) => !kept.includes(file)),
    { force: false, dryRun: false },
  )
  return { folder, files: written, kept: kept.map(({ path }) => path) }
}

/** A reference project's own files, and the change files of its stream. */
function referenceFiles(template: string, read: Templates, title: string): readonly ScaffoldFile[] {
  const own = templateFiles(template, read).map((file) => ({
    ...file,
    content: file.path === 'README.md' ? file.content.replaceAll('{{title}}', title) : file.content,
  }))
  const stream = templateStream(template).map(
    ({ path, text }): ScaffoldFile => ({ path: `${streamFolder}${path}`, content: text, merged: false }),
  )
  return [...own, ...stream]
}

/** Where the templates' settings have it. */
const streamFolder = '.streamform/stream/'

function checkNames(project: string, dataset: string): void {
  if (!/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project))
    throw new Problem(
      `\`${project}\` is no name of a Google Cloud project: 6 to 30 lower-case letters, digits and dashes, a letter first`,
      { exitCode: 2 },
    )
  if (!/^\w{1,1024}$/.test(dataset))
    throw new Problem(`\`${dataset}\` is no name of a dataset: letters, digits and _`, { exitCode: 2 })
}

function checkEmpty(folder: string, force: boolean, effects: Effects): void {
  let found: readonly string[] = []
  try {
    found = readdirSync(folder).filter((name) => name !== '.git')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR')
      throw new Problem(`${shownPath(folder, effects)} is a file`, { exitCode: 2, cause: error })
    if (code !== 'ENOENT') throw error
  }
  const [first] = found.toSorted()
  if (first === undefined || force) return
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`
  throw new Problem(`${shownPath(folder, effects)} is not empty: it holds ${first}${more}`, {
    exitCode: 2,
    hint: 'choose another folder, or add to this one with --force: files that are there stay as they are',
  })
}

/** The version of @dataform/core that this streamform compiles with. */
function coreVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { dependencies: { '@dataform/core': string } }).dependencies['@dataform/core']
}

function streamLines(files: readonly WrittenFile[]): readonly string[] {
  const count = files.filter(({ path }) => path.startsWith(streamFolder)).length
  return count === 0 ? [] : [`  created  ${streamFolder} (${count} change files)`]
}

export const command = defineCommand({
  positionals: { folder: { type: 'string', describe: 'where to write it [default: the working folder]' } },
  flags: {
    'default-project': {
      type: 'string',
      describe: 'the project of names that give none',
      default: 'streamform-local',
    },
    'default-dataset': {
      type: 'string',
      describe: 'the dataset of models that give none',
      default: 'models',
    },
    template: {
      type: 'string',
      describe: `a reference project with a little stream of its own: ${projectTemplates().join(', ')}`,
    },
    force: { type: 'boolean', describe: 'add to a folder that is not empty; files that are there stay' },
  },
  examples: [
    ['init shop', 'a new project in the folder shop'],
    ['init cabs --template taxi', 'a whole one, to read and to change: streamform build shows it'],
  ],
  options: (given): InitOptions => ({
    project: given.project,
    folder: given.folder,
    defaultProject: given['default-project'],
    defaultDataset: given['default-dataset'],
    template: given.template,
    force: given.force,
  }),
  run: init,
  text: ({ folder, files, kept }, options, effects) =>
    [
      `a project in ${shownPath(folder, effects)}:`,
      ...files
        .filter(({ path }) => !path.startsWith(streamFolder))
        .map(({ path, status }) => `  ${status}  ${path}`),
      ...streamLines(files),
      ...kept.map((path) => `  left as it is  ${path}`),
      `next: ${options.folder === undefined ? '' : `cd ${options.folder} && `}streamform ${options.template === undefined ? 'run' : 'build'}`,
    ].join('\n'),
})
