import type { CallExpr, Expr, PartArgument } from '../resolve/resolved.ts'
import { bind } from './bind.ts'
import type { Environment } from './environment.ts'
import { callFacts, lowerExpr } from './expression.ts'
import { cheap } from './library/once.ts'

/**
 * DuckDB SQL of `+ - *` over FLOAT64, nested as deep as they are: computed as they stand, and looked at once, at the end.
 * An infinity or NaN on the way to a result never becomes a finite one again, so a finite result is right, and any other
 * is computed again step by step to tell an overflow, which raises, from an infinity that was given.
 *
 * @returns undefined for one that is no such arithmetic, or a single step of it: its own lowering says the same
 */
export function lowerFloatArithmetic(environment: Environment, expr: CallExpr): string | undefined {
  if (!isArithmetic(expr) || !expr.args.some(isArithmetic)) return undefined
  const leaves = leavesOf(environment, expr)
  const heavy = leaves.filter((leaf) => !cheap(leaf))
  return bind(environment, heavy, (...names) => {
    const { fast, exact } = formsOf(
      expr,
      leaves.map((leaf) => (cheap(leaf) ? leaf : (names[heavy.indexOf(leaf)] ?? leaf))),
    )
    return `CASE WHEN isfinite(${fast}) THEN ${fast} ELSE ${exact} END`
  })
}

/** The two forms of such arithmetic, for who can tell an overflow later; undefined if it is none or costs too much twice. */
export function floatForms(
  environment: Environment,
  expr: Expr | PartArgument | undefined,
): { readonly fast: string; readonly exact: string } | undefined {
  if (expr === undefined || !isArithmetic(expr)) return undefined
  const leaves = leavesOf(environment, expr)
  return leaves.every(cheap) ? formsOf(expr, leaves) : undefined
}

function leavesOf(environment: Environment, expr: Expr | PartArgument): readonly string[] {
  if (isArithmetic(expr)) return expr.args.flatMap((arg) => leavesOf(environment, arg))
  return expr.kind === 'part' ? [] : [lowerExpr(environment, expr)]
}

function formsOf(
  expr: CallExpr,
  leaves: readonly string[],
): { readonly fast: string; readonly exact: string } {
  const fast = written(expr, leaves, (sign, [x = '', y]) =>
    y === undefined ? `(${sign}${x})` : `(${x} ${sign} ${y})`,
  )
  const exact = written(expr, leaves, (_, args, call) =>
    call.signature.lower(args, callFacts(call.args, call.type, false)),
  )
  return { fast, exact }
}

/** The tree's text with the leaves' texts, each step by `step`. */
function written(
  expr: CallExpr,
  leaves: readonly string[],
  step: (sign: string, args: readonly string[], call: CallExpr) => string,
): string {
  let next = 0
  const go = (part: Expr | PartArgument): string => {
    if (isArithmetic(part)) return step(part.entry.name, part.args.map(go), part)
    next += 1
    return leaves[next - 1] ?? ''
  }
  return go(expr)
}

function isArithmetic(expr: Expr | PartArgument): expr is CallExpr {
  return (
    expr.kind === 'call' &&
    expr.entry.kind === 'operator' &&
    ['+', '-', '*'].includes(expr.entry.name) &&
    !expr.safe &&
    expr.type.kind === 'FLOAT64' &&
    expr.args.every((arg) => arg.kind !== 'part' && arg.type.kind === 'FLOAT64')
  )
}
