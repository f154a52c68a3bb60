import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import pLimit from 'p-limit'
import { sqlTable } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import { type Batch, type Landing, LandingConflict, type RawColumn } from '../landing.ts'
import { mergedColumns } from '../merged-type.ts'
import type { StateTables } from '../state.ts'
import { waitForTurn } from '../turn.ts'
import type { BigQueryClient } from './client.ts'
import type { Clock } from './clock.ts'
import { BigQueryProblem, isDuplicate } from './errors.ts'
import { runJob } from './job.ts'
import { refusalOfName } from './landing-columns.ts'
import { hashOf, loadPart, PartWriter, type StagedPart } from './landing-part.ts'
import { commitScript, turnIsTaken } from './landing-script.ts'
import { recordingState } from './landing-state.ts'
import {
  addFields,
  changeOf,
  createRawTable,
  type RawTable,
  readRawTable,
  rewriteTable,
} from './landing-table.ts'
import { beginRewriting, currentTurn, endRewriting, type Turn, turnsTable } from './landing-turn.ts'
import type { RunStatement } from './state.ts'

export interface BigQueryLandingOptions {
  readonly client: BigQueryClient
  /** The project of streamform's own tables. */
  readonly project: string
  /** The clock's time. The stamp is this, or a millisecond later than the last commit's, whichever is later. */
  readonly now: Date
  /** Runs a statement or a script as a job of its own. */
  readonly run: RunStatement
}

/** Load jobs at once. */
const loadsAtOnce = 8
/** Jobs of one content that are tried before a failure is told. */
const attempts = 3
const statementAttempts = 6

/**
 * Opens a landing on BigQuery. Rows become Parquet, are uploaded by load jobs (which cost nothing) into staging tables, and
 * are moved into the raw tables by one script with one transaction, which writes the ledger too. Tables are created and
 * widened right before it, since DDL is no part of a transaction: what a crash leaves of that is a table with room for
 * what comes again.
 *
 * In this process landings of a project wait for each other; of two in different processes the one that commits first wins,
 * and the other's commit throws LandingConflict and has changed nothing.
 *
 * @throws BigQueryProblem
 */
export async function openLanding(given: BigQueryLandingOptions): Promise<Landing> {
  const options = { ...given, run: insistent(given.run, given.client.clock) }
  // A text that no path of a file is.
  const release = await waitForTurn(`bigquery\n${options.client.options.endpoint ?? ''} ${options.project}`)
  try {
    const turn = await currentTurn(options)
    return new BigQueryLanding(options, turn, release)
  } catch (error) {
    release()
    throw error
  }
}

/** Statements of a landing may be run twice: they lose against others' on the same tables, and are tried again. */
function insistent(run: RunStatement, clock: Clock): RunStatement {
  return async (text, parameters) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run(text, parameters)
      } catch (error) {
        // Of two that create what is missing, one may be told that it is there.
        const mayPass = error instanceof BigQueryProblem && (error.transient || isDuplicate(error))
        if (!mayPass || attempt >= statementAttempts) throw error
        await clock.sleep(1000 * 2 ** attempt * (0.5 + clock.random() / 2))
      }
    }
  }
}

interface TableWork {
  readonly target: Target
  /** As it was when this landing first looked; undefined: there was none. */
  readonly present: RawTable | undefined
  /** undefined: nothing is to land in it. */
  columns: readonly RawColumn[] | undefined
  part: PartWriter | undefined
}

class BigQueryLanding implements Landing {
  readonly state: Kysely<StateTables>
  readonly loadedAt: Date
  private readonly options: BigQueryLandingOptions
  private readonly release: () => void
  private readonly recorded: string[] = []
  private readonly tables = new Map<string, Promise<TableWork>>()
  private readonly loads: Promise<StagedPart>[] = []
  private readonly loading = pLimit(loadsAtOnce)
  /** Aborted where what is being loaded is of no more use. */
  private readonly abandoned = new AbortController()
  /**
   * In the ids of all its jobs: two loaders with the same files at the same millisecond are two, and each is told what its own
   * commit came to.
   */
  private readonly id = randomUUID()
  private turn: bigint
  private ended = false

  constructor(options: BigQueryLandingOptions, turn: Turn, release: () => void) {
    const { project, now, run } = options
    this.options = options
    this.turn = turn.number
    this.release = release
    this.loadedAt = new Date(Math.max(now.getTime(), (turn.loadedAt?.getTime() ?? 0) + 1))
    this.state = recordingState({
      project,
      read: run,
      record: (statement) => this.recorded.push(statement),
      append: (table, batch) => this.append(table, batch),
    })
  }

  async columns(table: Target): Promise<readonly RawColumn[] | undefined> {
    const work = await this.work(table)
    return work.columns ?? work.present?.columns
  }

  check(table: Target, columns: readonly RawColumn[]): void {
    for (const { name, type } of columns) {
      const names = [name, ...(type.kind === 'STRUCT' ? type.fields.map((field) => field.name ?? '') : [])]
      const wrong = names.find((candidate) => refusalOfName(candidate) !== undefined)
      if (wrong === undefined) continue
      throw new Problem(
        `BigQuery has no column called ${JSON.stringify(wrong)}, which ${table.schema}.${table.name} would get: the name ${refusalOfName(wrong)}`,
      )
    }
  }

  async ensure(table: Target, wanted: readonly RawColumn[]): Promise<void> {
    this.check(table, wanted)
    const work = await this.work(table)
    const before = work.columns ?? work.present?.columns
    const columns = before === undefined ? wanted : mergedColumns(before, wanted, table)
    if (work.part !== undefined && changeOf(work.part.columns, columns) !== 'none') this.load(work)
    work.columns = columns
  }

  async append(table: Target, batch: Batch): Promise<void> {
    if (batch.length === 0) return
    const work = await this.work(table)
    work.columns ??= work.present?.columns
    // It was there, or was to be made: BigQuery is asked anew.
    if (work.columns === undefined)
      throw new LandingConflict(`BigQuery says that there is no table ${table.schema}.${table.name}`)
    work.part ??= new PartWriter(table, work.columns)
    work.part.write(batch)
    if (work.part.isFull) this.load(work)
  }

  async commit(): Promise<void> {
    const works = await Promise.all(this.tables.values())
    for (const work of works) this.load(work)
    const parts = await Promise.all(this.loads)
    for (const work of works) await this.prepare(work)
    await this.move(parts, works)
    this.end()
    await this.dropStaged(parts)
  }

  async rollback(): Promise<void> {
    if (this.ended) return
    this.abandoned.abort(new Error('the landing is rolled back'))
    await Promise.allSettled(this.loads) // what has been loaded is gone after a day
    this.end()
  }

  private work(target: Target): Promise<TableWork> {
    const key = sqlTable(target)
    const known = this.tables.get(key)
    if (known !== undefined) return known
    const work = readRawTable(this.options.client, target).then(
      (present): TableWork => ({ target, present, columns: undefined, part: undefined }),
    )
    this.tables.set(key, work)
    return work
  }

  /** Has the rows that wait loaded, while the next are being decoded. */
  private load(work: TableWork): void {
    const { part } = work
    if (part === undefined) return
    work.part = undefined
    const { client, project, run } = this.options
    const file = part.finish()
    const load = this.loading(() =>
      loadPart({ client, project, run, landing: this.id, signal: this.abandoned.signal }, file),
    )
    load.catch(() => {}) // thrown where it is awaited
    this.loads.push(load)
  }

  /** Makes room for what is to be moved. */
  private async prepare({ target, present, columns }: TableWork): Promise<void> {
    if (columns === undefined) return
    const { client, run } = this.options
    if (present === undefined) {
      await run(createRawTable(target, columns), [])
      return
    }
    const change = changeOf(present.columns, columns)
    if (change === 'add') await unlessChanged(addFields(client, present, columns))
    if (change === 'rewrite') await this.rewrite(present, columns)
  }

  private async rewrite(table: RawTable, columns: readonly RawColumn[]): Promise<void> {
    const { client } = this.options
    const query = rewriteTable(table, columns)
    const id = `streamform_rewrite_${hashOf(this.id, String(this.turn), query)}`
    if (!(await beginRewriting(this.options, this.turn, id))) throw new LandingConflict(turnIsTaken)
    this.turn += 1n
    try {
      await runJob(client, { id, configuration: { query: { query, useLegacySql: false } } })
    } finally {
      await endRewriting(this.options, id)
    }
  }

  private async move(parts: readonly StagedPart[], works: readonly TableWork[]): Promise<void> {
    const columnsOf = new Map(works.map(({ target, columns }) => [sqlTable(target), columns]))
    const text = commitScript({
      turns: turnsTable(this.options.project),
      turn: this.turn,
      loadedAt: this.loadedAt,
      staged: parts.map((part) => ({
        ...part,
        targetColumns: columnsOf.get(sqlTable(part.target)) ?? part.columns,
      })),
      recorded: this.recorded,
    })
    checkSize(text)
    const { client } = this.options
    const configuration = { query: { query: text, useLegacySql: false } }
    const hash = hashOf(this.id, text)
    for (let attempt = 1; ; attempt += 1) {
      try {
        await runJob(client, { id: `streamform_land_${hash}_${attempt}`, configuration })
        return
      } catch (error) {
        // A transaction that failed has changed nothing, and one that was done after all has taken the turn.
        if (!(error instanceof BigQueryProblem)) throw error
        if (isConflict(error)) throw new LandingConflict(error.message, error)
        if (!error.transient || attempt >= attempts) throw error
      }
    }
  }

  private async dropStaged(parts: readonly StagedPart[]): Promise<void> {
    if (parts.length === 0) return
    const text = parts.map(({ staging }) => `DROP TABLE IF EXISTS ${sqlTable(staging)};\n`).join('')
    await this.options.run(text, []).catch(() => undefined) // they are gone after a day
  }

  private end(): void {
    this.ended = true
    this.release()
  }
}

/** BigQuery takes no longer one (https://cloud.google.com/bigquery/quotas#query_jobs, "Maximum unresolved GoogleSQL query length"). */
const longestScript = 1024 * 1024

function checkSize(text: string): void {
  const size = Buffer.byteLength(text)
  if (size <= longestScript) return
  throw new Problem(
    `the script that commits this landing has ${size} bytes, BigQuery takes ${longestScript}: it holds too many tables or dead letters`,
    { hint: 'land part of it: `streamform land --table`, `--since`' },
  )
}

const isConflict = ({ message }: BigQueryProblem): boolean =>
  message.includes(turnIsTaken) || /concurrent update|\bConflict on\b|write-write conflict/i.test(message)

/** The table is no longer what this landing has seen. */
async function unlessChanged(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (error instanceof BigQueryProblem && error.status === 412)
      throw new LandingConflict('another landing has changed the table meanwhile', error)
    throw error
  }
}
