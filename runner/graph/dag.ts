import { Problem } from '../problem.ts'

/** A directed graph of ids without cycles. Ids keep the order in which they were given wherever order is free. */
export interface Dag {
  readonly ids: readonly string[]
  /** What each id needs; only ids of the graph, each once. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>
  /** Who needs each id. */
  readonly dependents: ReadonlyMap<string, readonly string[]>
}

/**
 * Makes a graph from what each id needs. Needed ids that have no entry of their own are left out, as Dataform ignores
 * dependencies outside a selection.
 *
 * @example dagOf(new Map([['a', []], ['b', ['a', 'elsewhere']]])).dependencies.get('b') // ['a']
 */
export function dagOf(needs: ReadonlyMap<string, readonly string[]>): Dag {
  const dependents = new Map<string, string[]>([...needs.keys()].map((id) => [id, []]))
  const dependencies = new Map<string, readonly string[]>()
  for (const [id, all] of needs) {
    const inside = [...new Set(all)].filter((other) => needs.has(other))
    dependencies.set(id, inside)
    for (const other of inside) dependents.get(other)?.push(id)
  }
  return { ids: [...needs.keys()], dependencies, dependents }
}

/**
 * Ids level by level: the first needs nothing, every other only earlier ones.
 *
 * @throws Problem naming one cycle
 */
export function levels(dag: Dag): readonly (readonly string[])[] {
  const waiting = new Map(dag.ids.map((id) => [id, dag.dependencies.get(id)?.length ?? 0]))
  const found: string[][] = []
  let level = dag.ids.filter((id) => waiting.get(id) === 0)
  let count = 0
  while (level.length > 0) {
    found.push(level)
    count += level.length
    const next: string[] = []
    for (const id of level) {
      for (const dependent of dag.dependents.get(id) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1
        waiting.set(dependent, left)
        if (left === 0) next.push(dependent)
      }
    }
    level = next
  }
  if (count < dag.ids.length) throw cycleProblem(dag, waiting)
  return found
}

/** Every id after all that it needs. @throws Problem naming one cycle */
export const topologicalOrder = (dag: Dag): readonly string[] => levels(dag).flat()

/** `from` and all that is reached along `neighbours`, however long the way. */
export function reachable(
  neighbours: ReadonlyMap<string, readonly string[]>,
  from: Iterable<string>,
): ReadonlySet<string> {
  const seen = new Set(from)
  // A set visits what is added to it while it is walked, so this needs neither recursion nor a stack.
  for (const id of seen) for (const next of neighbours.get(id) ?? []) seen.add(next)
  return seen
}

/**
 * The graph of some of its ids: each needs those that it needed directly (`blocking`), and comes after those that it
 * needed through ids left out (`after`), so that a model never runs beside one that it reads through an unselected view.
 */
export function restrict(
  dag: Dag,
  kept: ReadonlySet<string>,
): { readonly blocking: Dag; readonly after: Dag } {
  const direct = new Map<string, readonly string[]>()
  const order = new Map<string, readonly string[]>()
  // For ids left out: the kept ids that they need, at whatever distance.
  const through = new Map<string, readonly string[]>()
  for (const id of topologicalOrder(dag)) {
    const needs = dag.dependencies.get(id) ?? []
    const nearestKept = [
      ...new Set(needs.flatMap((other) => (kept.has(other) ? [other] : (through.get(other) ?? [])))),
    ]
    if (kept.has(id)) order.set(id, nearestKept)
    else through.set(id, nearestKept)
  }
  for (const id of dag.ids) {
    if (kept.has(id))
      direct.set(
        id,
        (dag.dependencies.get(id) ?? []).filter((other) => kept.has(other)),
      )
  }
  return { blocking: dagOf(direct), after: dagOf(order) }
}

function cycleProblem(dag: Dag, waiting: ReadonlyMap<string, number>): Problem {
  const stuck = (id: string) => (waiting.get(id) ?? 0) > 0
  // Every stuck id needs a stuck id; walking back long enough must repeat one.
  const path: string[] = []
  let at = dag.ids.find(stuck)
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = (dag.dependencies.get(at) ?? []).find(stuck)
  }
  const cycle = at === undefined ? path : [...path.slice(path.indexOf(at)), at]
  return new Problem(`these need each other in a circle: ${cycle.join(' -> ')}`, {
    hint: 'take one of the refs out',
  })
}
