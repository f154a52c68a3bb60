import type { CatalogRoutine, CatalogTable, ExternalColumns } from '../googlesql/catalog.ts'
import type { DataExport, DryRun, ResultColumn, StatementResult, Value } from '../googlesql/result.ts'
import type { Target } from '../googlesql/target.ts'
import type { RawColumn } from './landing.ts'
import type { ExecuteOptions, Warehouse } from './warehouse.ts'

/** Rows of a file, in BigQuery's types. */
export interface FileRows {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Value[])[]
}

/** A file of rows, to be read as text. */
export interface TextFile {
  /** Absolute. */
  readonly path: string
  readonly format: 'csv' | 'tsv' | 'json' | 'parquet'
}

/** Files outside of the warehouse: those of external tables, whose options name them, and those that EXPORT DATA writes. */
export interface ExternalFiles {
  /** What the files say of the columns; those that `table` has are kept. @throws Error if they cannot be read */
  columns(table: CatalogTable): Promise<ExternalColumns>
  /** All rows: a value for each column of the table, JSON as text, and last the name of the row's file. @throws Error */
  rows(table: CatalogTable): Promise<readonly (readonly Value[])[]>
  /** `rows` is called when nothing is in the way. @throws Error if files are there already, or the format has no place for a type */
  write(
    wanted: DataExport,
    columns: FileRows['columns'],
    rows: () => Promise<FileRows['rows']>,
  ): Promise<void>
}

export interface LocalExecuteOptions extends ExecuteOptions {
  /**
   * Tables with `require_partition_filter` may be read without a filter: for what BigQuery does without a query, as to list
   * a table's rows, copy or extract it.
   */
  readonly wholeTables?: boolean
}

/**
 * Statements one after another, as BigQuery's sessions have them: temporary tables and functions, variables, `SET @@…`
 * and a transaction last from one execution to the next. One that fails rolls back the transaction.
 * https://cloud.google.com/bigquery/docs/sessions-intro
 */
export interface LocalSession {
  readonly id: string
  execute(text: string, options?: ExecuteOptions): Promise<StatementResult>
  dryRun(text: string, options?: ExecuteOptions): Promise<DryRun>
  /** Ends it, after what is under way: its temporary tables go, its transaction is rolled back. */
  close(): Promise<void>
}

/**
 * An embedded warehouse: one that also tells everything it holds and takes rows that are no SQL, as a server in front of
 * it needs.
 */
export interface LocalWarehouse extends Warehouse {
  readonly kind: 'duckdb'

  execute(text: string, options?: LocalExecuteOptions): Promise<StatementResult>

  /** Opens a session of this name. */
  session(id: string): Promise<LocalSession>

  /** From now on external tables are read and data exported so; until then a statement that does either is refused. */
  exchangeFilesBy(files: ExternalFiles): void

  /** Every project that has a dataset, by name. */
  databases(): Promise<readonly string[]>

  /** Every dataset of a project, by name. */
  datasets(database: string): Promise<readonly string[]>

  /** Functions, table functions and procedures of a dataset, by name. */
  routines(database: string, schema: string): Promise<readonly CatalogRoutine[]>

  /** All that is known of a table beside its rows; undefined if there is no such table. */
  definition(target: Target): Promise<CatalogTable | undefined>

  /**
   * Adds rows to a table, all or none: each row has a value for each of `columns`, in their order. Columns of the table
   * that are not named get their defaults. Types must be the table's own; parameters (STRING(10)) are not checked.
   *
   * @throws Problem if the table is missing, or a NULL is for a column that is NOT NULL
   */
  append(target: Target, columns: readonly ResultColumn[], rows: readonly (readonly Value[])[]): Promise<void>

  /**
   * Adds the columns, and the fields of STRUCTs, that a table lacks; what it has beyond `columns` stays.
   *
   * @throws Problem if the table is missing, or has a column whose type cannot hold the other's values
   */
  extend(target: Target, columns: readonly RawColumn[]): Promise<void>

  /**
   * Reads a Parquet file; types that BigQuery lacks become the next wider one that it has.
   *
   * @throws Problem if it is no Parquet file or has a type that no BigQuery type holds exactly
   */
  readParquet(file: string): Promise<FileRows>

  /**
   * Makes a table of a file's rows, every value as text (an object or array of JSON as its text, bytes as hexadecimal
   * digits). One that is there is replaced.
   *
   * @returns the columns' names
   * @throws Problem for a file that cannot be read
   */
  importText(target: Target, file: TextFile): Promise<readonly string[]>

  /** Takes tables of another warehouse's file (which is closed) in place of its own of the same names, or of `names`: all or none. */
  adopt(file: string, targets: readonly Target[], names?: readonly Target[]): Promise<void>
}
