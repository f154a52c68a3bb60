import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addsToTable,
  incrementalColumnsScript,
  planAction,
  schemaMatters,
} from '../../runner/execute/plan.ts'
import type { Value } from '../../runner/googlesql/result.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'

export const project = 'streamform-local'
export const root = join(import.meta.dirname, '..', '..')

/** As `sourceTable` takes them. */
export interface TableOptions {
  readonly key?: readonly string[]
  readonly columns?: Readonly<Record<string, string>>
  readonly ignoreCase?: readonly string[]
  readonly backfillMarginMinutes?: number
  readonly clusterBy?: readonly string[]
  readonly sourceType?: string
  readonly retentionDays?: number
  readonly privacy?: Readonly<Record<string, string>>
}

/** The actions of a project of one database `shop`, with all models of each table, by name. `more` is JavaScript beside them. */
export async function modelsOf(
  tables: Readonly<Record<string, TableOptions>>,
  more = '',
): Promise<ReadonlyMap<string, Action>> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-models-'))
  try {
    cpSync(join(root, 'macros'), join(folder, 'macros'), { recursive: true })
    cpSync(join(root, 'workflow_settings.yaml'), join(folder, 'workflow_settings.yaml'))
    mkdirSync(join(folder, 'definitions'))
    writeFileSync(join(folder, 'definitions', 'shop.js'), definitions(tables) + more)
    const { actions } = await compile(folder)
    return new Map(
      actions.filter(({ kind }) => kind !== 'declaration').map((action) => [action.target.name, action]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const definitions = (tables: Readonly<Record<string, TableOptions>>): string => `
const { sourceTable } = require('macros/source-table')
const { currentTable, layers } = require('macros/layers')
const privacy = require('macros/privacy')
declare({ schema: 'shop_private', name: 'masking_key' })
for (const [name, options] of Object.entries(${JSON.stringify(tables)})) {
  const table = sourceTable('shop', name, options)
  declare({ schema: 'shop_raw', name })
  layers(table)
  if (table.key.length > 0) currentTable(table)
  if (options.privacy !== undefined)
    publish(name + '_masked', { type: 'view', ...privacy.maskedConfig(table) })
      .query((context) => privacy.maskedQuery(table, { ref: (...name) => context.ref(...name) }))
}
`

/** Brings an action's target up to date, as a run does. */
export async function build(
  warehouse: Warehouse,
  action: Action,
  { fullRefresh = false }: { readonly fullRefresh?: boolean } = {},
): Promise<void> {
  const existing = await warehouse.table(action.target)
  const input = { existing, fullRefresh }
  const incoming =
    schemaMatters(action, input) && addsToTable(action, input)
      ? (await warehouse.dryRun(incrementalColumnsScript(action))).columns
      : undefined
  for (const { text } of planAction(action, { ...input, incoming }).statements) await warehouse.execute(text)
}

export const actionOf = (actions: ReadonlyMap<string, Action>, name: string): Action => {
  const action = actions.get(name)
  if (action === undefined) throw new Error(`no action ${name}`)
  return action
}

export type Row = Readonly<Record<string, Value>>

/** Every row of a query, by column, in an order of its own that does not depend on the engine. */
export async function rowsOf(warehouse: Warehouse, query: string): Promise<readonly Row[]> {
  const { columns, rows } = await warehouse.execute(query)
  return sorted(rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]))))
}

export const sorted = (rows: readonly Row[]): readonly Row[] =>
  rows
    .map((row) => Object.fromEntries(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1))))
    .sort((left, right) => (text(left) < text(right) ? -1 : 1))

const text = (row: Row): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
