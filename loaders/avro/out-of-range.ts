/**
 * Why a value does not fit a raw table's column. None holds the value: reasons stand in logs, error messages and the
 * ledger, where nobody's data belong; the event itself is in its dead letter.
 */
export const outOfRange = {
  date: 'a date outside 0001-01-01 to 9999-12-31',
  time: 'a time outside one day',
  timestamp: "a timestamp outside 0001-01-01 to 9999-12-31, as PostgreSQL's `infinity` is",
  numeric: 'a decimal of more than 29 digits before the point',
} as const
