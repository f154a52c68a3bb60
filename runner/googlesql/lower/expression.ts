import { lowerCast } from '../functions/casts/cast.ts'
import type { Call } from '../functions/function.ts'
import type { CallExpr, Expr, LetExpr, PartArgument } from '../resolve/resolved.ts'
import { physicalFieldNames } from '../types/physical.ts'
import { bind } from './bind.ts'
import { lowerCondition } from './condition.ts'
import { constantInteger } from './constant-integer.ts'
import { columnSql, type Environment } from './environment.ts'
import { lowerFloatArithmetic } from './float-arithmetic.ts'
import { insideLambda } from './inside-lambda.ts'
import { memberOf } from './json-member.ts'
import { repeatable } from './library/once.ts'
import { partOf } from './library/part-of.ts'
import { raiseText } from './library/raise.ts'
import { lowerList, lowerLiteral, lowerStruct } from './literal.ts'
import { checkParameters } from './parameters.ts'
import { arrayQuery, existsQuery, inQuery, scalarQuery } from './subquery.ts'
import { holdsSubquery, references } from './uses.ts'

/** DuckDB SQL of an expression, of exactly the DuckDB form of its type. */
export function lowerExpr(environment: Environment, expr: Expr): string {
  const go = (part: Expr) => lowerExpr(environment, part)
  switch (expr.kind) {
    case 'literal':
      return lowerLiteral(expr.type, expr.value)
    case 'column':
    case 'grouping':
      return columnSql(environment, expr.column)
    case 'call':
      return lowerFloatArithmetic(environment, expr) ?? lowerCall(environment, expr)
    case 'cast':
      return lowerCastExpr(environment, expr)
    case 'case': {
      const whens = expr.whens.map(
        (when) => `WHEN ${lowerCondition(environment, when.condition)} THEN ${go(when.result)}`,
      )
      const otherwise = expr.otherwise === undefined ? '' : ` ELSE ${go(expr.otherwise)}`
      return `CASE ${whens.join(' ')}${otherwise} END`
    }
    case 'struct':
      return lowerStruct(expr.type, expr.values.map(go))
    case 'array':
      return lowerList(expr.type, expr.elements.map(go))
    case 'field': {
      const { type } = expr.operand
      if (type.kind !== 'STRUCT') throw new Error('a field of what is no struct')
      const operand = go(expr.operand)
      return partOf(operand, physicalFieldNames(type)[expr.index] ?? '', expr.type)
    }
    case 'subquery':
      if (expr.form === 'EXISTS') return existsQuery(environment, expr.query)
      return expr.form === 'ARRAY' ? arrayQuery(environment, expr) : scalarQuery(environment, expr.query)
    case 'in subquery':
      return inQuery(environment, go(expr.operand), expr.query, false)
    case 'let':
      return lowerLet(environment, expr)
  }
}

function lowerCastExpr(environment: Environment, expr: Extract<Expr, { kind: 'cast' }>): string {
  const value = lowerExpr(environment, expr.operand)
  const cast = lowerCast(value, expr.operand.type, expr.type, {
    safe: expr.safe,
    ...(expr.format === undefined ? {} : { format: lowerExpr(environment, expr.format) }),
    ...(expr.timeZone === undefined ? {} : { zone: lowerExpr(environment, expr.timeZone) }),
  })
  return expr.parameters === undefined
    ? cast
    : checkParameters(cast, { type: expr.type, parameters: expr.parameters }, expr.safe)
}

/** A part's text, or an argument's SQL. */
export function lowerArgument(environment: Environment, arg: Expr | PartArgument): string {
  return arg.kind === 'part' ? arg.text : lowerExpr(environment, arg)
}

/** What a lowering is told of its call. */
export function callFacts(
  args: readonly (Expr | PartArgument)[],
  resultType: Call['resultType'],
  safe: boolean,
): Call {
  return {
    argumentTypes: args.map((arg) => (arg.kind === 'part' ? { kind: 'STRING' } : arg.type)),
    resultType,
    literals: args.map(literalValue),
    safe,
  }
}

function literalValue(arg: Expr | PartArgument): Call['literals'][number] {
  if (arg.kind === 'part') return arg.text
  if (arg.kind !== 'literal') return undefined
  const { value } = arg
  return typeof value === 'object' && value !== null ? undefined : value
}

function lowerCall(environment: Environment, expr: CallExpr): string {
  // BigQuery computes constants before it runs a query, and says less when they do not fit.
  if (!expr.safe && constantInteger(expr) === 'overflow') return raiseText('Integer Overflow', 'BIGINT')
  const args = expr.args.map((arg) => lowerArgument(environment, arg))
  const facts = { ...callFacts(expr.args, expr.type, expr.safe), member: memberOf(environment, expr.args[0]) }
  const plain = (given: readonly string[]) => expr.signature.lower(given, facts)
  if (!expr.safe) {
    const sql = plain(args)
    return sql.includes('lambda ') ? withQueriesOutside(environment, expr, args, plain) : sql
  }
  // SAFE. forgives the function's own errors, not those of its arguments: these are computed outside TRY.
  const parts = new Set(expr.args.flatMap((arg, index) => (arg.kind === 'part' ? [index] : [])))
  const bound = args.filter((_, index) => !parts.has(index))
  return bind(environment, bound, (...names) => {
    let next = 0
    const all = args.map((arg, index) => {
      if (parts.has(index)) return arg
      next += 1
      return names[next - 1] ?? arg
    })
    return `TRY(${plain(all)})`
  })
}

/** DuckDB has no subqueries inside lambdas: arguments that hold one are computed before the call's own lambda. */
function withQueriesOutside(
  environment: Environment,
  expr: CallExpr,
  args: readonly string[],
  lower: (args: readonly string[]) => string,
): string {
  const queries = expr.args.flatMap((arg, index) =>
    arg.kind !== 'part' && holdsSubquery(arg) ? [index] : [],
  )
  if (queries.length === 0) return lower(args)
  const marked = lower(args.map((arg, index) => (queries.includes(index) ? mark(index) : arg)))
  const outside = queries.filter((index) => insideLambda(marked, mark(index)))
  if (outside.length === 0) return lower(args)
  const values = outside.map((index) => args[index] ?? '')
  return bind(environment, values, (...names) =>
    lower(args.map((arg, index) => (outside.includes(index) ? (names[outside.indexOf(index)] ?? arg) : arg))),
  )
}

/** Stands for an argument: no other text, and none that may be written twice. */
const mark = (index: number): string => `(<argument ${index}>)`

/** What is bound is computed outside TRY, so that its errors are raised. */
function lowerSafeLet(environment: Environment, { bindings, body }: LetExpr): string {
  const values = bindings.map(({ expr }) => lowerExpr(environment, expr))
  return bind(environment, values, (...names) => {
    for (const [index, { column }] of bindings.entries()) {
      environment.names.set(column.id, names[index] ?? '')
    }
    return `TRY(${lowerExpr(environment, body)})`
  })
}

/** Bound values are written in place where that costs nothing, else bound by a lambda that computes each once. */
function lowerLet(environment: Environment, expr: LetExpr): string {
  const [first, ...rest] = expr.bindings
  if (expr.safe === true) return lowerSafeLet(environment, expr)
  if (first === undefined) return lowerExpr(environment, expr.body)
  const body: Expr = rest.length === 0 ? expr.body : { ...expr, bindings: rest }
  const value = lowerExpr(environment, first.expr)
  const uses = references(body, first.column.id)
  const within = (sql: string): string => {
    environment.names.set(first.column.id, sql)
    return lowerExpr(environment, body)
  }
  if (uses <= 1 || repeatable(value) || holdsSubquery(body)) return within(value)
  return bind(environment, [value], (name = '') => within(name))
}
