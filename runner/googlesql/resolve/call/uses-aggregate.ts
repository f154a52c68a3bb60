import type { AggregateCall, Column, Expr } from '../resolved.ts'

/** True if an expression holds one of the aggregate calls that were put aside. */
export function usesAggregate(expr: Expr, calls: readonly AggregateCall[]): boolean {
  if (calls.length === 0) return false
  const ids = new Set(calls.map((call) => call.column.id))
  const found = (part: unknown): boolean => {
    if (typeof part !== 'object' || part === null) return false
    if (Array.isArray(part)) return part.some(found)
    if ('kind' in part && part.kind === 'column' && 'column' in part)
      return ids.has((part.column as Column).id)
    if ('kind' in part && part.kind === 'call' && 'args' in part) return found(part.args)
    return Object.values(part).some(found)
  }
  return found(expr)
}
