import accessors from '@duckdb/node-api/lib/vectors/dataAccessors.js'

/**
 * Makes DuckDB's client give texts whole, and those of repeated values at once: of results, and of what registered
 * functions are given. Its own reader leaves out a byte order mark at a text's beginning, without an option for it, and
 * decodes a constant anew for every row. Without effect but that, and when repeated.
 */
export function readWholeTexts(): void {
  Object.assign(accessors, { getString: textAt })
}

/** A vector's text that was read last: how DuckDB has it (size, four bytes, then eight more or an address), and itself. */
interface Last {
  readonly start: bigint
  readonly rest: bigint
  readonly text: string
}

const lasts = new WeakMap<DataView, Last>()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** While a vector is read nothing is moved: two equal entries of it are one text. */
function textAt(vector: DataView, offset: number): string {
  const start = vector.getBigUint64(offset)
  const rest = vector.getBigUint64(offset + 8)
  const last = lasts.get(vector)
  if (last !== undefined && last.start === start && last.rest === rest) return last.text
  const text = decoder.decode(accessors.getStringBytes(vector, offset))
  lasts.set(vector, { start, rest, text })
  return text
}
