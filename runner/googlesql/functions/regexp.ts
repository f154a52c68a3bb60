import { quoteText } from '../lower/identifier.ts'
import { capturingGroups, matchesNothing, rewriteProblem } from '../lower/library/native/regexp.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { raiseText } from '../lower/library/raise.ts'
import { physicalType } from '../types/physical.ts'
import { arrayOf, BOOL, BYTES, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { optional, scalar, signature } from './define.ts'
import type { Call, FunctionEntry, Parameter, Signature } from './function.ts'

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
    // Wrong patterns are told of whether they match or not.
    const known = groupsOf(call)
    const wrong =
      known === undefined
        ? `WHEN ${v} IS NOT NULL AND googlesql_regexp_groups(${p}) > 1 THEN ${raiseText(tooMany, 'VARCHAR')} `
        : known > 1
          ? `WHEN ${v} IS NOT NULL THEN ${raiseText(tooMany, 'VARCHAR')} `
          : ''
    return `CASE ${wrong}WHEN regexp_matches(${v}, ${p}) THEN ${found} END`
  })
}

/** Could the pattern match nothing? DuckDB then finds a last empty match behind the text that BigQuery does not. */
function mayBeEmpty(call: Call): boolean {
  const pattern = call.literals[1]
  return typeof pattern !== 'string' || matchesNothing(pattern)
}

/** Patterns that only JavaScript's engine is asked about are read by RE2 first, for its errors. */
function checked(value: string, pattern: string): string {
  return `CASE WHEN ${value} IS NOT NULL AND regexp_matches('', ${pattern}) IS NOT NULL THEN ${pattern} END`
}

/** Every match from a position on, or its group: NULL where that took no part. */
function matches(value: string, pattern: string, call: Call, position: string): string {
  if (mayBeEmpty(call))
    return `googlesql_regexp_extract_all(${value}, ${checked(value, pattern)}, ${position})`
  const text = position === '1' ? value : `substring(${value}, ${position})`
  return byGroups(call, pattern, 'VARCHAR[]', (group) => `regexp_extract_all(${text}, ${pattern}, ${group})`)
}

function extractAll(value: string, pattern: string, call: Call): string {
  return once([value, pattern], (v, p) => {
    if ((groupsOf(call) ?? 0) > 1)
      return `CASE WHEN ${v} IS NOT NULL THEN ${raiseText(tooMany, 'VARCHAR[]')} END`
    const list = matches(v, p, call, '1')
    const absent = groupsOf(call) !== 0 && mayBeAbsent(call)
    return absent ? `list_transform(${list}, lambda m: coalesce(m, ''))` : list
  })
}

/**
 * The n-th match from a position on (both from 1); NULL if there is none. Whether the position lies behind the text is
 * asked of its bytes, as GoogleSQL does.
 */
function extractNth(
  [value = '', pattern = '', position = '', occurrence = '1']: readonly string[],
  call: Call,
): string {
  return once([value, pattern, position, occurrence], (v, p, at, n) => {
    const wrongPosition = raiseText('Position must be positive', 'VARCHAR')
    // Of BYTES the text has a character a byte.
    const size = call.argumentTypes[0]?.kind === 'BYTES' ? `length(${v})` : `strlen(${v})`
    const wrongOccurrence = raiseText('Occurrence must be positive', 'VARCHAR')
    return (
      `CASE WHEN ${v} IS NULL OR ${p} IS NULL OR ${at} IS NULL OR ${n} IS NULL THEN NULL ` +
      `WHEN ${at} < 1 THEN ${wrongPosition} WHEN ${n} < 1 THEN ${wrongOccurrence} WHEN (${at} > ${size} AND ${at} > 1) THEN NULL ELSE (${matches(v, p, call, at)})[${n}] END`
    )
  })
}

function regexp(name: string, signatures: FunctionEntry['signatures']): FunctionEntry {
  const safe = signatures.map((given) => ({ ...given, lower: ofNull(compiledLate(given.lower)) }))
  return scalar(name, `${page}#${name.toLowerCase()}`, safe)
}

/** NULL for a constant NULL, whatever the pattern: DuckDB would compile that, and tell of its mistakes. */
function ofNull(lower: Signature['lower']): Signature['lower'] {
  return (args, call) =>
    call.literals.includes(null) ? `CAST(NULL AS ${physicalType(call.resultType)})` : lower(args, call)
}

/**
 * DuckDB computes and compiles a constant pattern before it runs anything, where SAFE cannot forgive it, and where no row
 * may ask for one that raises.
 */
function compiledLate(lower: Signature['lower']): Signature['lower'] {
  return (args, call) => {
    const isLiteral = typeof call.literals[1] === 'string'
    const late = isLiteral ? call.safe : (args[1] ?? '').includes('googlesql_')
    if (!late) return lower(args, call)
    const fields = args.map((arg, index) => `'s${index}': ${arg}`)
    const inner = lower(
      args.map((_, index) => `safe_call.s${index}`),
      { ...call, literals: args.map(() => undefined) },
    )
    return `list_transform([{${fields.join(', ')}}], lambda safe_call: ${inner})[1]`
  }
}

/** Over STRING, and over BYTES: these as text of the characters 0 to 255, which is how RE2 reads them. */
function both(
  parameters: readonly Parameter[],
  result: SqlType,
  lower: Signature['lower'],
): readonly Signature[] {
  const bytes = (type: Parameter['type']) => (type === STRING ? BYTES : type)
  const resultOfBytes = result.kind === 'STRING' ? BYTES : result.kind === 'ARRAY' ? arrayOf(BYTES) : result
  const overBytes: Signature['lower'] = (args, call) => {
    const texts = args.map((arg, index) =>
      (parameters[index] ?? parameters.at(-1))?.type === STRING ? `googlesql_latin1(${arg})` : arg,
    )
    const found = lower(texts, { ...call, literals: args.map(() => undefined) })
    if (result.kind === 'STRING') return `googlesql_of_latin1(${found})`
    return result.kind === 'ARRAY' ? `list_transform(${found}, lambda m: googlesql_of_latin1(m))` : found
  }
  return [
    signature(parameters, result, lower),
    signature(
      parameters.map((parameter) => ({ ...parameter, type: bytes(parameter.type) })),
      resultOfBytes,
      overBytes,
    ),
  ]
}

const text: Parameter = { type: STRING }

const extractSignatures = [
  ...both([text, text], STRING, ([value = '', pattern = ''], call) => extract(value, pattern, call)),
  ...both([text, text, { type: INT64 }, optional(INT64)], STRING, extractNth),
]

function replace(value: string, pattern: string, by: string, call: Call): string {
  const rewrite = call.literals[2]
  const groups = groupsOf(call)
  if (typeof rewrite !== 'string' || groups === undefined) {
    return once(
      [pattern],
      (p) => `regexp_replace(${value}, ${p}, googlesql_regexp_rewrite(${by}, ${p}), 'g')`,
    )
  }
  const wrong = rewriteProblem(rewrite, groups)
  return wrong === undefined
    ? `regexp_replace(${value}, ${pattern}, ${by}, 'g')`
    : `CASE WHEN ${value} IS NOT NULL THEN ${raiseText(wrong, 'VARCHAR')} END`
}

/** The place of a literal pattern's first match, of its only argument: behind the least that can stand before it. */
function firstPlace(value: string, [, pattern, ...others]: Call['literals']): string | undefined {
  if (typeof pattern !== 'string' || others.length > 0) return undefined
  if (capturingGroups(pattern) !== 0 || matchesNothing(pattern)) return undefined
  const all = quoteText(`(?s:^(.*?))(?:${pattern})`)
  return onceUnlessCheap([value], (v) => {
    const before = `regexp_extract(${v}, ${all}, 1)`
    return `CASE WHEN regexp_matches(${v}, ${quoteText(pattern)}) THEN length(${before}) + 1 WHEN ${v} IS NOT NULL THEN 0 END`
  })
}

/** Regular expressions: DuckDB's engine is RE2 as BigQuery's is, with the same options. */
export const regexpFunctions: readonly FunctionEntry[] = [
  regexp('REGEXP_CONTAINS', [
    ...both([text, text], BOOL, ([value = '', pattern = '']) => `regexp_matches(${value}, ${pattern})`),
  ]),
  regexp('REGEXP_EXTRACT', extractSignatures),
  regexp('REGEXP_SUBSTR', extractSignatures),
  regexp('REGEXP_EXTRACT_ALL', [
    ...both([text, text], arrayOf(STRING), ([value = '', pattern = ''], call) =>
      extractAll(value, pattern, call),
    ),
  ]),
  regexp('REGEXP_REPLACE', [
    ...both([text, text, text], STRING, ([value = '', pattern = '', by = ''], call) =>
      replace(value, pattern, by, call),
    ),
  ]),
  regexp('REGEXP_INSTR', [
    ...both(
      [text, text, optional(INT64), optional(INT64), optional(INT64)],
      INT64,
      ([value = '', pattern = '', position = '1', occurrence = '1', after = '0'], { literals }) =>
        firstPlace(value, literals) ??
        once(
          [value, pattern],
          (v, p) => `googlesql_regexp_instr(${v}, ${checked(v, p)}, ${position}, ${occurrence}, ${after})`,
        ),
    ),
  ]),
]
