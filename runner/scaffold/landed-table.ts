/** What the landed events of a table tell of it: all that its scaffold is made from. */
export interface LandedTable {
  /** As the source spells it. */
  readonly source: { readonly database: string; readonly table: string }
  /** The names that BigQuery allows: the raw table is `<dataset>_raw.<name>`. */
  readonly dataset: string
  readonly name: string
  /** Columns that identify a row; empty if the events name none. */
  readonly key: readonly string[]
  /** Keys that older events name: with the chosen one, rows of theirs may be taken for one another. */
  readonly otherKeys?: readonly (readonly string[])[] | undefined
  readonly columns: readonly LandedColumn[]
  /** `mysql`, `postgresql` …, as `read_method` begins; undefined: not told. */
  readonly sourceType?: string | undefined
}

export interface LandedColumn {
  readonly name: string
  /** As the change files say it: `int`, `decimal(4,1)`, `json`. */
  readonly type: string
  /** What it is, where that is known; undefined: the type is told. */
  readonly description?: string | undefined
  /** What the declaration says to read it as; undefined: as it landed. */
  readonly readAs?: string | undefined
  /** True for a time that may be a DATE or DATETIME of MySQL's: the files write all three alike. */
  readonly maybeDate?: boolean | undefined
}
