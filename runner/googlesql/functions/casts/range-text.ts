import { quoteText } from '../../lower/identifier.ts'
import { once } from '../../lower/library/once.ts'
import { raise } from '../../lower/library/raise.ts'
import { physicalType, rangeEnd, rangeStart } from '../../types/physical.ts'
import type { SqlType } from '../../types/type.ts'
import { lowerCast } from './cast.ts'

/** CAST('[a, b)' AS RANGE<T>): the ends are cast as T; UNBOUNDED and NULL are NULL. */
export function rangeOfText(text: string, element: SqlType): string {
  return once([text], (x) => {
    const pattern = quoteText('^\\[([^ ,].*?), ([^ ].*?)\\)$')
    const bound = (group: number) => {
      const part = `regexp_extract(${x}, ${pattern}, ${group})`
      const known = `CASE WHEN upper(${part}) NOT IN ('UNBOUNDED', 'NULL') THEN ${part} END`
      return lowerCast(known, { kind: 'STRING' }, element)
    }
    const type = physicalType({ kind: 'RANGE', element })
    const value = checkedRange(bound(1), bound(2), element)
    const message = `'Invalid RANGE value: ' || ${x}`
    return `CASE WHEN regexp_matches(${x}, ${pattern}) THEN ${value} WHEN ${x} IS NOT NULL THEN ${raise(message, type)} END`
  })
}

/** A range of two ends, the first before the second. */
export function checkedRange(start: string, end: string, element: SqlType): string {
  const type = physicalType({ kind: 'RANGE', element })
  return once([start, end], (a, b) => {
    const message = quoteText('Range start element must be smaller than range end element')
    return `CASE WHEN ${a} >= ${b} THEN ${raise(message, type)} ELSE CAST({${quoteText(rangeStart)}: ${a}, ${quoteText(rangeEnd)}: ${b}} AS ${type}) END`
  })
}
