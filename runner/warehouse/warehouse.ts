import type { Kysely } from 'kysely'
import type { DryRun, QueryParameter, ResultColumn, StatementResult } from '../googlesql/result.ts'
import type { Target } from '../googlesql/target.ts'
import type { Landing } from './landing.ts'
import type { StateTables } from './state.ts'

export interface ExecuteOptions {
  /** The project and dataset of names that give none. */
  readonly defaultProject?: string
  readonly defaultDataset?: string
  readonly parameters?: readonly QueryParameter[]
  readonly labels?: Readonly<Record<string, string>>
  /**
   * A name for this execution, and no other: where the warehouse can, an execution of a name that was before gives what came
   * of that one and does not run again.
   */
  readonly job?: string
  /** BigQuery's reservation that it runs in: `projects/p/locations/EU/reservations/r`, or `none` for on demand. */
  readonly reservation?: string
  readonly signal?: AbortSignal
  /** At most so many rows of the last statement's result are read. */
  readonly maxRows?: number
}

export interface TableColumn extends ResultColumn {
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED'
  readonly description?: string
}

export interface Table {
  readonly target: Target
  readonly kind: 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW' | 'EXTERNAL'
  readonly columns: readonly TableColumn[]
  readonly description?: string
  readonly labels: Readonly<Record<string, string>>
  /** undefined for views. */
  readonly rowCount?: number
}

/** A table as its dataset lists it. */
export interface ListedTable extends Target {
  readonly kind: Table['kind']
}

export interface ColumnDescription {
  readonly path: readonly string[]
  readonly description?: string
  /** Full names of policy tags, which only BigQuery has; empty: what is there stays. */
  readonly policyTags?: readonly string[]
}

/** What a project says of a table beside its SQL; undefined leaves as it is. */
export interface TableDescription {
  readonly description?: string
  readonly labels?: Readonly<Record<string, string>>
  /** By path: `['address', 'city']`. */
  readonly columns?: readonly ColumnDescription[]
}

/**
 * A place that holds tables and answers BigQuery's SQL. One folder beside this file for each, with the same file names.
 * Every method may be called at once with others; each `execute` is a session of its own (its temporary tables and
 * variables end with it). All texts are GoogleSQL.
 */
export interface Warehouse {
  readonly kind: 'duckdb' | 'bigquery'

  /**
   * Runs a statement or a script and gives the result of its last statement. Not repeated by itself after a failure.
   * @throws Problem with the line and column in `text`, in BigQuery's wording where it has one
   */
  execute(text: string, options?: ExecuteOptions): Promise<StatementResult>

  /**
   * What came of an execution that had this name in a process which has ended or has lost its answer; waits for its end.
   * undefined if there was none or it failed: then nothing of that name will run any more.
   */
  outcomeOf(job: string, signal?: AbortSignal): Promise<StatementResult | undefined>

  /** The columns that `text`'s last statement would give, and the tables it reads and writes; runs nothing. */
  dryRun(text: string, options?: ExecuteOptions): Promise<DryRun>

  /** undefined if there is no such table. Names are case-sensitive, as BigQuery's. */
  table(target: Target): Promise<Table | undefined>

  /** Every table of a dataset, by name; an empty list if there is no such dataset. */
  tables(database: string, schema: string): Promise<readonly ListedTable[]>

  /** Creates a dataset; does nothing if it exists. */
  createDataset(database: string, schema: string): Promise<void>

  /** Sets descriptions and labels. @throws Problem if the table or a column is missing */
  describe(target: Target, description: TableDescription): Promise<void>

  /** streamform's own tables (ledger, dead letters, runs), as typed queries. Created at first use. */
  readonly state: Kysely<StateTables>

  /** Opens a landing: rows and ledger entries that commit together. Waits until no other is open. `now`: the clock's time. */
  landing(now: Date): Promise<Landing>

  close(): Promise<void>
}
