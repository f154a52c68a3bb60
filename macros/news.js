const { eventTime } = require('macros/event-time')
const { inTime } = require('macros/retention')

/**
 * The limits of what is new, as variables: constants to BigQuery's planner, which then reads no partitions but those that
 * hold it. They are fixed before anything is looked for: what lands meanwhile is left for the next increment.
 *
 * @param {object} table from sources.js
 * @param {string} takenUntil how far the increment's model has taken what landed: a query in parentheses
 * @param {object} context the SQLX file's `ref`
 * @returns {string} declarations of `taken_until`, `landed_until`, `days_with_news`, `first_news_at` and `last_news_at`
 */
const newsLimits = (table, takenUntil, { ref }) => {
  const raw = ref(`${table.database}_raw`, table.name)
  const ofNews = `FROM ${raw} WHERE _loaded_at > taken_until AND _loaded_at <= landed_until`
  return `DECLARE taken_until TIMESTAMP DEFAULT ${takenUntil};
DECLARE landed_until TIMESTAMP DEFAULT (SELECT MAX(_loaded_at) FROM ${raw} WHERE _loaded_at > taken_until);
DECLARE days_with_news ARRAY<DATE> DEFAULT (SELECT ARRAY_AGG(DISTINCT DATE(${eventTime}) IGNORE NULLS) ${ofNews});
DECLARE first_news_at TIMESTAMP DEFAULT (SELECT MIN(${eventTime}) ${ofNews});
DECLARE last_news_at TIMESTAMP DEFAULT (SELECT MAX(${eventTime}) ${ofNews});
`
}

/**
 * True for the events of a log that may be new, or copies of what is: a condition over the days that `newsLimits` finds.
 *
 * @param {string} [time] the event time, with its table's alias
 */
const ofDaysWithNews = (time = '_metadata_timestamp') =>
  `(${time} BETWEEN first_news_at AND last_news_at AND DATE(${time}) IN UNNEST(days_with_news) OR ${time} IS NULL)`

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
  return `${newsLimits(table, takenUntil, { ref })}${limits}${forgets ? `DECLARE known_until TIMESTAMP DEFAULT ${knownUntil};\n` : ''}CREATE TEMP TABLE new_changes AS
WITH
  news AS (
    SELECT *
    FROM ${ref(table.database, `${table.name}_log`)}
    WHERE _metadata_loaded_at > taken_until AND _metadata_loaded_at <= landed_until AND ${ofDaysWithNews()}
  )
SELECT * FROM ${inTime(table, 'news', forgets ? 'known_until' : undefined)}`
}

module.exports = { newChanges, newsLimits, ofDaysWithNews }
