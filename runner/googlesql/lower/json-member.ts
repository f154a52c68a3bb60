import type { Call } from '../functions/function.ts'
import type { Expr, PartArgument } from '../resolve/resolved.ts'
import type { Environment } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { cheap } from './library/once.ts'

/**
 * Where a call's argument is a member of a JSON value, by names and indexes that are literals: that value, and the way.
 *
 * @returns undefined for any other expression, and for a value that should not be computed twice
 * @example of `j.a['b'][0]`: { value: 't1."j"', steps: ['a', 'b', 0] }
 */
export function memberOf(environment: Environment, arg: Expr | PartArgument | undefined): Call['member'] {
  const steps: (string | number)[] = []
  let at = arg
  while (at?.kind === 'call' && at.entry.name === '[]' && at.type.kind === 'JSON' && !at.safe) {
    const [value, step] = at.args
    if (value === undefined || value.kind === 'part' || value.type.kind !== 'JSON') return undefined
    if (step?.kind !== 'literal') return undefined
    if (step.type.kind === 'STRING' && typeof step.value === 'string') steps.unshift(step.value)
    else if (step.type.kind === 'INT64' && Number(step.value) >= 0 && step.value !== null)
      steps.unshift(Number(step.value))
    else return undefined
    at = value
  }
  if (at === undefined || at.kind === 'part' || steps.length === 0) return undefined
  const value = lowerExpr(environment, at)
  return cheap(value) ? { value, steps } : undefined
}
