import { equalTypes } from '../../../runner/googlesql/types/equal.ts'
import { typeName } from '../../../runner/googlesql/types/print.ts'
import type { Query } from './query.ts'
import { leaf, size, type Tree } from './tree.ts'

/** Smaller queries that still may fail, the greatest steps first. */
function* smaller(query: Query): Generator<Query> {
  for (const [index, tree] of query.trees.entries()) {
    for (const next of smallerTrees(tree, query.rows.length === 0)) {
      yield { ...query, trees: query.trees.map((old, at) => (at === index ? next : old)) }
    }
  }
  for (const [table, rows] of query.rows.entries()) {
    for (const row of rows.keys()) {
      const fewer = query.rows.map((old, at) =>
        at === table ? old.filter((_, index) => index !== row) : old,
      )
      yield { ...query, rows: fewer }
    }
  }
}

/** A part in place of the whole, then the whole with a smaller part. `free`: its type may change. */
function* smallerTrees(tree: Tree, free: boolean): Generator<Tree> {
  const parts = free
    ? [...descendants(tree)]
    : [...descendants(tree)].filter(({ type }) => equalTypes(type, tree.type))
  const real = parts.filter(({ leaf: isLeaf }) => isLeaf !== true)
  yield* real.sort((a, b) => size(a) - size(b))
  if (tree.leaf !== true) yield leaf(tree.type, `CAST(NULL AS ${typeName(tree.type)})`)
  for (const [index, child] of tree.children.entries()) {
    for (const next of smallerTrees(child, false)) {
      yield { ...tree, children: tree.children.map((old, at) => (at === index ? next : old)) }
    }
  }
}

function* descendants(tree: Tree): Generator<Tree> {
  for (const child of tree.children) {
    yield child
    yield* descendants(child)
  }
}

/** The smallest query found that fails still, in a bounded number of tries. */
export async function shrink(query: Query, fails: (query: Query) => Promise<boolean>): Promise<Query> {
  let best = query
  let tries = 80
  for (let found = true; found && tries > 0; ) {
    found = false
    for (const next of smaller(best)) {
      if (tries-- <= 0) break
      if (!(await fails(next))) continue
      best = next
      found = true
      break
    }
  }
  return best
}
