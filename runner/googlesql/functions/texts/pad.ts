import { onceUnlessCheap } from '../../lower/library/once.ts'
import { INT64 } from '../../types/scalars.ts'
import type { Signature } from '../function.ts'
import { either } from './text-or-bytes.ts'

/** LPAD and RPAD (string_functions#lpad). */
export function pad(name: 'LPAD' | 'RPAD'): readonly Signature[] {
  const left = name === 'LPAD' ? 'TRUE' : 'FALSE'
  return either(
    ['same', INT64, 'same'],
    'same',
    ([value = '', length = '', pattern], bytes) =>
      bytes
        ? `googlesql_bytes_pad(${value}, ${length}, ${pattern ?? `'\\x20'::BLOB`}, ${left})`
        : padded(name, value, length, pattern ?? `' '`),
    2,
  )
}

/** DuckDB pads as BigQuery does where there is a length and something to pad with. */
function padded(name: 'LPAD' | 'RPAD', value: string, length: string, pattern: string): string {
  const size = Number(/^CAST\((\d{1,4}) AS BIGINT\)$/.exec(length)?.[1] ?? -1)
  if (size >= 0 && /^'[^']+'$/.test(pattern)) return `${name.toLowerCase()}(${value}, ${size}, ${pattern})`
  return onceUnlessCheap([value, length, pattern], (v, n, p) => {
    const native = `${name.toLowerCase()}(${v}, TRY_CAST(${n} AS INTEGER), ${p})`
    const slow = `googlesql_pad(${v}, ${n}, ${p}, ${name === 'LPAD' ? 'TRUE' : 'FALSE'})`
    return `CASE WHEN ${n} BETWEEN 0 AND 9999 AND ${p} <> '' THEN ${native} ELSE ${slow} END`
  })
}
