const { NEVER } = require('macros/change-log')
const { keyText } = require('macros/current-state')
const { epoch } = require('macros/position')

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
      ${keyText(table)} AS key,
      ${epoch} AS epoch
    FROM ${ref(table.database, `${table.name}_log`)}
  ),
  -- What the state must have kept of the log: the greatest of each key and epoch.
  expected AS (
    SELECT key, epoch, MAX(_metadata_position) AS position, MAX(_metadata_timestamp) AS latest
    FROM logged
    GROUP BY key, epoch
  ),
  kept AS (
    SELECT _metadata_key AS key, _metadata_epoch AS epoch, _metadata_position AS position, _metadata_latest_timestamp AS latest
    FROM ${ref(table.database, `${table.name}_state`)}
  ),
  shown AS (
    SELECT ${keyText(table)} AS key FROM ${ref(table.database, table.name)}
  )
SELECT 'landed, not in the log' AS problem, event AS subject
FROM landed
WHERE event NOT IN (SELECT _metadata_uuid FROM logged)
UNION ALL
SELECT 'in the log, not in the state', CONCAT(expected.key, ' ', expected.epoch)
FROM expected
LEFT JOIN kept USING (key, epoch)
WHERE kept.key IS NULL
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
SELECT 'the newest event deletes the row, and the current table shows it', shown.key
FROM shown
WHERE shown.key NOT IN (
  SELECT _metadata_key FROM ${ref(table.database, `${table.name}_state`)} WHERE NOT _metadata_deleted
)`

module.exports = { reconciliation }
