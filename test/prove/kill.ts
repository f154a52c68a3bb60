import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { mysqlFile } from '../loaders/events.ts'

const project = 'kill'
const files = 24
const filesPerTransaction = 3

export interface KillOptions {
  readonly kills: number
  readonly seed: number
}

export interface KillResult {
  readonly kills: number
  /** How often a stream was landed to its end, kills and all. */
  readonly landings: number
  readonly rows: number
}

/**
 * Kills real loader processes (SIGKILL) at random instants, and after each kill compares ledger and raw table with the
 * files, row for row: each file has landed whole or not at all, and never twice. A stream is landed until a loader ends
 * by itself, then another begins in a new warehouse.
 *
 * @throws Error that says what differs, with the seed
 */
export async function proveKills({ kills, seed }: KillOptions): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-kill-'))
  const random = randomOf(seed)
  const stream = join(folder, 'stream')
  const expected = writeStream(stream, random)
  const result = { kills: 0, landings: 0, rows: 0 }
  let next: Loader | undefined
  let window = 400
  try {
    for (let round = 0; result.kills < kills; round++) {
      const file = join(folder, `${round}.duckdb`)
      next?.kill()
      next = await startLoader(stream, file)
      for (let ended = false; !ended; ) {
        const loader: Loader = next
        next = undefined
        const began = performance.now()
        // Most kills fall within the landing; now and then one is left to end, which says how long that takes.
        const delay = random() < 0.15 ? Number.POSITIVE_INFINITY : random() * window
        ended = await loader.runFor(delay)
        if (ended) window = Math.max(50, Math.min(2000, performance.now() - began))
        else result.kills++
        const starting = startLoader(stream, file)
        result.rows += await compare(
          file,
          expected,
          ended,
          `seed ${seed}, stream ${round}, kill ${result.kills}`,
        )
        next = await starting
      }
      result.landings++
      rmSync(file, { force: true })
    }
    return result
  } finally {
    next?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What each file must bring: its rows as text, in order. */
type Expected = ReadonlyMap<string, readonly string[]>

function writeStream(folder: string, random: () => number): Expected {
  const expected = new Map<string, readonly string[]>()
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ]
  for (let index = 0; index < files; index++) {
    const name = `shop_item/2024/06/01/00/${String(index % 60).padStart(2, '0')}/f${index}.avro`
    const count = Math.floor(random() * (index % 8 === 0 ? 4000 : 40))
    const payloads = Array.from({ length: count }, (_, row) => ({
      id: index * 10_000 + row,
      name: `name ${row}`,
    }))
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), mysqlFile(fields, payloads, { first: index * 10_000, blockRows: 500 }))
    expected.set(
      name,
      payloads.map(({ id, name: text }, row) => `${row} ${id} ${text}`),
    )
  }
  return expected
}

interface Loader {
  /** Lets it land for so many milliseconds, then kills it. True if it ended by itself before. */
  runFor(delay: number): Promise<boolean>
  kill(): void
}

/** A loader that has loaded its modules and waits. */
async function startLoader(stream: string, file: string): Promise<Loader> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'kill-process.ts'), stream, file, project, String(filesPerTransaction)],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const output = collect(child)
  const exit = once(child, 'exit')
  while (!output.text().includes('ready')) {
    if (child.exitCode !== null) throw new Error(`the loader did not start: ${output.errors()}`)
    await sleep(5)
  }
  return {
    kill: () => child.kill('SIGKILL'),
    async runFor(delay) {
      child.stdin?.write('go\n')
      if (Number.isFinite(delay)) await Promise.race([sleep(delay), exit])
      else await exit
      child.kill('SIGKILL')
      await exit
      if (child.exitCode !== null && child.exitCode !== 0)
        throw new Error(`the loader failed: ${output.errors()}`)
      return child.exitCode === 0
    },
  }
}

function collect(child: ChildProcess): { text(): string; errors(): string } {
  let text = ''
  let errors = ''
  child.stdout?.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  child.stderr?.on('data', (piece: Buffer) => {
    errors += piece.toString()
  })
  return { text: () => text, errors: () => errors }
}

/** Compares the warehouse with the files; gives how many rows were compared. */
async function compare(file: string, expected: Expected, all: boolean, where: string): Promise<number> {
  const database = await openDatabase(file)
  const connection = await database.connect()
  const query = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String))
  try {
    const has = await query(`select table_name from duckdb_tables() where schema_name like '${project}.%'`)
    const tables = new Set(has.flat())
    const ledger = tables.has('files')
      ? await query(`select name, rows from "${project}.streamform".files order by name`)
      : []
    const landed = tables.has('item')
      ? await query(
          `select _file, _row || ' ' || payload.id || ' ' || payload.name from "${project}.shop_raw".item order by _file, _row`,
        )
      : []
    const wanted = ledger.flatMap(([name = '']) => (expected.get(name) ?? []).map((row) => [name, row]))
    if (JSON.stringify(landed) !== JSON.stringify(wanted)) {
      throw new Error(
        `${where}: the raw table has ${landed.length} rows, the files of the ledger ${wanted.length}, or they differ`,
      )
    }
    for (const [name = '', rows] of ledger) {
      if (Number(rows) !== expected.get(name)?.length)
        throw new Error(`${where}: the ledger says ${rows} rows of ${name}`)
    }
    if (new Set(ledger.map(([name]) => name)).size !== ledger.length)
      throw new Error(`${where}: a file is in the ledger twice`)
    if (all && ledger.length !== expected.size)
      throw new Error(`${where}: ${ledger.length} of ${expected.size} files landed`)
    return landed.length
  } finally {
    connection.closeSync()
    database.close()
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}
