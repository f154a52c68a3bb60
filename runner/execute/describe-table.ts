import type { SqlType } from '../googlesql/types/type.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { ColumnDescription, TableDescription, Warehouse } from '../warehouse/warehouse.ts'

/**
 * Sets what the project says of a table beside its SQL: description, labels, column descriptions. Gives warnings: a
 * described column that the table lacks, which Dataform passes over in silence.
 */
export async function describeTable(warehouse: Warehouse, action: Action): Promise<readonly string[]> {
  const description = descriptionOf(action)
  if (description === undefined || action.disabled) return []
  try {
    await warehouse.describe(action.target, description)
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const table = await warehouse.table(action.target)
    // What operations make may be a function, which has no columns to describe.
    if (table === undefined && action.kind === 'operations') return []
    if (table === undefined) throw error
    const type: SqlType = { kind: 'STRUCT', fields: table.columns }
    const [there, missing] = partition(description.columns ?? [], ({ path }) => hasPath(type, path))
    if (missing.length === 0) throw error
    await warehouse.describe(action.target, { ...description, columns: there })
    return missing.map(({ path }) => `describes a column \`${path.join('.')}\` that the table does not have`)
  }
}

/** undefined: the project says nothing. Assertions are views nobody reads by their columns. */
function descriptionOf(action: Action): TableDescription | undefined {
  const named = ['table', 'view', 'incremental'].includes(action.kind) || action.hasOutput
  if (!named) return undefined
  const columns = action.columns.flatMap(
    ({ path = [], description, bigqueryPolicyTags: policyTags = [] }): ColumnDescription[] =>
      path.length === 0 || (description === undefined && policyTags.length === 0)
        ? []
        : [{ path, ...(description === undefined ? {} : { description }), policyTags }],
  )
  const labels = Object.keys(action.labels).length > 0
  if (action.description === undefined && columns.length === 0 && !labels) return undefined
  return {
    ...(action.description === undefined ? {} : { description: action.description }),
    ...(labels ? { labels: action.labels } : {}),
    ...(columns.length === 0 ? {} : { columns }),
  }
}

function hasPath(type: SqlType, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  if (type.kind === 'ARRAY') return hasPath(type.element, path)
  if (type.kind !== 'STRUCT') return false
  const field = type.fields.find((each) => each.name?.toLowerCase() === name.toLowerCase())
  return field !== undefined && hasPath(field.type, rest)
}

function partition<T>(
  all: readonly T[],
  wanted: (each: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [all.filter(wanted), all.filter((each) => !wanted(each))]
}
