const { eventTime } = require('macros/event-time')
const { inTime } = require('macros/retention')

/**
 * The limits of what is new, as variables: constants to BigQuery's planner, which then reads no partitions but those that
 * hold it. They are fixed before anything is looked for: what lands meanwhile is left for the next increment. Like every name
 * that stands beside a table's own columns they begin with `_metadata_`: a column of a variable's name would hide it.
 *
 * @param {object} table from sources.js
 * @param {string} takenUntil how far the increment's model has taken what landed: a query in parentheses
 * @param {object} context the SQLX file's `ref`
 * @returns {string} declarations of `_metadata_taken_until`, `_metadata_landed_until`, `_metadata_days_with_news`,
 *   `_metadata_first_news_at` and `_metadata_last_news_at`
 */
const newsLimits = (table, takenUntil, { ref }) => {
  const raw = ref(`${table.database}_raw`, table.name)
  const ofNews = `FROM ${raw} WHERE _loaded_at > _metadata_taken_until AND _loaded_at <= _metadata_landed_until`
  return `DECLARE _metadata_taken_until TIMESTAMP DEFAULT ${takenUntil};
DECLARE _metadata_landed_until TIMESTAMP DEFAULT (SELECT MAX(_loaded_at) FROM ${raw} WHERE _loaded_at > _metadata_taken_until);
DECLARE _metadata_days_with_news ARRAY<DATE> DEFAULT (SELECT ARRAY_AGG(DISTINCT DATE(${eventTime}) IGNORE NULLS) ${ofNews});
DECLARE _metadata_first_news_at TIMESTAMP DEFAULT (SELECT MIN(${eventTime}) ${ofNews});
DECLARE _metadata_last_news_at TIMESTAMP DEFAULT (SELECT MAX(${eventTime}) ${ofNews});
`
}

/**
 * True for the events of a log that may be new, or copies of what is: a condition over the days that `newsLimits` finds.
 *
 * @param {string} [time] the event time, with its table's alias
 */
const ofDaysWithNews = (time = '_metadata_timestamp') =>
  `(${time} BETWEEN _metadata_first_news_at AND _metadata_last_news_at AND DATE(${time}) IN UNNEST(_metadata_days_with_news) OR ${time} IS NULL)`

/**
 * Before an increment of what is built from a change log: `new_changes`, the events of the log that it has not taken.
 *
 * @param {object} table from sources.js
 * @param {object} model how far it has taken the log, each a query in parentheses: `takenUntil`, the latest landing, and
 *   `knownUntil`, the latest event time; and `limits`, declarations of its own that stand after those of `newsLimits`
 * @param {object} context the SQLX file's `ref`
 * @returns {string} a script that leaves variables and a temporary table
 */
const newChanges = (table, { takenUntil, knownUntil, limits = '' }, { ref }) => {
  const forgets = table.retentionDays !== undefined
  return `${newsLimits(table, takenUntil, { ref })}${limits}${forgets ? `DECLARE _metadata_known_until TIMESTAMP DEFAULT ${knownUntil};\n` : ''}CREATE TEMP TABLE new_changes AS
WITH
  news AS (
    SELECT *
    FROM ${ref(table.database, `${table.name}_log`)}
    WHERE _metadata_loaded_at > _metadata_taken_until AND _metadata_loaded_at <= _metadata_landed_until AND ${ofDaysWithNews()}
  )
SELECT * FROM ${inTime(table, 'news', forgets ? '_metadata_known_until' : undefined)}`
}

module.exports = { newChanges, newsLimits, ofDaysWithNews }
