import type { Action } from '../project/compile/compiled-graph.ts'

/** The key's columns in order, as the state's columns are tagged (macros/current-state.js). */
export function keyOf({ columns }: Action): readonly string[] {
  return columns
    .flatMap(({ path, tags }) => {
      const part = tags?.map((tag) => /^key:(\d+)$/.exec(tag)?.[1]).find((number) => number !== undefined)
      return part === undefined || path?.[0] === undefined ? [] : [{ part: Number(part), name: path[0] }]
    })
    .sort((one, other) => one.part - other.part)
    .map(({ name }) => name)
}

/** Columns that are tagged as private: nobody is shown their values. */
export const hiddenColumns = ({ columns }: Action): ReadonlySet<string> =>
  new Set(
    columns.flatMap(({ path, tags }) =>
      path?.[0] !== undefined && tags?.some((tag) => tag.startsWith('privacy:')) ? [path[0]] : [],
    ),
  )

/** True if a key tells what is private. */
export const isPrivateKey = (state: Action): boolean => {
  const hidden = hiddenColumns(state)
  return keyOf(state).some((name) => hidden.has(name))
}
