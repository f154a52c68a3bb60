const { NEVER } = require('macros/change-log')
const { inTime } = require('macros/retention')

/**
 * Before an increment of what is built from a change log: `new_changes`, the events of the log that it has not taken.
 * As in `newEvents` the limits are variables, fixed before it looks, so that BigQuery reads the days of what is new and
 * no others; finding those days reads two narrow columns.
 *
 * @param {object} table from sources.js
 * @param {{taken: string, latest: string}} columns the model's columns that tell the landing and the time of what it has taken
 * @param {object} context the SQLX file's `ref`, `self`, `when` and `incremental`
 * @returns {string} a script that leaves variables and a temporary table
 */
const newChanges = (table, { taken, latest }, { ref, self, when, incremental }) => {
  const log = ref(table.database, `${table.name}_log`)
  const knownUntil = table.retentionDays === undefined ? undefined : 'known_until'
  const since = '_metadata_loaded_at > taken_until AND _metadata_loaded_at <= logged_until'
  return when(
    incremental(),
    `DECLARE taken_until TIMESTAMP DEFAULT (SELECT COALESCE(MAX(${taken}), ${NEVER}) FROM ${self()});
DECLARE logged_until TIMESTAMP DEFAULT (SELECT MAX(_metadata_loaded_at) FROM ${log});
${knownUntil === undefined ? '' : `DECLARE known_until TIMESTAMP DEFAULT (SELECT MAX(${latest}) FROM ${self()});\n`}DECLARE days_with_news ARRAY<DATE> DEFAULT (
  SELECT ARRAY_AGG(DISTINCT DATE(_metadata_timestamp) IGNORE NULLS)
  FROM ${log}
  WHERE ${since}
);
CREATE TEMP TABLE new_changes AS
WITH
  news AS (
    SELECT *
    FROM ${log}
    WHERE ${since} AND (DATE(_metadata_timestamp) IN UNNEST(days_with_news) OR _metadata_timestamp IS NULL)
  )
SELECT * FROM ${inTime(table, 'news', knownUntil)}`,
  )
}

module.exports = { newChanges }
