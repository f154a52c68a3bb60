import type { JsonObject } from '../datastream/json-event.ts'
import { JsonNumber } from '../datastream/raw-json.ts'

/** Fields of source_metadata that say where a change stands; undefined if the message does not say. */
export type Position = Readonly<Record<string, unknown>> | undefined

/**
 * Where a change stands in its source's log, in Datastream's own terms, so that one definition orders both
 * (`macros/position.js`): PostgreSQL's LSN as it writes it, MySQL's binary log, Oracle's scn. `ssn` is the number of the
 * row within the log's record. undefined where the message does not say, or not in the form that is compared.
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
  const value = number === undefined ? undefined : BigInt(number)
  if (value === undefined || value > 0xffff_ffff_ffff_ffffn) return undefined
  const order = (transaction as { readonly total_order?: unknown } | null | undefined)?.total_order
  return {
    lsn: `${(value >> 32n).toString(16)}/${(value & 0xffff_ffffn).toString(16)}`.toUpperCase(),
    ...(wholeText(order) === undefined ? {} : { ssn: order }),
  }
}

function mysql({ file, pos, row, gtid }: JsonObject): Position {
  if (typeof file !== 'string' || !/^.+\.\d{1,18}$/s.test(file) || !isInt64(pos)) return undefined
  return { log_file: file, log_position: pos, ssn: row, ...(typeof gtid === 'string' ? { gtid } : {}) }
}

function sqlServer({ change_lsn: lsn, event_serial_no: number }: JsonObject): Position {
  const isLsn = typeof lsn === 'string' && /^[0-9A-F]{1,16}(:[0-9A-F]{1,16}){2}$/i.test(lsn)
  return isLsn ? { lsn, ssn: number } : undefined
}

function oracle({ scn, rs_id: rsId, ssn, row_id: rowId }: JsonObject): Position {
  if (!isInt64(scn)) return undefined
  return { scn, rs_id: rsId, ssn, row_id: rowId }
}

function wholeText(value: unknown): string | undefined {
  const text = value instanceof JsonNumber ? value.text : typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d{1,20}$/.test(text) ? text : undefined
}

function isInt64(value: unknown): boolean {
  const text = wholeText(value)
  return text !== undefined && BigInt(text) < 2n ** 63n
}
