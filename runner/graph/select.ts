import type { Target } from '../googlesql/target.ts'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import { type Action, targetId } from '../project/compile/compiled-graph.ts'
import { type Dag, dagOf, reachable } from './dag.ts'
import { type Atom, parseSelectors, type Selector } from './selector.ts'

/** What a command was asked to work on. */
export interface Selection {
  /** Empty: everything. The grammar is in selector.ts. */
  readonly select: readonly string[]
  readonly exclude: readonly string[]
}

/** The graph of all actions: declarations and hosted kinds too. @throws Problem naming a cycle, when it is ordered */
export const actionDag = (actions: readonly Action[]): Dag =>
  dagOf(new Map(actions.map((action) => [action.id, action.dependencyTargets.map(targetId)])))

/**
 * The actions that a selection names, in the order of `actions`.
 *
 * @throws Problem (exit code 2) for a selector that matches nothing, with the nearest name; for a short name that
 *   several actions have; and for a selection of which nothing is left
 * @example select(actions, { select: ['+country_profile', 'tag:daily'], exclude: ['type:assertion'] })
 */
export function select(actions: readonly Action[], selection: Selection): readonly Action[] {
  const dag = actionDag(actions)
  const chosen =
    selection.select.length === 0 ? undefined : evaluate(parseSelectors(selection.select), actions, dag)
  const without = evaluate(parseSelectors(selection.exclude), actions, dag)
  const left = actions.filter(({ id }) => (chosen?.has(id) ?? true) && !without.has(id))
  if (left.length === 0 && (selection.select.length > 0 || selection.exclude.length > 0))
    throw new Problem('the selection is empty: everything in it is excluded', {
      exitCode: 2,
      hint: '`streamform ls` with the same selectors lists what is selected',
    })
  return left
}

/**
 * A selection with the assertions about it: those made from a selected table, and those that read nothing but what is
 * selected. Those that `exclude` names stay out.
 */
export function withAssertions(
  actions: readonly Action[],
  selected: readonly Action[],
  exclude: readonly string[],
): readonly Action[] {
  const chosen = new Set(selected.map(({ id }) => id))
  const without = evaluate(parseSelectors(exclude), actions, actionDag(actions))
  const about = ({ kind, id, parentAction, dependencyTargets }: Action) =>
    kind === 'assertion' &&
    !without.has(id) &&
    ((parentAction !== undefined && chosen.has(targetId(parentAction))) ||
      (dependencyTargets.length > 0 && dependencyTargets.every((target) => chosen.has(targetId(target)))))
  return actions.filter((action) => chosen.has(action.id) || about(action))
}

function evaluate(selector: Selector, actions: readonly Action[], dag: Dag): ReadonlySet<string> {
  const found = new Set<string>()
  for (const term of selector) {
    const sets = term.map((atom) => evaluateAtom(atom, actions, dag))
    const [first = new Set<string>(), ...others] = sets
    const both = [...first].filter((id) => others.every((set) => set.has(id)))
    if (both.length === 0)
      throw new Problem(
        `selector \`${term.map((atom) => atom.text).join(',')}\` matches nothing: no action is in all its parts`,
        { exitCode: 2, hint: 'a comma means both, a space means either' },
      )
    for (const id of both) found.add(id)
  }
  return found
}

function evaluateAtom(atom: Atom, actions: readonly Action[], dag: Dag): ReadonlySet<string> {
  const matching = actions.filter((action) =>
    valuesOf(action, atom).some((value) => atom.pattern.matches(value)),
  )
  if (matching.length === 0) throw noMatch(atom, actions)
  const plain = atom.method === 'name' && !atom.pattern.wildcard
  const ids = (plain ? [theOne(atom, matching)] : matching).map(({ id }) => id)
  const found = new Set(ids)
  if (atom.upstream) for (const id of reachable(dag.dependencies, ids)) found.add(id)
  if (atom.downstream) for (const id of reachable(dag.dependents, ids)) found.add(id)
  return found
}

/** The action that a plain name means: a source and the table made from it often share one, and the table is meant. */
function theOne(atom: Atom, matching: readonly Action[]): Action {
  const built = matching.filter(({ kind }) => kind !== 'declaration')
  const [one, ...others] = built.length === 0 ? matching : built
  if (one === undefined || others.length > 0) throw ambiguous(atom, matching)
  return one
}

/** What a pattern is compared with: a name has three lengths, with the suffixes of this compilation and without. */
function valuesOf(action: Action, { method }: Atom): readonly string[] {
  if (method === 'tag') return action.tags
  if (method === 'path') return [action.fileName]
  if (method === 'type') return [action.kind]
  return [action.target, action.canonicalTarget].flatMap(namesOf)
}

const namesOf = (target: Target): readonly string[] => [
  target.name,
  `${target.schema}.${target.name}`,
  targetId(target),
]

function noMatch(atom: Atom, actions: readonly Action[]): Problem {
  const known = [...new Set(actions.flatMap((action) => valuesOf(action, atom)))]
  const near = atom.pattern.wildcard ? undefined : nearest(atom.pattern.text, known)
  const prefix = atom.method === 'name' ? '' : `${atom.method}:`
  const few = known.length <= 12 && atom.method !== 'name' && atom.method !== 'path'
  const allowed =
    near !== undefined
      ? `; did you mean \`${prefix}${near}\`?`
      : few && known.length > 0
        ? `; there are: ${known.map((value) => `${prefix}${value}`).join(', ')}`
        : ''
  return new Problem(`selector \`${atom.text}\` matches nothing${allowed}`, {
    exitCode: 2,
    hint: '`streamform ls` lists everything that can be selected',
  })
}

function ambiguous(atom: Atom, matching: readonly Action[]): Problem {
  const names = matching.map(({ target }) => `\`${target.schema}.${target.name}\``)
  const distinct = new Set(names).size === names.length
  const listed = distinct ? names : matching.map(({ id }) => `\`${id}\``)
  return new Problem(`selector \`${atom.text}\` could mean ${listed.join(', ')}`, {
    exitCode: 2,
    hint: 'say which, or write `*.name` for all of them',
  })
}
