/** What a bench gives: times and ratios of one run on one machine, some with a limit that must hold. */
export interface BenchResult {
  readonly title: string
  readonly lines: readonly BenchLine[]
  /** What was not measured, and why: a peer that is not installed. */
  readonly missing?: readonly string[]
}

export interface BenchLine {
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'x' | 'MB' | 'rows/s' | 'MB/s'
  readonly limit?: Limit
}

/** `most`: the value must not be greater; `least`: not less. */
export type Limit = { readonly most: number } | { readonly least: number }

/** True if a line has no limit or holds it. */
export const holds = ({ value, limit }: BenchLine): boolean =>
  limit === undefined || ('most' in limit ? value <= limit.most : value >= limit.least)

/** The middle one of several measurements: a single slow one (another process, a cold disk) does not count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
