import type { Catalog } from '../../../catalog.ts'
import { sqlTable, sqlText } from '../../../quote.ts'

/**
 * INFORMATION_SCHEMA.JOBS as a query over `streamform.jobs`, where the embedded warehouse keeps what its runs executed
 * (https://cloud.google.com/bigquery/docs/information-schema-jobs). Before the first run there is no such table, and no job.
 */
export function jobsText(catalog: Pick<Catalog, 'table'>, project: string): string {
  const target = { database: project, schema: 'streamform', name: 'jobs' }
  const source = catalog.table(target) === undefined ? NONE : sqlTable(target)
  return `SELECT started_at AS creation_time, ${sqlText(project)} AS project_id, SESSION_USER() AS user_email, id AS job_id, 'QUERY' AS job_type,
    statement_type, 'INTERACTIVE' AS priority, started_at AS start_time, ended_at AS end_time, query, 'DONE' AS state, FALSE AS cache_hit,
    IF(error IS NULL, NULL, STRUCT(CAST(NULL AS STRING) AS reason, CAST(NULL AS STRING) AS location, CAST(NULL AS STRING) AS debug_info, error AS message)) AS error_result,
    labels FROM ${source}`
}

const NONE = `(SELECT '' AS id, '' AS statement_type, '' AS query, TIMESTAMP_SECONDS(0) AS started_at, TIMESTAMP_SECONDS(0) AS ended_at,
  '' AS error, CAST([] AS ARRAY<STRUCT<key STRING, value STRING>>) AS labels FROM UNNEST(CAST([] AS ARRAY<INT64>)))`

/** Columns of BigQuery's view whose values nothing here has. */
export const unknownOfJobs = [
  'bi_engine_statistics',
  'destination_table',
  'dml_statistics',
  'edition',
  'folder_numbers',
  'job_creation_reason',
  'job_stages',
  'materialized_view_statistics',
  'metadata_cache_statistics',
  'parent_job_id',
  'principal_subject',
  'project_number',
  'query_dialect',
  'query_info',
  'referenced_tables',
  'reservation_id',
  'search_statistics',
  'session_info',
  'timeline',
  'total_bytes_billed',
  'total_bytes_processed',
  'total_modified_partitions',
  'total_services_sku_slot_ms',
  'total_slot_ms',
  'transaction_id',
  'transferred_bytes',
  'vector_search_statistics',
] as const
