/**
 * BigQuery's types (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types), as immutable values.
 * Parameters such as STRING(10) belong to columns, not to expressions: see `ColumnType`.
 */
export type ScalarKind =
  | 'BOOL'
  | 'INT64'
  | 'FLOAT64'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'DATETIME'
  | 'TIMESTAMP'
  | 'INTERVAL'
  | 'JSON'
  | 'GEOGRAPHY'

export type SqlType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'ARRAY'; readonly element: SqlType }
  | { readonly kind: 'STRUCT'; readonly fields: readonly StructField[] }
  | { readonly kind: 'RANGE'; readonly element: SqlType }

/** A field of a STRUCT; a field without a name has `undefined`. */
export interface StructField {
  readonly name: string | undefined
  readonly type: SqlType
}

/** A column's declared type: the SQL type and, for STRING, BYTES, NUMERIC and BIGNUMERIC, its parameters. */
export interface ColumnType {
  readonly type: SqlType
  readonly parameters?: readonly number[]
}
