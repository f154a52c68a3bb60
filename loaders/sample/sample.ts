import { Problem } from '../../runner/problem.ts'
import { type WrittenFiles, writeFolder } from './folder.ts'
import type { SourceTable } from './source.ts'
import { type StreamListener, type StreamOptions, sampleStream, type TableReport } from './stream.ts'
import { dayStart } from './world-stream.ts'

export interface SampleOptions extends StreamOptions {
  readonly folder: string
  /** `hh:mm` of the sample's day: only files that had arrived by then. */
  readonly until?: string
  readonly force: boolean
  readonly signal?: AbortSignal
}

export interface SampleReport extends WrittenFiles {
  readonly folder: string
  /** Each once, however often it is delivered. */
  readonly events: number
  readonly tables: readonly TableReport[]
  /** What the scripted day contains, in its order. */
  readonly script: readonly { readonly time: string; readonly table: string; readonly what: string }[]
}

/**
 * Writes a sample stream into a folder as Datastream would into a bucket. Calling it again with the same options
 * changes nothing; calling it again with a later `until` delivers what has arrived since.
 *
 * @throws Problem if the folder holds other things (unless `force`), or for a dump that cannot be read
 * @example
 * await writeSample({ folder: 'stream', seed: '1', scale: 1, changes: true, force: false })
 */
export async function writeSample(options: SampleOptions): Promise<SampleReport> {
  const { folder, force, until, signal } = options
  let tables = new Map<string, TableReport>()
  let script: { time: string; table: string; what: string }[] = []
  const listener: StreamListener = {
    onChange({ table, readMethod, changeType }) {
      const key = JSON.stringify([table.database, table.table])
      const report = tables.get(key) ?? newReport(table)
      tables.set(key, report)
      if (readMethod === 'mysql-backfill-fulldump') report.backfill += 1
      else report.changes[changeType] += 1
    },
    onStep: ({ at, table, what }) => {
      script.push({ time: new Date(dayStart + at * 1000).toISOString().slice(11, 19), table, what })
    },
  }
  // Called once or twice: the folder is looked at before anything is written.
  const files = () => {
    tables = new Map()
    script = []
    return sampleStream(options, listener)
  }
  const written = await writeFolder(files, {
    folder,
    force,
    ...(until === undefined ? {} : { until: timeOfDay(until) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const all = [...tables.values()]
  const events = all.reduce(
    (sum, { backfill, changes }) =>
      Object.values(changes).reduce((total, count) => total + count, sum + backfill),
    0,
  )
  return { folder, ...written, events, tables: all, script }
}

/** `hh:mm` of the sample's day as milliseconds since 1970. @throws Problem (exit code 2) */
function timeOfDay(text: string): number {
  const match = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text)
  if (match === null)
    throw new Problem(`\`${text}\` is no time of day: write hh:mm, as in 12:00`, { exitCode: 2 })
  return dayStart + (Number(match[1]) * 60 + Number(match[2])) * 60_000
}

function newReport(table: SourceTable): TableReport {
  const { database, primaryKeys, columns } = table
  return {
    database,
    table: table.table,
    primaryKeys,
    backfill: 0,
    changes: { INSERT: 0, 'UPDATE-INSERT': 0, 'UPDATE-DELETE': 0, DELETE: 0 },
    unsupported: columns
      .filter(({ type }) => JSON.stringify(type).includes('"unsupported"'))
      .map(({ name }) => name),
  }
}
