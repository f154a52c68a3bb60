import { BIGINT, DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'

/** How many capturing groups an RE2 pattern has. */
export function capturingGroups(pattern: string): number {
  return (withoutText(pattern).match(/\((?!\?)|\(\?P?<[A-Za-z_]/g) ?? []).length
}

/** The pattern without its quoted text, escapes and classes, in which a bracket is no group. */
function withoutText(pattern: string): string {
  return pattern.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/g, '.')
}

const compiled = new Map<string, RegExp>()

/**
 * An RE2 pattern as JavaScript's, for the few questions that DuckDB's functions do not answer (where a match lies,
 * whether a group took part).
 *
 * @throws GoogleSqlError for syntax that JavaScript reads otherwise: refused, not guessed
 */
function javascriptPattern(pattern: string): RegExp {
  let known = compiled.get(pattern)
  if (known === undefined) {
    const flags = /^\(\?([ims]+)\)/.exec(pattern)
    const body = flags === null ? pattern : pattern.slice(flags[0].length)
    const odd = /\\[QEACpPzZ]|\[\[?:|\(\?[imsU]|\(\?P=|\(\?[a-zA-Z-]+[:)]/.exec(body)
    if (odd !== null) {
      throw new GoogleSqlError(`regular expression ${pattern}: ${odd[0]} is not supported locally here`)
    }
    try {
      // RE2's \s, \d, \w and \b know ASCII only; JavaScript's \s knows Unicode's spaces too.
      const ascii = body
        .replaceAll('(?P<', '(?<')
        .replace(/\\(s|S)/g, (_, kind) => (kind === 's' ? '[\\t\\n\\f\\r ]' : '[^\\t\\n\\f\\r ]'))
      known = new RegExp(ascii, `gdu${flags?.[1] ?? ''}`)
    } catch {
      throw new GoogleSqlError(`Cannot parse regular expression: ${pattern}`)
    }
    if (compiled.size > 1000) compiled.clear()
    compiled.set(pattern, known)
  }
  known.lastIndex = 0
  return known
}

/** True if the pattern may match an empty text, or is not understood here. */
export function matchesNothing(pattern: string): boolean {
  try {
    const known = javascriptPattern(pattern)
    if (/\\[bB]|\^|\$/.test(pattern.replace(/\[[^\]]*\]/g, ''))) return true
    return known.test('')
  } catch {
    return false
  }
}

/** What each match (from a position on) or its only group holds. An empty match at the text's end does not count. */
function extractAll(value: string, pattern: string, position: number): string[] {
  if (capturingGroups(pattern) > 1) throw new GoogleSqlError(tooManyGroups)
  const text = Array.from(value)
    .slice(position - 1)
    .join('')
  const found: string[] = []
  for (const match of text.matchAll(javascriptPattern(pattern))) {
    if (match[0] === '' && match.index === text.length && (text.length > 0 || found.length > 0)) break
    found.push(match[1] ?? (match.length > 1 ? '' : match[0]))
  }
  return found
}

const tooManyGroups =
  'Regular expressions passed into extraction functions must not have more than 1 capturing group'

export const regexpFunctions: readonly NativeFunction[] = [
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
  const points = Array.from(value)
  if (pattern === '' || position > points.length) return 0n
  const skipped = position - 1
  const text = points.slice(skipped).join('')
  let count = 0
  for (const match of text.matchAll(javascriptPattern(pattern))) {
    if (++count < occurrence) continue
    const span = match.indices?.[match.length > 1 ? 1 : 0]
    if (span === undefined) return 0n
    const at = after === 1n ? span[1] : span[0]
    return BigInt(Array.from(text.slice(0, at)).length + 1 + skipped)
  }
  return 0n
}
