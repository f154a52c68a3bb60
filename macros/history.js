const { METADATA } = require('macros/change-log')
const { NEVER } = require('macros/event-time')
const { keyText, requireKey } = require('macros/current-state')
const { identifier } = require('macros/identifier')
const { newChanges } = require('macros/news')
const { epoch } = require('macros/position')
const { privateColumns } = require('macros/privacy')
const { inTime } = require('macros/retention')

const KEY = "The row's key as one text, never NULL: its columns as JSON, in the declared order."
const VALID_FROM =
  "When the row became this: the change's time, or that of a later one before it in the source's log."
const VALID_TO = 'When the row became something else, or nothing; NULL if it still is this.'

/** What the versions keep beside the columns of the log. */
const VERSION_METADATA = {
  _metadata_key: KEY,
  _metadata_epoch:
    'The numbering that `_metadata_position` belongs to; `backfill` for a row read from the table itself.',
  _metadata_valid_from: VALID_FROM,
  _metadata_valid_to: VALID_TO,
  _metadata_shown:
    'False for a backfill row that tells nothing: the change before it is newer, or no older than the margin.',
}

/** What the history keeps beside the columns of the source. */
const HISTORY_METADATA = {
  valid_from: VALID_FROM,
  valid_to: VALID_TO,
  _metadata_key: KEY,
  _metadata_uuid: METADATA._metadata_uuid,
  _metadata_change_type: METADATA._metadata_change_type,
}

/** The SQLX config that all versions have in common. */
const versionsConfig = (table) => ({
  schema: table.database,
  tags: ['history'],
  columns: { ...privateColumns(table), ...METADATA, ...VERSION_METADATA },
  uniqueKey: ['_metadata_uuid'],
  onSchemaChange: 'EXTEND',
  clusterBy: table.clusterBy.map(identifier),
})

/** Before an increment: the events that the versions have not taken yet. */
const versionsNews = (table, context) =>
  newChanges(table, { taken: '_metadata_loaded_at', latest: '_metadata_timestamp' }, context)

/** Where a change stands, without the digit that tells the halves of a key change from one another. */
const place = "REGEXP_EXTRACT(_metadata_position, r'^(.*):[01]$')"

const inPlace = '_metadata_position, _metadata_timestamp, _metadata_read_timestamp, _metadata_uuid'

/**
 * Every event of each key with the time in which the row was what it says (docs/models.md, "History"). A function of the
 * set of events, like the state: neither order nor batches nor repetitions of deliveries change it.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `self`, `when` and `incremental`
 * @returns {string} a query over the change log: one row an event, deletes too
 */
const versionsQuery = (table, { ref, self, when, incremental }) => {
  requireKey(table)
  return `
WITH
  news AS (
    SELECT
      *,
      ${keyText(table)} AS _metadata_key,
      ${epoch} AS _metadata_epoch
    FROM ${when(incremental(), 'new_changes', inTime(table, ref(table.database, `${table.name}_log`)))}
  ),
  ${when(
    incremental(),
    `-- Keys whose versions change: those of new events, and those that a new delete half shows to be the other half's.
  touched AS (
    SELECT _metadata_key FROM news
    UNION DISTINCT
    SELECT _metadata_key
    FROM ${self()}
    WHERE _metadata_position IN (
      SELECT CONCAT(${place}, half)
      FROM news, UNNEST([':0', ':1']) AS half
      WHERE _metadata_change_type = 'UPDATE-DELETE'
    )
  ),
  -- By name: the log may have columns that the versions have not seen.
  known AS (
    SELECT * EXCEPT (_metadata_valid_from, _metadata_valid_to, _metadata_shown)
    FROM ${self()}
    WHERE _metadata_key IN (SELECT _metadata_key FROM touched)
    FULL OUTER UNION ALL BY NAME
    SELECT * FROM news
  ),
  delete_halves AS (
    SELECT _metadata_position, _metadata_change_type, _metadata_timestamp
    FROM ${self()}
    WHERE _metadata_change_type = 'UPDATE-DELETE'
    UNION ALL
    SELECT _metadata_position, _metadata_change_type, _metadata_timestamp FROM news
  ),`,
    `known AS (SELECT * FROM news),
  delete_halves AS (SELECT * FROM news),`,
  )}
  -- The insert half of a key change is stamped a second after its delete half: both happened at once.
  key_changes AS (
    SELECT ${place} AS place, MIN(_metadata_timestamp) AS changed_at
    FROM delete_halves
    WHERE _metadata_change_type = 'UPDATE-DELETE'
    GROUP BY place
  ),
  timed AS (
    SELECT
      known.*,
      COALESCE(known._metadata_timestamp, ${NEVER}) AS stamped_at,
      COALESCE(LEAST(known._metadata_timestamp, key_changes.changed_at), known._metadata_timestamp, ${NEVER}) AS happened_at
    FROM known
    LEFT JOIN key_changes ON key_changes.place = ${place.replace('_metadata_position', 'known._metadata_position')}
  ),
  -- Within an epoch the source's log is the order; between epochs, and for a backfill, only time can tell.
  settled AS (
    SELECT
      *,
      MAX(stamped_at) OVER (PARTITION BY _metadata_key, _metadata_epoch ORDER BY ${inPlace}) AS settled_at
    FROM timed
  ),
  ordered AS (
    SELECT
      *,
      ROW_NUMBER() OVER (PARTITION BY _metadata_key ORDER BY settled_at, _metadata_epoch, ${inPlace}) AS ordinal,
      MAX(IF(_metadata_epoch = 'backfill', NULL, stamped_at)) OVER (PARTITION BY _metadata_key ORDER BY settled_at) AS latest_change
    FROM settled
  ),
  -- A backfill row counts as in the current table: if no change was known, or the latest is older by more than the margin.
  judged AS (
    SELECT
      * EXCEPT (stamped_at, settled_at, latest_change),
      _metadata_epoch != 'backfill'
        OR latest_change IS NULL
        OR TIMESTAMP_DIFF(settled_at, latest_change, MICROSECOND) > ${table.backfillMarginMinutes} * 60000000 AS _metadata_shown
    FROM ordered
  ),
  -- Time must not run backwards along that order; what does not count holds nothing up.
  begun AS (
    SELECT
      * EXCEPT (happened_at),
      IF(
        _metadata_shown,
        MAX(IF(_metadata_shown, happened_at, NULL)) OVER (PARTITION BY _metadata_key ORDER BY ordinal),
        happened_at
      ) AS _metadata_valid_from
    FROM judged
  )
SELECT
  * EXCEPT (ordinal),
  IF(
    _metadata_shown,
    LEAD(_metadata_valid_from) OVER (PARTITION BY _metadata_key, _metadata_shown ORDER BY ordinal),
    NULL
  ) AS _metadata_valid_to
FROM begun`
}

/** The SQLX config that all histories have in common. */
const historyConfig = (table) => ({
  schema: table.database,
  tags: ['history'],
  columns: { ...privateColumns(table), ...HISTORY_METADATA },
})

/**
 * Every state that a row was in, with its time: a deleted row has none, and a gap until it comes back.
 *
 * @returns {string} a query over the versions: the columns of the source, then HISTORY_METADATA's
 */
const historyQuery = (table, { ref }) => `
SELECT
  * EXCEPT (
    ${Object.keys({ ...METADATA, ...VERSION_METADATA }).join(',\n    ')}
  ),
  _metadata_valid_from AS valid_from,
  _metadata_valid_to AS valid_to,
  ${Object.keys(HISTORY_METADATA).slice(2).join(',\n  ')}
FROM ${ref(table.database, `${table.name}_versions`)}
WHERE _metadata_shown AND NOT _metadata_deleted`

const validAt = (instant) => `valid_from <= ${instant} AND (valid_to IS NULL OR ${instant} < valid_to)`

const metadataColumns = Object.keys(HISTORY_METADATA).join(', ')

/** A version's row as the source had it: an expression over a history called `version`. */
const sourceRow = `(SELECT AS STRUCT version.* EXCEPT (${metadataColumns}))`

/**
 * A table function: the table as it stood at an instant, as far as its changes have arrived.
 *
 * @returns {string} the statement that makes `<table>_as_of(instant)`
 * @example SELECT * FROM `world_x.city_as_of`(TIMESTAMP '2024-06-01 12:00:00+00')
 */
const asOfFunction = (table, { ref, self }) => {
  const history = ref(table.database, `${table.name}_history`)
  const versions = ref(table.database, `${table.name}_versions`)
  return `
CREATE OR REPLACE TABLE FUNCTION ${self()}(instant TIMESTAMP) AS (
  SELECT * EXCEPT (${metadataColumns}, first_event)
  FROM ${history}, (SELECT MIN(_metadata_valid_from) AS first_event FROM ${versions})
  WHERE
    IF(
      instant < first_event,
      ERROR(FORMAT('nothing is known of ${table.database}.${table.name} at %t: its first event is of %t', instant, first_event)),
      ${validAt('instant')}
    )
)`
}

/**
 * A table function: what became of each key between two instants, whatever happened in between.
 *
 * @returns {string} the statement that makes `<table>_changes(since, until)`: `row_key`; `change`: inserted, updated or
 *   deleted; `before` and `after`: the row as it stood at either, NULL where there was none
 * @example SELECT change, before.Name, after.Name FROM `world_x.city_changes`(TIMESTAMP '2024-06-01', TIMESTAMP '2024-06-02')
 */
const changesFunction = (table, { ref, self }) => {
  const rowsAt = (condition) => `SELECT _metadata_key, TO_JSON_STRING(source) AS text, source
    FROM (
      SELECT _metadata_key, ${sourceRow} AS source
      FROM ${ref(table.database, `${table.name}_history`)} AS version
      WHERE ${condition}
    )`
  return `
CREATE OR REPLACE TABLE FUNCTION ${self()}(since TIMESTAMP, until TIMESTAMP) AS (
  WITH
    earlier AS (
      ${rowsAt(`IF(since > until, ERROR(FORMAT('since (%t) is later than until (%t)', since, until)), ${validAt('since')})`)}
    ),
    later AS (
      ${rowsAt(validAt('until'))}
    )
  SELECT
    _metadata_key AS row_key,
    CASE
      WHEN earlier.text IS NULL THEN 'inserted'
      WHEN later.text IS NULL THEN 'deleted'
      ELSE 'updated'
    END AS change,
    earlier.source AS before,
    later.source AS after
  FROM earlier
  FULL OUTER JOIN later USING (_metadata_key)
  WHERE earlier.text IS NULL OR later.text IS NULL OR earlier.text != later.text
)`
}

/**
 * The versions' metadata columns, for the inputs of unit tests: NULL where `values` says nothing.
 *
 * @param {Object<string, string>} values an expression for each column that matters
 * @returns {string} columns of a SELECT
 */
const versionOf = (values) =>
  Object.keys({ ...METADATA, ...VERSION_METADATA })
    .map((name) => `${values[name] ?? 'NULL'} AS ${name}`)
    .join(', ')

module.exports = {
  HISTORY_METADATA,
  VERSION_METADATA,
  asOfFunction,
  changesFunction,
  historyConfig,
  historyQuery,
  sourceRow,
  versionOf,
  versionsConfig,
  versionsNews,
  versionsQuery,
}
