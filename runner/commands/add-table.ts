import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tableFromFiles } from '../../loaders/scaffold/from-files.ts'
import { tableFromWarehouse } from '../../loaders/scaffold/from-warehouse.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Project } from '../project/project.ts'
import { settingsFile } from '../project/settings/settings.ts'
import type { LandedTable } from '../scaffold/landed-table.ts'
import { macroFiles, templatesOf } from '../scaffold/macro-files.ts'
import { scaffold } from '../scaffold/scaffold.ts'
import { type WrittenFile, writeFiles } from '../scaffold/write-files.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject, withWarehouse } from './context.ts'

export interface AddTableOptions extends ProjectOptions {
  /** `<database>.<table>`, as the source spells them; the first dot parts them. */
  readonly table: string
  /** Change files to read instead of what has landed. */
  readonly from?: readonly string[] | undefined
  /** The columns that identify a row, where the events name none or wrong ones. */
  readonly key?: readonly string[] | undefined
  readonly force?: boolean | undefined
  /** Say what would be written, and write nothing. */
  readonly dryRun?: boolean | undefined
}

export interface AddTableResult {
  /** At the source. */
  readonly table: string
  /** The models' dataset and table, as BigQuery allows them. */
  readonly model: string
  readonly key: readonly string[]
  readonly files: readonly WrittenFile[]
  readonly notes: readonly string[]
}

/**
 * Writes what a source table needs to have all its layers: its declaration, `layers.js` if there is none, and, if it has a
 * key, the current table with its columns. Reads columns and key from what has landed, or from change files. Where
 * `landing.kind` is `external`, the three actions by which BigQuery reads the table's files are written in place of its
 * declaration. Macros that the project lacks are written too. Writes all or nothing.
 *
 * @throws Problem if a file is there and differs (unless `force`), with the difference
 * @example await addTable({ table: 'world_x.city' })
 */
export async function addTable(
  options: AddTableOptions,
  effects: Effects = defaultEffects(),
): Promise<AddTableResult> {
  const asked = splitName(options.table)
  const project = await readProject(options, effects)
  const { force = false, dryRun = false, from = [] } = options
  const bucket = bucketOf(project)
  if (bucket !== undefined && from.length === 0)
    throw new Problem(
      '`landing.kind` is `external`: a change file tells what a table has, nothing has landed',
      {
        hint: 'copy one of its files here and give it with --from',
        exitCode: 2,
      },
    )
  const told =
    from.length > 0
      ? await tableFromFiles(from.map((file) => resolve(effects.workingFolder, file)))
      : await withWarehouse(project, effects, ({ warehouse, defaultProject }) =>
          tableFromWarehouse(warehouse, defaultProject, asked),
        )
  checkAsked(asked, told)
  if (bucket !== undefined && told.sourceType === undefined)
    throw new Problem('BigQuery reads change files of Avro alone, and these are JSON lines', {
      hint: 'let Datastream write Avro, or set `landing.kind: loader`',
      exitCode: 2,
    })
  const table = withKey(told, options.key)
  const present = (name: string) => {
    const file = join(project.folder, 'definitions', table.dataset, name)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
  const { files, key } = scaffold(table, {
    sources: present('sources.js'),
    layers: present('layers.js'),
    templates: templatesOf(project.folder),
    replace: force || options.key !== undefined,
    bucket,
  })
  const macros = macroFiles(project.folder, bucket !== undefined)
  const written = writeFiles(project.folder, [...macros, ...files], { force, dryRun })
  const { database, table: name } = table.source
  return {
    table: `${database}.${name}`,
    model: `${table.dataset}.${table.name}`,
    key,
    files: written,
    notes: notesOf(table, key),
  }
}

/** Where BigQuery is to read the change files itself; undefined: the loader lands them. */
function bucketOf({ settings: { landing, stream } }: Project): string | undefined {
  if (landing.kind === 'loader') return undefined
  if (stream.path.startsWith('gs://')) return stream.path
  throw new Problem(
    `\`landing.kind\` is \`external\`: BigQuery reads files of a bucket, and \`stream.path\` is ${stream.path}`,
    { file: settingsFile, hint: 'set stream.path to gs://bucket/prefix', exitCode: 2 },
  )
}

/** `demo.inventory.voters` is table `inventory.voters` of `demo`. */
function splitName(text: string): LandedTable['source'] {
  const dot = text.indexOf('.')
  if (dot > 0 && dot < text.length - 1) return { database: text.slice(0, dot), table: text.slice(dot + 1) }
  throw new Problem(`\`${text}\` is no source table: write database.table, as in world_x.city`, {
    exitCode: 2,
  })
}

/** Files of another table than the one that was asked for are not made a model of. */
function checkAsked(asked: LandedTable['source'], { source, dataset, name }: LandedTable): void {
  const names = [`${source.database}.${source.table}`, `${dataset}.${name}`]
  const given = `${asked.database}.${asked.table}`
  if (names.some((each) => each.toLowerCase() === given.toLowerCase()) || sameModel(given, names)) return
  throw new Problem(`the change file is of \`${names[0]}\`, not of \`${given}\``, { exitCode: 2 })
}

const sameModel = (given: string, names: readonly string[]): boolean =>
  names.some((each) => each.replace(/[^\p{L}\p{N}]/gu, '_') === given.replace(/[^\p{L}\p{N}]/gu, '_'))

function withKey(table: LandedTable, given: readonly string[] | undefined): LandedTable {
  if (given === undefined || given.length === 0) return table
  const names = table.columns.map(({ name }) => name)
  for (const name of given) {
    if (names.includes(name)) continue
    const near = nearest(name, names)
    throw new Problem(
      `unknown column \`${name}\` of \`${table.source.database}.${table.source.table}\`${near === undefined ? `; there are: ${names.join(', ')}` : `; did you mean \`${near}\`?`}`,
      { exitCode: 2 },
    )
  }
  return { ...table, key: given, otherKeys: [] }
}

function notesOf(table: LandedTable, key: readonly string[]): string[] {
  const times = table.columns.filter(({ maybeDate }) => maybeDate === true).map(({ name }) => name)
  return [
    ...(key.length === 0
      ? [
          'its events name no key: a change log and no current table. If some columns do identify its rows, add it again with --key COLUMN --force',
        ]
      : []),
    ...(table.otherKeys ?? []).map(
      (other) =>
        `older events name another key, ${other.join(', ')}: where ${key.join(', ')} is NULL in them, rows are taken for one another. --key COLUMN says which`,
    ),
    ...(times.length === 0
      ? []
      : [
          `change files cannot tell DATE and DATETIME from TIMESTAMP: say in definitions/${table.dataset}/sources.js which are which of ${times.join(', ')}`,
        ]),
  ]
}

export const command = defineCommand({
  positionals: {
    table: { type: 'string', describe: 'database.table, as the source spells it', demandOption: true },
  },
  flags: {
    from: { type: 'string', array: true, describe: 'a change file to read instead of what has landed' },
    key: { type: 'string', array: true, describe: 'a column of the key, where the events name none' },
    force: { type: 'boolean', describe: 'overwrite files that are there and differ' },
    'dry-run': { type: 'boolean', describe: 'show what would be written' },
  },
  examples: [
    ['add table world_x.city', 'the models of a table that has landed'],
    ['add table shop.orders --from orders.avro --dry-run', 'what a change file would give'],
  ],
  options: (given): AddTableOptions => ({
    project: given.project,
    table: given.table,
    from: given.from,
    key: given.key,
    force: given.force,
    dryRun: given['dry-run'],
  }),
  run: addTable,
  text: (result, options) => addTableText(result, options.dryRun === true),
})

function addTableText({ table, model, key, files, notes }: AddTableResult, dryRun: boolean): string {
  const changed = files.filter(({ status }) => status !== 'unchanged')
  const head = `${table} as ${model}, ${key.length === 0 ? 'without a key' : `key ${key.join(', ')}`}`
  if (changed.length === 0) return [`${head}: everything is there`, ...notes].join('\n')
  const lines = changed.map(({ path, status }) => `  ${dryRun ? `would be ${status}` : status}  ${path}`)
  // New files speak for themselves; what happened to files that were there is shown.
  const diffs = changed
    .filter(({ status }) => dryRun || status !== 'created')
    .map(({ diff }) => diff.trimEnd())
  const next = dryRun ? [] : [`next: streamform run '+${model}'`]
  return [head, ...lines, ...diffs, ...notes.map((note) => `note: ${note}`), ...next].join('\n')
}
