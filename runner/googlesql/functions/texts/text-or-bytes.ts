import { once } from '../../lower/library/once.ts'
import { raiseText } from '../../lower/library/raise.ts'
import { BYTES, STRING } from '../../types/scalars.ts'
import type { SqlType } from '../../types/type.ts'
import { optional, signature } from '../define.ts'
import type { Signature } from '../function.ts'

/** The same function of STRING and of BYTES; `lower` is told which. */
export function either(
  parameters: readonly ('same' | SqlType)[],
  result: SqlType | 'same',
  lower: (args: readonly string[], bytes: boolean) => string,
  least = parameters.length,
): readonly Signature[] {
  return [STRING, BYTES].map((type) =>
    signature(
      parameters.map((parameter, index) => {
        const own = parameter === 'same' ? type : parameter
        return index >= least ? optional(own) : own
      }),
      result === 'same' ? type : result,
      (args) => lower(args, type === BYTES),
    ),
  )
}

/** Evaluates `value` unless `wrong` (a condition that is not NULL-safe) holds; then raises. */
export function guarded(wrong: string, message: string, type: string, value: string): string {
  return `CASE WHEN ${wrong} THEN ${raiseText(message, type)} ELSE ${value} END`
}

export const duckType = (bytes: boolean) => (bytes ? 'BLOB' : 'VARCHAR')
/** DuckDB measures and cuts BLOBs by their hexadecimal text. */
export const bytesLength = (value: string) => `octet_length(${value})`
const bytesSlice = (value: string, start: string, length?: string) =>
  `unhex(substr(hex(${value}), 2 * (${start}) - 1${length === undefined ? '' : `, 2 * greatest(${length}, 0)`}))`

/** Positions and lengths that DuckDB takes: no text is longer. */
export const least = (count: string) =>
  /^\d{1,9}$/.test(count) ? count : `CASE WHEN ${count} > 2147483647 THEN 2147483647 ELSE ${count} END`

export function lengthOf(value: string, bytes: boolean): string {
  return bytes ? bytesLength(value) : `length(${value})`
}

export function slice(value: string, start: string, length: string | undefined, bytes: boolean): string {
  if (bytes) return bytesSlice(value, start, length)
  return `substring(${value}, ${start}${length === undefined ? '' : `, ${length}`})`
}

export function substr(args: readonly string[], bytes: boolean): string {
  return once(args, (value, position, length) => {
    // Position 0 is 1; one before the text's start is its start.
    const start = /^\d+$|^CAST\(\d+ AS BIGINT\)$/.test(position ?? '')
      ? `greatest(${least(position ?? '')}, 1)`
      : `CASE WHEN ${position} > 0 THEN ${least(position ?? '')} WHEN ${position} = 0 THEN 1 WHEN ${position} < 0 THEN greatest(${lengthOf(value ?? '', bytes)} + ${position} + 1, 1) END`
    if (length === undefined) return slice(value ?? '', start, undefined, bytes)
    const cut = least(length)
    return guarded(
      `${length} < 0 AND ${value} IS NOT NULL AND ${position} IS NOT NULL`,
      'Third argument in SUBSTR() cannot be negative',
      duckType(bytes),
      slice(value ?? '', start, /^\d+$/.test(length) ? length : cut, bytes),
    )
  })
}
