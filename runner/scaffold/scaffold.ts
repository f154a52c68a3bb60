import Handlebars from 'handlebars'
import { Problem } from '../problem.ts'
import { declarationOf, type Entry, entriesOf, withEntry, withReplacedEntry } from './declaration.ts'
import { jsComment, jsProperty, variableFor } from './javascript.ts'
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
  /** The project's `defaultAssertionDataset`. */
  readonly assertionDataset: string | undefined
}

/** The text of a template of `macros/scaffold`, by its file's name. */
export type Templates = (name: string) => string

const handlebars = Handlebars.create()
handlebars.registerHelper('json', (value: unknown) => JSON.stringify(value))
handlebars.registerHelper('property', (name: string) => jsProperty(name, JSON.stringify))
handlebars.registerHelper('comment', jsComment)
handlebars.registerHelper('text', (...parts: readonly unknown[]) => parts.slice(0, -1).join(''))

/**
 * The files that a table needs: its declaration, change log, and, if it has a key, state, current table, history and
 * the assertion that they agree.
 *
 * @throws Problem if `sources.js` cannot be added to, or the table's models would have names that others have
 */
export function scaffold(table: LandedTable, options: ScaffoldOptions): Scaffold {
  const { sources, templates, replace } = options
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
  checkNames(table, entries, sourcesFile)
  const key = entry === undefined || replace ? table.key : entry.key
  const declaration = declarationOf(table, variable)
  const context = {
    ...contextOf(table, variable, key, `${folder}/sources`),
    assertionSchema: assertionSchema(table, options),
  }
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
  const keyed = [
    file(`${folder}/state/${variable}_state.sqlx`, 'state.sqlx.hbs'),
    file(`${folder}/current/${variable}.sqlx`, 'current.sqlx.hbs'),
    file(`${folder}/history/${variable}_versions.sqlx`, 'versions.sqlx.hbs'),
    file(`${folder}/history/${variable}_history.sqlx`, 'history.sqlx.hbs'),
    file(`${folder}/history/${variable}_as_of.sqlx`, 'as_of.sqlx.hbs'),
    file(`${folder}/history/${variable}_changes.sqlx`, 'changes.sqlx.hbs'),
    file(`${folder}/assertions/${variable}_reconciles.sqlx`, 'reconciles.sqlx.hbs'),
  ]
  return {
    variable,
    key,
    files: [
      // A declaration that is written anew overwrites what a person wrote; a new one is added to it.
      { path: sourcesFile, content: sourcesText, merged: entry === undefined && sources !== undefined },
      file(`${folder}/log/${variable}_landings.sqlx`, 'landings.sqlx.hbs'),
      file(`${folder}/log/${variable}_log.sqlx`, 'log.sqlx.hbs'),
      ...(key.length === 0 ? [] : keyed),
    ],
  }
}

/** What a table's other models are called, behind its name. */
const suffixes = ['landings', 'log', 'state', 'versions', 'history', 'as_of', 'changes']

/** A source that has both `city` and `city_log` has one name for two tables. */
function checkNames({ dataset, name }: LandedTable, entries: readonly Entry[], file: string): void {
  const names = (of: string) => [of, ...suffixes.map((suffix) => `${of}_${suffix}`)]
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

/**
 * Assertions of one name in several datasets must not meet: each dataset has a dataset of assertions. Empty where that
 * is the project's own.
 */
function assertionSchema({ dataset }: LandedTable, { assertionDataset }: ScaffoldOptions): string {
  const own = `${dataset}_assertions`
  return own === assertionDataset ? '' : own
}

function contextOf(table: LandedTable, variable: string, key: readonly string[], sources: string): object {
  const { dataset, name, source, columns } = table
  return {
    dataset,
    // A file's name is its action's name, unless it says another.
    name: variable === name ? '' : name,
    landingsName: `${name}_landings`,
    logName: `${name}_log`,
    stateName: `${name}_state`,
    versionsName: `${name}_versions`,
    historyName: `${name}_history`,
    asOfName: `${name}_as_of`,
    changesName: `${name}_changes`,
    assertionName: `${name}_reconciles`,
    current: `${dataset}.${name}`,
    source: `${source.database}.${source.table}`,
    rows: `a row of ${source.database}.${source.table}`,
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
