import type { Comment, Span, Statement } from '../parse/ast.ts'

/** The comments to print around a node. */
export interface Attached {
  readonly leading: Comment[]
  readonly trailing: Comment[]
}

interface Node extends Span {
  readonly kind: string
}

/**
 * Gives each of a statement's comments to a node: a comment behind something on its line to what is before it, one that
 * stands alone or in the midst of a line to what comes next.
 */
export function attachComments(statement: Statement): ReadonlyMap<object, Attached> {
  const attached = new Map<object, Attached>()
  const children = new Map<Node, readonly Node[]>()
  for (const comment of statement.comments ?? []) {
    const { before, after } = neighbours(statement as Node, comment, children)
    const behind = !comment.startsLine && comment.endsLine
    if (before !== undefined && (behind || after === undefined))
      entry(attached, before).trailing.push(comment)
    else entry(attached, after ?? (statement as Node)).leading.push(comment)
  }
  return attached
}

function entry(attached: Map<object, Attached>, node: Node): Attached {
  const known = attached.get(node)
  if (known !== undefined) return known
  const created: Attached = { leading: [], trailing: [] }
  attached.set(node, created)
  return created
}

/** The nodes beside the comment in the smallest node around it; the statement itself where it lies outside. */
function neighbours(root: Node, comment: Comment, cache: Map<Node, readonly Node[]>) {
  if (comment.end <= root.start) return { before: undefined, after: root }
  if (comment.start >= root.end) return { before: root, after: undefined }
  let around = root
  for (;;) {
    const nodes = sortedChildren(around, cache)
    const inside = nodes.find(({ start, end }) => start <= comment.start && comment.end <= end)
    if (inside === undefined) {
      const before = nodes.findLast(({ end }) => end <= comment.start)
      const after = nodes.find(({ start }) => start >= comment.end)
      return before === undefined && after === undefined ? { before: around, after } : { before, after }
    }
    around = inside
  }
}

function sortedChildren(node: Node, cache: Map<Node, readonly Node[]>): readonly Node[] {
  const known = cache.get(node)
  if (known !== undefined) return known
  const nodes = childrenOf(node).toSorted((a, b) => a.start - b.start)
  cache.set(node, nodes)
  return nodes
}

/** The nodes right inside a node. */
export function childrenOf(node: object): readonly Node[] {
  return Object.entries(node)
    .filter(([name]) => name !== 'comments')
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && 'start' in value
}
