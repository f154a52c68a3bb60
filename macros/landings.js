const { NEVER, eventTime } = require('macros/event-time')

/** What the landings tell. */
const columns = {
  landed_at: 'When the events landed: one instant a landing.',
  day: 'A day that some of them are of (UTC), by their event time; NULL for those that have none.',
  first_event_at: 'The earliest event time of these.',
  last_event_at: 'The latest.',
}

/** The SQLX config that all landings have in common. */
const landingsConfig = (table) => ({ schema: table.database, tags: ['log'], columns })

/** Before an increment: how far the landings are known, as a constant that BigQuery's planner can use. */
const landingsTaken = ({ self, when, incremental }) =>
  when(
    incremental(),
    `DECLARE known_until TIMESTAMP DEFAULT (SELECT COALESCE(MAX(landed_at), ${NEVER}) FROM ${self()})`,
  )

/**
 * Which days each landing brought events of: so few rows that an increment of the log can ask them where it was last, instead
 * of asking the whole log.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `when` and `incremental`
 * @returns {string} a query over the raw table: one row a landing and day
 */
const landingsQuery = (table, { ref, when, incremental }) => `
SELECT
  _loaded_at AS landed_at,
  DATE(${eventTime}) AS day,
  MIN(${eventTime}) AS first_event_at,
  MAX(${eventTime}) AS last_event_at
FROM ${ref(`${table.database}_raw`, table.name)}
${when(incremental(), 'WHERE _loaded_at > known_until')}
GROUP BY landed_at, day`

module.exports = { landingsConfig, landingsQuery, landingsTaken }
