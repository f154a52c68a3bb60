import type { CatalogRoutine, CatalogTable } from '../../../catalog.ts'
import type { Value } from '../../../result.ts'
import type { SqlType } from '../../../types/type.ts'

/** One view: its columns, and its rows for a dataset (or for all datasets of a project). */
export interface View {
  readonly columns: readonly (readonly [string, SqlType['kind']])[]
  /** Columns that BigQuery's view has beside these: what they tell is not kept here, and naming one is refused. */
  readonly unknown?: readonly string[]
  readonly rows: (given: Given) => readonly (readonly Value[])[]
}

export interface Given {
  readonly project: string
  readonly datasets: readonly string[]
  readonly tables: readonly CatalogTable[]
  readonly routines: readonly CatalogRoutine[]
}

export const yes = (value: boolean) => (value ? 'YES' : 'NO')

/** Project, dataset and name. */
export function place({ target }: Pick<CatalogTable, 'target'>): readonly Value[] {
  return [target.database, target.schema, target.name]
}
