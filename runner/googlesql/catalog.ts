import type { Target } from './target.ts'
import type { SqlType } from './types/type.ts'

/** A column as the resolver sees it. */
export interface CatalogColumn {
  readonly name: string
  readonly type: SqlType
  /** Of STRING(10), NUMERIC(10, 2) and so on: values that do not fit are refused on writing. */
  readonly parameters?: readonly number[]
  readonly required?: boolean
  readonly description?: string
  /** DEFAULT's expression, as GoogleSQL. */
  readonly defaultText?: string
  /** Column options beside the description, as GoogleSQL texts by name. */
  readonly options?: Readonly<Record<string, string>>
  /** Descriptions of nested fields by dotted path. */
  readonly fieldDescriptions?: Readonly<Record<string, string>>
}

export type TableKind = 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW' | 'EXTERNAL' | 'SNAPSHOT'

/** A table or view as the resolver sees it. */
export interface CatalogTable {
  readonly target: Target
  readonly kind: TableKind
  readonly columns: readonly CatalogColumn[]
  /** A view's query, as GoogleSQL; it is expanded where the view is read. */
  readonly viewText?: string
  /** The names that a view's statement gave its columns; undefined: those of its query, as it is read. */
  readonly viewNames?: readonly string[]
  /** Where the view's text takes names from that give no project or dataset. */
  readonly viewDefaults?: NameDefaults
  readonly description?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Every other option, as GoogleSQL text by name. */
  readonly options?: Readonly<Record<string, string>>
  /** PARTITION BY and CLUSTER BY as written. */
  readonly partitionBy?: string
  readonly clusterBy?: readonly string[]
  readonly primaryKey?: readonly string[]
  readonly foreignKeys?: readonly ForeignKey[]
  /** BigQuery's text of the statement that makes it anew. */
  readonly ddl?: string
}

/** Not enforced; told by INFORMATION_SCHEMA. */
export interface ForeignKey {
  readonly name?: string
  readonly columns: readonly string[]
  readonly references: { readonly target: Target; readonly columns: readonly string[] }
}

/** What the files of an external table say of its columns. */
export interface ExternalColumns {
  readonly columns: readonly CatalogColumn[]
  /** Of folders `key=value`. */
  readonly partitions: readonly CatalogColumn[]
  /** Options that follow from what the files hold, as the catalog keeps them. */
  readonly options?: Readonly<Record<string, string>>
}

export type RoutineKind = 'FUNCTION' | 'AGGREGATE' | 'TABLE_FUNCTION' | 'PROCEDURE'

/** A function, table function or procedure that a user created. */
export interface CatalogRoutine {
  readonly target: Target
  readonly kind: RoutineKind
  /** The whole CREATE statement, as GoogleSQL. */
  readonly text: string
  readonly defaults: NameDefaults
}

/** The project and dataset of names that give none. */
export interface NameDefaults {
  readonly project: string
  readonly dataset: string | undefined
}

/**
 * What the resolver knows of the warehouse: one state of it that does not change while a statement is resolved.
 * Names are case-sensitive.
 */
export interface Catalog {
  /** Equal versions see equal tables and routines. */
  readonly version: string
  table(target: Target): CatalogTable | undefined
  /** How the table is spelt that has this name but for upper and lower case; undefined if there is none. */
  spelling(target: Target): string | undefined
  routine(target: Target): CatalogRoutine | undefined
  hasDataset(database: string, schema: string): boolean
  /** Tables of a dataset, by name. */
  tables(database: string, schema: string): readonly CatalogTable[]
  routines(database: string, schema: string): readonly CatalogRoutine[]
  /** Datasets of a project, by name. */
  datasets(database: string): readonly string[]
}

/** What a statement that ran changes in the catalog. */
export type CatalogChange =
  | { readonly kind: 'put table'; readonly table: CatalogTable }
  | { readonly kind: 'drop table'; readonly target: Target }
  | { readonly kind: 'put routine'; readonly routine: CatalogRoutine }
  | { readonly kind: 'drop routine'; readonly target: Target }
  | { readonly kind: 'put dataset'; readonly database: string; readonly schema: string }
  | { readonly kind: 'drop dataset'; readonly database: string; readonly schema: string }
