import { BLOB, type DuckDBBlobValue, type DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import type { NativeFunction } from '../native-function.ts'
import { format } from './printf.ts'

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** A text as a literal: in double quotes, or in single ones if that needs fewer escapes. */
function stringLiteral(text: string): string {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"'
  const escaped = Array.from(text, (point) => {
    if (point === quote) return `\\${point}`
    if (short[point] !== undefined) return short[point]
    const code = point.codePointAt(0) ?? 0
    return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, '0')}` : point
  })
  return `${quote}${escaped.join('')}${quote}`
}

/** Bytes as a literal has them; `quotes` are the signs that need a backslash. */
function bytesText(bytes: Uint8Array, quotes: string): string {
  return Array.from(bytes, (byte) => {
    const sign = String.fromCharCode(byte)
    if (sign === '\\' || quotes.includes(sign)) return `\\${sign}`
    return byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, '0')}` : sign
  }).join('')
}

export const formatFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_string_literal',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: stringLiteral,
  },
  {
    name: 'googlesql_bytes_literal',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue) => {
      const quote = value.bytes.includes(34) && !value.bytes.includes(39) ? "'" : '"'
      return `b${quote}${bytesText(value.bytes, quote)}${quote}`
    },
  },
  {
    name: 'googlesql_bytes_escape',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue) => bytesText(value.bytes, `'"\``),
  },
  {
    // The arguments' texts in pairs (%t, %T), and their types, one a line.
    name: 'googlesql_format',
    parameters: [VARCHAR, LIST(VARCHAR), VARCHAR],
    returns: VARCHAR,
    evaluate: (pattern: string, texts: DuckDBListValue, types: string) => {
      const names = types === '' ? [] : types.split('\n')
      return format(
        pattern,
        names.map((type, index) => ({
          type,
          plain: texts.items[index * 2] as string | null,
          literal: texts.items[index * 2 + 1] as string | null,
        })),
      )
    },
  },
]
