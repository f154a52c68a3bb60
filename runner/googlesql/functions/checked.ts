import { quoteText } from '../lower/identifier.ts'
import { onceUnlessCheap } from '../lower/library/once.ts'
import { raise } from '../lower/library/raise.ts'

export type DateKind = 'DATE' | 'DATETIME' | 'TIMESTAMP'

const bounds: Readonly<Record<DateKind, readonly [type: string, bounds: string]>> = {
  DATE: ['DATE', `DATE '0001-01-01' AND DATE '9999-12-31'`],
  DATETIME: ['TIMESTAMP', `TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'`],
  TIMESTAMP: [
    'TIMESTAMP WITH TIME ZONE',
    `TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'`,
  ],
}

/**
 * A date or time made from arguments, that must lie in the years 1 to 9999: raises otherwise, NULL if it is NULL.
 * DuckDB's own range is wider, so the years just beyond are computed and then refused.
 */
export function inYears(
  kind: DateKind,
  args: readonly string[],
  build: (...args: string[]) => string,
  message: string,
): string {
  const [type, range] = bounds[kind]
  return onceUnlessCheap(args, (...names) => {
    const value = build(...names)
    // Two CASEs would evaluate a raising branch for NULL: the range decides first, then NULL.
    return `CASE WHEN ${value} BETWEEN ${range} THEN ${value} WHEN ${value} IS NOT NULL THEN ${raise(quoteText(message), type)} END`
  })
}
