import type { ResultColumn } from '../googlesql/result.ts'
import { coercion } from '../googlesql/types/coerce.ts'
import { typeName } from '../googlesql/types/print.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Table } from '../warehouse/warehouse.ts'
import { addColumns, dropColumns } from './statements.ts'

export interface ColumnChanges {
  /** Statements that give the table its new columns. */
  readonly alterations: readonly string[]
  /** The columns to write, in the table's order. */
  readonly columns: readonly string[]
}

/**
 * What `onSchemaChange` makes of the columns that an incremental query gives against those of its table. Names compare
 * without regard to case, as BigQuery's columns do.
 *
 * - IGNORE: the table's columns are written, others dropped (Dataform's default)
 * - FAIL: any difference is an error
 * - EXTEND: new columns are added; a column that the query lacks is an error
 * - SYNCHRONIZE: new columns are added, columns that the query lacks are dropped; a column of the unique key is not
 *
 * A column whose values would not fit the table's type is an error in all but IGNORE, where the warehouse finds it.
 *
 * @throws Problem naming every column that is in the way
 */
export function columnChanges(
  action: Action,
  existing: Pick<Table, 'columns'>,
  incoming: readonly ResultColumn[] | undefined,
): ColumnChanges {
  const mode = action.incremental?.onSchemaChange ?? 'IGNORE'
  const names = existing.columns.map(({ name }) => name)
  if (mode === 'IGNORE') return { alterations: [], columns: names }
  if (incoming === undefined) throw new Error(`the columns of ${action.id} are not known`)

  const byName = new Map(existing.columns.map((column) => [column.name.toLowerCase(), column]))
  const given = new Set(incoming.map(({ name }) => name.toLowerCase()))
  const added = incoming.filter(({ name }) => !byName.has(name.toLowerCase()))
  const missing = names.filter((name) => !given.has(name.toLowerCase()))
  const retyped = incoming.flatMap(({ name, type }) => {
    const column = byName.get(name.toLowerCase())
    return column === undefined || coercion(type, column.type) !== undefined
      ? []
      : [`\`${column.name}\` is ${typeName(column.type)} there and ${typeName(type)} in the query`]
  })

  const keys = new Set(action.incremental?.uniqueKey.map((name) => name.toLowerCase()))
  const refused = [
    ...(mode === 'SYNCHRONIZE' ? missing.filter((name) => keys.has(name.toLowerCase())) : []).map(
      (name) => `\`${name}\` is missing from the query, and is part of the unique key`,
    ),
    ...(mode === 'FAIL' ? added.map(({ name, type }) => `\`${name}\` ${typeName(type)} is new`) : []),
    ...(mode === 'SYNCHRONIZE' ? [] : missing.map((name) => `\`${name}\` is missing from the query`)),
    ...retyped,
  ]
  if (refused.length > 0) throw refusal(action, mode, refused)
  return {
    alterations: [
      ...(added.length > 0 ? [addColumns(action.target, added)] : []),
      ...(missing.length > 0 ? [dropColumns(action.target, missing)] : []),
    ],
    columns: [...names.filter((name) => !missing.includes(name)), ...added.map(({ name }) => name)],
  }
}

function refusal(action: Action, mode: string, refused: readonly string[]): Problem {
  return new Problem(
    `the columns of \`${action.target.schema}.${action.target.name}\` changed, and its onSchemaChange is ${mode}: ${refused.join('; ')}`,
    {
      file: action.fileName,
      hint: action.incremental?.protected
        ? 'change the query back, or the table by hand (it is protected from full refresh)'
        : 'change the query back, choose another onSchemaChange, or rebuild the table with --full-refresh',
    },
  )
}
