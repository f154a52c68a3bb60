import { capturingGroups, matchesNothing } from '../lower/library/native/regexp.ts'
import { once } from '../lower/library/once.ts'
import { raiseText } from '../lower/library/raise.ts'
import { arrayOf, BOOL, BYTES, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { optional, scalar, signature } from './define.ts'
import type { Call, FunctionEntry } from './function.ts'

const page = 'string_functions'
const tooMany =
  'Regular expressions passed into extraction functions must not have more than 1 capturing group'

/** A literal pattern's count of groups; undefined if it is not known before running. */
function groupsOf(call: Call): number | undefined {
  const pattern = call.literals[1]
  return typeof pattern === 'string' ? capturingGroups(pattern) : undefined
}

/** Chooses by the number of capturing groups (0 or 1), at compile time where the pattern is a literal. */
function byGroups(call: Call, pattern: string, type: string, lower: (group: 0 | 1) => string): string {
  const known = groupsOf(call)
  if (known === 0 || known === 1) return lower(known)
  if (known !== undefined) return raiseText(tooMany, type)
  return `CASE googlesql_regexp_groups(${pattern}) WHEN 0 THEN ${lower(0)} WHEN 1 THEN ${lower(1)} ELSE CASE WHEN ${pattern} IS NOT NULL THEN ${raiseText(tooMany, type)} END END`
}

/** Could the pattern match without its group taking part, so that the group is NULL and not empty? */
function mayBeAbsent(call: Call): boolean {
  const pattern = call.literals[1]
  return typeof pattern !== 'string' || /\)(?:[?*]|\{0?,)|\|/.test(pattern)
}

/** REGEXP_EXTRACT: DuckDB gives '' both for an empty match and for none. */
function extract(value: string, pattern: string, call: Call): string {
  return once([value, pattern], (v, p) => {
    const found = byGroups(call, p, 'VARCHAR', (group) => {
      const part = `regexp_extract(${v}, ${p}, ${group})`
      if (group === 0 || !mayBeAbsent(call)) return part
      return `CASE WHEN ${part} = '' THEN googlesql_regexp_group(${v}, ${p}) ELSE ${part} END`
    })
    return `CASE WHEN regexp_matches(${v}, ${p}) THEN ${found} END`
  })
}

/** Could the pattern match nothing? DuckDB then finds a last empty match behind the text that BigQuery does not. */
function mayBeEmpty(call: Call): boolean {
  const pattern = call.literals[1]
  return typeof pattern !== 'string' || matchesNothing(pattern)
}

function extractAll(value: string, pattern: string, call: Call): string {
  if (mayBeEmpty(call)) return `googlesql_regexp_extract_all(${value}, ${pattern}, 1)`
  return once([value, pattern], (v, p) =>
    byGroups(call, p, 'VARCHAR[]', (group) => `regexp_extract_all(${v}, ${p}, ${group})`),
  )
}

/** The n-th match from a position on (both from 1); NULL if there is none. */
function extractNth(args: readonly string[], call: Call): string {
  const [value = '', pattern = '', position = '', occurrence = '1'] = args
  return once([value, pattern, position, occurrence], (v, p, at, n) => {
    const wrongPosition = raiseText('Position must be positive', 'VARCHAR')
    const wrongOccurrence = raiseText('Occurrence must be positive', 'VARCHAR')
    const matches = byGroups(
      call,
      p,
      'VARCHAR[]',
      (group) => `regexp_extract_all(substring(${v}, ${at}), ${p}, ${group})`,
    )
    return (
      `CASE WHEN ${at} < 1 THEN ${wrongPosition} WHEN ${n} < 1 THEN ${wrongOccurrence} ` +
      `WHEN ${v} IS NULL OR ${p} IS NULL OR ${at} > length(${v}) + 1 THEN NULL ELSE (${matches})[${n}] END`
    )
  })
}

function regexp(name: string, signatures: FunctionEntry['signatures']): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

const bytesReason = 'regular expressions over BYTES are not supported locally'
const onBytes = (parameters: readonly SqlType[], result: SqlType) => ({
  ...signature(parameters, result, () => 'NULL'),
  refused: bytesReason,
})

const extractSignatures = [
  signature([STRING, STRING], STRING, ([value = '', pattern = ''], call) => extract(value, pattern, call)),
  signature([STRING, STRING, INT64, optional(INT64)], STRING, extractNth),
  onBytes([BYTES, BYTES], BYTES),
]

/** Regular expressions: DuckDB's engine is RE2 as BigQuery's is, with the same options. */
export const regexpFunctions: readonly FunctionEntry[] = [
  regexp('REGEXP_CONTAINS', [
    signature([STRING, STRING], BOOL, ([value = '', pattern = '']) => `regexp_matches(${value}, ${pattern})`),
    onBytes([BYTES, BYTES], BOOL),
  ]),
  regexp('REGEXP_EXTRACT', extractSignatures),
  regexp('REGEXP_SUBSTR', extractSignatures),
  regexp('REGEXP_EXTRACT_ALL', [
    signature([STRING, STRING], arrayOf(STRING), ([value = '', pattern = ''], call) =>
      extractAll(value, pattern, call),
    ),
    onBytes([BYTES, BYTES], arrayOf(BYTES)),
  ]),
  regexp('REGEXP_REPLACE', [
    signature([STRING, STRING, STRING], STRING, ([value = '', pattern = '', by = ''], call) => {
      const rewrite = call.literals[2]
      const groups = groupsOf(call)
      if (typeof rewrite === 'string' && groups !== undefined) {
        const wanted = [...rewrite.matchAll(/\\(?:\\|(\d))/g)].map((match) => Number(match[1] ?? 0))
        const most = Math.max(0, ...wanted)
        if (most > groups) {
          return raiseText(
            `Invalid REGEXP_REPLACE pattern: Rewrite schema requires ${most} matches, but the regexp only has ${groups} parenthesized subexpressions.`,
            'VARCHAR',
          )
        }
      }
      return `regexp_replace(${value}, ${pattern}, ${by}, 'g')`
    }),
    onBytes([BYTES, BYTES, BYTES], BYTES),
  ]),
  regexp('REGEXP_INSTR', [
    signature(
      [STRING, STRING, optional(INT64), optional(INT64), optional(INT64)],
      INT64,
      ([value = '', pattern = '', position = '1', occurrence = '1', after = '0']) =>
        `googlesql_regexp_instr(${value}, ${pattern}, ${position}, ${occurrence}, ${after})`,
    ),
    onBytes([BYTES, BYTES], INT64),
  ]),
]
