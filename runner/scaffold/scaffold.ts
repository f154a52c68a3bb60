import Handlebars from 'handlebars'
import { Problem } from '../problem.ts'
import { declarationOf, type Entry, entriesOf, withEntry, withReplacedEntry } from './declaration.ts'
import { jsComment, jsProperty, jsText, variableFor } from './javascript.ts'
import type { LandedColumn, LandedTable } from './landed-table.ts'

/** A file of the scaffold. */
export interface ScaffoldFile {
  /** Below the project's folder, with `/`. */
  readonly path: string
  readonly content: string
  /** True for a file that others have a part in: this text is theirs with ours added. */
  readonly merged: boolean
}

export interface Scaffold {
  readonly files: readonly ScaffoldFile[]
  /** The name in `sources.js`, and of the files. */
  readonly variable: string
  /** The key that the models use: the declaration's own, where the table had one. */
  readonly key: readonly string[]
}

export interface ScaffoldOptions {
  /** The present text of the dataset's `sources.js`; undefined if there is none. */
  readonly sources: string | undefined
  readonly templates: Templates
  /** True: a declaration that is there is written anew; false: it stays, and its key counts. */
  readonly replace: boolean
  /** The present text of the dataset's `layers.js`; undefined if there is none. A person's own stays. */
  readonly layers?: string | undefined
  /** `gs://bucket/prefix` of the change files, where BigQuery reads them itself; undefined: the loader lands them. */
  readonly bucket?: string | undefined
}

/** The text of a template of `macros/scaffold`, by its file's name. */
export type Templates = (name: string) => string

const handlebars = Handlebars.create()
handlebars.registerHelper('jsText', jsText)
handlebars.registerHelper('json', (value: unknown) => JSON.stringify(value))
handlebars.registerHelper('property', (name: string) => jsProperty(name, JSON.stringify))
handlebars.registerHelper('comment', jsComment)
handlebars.registerHelper('text', (...parts: readonly unknown[]) => parts.slice(0, -1).join(''))

/**
 * The files that a table needs: its declaration, the loop that makes every declared table's layers, and, if it has a key,
 * the table as the source has it now, whose columns a person describes.
 *
 * @throws Problem if `sources.js` cannot be added to, or the table's models would have names that others have
 */
export function scaffold(table: LandedTable, options: ScaffoldOptions): Scaffold {
  const { sources, templates, replace, layers, bucket } = options
  const folder = `definitions/${table.dataset}`
  const sourcesFile = `${folder}/sources.js`
  const entries = entriesOf(sources ?? '')
  const entry = entries.find(({ database, name }) => database === table.dataset && name === table.name)
  const variable =
    entry?.variable ??
    variableFor(
      table.name,
      entries.map((each) => each.variable),
    )
  checkNames(table, entries, sourcesFile, bucket !== undefined)
  const key = entry === undefined || replace ? table.key : entry.key
  if (bucket !== undefined) checkExternal(sources, sourcesFile)
  const declaration = declarationOf(table, variable, bucket !== undefined)
  const context = { ...contextOf(table, variable, key, `${folder}/sources`), bucket }
  const render = (name: string) =>
    handlebars.compile(templates(name), { noEscape: true, strict: true })({ ...context, declaration })
  const sourcesText =
    sources === undefined
      ? render('sources.js.hbs')
      : entry === undefined
        ? withEntry(sources, declaration, variable, sourcesFile)
        : replace
          ? withReplacedEntry(sources, entry, declaration)
          : sources
  const file = (path: string, template: string): ScaffoldFile => ({
    path,
    content: render(template),
    merged: false,
  })
  return {
    variable,
    key,
    files: [
      // A declaration that is written anew overwrites what a person wrote; a new one is added to it.
      { path: sourcesFile, content: sourcesText, merged: entry === undefined && sources !== undefined },
      { path: `${folder}/layers.js`, content: layers ?? render('layers.js.hbs'), merged: false },
      ...(bucket === undefined
        ? []
        : [
            file(`${folder}/raw/${variable}_bucket.sqlx`, 'external/bucket.sqlx.hbs'),
            file(`${folder}/raw/${variable}_files.sqlx`, 'external/files.sqlx.hbs'),
            file(`${folder}/raw/${variable}.sqlx`, 'external/raw.sqlx.hbs'),
          ]),
      ...(key.length === 0 ? [] : [file(`${folder}/current/${variable}.sqlx`, 'current.sqlx.hbs')]),
    ],
  }
}

/** Raw tables that a loader fills are declared; of external tables nothing is. */
function checkExternal(sources: string | undefined, file: string): void {
  if (sources !== undefined && /^\s*declare\(/m.test(sources))
    throw new Problem('it declares raw tables that the loader fills, and `landing.kind` is `external`', {
      file,
      hint: 'take the loop with `declare` away, or set `landing.kind: loader`',
    })
}

/** What a table's other models are called, behind its name. */
const suffixes = ['landings', 'log', 'state', 'versions', 'history', 'as_of', 'changes']

/** And those of its raw dataset, where BigQuery reads the files itself. */
const externalSuffixes = ['bucket', 'files', 'files_turn']

/** A source that has both `city` and `city_log` has one name for two tables. */
function checkNames(
  { dataset, name }: LandedTable,
  entries: readonly Entry[],
  file: string,
  external: boolean,
): void {
  const all = external ? [...suffixes, ...externalSuffixes] : suffixes
  const names = (of: string) => [of, ...all.map((suffix) => `${of}_${suffix}`)]
  for (const other of entries) {
    if (other.database !== dataset || other.name === name) continue
    const shared = names(name).find((each) => names(other.name).includes(each))
    if (shared !== undefined)
      throw new Problem(
        `\`${dataset}.${shared}\` would be a table of both \`${name}\` and \`${other.name}\``,
        {
          file,
          hint: 'the models of one of them need another dataset: write them by hand',
        },
      )
  }
}

function contextOf(table: LandedTable, variable: string, key: readonly string[], sources: string): object {
  const { dataset, name, source, columns } = table
  return {
    dataset,
    // A file's name is its action's name, unless it says another.
    name: variable === name ? '' : name,
    table: name,
    source: `${source.database}.${source.table}`,
    variable,
    sources,
    columns: columns.map((column) => ({ name: column.name, description: describe(column, key) })),
  }
}

/** What is known of a column before a person describes it. */
function describe({ name, type, description }: LandedColumn, key: readonly string[]): string {
  if (description !== undefined) return description
  if (!key.includes(name)) return `${type} in the change files.`
  return key.length === 1
    ? `The key; ${type} in the change files.`
    : `Part of the key; ${type} in the change files.`
}
