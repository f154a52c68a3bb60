/** Earlier than any landing: a log that is still empty has taken nothing. */
const NEVER = "TIMESTAMP '0001-01-01 00:00:00+00'"

/** When a raw event happened: by the source, or when it was read if the source does not tell. */
const eventTime = 'COALESCE(source_timestamp, read_timestamp)'

module.exports = { NEVER, eventTime }
