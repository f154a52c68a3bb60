import type { ResultColumn, Value } from '../googlesql/result.ts'
import type { SqlType } from '../googlesql/types/type.ts'

/** How a client asked for timestamps: microseconds as whole numbers, or (the API's default) seconds as floats. */
export type TimestampFormat = 'micros' | 'seconds' | 'iso'

/**
 * A row as the API sends it: `{f: [{v}, …]}`, every scalar a text
 * (https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults, and what the clients can read).
 */
export function rowOf(
  columns: readonly ResultColumn[],
  row: readonly Value[],
  timestamps: TimestampFormat,
): { readonly f: readonly { readonly v: unknown }[] } {
  return { f: columns.map(({ type }, index) => ({ v: cell(row[index] ?? null, type, timestamps) })) }
}

/** One value: a text, null, a list of `{v}`, or `{f: […]}` of a RECORD. */
export function cell(value: Value, type: SqlType, timestamps: TimestampFormat): unknown {
  if (value === null) return type.kind === 'ARRAY' ? [] : null
  switch (type.kind) {
    case 'ARRAY':
      return (value as readonly Value[]).map((item) => ({ v: cell(item, type.element, timestamps) }))
    case 'STRUCT': {
      const values = value as readonly Value[]
      return { f: type.fields.map((field, at) => ({ v: cell(values[at] ?? null, field.type, timestamps) })) }
    }
    case 'FLOAT64':
      return floatText(Number(value))
    case 'BYTES':
      return value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : null
    case 'TIMESTAMP':
      return timestampText(String(value), timestamps)
    case 'TIME':
      return timeText(String(value))
    case 'RANGE':
      return rangeText(String(value), type.element, timestamps)
    default:
      return String(value)
  }
}

/** `1.5`, `1.0`, `NaN`, `Infinity`. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** Six digits of a fraction or none: Python's client reads no other. */
function timeText(text: string): string {
  const [whole = '', fraction] = text.split('.')
  return fraction === undefined ? whole : `${whole}.${fraction.padEnd(6, '0')}`
}

function timestampText(text: string, format: TimestampFormat): string {
  if (format === 'iso') return text
  const micros = timestampMicros(text)
  return format === 'micros' ? String(micros) : floatSeconds(micros)
}

/** Microseconds since 1970 of `2024-01-02T03:04:05.678901Z`. */
export function timestampMicros(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace(/Z$/, '').split('.')
  const [date = '', time = '00:00:00'] = whole.split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  const [hours, minutes, seconds] = time.split(':').map(Number)
  const instant = new Date(0)
  instant.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  instant.setUTCHours(hours ?? 0, minutes ?? 0, seconds ?? 0)
  return BigInt(instant.getTime()) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** `1.704164645678901E9`: seconds with every digit. */
function floatSeconds(micros: bigint): string {
  if (micros === 0n) return '0.0'
  const sign = micros < 0n ? '-' : ''
  const digits = String(micros < 0n ? -micros : micros)
  const fraction = digits.slice(1).replace(/0+$/, '')
  return `${sign}${digits[0]}.${fraction === '' ? '0' : fraction}E${digits.length - 7}`
}

function rangeText(text: string, element: SqlType, timestamps: TimestampFormat): string {
  if (element.kind !== 'TIMESTAMP' && element.kind !== 'DATETIME') return text
  const bounds = text.slice(1, -1).split(', ')
  const shown = bounds.map((bound) => {
    if (bound === 'UNBOUNDED') return bound
    // A range's own text has `2024-01-02 03:04:05+00`.
    const written = bound.replace(' ', 'T').replace(/\+00$/, 'Z')
    return element.kind === 'TIMESTAMP' ? timestampText(written, timestamps) : written
  })
  return `[${shown.join(', ')})`
}
