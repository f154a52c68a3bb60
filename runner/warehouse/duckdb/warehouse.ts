import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kysely } from 'kysely'
import type { CatalogColumn, CatalogRoutine, CatalogTable } from '../../googlesql/catalog.ts'
import { physicalSchema, physicalTable, quoteText } from '../../googlesql/lower/identifier.ts'
import { installLibrary } from '../../googlesql/lower/library/install.ts'
import { tableComment } from '../../googlesql/lower/metadata.ts'
import type { DryRun, ResultColumn, StatementResult, Value } from '../../googlesql/result.ts'
import { dryRun, runScript } from '../../googlesql/script/run.ts'
import type { Target } from '../../googlesql/target.ts'
import { nearest } from '../../nearest.ts'
import { Problem } from '../../problem.ts'
import type { Landing, RawColumn } from '../landing.ts'
import type {
  ExternalFiles,
  FileRows,
  LocalExecuteOptions,
  LocalSession,
  LocalWarehouse,
  TextFile,
} from '../local-warehouse.ts'
import type { StateTables } from '../state.ts'
import type { ExecuteOptions, ListedTable, Table, TableColumn, TableDescription } from '../warehouse.ts'
import { adoptTables } from './adopt-tables.ts'
import { appendRows } from './append.ts'
import { CompiledCache } from './compiled-cache.ts'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { translateError } from './errors.ts'
import { importText } from './import-text.ts'
import { JobLog } from './job-log.ts'
import { openLanding } from './landing.ts'
import { DuckDbSession, interruptOnAbort } from './local-session.ts'
import { extendTable, readColumns } from './raw-table.ts'
import { readParquet } from './read-parquet.ts'
import { Session } from './session.ts'
import { SharedCatalog } from './shared-catalog.ts'
import { duckDbState } from './state.ts'
import { type Writers, writersOf } from './writers.ts'

export interface DuckDbWarehouseOptions extends DatabaseOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly defaultProject: string
  readonly defaultDataset?: string
  /** The clock that INFORMATION_SCHEMA.JOBS tells; the system's by default. */
  readonly now?: () => Date
}

/**
 * Opens the embedded warehouse.
 *
 * @throws Problem if the file is locked, cannot be written, or is no DuckDB database
 * @example
 * const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'my-project' })
 * await warehouse.execute('CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS x')
 */
export async function openDuckDbWarehouse(options: DuckDbWarehouseOptions): Promise<LocalWarehouse> {
  const database = await openDatabase(options.path, options)
  const connection = await database.connect()
  try {
    installLibrary(connection)
  } catch (error) {
    // Another warehouse on the same file, in this process, has installed it.
    if (!/already exists|Failed to register/i.test(String(error))) throw error
  } finally {
    connection.closeSync()
  }
  return new DuckDbWarehouse(database, options)
}

class DuckDbWarehouse implements LocalWarehouse {
  readonly kind = 'duckdb'
  readonly #database: Database
  readonly #options: DuckDbWarehouseOptions
  readonly #shared: SharedCatalog
  readonly #compiled = new CompiledCache()
  readonly #idle: DuckDBConnection[] = []
  readonly #jobs: JobLog
  readonly #writers: Writers
  #external: ExternalFiles | undefined
  #state: Kysely<StateTables> | undefined

  constructor(database: Database, options: DuckDbWarehouseOptions) {
    this.#database = database
    this.#writers = writersOf(database.path)
    this.#jobs = new JobLog(options.defaultProject)
    this.#options = options
    this.#shared = new SharedCatalog(() => database.connect())
  }

  async execute(text: string, options: LocalExecuteOptions = {}): Promise<StatementResult> {
    if (/\bINFORMATION_SCHEMA\b/i.test(text)) await this.#writeJobs()
    const { job, labels = {}, signal } = options
    const { now = () => new Date() } = this.#options
    const run = () => this.#inSession(options, (session) => runScript(text, session, signal))
    if (job === undefined) return run()
    const logged = { id: job, labels, query: text, started: now() }
    try {
      const result = await run()
      this.#jobs.add({ ...logged, ended: now(), statementType: result.statementType, error: undefined })
      return result
    } catch (error) {
      const message = error instanceof Problem ? error.message : String(error)
      this.#jobs.add({ ...logged, ended: now(), statementType: undefined, error: message })
      throw error
    }
  }

  async #writeJobs(): Promise<void> {
    if (this.#jobs.isWritten) return
    await this.#withConnection((connection) => this.#jobs.write(connection))
    this.#shared.invalidate()
  }

  /** A process that has ended took its statements with it, done or undone. */
  async outcomeOf(): Promise<undefined> {}

  async dryRun(text: string, options: ExecuteOptions = {}): Promise<DryRun> {
    return this.#inSession(options, (session) => dryRun(text, session))
  }

  async #inSession<T>(options: LocalExecuteOptions, work: (session: Session) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted()
    const connection = this.#idle.pop() ?? (await this.#database.connect())
    const session = this.#newSession(connection, options)
    const stop = interruptOnAbort(connection, options.signal)
    try {
      return await work(session)
    } finally {
      stop()
      if (session.inTransaction) await session.rollback()
      // An interrupted connection may be left with anything: closing it rolls back.
      const spoilt = session.isTainted || options.signal?.aborted === true
      if (spoilt || this.#idle.length >= 8) connection.closeSync()
      else this.#idle.push(connection)
    }
  }

  #newSession(connection: DuckDBConnection, options: LocalExecuteOptions, id?: string): Session {
    return new Session({
      connection,
      shared: this.#shared,
      defaults: {
        project: options.defaultProject ?? this.#options.defaultProject,
        dataset: options.defaultDataset ?? this.#options.defaultDataset,
      },
      parameters: options.parameters ?? [],
      maxRows: options.maxRows,
      wholeTables: options.wholeTables === true,
      compiled: this.#compiled,
      external: this.#external,
      writers: this.#writers,
      ...(id === undefined ? {} : { id }),
    })
  }

  async session(id: string): Promise<LocalSession> {
    const connection = await this.#database.connect()
    return new DuckDbSession(id, this.#newSession(connection, {}, id), connection)
  }

  exchangeFilesBy(files: ExternalFiles): void {
    this.#external = files
  }

  async table(target: Target): Promise<Table | undefined> {
    const table = await this.#shared.find(target)
    if (table === undefined) return undefined
    const kept = table.viewText === undefined && table.kind !== 'EXTERNAL'
    const rowCount = kept ? await this.#rowCount(table) : undefined
    return {
      target: table.target,
      kind: table.kind === 'SNAPSHOT' ? 'TABLE' : table.kind,
      columns: table.columns.map(tableColumn),
      labels: table.labels ?? {},
      ...(table.description === undefined ? {} : { description: table.description }),
      ...(rowCount === undefined ? {} : { rowCount }),
    }
  }

  async #rowCount(table: CatalogTable): Promise<number | undefined> {
    return this.#withConnection(async (connection) => {
      const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${physicalTable(table.target)}`)
      return Number(reader.getRows()[0]?.[0] ?? 0)
    })
  }

  async tables(database: string, schema: string): Promise<readonly ListedTable[]> {
    const tables = (await this.#shared.refreshed()).tables(database, schema)
    return tables.map(({ target, kind }) => ({ ...target, kind: kind === 'SNAPSHOT' ? 'TABLE' : kind }))
  }

  async createDataset(database: string, schema: string): Promise<void> {
    const catalog = await this.#shared.current()
    if (catalog.hasDataset(database, schema)) return
    const twin = catalog.datasets(database).find((name) => name.toLowerCase() === schema.toLowerCase())
    if (twin !== undefined) {
      throw new Problem(
        `the datasets ${twin} and ${schema} differ only by case, which is not supported locally`,
      )
    }
    await this.#withConnection((connection) =>
      connection.run(`CREATE SCHEMA IF NOT EXISTS ${physicalSchema({ database, schema })}`),
    )
    this.#shared.apply([{ kind: 'put dataset', database, schema }])
  }

  async describe(target: Target, description: TableDescription): Promise<void> {
    const { schema, name } = target
    const table = await this.#shared.find(target)
    if (table === undefined) throw new Problem(`Not found: Table ${target.database}:${schema}.${name}`)
    const described = withDescription(table, description)
    const comment = tableComment(described)
    if (comment === tableComment(table)) return
    const kind = table.viewText === undefined ? 'TABLE' : 'VIEW'
    const text = comment === undefined ? 'NULL' : quoteText(comment)
    await this.#withConnection((connection) =>
      connection.run(`COMMENT ON ${kind} ${physicalTable(target)} IS ${text}`),
    )
    this.#shared.apply([{ kind: 'put table', table: described }])
  }

  async databases(): Promise<readonly string[]> {
    this.#shared.invalidate()
    return (await this.#shared.current()).databases()
  }

  async datasets(database: string): Promise<readonly string[]> {
    this.#shared.invalidate()
    return (await this.#shared.current()).datasets(database)
  }

  async routines(database: string, schema: string): Promise<readonly CatalogRoutine[]> {
    return (await this.#shared.current()).routines(database, schema)
  }

  async definition(target: Target): Promise<CatalogTable | undefined> {
    return this.#shared.find(target)
  }

  async append(
    target: Target,
    columns: readonly ResultColumn[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const table = await this.definition(target)
    if (table === undefined)
      throw new Problem(`Not found: Table ${target.database}:${target.schema}.${target.name}`)
    const order = table.columns.map(({ name }) => name)
    await this.#withConnection((connection) => appendRows(connection, target, order, columns, rows))
  }

  async extend(target: Target, columns: readonly RawColumn[]): Promise<void> {
    await this.#withConnection(async (connection) => {
      const present = await readColumns(connection, target)
      if (present === undefined)
        throw new Problem(`Not found: Table ${target.database}:${target.schema}.${target.name}`)
      await extendTable(connection, target, present, columns)
    })
    this.#shared.invalidate()
  }

  async readParquet(file: string): Promise<FileRows> {
    return this.#withConnection((connection) => readParquet(connection, file))
  }

  async importText(target: Target, file: TextFile): Promise<readonly string[]> {
    const columns = await this.#withConnection((connection) => importText(connection, target, file))
    this.#shared.invalidate()
    return columns
  }

  async adopt(file: string, targets: readonly Target[], names: readonly Target[] = targets): Promise<void> {
    await this.#withConnection((connection) => adoptTables(connection, file, targets, names))
    this.#shared.invalidate()
  }

  async #withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.#database.connect())
    try {
      return await work(connection)
    } catch (error) {
      throw translateError(error)
    } finally {
      this.#idle.push(connection)
    }
  }

  get state(): Kysely<StateTables> {
    this.#state ??= duckDbState(this.#database, this.#options.defaultProject)
    return this.#state
  }

  async landing(now: Date): Promise<Landing> {
    const landing = await openLanding({
      database: this.#database,
      project: this.#options.defaultProject,
      now,
    })
    const shared = this.#shared
    return {
      state: landing.state,
      loadedAt: landing.loadedAt,
      columns: (table) => landing.columns(table),
      ensure: (table, columns) => landing.ensure(table, columns),
      append: (table, batch) => landing.append(table, batch),
      commit: async () => {
        await landing.commit()
        // New tables and columns are visible from now on.
        shared.invalidate()
      },
      rollback: () => landing.rollback(),
    }
  }

  async close(): Promise<void> {
    await this.#writeJobs()
    await this.#state?.destroy()
    for (const connection of this.#idle.splice(0)) connection.closeSync()
    this.#database.close()
  }
}

function tableColumn(column: CatalogColumn): TableColumn {
  return {
    name: column.name,
    type: column.type,
    mode: column.type.kind === 'ARRAY' ? 'REPEATED' : column.required === true ? 'REQUIRED' : 'NULLABLE',
    ...(column.description === undefined ? {} : { description: column.description }),
  }
}

function withDescription(table: CatalogTable, given: TableDescription): CatalogTable {
  const columns = [...table.columns]
  for (const { path, description } of given.columns ?? []) {
    // Policy tags alone, which nothing here enforces.
    if (description === undefined) continue
    const [first, ...fields] = path
    const at = columns.findIndex((column) => column.name.toLowerCase() === first?.toLowerCase())
    const column = columns[at]
    if (column === undefined) {
      const near = nearest(
        first ?? '',
        columns.map((known) => known.name),
      )
      throw new Problem(
        `column ${path.join('.')} to describe is not in ${table.target.schema}.${table.target.name}${near === undefined ? '' : `; did you mean ${near}?`}`,
      )
    }
    columns[at] =
      fields.length === 0
        ? { ...column, description }
        : { ...column, fieldDescriptions: { ...column.fieldDescriptions, [fields.join('.')]: description } }
  }
  return {
    ...table,
    columns,
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.labels === undefined ? {} : { labels: given.labels }),
  }
}
