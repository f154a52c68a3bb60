import { onceUnlessCheap } from '../../lower/library/once.ts'
import { INT64 } from '../../types/scalars.ts'
import type { Signature } from '../function.ts'
import { either } from './text-or-bytes.ts'

/** INSTR (string_functions#instr). */
export const instr: readonly Signature[] = either(
  ['same', 'same', INT64, INT64],
  INT64,
  ([value = '', part = '', position = '1', occurrence = '1'], bytes) =>
    bytes
      ? `googlesql_bytes_find(${value}, ${part}, ${position}, ${occurrence})`
      : position === '1' && occurrence === '1'
        ? /^'[^']+'$/.test(part)
          ? `strpos(${value}, ${part})`
          : onceUnlessCheap(
              [value, part],
              (v, p) =>
                `CASE WHEN ${p} <> '' THEN strpos(${v}, ${p}) ELSE googlesql_instr(${v}, ${p}, 1, 1) END`,
            )
        : (nthPosition(value, part, position, occurrence) ??
          `googlesql_instr(${value}, ${part}, ${position}, ${occurrence})`),
  2,
)

/**
 * The place of the n-th occurrence from the beginning, or of the last one, of a literal that cannot overlap itself: it
 * parts the text, and what lies before it is as long as the parts.
 */
function nthPosition(value: string, part: string, position: string, occurrence: string): string | undefined {
  const [from, count] = [position, occurrence].map((sql) =>
    Number(/^(?:CAST\()?(-?\d{1,4})(?: AS BIGINT\))?$/.exec(sql)?.[1] ?? 0),
  )
  const text = /^'([^']+)'$/.exec(part)?.[1]
  if (text === undefined || count === undefined || count < 1 || (from !== 1 && from !== -1)) return undefined
  const overlaps = Array.from(text, (_, size) => size > 0 && text.endsWith(text.slice(0, size)))
  if (overlaps.includes(true)) return undefined
  return onceUnlessCheap([value], (v) => {
    const parts = `string_split(${v}, ${part})`
    const found = (place: string) =>
      `CASE WHEN len(${parts}) > ${count} THEN ${place} WHEN ${v} IS NOT NULL THEN 0 END`
    if (from === 1) return found(`length(array_to_string(${parts}[1:${count}], ${part})) + 1`)
    return found(
      `length(${v}) - length(array_to_string(${parts}[-${count}:], ${part})) - length(${part}) + 1`,
    )
  })
}
