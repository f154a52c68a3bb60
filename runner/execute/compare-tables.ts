import { sqlName, sqlTable } from '../googlesql/quote.ts'
import type { ResultColumn, Value } from '../googlesql/result.ts'
import { type JsonValue, jsonOf } from '../googlesql/result-json.ts'
import type { Target } from '../googlesql/target.ts'
import { typeName } from '../googlesql/types/print.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Table, Warehouse } from '../warehouse/warehouse.ts'

/** The two warehouses that should hold the same. */
export interface Sides {
  readonly bigquery: Warehouse
  readonly duckdb: Warehouse
}

export type Side = keyof Sides

/** A row that one side has more often than the other. */
export interface DifferentRow {
  readonly side: Side
  /** How many more of it there are. */
  readonly times: number
  /** By column; a private value is `(private)`. */
  readonly row: Readonly<Record<string, JsonValue>>
}

export interface ComparedTable {
  readonly id: string
  readonly target: Target
  readonly file: string
  /** `missing`: on one side or both; `error`: one side could not be read. */
  readonly status: 'equal' | 'different' | 'missing' | 'error'
  /** Sentences: what is wrong with columns, where it is missing, why it could not be read. */
  readonly notes: readonly string[]
  readonly rows: Readonly<Record<Side, number>> | null
  /** The first rows that differ. */
  readonly differences: readonly DifferentRow[]
}

export interface CompareTableOptions {
  /** Columns that are not compared, whatever table they are of. */
  readonly ignore: readonly string[]
  /** At most so many rows that differ are told. */
  readonly most: number
  /** Whether a column of the table is private. */
  readonly isPrivate: (column: string) => boolean
  readonly signal: AbortSignal
}

/** Rows fall into so many groups by their digest; of those that differ, few are read. */
const groups = 512
/** Rows of one group that are read. */
const mostRows = 5000

/**
 * Compares a table of two warehouses, as sets of rows in which each counts as often as it is there. Both answer the same
 * query: counts and sums of digests, group by group, then the rows of the first groups that differ. Never rejects for what
 * a warehouse says of the table.
 */
export async function compareTable(
  sides: Sides,
  action: Action,
  options: CompareTableOptions,
): Promise<ComparedTable> {
  const { id, target, fileName: file } = action
  const result = { id, target, file, rows: null, differences: [], notes: [] }
  try {
    const [left, right] = await Promise.all([sides.bigquery.table(target), sides.duckdb.table(target)])
    if (left === undefined || right === undefined)
      return { ...result, status: 'missing', notes: missingOn({ bigquery: left, duckdb: right }) }
    const { columns, notes } = commonColumns(left, right, options.ignore)
    const compared = await compareRows(sides, target, columns, options)
    const same = notes.length === 0 && compared.differences.length === 0 && !compared.differs
    return { ...result, status: same ? 'equal' : 'different', notes, ...compared }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...result, status: 'error', notes: [error.message] }
  }
}

const missingOn = (tables: Readonly<Record<Side, Table | undefined>>): readonly string[] =>
  (['bigquery', 'duckdb'] as const).flatMap((side) =>
    tables[side] === undefined ? [`it is not there on ${names[side]}`] : [],
  )

export const names: Readonly<Record<Side, string>> = {
  bigquery: 'BigQuery',
  duckdb: 'the embedded warehouse',
}

function commonColumns(left: Table, right: Table, ignore: readonly string[]) {
  const ignored = new Set(ignore.map((name) => name.toLowerCase()))
  const others = new Map(right.columns.map((column) => [column.name.toLowerCase(), column]))
  const notes: string[] = []
  const columns: ResultColumn[] = []
  for (const column of left.columns) {
    const key = column.name.toLowerCase()
    const other = others.get(key)
    others.delete(key)
    if (ignored.has(key)) continue
    if (other === undefined) notes.push(`\`${column.name}\` is only on ${names.bigquery}`)
    else if (typeName(other.type) !== typeName(column.type))
      notes.push(
        `\`${column.name}\` is ${typeName(column.type)} on ${names.bigquery} and ${typeName(other.type)} on ${names.duckdb}`,
      )
    else columns.push(column)
  }
  for (const [key, { name }] of others)
    if (!ignored.has(key)) notes.push(`\`${name}\` is only on ${names.duckdb}`)
  return { columns, notes }
}

async function compareRows(
  sides: Sides,
  target: Target,
  columns: readonly ResultColumn[],
  options: CompareTableOptions,
): Promise<Pick<ComparedTable, 'rows' | 'differences'> & { readonly differs: boolean }> {
  const [left, right] = await Promise.all([
    digests(sides.bigquery, target, columns, options.signal),
    digests(sides.duckdb, target, columns, options.signal),
  ])
  const rows = { bigquery: left.rows, duckdb: right.rows }
  const different = Array.from({ length: groups }, (_, group) => group).filter(
    (group) => left.groups.get(group) !== right.groups.get(group),
  )
  const differences: DifferentRow[] = []
  for (const group of different) {
    if (differences.length >= options.most) break
    differences.push(...(await differentRows(sides, target, columns, group, options)))
  }
  return { rows, differs: different.length > 0, differences: differences.slice(0, options.most) }
}

/** A row as text: the same text on both sides for equal values. */
const rowText = (columns: readonly ResultColumn[]): string =>
  columns.length === 0
    ? "''"
    : `to_json_string(struct(${columns.map(({ name }) => sqlName(name)).join(', ')}))`

async function digests(
  warehouse: Warehouse,
  target: Target,
  columns: readonly ResultColumn[],
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly groups: ReadonlyMap<number, string> }> {
  const { rows } = await warehouse.execute(
    `select mod(abs(mod(digest, ${groups})), ${groups}) as part, count(*) as n, cast(sum(cast(digest as bignumeric)) as string) as total
from (select farm_fingerprint(${rowText(columns)}) as digest from ${sqlTable(target)})
group by part`,
    { signal },
  )
  return {
    rows: rows.reduce((sum, [, n]) => sum + Number(n), 0),
    groups: new Map(rows.map(([part, n, total]) => [Number(part), `${n} ${total}`])),
  }
}

async function differentRows(
  sides: Sides,
  target: Target,
  columns: readonly ResultColumn[],
  group: number,
  { isPrivate, signal }: CompareTableOptions,
): Promise<readonly DifferentRow[]> {
  const text =
    `select * from (select ${[rowText(columns), ...columns.map(({ name }) => sqlName(name))].join(', ')} from ${sqlTable(target)})
where mod(abs(mod(farm_fingerprint(text), ${groups})), ${groups}) = ${group}
order by text
limit ${mostRows}`.replace(rowText(columns), `${rowText(columns)} as text`)
  const read = async (warehouse: Warehouse) => (await warehouse.execute(text, { signal })).rows
  const [left, right] = await Promise.all([read(sides.bigquery), read(sides.duckdb)])
  const counts = new Map<string, { row: readonly Value[]; more: number }>()
  const count = (rows: readonly (readonly Value[])[], step: number) => {
    for (const [key, ...row] of rows) {
      const known = counts.get(String(key)) ?? { row, more: 0 }
      counts.set(String(key), { ...known, more: known.more + step })
    }
  }
  count(left, 1)
  count(right, -1)
  return [...counts.values()].flatMap(({ row, more }): DifferentRow[] =>
    more === 0
      ? []
      : [
          {
            side: more > 0 ? 'bigquery' : 'duckdb',
            times: Math.abs(more),
            row: shownRow(columns, row, isPrivate),
          },
        ],
  )
}

const shownRow = (
  columns: readonly ResultColumn[],
  row: readonly Value[],
  isPrivate: (column: string) => boolean,
): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries(
    columns.map(({ name, type }, index) => {
      const value = row[index] ?? null
      return [name, value !== null && isPrivate(name) ? '(private)' : jsonOf(value, type)]
    }),
  )
