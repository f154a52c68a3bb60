import type { RoutineKind, TableKind } from '../../catalog.ts'

/** GoogleSQL types of options by name. */
export type KnownOptions = Readonly<Record<string, string>>

const LABELS = 'ARRAY<STRUCT<STRING, STRING>>'

/** What every table and view has. */
const common: KnownOptions = {
  description: 'STRING',
  expiration_timestamp: 'TIMESTAMP',
  friendly_name: 'STRING',
  labels: LABELS,
  tags: LABELS,
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#table_option_list */
const tableOptions: KnownOptions = {
  ...common,
  default_rounding_mode: 'STRING',
  enable_change_history: 'BOOL',
  enable_fine_grained_mutations: 'BOOL',
  file_format: 'STRING',
  kms_key_name: 'STRING',
  max_staleness: 'INTERVAL',
  partition_expiration_days: 'FLOAT64',
  require_partition_filter: 'BOOL',
  storage_uri: 'STRING',
  table_format: 'STRING',
}

/** …#snapshot_table_option_list */
const snapshotOptions: KnownOptions = { ...common, kms_key_name: 'STRING' }

/** …#view_option_list */
const viewOptions: KnownOptions = { ...common, privacy_policy: 'STRING' }

/** …#materialized_view_option_list */
const materializedViewOptions: KnownOptions = {
  ...common,
  allow_non_incremental_definition: 'BOOL',
  enable_refresh: 'BOOL',
  kms_key_name: 'STRING',
  max_staleness: 'INTERVAL',
  refresh_interval_minutes: 'FLOAT64',
}

/** …#column_option_list */
export const columnOptions: KnownOptions = {
  data_policies: 'ARRAY<STRING>',
  description: 'STRING',
  rounding_mode: 'STRING',
}

/** …#view_column_option_list */
export const viewColumnOptions: KnownOptions = { description: 'STRING' }

/** …#schema_option_list */
export const schemaOptions: KnownOptions = {
  default_kms_key_name: 'STRING',
  default_partition_expiration_days: 'FLOAT64',
  default_rounding_mode: 'STRING',
  default_table_expiration_days: 'FLOAT64',
  description: 'STRING',
  failover_reservation: 'STRING',
  friendly_name: 'STRING',
  is_case_insensitive: 'BOOL',
  is_primary: 'BOOL',
  labels: LABELS,
  location: 'STRING',
  max_time_travel_hours: 'INT64',
  primary_replica: 'STRING',
  storage_billing_model: 'STRING',
  tags: LABELS,
}

/** …#function_option_list, and those of functions in other languages and of remote functions. */
const functionOptions: KnownOptions = {
  container_cpu: 'FLOAT64',
  container_memory: 'STRING',
  container_request_concurrency: 'INT64',
  data_governance_type: 'STRING',
  description: 'STRING',
  endpoint: 'STRING',
  entry_point: 'STRING',
  max_batching_rows: 'INT64',
  packages: 'ARRAY<STRING>',
  runtime_version: 'STRING',
  user_defined_context: LABELS,
}

/** …#procedure_option_list, and those of procedures for Apache Spark. */
const procedureOptions: KnownOptions = {
  archive_uris: 'ARRAY<STRING>',
  container_image: 'STRING',
  description: 'STRING',
  engine: 'STRING',
  file_uris: 'ARRAY<STRING>',
  jar_uris: 'ARRAY<STRING>',
  main_class: 'STRING',
  main_file_uri: 'STRING',
  properties: LABELS,
  py_file_uris: 'ARRAY<STRING>',
  runtime_version: 'STRING',
  strict_mode: 'BOOL',
}

export const routineOptions: Readonly<Record<RoutineKind, KnownOptions>> = {
  FUNCTION: functionOptions,
  AGGREGATE: functionOptions,
  TABLE_FUNCTION: { description: 'STRING' },
  PROCEDURE: procedureOptions,
}

/** What we have of …#external_table_option_list. */
export const externalTableOptions: KnownOptions = {
  allow_jagged_rows: 'BOOL',
  allow_quoted_newlines: 'BOOL',
  description: 'STRING',
  enable_list_inference: 'BOOL',
  enable_logical_types: 'BOOL',
  encoding: 'STRING',
  field_delimiter: 'STRING',
  format: 'STRING',
  hive_partition_uri_prefix: 'STRING',
  ignore_unknown_values: 'BOOL',
  labels: LABELS,
  max_bad_records: 'INT64',
  null_marker: 'STRING',
  null_markers: 'ARRAY<STRING>',
  quote: 'STRING',
  require_hive_partition_filter: 'BOOL',
  skip_leading_rows: 'INT64',
  time_zone: 'STRING',
  uris: 'ARRAY<STRING>',
}

/** The options of a table or view by what it is. */
export const optionsOfTables: Readonly<Record<TableKind, KnownOptions>> = {
  TABLE: tableOptions,
  VIEW: viewOptions,
  MATERIALIZED_VIEW: materializedViewOptions,
  EXTERNAL: externalTableOptions,
  SNAPSHOT: snapshotOptions,
}
