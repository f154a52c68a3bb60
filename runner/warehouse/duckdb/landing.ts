import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kysely } from 'kysely'
import { physicalTable, quoteText, targetName } from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { Batch, Landing, RawColumn } from '../landing.ts'
import { ParquetWriter } from '../parquet/write-parquet.ts'
import type { StateTables } from '../state.ts'
import { waitForTurn } from '../turn.ts'
import type { Database } from './database.ts'
import { LandingMemory } from './landing-memory.ts'
import { caseProblem, createTable, extendTable, NamesByCase, readColumns } from './raw-table.ts'
import { ensureState, stateOn } from './state.ts'
import { withStorageProblems } from './storage-problem.ts'

export interface LandingOptions {
  readonly database: Database
  /** The project of streamform's own tables. */
  readonly project: string
  /** The clock's time. The stamp is this, or a millisecond later than the last commit's, whichever is later. */
  readonly now: Date
}

/**
 * Opens a landing: waits until no other one is open on the same database, and begins a transaction.
 *
 * Rows are handed over as Parquet files that DuckDB reads with all its threads while the next batch is being decoded:
 * the client's own ways in (appender, data chunks) compress on one thread, and compressing is most of the cost.
 *
 * @throws Problem if the warehouse was opened to read only
 */
export async function openLanding(options: LandingOptions): Promise<Landing> {
  const { database, project } = options
  if (database.readOnly) throw new Problem('the warehouse is open to read only', { file: database.path })
  const release = await waitForTurn(database.path === ':memory:' ? database : database.path)
  let connection: DuckDBConnection | undefined
  let catalog: DuckDBConnection | undefined
  try {
    await ensureState(database, project)
    connection = await database.connect()
    catalog = await database.connect()
    // Raw tables keep the order of the files; that is also the faster way to insert from Parquet.
    // What lies in memory alone must stay there.
    const memory = database.path === ':memory:' ? undefined : await LandingMemory.begin(connection)
    await connection.run('begin')
    const state = stateOn(connection, project)
    const loadedAt = await nextStamp(state, options.now)
    const begun = { connection, catalog, memory, state, loadedAt, folder: handoverFolder(database), release }
    return withStorageProblems(new DuckDbLanding(begun), database.path)
  } catch (error) {
    connection?.closeSync()
    catalog?.closeSync()
    release()
    throw error
  }
}

/** One value for a commit, later than every earlier commit's even if the clock went back. */
async function nextStamp(state: Kysely<StateTables>, now: Date): Promise<Date> {
  const files = await state
    .selectFrom('files')
    .select((_) => _.fn.max('landed_at').as('last'))
    .executeTakeFirst()
  const letters = await state
    .selectFrom('dead_letters')
    .select((_) => _.fn.max('settled_at').as('last'))
    .executeTakeFirst()
  const last = Math.max(files?.last?.getTime() ?? 0, letters?.last?.getTime() ?? 0)
  return new Date(Math.max(now.getTime(), last + 1))
}

/** Of this process, for databases in memory: they have no name to tell their folders by. */
let landings = 0

/** Beside the database, so that it is on the disk that has room for it; emptied of what a killed process left. */
function handoverFolder(database: Database): string {
  const folder =
    database.path === ':memory:'
      ? join(tmpdir(), `streamform-${process.pid}-${landings++}`)
      : `${database.path}.landing`
  rmSync(folder, { recursive: true, force: true })
  return folder
}

/** A file for DuckDB is no longer than this: it is what waits on the disk, twice. */
const rowsPerInsert = 8 * 122_880
const bytesPerInsert = 256 * 1024 * 1024

/**
 * Hand-over files of this process so far. No name is used twice: DuckDB keeps what it has read of a file by its name and the
 * second it was changed in, and would read a new file of that name by what it knows of the one before.
 */
let handovers = 0

interface Begun {
  readonly connection: DuckDBConnection
  /** Sees what is committed, whatever `connection` is at. */
  readonly catalog: DuckDBConnection
  readonly memory: LandingMemory | undefined
  readonly state: Kysely<StateTables>
  readonly loadedAt: Date
  readonly folder: string
  readonly release: () => void
}

class DuckDbLanding implements Landing {
  readonly state: Kysely<StateTables>
  readonly loadedAt: Date
  private readonly begun: Begun
  private readonly connection: DuckDBConnection
  private readonly names = new NamesByCase()
  /** Tables by their names in lower case, with what the transaction has made of them. */
  private readonly known = new Map<
    string,
    { readonly name: string; readonly columns: readonly RawColumn[] }
  >()
  private open: Handover | undefined
  /** The end of what the connection has to do: tables to be made, files to be inserted, one after another. */
  private done: Promise<void> = Promise.resolve()
  private queued = 0
  private queuedBytes = 0
  private ended = false

  constructor(begun: Begun) {
    this.begun = begun
    this.connection = begun.connection
    this.state = begun.state
    this.loadedAt = begun.loadedAt
  }

  async columns(table: Target): Promise<readonly RawColumn[] | undefined> {
    this.names.check(table)
    const known = this.known.get(targetName(table).toLowerCase())
    if (known !== undefined && known.name !== targetName(table)) {
      throw caseProblem(`the table \`${targetName(table)}\``, known.name)
    }
    if (known !== undefined) return known.columns
    // What this transaction has made is known; for the rest its own connection would answer once all is inserted.
    const columns = await readColumns(this.begun.catalog, table)
    if (columns !== undefined) this.know(table, columns)
    return columns
  }

  async ensure(table: Target, wanted: readonly RawColumn[]): Promise<void> {
    const present = await this.columns(table)
    if (present === undefined) {
      this.enqueue(0, () => createTable(this.connection, table, wanted))
      this.know(table, wanted)
      return
    }
    await this.allInserted() // rows under way have the columns of before
    await extendTable(this.connection, table, present, wanted)
    this.know(table, (await readColumns(this.connection, table)) ?? [])
  }

  async append(table: Target, batch: Batch): Promise<void> {
    if (batch.length === 0) return
    const name = physicalTable(table)
    const columns = await this.columns(table)
    if (columns === undefined) throw new Error(`there is no table ${name}: ensure it first`)
    if (this.open !== undefined && this.open.table !== name) {
      if (this.queuedBytes >= bytesPerInsert) await this.done
      this.insertOpen()
    }
    this.open ??= this.startHandover(name, columns)
    this.open.writer.write(batch)
    this.open.rows += batch.length
    // At once if DuckDB has nothing to do; else more row groups wait together, for it reads them with several threads.
    const isLong = this.open.rows >= rowsPerInsert || this.open.writer.size >= bytesPerInsert
    if (this.queued === 0) this.insertOpen()
    else if (isLong) await this.done
  }

  async commit(): Promise<void> {
    await this.allInserted()
    await this.connection.run('commit')
    await this.end()
  }

  async rollback(): Promise<void> {
    if (this.ended) return
    if (this.open !== undefined) closeSync(this.open.file)
    this.open = undefined
    await this.done.catch(() => {}) // whatever came of it is undone
    try {
      await this.connection.run('rollback')
    } catch (error) {
      // Some failures of a statement end the transaction with it: nothing is left to be undone.
      if (!(error instanceof Error && /no transaction is active/.test(error.message))) throw error
    } finally {
      await this.end()
    }
  }

  private startHandover(table: string, columns: readonly RawColumn[]): Handover {
    mkdirSync(this.begun.folder, { recursive: true })
    const path = join(this.begun.folder, `${handovers++}.parquet`)
    const file = openSync(path, 'wx')
    return {
      table,
      columns,
      path,
      file,
      writer: new ParquetWriter(columns, (bytes) => writeAll(file, bytes)),
      rows: 0,
    }
  }

  /** Has DuckDB read the file that is being written, after what it has to do already. */
  private insertOpen(): void {
    const handover = this.open
    if (handover === undefined) return
    handover.writer.finish()
    this.open = undefined
    closeSync(handover.file)
    this.enqueue(handover.writer.size, () => this.insert(handover))
  }

  /** Once some work has failed, none that waits is done, and `done` is rejected. */
  private enqueue(bytes: number, work: () => Promise<void>): void {
    this.queued++
    this.queuedBytes += bytes
    this.done = this.done.then(work).then(() => {
      this.queued--
      this.queuedBytes -= bytes
      if (this.queued === 0) this.insertOpen() // what was begun meanwhile
    })
    this.done.catch(() => {}) // thrown where it is awaited
  }

  private async allInserted(): Promise<void> {
    this.insertOpen()
    await this.done
  }

  private know(table: Target, columns: readonly RawColumn[]): void {
    const name = targetName(table)
    this.known.set(name.toLowerCase(), { name, columns })
  }

  private async insert({ table, columns, path, rows, writer }: Handover): Promise<void> {
    await this.begun.memory?.allow(columns, rows, writer.size)
    const result = await this.connection.run(`insert into ${table} from read_parquet(${quoteText(path)})`)
    if (result.rowsChanged !== rows)
      throw new Error(`${rows} rows were handed over, ${result.rowsChanged} arrived`)
    rmSync(path)
  }

  private async end(): Promise<void> {
    this.ended = true
    await this.begun.memory?.restore()
    this.connection.closeSync()
    this.begun.catalog.closeSync()
    rmSync(this.begun.folder, { recursive: true, force: true })
    this.begun.release()
  }
}

interface Handover {
  readonly table: string
  readonly columns: readonly RawColumn[]
  readonly path: string
  readonly file: number
  readonly writer: ParquetWriter
  rows: number
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
