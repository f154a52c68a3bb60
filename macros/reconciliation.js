const { METADATA } = require('macros/change-log')
const { NEVER } = require('macros/event-time')
const { keyText } = require('macros/current-state')
const { sourceRow } = require('macros/history')
const { epoch } = require('macros/position')
const { inTime, kept } = require('macros/retention')

/** What a state with a retention may have forgotten is not missed. */
const forgotten = (table) =>
  table.retentionDays === undefined
    ? ''
    : ` AND TIMESTAMP_DIFF((SELECT MAX(latest) FROM kept), expected.latest, MICROSECOND) <= ${kept(table).replace('_metadata_epoch', 'expected.epoch')}`

/**
 * What should be in a table's log or state and is not, or is and should not be: nothing, if all goes right.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`
 * @returns {string} a query: one row for each event or key that is wrong, and what is wrong with it
 */
const reconciliation = (table, { ref }) => `
WITH
  landed AS (
    SELECT DISTINCT COALESCE(uuid, CONCAT(_file, '#', CAST(_row AS STRING))) AS event
    FROM ${ref(`${table.database}_raw`, table.name)}
    WHERE _loaded_at <= (SELECT COALESCE(MAX(_metadata_loaded_at), ${NEVER}) FROM ${ref(table.database, `${table.name}_log`)})
  ),
  logged AS (
    SELECT
      *,
      ${keyText(table)} AS _metadata_key,
      ${epoch} AS _metadata_epoch
    FROM ${ref(table.database, `${table.name}_log`)}
  ),
  -- What the state must have kept of the log: the greatest of each key and epoch.
  expected AS (
    SELECT
      ${keyText(table)} AS key,
      ${epoch} AS epoch,
      MAX(_metadata_position) AS position,
      MAX(_metadata_timestamp) AS latest
    FROM ${inTime(table, ref(table.database, `${table.name}_log`))}
    GROUP BY 1, 2
  ),
  kept AS (
    SELECT _metadata_key AS key, _metadata_epoch AS epoch, _metadata_position AS position, _metadata_latest_timestamp AS latest
    FROM ${ref(table.database, `${table.name}_state`)}
  ),
  shown AS (
    SELECT ${keyText(table)} AS key, TO_JSON_STRING(_metadata_row) AS text
    FROM ${ref(table.database, table.name)} AS _metadata_row
  ),
  standing AS (
    SELECT _metadata_key AS key, TO_JSON_STRING(${sourceRow}) AS text
    FROM ${ref(table.database, `${table.name}_history`)} AS _metadata_version
    WHERE valid_to IS NULL
  )
SELECT 'landed, not in the log' AS problem, event AS subject
FROM landed
WHERE event NOT IN (SELECT _metadata_uuid FROM logged)
UNION ALL
SELECT 'in the log more than once', _metadata_uuid
FROM logged
GROUP BY _metadata_uuid
HAVING COUNT(*) > 1
UNION ALL
-- One reading of a table has each row once. A row that is read anew is in another file.
SELECT 'rows that differ have this key: it is no key of the table', CONCAT(_metadata_key, ' in ', _metadata_file)
FROM logged AS _metadata_logged
WHERE _metadata_epoch = 'backfill'
GROUP BY _metadata_key, _metadata_file
HAVING COUNT(DISTINCT TO_JSON_STRING((SELECT AS STRUCT _metadata_logged.* EXCEPT (_metadata_key, _metadata_epoch, ${Object.keys(METADATA).join(', ')})))) > 1
UNION ALL
SELECT 'in the log, not in the state', CONCAT(expected.key, ' ', expected.epoch)
FROM expected
LEFT JOIN kept USING (key, epoch)
WHERE kept.key IS NULL${forgotten(table)}
UNION ALL
SELECT 'in the state, not in the log', CONCAT(kept.key, ' ', kept.epoch)
FROM kept
LEFT JOIN expected USING (key, epoch)
WHERE expected.key IS NULL
UNION ALL
SELECT 'the state is not the newest in the log', CONCAT(kept.key, ' ', kept.epoch)
FROM kept
JOIN expected USING (key, epoch)
WHERE COALESCE(kept.position, '') != COALESCE(expected.position, '') OR kept.latest != expected.latest
UNION ALL
SELECT 'in the current table more than once', key
FROM shown
GROUP BY key
HAVING COUNT(*) > 1
UNION ALL
SELECT 'the history does not end with what the current table shows', COALESCE(shown.key, standing.key)
FROM shown
FULL OUTER JOIN standing ON standing.key = shown.key AND standing.text = shown.text
WHERE shown.key IS NULL OR standing.key IS NULL
UNION ALL
SELECT 'the newest event deletes the row, and the current table shows it', shown.key
FROM shown
WHERE shown.key NOT IN (
  SELECT _metadata_key FROM ${ref(table.database, `${table.name}_state`)} WHERE NOT _metadata_deleted
)`

module.exports = { reconciliation }
