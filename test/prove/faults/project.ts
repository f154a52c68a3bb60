import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const project = 'faulty'

/**
 * A small project in which everything that ran twice, or not at all, shows: an incremental table without a key or a filter,
 * operations that insert, a model with an operation behind it; beside those that come out the same however often they run.
 */
const files: Readonly<Record<string, string>> = {
  'workflow_settings.yaml': `defaultProject: ${project}\ndefaultDataset: d\ndefaultAssertionDataset: checks\n`,
  'definitions/batch.sqlx': 'config { type: "declaration", schema: "raw", name: "batch" }',
  'definitions/appended.sqlx':
    'config { type: "incremental", columns: { id: "the batch\'s" } }\nselect id, day, note from ${ref("batch")}',
  'definitions/merged.sqlx':
    'config { type: "incremental", uniqueKey: ["id"], bigquery: { labels: { team: "x" } } }\nselect id, day, note from ${ref("batch")}',
  'definitions/overwritten.sqlx':
    'config { type: "incremental", incrementalStrategy: "INSERT_OVERWRITE", bigquery: { partitionBy: "day" } }\nselect id, day, note from ${ref("batch")}',
  'definitions/extended.sqlx':
    'config { type: "incremental", onSchemaChange: "EXTEND" }\nselect id ${when(incremental(), ", 1 as added")} from ${ref("batch")}',
  'definitions/counted.sqlx':
    'config { type: "table", description: "what was appended" }\nselect count(*) as n, sum(id) as ids from ${ref("appended")}',
  'definitions/noted.sqlx':
    'config { type: "table" }\nselect 1 as x\npost_operations { insert into ${ref("batch").replace("batch", "audit")} values ("noted") }',
  'definitions/shown.sqlx': 'config { type: "view", description: "a view" }\nselect * from ${ref("counted")}',
  'definitions/operated.sqlx':
    'config { type: "operations" }\ninsert into ${ref("batch").replace("batch", "audit")} values ("one")\n---\ninsert into ${ref("batch").replace("batch", "audit")} values ("two")',
  'definitions/checked.sqlx': 'config { type: "assertion" }\nselect * from ${ref("counted")} where n = 0',
}

/** Writes the project. */
export function writeProject(folder: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** What stands before a case: nothing but the sources. */
export const beginning = `DROP SCHEMA IF EXISTS ${project}.d CASCADE; DROP SCHEMA IF EXISTS ${project}.checks CASCADE;
DROP SCHEMA IF EXISTS ${project}.raw CASCADE; CREATE SCHEMA ${project}.raw;
CREATE TABLE ${project}.raw.audit (text STRING);
CREATE TABLE ${project}.raw.batch AS SELECT id, DATE '2024-01-01' AS day, 'a' AS note FROM UNNEST([1, 2, 3]) AS id`

/** What arrives before the second run. */
export const arrival = `CREATE OR REPLACE TABLE ${project}.raw.batch AS
SELECT id, DATE_ADD(DATE '2024-01-01', INTERVAL id - 3 DAY) AS day, 'b' AS note FROM UNNEST([3, 4]) AS id`
