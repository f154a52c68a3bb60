import type { PipeOperator } from '../parse/ast.ts'
import { type Context, unsupportedAt } from './context.ts'
import type { ResolvedQuery } from './resolved.ts'
import type { NameList } from './scope.ts'

/** `|> …` after a query. */
export function resolvePipes(
  context: Context,
  query: ResolvedQuery,
  pipes: readonly PipeOperator[],
  _names: NameList | undefined,
): ResolvedQuery {
  const [first] = pipes
  if (first !== undefined) throw unsupportedAt(context, first, 'pipe syntax')
  return query
}
