import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Effects } from '../../runner/effects.ts'
import { executeRun, runnable } from '../../runner/execute/execute-run.ts'
import type { Value } from '../../runner/googlesql/result.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'

const root = join(import.meta.dirname, '..', '..')

/** A landing's, at the end of the sample's day. */
export const effects: Effects = {
  print: () => {},
  note: () => {},
  now: () => new Date(Date.UTC(2024, 5, 2)),
  interactive: false,
  signal: new AbortController().signal,
  environment: {},
  workingFolder: root,
}

/** The repository's own project as Dataform alone sees it. */
export function ownProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-own-'))
  for (const part of ['definitions', 'macros', 'workflow_settings.yaml'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  return folder
}

export interface DataformRun {
  readonly code: number
  /** Standard output and error, without colours. */
  readonly text: string
  /** How each action ended, by its name: `created`, `passed`, `failed` … */
  readonly outcomes: Readonly<Record<string, string>>
}

/** Runs `dataform` on a project whose BigQuery is the endpoint. */
export async function dataform(
  cli: string,
  url: string,
  folder: string,
  command: readonly string[],
  projectId: string,
): Promise<DataformRun> {
  writeFileSync(join(folder, '.df-credentials.json'), JSON.stringify({ projectId, location: 'US' }))
  const [name = '', ...flags] = command
  const { code, text } = await new Promise<{ code: number; text: string }>((resolve) => {
    execFile(
      process.execPath,
      [cli, name, folder, ...flags],
      {
        env: {
          ...process.env,
          BIGQUERY_EMULATOR_HOST: url,
          METADATA_SERVER_DETECTION: 'none',
          NO_COLOR: '1',
          FORCE_COLOR: '0',
        },
        maxBuffer: 1 << 28,
      },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), text: plain(out + err) }),
    )
  })
  return { code, text, outcomes: outcomesOf(text) }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written so
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '')

function outcomesOf(text: string): Readonly<Record<string, string>> {
  const lines = text.matchAll(
    /^(?:Table|Assertion|Operation|Dataset) ?(?:creation |dry run |completed )?(created|passed|failed|success|skipped|successfully)?[^:\n]*:\s+([\w.-]+)/gm,
  )
  return Object.fromEntries([...lines].map(([, how = '', target = '']) => [target, how]))
}

/** Builds a project with streamform's own runner. Gives the actions that did not succeed. */
export async function runOurs(
  warehouse: Warehouse,
  folder: string,
  {
    fullRefresh = false,
    retries = 0,
    only = () => true,
  }: { fullRefresh?: boolean; retries?: number; only?: (action: Action) => boolean } = {},
): Promise<readonly string[]> {
  const { actions } = await compile(folder)
  const { actions: results } = await executeRun(warehouse, {
    command: 'run',
    folder,
    actions,
    selected: runnable(actions).filter(only),
    fullRefresh,
    select: [],
    exclude: [],
    vars: {},
    resumes: null,
    concurrency: 2,
    retries,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
  })
  return results.flatMap(({ id, status, error }) =>
    status === 'succeeded' ? [] : [`${id}: ${status} ${error?.message ?? ''}`],
  )
}

export type Contents = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** What a person would compare of a warehouse: every table's columns, descriptions, labels and rows, rows sorted. */
export async function contents(warehouse: LocalWarehouse): Promise<Contents> {
  const all = new Map<string, Readonly<Record<string, unknown>>>()
  for (const database of await warehouse.databases()) {
    for (const schema of await warehouse.datasets(database)) {
      if (schema === 'streamform' || schema.startsWith('_')) continue
      for (const table of await warehouse.tables(database, schema)) {
        const { columns, rows } = await warehouse.execute(
          `SELECT * FROM \`${database}.${schema}.${table.name}\``,
        )
        const definition = await warehouse.definition(table)
        all.set(`${database}.${schema}.${table.name}`, {
          kind: table.kind,
          columns,
          described: definition?.columns.map(({ name, description, fieldDescriptions }) => ({
            name,
            description,
            fieldDescriptions,
          })),
          description: definition?.description,
          labels: definition?.labels,
          partitionBy: definition?.partitionBy,
          clusterBy: definition?.clusterBy,
          rows: rows.map(shown).sort(),
        })
      }
    }
  }
  return all
}

/** Where two warehouses differ: table, what of it, and both sides' own rows; empty if nowhere. */
export function differences(a: Contents, b: Contents): readonly string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort()
  return names.flatMap((name) => {
    const [left, right] = [a.get(name), b.get(name)]
    if (left === undefined || right === undefined) return [`${name} is only in one`]
    return Object.keys({ ...left, ...right }).flatMap((key) => {
      if (isDeepStrictEqual(left[key], right[key])) return []
      const [own, others] = [left[key], right[key]].map((side) => (Array.isArray(side) ? side : [side]))
      return [`${name} ${key}: ${text(alone(own, others))} instead of ${text(alone(others, own))}`]
    })
  })
}

/** What is on one side alone, or there more often. */
function alone(some: readonly unknown[] = [], rest: readonly unknown[] = []): readonly unknown[] {
  const others = [...rest]
  const more = some.filter((item) => {
    const at = others.findIndex((other) => isDeepStrictEqual(item, other))
    if (at >= 0) others.splice(at, 1)
    return at < 0
  })
  return more.slice(0, 3)
}

const text = (value: unknown): string => JSON.stringify(value)?.slice(0, 600) ?? 'nothing'

const shown = (row: readonly Value[]): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
