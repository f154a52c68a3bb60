import { BIGINT, BLOB, DuckDBBlobValue, DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { javascriptOf } from './re2.ts'

/** How many capturing groups an RE2 pattern has. */
export function capturingGroups(pattern: string): number {
  return (withoutText(pattern).match(/\((?!\?)|\(\?P?<[A-Za-z_]/g) ?? []).length
}

/** The pattern without its quoted text, escapes and classes, in which a bracket is no group. */
function withoutText(pattern: string): string {
  return pattern.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/g, '.')
}

const compiled = new Map<string, RegExp>()

function javascriptPattern(pattern: string): RegExp {
  let known = compiled.get(pattern)
  if (known === undefined) {
    known = javascriptOf(pattern)
    if (compiled.size > 1000) compiled.clear()
    compiled.set(pattern, known)
  }
  known.lastIndex = 0
  return known
}

/** True if the pattern may match an empty text somewhere, or is not understood here. */
export function matchesNothing(pattern: string): boolean {
  try {
    if (/\\[bBAzQE]|\^|\$/.test(pattern.replace(/\[[^\]]*\]/g, ''))) return true
    return javascriptPattern(pattern).test('')
  } catch {
    return true
  }
}

/**
 * The matches from a position on, as BigQuery counts them: what stands before the position is not seen, the search goes
 * on behind each match (a character further behind an empty one), and none begins at the text's end, unless the text is
 * empty. Positions are code units in the text behind `position`.
 */
function* matchesOf(value: string, pattern: string, position: number): Generator<RegExpExecArray> {
  if (position > 1 && position > Buffer.byteLength(value)) return
  const text =
    position === 1
      ? value
      : Array.from(value)
          .slice(position - 1)
          .join('')
  const search = javascriptPattern(pattern)
  for (let at = 0; at < text.length || at === 0; ) {
    search.lastIndex = at
    let match = search.exec(text)
    // V8 finds empty matches inside of a surrogate pair, where no character begins.
    while (
      match !== null &&
      /[\ud800-\udbff]/.test(text.charAt(match.index - 1)) &&
      /^[\udc00-\udfff]/.test(text.slice(match.index))
    ) {
      search.lastIndex = match.index + 1
      match = search.exec(text)
    }
    if (match === null) return
    yield match
    const end = match.index + match[0].length
    at = match[0] === '' ? end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1) : end
  }
}

/** What each match (from a position on) or its only group holds; null for a group that took no part. */
function extractAll(value: string, pattern: string, position: number): (string | null)[] {
  if (capturingGroups(pattern) > 1) throw new GoogleSqlError(tooManyGroups)
  return Array.from(matchesOf(value, pattern, position), (match) =>
    match.length > 1 ? (match[1] ?? null) : match[0],
  )
}

const tooManyGroups =
  'Regular expressions passed into extraction functions must not have more than 1 capturing group'

export const regexpFunctions: readonly NativeFunction[] = [
  {
    // Bytes as the characters of their numbers, which is how RE2 reads them: 0 to 255.
    name: 'googlesql_latin1',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: ({ bytes }: DuckDBBlobValue) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
  },
  {
    name: 'googlesql_of_latin1',
    parameters: [VARCHAR],
    returns: BLOB,
    evaluate: (text: string) => new DuckDBBlobValue(Buffer.from(text, 'latin1')),
  },
  {
    // The rewriting text of REGEXP_REPLACE, if it is one.
    name: 'googlesql_regexp_rewrite',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: checkedRewrite,
  },
  {
    name: 'googlesql_regexp_groups',
    parameters: [VARCHAR],
    returns: BIGINT,
    evaluate: (pattern: string) => BigInt(capturingGroups(pattern)),
  },
  {
    // The first match's only group: NULL if it took no part.
    name: 'googlesql_regexp_group',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (value: string, pattern: string) => javascriptPattern(pattern).exec(value)?.[1] ?? null,
  },
  {
    name: 'googlesql_regexp_extract_all',
    parameters: [VARCHAR, VARCHAR, BIGINT],
    returns: LIST(VARCHAR),
    evaluate: (value: string, pattern: string, position: bigint) =>
      new DuckDBListValue(extractAll(value, pattern, Number(position))),
  },
  {
    name: 'googlesql_regexp_instr',
    parameters: [VARCHAR, VARCHAR, BIGINT, BIGINT, BIGINT],
    returns: BIGINT,
    evaluate: (value: string, pattern: string, position: bigint, occurrence: bigint, after: bigint) =>
      regexpInstr(value, pattern, Number(position), Number(occurrence), after),
  },
]

function regexpInstr(
  value: string,
  pattern: string,
  position: number,
  occurrence: number,
  after: bigint,
): bigint {
  if (position < 1) throw new GoogleSqlError('Position must be positive')
  if (occurrence < 1) throw new GoogleSqlError('Occurrence must be positive')
  if (after !== 0n && after !== 1n) throw new GoogleSqlError('Occurrence_position must be either 0 or 1')
  if (capturingGroups(pattern) > 1) {
    throw new GoogleSqlError(tooManyGroups)
  }
  if (pattern === '' || value === '') return 0n
  let count = 0
  for (const match of matchesOf(value, pattern, position)) {
    if (++count < occurrence) continue
    const span = match.indices?.[match.length > 1 ? 1 : 0]
    if (span === undefined) return 0n
    const text = match.input
    // Behind an empty match the search has gone on by a character, and BigQuery tells that place.
    const step = match[0] === '' && span[0] < text.length ? 1 : 0
    const at = after === 1n ? span[1] : span[0]
    return BigInt(Array.from(text.slice(0, at)).length + step + position)
  }
  return 0n
}

function checkedRewrite(rewrite: string, pattern: string): string {
  const wrong = rewriteProblem(rewrite, capturingGroups(pattern))
  if (wrong !== undefined) throw new GoogleSqlError(wrong)
  return rewrite
}

/** What is wrong with the rewriting text of REGEXP_REPLACE, in BigQuery's words; undefined if nothing is. */
export function rewriteProblem(rewrite: string, groups: number): string | undefined {
  const prefix = 'Invalid REGEXP_REPLACE pattern: Rewrite schema'
  const escapes = [...rewrite.matchAll(/\\([\s\S]?)/g)].map((match) => match[1] ?? '')
  if (escapes.includes('')) return `${prefix} error: '\\' not allowed at end.`
  if (escapes.some((sign) => !/[\d\\]/.test(sign))) {
    return `${prefix} error: '\\' must be followed by a digit or '\\'.`
  }
  const most = Math.max(0, ...escapes.filter((sign) => sign !== '\\').map(Number))
  return most > groups
    ? `${prefix} requires ${most} matches, but the regexp only has ${groups} parenthesized subexpressions.`
    : undefined
}
