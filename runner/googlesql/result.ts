import type { Target } from './target.ts'
import type { SqlType } from './types/type.ts'

/**
 * One value of a result: NULL null; BOOL boolean; INT64 bigint; FLOAT64 number; BYTES Uint8Array; ARRAY a list; STRUCT a
 * list of its fields' values in order; every other type its text as BigQuery prints it (NUMERIC '1.5', DATE
 * '2024-01-02', DATETIME '2024-01-02T03:04:05.678', TIMESTAMP '2024-01-02T03:04:05.678Z', JSON its text).
 */
export type Value = null | boolean | bigint | number | string | Uint8Array | readonly Value[]

export interface ResultColumn {
  readonly name: string
  readonly type: SqlType
}

export interface StatementResult {
  /** `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`, `SCRIPT` …: BigQuery's `statementType`. */
  readonly statementType: string
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Value[])[]
  /** Rows that DML inserted, updated or deleted; rows of a table that was created; undefined for others. */
  readonly affectedRows?: number
  /** Bytes BigQuery billed; undefined where nothing is billed. */
  readonly bytesBilled?: number
  /** What BigQuery tells of the job that it was. */
  readonly job?: JobFigures
}

export type ExportFormat = 'AVRO' | 'CSV' | 'JSON' | 'PARQUET'

/** What EXPORT DATA says of the files that it writes. */
export interface DataExport {
  /** With one `*`, for the number of each file. */
  readonly uri: string
  readonly format: ExportFormat
  readonly compression: string
  /** Between the fields of CSV. */
  readonly delimiter: string
  /** CSV begins with a line of names. */
  readonly header: boolean
  /** False: it is an error if files of the URI are there. */
  readonly overwrite: boolean
  /** Dates and times in Avro are its own, and not texts. */
  readonly logicalTypes: boolean
}

export interface JobFigures {
  readonly id: string
  readonly bytesProcessed?: number
  /** Milliseconds of one slot. */
  readonly slotMs?: number
  /** True: the result was there already and cost nothing. */
  readonly cacheHit?: boolean
}

export interface QueryParameter {
  /** undefined: positional. */
  readonly name?: string
  readonly type: SqlType
  readonly value: Value
}

export interface DryRun {
  readonly statementType: string
  readonly columns: readonly ResultColumn[]
  readonly reads: readonly Target[]
  readonly writes: readonly Target[]
  /** Bytes a run would scan, where the warehouse can tell. */
  readonly bytes?: number
  /** The columns that are read, for each scan of a table, where the warehouse can tell. */
  readonly scans?: readonly TableColumns[]
  /** The columns of tables that each column's value is computed from, where the warehouse can tell; not filters and joins. */
  readonly lineage?: readonly ColumnLineage[]
}

export interface TableColumns {
  readonly table: Target
  readonly columns: readonly string[]
}

/** Where one result column comes from. */
export interface ColumnLineage {
  readonly name: string
  readonly sources: readonly ColumnSource[]
}

export interface ColumnSource {
  readonly table: Target
  readonly column: string
  /**
   * How little of the source's value is left, on every way that it takes: `digest`: nothing but a SHA-2 digest; `part`: that
   * or what a function of parts of texts (REGEXP_REPLACE, SUBSTR …) leaves; undefined: maybe all of it.
   */
  readonly left?: 'digest' | 'part'
}
