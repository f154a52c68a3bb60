import type { CatalogChange, CatalogColumn, CatalogRoutine, CatalogTable } from '../../catalog.ts'
import type { Target } from '../../target.ts'
import type { Column, Expr, ResolvedQuery, Scan, TableScan } from '../resolved.ts'

/** A statement with every name bound and every expression typed. */
export type ResolvedStatement =
  | { readonly kind: 'query'; readonly query: ResolvedQuery }
  | ResolvedInsert
  | ResolvedUpdate
  | ResolvedDelete
  | ResolvedMerge
  | { readonly kind: 'truncate'; readonly table: CatalogTable }
  | ResolvedCreateTable
  | ResolvedCreateView
  | ResolvedAlter
  | { readonly kind: 'create schema'; readonly database: string; readonly schema: string }
  | {
      readonly kind: 'drop schema'
      readonly database: string
      readonly schema: string
      readonly cascade: boolean
    }
  | { readonly kind: 'drop table'; readonly table: CatalogTable }
  | { readonly kind: 'create routine'; readonly routine: CatalogRoutine; readonly temporary: boolean }
  | { readonly kind: 'drop routine'; readonly routine: CatalogRoutine }
  /** IF EXISTS or IF NOT EXISTS, and there is nothing to do; or options that mean nothing locally. */
  | { readonly kind: 'nothing'; readonly table?: CatalogTable }

/** Rows of `query`, one column for each of `columns`. */
export interface ResolvedInsert {
  readonly kind: 'insert'
  readonly table: CatalogTable
  readonly columns: readonly CatalogColumn[]
  readonly query: ResolvedQuery
}

export interface SetColumn {
  readonly column: CatalogColumn
  readonly expr: Expr
}

export interface ResolvedUpdate {
  readonly kind: 'update'
  readonly table: CatalogTable
  readonly scan: TableScan & { readonly rowId: Column }
  /** The target beside FROM's rows; undefined without FROM. */
  readonly joined: Scan | undefined
  readonly where: Expr
  readonly set: readonly SetColumn[]
}

export interface ResolvedDelete {
  readonly kind: 'delete'
  readonly table: CatalogTable
  readonly scan: TableScan
  readonly where: Expr
}

export interface ResolvedMerge {
  readonly kind: 'merge'
  readonly table: CatalogTable
  readonly scan: TableScan & { readonly rowId: Column }
  /** Target and source joined as the clauses need it. */
  readonly joined: Scan
  /** True where the source has a row. */
  readonly present: Column
  readonly whens: readonly ResolvedWhen[]
}

export interface ResolvedWhen {
  readonly match: 'MATCHED' | 'NOT MATCHED BY TARGET' | 'NOT MATCHED BY SOURCE'
  readonly condition: Expr | undefined
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly SetColumn[] }
    | { readonly kind: 'delete' }
    | { readonly kind: 'insert'; readonly set: readonly SetColumn[] }
}

export interface ResolvedCreateTable {
  readonly kind: 'create table'
  readonly table: CatalogTable
  readonly replace: boolean
  /** CREATE TABLE AS: a column for each of the table's. */
  readonly query: ResolvedQuery | undefined
  /** COPY, CLONE: `query` is the other table as it lies there. */
  readonly copy?: true
  /** True: an external table whose columns are still to be read from its files. */
  readonly incomplete?: boolean
}

export interface ResolvedCreateView {
  readonly kind: 'create view'
  /** True: it reads external tables, whose rows are there only while a statement runs. */
  readonly fromFiles: boolean
  readonly table: CatalogTable
  readonly replace: boolean
  readonly query: ResolvedQuery
}

/** What ALTER does to a table's columns, one DuckDB statement each, and what the table is afterwards. */
export interface ResolvedAlter {
  readonly kind: 'alter'
  readonly before: CatalogTable
  readonly after: CatalogTable
  readonly actions: readonly AlterStep[]
}

export type AlterStep =
  | { readonly kind: 'add'; readonly column: CatalogColumn; readonly initial: Expr | undefined }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'rename table'; readonly target: Target }
  | { readonly kind: 'type'; readonly column: CatalogColumn; readonly before: CatalogColumn }
  | { readonly kind: 'nullable'; readonly name: string }

/** The statement with what BigQuery calls its kind, and what it changes in the catalog. */
export interface Resolved {
  readonly statement: ResolvedStatement
  readonly statementType: string
  readonly changes: readonly CatalogChange[]
  readonly writes: readonly Target[]
}
