/**
 * Every event of some change logs with how late it was. Its landing's watermark is the greatest event time of all earlier
 * landings of its table: what had to be taken for complete when it came.
 *
 * @param {object[]} tables from sources.js
 * @param {object} context the SQLX file's `ref`
 * @returns {string} CTEs up to `events`: table_name, event_at, read_at, landed_at, watermark
 */
const eventsOf = (tables, { ref }) => `
  logged AS (
    ${tables
      .map(
        (table) =>
          `SELECT '${table.name}' AS table_name, _metadata_timestamp AS event_at, _metadata_read_timestamp AS read_at, _metadata_loaded_at AS landed_at
    FROM ${ref(table.database, `${table.name}_log`)}`,
      )
      .join('\n    UNION ALL\n    ')}
  ),
  landings AS (
    SELECT
      table_name,
      landed_at,
      MAX(MAX(event_at)) OVER (
        PARTITION BY table_name
        ORDER BY landed_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS watermark
    FROM logged
    GROUP BY table_name, landed_at
  ),
  events AS (
    SELECT *
    FROM logged
    JOIN landings USING (table_name, landed_at)
  )`

/** What `eventWindows` gives, column by column. */
const columns = {
  table_name: 'Table of the source.',
  window_start: 'Begin of the window, UTC.',
  window_end: 'Its end, which is not in it.',
  events: 'Events of the window, all that have landed.',
  on_time_events: 'Those that came while the window was open: what was there to be counted when it closed.',
  late_events: 'Those that came after: the correction. None is lost, both add up to `events`.',
  last_landed_at: 'When the last of them landed.',
  is_closed: 'True once the watermark has passed the end by the allowed lateness.',
}

/**
 * Events in windows of event time. A window closes when the watermark, the greatest event time that has landed, passes its
 * end by the allowed lateness; an event that comes later is late, and counts as a correction.
 *
 * @param {object[]} tables from sources.js
 * @param {object} options
 * @param {number} options.minutes how long a window is
 * @param {number} [options.everyMinutes] how often one begins, `minutes` if not given: shorter ones overlap (hopping)
 * @param {number} options.allowedLatenessMinutes how long after its end a window stays open
 * @param {object} context the SQLX file's `ref`
 * @returns {string} a query over the change logs: one row a table and window that has events
 */
const eventWindows = (tables, { minutes, everyMinutes = minutes, allowedLatenessMinutes }, context) => {
  if (minutes % everyMinutes !== 0) {
    throw new Error(`windows of ${minutes} minutes cannot begin every ${everyMinutes}: it must divide them`)
  }
  return `
WITH${eventsOf(tables, context)},
  windowed AS (
    SELECT
      table_name,
      TIMESTAMP_SUB(TIMESTAMP_BUCKET(event_at, INTERVAL ${everyMinutes} MINUTE), INTERVAL hop * ${everyMinutes} MINUTE) AS window_start,
      landed_at,
      watermark
    FROM events, UNNEST(GENERATE_ARRAY(0, ${minutes / everyMinutes - 1})) AS hop
    WHERE event_at IS NOT NULL
  ),
  judged AS (
    SELECT
      *,
      TIMESTAMP_ADD(window_start, INTERVAL ${minutes} MINUTE) AS window_end,
      COALESCE(watermark >= TIMESTAMP_ADD(window_start, INTERVAL ${minutes + allowedLatenessMinutes} MINUTE), FALSE) AS is_late
    FROM windowed
  ),
  reached AS (
    SELECT table_name, MAX(event_at) AS newest_event_at
    FROM events
    GROUP BY table_name
  )
SELECT
  table_name,
  window_start,
  window_end,
  COUNT(*) AS events,
  COUNTIF(NOT is_late) AS on_time_events,
  COUNTIF(is_late) AS late_events,
  MAX(landed_at) AS last_landed_at,
  ANY_VALUE(newest_event_at) >= TIMESTAMP_ADD(window_end, INTERVAL ${allowedLatenessMinutes} MINUTE) AS is_closed
FROM judged
JOIN reached USING (table_name)
GROUP BY table_name, window_start, window_end
ORDER BY table_name, window_start`
}

module.exports = { columns, eventWindows, eventsOf }
