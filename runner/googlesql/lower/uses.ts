import type { Expr } from '../resolve/resolved.ts'

/** How often an expression (or any part of the resolved tree) refers to a column. */
export function references(node: unknown, id: number): number {
  let count = 0
  visitColumns(node, (column) => {
    if (column === id) count += 1
  })
  return count
}

/** Calls `visit` with the number of every column reference in a part of the resolved tree. */
export function visitColumns(node: unknown, visit: (id: number) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const part of node) visitColumns(part, visit)
    return
  }
  const { kind } = node as { readonly kind?: string }
  if (kind === 'column' || kind === 'grouping') {
    visit((node as Extract<Expr, { kind: 'column' }>).column.id)
    return
  }
  for (const key in node) {
    // Types, entries and tables hold no columns of the tree, and are large.
    if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'table' && key !== 'cte') {
      visitColumns((node as Record<string, unknown>)[key], visit)
    }
  }
}

/** True if an expression holds a subquery: DuckDB has none inside lambdas. */
export function holdsSubquery(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  if (Array.isArray(node)) return node.some(holdsSubquery)
  const { kind } = node as { readonly kind?: string }
  if (kind === 'subquery' || kind === 'in subquery') return true
  if (kind === 'literal' || kind === 'column') return false
  return Object.entries(node).some(
    ([key, value]) => key !== 'type' && key !== 'entry' && key !== 'signature' && holdsSubquery(value),
  )
}
