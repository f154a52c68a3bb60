import accessors from '@duckdb/node-api/lib/vectors/dataAccessors.js'

/**
 * Makes DuckDB's client give texts whole. Its decoder leaves out a byte order mark at a text's beginning, of results as
 * of what registered functions are given; there is no option for it. Without effect but that, and when repeated.
 */
export function readWholeTexts(): void {
  Object.assign(accessors, { textDecoder: decoder })
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
