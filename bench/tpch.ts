import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { openDuckDbWarehouse } from '../runner/warehouse/duckdb/warehouse.ts'
import { type BenchResult, median } from './bench.ts'
import { tpchTables } from './tpch-data.ts'
import { queries } from './tpch-queries.ts'

const project = 'bench'
const dataset = 'tpch'
const rounds = 3

/**
 * TPC-H's 22 queries as BigQuery's SQL through the warehouse, against the same as DuckDB's own SQL, both over one
 * database file and with the same answers. The environment variable TPCH_SCALE says how much data; 1 by default.
 */
export async function run(): Promise<BenchResult> {
  const scale = Number(process.env['TPCH_SCALE'] ?? 1)
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  const path = join(folder, 'tpch.duckdb')
  try {
    await makeWarehouse(path, scale)
    const theirs = await ofDuckDb(path)
    const ours = await ofWarehouse(path)
    const lines = queries.map((_, index) => {
      const a = ours[index]
      const b = theirs[index]
      if (a === undefined || b === undefined || a.answer !== b.answer)
        throw new Error(
          `query ${index + 1} has other answers:\n${a?.answer.slice(0, 500)}\n${b?.answer.slice(0, 500)}`,
        )
      return { what: `query ${index + 1}, ${a.rows} rows`, value: a.seconds / b.seconds, unit: 'x' } as const
    })
    const sum = (all: readonly Timed[]) => all.reduce((total, { seconds }) => total + seconds, 0)
    return {
      title: `TPC-H at scale ${scale}: BigQuery's SQL here / DuckDB's own, the medians of ${rounds}, the same answers`,
      lines: [
        ...lines,
        { what: 'all 22 here', value: sum(ours), unit: 's' },
        { what: "all 22, DuckDB's own", value: sum(theirs), unit: 's' },
        { what: 'together', value: sum(ours) / sum(theirs), unit: 'x', limit: { most: 1.1 } },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Timed {
  readonly seconds: number
  readonly rows: number
  readonly answer: string
}

async function makeWarehouse(path: string, scale: number): Promise<void> {
  const warehouse = await openDuckDbWarehouse({ path, defaultProject: project, defaultDataset: dataset })
  await warehouse.createDataset(project, dataset)
  await warehouse.close()
  await withDuckDb(path, async (connection) => {
    for (const statement of tpchTables(scale)) await connection.run(statement)
  })
}

async function withDuckDb<Result>(
  path: string,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    await connection.run(`set search_path = '"${project}.${dataset}"'`)
    return await work(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const ofDuckDb = (path: string): Promise<readonly Timed[]> =>
  withDuckDb(path, (connection) =>
    timedAll(
      async (sql) => (await connection.runAndReadAll(sql)).getRowsJson() as readonly (readonly unknown[])[],
    ),
  )

async function ofWarehouse(path: string): Promise<readonly Timed[]> {
  const warehouse = await openDuckDbWarehouse({ path, defaultProject: project, defaultDataset: dataset })
  try {
    return await timedAll(async (sql) => (await warehouse.execute(sql)).rows)
  } finally {
    await warehouse.close()
  }
}

async function timedAll(
  execute: (sql: string) => Promise<readonly (readonly unknown[])[]>,
): Promise<readonly Timed[]> {
  const all: Timed[] = []
  for (const sql of queries) {
    const times: number[] = []
    let rows: readonly (readonly unknown[])[] = []
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      rows = await execute(sql)
      times.push((performance.now() - start) / 1000)
    }
    all.push({ seconds: median(times), rows: rows.length, answer: answerOf(rows) })
  }
  return all
}

/** Rows as text; sums of FLOAT64 differ in their last digits with the order of the rows. */
const answerOf = (rows: readonly (readonly unknown[])[]): string =>
  rows.map((row) => row.map(shown).join('|')).join('\n')

function shown(value: unknown): string {
  if (value === null) return 'null'
  const number = Number(value)
  return Number.isNaN(number) || value === '' ? String(value) : number.toPrecision(9)
}
