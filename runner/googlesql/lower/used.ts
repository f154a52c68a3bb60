import type { Column } from '../resolve/resolved.ts'

/** The numbers of all columns that expressions and results use in parts of a resolved statement. */
export function collectUsed(parts: readonly unknown[]): ReadonlySet<number> {
  const used = new Set<number>()
  const seen = new Set<object>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const part of node) visit(part)
      return
    }
    const { kind } = node as { readonly kind?: string }
    if (kind === 'column' || kind === 'grouping') {
      used.add((node as { readonly column: Column }).column.id)
      return
    }
    if (kind === 'literal' || kind === 'table' || isColumn(node)) return
    if (seen.has(node)) return
    seen.add(node)
    if ('anonymous' in node && 'column' in node) used.add((node.column as Column).id)
    if (kind === undefined && 'scan' in node && 'columns' in node) addAll(used, node.columns)
    // Not Object.entries: this is met for every part of a statement.
    for (const key in node) {
      if (key !== 'type' && key !== 'entry' && key !== 'signature')
        visit((node as Record<string, unknown>)[key])
    }
  }
  for (const part of parts) visit(part)
  return used
}

/** A column itself, where it is made or given: no use of one. */
const isColumn = (node: object): boolean => 'id' in node && 'type' in node && !('kind' in node)

/** A set operation's inputs name their columns. */
function addAll(used: Set<number>, columns: unknown): void {
  if (!Array.isArray(columns)) return
  for (const column of columns as readonly (Column | { readonly column: Column })[]) {
    used.add('column' in column ? column.column.id : column.id)
  }
}
