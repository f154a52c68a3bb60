/** Elements of time patterns that DuckDB prints as BigQuery does, from the year 1000 on. */
const printed: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'YmdHMSyjbBaAIpVGuwUW'].map((letter) => [letter, `%${letter}`])),
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  h: '%b',
  E4Y: '%Y',
  '%': '%%',
}

const dateElements = 'YmdyjbBaAVGuwUWFDh'

/**
 * The pattern of FORMAT_DATE and the like as DuckDB's strftime takes it; undefined if it has an element that DuckDB has
 * not, or a part of time that the type has not.
 *
 * @example nativePrintPattern('%F', 'DATE') // '%Y-%m-%d'
 */
export function nativePrintPattern(
  pattern: string,
  type: 'DATE' | 'DATETIME' | 'TIMESTAMP',
): string | undefined {
  let result = ''
  for (const [part, element] of pattern.matchAll(/%(E4Y|[^E]|$)|[^%]+|%/g)) {
    if (!part.startsWith('%')) {
      result += part
      continue
    }
    const native = printed[element ?? '']
    if (native === undefined) return undefined
    if (type === 'DATE' && element !== '%' && element !== 'E4Y' && !dateElements.includes(element ?? ''))
      return undefined
    result += native
  }
  return result
}

const widths: Readonly<Record<string, number>> = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 }

/**
 * The pattern of PARSE_DATE and the like as DuckDB's strptime takes it, with the length of texts in which every element
 * has all its digits; undefined if it has other elements, one of them twice, or less than a whole date.
 *
 * @example nativeParsePattern('%F %T', 'TIMESTAMP') // { pattern: '%Y-%m-%d %H:%M:%S', length: 19 }
 */
export function nativeParsePattern(
  given: string,
  type: 'DATE' | 'DATETIME' | 'TIMESTAMP',
): { readonly pattern: string; readonly length: number } | undefined {
  const pattern = given.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S')
  const seen = new Set<string>()
  let length = 0
  for (const [part] of pattern.matchAll(/%.?|[^%]/gu)) {
    if (!part.startsWith('%')) {
      // Spaces stand for any number of them, letters may be of either case, and signs are no digits' beginning.
      if (!/^[-/:.,_T ]$/.test(part)) return undefined
      length += 1
      continue
    }
    const width = widths[part[1] ?? '']
    if (width === undefined || seen.has(part)) return undefined
    seen.add(part)
    length += width
  }
  const whole = ['%Y', '%m', '%d'].every((element) => seen.has(element))
  if (!whole || (type === 'DATE' && seen.size > 3)) return undefined
  return { pattern, length }
}
