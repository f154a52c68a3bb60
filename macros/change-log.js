const { NEVER, eventTime } = require('macros/event-time')
const { identifier } = require('macros/identifier')
const { newsLimits, ofDaysWithNews } = require('macros/news')
const { placed, position } = require('macros/position')
const { privateColumns } = require('macros/privacy')
const { typedPayload } = require('macros/source-table')

/** What the log keeps of an event beside its row, with what each column means. */
const METADATA = {
  _metadata_uuid: "The event's identity: Datastream's uuid, or file and row of an event without one.",
  _metadata_timestamp: 'When the source made the change, to the millisecond. MySQL tells whole seconds.',
  _metadata_read_timestamp: 'When Datastream read the change.',
  _metadata_read_method: 'How Datastream read it, as it says: mysql-cdc-binlog, mysql-backfill-fulldump …',
  _metadata_source_type: 'mysql, postgresql, oracle, sqlserver …',
  _metadata_deleted: 'True if the row (of this key) was gone after the change.',
  _metadata_change_type: 'INSERT, UPDATE-INSERT, UPDATE-DELETE, UPDATE or DELETE, as Datastream says.',
  _metadata_log_file: "MySQL's binary log file.",
  _metadata_log_position: 'The offset in that file.',
  _metadata_lsn: 'The log sequence number of PostgreSQL or SQL Server.',
  _metadata_scn: "Oracle's system change number.",
  _metadata_rs_id: "Oracle's redo record.",
  _metadata_ssn: "Oracle's number within the redo record.",
  _metadata_row_id: "Oracle's ROWID.",
  _metadata_tx_id: "The source's transaction.",
  _metadata_position:
    "Where the change stands in the source's log, as text that compares in that order; NULL for a backfill.",
  _metadata_file: 'The change file that delivered it first.',
  _metadata_loaded_at: 'When that delivery landed. Grows with every landing.',
}

/** An event's identity in a raw table. */
const event = "COALESCE(uuid, CONCAT(_file, '#', CAST(_row AS STRING)))"

/** Of several deliveries of an event, the first. */
const firstDelivery = 'QUALIFY ROW_NUMBER() OVER (PARTITION BY event ORDER BY _loaded_at, _file, _row) = 1'

/** The SQLX config that all change logs have in common. */
const config = (table) => ({
  schema: table.database,
  tags: ['log'],
  columns: { ...privateColumns(table), ...METADATA },
  uniqueKey: ['_metadata_uuid'],
  onSchemaChange: 'EXTEND',
  partitionBy: 'DATE(_metadata_timestamp)',
  clusterBy: table.clusterBy.map(identifier),
  // What is new is not in the log (`newEvents`), so nothing is ever matched and updated; two increments at once may meet
  // all the same. Copies of one event have one event time, so only the days of what is new can hold one.
  incrementalPredicates: [ofDaysWithNews('DATAFORM_DEST._metadata_timestamp')],
})

/** So many days of the latest landings tell how far the log is: it has taken all of a landing or nothing. */
const RECENT_DAYS = 20

/**
 * Before an increment: `new_events`, the first delivery of each event that the log does not have. In landing order, not
 * by event time: an event that arrives late is as new as any other.
 *
 * How far the log is, is asked of the days of the latest landings alone. Where it is further behind than those, that tells
 * too little, and what it has is looked at again: known events are known by their identity.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `self`, `when` and `incremental`
 * @returns {string} a script that leaves variables and a temporary table
 */
const newEvents = (table, { ref, self, when, incremental }) => {
  const raw = ref(`${table.database}_raw`, table.name)
  const recentDays = `DECLARE _metadata_recent_days ARRAY<DATE> DEFAULT (
  SELECT ARRAY_AGG(DISTINCT day IGNORE NULLS)
  FROM (
    SELECT day
    FROM ${ref(table.database, `${table.name}_landings`)}
    ORDER BY landed_at DESC, day DESC
    LIMIT ${RECENT_DAYS}
  )
);
`
  const takenUntil = `(
  SELECT COALESCE(MAX(_metadata_loaded_at), ${NEVER})
  FROM ${self()}
  WHERE DATE(_metadata_timestamp) IN UNNEST(_metadata_recent_days) OR _metadata_timestamp IS NULL
)`
  return when(
    incremental(),
    `${recentDays}${newsLimits(table, takenUntil, { ref })}CREATE TEMP TABLE new_events AS
WITH
  deliveries AS (
    SELECT *, ${event} AS event
    FROM ${raw}
    WHERE _loaded_at > _metadata_taken_until AND _loaded_at <= _metadata_landed_until
  )
SELECT *
FROM deliveries
WHERE event NOT IN (
  SELECT _metadata_uuid
  FROM ${self()}
  WHERE ${ofDaysWithNews()}
)
${firstDelivery}`,
  )
}

/**
 * The change log of a table: every event once, as it was first delivered, whatever the number of deliveries.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `when` and `incremental`
 * @returns {string} a query over the raw table: the row's columns, typed, then METADATA's
 */
const query = (table, { ref, when, incremental }) => `
WITH
  -- Datastream delivers at least once: each event counts as it was delivered first.
  events AS (
    ${when(
      incremental(),
      'SELECT * FROM new_events',
      `SELECT *, ${event} AS event
    FROM ${ref(`${table.database}_raw`, table.name)}
    ${firstDelivery}`,
    )}
  )
SELECT
  ${typedPayload(table)},
  event AS _metadata_uuid,
  ${eventTime} AS _metadata_timestamp,
  read_timestamp AS _metadata_read_timestamp,
  read_method AS _metadata_read_method,
  ${sourceType(table)} AS _metadata_source_type,
  ${isDelete} AS _metadata_deleted,
  source_metadata.change_type AS _metadata_change_type,
  log_file AS _metadata_log_file,
  log_position AS _metadata_log_position,
  source_metadata.lsn AS _metadata_lsn,
  source_metadata.scn AS _metadata_scn,
  TRIM(source_metadata.rs_id) AS _metadata_rs_id,
  source_metadata.ssn AS _metadata_ssn,
  source_metadata.row_id AS _metadata_row_id,
  source_metadata.tx_id AS _metadata_tx_id,
  ${position()} AS _metadata_position,
  _file AS _metadata_file,
  _loaded_at AS _metadata_loaded_at
FROM ${placed('events')}`

/** Oracle's UPDATE-DELETE says `is_deleted = false`, and means that its key is gone all the same. */
const isDelete =
  "(COALESCE(source_metadata.is_deleted, FALSE) OR COALESCE(source_metadata.change_type IN ('DELETE', 'UPDATE-DELETE'), FALSE))"

/** `read_method` up to its first `-` or `_`; Datastream writes PostgreSQL in two spellings. */
const sourceType = (table) =>
  table.sourceType === undefined
    ? "REGEXP_REPLACE(REGEXP_EXTRACT(read_method, r'^([a-z]+)[-_]'), r'^postgres$', 'postgresql')"
    : `'${table.sourceType.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

module.exports = { METADATA, config, newEvents, query }
