import { Problem } from '../../../problem.ts'
import type { Span } from '../../parse/ast.ts'
import { parse } from '../../parse/index.ts'
import { type Context, problemAt } from '../context.ts'
import { resolveQuery } from '../query/query.ts'
import type { ResolvedQuery } from '../resolved.ts'

/**
 * A query that we write in GoogleSQL ourselves for something that stands in a FROM clause (a table function, a view of
 * INFORMATION_SCHEMA). It sees the WITH queries and names around it; an error in it is told at `node`.
 */
export function resolveDerived(context: Context, node: Span, text: string): ResolvedQuery {
  const { statements, problems } = parse(text)
  const [query] = statements
  if (query?.kind !== 'query' || problems.length > 0) {
    throw new Error(`a derived query does not parse: ${text} (${problems[0]?.message ?? ''})`)
  }
  const source = { ...context.source, text, file: undefined }
  try {
    return resolveQuery({ ...context, source, aggregates: undefined, windows: undefined }, query)
  } catch (error) {
    throw error instanceof Problem ? problemAt(context, node, error.message) : error
  }
}
