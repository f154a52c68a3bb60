const { identifier } = require('macros/identifier')

/**
 * A raw table without a loader: BigQuery reads the change files where they are. Three actions stand in for the raw table's
 * declaration (docs/deploy.md has them as SQLX):
 *
 *   `<database>_raw.<table>_bucket`  an external table over the files
 *   `<database>_raw.<table>_files`   the ledger: each file once, with the time from which it counts as landed
 *   `<database>_raw.<table>`         a view of both in the shape of a raw table, which the change log reads like any other
 *
 * What it does not do: dead letters and quarantine (a file that BigQuery cannot read fails the run), columns that change
 * their type, files that are written anew under their name, JSON lines, PostgreSQL's arrays.
 */

/** The fields of `source_metadata` that each source writes; the others are NULL in the raw table's shape. */
const WRITTEN = {
  mysql: ['database', 'table', 'change_type', 'is_deleted', 'primary_keys', 'log_file', 'log_position'],
  postgresql: ['schema', 'table', 'change_type', 'is_deleted', 'primary_keys', 'tx_id', 'lsn'],
  oracle: [
    'database',
    'schema',
    'table',
    'change_type',
    'is_deleted',
    'scn',
    'rs_id',
    'ssn',
    'row_id',
    'tx_id',
    'log_file',
  ],
  sqlserver: [
    'database',
    'schema',
    'table',
    'change_type',
    'is_deleted',
    'tx_id',
    'lsn',
    'physical_location',
  ],
}

const METADATA = {
  database: 'STRING',
  schema: 'STRING',
  table: 'STRING',
  change_type: 'STRING',
  is_deleted: 'BOOL',
  primary_keys: 'ARRAY<STRING>',
  log_file: 'STRING',
  log_position: 'INT64',
  gtid: 'STRING',
  binlog_file: 'STRING',
  binlog_position: 'INT64',
  tx_id: 'STRING',
  lsn: 'STRING',
  scn: 'INT64',
  rs_id: 'STRING',
  ssn: 'INT64',
  row_id: 'STRING',
  physical_location: 'STRING',
  replication_index: 'ARRAY<STRING>',
  extra: 'JSON',
}

const root = (stream) => {
  if (!/^gs:\/\/[^/*]+(\/[^*]*)?$/.test(stream)) {
    throw new Error(
      `a stream is gs://bucket or gs://bucket/prefix, without \`*\`; given: ${JSON.stringify(stream)}`,
    )
  }
  return `${stream.replace(/\/+$/, '')}/`
}

const text = (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/**
 * The external table over all files of a source table, for an operation with `hasOutput`. Its columns are those of the file
 * whose name comes last, so it is made anew at each run: a column that came is there then.
 *
 * @param {object} table from sources.js
 * @param {string} stream `gs://bucket/prefix`, as `stream: path:` has it
 * @param {object} context the SQLX file's `self`
 */
const bucketTable = (table, stream, { self }) => `CREATE OR REPLACE EXTERNAL TABLE ${self()}
OPTIONS (
  format = 'AVRO',
  uris = [${text(`${root(stream)}${table.database}_${table.name}/*`)}],
  enable_logical_types = TRUE
)`

/**
 * The ledger of such a table, for an operation with `hasOutput`: a file is new if its name is not in it, whatever minute
 * folder it lies in. What is new gets one time, later than every earlier one's: two runs at once cannot pass each other,
 * since both raise the same row, and one of them fails.
 *
 * @param {object} table from sources.js
 * @param {string} stream as for `bucketTable`
 * @param {object} context the SQLX file's `ref` and `self`
 */
const ledger = (table, stream, { ref, self }) => {
  const bucket = ref(`${table.database}_raw`, `${table.name}_bucket`)
  const turn = self().replace(/`$/, '_turn`')
  return `CREATE TABLE IF NOT EXISTS ${self()} (name STRING NOT NULL, landed_at TIMESTAMP NOT NULL) CLUSTER BY name;
CREATE TABLE IF NOT EXISTS ${turn} AS SELECT TIMESTAMP '1970-01-01 00:00:00+00' AS landed_at;
CREATE TEMP TABLE found AS SELECT DISTINCT ${fileName(stream)} AS name FROM ${bucket};
BEGIN TRANSACTION;
UPDATE ${turn}
SET landed_at = GREATEST(CURRENT_TIMESTAMP(), TIMESTAMP_ADD(landed_at, INTERVAL 1 MILLISECOND))
WHERE TRUE;
INSERT INTO ${self()} (name, landed_at)
SELECT found.name, turn.landed_at
FROM found
CROSS JOIN ${turn} AS turn
WHERE NOT EXISTS (SELECT 1 FROM ${self()} AS known WHERE known.name = found.name);
COMMIT TRANSACTION;`
}

const fileName = (stream) => `SUBSTR(_FILE_NAME, ${root(stream).length + 1})`

/**
 * The events of the files that the ledger has, in the shape of a raw table: the query of a view. BigQuery does not tell
 * where in its file an event stands; `_row` is its place among the file's events in the order of what they hold, which is the
 * same each time.
 *
 * @param {object} table from sources.js; its `sourceType` says which metadata there is
 * @param {string} stream as for `bucketTable`
 * @param {object} context the SQLX file's `ref`
 */
const rawEvents = (table, stream, { ref }) => {
  const { database, name, sourceType = 'mysql' } = table
  const written = WRITTEN[sourceType]
  if (written === undefined) {
    throw new Error(
      `${database}.${name}: an external landing knows the metadata of ${Object.keys(WRITTEN).join(', ')}; the source type is ${sourceType}`,
    )
  }
  const metadata = Object.entries(METADATA).map(([field, type]) => {
    const value = written.includes(field)
      ? `source_metadata.${identifier(field)}`
      : type.startsWith('ARRAY')
        ? '[]'
        : 'NULL'
    return `CAST(${value} AS ${type}) AS ${identifier(field)}`
  })
  return `WITH
  files AS (
    SELECT name, MIN(landed_at) AS landed_at
    FROM ${ref(`${database}_raw`, `${name}_files`)}
    GROUP BY name
  ),
  events AS (
    SELECT bucket.*, ${fileName(stream)} AS file_name
    FROM ${ref(`${database}_raw`, `${name}_bucket`)} AS bucket
  )
SELECT
  uuid,
  read_timestamp,
  source_timestamp,
  object,
  read_method,
  stream_name,
  schema_key,
  CAST([] AS ARRAY<STRING>) AS sort_keys,
  STRUCT(
    ${metadata.join(',\n    ')}
  ) AS source_metadata,
  payload,
  file_name AS _file,
  ROW_NUMBER() OVER (PARTITION BY file_name ORDER BY uuid, TO_JSON_STRING(payload)) - 1 AS _row,
  files.landed_at AS _loaded_at
FROM events
JOIN files ON files.name = events.file_name`
}

module.exports = { bucketTable, ledger, rawEvents }
