import { Problem } from '../../../problem.ts'
import { raise } from '../../lower/library/raise.ts'
import type { Span } from '../../parse/ast.ts'
import type { Value } from '../../result.ts'
import { coercion } from '../../types/coerce.ts'
import { equalTypes, equivalentTypes } from '../../types/equal.ts'
import { physicalType } from '../../types/physical.ts'
import { typeName } from '../../types/print.ts'
import { type Candidate, supertype } from '../../types/supertype.ts'
import type { SqlType } from '../../types/type.ts'
import { type Context, problemAt } from '../context.ts'
import type { Expr, LiteralExpr } from '../resolved.ts'
import { badLiteral, readsAs } from './text-literal.ts'

/** True for a call of ERROR: it never gives a value, so it fits every type. */
function neverGives(expr: Expr): expr is Extract<Expr, { kind: 'call' }> {
  return expr.kind === 'call' && expr.entry.name === 'ERROR'
}

/** True for NULL, ERROR(…) and `[]` as written: they fit every (array) type. */
export function isUntyped(expr: Expr): boolean {
  if (neverGives(expr)) return true
  return (expr.kind === 'literal' || expr.kind === 'array') && expr.untyped === true
}

/** True for NULL as written, without a type, and for what fits as well as it. */
export function isUntypedNull(expr: Expr): boolean {
  if (neverGives(expr)) return true
  return expr.kind === 'literal' && expr.untyped === true
}

/** True for literals, and arrays and structs built of nothing else: they coerce more freely than other expressions. */
export function isLiteral(expr: Expr): boolean {
  switch (expr.kind) {
    case 'literal':
      return expr.from === 'literal'
    case 'array':
      return expr.elements.every(isLiteral)
    case 'struct':
      return expr.values.every(isLiteral)
    case 'call':
      // -1 is a literal too.
      return expr.entry.name === '-' && expr.args.length === 1 && expr.args.every((a) => a.kind === 'literal')
    default:
      return false
  }
}

/** An expression as it takes part in choosing a common type. */
export function candidateOf(expr: Expr): Candidate {
  if (isUntyped(expr)) return { type: isUntypedNull(expr) ? null : expr.type, literal: true }
  return {
    type: expr.type,
    literal: isLiteral(expr) && !(expr.kind === 'literal' && !isAscii(expr.value)),
    parameter: expr.kind === 'literal' && expr.from === 'parameter',
  }
}

/** Whether and how well an expression fits a type; undefined: it does not. 0 is best. */
export function coercionCost(expr: Expr, to: SqlType): number | undefined {
  // NULL fits everything; where a function leaves a choice, it is taken for an INT64.
  if (isUntypedNull(expr)) return to.kind === 'INT64' ? 0 : 0.01 * (distances[`INT64 ${to.kind}`] ?? 0.5)
  if (expr.kind === 'array' && expr.untyped === true) return to.kind === 'ARRAY' ? 0 : undefined
  if (equalTypes(expr.type, to)) return 0
  if (expr.kind === 'struct' && to.kind === 'STRUCT') return structCost(expr.values, to)
  if (expr.kind === 'array' && to.kind === 'ARRAY' && isLiteral(expr) && expr.elements.length > 0) {
    return sum(expr.elements.map((element) => coercionCost(element, to.element)))
  }
  if (to.kind === 'BYTES' && expr.kind === 'literal' && !isAscii(expr.value)) return undefined
  const way = coercion(expr.type, to, {
    literal: isLiteral(expr),
    parameter: expr.kind === 'literal' && expr.from === 'parameter',
  })
  if (way === undefined) return undefined
  if (way === 'same') return 0
  return (way === 'literal' ? 1 : 10) * (distances[`${expr.type.kind} ${to.kind}`] ?? 4)
}

/** Only such texts stand for BYTES. */
function isAscii(value: Value): boolean {
  return typeof value !== 'string' || Buffer.byteLength(value) === value.length
}

function structCost(values: readonly Expr[], to: Extract<SqlType, { kind: 'STRUCT' }>): number | undefined {
  if (values.length !== to.fields.length) return undefined
  return sum(
    values.map((value, index) => {
      const field = to.fields[index]
      return field && coercionCost(value, field.type)
    }),
  )
}

function sum(costs: readonly (number | undefined)[]): number | undefined {
  let total = 0
  for (const cost of costs) {
    if (cost === undefined) return undefined
    total += cost
  }
  return total
}

/** How far a type is from one that it converts into: functions prefer FLOAT64 for an INT64, but NUMERIC beside one. */
const distances: Readonly<Record<string, number>> = {
  'INT64 FLOAT64': 1,
  'INT64 NUMERIC': 2,
  'INT64 BIGNUMERIC': 3,
  'NUMERIC BIGNUMERIC': 1,
  'NUMERIC FLOAT64': 5,
  'BIGNUMERIC FLOAT64': 5,
  'DATE DATETIME': 1,
}

/** The expression as a value of `to`; the caller has made sure that it fits. */
export function convert(expr: Expr, to: SqlType): Expr {
  if (neverGives(expr)) return equalTypes(expr.type, to) ? expr : errorOf(expr, to)
  if (isUntypedNull(expr)) return nullOf(to)
  if (expr.kind === 'array' && expr.untyped === true && to.kind === 'ARRAY') {
    return { kind: 'array', type: to, elements: [] }
  }
  if (equalTypes(expr.type, to)) return retyped(expr, to)
  if (expr.kind === 'literal' && expr.from !== 'value') {
    const { value: text } = expr
    if (
      expr.from === 'literal' &&
      expr.type.kind === 'STRING' &&
      typeof text === 'string' &&
      !readsAs(text, to)
    ) {
      throw new Problem(badLiteral(text, to))
    }
    const value = literalAs(expr, to)
    if (value !== undefined) return { kind: 'literal', type: to, value, from: expr.from }
    const digits = decimalText(expr, to)
    if (digits !== undefined) return { kind: 'cast', type: to, operand: digits, safe: false }
  }
  if (expr.kind === 'struct' && to.kind === 'STRUCT') {
    const values = expr.values.map((value, index) => {
      const field = to.fields[index]
      return field === undefined ? value : convert(value, field.type)
    })
    return { kind: 'struct', type: to, values }
  }
  if (expr.kind === 'array' && to.kind === 'ARRAY') {
    return { kind: 'array', type: to, elements: expr.elements.map((element) => convert(element, to.element)) }
  }
  return { kind: 'cast', type: to, operand: expr, safe: false }
}

function nullOf(type: SqlType): Expr {
  return { kind: 'literal', type, value: null, from: 'literal' }
}

/** ERROR(…) where a value of another type stands. */
function errorOf(expr: Extract<Expr, { kind: 'call' }>, type: SqlType): Expr {
  return {
    ...expr,
    type,
    signature: { ...expr.signature, lower: ([message = '']) => raise(message, physicalType(type)) },
  }
}

/** The same value, under the spelling of field names that `to` has. */
function retyped(expr: Expr, to: SqlType): Expr {
  return expr.type === to ||
    JSON.stringify(expr.type) === JSON.stringify(to) ||
    !equivalentTypes(expr.type, to)
    ? expr
    : { kind: 'cast', type: to, operand: expr, safe: false }
}

/** A literal's value in another type where that needs no work at run time. */
function literalAs(expr: Extract<Expr, { kind: 'literal' }>, to: SqlType): Value | undefined {
  const { value, type } = expr
  if (value === null) return null
  if (type.kind === 'INT64' && typeof value === 'bigint') {
    if (to.kind === 'FLOAT64') return Number(value)
    if (to.kind === 'NUMERIC' || to.kind === 'BIGNUMERIC') return value.toString()
  }
  if (type.kind === 'FLOAT64' && expr.text !== undefined && /^-?[0-9.]+$/.test(expr.text)) {
    const digits = expr.text.split('.')
    if (to.kind === 'NUMERIC' && (digits[1] ?? '').length <= 9 && (digits[0] ?? '').length <= 29) {
      const whole = digits[0] === '' || digits[0] === '-' ? `${digits[0]}0` : digits[0]
      return `${whole}.${digits[1] ?? ''}`.replace(/\.?0*$/, '')
    }
  }
  return undefined
}

/** A FLOAT64 written out becomes a decimal by its digits, not by the double nearest to them. */
function decimalText(expr: LiteralExpr, to: SqlType): LiteralExpr | undefined {
  const { text, value } = expr
  if (text === undefined || (to.kind !== 'NUMERIC' && to.kind !== 'BIGNUMERIC')) return undefined
  // Beyond the range it is the double that the error shows.
  if (Math.abs(Number(value)) >= (to.kind === 'NUMERIC' ? 1e29 : 5.7e38)) return undefined
  return { kind: 'literal', type: { kind: 'STRING' }, value: text, from: 'literal' }
}

/**
 * The expression as a value of `to`, if BigQuery converts it without a CAST.
 *
 * @throws Problem in BigQuery's words at `node` otherwise
 */
export function coerceTo(context: Context, node: Span, expr: Expr, to: SqlType, message?: string): Expr {
  if (coercionCost(expr, to) === undefined) {
    throw problemAt(context, node, message ?? `Expected type ${typeName(to)}; found ${typeName(expr.type)}`)
  }
  return placed(context, node, () => convert(expr, to))
}

/** Errors of a part that knows no place get that of the node. */
export function placed<T>(context: Pick<Context, 'source'>, node: Span, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Problem) || error.place.line !== undefined) throw error
    throw problemAt(context, node, error.message)
  }
}

/** All expressions as one common type; undefined if they have none. */
export function toCommonType(
  exprs: readonly Expr[],
): { readonly type: SqlType; readonly exprs: readonly Expr[]; readonly untyped: boolean } | undefined {
  const type = commonType(exprs)
  if (type === undefined) return undefined
  return { type, exprs: exprs.map((expr) => convert(expr, type)), untyped: exprs.every(isUntypedNull) }
}

/** The common supertype of expressions; INT64 for NULLs alone. */
export function commonType(exprs: readonly Expr[]): SqlType | undefined {
  const typed = exprs.filter((expr) => !isUntyped(expr))
  const arrays = exprs.filter((expr) => expr.kind === 'array' && isUntyped(expr))
  if (typed.length === 0) return arrays[0]?.type ?? { kind: 'INT64' }
  const first = typed[0]
  if (first !== undefined && typed.every((expr) => equalTypes(expr.type, first.type))) {
    return arrays.length > 0 && first.type.kind !== 'ARRAY' ? undefined : first.type
  }
  const byField = commonStruct(typed)
  if (byField !== undefined) return byField
  return supertype(typed.map(candidateOf))
}

/** STRUCTs written out: each field by itself, so that a NULL in one takes the type of the others' field. */
function commonStruct(exprs: readonly Expr[]): SqlType | undefined {
  const shape = exprs[0]?.type
  if (shape?.kind !== 'STRUCT' || !exprs.some((expr) => expr.kind === 'struct')) return undefined
  const arity = shape.fields.length
  if (!exprs.every((expr) => expr.type.kind === 'STRUCT' && expr.type.fields.length === arity))
    return undefined
  const fields = shape.fields.map((field, index) => {
    const type = commonType(withTypedNull(exprs.map((expr) => fieldExpr(expr, index))))
    return type && { name: field.name, type }
  })
  return fields.every((field) => field !== undefined) ? { kind: 'STRUCT', fields } : undefined
}

/** Of plain literals a NULL that comes first is an INT64: (1, NULL) and (1, 'a') have no common type. */
function withTypedNull(fields: readonly Expr[]): readonly Expr[] {
  const [first] = fields
  if (first === undefined || !isUntypedNull(first)) return fields
  const plain = ['INT64', 'FLOAT64', 'BOOL', 'STRING', 'BYTES']
  const literal = (field: Expr) => field.kind === 'literal' && field.from === 'literal'
  return fields.every((field) => literal(field) && plain.includes(field.type.kind))
    ? [{ ...first, untyped: false } as Expr, ...fields.slice(1)]
    : fields
}

function fieldExpr(expr: Expr, index: number): Expr {
  if (expr.kind === 'struct') {
    const value = expr.values[index]
    if (value !== undefined) return value
  }
  const type = expr.type.kind === 'STRUCT' ? expr.type.fields[index]?.type : undefined
  return { kind: 'field', type: type ?? { kind: 'INT64' }, operand: expr, index }
}
