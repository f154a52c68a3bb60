import type { Place } from '../../problem.ts'

/**
 * The line and column, both from 1, of an offset of `text`. Lines end at `\n`, `\r\n` and a lone `\r`, as in BigQuery;
 * columns count UTF-16 code units.
 *
 * @example positionAt('SELECT\n  x', 9) // { line: 2, column: 3 }
 */
export function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  for (let index = 0; index < offset; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) {
      line += 1
      lineStart = index + 1
    }
  }
  return { line, column: offset - lineStart + 1 }
}

/** A Problem's place for an offset. */
export function placeAt(text: string, offset: number, file?: string): Place {
  return { file, ...positionAt(text, offset) }
}
