const { NEVER, eventTime } = require('macros/event-time')
const { epoch, placed, position } = require('macros/position')

/** What the landings tell. */
const columns = {
  landed_at: 'When the events landed: one instant a landing.',
  day: 'A day that some of them are of (UTC), by their event time; NULL for those that have none.',
  first_event_at: 'The earliest event time of these.',
  last_event_at: 'The latest.',
  epoch:
    "The numbering of the source's log that they stand in; `backfill` for rows read from the table itself.",
  first_position: 'Where the first of these stands in it; NULL for a backfill.',
  last_position: 'Where the last does.',
}

/** The SQLX config that all landings have in common. */
const landingsConfig = (table) => ({ schema: table.database, tags: ['log'], columns })

/** Before an increment: how far the landings are known, as a constant that BigQuery's planner can use. */
const landingsTaken = ({ self, when, incremental }) =>
  when(
    incremental(),
    `DECLARE _metadata_known_until TIMESTAMP DEFAULT (SELECT COALESCE(MAX(landed_at), ${NEVER}) FROM ${self()})`,
  )

/**
 * Which days, and which stretches of the source's log, each landing brought events of: so few rows that increments can ask
 * them where to look, instead of asking the whole log.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `when` and `incremental`
 * @returns {string} a query over the raw table: one row a landing, day and epoch
 */
const landingsQuery = (table, { ref, when, incremental }) => `
WITH
  events AS (
    SELECT
      _loaded_at AS landed_at,
      ${eventTime} AS event_at,
      ${position()} AS _metadata_position
    FROM ${placed(`${ref(`${table.database}_raw`, table.name)}${when(incremental(), ' WHERE _loaded_at > _metadata_known_until')}`)}
  )
SELECT
  landed_at,
  DATE(event_at) AS day,
  MIN(event_at) AS first_event_at,
  MAX(event_at) AS last_event_at,
  ${epoch} AS epoch,
  MIN(_metadata_position) AS first_position,
  MAX(_metadata_position) AS last_position
FROM events
GROUP BY landed_at, day, epoch`

module.exports = { landingsConfig, landingsQuery, landingsTaken }
