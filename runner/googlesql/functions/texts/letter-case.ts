import { onceUnlessCheap } from '../../lower/library/once.ts'
import { BYTES, STRING } from '../../types/scalars.ts'
import { plain } from '../define.ts'
import type { Signature } from '../function.ts'

/** Letters whose upper case is several, ß apart. */
const severalUpper =
  '[\\x{149}\\x{1f0}\\x{390}\\x{3b0}\\x{587}\\x{1e96}-\\x{1e9a}\\x{1f50}-\\x{1f56}\\x{1f80}-\\x{1fff}\\x{fb00}-\\x{fb17}]'

/** Letters that have one other letter change case in DuckDB; of the rest the registered function knows Unicode's rules. */
const cases = {
  UPPER: (x: string) =>
    `CASE WHEN strlen(${x}) = length(${x}) THEN upper(${x}) ` +
    `WHEN regexp_matches(${x}, '${severalUpper}') THEN googlesql_upper(${x}) ELSE upper(replace(${x}, 'ß', 'ss')) END`,
  LOWER: (x: string) =>
    `CASE WHEN contains(${x}, 'İ') OR contains(${x}, 'Σ') THEN googlesql_lower(${x}) ELSE lower(${x}) END`,
} as const

/** UPPER and LOWER. */
export function changeCase(name: 'UPPER' | 'LOWER'): readonly Signature[] {
  return [
    plain([STRING], STRING, (value) => onceUnlessCheap([value], cases[name])),
    plain([BYTES], BYTES, (value) => {
      const [from, to] = name === 'UPPER' ? [97, 122] : [65, 90]
      const shift = name === 'UPPER' ? -32 : 32
      const points = `list_transform(googlesql_bytes_to_code_points(${value}), lambda c: CASE WHEN c BETWEEN ${from} AND ${to} THEN c + ${shift} ELSE c END)`
      return `googlesql_code_points_to_bytes(${points})`
    }),
  ]
}
