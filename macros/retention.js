const { NEVER } = require('macros/event-time')

const DAY = 24 * 60 * 60 * 1000000
const MINUTE = 60 * 1000000

/** True for an event that came in time, by the watermark of its landing; one without a time cannot be told to be late. */
const isInTime = ({ retentionDays }) =>
  `COALESCE(TIMESTAMP_DIFF(_metadata_watermark, _metadata_timestamp, MICROSECOND) <= ${retentionDays} * ${DAY}, TRUE)`

/**
 * The events of a log, each with the watermark of its landing: the greatest time of an event that landed before it.
 *
 * @param {string} events a table or query in parentheses
 * @param {string} [knownUntil] the greatest time that landed before all of these: an expression
 */
const withWatermark = (events, knownUntil) => {
  const before = `MAX(MAX(_metadata_timestamp)) OVER (
        ORDER BY _metadata_loaded_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      )`
  return `SELECT _metadata_events.*, _metadata_landing._metadata_watermark
  FROM ${events} AS _metadata_events
  JOIN (
    SELECT
      _metadata_loaded_at AS landed_at,
      ${knownUntil === undefined ? before : `COALESCE(GREATEST(${knownUntil}, ${before}), ${knownUntil}, ${before})`} AS _metadata_watermark
    FROM ${events}
    GROUP BY _metadata_loaded_at
  ) AS _metadata_landing ON _metadata_landing.landed_at = _metadata_events._metadata_loaded_at`
}

/**
 * The events that count: all of them, or those that came within the retention of deleted rows. Nothing remembers a row
 * that was deleted before, so an older event might bring it back. A function of the events and their landings alone.
 *
 * @param {object} table from sources.js
 * @param {string} events a table of the columns of a change log
 * @param {string} [knownUntil] as in `withWatermark`
 * @returns {string} what stands after FROM
 */
const inTime = (table, events, knownUntil) =>
  table.retentionDays === undefined
    ? events
    : `(
  SELECT * EXCEPT (_metadata_watermark)
  FROM (${withWatermark(events, knownUntil)})
  WHERE ${isInTime(table)}
)`

/** Events of some tables that came too late to count: a query over those change logs that have a retention. */
const tooLateIn = (tables, context) =>
  tables.some(({ retentionDays }) => retentionDays !== undefined)
    ? tables
        .filter(({ retentionDays }) => retentionDays !== undefined)
        .map((table) => tooLate(table, context))
        .join('\nUNION ALL\n')
    : `SELECT '' AS table_name, '' AS _metadata_uuid, ${NEVER} AS _metadata_timestamp, ${NEVER} AS _metadata_loaded_at, '' AS _metadata_file, ${NEVER} AS watermark
LIMIT 0`

/** Events that came too late to count: a query over the change log. */
const tooLate = (table, { ref }) =>
  `SELECT '${table.name}' AS table_name, _metadata_uuid, _metadata_timestamp, _metadata_loaded_at, _metadata_file, _metadata_watermark AS watermark
FROM (${withWatermark(ref(table.database, `${table.name}_log`))})
WHERE NOT ${isInTime(table)}`

/** How long after its latest event a row of the state that is not shown is kept, in microseconds: an expression. */
const kept = ({ retentionDays, backfillMarginMinutes }) =>
  `${retentionDays} * ${DAY} + IF(_metadata_epoch = 'backfill', 1, 2) * ${backfillMarginMinutes} * ${MINUTE}`

/**
 * After a state was built: forgets what is older than the retention and shows nothing. A tombstone outlives, by the margin,
 * every backfill row that it hides.
 *
 * @returns {string} a statement; empty if the table declares no retention
 */
const forgetOld = (table, { self }) =>
  table.retentionDays === undefined
    ? ''
    : `DELETE FROM ${self()}
WHERE
  NOT _metadata_is_current
  AND TIMESTAMP_DIFF(
    (SELECT MAX(_metadata_latest_timestamp) FROM ${self()}),
    COALESCE(_metadata_latest_timestamp, ${NEVER}),
    MICROSECOND
  ) > ${kept(table)}`

module.exports = { forgetOld, inTime, kept, tooLateIn }
