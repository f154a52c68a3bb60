import { printable } from '../../loaders/printable.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { lastRunsOf, type TableRun } from '../execute/last-runs.ts'
import { sqlTable } from '../googlesql/quote.ts'
import type { ResultColumn, Value } from '../googlesql/result.ts'
import { type JsonValue, jsonRows } from '../googlesql/result-json.ts'
import type { Target } from '../googlesql/target.ts'
import { typeName } from '../googlesql/types/print.ts'
import { reachable } from '../graph/dag.ts'
import { actionDag, select } from '../graph/select.ts'
import { Problem } from '../problem.ts'
import { tryCompile } from '../project/compile/compile.ts'
import { type Action, targetId } from '../project/compile/compiled-graph.ts'
import { counted, duration } from '../report/progress.ts'
import { resultTable, terminalWidth, textTable } from '../report/table.ts'
import type { Table, Warehouse } from '../warehouse/warehouse.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { type Context, withProject } from './context.ts'

export interface ShowOptions extends ProjectOptions {
  /** `name`, `dataset.name` or `project.dataset.name`. */
  readonly table: string
  /** At most so many rows; default 10. */
  readonly limit?: number
}

export interface ShowResult {
  readonly target: Target
  readonly kind: Table['kind']
  readonly description: string | null
  readonly labels: Readonly<Record<string, string>>
  /** null for views. */
  readonly rowCount: number | null
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly mode: string
    readonly description: string | null
  }[]
  /** Some rows, by column name. */
  readonly rows: readonly { readonly [column: string]: JsonValue }[]
  /** The file that defines it; null for a table that the project does not build. */
  readonly file: string | null
  /** The change files that it was made from, directly or through others, by the ledger: counts for each raw table. */
  readonly sources: readonly SourceFiles[]
  /** The newest change files of those. */
  readonly files: readonly LedgerEntry[]
  /** What the last runs did to it, the newest first. */
  readonly runs: readonly TableRun[]
}

export interface SourceFiles {
  readonly rawTable: string
  readonly files: number
  readonly rows: number
}

export interface LedgerEntry {
  readonly name: string
  readonly rawTable: string
  readonly status: string
  readonly rows: number
  readonly landedAt: string | null
}

/** The values with their types, for the table on the terminal; `--json` does not print them. */
const typed = Symbol('the values with their types')
interface FullResult extends ShowResult {
  readonly [typed]: {
    readonly columns: readonly ResultColumn[]
    readonly rows: readonly (readonly Value[])[]
  }
}

/**
 * A table as it is now: columns, some rows, the change files it was made from, and its last runs.
 *
 * @throws Problem (exit code 2) for a table that is not there, with the nearest name
 * @example const { columns, files } = await show({ table: 'world_x.city' })
 */
export async function show(options: ShowOptions, effects: Effects = defaultEffects()): Promise<FullResult> {
  return withProject(options, effects, async (context) => {
    const { warehouse, project } = context
    const { actions } = await tryCompile(project.folder, { signal: effects.signal })
    const target = await findTarget(options.table, actions, context)
    const table = await warehouse.table(target)
    if (table === undefined) throw notThere(target, actions)
    const { columns, rows } = await someRows(warehouse, target, options.limit ?? 10, effects)
    const action = actions.find(({ id, kind }) => id === targetId(target) && kind !== 'declaration')
    return {
      target,
      kind: table.kind,
      description: table.description ?? null,
      labels: table.labels,
      rowCount: table.rowCount ?? null,
      columns: table.columns.map(({ name, type, mode, description }) => ({
        name,
        type: typeName(type),
        mode,
        description: description ?? null,
      })),
      rows: jsonRows(columns, rows),
      file: action?.fileName ?? null,
      ...(await changeFiles(warehouse, target, actions)),
      runs: await lastRunsOf(project.folder, targetId(target), 5),
      [typed]: { columns, rows },
    }
  })
}

/** A name of the project, as selectors have it; else a table of the warehouse that the project does not know. */
async function findTarget(name: string, actions: readonly Action[], context: Context): Promise<Target> {
  try {
    const [found, ...others] = select(actions, { select: [name], exclude: [] })
    if (found !== undefined && others.length === 0) return found.target
  } catch (error) {
    const parts = name.replaceAll('`', '').split('.')
    if (!(error instanceof Problem) || parts.length === 1 || parts.length > 3) throw error
    const [table = '', schema = '', database = context.defaultProject] = parts.reverse()
    const target = { database, schema, name: table }
    if ((await context.warehouse.table(target)) !== undefined) return target
    throw error
  }
  throw new Problem(`\`${name}\` is several tables; show takes one`, { exitCode: 2 })
}

const notThere = (target: Target, actions: readonly Action[]): Problem => {
  const known = actions.find(({ id }) => id === targetId(target))
  const hint =
    known?.kind === 'declaration'
      ? 'streamform land makes raw tables'
      : `streamform run +${target.schema}.${target.name} builds it`
  return new Problem(`\`${target.schema}.${target.name}\` is not built yet`, {
    hint: known?.kind === 'assertion' ? 'streamform run with its name checks it' : hint,
  })
}

async function someRows(warehouse: Warehouse, target: Target, limit: number, { signal }: Effects) {
  return warehouse.execute(`select * from ${sqlTable(target)} limit ${limit}`, { signal })
}

async function changeFiles(
  warehouse: Warehouse,
  target: Target,
  actions: readonly Action[],
): Promise<Pick<ShowResult, 'sources' | 'files'>> {
  const ids = reachable(actionDag(actions).dependencies, [targetId(target)])
  const rawTables = actions.filter(({ id }) => ids.has(id)).map(({ target: t }) => `${t.schema}.${t.name}`)
  const ledger = warehouse.state
    .selectFrom('files')
    .where('raw_table', 'in', [...new Set([...rawTables, `${target.schema}.${target.name}`])])
  const counts = await ledger
    .where('status', '=', 'landed')
    .select(({ fn }) => ['raw_table', fn.countAll<bigint>().as('files'), fn.sum<bigint>('rows').as('rows')])
    .groupBy('raw_table')
    .orderBy('raw_table')
    .execute()
  const newest = await ledger
    .select(['name', 'raw_table', 'status', 'rows', 'landed_at'])
    .orderBy('seen_at', 'desc')
    .orderBy('name', 'desc')
    .limit(10)
    .execute()
  return {
    sources: counts.map(({ raw_table, files, rows }) => ({
      rawTable: raw_table ?? '',
      files: Number(files),
      rows: Number(rows),
    })),
    files: newest.map(({ name, raw_table, status, rows, landed_at }) => ({
      name,
      rawTable: raw_table ?? '',
      status,
      rows: Number(rows),
      landedAt: landed_at?.toISOString() ?? null,
    })),
  }
}

export const command = defineCommand({
  positionals: { table: { type: 'string', describe: 'name, dataset.name or project.dataset.name' } },
  flags: { limit: { type: 'number', describe: 'at most so many rows', default: 10 } },
  examples: [
    ['show country_profile', 'its columns, rows, files and runs'],
    ['show world_x_raw.city --limit 3', 'a raw table'],
  ],
  options: ({ project, table, limit }): ShowOptions => {
    if (!Number.isInteger(limit) || limit < 0)
      throw new Problem('`--limit` takes a whole number from 0', { exitCode: 2 })
    return { project, table: table ?? '', limit }
  },
  run: show,
  text: (result, _options, { environment }) =>
    [
      headText(result),
      columnsText(result),
      rowsText(result, terminalWidth(environment)),
      filesText(result),
      runsText(result),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
})

function headText({ target, kind, rowCount, description, file }: ShowResult): string {
  const what = kind.toLowerCase().replace('_', ' ')
  const rows = rowCount === null ? '' : `, ${counted(rowCount)} rows`
  return [
    `${targetId(target)}: ${what}${rows}${file === null ? '' : `, defined in ${file}`}`,
    description ?? '',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

const columnsText = ({ columns }: ShowResult): string =>
  textTable(
    ['column', 'type', 'description'],
    columns.map(({ name, type, mode, description }) => [
      name,
      mode === 'REQUIRED' ? `${shorter(type)} NOT NULL` : shorter(type),
      description ?? '',
    ]),
  )

const shorter = (type: string): string => (type.length > 60 ? `${type.slice(0, 59)}…` : type)

const rowsText = (result: FullResult, width: number): string => {
  const { columns, rows } = result[typed]
  return rows.length === 0 ? 'no rows' : resultTable(columns, rows, width)
}

function filesText({ sources, files }: ShowResult): string {
  if (files.length === 0) return ''
  const totals = sources.map(
    ({ rawTable, files: count, rows }) =>
      `${rawTable}: ${counted(count)} change files, ${counted(rows)} events`,
  )
  const newest = textTable(
    ['newest change files', 'status', 'events', 'landed'],
    files.map(({ name, status, rows, landedAt }) => [printable(name), status, counted(rows), landedAt ?? '']),
  )
  return [...totals, newest].join('\n')
}

function runsText({ runs }: ShowResult): string {
  if (runs.length === 0) return ''
  return textTable(
    ['last runs', 'status', 'did', 'rows', 'time'],
    runs.map(({ run, status, deed, rows, seconds }) => [
      run,
      status,
      deed ?? '',
      rows === null ? '' : counted(rows),
      seconds === null ? '' : duration(seconds),
    ]),
  )
}
