import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { land } from '../loaders/land.ts'
import { localStore } from '../loaders/store/local.ts'
import { PartWriter } from '../runner/warehouse/bigquery/landing-part.ts'
import { openDuckDbWarehouse } from '../runner/warehouse/duckdb/warehouse.ts'
import type { Landing, RawColumn } from '../runner/warehouse/landing.ts'
import type { BenchResult } from './bench.ts'
import { writeWideFile } from './landing-files.ts'

const events = 200_000

/**
 * What this machine does of a landing in BigQuery: change files decoded and made into the Parquet that is uploaded. No network,
 * no BigQuery: seconds are of one core (user and system).
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'bench' })
  try {
    const minute = join(folder, 'bench_wide/2024/06/01/00/01')
    mkdirSync(minute, { recursive: true })
    const file = join(minute, 'a.avro')
    writeWideFile(file, events, 'null')
    const read = statSync(file).size / 1e6
    await warehouse.state.selectFrom('files').selectAll().execute()
    let written = 0
    const before = process.cpuUsage()
    await land(
      {
        store: localStore(folder),
        warehouse: {
          state: warehouse.state,
          landing: async () => partsOnly(warehouse.state, (bytes) => (written += bytes / 1e6)),
        },
        project: 'bench',
        maxDeadLetters: 0,
      },
      {
        print: () => undefined,
        note: () => undefined,
        now: () => new Date(),
        interactive: false,
        signal: new AbortController().signal,
        environment: {},
        workingFolder: folder,
      },
    )
    const used = process.cpuUsage(before)
    const seconds = (used.user + used.system) / 1e6
    return {
      title: `${events.toLocaleString('en-US')} events in Avro to the Parquet that a load job is given`,
      lines: [
        { what: 'change file', value: read, unit: 'MB' },
        { what: 'Parquet to upload', value: written, unit: 'MB' },
        { what: 'time of one core', value: seconds, unit: 's' },
        { what: 'change files a second and core', value: read / seconds, unit: 'MB/s', limit: { least: 10 } },
      ],
    }
  } finally {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A landing on BigQuery up to where its bytes would leave this machine. */
function partsOnly(state: Landing['state'], uploaded: (bytes: number) => void): Landing {
  let columns: readonly RawColumn[] | undefined
  let part: PartWriter | undefined
  const flush = () => {
    if (part !== undefined) uploaded(part.finish().bytes.length)
    part = undefined
  }
  return {
    state,
    loadedAt: new Date(),
    columns: async () => columns,
    ensure: async (_table, wanted) => {
      flush()
      columns = wanted
    },
    append: async (table, batch) => {
      if (columns === undefined || table.name === 'files') return
      part ??= new PartWriter(table, columns)
      part.write(batch)
      if (part.isFull) flush()
    },
    commit: async () => flush(),
    rollback: async () => undefined,
  }
}
