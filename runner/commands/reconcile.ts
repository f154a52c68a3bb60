import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { currentModels } from '../execute/rebuilt-table.ts'
import { sqlTable } from '../googlesql/quote.ts'
import type { Target } from '../googlesql/target.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { compareRanges, type RangeDifference } from '../reconcile/compare-ranges.ts'
import { compareRows, type RowComparison, type RowDifference } from '../reconcile/compare-rows.ts'
import { type NewestEvent, newestEvents } from '../reconcile/explain.ts'
import { hiddenColumns, keyOf } from '../reconcile/key-columns.ts'
import { textTable } from '../report/table.ts'
import type { LocalWarehouse, TextFile } from '../warehouse/local-warehouse.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'
import { withDumpRows } from './dump-rows.ts'

export interface ReconcileOptions extends ProjectOptions {
  /** A current table: `world_x.city`. */
  readonly table: string
  /** An export of the source's table: CSV, TSV, JSON lines, Parquet, or a mysqldump. */
  readonly source: string
  /** Only these columns, beside the key; with `ranges`, those that the checksums are of. */
  readonly columns?: readonly string[] | undefined
  /** The source is a list of key ranges with counts and checksums. */
  readonly ranges?: boolean | undefined
  /** Compare with the table as it stood then: when the export was made. */
  readonly asOf?: string | undefined
  /** At most so many differences are told; all are counted. */
  readonly limit?: number | undefined
}

export type ExplainedDifference = Omit<RowDifference, 'keyText'> & {
  /** null: no event of this key has arrived. */
  readonly newestEvent: NewestEvent | null
}

export interface ReconcileResult extends Omit<RowComparison, 'differences'> {
  readonly table: string
  readonly source: string
  readonly differences: readonly ExplainedDifference[]
  /** With `ranges`: those that differ; null otherwise. */
  readonly ranges: readonly RangeDifference[] | null
}

const defaultLimit = 100

/**
 * Compares a current table with an export of the source's table: which rows are missing, extra or different, in which
 * columns, and which change file brought the newest event of each. Values of private columns are not told.
 *
 * @throws Problem (exit code 2) for a table that is no current table, a file that cannot be read, a key that stands twice in it
 * @example const { missing, differences } = await reconcile({ table: 'world_x.city', source: 'city.csv' })
 */
export async function reconcile(
  options: ReconcileOptions,
  effects: Effects = defaultEffects(),
): Promise<ReconcileResult> {
  const path = resolve(effects.workingFolder, options.source)
  if (!existsSync(path)) throw new Problem(`${options.source} is not there`, { exitCode: 2 })
  return withProject(options, effects, async ({ project, warehouse, defaultProject }) => {
    if (!isLocal(warehouse))
      throw new Problem('files are read by the embedded warehouse alone', {
        exitCode: 2,
        hint: 'set warehouse.kind to duckdb, or load the export into a table and compare there',
      })
    const { actions } = await compile(project.folder, { signal: effects.signal })
    const scratch: Target = {
      database: defaultProject,
      schema: 'streamform_scratch',
      name: `source_${randomUUID().replaceAll('-', '')}`,
    }
    try {
      const load = async (file: TextFile) => warehouse.importText(scratch, file)
      const sourceColumns =
        extname(path) === '.sql'
          ? await withDumpRows(
              { path, table: options.table, actions, project: defaultProject },
              effects,
              (rows) => load({ path: rows, format: 'json' }),
            )
          : await load({ path, format: formatOf(path) })
      return await compared(warehouse, actions, { ...options, scratch, sourceColumns })
    } finally {
      await warehouse.execute(`DROP TABLE IF EXISTS ${sqlTable(scratch)}`)
    }
  })
}

const isLocal = (warehouse: Warehouse): warehouse is LocalWarehouse => 'importText' in warehouse

const formats: Readonly<Record<string, TextFile['format']>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.parquet': 'parquet',
}

function formatOf(path: string): TextFile['format'] {
  const format = formats[extname(path).toLowerCase()]
  if (format === undefined)
    throw new Problem(`${basename(path)}: what it is cannot be told by the end of its name`, {
      exitCode: 2,
      hint: `${Object.keys(formats).join(', ')}, or .sql for a mysqldump`,
    })
  return format
}

interface Loaded extends ReconcileOptions {
  readonly scratch: Target
  readonly sourceColumns: readonly string[]
}

async function compared(
  warehouse: LocalWarehouse,
  actions: readonly Action[],
  { table, source, columns, ranges = false, asOf, limit = defaultLimit, scratch, sourceColumns }: Loaded,
): Promise<ReconcileResult> {
  const { current, state } = currentModels(actions, table)
  const present = await warehouse.table(current.target)
  if (present === undefined)
    throw new Problem(`\`${table}\` is not there yet`, { hint: `streamform run '+${table}'` })
  const key = keyOf(state)
  const hidden = hiddenColumns(state)
  const ours = asOf === undefined ? sqlTable(current.target) : tableAsOf(current, instantOf(asOf))
  const sides = {
    source: scratch,
    sourceColumns,
    sourceName: basename(source),
    ours,
    columns: present.columns,
    key,
    hidden,
  }
  const none = {
    sourceRows: 0,
    tableRows: 0,
    missing: 0,
    extra: 0,
    different: 0,
    differences: [],
    notCompared: [],
  }
  if (ranges) {
    const { differences } = await compareRanges(warehouse, sides, columns ?? [])
    return { table, source, ...none, ranges: differences }
  }
  const wanted =
    columns === undefined ? undefined : new Set([...key, ...columns].map((name) => name.toLowerCase()))
  const comparison = await compareRows(
    warehouse,
    { ...sides, sourceColumns: sourceColumns.filter((name) => wanted?.has(name.toLowerCase()) ?? true) },
    limit,
  )
  const raw = { ...state.target, schema: `${state.target.schema}_raw`, name: current.target.name }
  const keys = comparison.differences.map(({ keyText }) => keyText)
  const events = await newestEvents(warehouse, { state: state.target, raw }, keys)
  return {
    table,
    source,
    ...comparison,
    differences: comparison.differences.map(({ keyText, ...difference }) => ({
      ...difference,
      newestEvent: events.get(keyText) ?? null,
    })),
    ranges: null,
  }
}

function instantOf(text: string): string {
  const time = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}${text.includes(':') ? 'Z' : ''}`)
  if (Number.isNaN(time.getTime()))
    throw new Problem(`\`--as-of ${text}\` is no time`, { exitCode: 2, hint: 'as in 2024-06-01T12:30:00Z' })
  return time.toISOString()
}

const tableAsOf = ({ target }: Action, instant: string): string =>
  `${sqlTable({ ...target, name: `${target.name}_as_of` })}(TIMESTAMP '${instant}')`

export const command = defineCommand({
  positionals: { table: { type: 'string', describe: 'a current table, as in world_x.city' } },
  flags: {
    source: {
      type: 'string',
      describe: "the source's rows: .csv, .tsv, .jsonl, .parquet, or .sql (a mysqldump)",
      demandOption: true,
    },
    columns: { type: 'string', array: true, describe: 'only these columns, beside the key' },
    ranges: { type: 'boolean', describe: 'the file has counts and checksums of key ranges' },
    'as-of': { type: 'string', describe: 'compare with the table as it stood then (UTC)' },
    limit: { type: 'number', describe: 'tell at most so many differences', default: defaultLimit },
  },
  examples: [
    ['reconcile world_x.city --source city.csv', 'is the table what the source has?'],
    [
      'reconcile world_x.city --source world_x.sql --as-of 2024-06-01T12:00:00Z',
      'with a dump of some time ago',
    ],
  ],
  options: (given): ReconcileOptions => {
    if (!Number.isInteger(given.limit) || given.limit < 1)
      throw new Problem('`--limit` takes a whole number from 1', { exitCode: 2 })
    return {
      project: given.project,
      table: given.table ?? '',
      source: given.source ?? '',
      columns: given.columns,
      ranges: given.ranges ?? false,
      asOf: given['as-of'],
      limit: given.limit,
    }
  },
  run: reconcile,
  failed: ({ missing, extra, different, ranges }) =>
    missing + extra + different > 0 || (ranges?.length ?? 0) > 0,
  text: (result) => (result.ranges === null ? rowsText(result) : rangesText(result, result.ranges)),
})

function rangesText({ table, source }: ReconcileResult, ranges: readonly RangeDifference[]): string {
  if (ranges.length === 0) return `${table} is what ${source} says of it`
  return [
    `${ranges.length} ranges of ${table} are not what ${source} says`,
    textTable(
      ['first key', 'last key', 'rows there', 'rows here', 'content'],
      ranges.map(({ first, last, sourceRows, tableRows, sameContent }) => [
        first,
        last,
        String(sourceRows),
        String(tableRows),
        sameContent === null ? '' : sameContent ? 'same' : 'differs',
      ]),
    ),
  ].join('\n')
}

function rowsText(result: ReconcileResult): string {
  const { table, source, sourceRows, tableRows, missing, extra, different, differences, notCompared } = result
  const unseen =
    notCompared.length === 0
      ? []
      : [`not compared, for ${source} does not have them: ${notCompared.join(', ')}`]
  if (missing + extra + different === 0)
    return [`${table} is what ${source} says: ${tableRows} rows`, ...unseen].join('\n')
  return [
    `${table} has ${tableRows} rows, ${source} ${sourceRows}: ${missing} missing, ${extra} extra, ${different} different`,
    ...unseen,
    textTable(
      ['key', 'is', 'column: there, here', 'newest event', 'change file, row'],
      differences.map(({ key, kind, columns, newestEvent }) => [
        key ?? '(private)',
        kind,
        columns.map(columnText).join('\n'),
        newestEvent === null
          ? 'none has arrived'
          : `${newestEvent.changeType ?? 'read'} ${newestEvent.at ?? ''}`,
        newestEvent === null
          ? ''
          : `${newestEvent.file}${newestEvent.row === null ? '' : `, ${newestEvent.row}`}`,
      ]),
    ),
    ...(differences.length < missing + extra + different
      ? [`… the first ${differences.length}; --limit tells more`]
      : []),
  ].join('\n')
}

const columnText = ({ name, source, table }: RowDifference['columns'][number]): string =>
  source === undefined && table === undefined
    ? `${name} (private)`
    : `${name}: ${short(source)}, ${short(table)}`

const short = (value: string | null | undefined): string =>
  value === null || value === undefined ? 'NULL' : value.length > 40 ? `${value.slice(0, 39)}…` : value
