import type { Pivot, Unpivot } from '../parse/ast.ts'
import { type Context, unsupportedAt } from './context.ts'
import type { From } from './from.ts'

/** PIVOT and UNPIVOT after a table, in the order written. */
export function resolvePivots(context: Context, from: From, pivots: readonly (Pivot | Unpivot)[]): From {
  const [first] = pivots
  if (first !== undefined) throw unsupportedAt(context, first, first.kind.toUpperCase())
  return from
}
