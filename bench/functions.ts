import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { openDatabase } from '../runner/warehouse/duckdb/database.ts'
import { openDuckDbWarehouse } from '../runner/warehouse/duckdb/warehouse.ts'
import type { BenchLine, BenchResult } from './bench.ts'
import { columnsIn, pairs, sourceOf } from './function-pairs.ts'

const project = 'bench'
/** Of many rows one round says enough, and takes minutes. */
const roundsOf = (rows: number) => (rows > 2_000_000 ? 1 : 3)

/**
 * BigQuery's functions here against DuckDB's own for the same values: processor time of the greatest value over all
 * rows, so that nothing is fetched but one value; reading the column, which costs both the same, is part of it. The
 * environment variable FUNCTION_ROWS says how many rows; a million by default.
 */
export async function run(): Promise<BenchResult> {
  const rows = Number(process.env['FUNCTION_ROWS'] ?? 1_000_000)
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  const path = join(folder, 'functions.duckdb')
  const database = await openDatabase(path)
  const warehouse = await openDuckDbWarehouse({ path, defaultProject: project, defaultDataset: 'd' })
  const connection = await database.connect()
  try {
    await connection.run("set global memory_limit = '4GB'")
    await warehouse.createDataset(project, 'd')
    await connection.run(`create table "bench.d".t as ${sourceOf(rows)}`)
    const theirs = (sql: string) => greatest(connection, sql)
    const ours = (sql: string) => warehouse.execute(`SELECT MAX(${sql}) FROM d.t`)
    const lines: BenchLine[] = []
    for (const pair of pairs) {
      // Neither is the first to read the columns from disk.
      await theirs(`hash(${columnsIn(pair.theirs).join(', ')})`)
      const [a, b] = await interleaved(
        roundsOf(rows),
        () => ours(pair.ours),
        () => theirs(pair.theirs),
      )
      const note = pair.note === undefined ? '' : ` (${pair.note})`
      lines.push({
        what: `${pair.ours}: ${nanoseconds(a, rows)} / ${nanoseconds(b, rows)}${note}`,
        value: a / b,
        unit: 'x',
        ...(pair.unlike === true ? {} : { limit: { most: 2 } }),
      })
    }
    const memory = Math.round(process.resourceUsage().maxRSS / 1024).toLocaleString('en-US')
    const title = `functions over ${rows.toLocaleString('en-US')} rows: here / DuckDB's own; at most ${memory} MB of memory`
    return { title, lines }
  } finally {
    connection.closeSync()
    database.close()
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const greatest = (connection: DuckDBConnection, sql: string) =>
  connection.runAndReadAll(`select max(${sql}) from "bench.d".t`)

const nanoseconds = (seconds: number, rows: number) => `${Math.round((seconds * 1e9) / rows)} ns`

/** The least processor time of each of two, a run of the one after a run of the other. */
async function interleaved(
  rounds: number,
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<readonly [number, number]> {
  const best: [number, number] = [Infinity, Infinity]
  for (let round = 0; round < rounds; round++) {
    best[0] = Math.min(best[0], await processorTime(one))
    best[1] = Math.min(best[1], await processorTime(other))
  }
  return best
}

async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000_000
}
