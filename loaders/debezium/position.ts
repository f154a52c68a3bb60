import type { JsonObject } from '../datastream/json-event.ts'
import { JsonNumber } from '../datastream/raw-json.ts'

/** Fields of source_metadata that say where a change stands; undefined if the message does not say. */
export type Position = Readonly<Record<string, unknown>> | undefined

/**
 * Where a change stands in its source's log, in Datastream's own terms, so that one definition orders both
 * (`macros/position.js`): PostgreSQL's LSN as it writes it, MySQL's binary log, Oracle's scn. `ssn` is the number of the
 * row within the log's record. undefined for a connector whose positions are not known.
 */
export function positionOf(source: JsonObject, transaction: unknown): Position | 'unknown connector' {
  switch (source['connector']) {
    case 'postgresql':
      return postgresql(source, transaction)
    case 'mysql':
    case 'mariadb':
      return mysql(source)
    case 'sqlserver':
      return sqlServer(source)
    case 'oracle':
      return oracle(source)
    default:
      return 'unknown connector'
  }
}

/** A COPY writes several rows at one LSN; the transaction's own count tells them apart, where it is sent along. */
function postgresql({ lsn }: JsonObject, transaction: unknown): Position {
  const number = wholeText(lsn)
  if (number === undefined) return undefined
  const value = BigInt(number)
  const order = (transaction as { readonly total_order?: unknown } | null | undefined)?.total_order
  return {
    lsn: `${(value >> 32n).toString(16)}/${(value & 0xffff_ffffn).toString(16)}`.toUpperCase(),
    ...(wholeText(order) === undefined ? {} : { ssn: order }),
  }
}

function mysql({ file, pos, row, gtid }: JsonObject): Position {
  if (typeof file !== 'string' || file === '' || wholeText(pos) === undefined) return undefined
  return { log_file: file, log_position: pos, ssn: row, ...(typeof gtid === 'string' ? { gtid } : {}) }
}

function sqlServer({ change_lsn: lsn, event_serial_no: number }: JsonObject): Position {
  return typeof lsn === 'string' ? { lsn, ssn: number } : undefined
}

function oracle({ scn, rs_id: rsId, ssn, row_id: rowId }: JsonObject): Position {
  if (wholeText(scn) === undefined) return undefined
  return { scn, rs_id: rsId, ssn, row_id: rowId }
}

function wholeText(value: unknown): string | undefined {
  const text = value instanceof JsonNumber ? value.text : typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d+$/.test(text) ? text : undefined
}
