import type { Cte, ResolvedQuery } from '../resolved.ts'

/** Where a recursive term reads itself, and may not. */
const refusals: Readonly<Record<string, string>> = {
  aggregate:
    'A subquery containing a recursive reference may not use DISTINCT, GROUP BY, or any aggregate function',
  window: 'A subquery containing a recursive reference may not use an analytic function',
  sort: 'A subquery containing a recursive reference may not contain an ORDER BY clause',
  limit: 'A query containing a recursive reference may not use a LIMIT clause',
}

/**
 * What is wrong with a recursive term; undefined if nothing is: one reference to itself, outside of expressions, groups,
 * windows, orders and limits, and on no side of a join that may be filled with NULLs
 * (query-syntax#recursive_cte_rules).
 */
export function recursionProblem(cte: Cte, step: ResolvedQuery): string | undefined {
  let found = 0
  const visit = (value: unknown, inExpression: boolean): string | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) return first(value, inExpression)
    const node = value as Readonly<Record<string, unknown>>
    if (node.kind === 'cte') {
      if (node.cte !== cte) return visit((node.cte as Cte).query, inExpression)
      found += 1
      if (found > 1) return `Multiple recursive references to table '${cte.name}' are not allowed`
      return inExpression
        ? 'A recursive reference from inside an expression subquery is not allowed'
        : undefined
    }
    const within = inExpression || node.kind === 'subquery' || node.kind === 'in subquery'
    if (node.kind === 'join') return joinProblem(node, within)
    const before = found
    const inside = first(
      Object.entries(node).flatMap(([key, part]) => (skipped.has(key) ? [] : [part])),
      within,
    )
    if (inside !== undefined || found === before) return inside
    return refusals[String(node.kind)] ?? setProblem(node)
  }
  const first = (parts: readonly unknown[], inExpression: boolean): string | undefined => {
    for (const part of parts) {
      const problem = visit(part, inExpression)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  const joinProblem = (
    node: Readonly<Record<string, unknown>>,
    inExpression: boolean,
  ): string | undefined => {
    for (const side of ['left', 'right'] as const) {
      const before = found
      const problem = visit(node[side], inExpression)
      if (problem !== undefined) return problem
      const filled = node.type === 'FULL' || node.type === (side === 'left' ? 'RIGHT' : 'LEFT')
      if (found > before && filled)
        return `A query containing a recursive reference may not be used as the ${side} operand of a ${String(node.type)} JOIN`
    }
    return visit(node.condition, inExpression)
  }
  return visit(step.scan, false)
}

/** Parts of a resolved tree that hold no queries. */
const skipped = new Set(['signature', 'type', 'column'])

function setProblem({ kind, operator }: Readonly<Record<string, unknown>>): string | undefined {
  return kind === 'set' && operator !== 'UNION ALL'
    ? 'A set operation other than UNION ALL may not contain a recursive reference'
    : undefined
}
