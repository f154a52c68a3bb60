import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import { type ScaffoldFile, scaffold, type Templates } from './scaffold.ts'

const root = join(import.meta.dirname, '..', '..', 'templates')

/** The reference projects that `init` writes, by name. */
export function projectTemplates(): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** A source table of a reference project; what `add table` would write for it is not kept, but written. */
interface TemplateTable {
  readonly dataset: string
  readonly name: string
  /** What each column is, by its name. */
  readonly columns: Readonly<Record<string, string>>
}

/** What `tables.json` is called, which stays behind. */
const tablesFile = 'tables.json'

/**
 * The files of a reference project: those that lie in `templates/`, and the layers of each of its tables.
 *
 * @param templates as of a scaffold
 * @throws Problem (exit code 2) naming the templates that there are
 */
export function templateFiles(name: string, templates: Templates): readonly ScaffoldFile[] {
  const names = projectTemplates()
  if (!names.includes(name)) {
    const meant = nearest(name, names)
    throw new Problem(
      `there is no template \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
      { exitCode: 2, hint: `templates: ${names.join(', ')}` },
    )
  }
  const own = filesBelow(join(root, name))
  const tables = JSON.parse(own.get(tablesFile) ?? '[]') as readonly TemplateTable[]
  const layers = tables.flatMap(({ dataset, name: table, columns }) => {
    const options = {
      sources: own.get(`definitions/${dataset}/sources.js`),
      templates,
      replace: false,
    }
    const landed = {
      source: { database: dataset, table },
      dataset,
      name: table,
      key: [],
      columns: Object.entries(columns).map(([column, description]) => ({
        name: column,
        type: '',
        description,
      })),
    }
    return scaffold(landed, options).files.filter(({ path }) => !own.has(path))
  })
  const written = [...own]
    .filter(([path]) => path !== tablesFile)
    .map(([path, content]): ScaffoldFile => ({ path, content, merged: false }))
  // Tables of one dataset share a file.
  return [...new Map([...written, ...layers].map((file) => [file.path, file])).values()]
}

/** Texts by their path below a folder. */
function filesBelow(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name)
        return [file.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(file, 'utf8')] as const
      })
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  )
}
