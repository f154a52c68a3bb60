import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { BenchLine, BenchResult } from './bench.ts'
import {
  type Codec,
  writeColumnsFile,
  writeSmallFiles,
  writeWideFile,
  writeWorldFiles,
} from './landing-files.ts'

const events = Number(process.env['STREAMFORM_BENCH_EVENTS'] ?? 1_000_000)
const smallFiles = Number(process.env['STREAMFORM_BENCH_FILES'] ?? 20_000)
const eventsPerSmallFile = 30
/** Of one file of 4 GB. */
const largeEvents = 10_000_000
/** Of one file of 200 MB. */
const [manyColumns, eventsOfManyColumns] = [2000, 20_000]
/** The better of so many runs: one that was disturbed does not count. */
const rounds = 3

interface Measured {
  readonly lines: readonly BenchLine[]
  readonly missing?: readonly string[]
}

const measures: Readonly<Record<string, (folder: string) => Measured>> = {
  wide: measureWide,
  world_x: measureWorld,
  files: manyFiles,
  columns: measureColumns,
  large: measureLarge,
}

export const parts = Object.keys(measures)
/** What is measured unless parts are named: `large` takes 6 GB of disk and some minutes. */
const usual = parts.filter((part) => part !== 'large')

/**
 * Landing, each run in a process of its own: one file of a million wide events, by codec, and as many events of the four
 * world_x tables, against DuckDB's `CREATE TABLE AS` from ready uncompressed Parquet files of the same rows (the limit)
 * and against Python's readers where they are installed; then many small files, many columns, and one file of 4 GB.
 */
export async function run(asked: readonly string[]): Promise<BenchResult> {
  const measured = parts
    .filter((part) => (asked.length === 0 ? usual : asked).includes(part))
    .map((part) => inFolder((folder) => measures[part]?.(folder) ?? { lines: [] }))
  return {
    title: `landing ${events.toLocaleString('en-US')} wide events, as many of world_x, and small files, to committed rows and ledger`,
    lines: measured.flatMap(({ lines }) => lines),
    missing: measured.flatMap(({ missing = [] }) => missing),
  }
}

function inFolder(measure: (folder: string) => Measured): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  try {
    return measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureWide(folder: string): Measured {
  const files = Object.fromEntries(
    (['null', 'deflate', 'snappy'] as const).map((codec) => [codec, wideFile(folder, events, codec)]),
  ) as Record<Codec, string>
  const parquet = join(folder, 'wide-parquet')
  mkdirSync(parquet)
  landing(folder, join(folder, 'null'), parquet)
  const measured: Record<Codec, Landing> = {
    null: bestLanding(folder, join(folder, 'null')),
    deflate: bestLanding(folder, join(folder, 'deflate')),
    snappy: bestLanding(folder, join(folder, 'snappy')),
  }
  const { seconds, megabytes } = measured.null
  const byCodec = (codec: Codec): BenchLine => ({
    what: `wide: ${codec} / no codec`,
    value: measured[codec].seconds / seconds,
    unit: 'x',
    limit: { most: 1.6 },
  })
  const { lines, missing } = peers(files.null, seconds)
  return {
    lines: [
      { what: 'wide: the file', value: megabytesOf(files.null), unit: 'MB' },
      { what: 'wide: streamform land', value: events / seconds, unit: 'rows/s' },
      ...againstLimit('wide', seconds, folder, parquet),
      byCodec('deflate'),
      byCodec('snappy'),
      ...lines,
      { what: 'wide: greatest resident memory', value: megabytes, unit: 'MB', limit: { most: 1000 } },
    ],
    missing,
  }
}

const megabytesOf = (file: string): number => statSync(file).size / 1e6

/** One file, however long, takes no more memory than another. */
function measureLarge(folder: string): Measured {
  const file = wideFile(folder, largeEvents, 'null')
  const { seconds, megabytes } = landing(folder, join(folder, 'null'))
  return {
    lines: [
      { what: 'large: the file', value: megabytesOf(file), unit: 'MB' },
      { what: 'large: streamform land', value: largeEvents / seconds, unit: 'rows/s' },
      { what: 'large: greatest resident memory', value: megabytes, unit: 'MB', limit: { most: 1000 } },
    ],
  }
}

/** A table wider than most: what is kept for each column counts. */
function measureColumns(folder: string): Measured {
  const file = join(folder, 'columns', 'bench_columns', '2024', '06', '01', '00', '00', 'f.avro')
  mkdirSync(dirname(file), { recursive: true })
  writeColumnsFile(file, eventsOfManyColumns, manyColumns)
  const { seconds, megabytes } = landing(folder, join(folder, 'columns'))
  return {
    lines: [
      { what: '2,000 columns: the file', value: megabytesOf(file), unit: 'MB' },
      { what: '2,000 columns: streamform land', value: eventsOfManyColumns / seconds, unit: 'rows/s' },
      {
        what: '2,000 columns: greatest resident memory',
        value: megabytes,
        unit: 'MB',
        limit: { most: 2500 },
      },
    ],
  }
}

function measureWorld(folder: string): Measured {
  const stream = join(folder, 'world')
  writeWorldFiles(stream, events)
  const parquet = join(folder, 'world-parquet')
  mkdirSync(parquet)
  landing(folder, stream, parquet)
  const { seconds } = bestLanding(folder, stream)
  return {
    lines: [
      { what: 'world_x: streamform land', value: events / seconds, unit: 'rows/s' },
      ...againstLimit('world_x', seconds, folder, parquet),
    ],
  }
}

function againstLimit(what: string, seconds: number, folder: string, parquet: string): BenchLine[] {
  const limit = createTableAs(folder, parquet, 'defaults')
  return [
    { what: `${what}: CREATE TABLE AS, DuckDB as it comes`, value: events / limit, unit: 'rows/s' },
    {
      what: `${what}: streamform / CREATE TABLE AS`,
      value: seconds / limit,
      unit: 'x',
      limit: { most: 1.5 },
    },
    {
      what: `${what}: the same, in the warehouse's storage format`,
      value: seconds / createTableAs(folder, parquet, 'warehouse'),
      unit: 'x',
    },
  ]
}

function wideFile(folder: string, count: number, codec: Codec): string {
  const file = join(folder, codec, 'bench_wide', '2024', '06', '01', '00', '00', 'f.avro')
  mkdirSync(dirname(file), { recursive: true })
  writeWideFile(file, count, codec)
  return file
}

interface Landing {
  readonly seconds: number
  readonly megabytes: number
}

/** @param parquet where to write the landed rows to, after the clock has stopped */
function landing(folder: string, stream: string, parquet?: string): Landing {
  return inProcess('landing-process.ts', [
    stream,
    join(folder, 'land.duckdb'),
    ...(parquet === undefined ? [] : [parquet]),
  ]) as Landing
}

function bestLanding(folder: string, stream: string): Landing {
  return best(() => landing(folder, stream))
}

function createTableAs(folder: string, parquet: string, settings: 'defaults' | 'warehouse'): number {
  return best(
    () =>
      inProcess('create-table-as-process.ts', [parquet, join(folder, 'limit.duckdb'), settings]) as Landing,
  ).seconds
}

function best<T extends { readonly seconds: number }>(measure: () => T): T {
  const all = Array.from({ length: rounds }, measure)
  return all.reduce((least, next) => (next.seconds < least.seconds ? next : least))
}

function inProcess(script: string, given: readonly string[]): unknown {
  const printed = execFileSync(process.execPath, [join(import.meta.dirname, script), ...given], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(printed)
}

function manyFiles(folder: string): Measured {
  const stream = join(folder, 'many')
  writeSmallFiles(stream, smallFiles, eventsPerSmallFile)
  const { seconds } = landing(folder, stream)
  return {
    lines: [
      {
        what: `${smallFiles.toLocaleString('en-US')} small files, files (as rows) a second`,
        value: smallFiles / seconds,
        unit: 'rows/s',
        limit: { least: 2000 },
      },
    ],
  }
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
    batch = pyarrow.Table.from_pylist(rows)
    c.execute('create table wide as from batch' if first else 'insert into wide from batch')
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
      const seconds = Number(printed.trim().split('\n').at(-1)) // installing an extension prints, too
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
