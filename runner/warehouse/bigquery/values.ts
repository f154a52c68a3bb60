import type { Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'

/** One cell of a row as the API sends it: a text, null, a list of cells, or `{f: […]}` of a STRUCT. */
export type Cell = string | null | readonly { readonly v: Cell }[] | Row

/** A row as the API sends it. */
export interface Row {
  readonly f: readonly { readonly v: Cell }[]
}

/**
 * A cell in the form of `Value`; timestamps are asked for as microseconds.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults and DataFormatOptions.
 */
export function toValue(cell: Cell, type: SqlType): Value {
  if (cell === null || cell === undefined) return type.kind === 'ARRAY' ? [] : null
  if (type.kind === 'ARRAY')
    return isList(cell) ? cell.map(({ v }) => toValue(v, type.element)) : unexpected(cell, type)
  if (type.kind === 'STRUCT') {
    if (typeof cell === 'string' || isList(cell)) return unexpected(cell, type)
    return type.fields.map((field, index) => toValue(cell.f[index]?.v ?? null, field.type))
  }
  return typeof cell === 'string' ? scalarOf(cell, type) : unexpected(cell, type)
}

const isList = (cell: Cell): cell is readonly { readonly v: Cell }[] => Array.isArray(cell)

function unexpected(cell: Cell, type: SqlType): never {
  throw new Error(`BigQuery sent a ${typeof cell} as a value of type ${type.kind}`)
}

function scalarOf(text: string, type: SqlType): Value {
  switch (type.kind) {
    case 'BOOL':
      return text === 'true'
    case 'INT64':
      return BigInt(text)
    case 'FLOAT64':
      return Number(text.replace(/^([+-]?)inf(?:inity)?$/i, '$1Infinity'))
    case 'BYTES':
      return plainBytes(Buffer.from(text, 'base64'))
    case 'TIMESTAMP':
      return timestampText(text)
    case 'DATETIME':
    case 'TIME':
      return shortFraction(text)
    case 'RANGE':
      return rangeText(text, type.element)
    default:
      return text
  }
}

const plainBytes = (bytes: Buffer): Uint8Array => new Uint8Array(bytes)

/** `2024-01-02T03:04:05.678Z` of microseconds since 1970. */
function timestampText(text: string): string {
  const micros = BigInt(text)
  const inSecond = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = Number((micros - inSecond) / 1_000_000n)
  const [whole = ''] = new Date(seconds * 1000).toISOString().split('.')
  return `${shortFraction(`${whole}.${inSecond.toString().padStart(6, '0')}`)}Z`
}

/** A time with no, three or six digits behind its seconds. */
function shortFraction(text: string): string {
  const [whole = '', digits = ''] = text.split('.')
  const fraction = digits.padEnd(6, '0')
  if (/^0+$/.test(fraction)) return whole
  return `${whole}.${fraction.endsWith('000') ? fraction.slice(0, 3) : fraction}`
}

/** Inside of a range, a time has the form of CAST(… AS STRING). */
function rangeText(text: string, element: SqlType): string {
  const bounds = text.slice(1, -1).split(', ')
  const shown = bounds.map((bound) => {
    if (bound === 'UNBOUNDED' || element.kind === 'DATE') return bound
    const value = element.kind === 'TIMESTAMP' ? timestampText(bound) : shortFraction(bound)
    return value.replace('T', ' ').replace('Z', '+00')
  })
  return `[${shown.join(', ')})`
}
