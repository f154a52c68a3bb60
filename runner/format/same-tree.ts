/** What a text's layout may change in its tree: places, comments, and parentheses that say nothing. */
const ofLayout = new Set(['start', 'end', 'comments', 'parenthesized', 'position'])

/**
 * Whether two parsed texts mean the same: equal trees but for places, comments and parentheses that change nothing.
 *
 * @example sameTree(parse('select (1)').statements, parse('SELECT 1').statements) // true
 */
export function sameTree(a: unknown, b: unknown): boolean {
  const left = unwrapped(a)
  const right = unwrapped(b)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return Object.is(left, right)
  const names = namesOf(left)
  return (
    names.length === namesOf(right).length &&
    names.every((name) =>
      sameTree((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
    )
  )
}

function namesOf(node: object): readonly string[] {
  return Object.entries(node)
    .filter(([name, value]) => value !== undefined && !ofLayout.has(name))
    .map(([name]) => name)
}

/** A query in parentheses that has nothing around it but another pair is that query. */
function unwrapped(value: unknown): unknown {
  const query = value as
    | {
        readonly kind?: string
        readonly body?: { readonly kind: string; readonly query?: unknown }
        readonly with?: unknown
        readonly orderBy?: readonly unknown[]
        readonly limit?: unknown
        readonly pipes?: readonly unknown[]
      }
    | null
    | undefined
  if (query?.kind !== 'query' || query.body?.kind !== 'parenthesizedQuery') return value
  const plain =
    query.orderBy?.length === 0 &&
    query.limit === undefined &&
    query.with === undefined &&
    query.pipes?.length === 0
  return plain ? unwrapped(query.body.query) : value
}
