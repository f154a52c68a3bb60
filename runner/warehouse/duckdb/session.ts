import type { DuckDBConnection } from '@duckdb/node-api'
import type {
  CatalogChange,
  CatalogRoutine,
  CatalogTable,
  ExternalColumns,
  NameDefaults,
} from '../../googlesql/catalog.ts'
import { type Compiled, compileStatement } from '../../googlesql/compile.ts'
import { SESSION } from '../../googlesql/lower/identifier.ts'
import type { Step } from '../../googlesql/lower/step.ts'
import type { Statement } from '../../googlesql/parse/ast.ts'
import type { QueryParameter, StatementResult, Value } from '../../googlesql/result.ts'
import type { ScriptHost, Surroundings } from '../../googlesql/script/host.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { ExternalFiles } from '../local-warehouse.ts'
import type { CatalogState } from './catalog.ts'
import type { CompiledCache } from './compiled-cache.ts'
import { translateError } from './errors.ts'
import { putExternalRows } from './external-rows.ts'
import { withLazyConstants } from './lazy-constants.ts'
import { MissedNames } from './missed-names.ts'
import type { SharedCatalog } from './shared-catalog.ts'
import { toValue } from './values.ts'
import { isMutating, type Writers } from './writers.ts'

export interface SessionOptions {
  readonly connection: DuckDBConnection
  readonly shared: SharedCatalog
  readonly defaults: NameDefaults
  readonly parameters: readonly QueryParameter[]
  readonly maxRows: number | undefined
  readonly wholeTables?: boolean
  readonly compiled: CompiledCache
  readonly external: ExternalFiles | undefined
  readonly writers: Writers
  /** Of a session that lasts longer than one execution. */
  readonly id?: string
}

const noChanges: readonly CatalogChange[] = []

/** One `execute`, or several: a connection of its own, with its temporary tables and functions, and its transaction. */
export class Session implements ScriptHost {
  #options: SessionOptions
  readonly temporaryRoutines = new Map<string, CatalogRoutine>()
  readonly #temporary: CatalogChange[] = []
  /** Changes of temporary tables that were there when the transaction began. */
  #temporaryBefore = 0
  #holdsRows = false
  /** What the transaction has seen, of `Writers`. */
  #seen = 0
  #transaction: CatalogChange[] | undefined
  #pretending = false
  /** The catalog as it was seen last, and how many changes of the transaction and of temporary tables are in it. */
  #last:
    | {
        readonly shared: CatalogState
        readonly transaction: readonly CatalogChange[]
        readonly state: CatalogState
        readonly counts: readonly [number, number]
      }
    | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** True if the connection holds something that must end with this session. */
  get isTainted(): boolean {
    return this.#temporary.length > 0 || this.#transaction !== undefined || this.#holdsRows
  }

  get id(): string | undefined {
    return this.#options.id
  }

  /** The same session with what another execution was given. */
  continueWith(options: Pick<SessionOptions, 'defaults' | 'parameters' | 'maxRows'>): this {
    this.#options = { ...this.#options, ...options }
    return this
  }

  /** A session that sees what this one does; what it pretends to change, this one does not see. */
  copy(): Session {
    const copy = new Session(this.#options)
    for (const [name, routine] of this.temporaryRoutines) copy.temporaryRoutines.set(name, routine)
    copy.#temporary.push(...this.#temporary)
    copy.#transaction = [...(this.#transaction ?? [])]
    copy.#pretending = true
    return copy
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  /** The catalog as this session sees it: temporary tables and its transaction's changes included. */
  async catalog(): Promise<CatalogState> {
    const state = await this.#options.shared.current()
    return this.#seenFrom(state, this.#transaction ?? noChanges, this.#temporary)
  }

  /** Applies only what was not applied before: each statement of a long transaction asks. */
  #seenFrom(
    shared: CatalogState,
    transaction: readonly CatalogChange[],
    temporary: readonly CatalogChange[],
  ): CatalogState {
    const last = this.#last
    const more = last?.shared === shared && last.transaction === transaction
    const from = more ? last : { state: shared, counts: [0, 0] as const }
    const state = from.state.applied([
      ...transaction.slice(from.counts[0]),
      ...temporary.slice(from.counts[1]),
    ])
    this.#last = { shared, transaction, state, counts: [transaction.length, temporary.length] }
    return state
  }

  get defaults(): NameDefaults {
    return this.#options.defaults
  }

  /** Compiles a statement of `text`; once more with a fresh catalog if something is there that was not known. */
  async compile(text: string, node: Statement, surroundings: Surroundings): Promise<Compiled> {
    const { compiled, shared } = this.#options
    const {
      variables,
      parameters = this.#options.parameters,
      defaults = this.#options.defaults,
    } = surroundings
    let catalog = new MissedNames(await this.catalog())
    const attempt = async (external?: ExternalColumns): Promise<Compiled> => {
      const options = {
        ...surroundings,
        ...(external === undefined ? {} : { external }),
        defaults,
        parameters,
        variables,
        temporaryRoutines: this.temporaryRoutines,
        wholeTables: this.#options.wholeTables === true,
      }
      const plain =
        !options.wholeTables &&
        parameters.length === 0 &&
        this.temporaryRoutines.size === 0 &&
        surroundings.as === undefined
      const make = () => compileStatement(text, node, catalog, options)
      if (node.kind === 'createExternalTable') {
        const { incomplete, ...compiled } = make()
        if (incomplete === undefined) return { ...compiled, incomplete }
        return attempt(await this.#external(incomplete).columns(incomplete))
      }
      // System variables are always there; a script's own make each compilation one of a kind.
      const scripted = [...variables.keys()].some((name) => !name.startsWith('@@')) || /@@/.test(text)
      return plain && !scripted && !this.isTainted
        ? compiled.get(text, node, catalog.version, defaults, make)
        : make()
    }
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Problem) || !/^(Not found|Function not found|Procedure)/.test(error.message))
        throw error
      if (!(await shared.learns(catalog))) throw error
      catalog = new MissedNames(await this.catalog())
      return attempt()
    }
  }

  /** Notes what a statement would change, for the statements after it; nothing runs. */
  pretend(compiled: Compiled): void {
    this.#transaction ??= []
    this.#pretending = true
    this.#note(compiled)
  }

  #external({ target }: CatalogTable): ExternalFiles {
    const { external } = this.#options
    if (external !== undefined) return external
    const what = isSessions(target) ? 'LOAD DATA' : `the external table ${target.schema}.${target.name}`
    throw new Problem(
      `${what} is not supported locally without a folder that stands for the buckets: \`streamform serve --buckets FOLDER\` has one`,
    )
  }

  async exportRows(...[wanted, columns, rows]: Parameters<ScriptHost['exportRows']>): Promise<void> {
    const { external } = this.#options
    if (external === undefined)
      throw new Problem(
        `EXPORT DATA to ${wanted.uri} is not supported locally without a folder that stands for the buckets: \`streamform serve --buckets FOLDER\` has one`,
      )
    await external.write(wanted, columns, rows)
  }

  /** The rows of the external tables that a statement reads, as their files are now. */
  async #readExternal({ reads, statementType }: Compiled): Promise<void> {
    if (statementType === 'CREATE_VIEW' || reads.length === 0) return
    const catalog = await this.catalog()
    for (const target of reads) {
      const table = catalog.table(target)
      if (table?.kind !== 'EXTERNAL') continue
      const rows = await this.#external(table).rows(table)
      this.#holdsRows = true
      await putExternalRows(this.#options.connection, catalog, table, rows)
    }
  }

  /** Runs a compiled statement. */
  async run(compiled: Compiled, rows: 'all' | 'asked'): Promise<StatementResult> {
    await this.#readExternal(compiled)
    const { writers } = this.#options
    const [table] = compiled.writes
    const shared = table !== undefined && !isSessions(table) && isMutating(compiled.statementType)
    if (shared && this.#transaction !== undefined) writers.hold(table, this, this.#seen)
    return shared && this.#transaction === undefined
      ? writers.inTurn(table, () => this.#execute(compiled, rows))
      : this.#execute(compiled, rows)
  }

  async #execute(compiled: Compiled, rows: 'all' | 'asked'): Promise<StatementResult> {
    let at: Step | undefined
    const steps = () => this.#steps(compiled, rows, (step) => (at = step))
    try {
      // After an error a transaction is over: only a statement of its own can be tried again.
      const result =
        this.#transaction === undefined
          ? await withLazyConstants(this.#options.connection, steps, () => at?.sql)
          : await steps()
      this.#note(compiled)
      return { statementType: compiled.statementType, columns: compiled.columns, ...result }
    } catch (error) {
      throw translateError(error)
    }
  }

  async #steps(
    compiled: Compiled,
    rows: 'all' | 'asked',
    onStep: (step: Step) => void,
  ): Promise<Pick<StatementResult, 'rows' | 'affectedRows'>> {
    const { steps } = compiled
    const alone = steps.length > 1 && this.#transaction === undefined
    const { connection } = this.#options
    let result: Pick<StatementResult, 'rows' | 'affectedRows'> = { rows: [] }
    try {
      if (alone) await connection.run('BEGIN')
      for (const step of steps) {
        onStep(step)
        if (step.gives === 'rows') {
          const limit =
            rows === 'asked' && compiled.statementType === 'SELECT' ? this.#options.maxRows : undefined
          result = { rows: await this.#rows(step.sql, compiled, limit) }
        } else {
          const done = await connection.run(step.sql)
          if (step.gives === 'count')
            result = {
              rows: [],
              affectedRows:
                (result.affectedRows ?? 0) + affected(done, compiled.statementType.startsWith('CREATE')),
            }
        }
      }
      if (alone) await connection.run('COMMIT')
    } catch (error) {
      if (alone) await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
    return result
  }

  async #rows(
    sql: string,
    compiled: Compiled,
    limit: number | undefined,
  ): Promise<readonly (readonly Value[])[]> {
    // Not as a stream that is read in part: until it is collected as garbage it holds the database open, and opening
    // the file again in this process would wait for that.
    const text = limit === undefined ? sql : `SELECT * FROM (${sql}\n) LIMIT ${limit}`
    const reader = await this.#options.connection.runAndReadAll(text)
    return reader
      .getRows()
      .map((row) => compiled.columns.map(({ name, type }, index) => toValue(row[index] ?? null, type, name)))
  }

  #note(compiled: Compiled): void {
    const { temporaryRoutine, changes } = compiled
    if (temporaryRoutine !== undefined) {
      this.temporaryRoutines.set(temporaryRoutine.target.name.toLowerCase(), temporaryRoutine)
    }
    const temporary = changes.filter(isTemporary)
    this.#temporary.push(...temporary)
    const others = changes.filter((change) => !isTemporary(change))
    if (this.#transaction === undefined) this.#options.shared.apply(others)
    else this.#transaction.push(...others)
  }

  async begin(): Promise<void> {
    if (this.#transaction !== undefined) throw new Problem('Transaction is already in progress')
    this.#seen = this.#options.writers.seen
    this.#temporaryBefore = this.#temporary.length
    await this.#options.connection.run('BEGIN')
    this.#transaction = []
  }

  async commit(): Promise<void> {
    if (this.#transaction === undefined) throw new Problem('There is no transaction in progress')
    try {
      await this.#options.connection.run('COMMIT')
    } catch (error) {
      await this.rollback()
      throw translateError(error)
    }
    this.#options.writers.release(this, true)
    this.#options.shared.apply(this.#transaction)
    this.#transaction = undefined
  }

  async rollback(): Promise<void> {
    if (this.#transaction === undefined) throw new Problem('There is no transaction in progress')
    this.#transaction = undefined
    this.#temporary.length = this.#temporaryBefore
    if (this.#pretending) return
    this.#options.writers.release(this, false)
    await this.#options.connection.run('ROLLBACK').catch(() => undefined)
  }
}

/** True for a temporary table. */
const isSessions = ({ database }: Target): boolean => database === SESSION.database

function isTemporary(change: CatalogChange): boolean {
  switch (change.kind) {
    case 'put table':
      return isSessions(change.table.target)
    case 'drop table':
      return isSessions(change.target)
    default:
      return false
  }
}

/** The number of rows that DML touched; CREATE TABLE AS alone gives it as a row. */
function affected(result: Awaited<ReturnType<DuckDBConnection['run']>>, isCreate: boolean): number {
  if (!isCreate || result.rowsChanged > 0) return result.rowsChanged
  // The result is in memory already: taken at once, not through the engine's thread pool.
  const chunk = result.chunkCount > 0 ? result.getChunk(0) : undefined
  const count = chunk !== undefined && chunk.rowCount > 0 ? chunk.getColumnVector(0).getItem(0) : 0
  return typeof count === 'bigint' || typeof count === 'number' ? Number(count) : 0
}
