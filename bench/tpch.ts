import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../runner/warehouse/duckdb/database.ts'
import { openDuckDbWarehouse } from '../runner/warehouse/duckdb/warehouse.ts'
import type { BenchResult } from './bench.ts'
import { tpchTables } from './tpch-data.ts'
import { queries } from './tpch-queries.ts'

const project = 'bench'
const dataset = 'tpch'
const rounds = 3

/**
 * TPC-H's 22 queries as BigQuery's SQL through the warehouse, against the same as DuckDB's own SQL, both over one
 * database file, in turns, and with the same answers. Processor time: what else the machine does does not count. The
 * environment variable TPCH_SCALE says how much data; 1 by default.
 */
export async function run(): Promise<BenchResult> {
  const scale = Number(process.env['TPCH_SCALE'] ?? 1)
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  const path = join(folder, 'tpch.duckdb')
  const warehouse = await openDuckDbWarehouse({ path, defaultProject: project, defaultDataset: dataset })
  const database = await openDatabase(path)
  const connection = await database.connect()
  try {
    await warehouse.createDataset(project, dataset)
    await connection.run(`set search_path = '"${project}.${dataset}"'`)
    for (const statement of tpchTables(scale)) await connection.run(statement)
    const pairs: Pair[] = []
    for (const sql of queries) {
      const own = async () => (await connection.runAndReadAll(sql)).getRowsJson()
      pairs.push(await compared(pairs.length + 1, async () => (await warehouse.execute(sql)).rows, own))
    }
    const sum = (of: (pair: Pair) => number) => pairs.reduce((total, pair) => total + of(pair), 0)
    return {
      title: `TPC-H at scale ${scale}: BigQuery's SQL here / DuckDB's own, the least of ${rounds}, the same answers`,
      lines: [
        ...pairs.map(({ rows, ours, theirs }, index) => ({
          what: `query ${index + 1}, ${rows} rows`,
          value: ours.processor / theirs.processor,
          unit: 'x' as const,
        })),
        { what: 'all 22 here', value: sum(({ ours }) => ours.processor), unit: 's' },
        { what: "all 22, DuckDB's own", value: sum(({ theirs }) => theirs.processor), unit: 's' },
        {
          what: 'together',
          value: sum(({ ours }) => ours.processor) / sum(({ theirs }) => theirs.processor),
          unit: 'x',
          limit: { most: 1.1 },
        },
        {
          what: 'together, by the clock',
          value: sum(({ ours }) => ours.clock) / sum(({ theirs }) => theirs.clock),
          unit: 'x',
        },
      ],
    }
  } finally {
    connection.closeSync()
    database.close()
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Rows = readonly (readonly unknown[])[]

interface Pair {
  readonly rows: number
  readonly ours: Seconds
  readonly theirs: Seconds
}

interface Seconds {
  readonly processor: number
  readonly clock: number
}

/** One query both ways, a round of the one after a round of the other. */
async function compared(
  number: number,
  ours: () => Promise<Rows>,
  theirs: () => Promise<Rows>,
): Promise<Pair> {
  const never: Seconds = { processor: Number.POSITIVE_INFINITY, clock: Number.POSITIVE_INFINITY }
  let best = { ours: never, theirs: never }
  let rows = 0
  for (let round = 0; round < rounds; round++) {
    const a = await timed(theirs)
    const b = await timed(ours)
    if (!sameAnswer(b.rows, a.rows)) {
      const shown = [b, a].map((side) => JSON.stringify(side.rows.slice(0, 3), plain))
      throw new Error(`query ${number} has other answers:\n${shown.join('\n')}`)
    }
    rows = b.rows.length
    best = { ours: least(best.ours, b), theirs: least(best.theirs, a) }
  }
  return { rows, ...best }
}

const least = (a: Seconds, b: Seconds): Seconds => ({
  processor: Math.min(a.processor, b.processor),
  clock: Math.min(a.clock, b.clock),
})

async function timed(work: () => Promise<Rows>): Promise<Seconds & { readonly rows: Rows }> {
  const start = { clock: performance.now(), processor: process.cpuUsage() }
  const rows = await work()
  const { user, system } = process.cpuUsage(start.processor)
  return { rows, processor: (user + system) / 1_000_000, clock: (performance.now() - start.clock) / 1000 }
}

/** Sums of FLOAT64 differ in their last digits with the order of the rows. */
function sameAnswer(ours: Rows, theirs: Rows): boolean {
  return (
    ours.length === theirs.length &&
    ours.every((row, at) => row.every((value, column) => sameValue(value, theirs[at]?.[column])))
  )
}

function sameValue(a: unknown, b: unknown): boolean {
  if (String(a) === String(b)) return true
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y))
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
