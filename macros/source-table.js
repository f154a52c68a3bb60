const { identifier } = require('macros/identifier')

/**
 * How a column is read where the change file cannot tell its type. Any other text is a BigQuery type to CAST to:
 * `DATE` or `DATETIME` for what MySQL's stream delivers as a timestamp, `NUMERIC` for a number that came as text.
 */
const READ_AS = {
  JSON: (value) => `PARSE_JSON(${value}, wide_number_mode => 'round')`,
  // BINARY, VARBINARY and BLOB arrive as text of hexadecimal digits.
  'HEX BYTES': (value) => `FROM_HEX(${value})`,
  'HEX STRING': (value) => `CAST(FROM_HEX(${value}) AS STRING)`,
  // Date and time may arrive as a record of both, an instant with the zone it was written in as a record of those.
  'DATETIME RECORD': (value) => `DATETIME(${value}.date, ${value}.time)`,
  'TIMESTAMP RECORD': (value) => `${value}.timestamp`,
  // Debezium without its schema: times are counts since 1970, or since midnight, and bytes are text (docs/sources.md).
  'DAYS DATE': (value) => `DATE_FROM_UNIX_DATE(${value})`,
  'MILLIS TIME': (value) => `TIME(TIMESTAMP_MILLIS(${value}))`,
  'MICROS TIME': (value) => `TIME(TIMESTAMP_MICROS(${value}))`,
  'MILLIS DATETIME': (value) => `DATETIME(TIMESTAMP_MILLIS(${value}))`,
  'MICROS DATETIME': (value) => `DATETIME(TIMESTAMP_MICROS(${value}))`,
  'BASE64 BYTES': (value) => `FROM_BASE64(${value})`,
}

const TYPES = [
  'BOOL',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'STRING',
  'BYTES',
  'DATE',
  'TIME',
  'DATETIME',
  'TIMESTAMP',
]

/** BigQuery clusters by at most four columns, and not by columns of these types. */
const MOST_CLUSTERED = 4
const NOT_CLUSTERED = [
  'JSON',
  'FLOAT64',
  'BYTES',
  'TIME',
  'HEX BYTES',
  'MILLIS TIME',
  'MICROS TIME',
  'BASE64 BYTES',
]

const OPTIONS = [
  'key',
  'columns',
  'ignoreCase',
  'clusterBy',
  'sourceType',
  'backfillMarginMinutes',
  'retentionDays',
  'privacy',
  'row',
]

/** What a column may hold that is nobody's business; see docs/privacy.md. */
const PRIVATE = ['email', 'phone', 'name', 'secret']

/** How long a change may have been in the making when a backfill read its row; see docs/models.md. */
const DEFAULT_BACKFILL_MARGIN_MINUTES = 60

const refuse = (name, message) => {
  throw new Error(`${name}: ${message}`)
}

/**
 * Describes one source table: what the models over it need to know and its change files do not tell.
 *
 * @param {string} database the source's database (MySQL) or schema (PostgreSQL, Oracle, SQL Server)
 * @param {string} name the table's name there
 * @param {object} options
 * @param {string[]} [options.key] the columns that identify a row; without them there is a change log and no current table
 * @param {Object<string, string>} [options.columns] types that the files cannot tell: a BigQuery type, `JSON`, `HEX BYTES`, `HEX STRING`,
 *   `DATETIME RECORD`, `TIMESTAMP RECORD`, `DAYS DATE`, `MILLIS TIME` …: see READ_AS
 * @param {string[]} [options.ignoreCase] key columns whose texts the source holds to be equal if they differ in case alone
 * @param {string[]} [options.clusterBy] what log and state are clustered by; the key if not given
 * @param {string} [options.sourceType] `mysql`, `oracle`, …, for streams whose `read_method` does not begin with it
 * @param {number} [options.backfillMarginMinutes] 60 if not given
 * @param {number} [options.retentionDays] how long a deleted row is remembered; for ever if not given
 * @param {Object<string, string>} [options.privacy] columns that hold an `email`, a `phone`, a person's `name` or a `secret`
 * @param {string} [options.row] what a row is, for descriptions: `a city`; `a row of world_x.city` if not given
 * @throws Error naming the table, for an unknown option or type, a key of no column, or a margin that is not a whole number >= 0
 */
const sourceTable = (database, name, options = {}) => {
  const table = `${database}.${name}`
  for (const option of Object.keys(options)) {
    if (!OPTIONS.includes(option))
      refuse(table, `unknown option \`${option}\`; allowed are ${OPTIONS.join(', ')}`)
  }
  const { key = [], columns = {}, sourceType, privacy = {} } = options
  const { backfillMarginMinutes = DEFAULT_BACKFILL_MARGIN_MINUTES, retentionDays } = options
  const { row = `a row of ${table}` } = options
  const { ignoreCase = [] } = options
  if (options.key !== undefined && key.length === 0) {
    refuse(
      table,
      '`key: []` names no column; without `key` a table has a change log and no current table: nothing tells which row a change belongs to',
    )
  }
  for (const column of ignoreCase) {
    if (!key.includes(column))
      refuse(table, `ignoreCase: \`${column}\` is not of the key (${key.join(', ')})`)
  }
  for (const [column, type] of Object.entries(columns)) {
    if (!(type in READ_AS) && !TYPES.includes(type)) {
      const allowed = [...Object.keys(READ_AS), ...TYPES].join(', ')
      refuse(table, `column \`${column}\` cannot be read as \`${type}\`; allowed are ${allowed}`)
    }
  }
  for (const [column, kind] of Object.entries(privacy)) {
    if (!PRIVATE.includes(kind))
      refuse(
        table,
        `column \`${column}\` cannot be private as \`${kind}\`; allowed are ${PRIVATE.join(', ')}`,
      )
  }
  if (!Number.isInteger(backfillMarginMinutes) || backfillMarginMinutes < 0) {
    refuse(table, `backfillMarginMinutes is a whole number, 0 or more; given: ${backfillMarginMinutes}`)
  }
  if (retentionDays !== undefined && (!Number.isInteger(retentionDays) || retentionDays < 1)) {
    refuse(table, `retentionDays is a whole number, 1 or more; given: ${retentionDays}`)
  }
  const clusterable = key.filter((column) => !NOT_CLUSTERED.includes(columns[column]))
  const { clusterBy = clusterable.slice(0, MOST_CLUSTERED) } = options
  return Object.freeze({
    database,
    name,
    key,
    ignoreCase,
    columns,
    clusterBy,
    sourceType,
    backfillMarginMinutes,
    retentionDays,
    privacy,
    row,
  })
}

/** The payload's columns, each in the type that the declaration gives: the columns of a SELECT. */
const typedPayload = ({ columns }) => {
  const replaced = Object.entries(columns).map(([column, type]) => {
    const value = `payload.${identifier(column)}`
    const read = READ_AS[type] ?? ((given) => `CAST(${given} AS ${type})`)
    return `${read(value)} AS ${identifier(column)}`
  })
  return replaced.length === 0 ? 'payload.*' : `payload.* REPLACE (\n    ${replaced.join(',\n    ')}\n  )`
}

module.exports = { sourceTable, typedPayload }
