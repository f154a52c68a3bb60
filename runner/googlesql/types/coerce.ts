import { equalTypes } from './equal.ts'
import type { ScalarKind, SqlType } from './type.ts'

export interface CoercionOptions {
  /** The expression is a literal (or NULL, an empty array, a struct or array built of literals). */
  readonly literal?: boolean
  /** The expression is a query parameter. */
  readonly parameter?: boolean
}

/** How an expression becomes another type without a written cast; ordered from best to worst. */
export type Coercion = 'same' | 'coerce' | 'literal' | undefined

/**
 * Whether an expression of type `from` may stand where `to` is asked for, and how. `same`: nothing to do; `coerce`:
 * any expression converts; `literal`: only because it is a literal or a parameter; undefined: only a written CAST could.
 * NULL literals fit every type: the caller knows them. Field names of structs need not agree.
 * Rules: https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#coercion
 *
 * @example coercion(INT64, FLOAT64) // 'coerce'
 * @example coercion(STRING, DATE, { literal: true }) // 'literal'
 */
export function coercion(from: SqlType, to: SqlType, options: CoercionOptions = {}): Coercion {
  if (equalTypes(from, to)) return 'same'
  if (from.kind === 'STRUCT') return structCoercion(from, to, options)
  if (from.kind === 'ARRAY') {
    if (to.kind !== 'ARRAY') return undefined
    const element = coercion(from.element, to.element, options)
    // An array's elements convert one by one only if the array is a literal; an array value is never re-typed, except
    // for the names of its structs' fields.
    if (element === 'same' || equivalentOnly(from.element, to.element)) return 'coerce'
    return element !== undefined && (options.literal || options.parameter) ? 'literal' : undefined
  }
  if (from.kind === 'RANGE') return undefined
  if (to.kind === 'RANGE' || to.kind === 'ARRAY' || to.kind === 'STRUCT') return undefined
  if (coercions[from.kind]?.includes(to.kind)) return 'coerce'
  const byLiteral = options.literal && literalCoercions[from.kind]?.includes(to.kind)
  const byParameter = options.parameter && parameterCoercions[from.kind]?.includes(to.kind)
  return byLiteral || byParameter ? 'literal' : undefined
}

/** Conversions that any expression may take: the column "Coerce To" of the rules. */
const coercions: Partial<Record<ScalarKind, readonly ScalarKind[]>> = {
  INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
  NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
  BIGNUMERIC: ['FLOAT64'],
  DATE: ['DATETIME'],
}

/** Conversions of literals: "Literal coercion". A FLOAT64 literal becomes NUMERIC from its text, exactly. */
const literalCoercions: Partial<Record<ScalarKind, readonly ScalarKind[]>> = {
  STRING: ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'BYTES'],
  FLOAT64: ['NUMERIC', 'BIGNUMERIC'],
}

/** Conversions of parameters: "Parameter coercion". */
const parameterCoercions: Partial<Record<ScalarKind, readonly ScalarKind[]>> = {
  STRING: ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'],
}

function structCoercion(
  from: Extract<SqlType, { kind: 'STRUCT' }>,
  to: SqlType,
  options: CoercionOptions,
): Coercion {
  if (to.kind !== 'STRUCT' || to.fields.length !== from.fields.length) return undefined
  let worst: Coercion = 'coerce'
  for (const [index, field] of from.fields.entries()) {
    const target = to.fields[index]
    const way = target && coercion(field.type, target.type, options)
    if (way === undefined) return undefined
    if (way === 'literal') worst = 'literal'
  }
  return worst
}

function equivalentOnly(from: SqlType, to: SqlType): boolean {
  return (
    from.kind === 'STRUCT' &&
    to.kind === 'STRUCT' &&
    structCoercion(from, to, {}) === 'coerce' &&
    sameLeaves(from, to)
  )
}

function sameLeaves(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') {
    return from.fields.every((field, index) => {
      const target = to.fields[index]
      return target !== undefined && sameLeaves(field.type, target.type)
    })
  }
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return sameLeaves(from.element, to.element)
  return equalTypes(from, to)
}
