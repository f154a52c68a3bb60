import type { Expr, PartArgument } from '../resolve/resolved.ts'

const LEAST = -(2n ** 63n)
const GREATEST = 2n ** 63n - 1n

/**
 * The value of INT64 literals under `+ - *`; `overflow` if one of the steps leaves INT64's range; undefined for
 * anything that is no such constant.
 */
export function constantInteger(expr: Expr | PartArgument): bigint | 'overflow' | undefined {
  if (expr.kind === 'part' || expr.type.kind !== 'INT64') return undefined
  if (expr.kind === 'literal') {
    return typeof expr.value === 'bigint' || typeof expr.value === 'number' ? BigInt(expr.value) : undefined
  }
  if (expr.kind !== 'call' || expr.safe) return undefined
  const [left, right] = expr.args.map(constantInteger)
  if (left === undefined || left === 'overflow') return left
  if (expr.args.length === 1) return expr.entry.name === '-' ? within(-left) : undefined
  if (right === undefined || right === 'overflow' || expr.args.length !== 2) return right
  switch (expr.entry.name) {
    case '+':
      return within(left + right)
    case '-':
      return within(left - right)
    case '*':
      return within(left * right)
    default:
      return undefined
  }
}

function within(value: bigint): bigint | 'overflow' {
  return value < LEAST || value > GREATEST ? 'overflow' : value
}
