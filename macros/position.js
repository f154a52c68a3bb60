/**
 * Where a change stands in its source's log, as one text: `<epoch>@<place>`. Within an epoch plain text comparison is
 * the source's own order; between epochs only time can tell (docs/models.md, "Epochs").
 *
 *     binlog mysql-bin@0000000000000000131:0000000000000001234:1    MySQL: file number, offset
 *     lsn@0000000000000016:00000000CB002DB0:1                       PostgreSQL, SQL Server: the number's parts
 *     scn@0000000000021989784:…:1                                   Oracle: scn, rs_id, ssn
 *     seq@20240601121500120000000000000000017:1                     AWS DMS: $AR_H_CHANGE_SEQ
 *     file@20240601-121500123:0000000000000000004:1                 AWS DMS without it: file of changes, row
 *     time@2024-05-01T12:00:00.000000:…:1                           nothing better is known: source time, read time
 *
 * The last digit puts the delete half of a key change before its insert half: both stand at one place of the log. (Debezium
 * calls them DELETE and INSERT.) Rows of one record of the log that are numbered (`ssn`) stand in that order within it.
 * Numbers are padded, because '9' > '16' as text. Which form applies is told by the fields that are present, not by
 * `read_method`, whose spellings differ ('postgres-cdc-wal', 'postgresql-cdc', 'cdc'). A backfill row was not read
 * from a log: its position is NULL.
 */

/** A number that is not negative, as text of 19 digits (the most an INT64 has); NULL for others. */
const padded = (number) => `IF(${number} >= 0, LPAD(CAST(${number} AS STRING), 19, '0'), NULL)`

/** Text parts, one after the other; NULL if one of them is. */
const joined = (...parts) => `CONCAT(${parts.join(", ':', ")})`

const HEX = '[0-9A-Fa-f]{1,16}'

/**
 * MySQL: `mysql-bin.000131`, 1234. A stream in binlog mode names the place `log_file` and `log_position`, with a file ''
 * for none; in GTID mode `binlog_file` and `binlog_position`.
 */
const logFile = "COALESCE(NULLIF(source_metadata.log_file, ''), source_metadata.binlog_file)"
const logPosition =
  "IF(COALESCE(source_metadata.log_file, '') = '', source_metadata.binlog_position, source_metadata.log_position)"

/** Raw events with the columns `log_file` and `log_position`, which `position` reads: what stands after FROM. */
const placed = (events) => `(
    SELECT
      *,
      ${logFile} AS log_file,
      ${logPosition} AS log_position
    FROM ${events}
  )`

/** The number of a row within its record of the log, where the source numbers them. */
const rowInRecord = `COALESCE(CONCAT(':', ${padded('source_metadata.ssn')}), '')`

const mysql = () => {
  const number = "SAFE_CAST(REGEXP_EXTRACT(log_file, r'^.+\\.([0-9]+)$') AS INT64)"
  return `CONCAT('binlog ', REGEXP_EXTRACT(log_file, r'^(.+)\\.[0-9]+$'), '@', ${joined(padded(number), padded('log_position'))}, ${rowInRecord})`
}

/** Hexadecimal numbers of a text, each by a pattern that has it as its only group, one after the other. */
const hexadecimals = (text, patterns) =>
  joined(...patterns.map((pattern) => `LPAD(UPPER(REGEXP_EXTRACT(${text}, r'${pattern}')), 16, '0')`))

/** PostgreSQL: `16/CB002DB0`. */
const postgresql = () =>
  `CONCAT('lsn@', ${hexadecimals('source_metadata.lsn', [`^(${HEX})/${HEX}$`, `^${HEX}/(${HEX})$`])}, ${rowInRecord})`

/** SQL Server: `00000025:00000728:0003`. */
const sqlServer = () =>
  `CONCAT('lsn@', ${hexadecimals('source_metadata.lsn', [
    `^(${HEX}):${HEX}:${HEX}$`,
    `^${HEX}:(${HEX}):${HEX}$`,
    `^${HEX}:${HEX}:(${HEX})$`,
  ])}, ${rowInRecord})`

/** Oracle: `rs_id` is three numbers with blanks around (` 0x000004.00000705.0010 `), or missing. */
const oracle = () => {
  const rsId = hexadecimals('TRIM(source_metadata.rs_id)', [
    `^0x(${HEX})\\.${HEX}\\.${HEX}$`,
    `^0x${HEX}\\.(${HEX})\\.${HEX}$`,
    `^0x${HEX}\\.${HEX}\\.(${HEX})$`,
  ])
  const ssn = padded('source_metadata.ssn')
  return `CONCAT('scn@', ${joined(padded('source_metadata.scn'), `COALESCE(${rsId}, '')`, `COALESCE(${ssn}, '')`)})`
}

/** AWS DMS: 35 digits in the order of the task's changes; without them, a file named by its time, and the row in it. */
const dms = () =>
  `IF(read_method = 'dms-cdc', COALESCE(
        CONCAT('seq@', REGEXP_EXTRACT(source_metadata.lsn, r'^[0-9]{35}$')),
        CONCAT('file@', REGEXP_EXTRACT(log_file, r'^[0-9]{8}-[0-9]+$'), ':', ${padded('log_position')})
      ), NULL)`

const instant = (time) => `COALESCE(FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6S', ${time}, 'UTC'), '')`

/** True for a row that was read from the table itself: `mysql-backfill-fulldump`, `backfill`, `oracle_dump`. */
const isBackfill = `COALESCE(REGEXP_CONTAINS(read_method, r'backfill|dump'), FALSE)`

/**
 * The position of a raw event.
 *
 * @returns {string} an expression over a raw table's columns and `log_file`, `log_position` (below): STRING, NULL for a
 *   backfill row
 */
const position = () => `IF(${isBackfill}, NULL, CONCAT(
    COALESCE(
      ${mysql()},
      ${postgresql()},
      ${sqlServer()},
      ${oracle()},
      ${dms()},
      CONCAT('time@', ${joined(instant('source_timestamp'), instant('read_timestamp'))})
    ),
    IF(
      source_metadata.change_type = 'UPDATE-DELETE'
        OR (source_metadata.change_type = 'DELETE' AND ENDS_WITH(read_method, '-debezium')),
      ':0',
      ':1'
    )
  ))`

/** The epoch of a logged event's position, `backfill` for a row that has none: an expression over a change log. */
const epoch = `COALESCE(REGEXP_EXTRACT(_metadata_position, r'^(.*)@'), 'backfill')`

module.exports = { epoch, placed, position }
