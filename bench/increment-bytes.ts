import { planAction } from '../runner/execute/plan.ts'
import { compile } from '../runner/project/compile/compile.ts'
import type { Action } from '../runner/project/compile/compiled-graph.ts'
import { root } from '../test/models/model-project.ts'
import { type Scan, scansOf } from '../test/models/scans.ts'
import type { BenchLine, BenchResult } from './bench.ts'

/** A stream, as far as its bytes go. */
interface Stream {
  readonly eventsPerDay: number
  readonly years: number
  readonly keys: number
}

/** Bytes of a value, as BigQuery counts them (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes). */
const widths: readonly (readonly [pattern: RegExp, bytes: number])[] = [
  [/_at$|timestamp$|^valid_/, 8],
  [/^day$/, 8],
  [/_uuid$|^uuid$/, 38],
  [/_key$/, 12],
  [/_epoch$|change_type$|read_method$|source_type$/, 18],
  [/_position$/, 60],
  [/_file$/, 90],
  [/^_row$|_ssn$|_scn$|log_position$/, 8],
]
const width = (column: string): number => widths.find(([pattern]) => pattern.test(column))?.[1] ?? 20
/** All of a row: metadata, and a payload of some ten columns. */
const wholeRow = 600

const dayAtMost = 2
const recentDays = 20

/** How many rows one place of an increment reads: those of its partitions, or all. */
function rowsOf({ table, prunedBy }: Scan, { eventsPerDay, years, keys }: Stream): number {
  const events = eventsPerDay * 365 * years
  // One row a landing, day and epoch: mostly one day, sometimes two.
  if (table.endsWith('_landings')) return 24 * 2 * 365 * years
  if (table.endsWith('_state')) return keys
  if (prunedBy === undefined) return events
  // What still stands is one partition, what is over lies in the day when it was.
  if (table.endsWith('_versions'))
    return keys + (prunedBy.includes('read_from') ? eventsPerDay * dayAtMost : 0)
  // A raw table's partitions are days of landing, a log's days of events.
  return eventsPerDay * (prunedBy.includes('recent_days') ? recentDays : dayAtMost)
}

const columnsRead = ({ columns }: Scan): number =>
  columns === 'all' ? wholeRow : columns.reduce((sum, column) => sum + width(column), 0)

/**
 * What an increment of each layer reads on BigQuery, by the SQL that is sent: every place that names a table, the columns
 * that it needs there, and the partitions that its condition leaves. A model, not a bill: it takes each place for itself.
 * The stream: a million events a day, ten million keys; what is new is of two days.
 */
export async function run(): Promise<BenchResult> {
  const { actions } = await compile(root)
  const models = ['city_landings', 'city_log', 'city_state', 'city_versions']
  const stream = { eventsPerDay: 1_000_000, keys: 10_000_000 }
  const lines = models.flatMap((model): readonly BenchLine[] => {
    const action = actions.find(({ target }) => target.name === model)
    if (action === undefined) throw new Error(`no ${model}`)
    const scans = scansOf(increment(action), partitionColumns(actions))
    const megabytes = (years: number) =>
      scans.reduce((sum, scan) => sum + rowsOf(scan, { ...stream, years }) * columnsRead(scan), 0) / 1e6
    const [young, old] = [megabytes(1), megabytes(10)]
    return [
      { what: `${model}: after a year`, value: young, unit: 'MB' },
      { what: `${model}: after ten years`, value: old, unit: 'MB' },
      {
        what: `${model}: ten years / a year`,
        value: old / young,
        unit: 'x',
        limit: { most: 1.1 },
      },
    ]
  })
  return { title: 'bytes that an hourly increment reads on BigQuery, by its SQL (docs/cost.md)', lines }
}

const increment = (action: Action): string => {
  const existing = {
    kind: 'TABLE',
    columns: [{ name: 'x', type: { kind: 'INT64' }, mode: 'NULLABLE' }],
  } as const
  return (
    planAction(action, { existing, fullRefresh: false, incoming: existing.columns }).statements[0]?.text ?? ''
  )
}

/** Every table that increments read, with its partition column: what has none is read whole. */
function partitionColumns(actions: readonly Action[]): ReadonlyMap<string, string | undefined> {
  return new Map(
    actions
      .filter(({ kind, target }) => kind === 'incremental' || target.schema.endsWith('_raw'))
      .map(({ target: { schema, name }, kind, partitionBy }) => [
        `${schema}.${name}`,
        kind === 'declaration' ? '_loaded_at' : /^DATE\((\w+)\)$/.exec(partitionBy ?? '')?.[1],
      ]),
  )
}
