import type { CallExpr, Expr } from '../resolve/resolved.ts'
import { type Environment, newAlias } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { repeatable } from './library/once.ts'
import { inQuery } from './subquery.ts'

/** What is not greater than this is a number: NaN is above it. */
const GREATEST = `'Infinity'::DOUBLE`

/**
 * DuckDB SQL of a condition of which only TRUE counts: WHERE, ON, WHEN. Where FALSE and NULL are the same, the rules of
 * NaN can be written as conjunctions of plain comparisons: DuckDB joins by those, pushes them into scans and takes the
 * subqueries beside them apart, and does none of that through the CASE or the lambda that the exact value needs.
 *
 * @example x < y of FLOAT64 columns // (x < y AND y <= 'Infinity'::DOUBLE)
 */
export function lowerCondition(environment: Environment, expr: Expr): string {
  if (expr.kind === 'in subquery')
    return inQuery(environment, lowerExpr(environment, expr.operand), expr.query, true)
  if (expr.kind !== 'call' || expr.safe) return lowerExpr(environment, expr)
  const args = expr.args.filter((arg) => arg.kind !== 'part')
  const { name, kind } = expr.entry
  if (kind === 'operator' && (name === 'AND' || name === 'OR')) {
    return `(${args.map((arg) => lowerCondition(environment, arg)).join(` ${name} `)})`
  }
  return (
    (kind === 'operator' ? floatComparison(environment, expr, args) : undefined) ??
    lowerExpr(environment, expr)
  )
}

/** NaN equals nothing and is neither less nor greater; DuckDB takes it for the greatest number. */
function floatComparison(
  environment: Environment,
  expr: CallExpr,
  args: readonly Expr[],
): string | undefined {
  const { name } = expr.entry
  const [left, right] = args
  if (args.length !== 2 || left?.type.kind !== 'FLOAT64' || right === undefined) return undefined
  if (!['=', '<', '<=', '>', '>='].includes(name)) return undefined
  const sides = args.map((arg) => lowerExpr(environment, arg))
  // Of an equation one side is enough, the one that costs nothing to name twice.
  const guarded = name === '=' ? Math.max(0, sides.findIndex(repeatable)) : name.startsWith('<') ? 1 : 0
  const guard = args[guarded]
  const sql = sides[guarded]
  if (guard === undefined || sql === undefined) return undefined
  if (isNumber(guard) || (name === '=' && args.some(isNumber))) return `(${sides.join(` ${name} `)})`
  if (repeatable(sql)) return `(${sides.join(` ${name} `)} AND ${sql} <= ${GREATEST})`
  if (guard.kind !== 'subquery' || guard.form !== 'SCALAR') return undefined
  const alias = newAlias(environment, 'n')
  const known = `(SELECT CASE WHEN ${alias}.v <= ${GREATEST} THEN ${alias}.v END FROM ${sql} AS ${alias}(v))`
  return `(${sides.map((side, index) => (index === guarded ? known : side)).join(` ${name} `)})`
}

const isNumber = (expr: Expr): boolean =>
  expr.kind === 'literal' && typeof expr.value === 'number' && !Number.isNaN(expr.value)
