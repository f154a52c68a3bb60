import { type CoercionOptions, coercion } from './coerce.ts'
import { equalTypes, equivalentTypes } from './equal.ts'
import type { SqlType } from './type.ts'

/** One expression whose type takes part in a supertype; `null` is the literal NULL, which fits every type. */
export interface Candidate extends CoercionOptions {
  readonly type: SqlType | null
}

/**
 * The common supertype of expressions: of a CASE's branches, an array's elements, a set operation's columns. Literals
 * give way to the types of other expressions (`IF(c, date, '2024-01-01')` is DATE). Only NULLs: INT64, as BigQuery.
 * undefined: there is none.
 * Rules: https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#supertypes
 *
 * @example supertype([INT64, FLOAT64]) // FLOAT64
 * @example supertype([{ type: DATE }, { type: STRING, literal: true }]) // DATE
 */
export function supertype(given: readonly (SqlType | Candidate)[]): SqlType | undefined {
  const candidates = given.map(asCandidate)
  const typed = candidates.filter((candidate) => candidate.type !== null)
  const first = typed[0]
  if (first === undefined || first.type === null) return { kind: 'INT64' }
  const structured = typed.find((c) => c.type?.kind === 'STRUCT' || c.type?.kind === 'ARRAY')
  if (structured?.type) return nestedSupertype(structured.type, typed)

  // What is no literal decides; literals decide among themselves only if there is nothing else.
  const fixed = typed.filter((candidate) => !candidate.literal && !candidate.parameter)
  const deciding = fixed.length > 0 ? fixed : typed
  for (const target of ordered(deciding, typed)) {
    if (typed.every((candidate) => candidate.type !== null && coercion(candidate.type, target, candidate))) {
      return target
    }
  }
  return undefined
}

/** Types to try, best first: those present among the deciding ones, then what numbers widen to. */
function ordered(deciding: readonly Candidate[], all: readonly Candidate[]): readonly SqlType[] {
  const present = [...deciding, ...all].flatMap((candidate) =>
    candidate.type === null ? [] : [candidate.type],
  )
  const rank = (type: SqlType) => numericRank[type.kind] ?? -1
  const unique = present.filter(
    (type, index) => present.findIndex((other) => equalTypes(other, type)) === index,
  )
  return [...unique].sort((a, b) => rank(a) - rank(b))
}

const numericRank: Readonly<Record<string, number>> = { INT64: 0, NUMERIC: 1, BIGNUMERIC: 2, FLOAT64: 3 }

function nestedSupertype(shape: SqlType, typed: readonly Candidate[]): SqlType | undefined {
  // Arrays are never converted element by element, not even those written out.
  if (shape.kind === 'ARRAY') {
    const same = typed.every(({ type }) => type !== null && equivalentTypes(type, shape))
    return same ? shape : undefined
  }
  if (shape.kind !== 'STRUCT') return undefined
  const structs: Extract<SqlType, { kind: 'STRUCT' }>[] = []
  for (const candidate of typed) {
    if (candidate.type?.kind !== 'STRUCT' || candidate.type.fields.length !== shape.fields.length)
      return undefined
    structs.push(candidate.type)
  }
  const fields = shape.fields.map((field, index) => {
    const type = supertype(
      typed.map((candidate, at) => ({ ...candidate, type: structs[at]?.fields[index]?.type ?? null })),
    )
    // BigQuery keeps the field names of the first struct.
    return type && { name: structs[0]?.fields[index]?.name ?? field.name, type }
  })
  return fields.every((field) => field !== undefined) ? { kind: 'STRUCT', fields } : undefined
}

function asCandidate(given: SqlType | Candidate): Candidate {
  return 'kind' in given ? { type: given } : given
}
