import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where incremental unit tests live (see unit-tests.ts); Dataform does not look there. */
export const unitTestFolder = 'unit_tests'

/**
 * The files that the core is told of, sorted, relative with forward slashes: those below `definitions` and `includes`,
 * which are all it looks at; with `everything`, those below every folder, as `dataform` lists them for an extension.
 * Hidden files and folders are left out.
 */
export function listProjectFiles(folder: string, everything: boolean): readonly string[] {
  const tops = everything ? visibleFolders(folder) : ['definitions', 'includes']
  return tops.flatMap((top) => filesBelow(folder, top)).filter((name) => /\.[^/]*$/.test(name))
}

/** The SQLX files of the incremental unit tests, sorted. */
export const listUnitTestFiles = (folder: string): readonly string[] =>
  filesBelow(folder, unitTestFolder).filter((name) => name.endsWith('.sqlx'))

const visibleFolders = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => name)

function filesBelow(folder: string, top: string): readonly string[] {
  if (!existsSync(join(folder, top))) return []
  return readdirSync(join(folder, top), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${top}/${entry.name}`
      return entry.isDirectory() ? filesBelow(folder, name) : [name]
    })
}
