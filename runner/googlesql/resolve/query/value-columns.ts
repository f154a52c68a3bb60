import { type Context, newColumn } from '../context.ts'
import type { Computed, OutputColumn, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { project } from './project.ts'

/** A query's result where columns are wanted: the rows of SELECT AS STRUCT give a column for each field. */
export function valuesAsColumns(context: Context, query: ResolvedQuery): ResolvedQuery {
  const [only] = query.columns
  if (!query.isValue || only === undefined || only.column.type.kind !== 'STRUCT') return query
  const computed: Computed[] = []
  const columns = only.column.type.fields.map((field, index): OutputColumn => {
    const column = newColumn(context, field.name ?? 'field', field.type)
    computed.push({
      column,
      expr: { kind: 'field', type: field.type, operand: columnRef(only.column), index },
    })
    return { name: field.name ?? '', anonymous: field.name === undefined, column }
  })
  return { scan: project(query.scan, computed), columns, isValue: false }
}
