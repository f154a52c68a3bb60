import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { land } from '../loaders/land.ts'
import { localStore } from '../loaders/store/local.ts'
import { openDatabase } from '../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../runner/warehouse/duckdb/state.ts'
import type { BenchLine, BenchResult } from './bench.ts'
import { type Codec, writeSmallFiles, writeWideFile } from './landing-files.ts'

const project = 'bench'
const events = Number(process.env['STREAMFORM_BENCH_EVENTS'] ?? 1_000_000)
const smallFiles = Number(process.env['STREAMFORM_BENCH_FILES'] ?? 20_000)
const eventsPerSmallFile = 30

/**
 * Landing: one file of a million wide events, by codec, against DuckDB's `CREATE TABLE AS` from a ready uncompressed
 * Parquet file of the same rows (the limit) and against Python's readers where they are installed; then many small
 * files. The better of two runs each, so that a disturbed one does not count.
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  try {
    const files = Object.fromEntries(
      (['null', 'deflate', 'snappy'] as const).map((codec) => [codec, wideFile(folder, codec)]),
    ) as Record<Codec, string>
    const parquet = join(folder, 'wide.parquet')
    const seconds: Record<Codec, number> = { null: 0, deflate: 0, snappy: 0 }
    for (const codec of ['null', 'deflate', 'snappy'] as const) {
      seconds[codec] = await bestOf(2, () =>
        landing(folder, dirname(files[codec]), codec === 'null' ? parquet : undefined),
      )
    }
    const limit = await bestOf(2, () => createTableAs(folder, parquet))
    const { lines, missing } = peers(files.null, seconds.null)
    const many = await manyFiles(folder)
    return {
      title: `landing ${events.toLocaleString('en-US')} events of one table (${Math.round(statSync(files.null).size / 1e6)} MB), to committed rows and ledger`,
      lines: [
        { what: 'streamform land', value: events / seconds.null, unit: 'rows/s' },
        { what: 'CREATE TABLE AS from uncompressed Parquet', value: events / limit, unit: 'rows/s' },
        {
          what: 'streamform / CREATE TABLE AS',
          value: seconds.null / limit,
          unit: 'x',
          limit: { most: 1.5 },
        },
        {
          what: 'deflate / no codec',
          value: seconds.deflate / seconds.null,
          unit: 'x',
          limit: { most: 1.6 },
        },
        { what: 'snappy / no codec', value: seconds.snappy / seconds.null, unit: 'x', limit: { most: 1.6 } },
        ...lines,
        ...many,
        { what: 'greatest resident memory', value: process.resourceUsage().maxRSS / 1000, unit: 'MB' },
      ],
      missing,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wideFile(folder: string, codec: Codec): string {
  const file = join(folder, codec, 'bench_wide', '2024', '06', '01', '00', '00', 'f.avro')
  mkdirSync(dirname(file), { recursive: true })
  writeWideFile(file, events, codec)
  return file
}

async function bestOf(times: number, measure: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) best = Math.min(best, await measure())
  return best
}

/** @param parquet where to write the landed rows to, after the clock has stopped */
async function landing(folder: string, stream: string, parquet?: string): Promise<number> {
  const file = join(folder, 'land.duckdb')
  rmSync(file, { force: true })
  const database = await openDatabase(file)
  const state = duckDbState(database, project)
  const began = performance.now()
  const report = await land(
    {
      store: localStore(stream),
      warehouse: { state, landing: (now) => openLanding({ database, project, now }) },
      project,
      maxDeadLetters: 0,
    },
    {
      print: () => {},
      note: () => {},
      now: () => new Date(),
      interactive: false,
      signal: new AbortController().signal,
      environment: {},
      workingFolder: folder,
    },
  )
  const seconds = (performance.now() - began) / 1000
  if (report.quarantined.length > 0) throw new Error(report.quarantined[0]?.reason)
  if (parquet !== undefined) {
    const connection = await database.connect()
    // Without a dictionary: plain-encoded, uncompressed, the least that there is to read.
    await connection.run(
      `copy "${project}.bench_raw".wide to '${parquet}' (format parquet, compression uncompressed, dictionary_size_limit 1)`,
    )
    connection.closeSync()
  }
  await state.destroy()
  database.close()
  return seconds
}

async function createTableAs(folder: string, parquet: string): Promise<number> {
  const file = join(folder, 'limit.duckdb')
  rmSync(file, { force: true })
  const database = await openDatabase(file)
  const connection = await database.connect()
  const began = performance.now()
  await connection.run(`create table wide as from read_parquet('${parquet}')`)
  const seconds = (performance.now() - began) / 1000
  connection.closeSync()
  database.close()
  return seconds
}

async function manyFiles(folder: string): Promise<BenchLine[]> {
  const stream = join(folder, 'many')
  writeSmallFiles(stream, smallFiles, eventsPerSmallFile)
  const seconds = await landing(folder, stream)
  return [
    {
      what: `${smallFiles.toLocaleString('en-US')} small files, files (as rows) a second`,
      value: smallFiles / seconds,
      unit: 'rows/s',
      limit: { least: 2000 },
    },
  ]
}

const python: Readonly<Record<string, { readonly needs: string; readonly script: string }>> = {
  "DuckDB's avro extension": {
    needs: 'duckdb==1.5.5 and duckdb-extension-avro==1.5.5 (PyPI)',
    script: `
import duckdb, duckdb_extension_avro, os, sys, tempfile, time
from duckdb_extensions import import_extension
c = duckdb.connect(os.path.join(tempfile.mkdtemp(), 'peer.duckdb'))
import_extension('avro', con=c)
t = time.time()
c.execute("create table wide as select * from read_avro('" + sys.argv[1] + "')")
print(time.time() - t)`,
  },
  'fastavro and pyarrow': {
    needs: 'duckdb, fastavro and pyarrow (PyPI)',
    script: `
import duckdb, fastavro, os, pyarrow, sys, tempfile, time
c = duckdb.connect(os.path.join(tempfile.mkdtemp(), 'peer.duckdb'))
t = time.time()
first = True
def flush(rows):
    global first
    table = pyarrow.Table.from_pylist(rows)
    c.execute('create table wide as from table' if first else 'insert into wide from table')
    first = False
with open(sys.argv[1], 'rb') as f:
    rows = []
    for row in fastavro.reader(f):
        row['sort_keys'] = [str(k) for k in row['sort_keys']]
        rows.append(row)
        if len(rows) == 100000:
            flush(rows)
            rows = []
    if rows: flush(rows)
print(time.time() - t)`,
  },
}

function peers(
  file: string,
  ours: number,
): { readonly lines: readonly BenchLine[]; readonly missing: readonly string[] } {
  const lines: BenchLine[] = []
  const missing: string[] = []
  for (const [name, { needs, script }] of Object.entries(python)) {
    try {
      const printed = execFileSync('python3', ['-c', script, file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const seconds = Number(printed.trim())
      lines.push({ what: name, value: events / seconds, unit: 'rows/s' })
      lines.push({
        what: `streamform against ${name}`,
        value: seconds / ours,
        unit: 'x',
        ...(name.startsWith('DuckDB') ? { limit: { least: 3 } } : {}),
      })
    } catch {
      missing.push(`${name}: needs python3 with ${needs}`)
    }
  }
  return { lines, missing }
}
