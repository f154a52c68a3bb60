const { METADATA } = require('macros/change-log')
const { NEVER } = require('macros/event-time')
const { identifier } = require('macros/identifier')
const { newChanges } = require('macros/news')
const { epoch } = require('macros/position')
const { privateColumns } = require('macros/privacy')
const { inTime } = require('macros/retention')

/** What the state keeps beside the columns of the log. */
const STATE_METADATA = {
  _metadata_key: "The row's key as one text, never NULL: its columns as JSON, in the declared order.",
  _metadata_epoch:
    'The numbering that `_metadata_position` belongs to; `backfill` for a row read from the table itself.',
  _metadata_latest_timestamp:
    'The latest time of any event of this key and epoch; positions and times can disagree.',
  _metadata_taken_at: 'The latest landing of any event of this key and epoch.',
  _metadata_is_current:
    'True for the row that the current table shows. No such row of a key: it is deleted, and this is its tombstone.',
}

/** A text that two rows share if and only if the source holds all their key columns to be equal; a NULL equals a NULL. */
const keyText = ({ key, ignoreCase }) => {
  const part = (column) => (ignoreCase.includes(column) ? `LOWER(${identifier(column)})` : identifier(column))
  return `CONCAT('[', ${key.map((column) => `TO_JSON_STRING(${part(column)})`).join(", ',', ")}, ']')`
}

/** Tells which columns the key is of, and in which order, to those who read the compiled project. */
const keyColumns = (table) => {
  const known = privateColumns(table)
  return Object.fromEntries(
    table.key.map((column, at) => [
      column,
      {
        ...known[column],
        description: `${known[column]?.description ?? ''} Part ${at + 1} of the key.`.trim(),
        tags: [...(known[column]?.tags ?? []), `key:${at + 1}`],
      },
    ]),
  )
}

const requireKey = (table) => {
  if (table.key.length > 0) return
  throw new Error(
    `${table.database}.${table.name} has no key, so nothing tells which row a change belongs to: it has a change log and no ` +
      'current table. If some columns do identify its rows, name them as `key` in sources.js',
  )
}

/** The SQLX config that all states have in common. */
const stateConfig = (table) => ({
  schema: table.database,
  tags: ['state'],
  columns: { ...privateColumns(table), ...keyColumns(table), ...METADATA, ...STATE_METADATA },
  uniqueKey: ['_metadata_key', '_metadata_epoch'],
  onSchemaChange: 'EXTEND',
  clusterBy: table.clusterBy.map(identifier),
})

/** Before an increment: the events that the state has not taken yet. */
const stateNews = (table, { ref, self, when, incremental }) => {
  const takenUntil = `(SELECT COALESCE(MAX(_metadata_taken_at), ${NEVER}) FROM ${self()})`
  const knownUntil = `(SELECT MAX(_metadata_latest_timestamp) FROM ${self()})`
  return when(incremental(), newChanges(table, { takenUntil, knownUntil }, { ref }))
}

/**
 * The newest known state of each key, as a join: of a key's events in each epoch only the greatest is kept, and which
 * of those is shown follows from them alone. So neither order nor batches nor repetitions of deliveries change the
 * result (docs/models.md derives this).
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`, `self`, `when` and `incremental`
 * @returns {string} a query over the change log: one row a key and epoch
 */
const stateQuery = (table, { ref, self, when, incremental }) => {
  requireKey(table)
  return `
WITH
  -- Events that the state has not taken yet; all of them on the first run.
  news AS (
    SELECT
      *,
      ${keyText(table)} AS _metadata_key,
      ${epoch} AS _metadata_epoch,
      _metadata_timestamp AS _metadata_latest_timestamp,
      _metadata_loaded_at AS _metadata_taken_at
    FROM ${when(incremental(), 'new_changes', inTime(table, ref(table.database, `${table.name}_log`)))}
  ),
  ${when(
    incremental(),
    `-- What is already known of their keys. By name: the log may have columns that the state has not seen.
  candidates AS (
    SELECT * EXCEPT (_metadata_is_current)
    FROM ${self()}
    WHERE _metadata_key IN (SELECT _metadata_key FROM news)
    FULL OUTER UNION ALL BY NAME
    SELECT * FROM news
  ),`,
    `candidates AS (SELECT * FROM news),`,
  )}
  -- The greatest event of each key and epoch: by position, which a backfill has not, then by time.
  greatest AS (
    SELECT
      * EXCEPT (_metadata_latest_timestamp, _metadata_taken_at),
      MAX(_metadata_latest_timestamp) OVER same_epoch AS _metadata_latest_timestamp,
      MAX(_metadata_taken_at) OVER same_epoch AS _metadata_taken_at
    FROM candidates
    QUALIFY ROW_NUMBER() OVER (
      same_epoch
      ORDER BY
        _metadata_position DESC,
        _metadata_timestamp DESC,
        _metadata_read_timestamp DESC,
        _metadata_uuid DESC,
        _metadata_loaded_at DESC
    ) = 1
    WINDOW same_epoch AS (PARTITION BY _metadata_key, _metadata_epoch)
  )
-- The current row is that of the epoch with the latest time. A backfill counts only if it is later by more than the margin.
SELECT
  *,
  NOT _metadata_deleted AND ROW_NUMBER() OVER (
    PARTITION BY _metadata_key
    ORDER BY
      IF(
        _metadata_epoch = 'backfill',
        TIMESTAMP_SUB(_metadata_latest_timestamp, INTERVAL ${table.backfillMarginMinutes} MINUTE),
        _metadata_latest_timestamp
      ) DESC,
      _metadata_epoch = 'backfill',
      _metadata_epoch DESC
  ) = 1 AS _metadata_is_current
FROM greatest`
}

/**
 * The SQLX config that all current tables have in common: each key once, and whole. BigQuery groups by no JSON: that such
 * a key stands once is for the table's reconciliation to say.
 */
const currentConfig = (table) => {
  requireKey(table)
  return {
    schema: table.database,
    tags: ['current'],
    assertions: {
      ...(table.key.some((column) => table.columns[column] === 'JSON')
        ? {}
        : { uniqueKey: table.key.map(identifier) }),
      nonNull: table.key.map(identifier),
    },
  }
}

/**
 * The table as the source has it now, as far as its changes have arrived: the state without tombstones and metadata.
 *
 * @returns {string} a query over the state
 */
const currentQuery = (table, { ref }) => `
SELECT * EXCEPT (
  ${Object.keys({ ...METADATA, ...STATE_METADATA }).join(',\n  ')}
)
FROM ${ref(table.database, `${table.name}_state`)}
WHERE _metadata_is_current`

/**
 * The state's metadata columns, for the inputs of unit tests: NULL where `values` says nothing.
 *
 * @param {Object<string, string>} values an expression for each column that matters
 * @returns {string} columns of a SELECT
 */
const metadataOf = (values) =>
  Object.keys({ ...METADATA, ...STATE_METADATA })
    .map((name) => `${values[name] ?? 'NULL'} AS ${name}`)
    .join(', ')

module.exports = {
  metadataOf,
  STATE_METADATA,
  currentConfig,
  currentQuery,
  keyText,
  requireKey,
  stateConfig,
  stateNews,
  stateQuery,
}
