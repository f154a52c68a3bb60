import type { ColumnLineage } from '../googlesql/result.ts'
import { type Action, targetId } from '../project/compile/compiled-graph.ts'

/** A private value that can be read, whole or in part, in a column of a table for analysts. */
export interface ReadableColumn {
  /** `dataset.table.column`. */
  readonly column: string
  /** The file of the table's model. */
  readonly file: string
  /** What it holds: email, phone, name, secret. */
  readonly kind: string
  /** The tagged column that it comes from: `dataset.table.column`. */
  readonly source: string
}

const tagPrefix = 'privacy:'

/** Tag of the views that may show a part of a private value. */
export const maskedTag = 'masked'

/** Tagged columns, `id.column` in lower case, with what they hold. */
export function taggedColumns(actions: readonly Action[]): ReadonlyMap<string, string> {
  return new Map(
    actions.flatMap(({ id, columns }) =>
      columns.flatMap(({ path = [], tags = [] }) =>
        tags
          .filter((tag) => tag.startsWith(tagPrefix))
          .map((tag) => [`${id}.${path[0] ?? ''}`.toLowerCase(), tag.slice(tagPrefix.length)] as const),
      ),
    ),
  )
}

/**
 * Which private values can be read in an action's columns: those that come from a tagged column, directly or through other
 * models, and of which more than a digest is left. In a masked view a part may be left too.
 *
 * @param known what was found for the actions before this one, by `id.column` in lower case; what is found now is added
 * @param lineage of the action's query
 */
export function readableIn(
  action: Action,
  lineage: readonly ColumnLineage[],
  known: Map<string, readonly Origin[]>,
): readonly ReadableColumn[] {
  const allowed = action.tags.includes(maskedTag) ? ['digest', 'part'] : ['digest']
  return lineage.flatMap(({ name, sources }) => {
    const origins = new Map<string, Origin>()
    for (const { table, column, left } of sources) {
      if (left !== undefined && allowed.includes(left)) continue
      const key = `${targetId(table)}.${column}`.toLowerCase()
      for (const origin of known.get(key) ?? []) origins.set(origin.source, origin)
    }
    const own = `${action.id}.${name}`.toLowerCase()
    known.set(own, [
      ...new Map([...(known.get(own) ?? []), ...origins.values()].map((one) => [one.source, one])).values(),
    ])
    const { schema, name: table } = action.target
    return [...origins.values()].map(({ kind, source }) => ({
      column: `${schema}.${table}.${name}`,
      file: action.fileName,
      kind,
      source,
    }))
  })
}

/** A tagged column, and what it holds. */
export interface Origin {
  readonly kind: string
  readonly source: string
}
