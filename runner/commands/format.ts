import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { formatFile } from '../format/format-sqlx.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { projectFolder, shownPath } from './context.ts'

export interface FormatOptions extends ProjectOptions {
  /** Files and folders, relative to the working folder; none: the project's `definitions`. */
  readonly paths?: readonly string[]
  /** Writes nothing. */
  readonly check?: boolean
}

export interface FormatResult {
  /** Nothing was written: `changed` files are those that would be. */
  readonly check: boolean
  readonly files: readonly FormattedFile[]
}

export interface FormattedFile {
  /** Relative to the working folder where that is shorter. */
  readonly file: string
  /** It was not as the formatter writes it; without `check` it is now. */
  readonly changed: boolean
  /** What was left as it is because it is no SQL that can be read without running its JavaScript. */
  readonly left: readonly {
    readonly line: number | null
    readonly column: number | null
    readonly message: string
  }[]
}

/**
 * Lays out the SQL in SQLX and SQL files. Comments stay; `${…}`, `config` and `js` blocks stay as they are; the text
 * means the same as before. SQL that does not parse is left as it is, and said so.
 *
 * @throws Problem (exit code 2) for a path that is not there or is no SQL
 * @example const { files } = await format({ check: true })
 */
export async function format(
  options: FormatOptions = {},
  effects: Effects = defaultEffects(),
): Promise<FormatResult> {
  const given = options.paths ?? []
  const paths =
    given.length === 0
      ? [join(projectFolder(options, effects), 'definitions')]
      : given.map((path) => resolve(effects.workingFolder, path))
  const files = [...new Set(paths.flatMap((path) => sqlFiles(path, effects)))]
  const check = options.check ?? false
  return { check, files: files.map((path) => formatOne(path, check, effects)) }
}

function formatOne(path: string, check: boolean, effects: Effects): FormattedFile {
  const file = shownPath(path, effects)
  const text = readFileSync(path, 'utf8')
  const formatted = formatFile(text, file)
  const changed = formatted.text !== text
  if (changed && !check) writeFileSync(path, formatted.text)
  const left = formatted.problems.map(({ message, place: { line, column } }) => ({
    line: line ?? null,
    column: column ?? null,
    message,
  }))
  return { file, changed, left }
}

const ending = /\.(?:sqlx|sql)$/
const isSql = (name: string): boolean => ending.test(name)

function sqlFiles(path: string, effects: Effects): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new Problem(`\`${shownPath(path, effects)}\` is not there`, { exitCode: 2 })
  if (found.isDirectory()) return filesBelow(path)
  if (!isSql(path)) {
    throw new Problem(`\`${shownPath(path, effects)}\` is no .sqlx or .sql file`, {
      exitCode: 2,
      hint: 'format takes such files, and folders of them',
    })
  }
  return [path]
}

/** SQL files in a folder and those in it, by name; hidden ones and packages are not the project's own. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return entry.isFile() && isSql(entry.name) ? [path] : []
    })
}

export const command = defineCommand({
  positionals: {
    paths: { type: 'string', array: true, describe: 'files and folders [default: definitions]' },
  },
  flags: { check: { type: 'boolean', describe: 'write nothing; exit code 1 if a file would change' } },
  examples: [
    ['format', 'lay out all SQL below definitions'],
    ['format definitions/orders.sqlx --check', 'say whether a file is laid out so'],
  ],
  options: ({ project, paths, check }): FormatOptions => ({
    project,
    paths: paths ?? [],
    check: check ?? false,
  }),
  run: format,
  text: ({ files, check }) =>
    [
      ...files.flatMap(({ file, changed, left }) => [
        ...(changed ? [`${check ? 'would change' : 'formatted'} ${file}`] : []),
        ...left.map(({ line, column, message }) =>
          [file, line, column]
            .filter((part) => part !== null)
            .join(':')
            .concat(`: ${message}`),
        ),
      ]),
      summary(files, check),
    ].join('\n'),
  failed: ({ files, check }) => check && files.some(({ changed }) => changed),
})

function summary(files: readonly FormattedFile[], check: boolean): string {
  const changed = files.filter((each) => each.changed).length
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  return changed === 0
    ? `${count}, laid out already`
    : `${count}, ${changed} ${check ? 'would change' : 'formatted'}`
}
