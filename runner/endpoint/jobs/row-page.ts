/** BigQuery's own limit of an answer is 10 MB. */
const mostBytes = 10_000_000
const mostRows = 100_000

/**
 * The rows of one answer: at most `maxResults` (undefined: as many as fit), at least one if there is any left, unless
 * none are asked for.
 *
 * @returns `next`: where the next page starts; undefined after the last one
 */
export function rowPage<Row>(
  total: number,
  start: number,
  maxResults: number | undefined,
  row: (index: number) => Row,
): { readonly items: readonly Row[]; readonly next: number | undefined } {
  const items: Row[] = []
  const most = Math.min(maxResults ?? mostRows, mostRows, total - start)
  let bytes = 0
  while (items.length < most && (bytes < mostBytes || items.length === 0)) {
    const item = row(start + items.length)
    bytes += sizeOf(item)
    items.push(item)
  }
  const next = start + items.length
  return { items, next: next < total ? next : undefined }
}

/** About the length of the JSON of it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 8
  if (typeof value !== 'object' || value === null) return 8
  let size = 4
  for (const part of Object.values(value)) size += sizeOf(part)
  return size
}
