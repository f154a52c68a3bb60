import type { SqlType } from '../../../runner/googlesql/types/type.ts'

/** An expression as a tree, so that one that fails can be made smaller. */
export interface Tree {
  readonly type: SqlType
  readonly children: readonly Tree[]
  /** The text, given those of the children. */
  readonly write: (children: readonly string[]) => string
  /** Columns that the expression names need a table: `CROSS JOIN`s keep them. */
  readonly leaf?: boolean
}

export function textOf(tree: Tree): string {
  return tree.write(tree.children.map(textOf))
}

export function leaf(type: SqlType, text: string): Tree {
  return { type, children: [], write: () => text, leaf: true }
}

export function size(tree: Tree): number {
  return 1 + tree.children.reduce((sum, child) => sum + size(child), 0)
}
