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
  _metadata_happened_at: "The change's time; of the insert half of a key change that of its delete half.",
  _metadata_superseded_at:
    'The time from which another event stands in its place; NULL for the newest of its key. No earlier than _metadata_valid_to.',
  _metadata_taken_at:
    'Of the newest of its key: the latest landing of any event of the key. NULL for others.',
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
  // What still stands is one partition, of the size of the source's table; what is over lies in the day when it was.
  partitionBy: 'DATE(_metadata_superseded_at)',
  clusterBy: table.clusterBy.map(identifier),
  incrementalPredicates: [mayChange('DATAFORM_DEST._metadata_superseded_at')],
})

/** True for the versions that an increment reads: a condition that BigQuery's planner can use. */
const mayChange = (column = '_metadata_superseded_at') =>
  `(${column} >= _metadata_read_from OR ${column} IS NULL)`

/** Where a change stands, without the digit that tells the halves of a key change from one another. */
const place = "REGEXP_EXTRACT(_metadata_position, r'^(.*):[01]$')"

/**
 * From when on new events may change what is known. An event takes its place among those of its time, and puts off events
 * that stand behind it in the source's log and are stamped earlier (a clock was set back). So: the earliest time of what is
 * new, and of what landed before and stands behind it; all time, if the landings do not tell.
 */
const changedFrom = (table, { ref }) => {
  const landings = ref(table.database, `${table.name}_landings`)
  return `(
  SELECT
    IF(
      COALESCE(MAX(landing.landed_at), ${NEVER}) < _metadata_landed_until,
      ${NEVER},
      MIN(IF(
        landing.landed_at > _metadata_taken_until OR landing.last_position >= news.first_position,
        COALESCE(landing.first_event_at, ${NEVER}),
        NULL
      ))
    )
  FROM ${landings} AS landing
  LEFT JOIN (
    -- From the delete half on, of a key change.
    SELECT epoch, REGEXP_REPLACE(MIN(first_position), r'1$', '0') AS first_position
    FROM ${landings}
    WHERE landed_at > _metadata_taken_until
    GROUP BY epoch
  ) AS news ON news.epoch = landing.epoch
)`
}

/**
 * Before an increment: `new_changes`, the events that the versions have not taken yet; `known_versions`, what they have of
 * the keys that these concern, as far as it may change; and `key_changes`, when the key changes among them happened.
 *
 * A version that was over before `_metadata_changed_from` stays as it is. It matters to later ones through the one that came after
 * it, which is among those read; and as the latest change before a backfill row, as long as the margin.
 */
const versionsNews = (table, { ref, self, when, incremental }) => {
  const standing = `${self()} WHERE _metadata_superseded_at IS NULL`
  const takenUntil = `(SELECT COALESCE(MAX(_metadata_taken_at), ${NEVER}) FROM ${standing})`
  // The latest event is over no earlier than the latest of those that stand.
  const knownUntil = `(SELECT MAX(_metadata_timestamp) FROM ${standing} OR _metadata_superseded_at >= _metadata_standing_until)`
  const standingUntil = `DECLARE _metadata_standing_until TIMESTAMP DEFAULT (SELECT MAX(_metadata_timestamp) FROM ${standing});\n`
  const margin = `INTERVAL ${table.backfillMarginMinutes} MINUTE`
  const limits = `DECLARE _metadata_changed_from TIMESTAMP DEFAULT ${changedFrom(table, { ref })};
DECLARE _metadata_read_from TIMESTAMP DEFAULT IF(
  _metadata_changed_from < TIMESTAMP_ADD(${NEVER}, ${margin}), _metadata_changed_from, TIMESTAMP_SUB(_metadata_changed_from, ${margin})
);
${table.retentionDays === undefined ? '' : standingUntil}`
  return when(
    incremental(),
    `${newChanges(table, { takenUntil, knownUntil, limits }, { ref })};
CREATE TEMP TABLE known_versions AS
SELECT *, _metadata_changed_from
FROM ${self()}
WHERE
  ${mayChange()}
  AND _metadata_key IN (
    SELECT ${keyText(table)} FROM new_changes
    UNION DISTINCT
    -- A new delete half shows what happened before to be the other half's.
    SELECT _metadata_key
    FROM ${self()}
    WHERE
      ${mayChange()}
      AND _metadata_position IN (
        SELECT CONCAT(${place}, _metadata_half)
        FROM new_changes, UNNEST([':0', ':1']) AS _metadata_half
        WHERE _metadata_change_type = 'UPDATE-DELETE'
      )
  );
CREATE TEMP TABLE key_changes AS
SELECT _metadata_place, MIN(_metadata_timestamp) AS _metadata_changed_at
FROM (
  SELECT ${place} AS _metadata_place, _metadata_timestamp
  FROM ${self()}
  WHERE ${mayChange()} AND _metadata_change_type = 'UPDATE-DELETE'
  UNION ALL
  SELECT ${place}, _metadata_timestamp FROM new_changes WHERE _metadata_change_type = 'UPDATE-DELETE'
)
GROUP BY _metadata_place`,
  )
}

const inPlace = '_metadata_position, _metadata_timestamp, _metadata_read_timestamp, _metadata_uuid'

/**
 * Every event of each key with the time in which the row was what it says (docs/models.md, "History"). A function of the
 * set of events, like the state: neither order nor batches nor repetitions of deliveries change it.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `self`, `when` and `incremental`
 * @returns {string} a query over the change log: one row an event, deletes too
 */
const versionsQuery = (table, { ref, when, incremental }) => {
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
    `-- By name: the log may have columns that the versions have not seen.
  known AS (
    SELECT
      * EXCEPT (_metadata_valid_from, _metadata_valid_to, _metadata_shown, _metadata_superseded_at),
      _metadata_shown AS _metadata_was_shown,
      _metadata_valid_from AS _metadata_was_valid_from
    FROM known_versions
    FULL OUTER UNION ALL BY NAME
    SELECT * FROM news
  ),`,
    `known AS (
    SELECT
      *,
      CAST(NULL AS TIMESTAMP) AS _metadata_happened_at,
      CAST(NULL AS TIMESTAMP) AS _metadata_taken_at,
      CAST(NULL AS BOOL) AS _metadata_was_shown,
      CAST(NULL AS TIMESTAMP) AS _metadata_was_valid_from,
      CAST(NULL AS TIMESTAMP) AS _metadata_changed_from
    FROM news
  ),
  key_changes AS (
    SELECT ${place} AS _metadata_place, MIN(_metadata_timestamp) AS _metadata_changed_at
    FROM news
    WHERE _metadata_change_type = 'UPDATE-DELETE'
    GROUP BY _metadata_place
  ),`,
  )}
  -- The insert half of a key change is stamped a second after its delete half: both happened at once.
  timed AS (
    SELECT
      _metadata_known.* REPLACE (
        COALESCE(
          LEAST(COALESCE(_metadata_known._metadata_happened_at, _metadata_known._metadata_timestamp), key_changes._metadata_changed_at),
          _metadata_known._metadata_happened_at,
          _metadata_known._metadata_timestamp,
          ${NEVER}
        ) AS _metadata_happened_at,
        COALESCE(_metadata_known._metadata_taken_at, _metadata_known._metadata_loaded_at) AS _metadata_taken_at
      ),
      COALESCE(_metadata_known._metadata_timestamp, ${NEVER}) AS _metadata_stamped_at
    FROM known AS _metadata_known
    LEFT JOIN key_changes ON key_changes._metadata_place = ${place.replace('_metadata_position', '_metadata_known._metadata_position')}
  ),
  -- Within an epoch the source's log is the order; between epochs, and for a backfill, only time can tell.
  settled AS (
    SELECT
      *,
      MAX(_metadata_stamped_at) OVER (PARTITION BY _metadata_key, _metadata_epoch ORDER BY ${inPlace}) AS _metadata_settled_at
    FROM timed
  ),
  ordered AS (
    SELECT
      *,
      ROW_NUMBER() OVER (PARTITION BY _metadata_key ORDER BY _metadata_settled_at, _metadata_epoch, ${inPlace}) AS _metadata_ordinal,
      MAX(IF(_metadata_epoch = 'backfill', NULL, _metadata_stamped_at)) OVER (PARTITION BY _metadata_key ORDER BY _metadata_settled_at) AS _metadata_latest_change
    FROM settled
  ),
  -- A backfill row counts as in the current table: if no change was known, or the latest is older by more than the margin.
  -- What was settled before anything changed is as it was.
  judged AS (
    SELECT
      * EXCEPT (_metadata_stamped_at, _metadata_latest_change, _metadata_was_shown, _metadata_was_valid_from, _metadata_changed_from),
      IF(
        _metadata_settled_at < _metadata_changed_from,
        _metadata_was_shown,
        _metadata_epoch != 'backfill'
          OR _metadata_latest_change IS NULL
          OR TIMESTAMP_DIFF(_metadata_settled_at, _metadata_latest_change, MICROSECOND) > ${table.backfillMarginMinutes} * 60000000
      ) AS _metadata_shown,
      IF(_metadata_settled_at < _metadata_changed_from, _metadata_was_valid_from, _metadata_happened_at) AS _metadata_begins_at
    FROM ordered
  ),
  -- Time must not run backwards along that order; what does not count holds nothing up.
  begun AS (
    SELECT
      * EXCEPT (_metadata_begins_at),
      IF(
        _metadata_shown,
        MAX(IF(_metadata_shown, _metadata_begins_at, NULL)) OVER (PARTITION BY _metadata_key ORDER BY _metadata_ordinal),
        _metadata_begins_at
      ) AS _metadata_valid_from
    FROM judged
  ),
  ended AS (
    SELECT
      *,
      IF(_metadata_shown, LEAD(_metadata_valid_from) OVER shown, NULL) AS _metadata_valid_to,
      IF(_metadata_shown, LEAD(_metadata_settled_at) OVER shown, _metadata_settled_at) AS _metadata_superseded_at
    FROM begun
    WINDOW shown AS (PARTITION BY _metadata_key, _metadata_shown ORDER BY _metadata_ordinal)
  )
SELECT
  * EXCEPT (_metadata_ordinal, _metadata_settled_at) REPLACE (
    IF(
      _metadata_superseded_at IS NULL,
      MAX(_metadata_taken_at) OVER (PARTITION BY _metadata_key),
      NULL
    ) AS _metadata_taken_at
  )
FROM ended`
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

/** A version's row as the source had it: an expression over a history called `_metadata_version`. */
const sourceRow = `(SELECT AS STRUCT _metadata_version.* EXCEPT (${metadataColumns}))`

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
  SELECT * EXCEPT (${metadataColumns}, _metadata_instant, _metadata_first_event)
  FROM
    ${history},
    (SELECT instant AS _metadata_instant),
    (SELECT MIN(_metadata_valid_from) AS _metadata_first_event FROM ${versions})
  WHERE
    IF(
      _metadata_instant < _metadata_first_event,
      ERROR(FORMAT(
        'nothing is known of ${table.database}.${table.name} at %t: its first event is of %t',
        _metadata_instant,
        _metadata_first_event
      )),
      ${validAt('_metadata_instant')}
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
      FROM
        ${ref(table.database, `${table.name}_history`)} AS _metadata_version,
        (SELECT since AS _metadata_since, until AS _metadata_until)
      WHERE ${condition}
    )`
  return `
CREATE OR REPLACE TABLE FUNCTION ${self()}(since TIMESTAMP, until TIMESTAMP) AS (
  WITH
    earlier AS (
      ${rowsAt(`IF(
        _metadata_since > _metadata_until,
        ERROR(FORMAT('since (%t) is later than until (%t)', _metadata_since, _metadata_until)),
        ${validAt('_metadata_since')}
      )`)}
    ),
    later AS (
      ${rowsAt(validAt('_metadata_until'))}
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
