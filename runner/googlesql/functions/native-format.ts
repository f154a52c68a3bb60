import { quoteText } from '../lower/identifier.ts'
import { onceUnlessCheap } from '../lower/library/once.ts'
import type { SqlType } from '../types/type.ts'

const specifier = /%(?:%|(0?\d{0,2})([di])|(s)|\.(\d{1,2})(f))/y

/**
 * FORMAT with a pattern that DuckDB's own functions print the same: `%s`, `%d`, `%05d`, `%.2f` of a STRING, INT64, FLOAT64.
 *
 * @param args DuckDB SQL of the arguments after the pattern
 * @param slowly one specifier's text by the registered function
 * @returns undefined if the pattern has anything else, or not as many specifiers as arguments
 * @example nativeFormat('%s-%03d', ['a', 'b'], [STRING, INT64]) // (a || '-' || printf('%03d', b))
 */
export function nativeFormat(
  pattern: string,
  args: readonly string[],
  types: readonly SqlType[],
  slowly: (specifier: string, value: string, type: SqlType) => string,
): string | undefined {
  const parts: string[] = []
  let text = ''
  let next = 0
  for (let at = 0; at < pattern.length; ) {
    specifier.lastIndex = at
    const match = pattern[at] === '%' ? specifier.exec(pattern) : null
    if (pattern[at] === '%' && match === null) return undefined
    if (match === null || match[0] === '%%') {
      text += pattern[at]
      at += match === null ? 1 : 2
      continue
    }
    const [all, width, integer, word, places, float] = match
    const printed = printedBy(args[next], types[next], { all, width, integer, word, places, float }, slowly)
    if (printed === undefined) return undefined
    if (text !== '') parts.push(quoteText(text))
    parts.push(printed)
    text = ''
    next += 1
    at += all.length
  }
  if (next !== args.length || next === 0) return undefined
  if (text !== '') parts.push(quoteText(text))
  return parts.length === 1 ? parts[0] : `(${parts.join(' || ')})`
}

interface Specifier {
  readonly all: string
  readonly width: string | undefined
  readonly integer: string | undefined
  readonly word: string | undefined
  readonly places: string | undefined
  readonly float: string | undefined
}

function printedBy(
  value: string | undefined,
  type: SqlType | undefined,
  { all, width, integer, word, places, float }: Specifier,
  slowly: (specifier: string, value: string, type: SqlType) => string,
): string | undefined {
  if (value === undefined || type === undefined) return undefined
  if (word !== undefined && type.kind === 'STRING') return value
  if (integer !== undefined && type.kind === 'INT64') {
    return width === ''
      ? `CAST(${value} AS VARCHAR)`
      : `printf(${quoteText(all.replace('i', 'd'))}, ${value})`
  }
  if (float === undefined || type.kind !== 'FLOAT64') return undefined
  // DuckDB's digits of numbers beyond 10^50 are not the exact ones, and a zero may have a sign.
  return onceUnlessCheap(
    [value],
    (x) =>
      `CASE WHEN ${x} <> 0 AND abs(${x}) < 1e15 THEN printf('%.${places}f', ${x}) ELSE ${slowly(all, x, type)} END`,
  )
}
