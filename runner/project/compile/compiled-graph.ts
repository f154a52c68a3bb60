/**
 * Dataform's compiled graph, as `dataform compile --json` prints it: the messages of `core.proto` (which ships in
 * `@dataform/core`) in protobuf's JSON form. A field that has its default value is absent, so every field is optional;
 * enum values are their names, 64-bit integers text.
 */
import type { Target } from '../../googlesql/target.ts'

/** A name as the graph gives it. A declaration without a dataset has no `schema`. */
export interface GraphTarget {
  readonly database?: string
  readonly schema?: string
  readonly name?: string
  readonly includeDependentAssertions?: boolean
}

export interface ProjectConfig {
  readonly warehouse?: string
  readonly defaultDatabase?: string
  readonly defaultSchema?: string
  readonly defaultLocation?: string
  readonly assertionSchema?: string
  readonly vars?: Readonly<Record<string, string>>
  readonly databaseSuffix?: string
  readonly schemaSuffix?: string
  readonly tablePrefix?: string
  readonly builtinAssertionNamePrefix?: string
  readonly defaultNotebookRuntimeOptions?: JsonObject
  readonly defaultIcebergConfig?: JsonObject
  readonly disableAssertions?: boolean
  readonly defaultReservation?: string
  readonly includeTestsInCompiledGraph?: boolean
  readonly preserveGovernanceControls?: boolean
}

export interface BigQueryOptions {
  readonly partitionBy?: string
  readonly clusterBy?: readonly string[]
  readonly updatePartitionFilter?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly partitionExpirationDays?: number
  readonly requirePartitionFilter?: boolean
  readonly additionalOptions?: Readonly<Record<string, string>>
  readonly connection?: string
  readonly tableFormat?: 'ICEBERG'
  readonly fileFormat?: 'PARQUET'
  readonly storageUri?: string
  readonly incrementalPredicates?: readonly string[]
  readonly preserveGovernanceControls?: boolean
}

export interface ColumnDescriptor {
  /** `['address', 'city']` for a field of a STRUCT. */
  readonly path?: readonly string[]
  readonly description?: string
  readonly displayName?: string
  readonly tags?: readonly string[]
  readonly bigqueryPolicyTags?: readonly string[]
}

export interface ActionDescriptor {
  readonly description?: string
  readonly columns?: readonly ColumnDescriptor[]
  readonly bigqueryLabels?: Readonly<Record<string, string>>
  readonly metadata?: { readonly overview?: string; readonly extraProperties?: JsonObject }
  readonly compilationMode?: 'ACTION_COMPILATION_MODE_AOT' | 'ACTION_COMPILATION_MODE_JIT'
  readonly reservation?: string
}

export type Hermeticity = 'UNKNOWN' | 'HERMETIC' | 'NON_HERMETIC'
export type TableType = 'TABLE' | 'INCREMENTAL' | 'VIEW'
export type OnSchemaChange = 'IGNORE' | 'FAIL' | 'EXTEND' | 'SYNCHRONIZE'
export type IncrementalStrategy = 'INCREMENTAL_STRATEGY_UNSPECIFIED' | 'MERGE' | 'INSERT_OVERWRITE'

export interface GraphTable {
  readonly enumType?: TableType
  readonly type?: string
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly hermeticity?: Hermeticity
  readonly disabled?: boolean
  readonly query?: string
  readonly protected?: boolean
  readonly materialized?: boolean
  readonly actionDescriptor?: ActionDescriptor
  readonly tags?: readonly string[]
  readonly where?: string
  readonly incrementalQuery?: string
  readonly uniqueKey?: readonly string[]
  readonly onSchemaChange?: OnSchemaChange
  readonly preOps?: readonly string[]
  readonly postOps?: readonly string[]
  readonly incrementalPreOps?: readonly string[]
  readonly incrementalPostOps?: readonly string[]
  readonly jitCode?: string
  readonly incrementalStrategy?: IncrementalStrategy
  readonly bigquery?: BigQueryOptions
  readonly fileName?: string
}

export interface GraphOperation {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly hermeticity?: Hermeticity
  readonly disabled?: boolean
  readonly queries?: readonly string[]
  readonly jitCode?: string
  readonly hasOutput?: boolean
  readonly tags?: readonly string[]
  readonly actionDescriptor?: ActionDescriptor
  readonly fileName?: string
}

export interface GraphAssertion {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly hermeticity?: Hermeticity
  readonly disabled?: boolean
  readonly query?: string
  readonly tags?: readonly string[]
  readonly actionDescriptor?: ActionDescriptor
  /** The table whose `config { assertions: … }` this assertion was made from. */
  readonly parentAction?: GraphTarget
  readonly jitCode?: string
  readonly fileName?: string
}

export interface GraphDeclaration {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly actionDescriptor?: ActionDescriptor
  readonly tags?: readonly string[]
  readonly fileName?: string
}

export interface GraphTest {
  readonly name?: string
  readonly testQuery?: string
  readonly expectedOutputQuery?: string
  readonly jitCode?: string
  readonly disabled?: boolean
  readonly tags?: readonly string[]
  /** The test's own name in the dataset of the model it tests. */
  readonly target?: GraphTarget
  readonly canonicalTarget?: GraphTarget
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly fileName?: string
}

export interface GraphNotebook {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly tags?: readonly string[]
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly disabled?: boolean
  readonly notebookContents?: string
  readonly fileName?: string
}

export interface GraphDataPreparation {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly targets?: readonly GraphTarget[]
  readonly canonicalTargets?: readonly GraphTarget[]
  readonly tags?: readonly string[]
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly disabled?: boolean
  readonly dataPreparationYaml?: string
  readonly query?: string
  readonly errorTable?: GraphTarget
  readonly errorTableRetentionDays?: number
  readonly load?: JsonObject
  readonly fileName?: string
}

export interface CompilationError {
  readonly fileName?: string
  readonly actionName?: string
  readonly actionTarget?: GraphTarget
  readonly message?: string
  readonly stack?: string
}

export interface CompiledGraph {
  readonly projectConfig?: ProjectConfig
  readonly tables?: readonly GraphTable[]
  readonly operations?: readonly GraphOperation[]
  readonly assertions?: readonly GraphAssertion[]
  readonly declarations?: readonly GraphDeclaration[]
  readonly tests?: readonly GraphTest[]
  readonly notebooks?: readonly GraphNotebook[]
  readonly dataPreparations?: readonly GraphDataPreparation[]
  readonly graphErrors?: { readonly compilationErrors?: readonly CompilationError[] }
  readonly dataformCoreVersion?: string
  readonly targets?: readonly GraphTarget[]
  readonly jitData?: JsonObject
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export type ActionKind =
  | 'table'
  | 'view'
  | 'incremental'
  | 'operations'
  | 'assertion'
  | 'declaration'
  | 'notebook'
  | 'dataPreparation'

/** The kinds that a warehouse alone can run; a declaration is read only, notebooks and data preparations are hosted. */
export const runnableKinds = ['table', 'view', 'incremental', 'operations', 'assertion'] as const

/** An incremental model's own options; every list is empty, every text absent, where the project gives none. */
export interface Incremental {
  /** The query when the table exists: `incremental()` was true. */
  readonly query: string
  readonly preOps: readonly string[]
  readonly postOps: readonly string[]
  /** Columns of the MERGE; empty: rows are inserted. */
  readonly uniqueKey: readonly string[]
  readonly onSchemaChange: OnSchemaChange
  readonly strategy: IncrementalStrategy
  /** Never rebuilt by a full refresh. */
  readonly protected: boolean
  /** ANDed to the MERGE's condition, each about `DATAFORM_DEST` … */
  readonly predicates: readonly string[]
  /** … or the older single filter on the destination's partitions. */
  readonly updatePartitionFilter: string | undefined
  /** The legacy `incremental_where` block. */
  readonly where: string | undefined
}

/**
 * One action of any kind, in the form that the runner selects, plans and executes. Every list is there, empty where
 * the graph has none.
 */
export interface Action {
  readonly kind: ActionKind
  readonly target: Target
  /** The target without suffixes and prefixes: what `ref` and selectors name. */
  readonly canonicalTarget: Target
  /** `<database>.<schema>.<name>` of the target: unique in the graph. */
  readonly id: string
  /** table, view, assertion: its query; incremental: the query of its first run; others: empty. */
  readonly query: string
  /** operations: each statement a job of its own, in order; others: empty. */
  readonly queries: readonly string[]
  readonly incremental: Incremental | undefined
  readonly preOps: readonly string[]
  readonly postOps: readonly string[]
  readonly dependencyTargets: readonly Target[]
  readonly tags: readonly string[]
  readonly disabled: boolean
  readonly fileName: string
  readonly description: string | undefined
  readonly columns: readonly ColumnDescriptor[]
  /** The descriptor as the graph has it (metadata, reservation, labels). */
  readonly descriptor: ActionDescriptor
  readonly labels: Readonly<Record<string, string>>
  /** BigQuery's, of its own or the project's; undefined: the account's default. */
  readonly reservation: string | undefined
  /** Only views. */
  readonly materialized: boolean
  readonly partitionBy: string | undefined
  readonly partitionExpirationDays: number | undefined
  readonly requirePartitionFilter: boolean
  readonly clusterBy: readonly string[]
  readonly additionalOptions: Readonly<Record<string, string>>
  /** All of BigQuery's options as the graph has them (Iceberg, connection, governance). */
  readonly bigquery: BigQueryOptions
  /** operations only: other actions may `ref` its table. */
  readonly hasOutput: boolean
  /** The table that an inline assertion belongs to. */
  readonly parentAction: Target | undefined
  readonly hermeticity: Hermeticity
  /** JavaScript that makes the query when the action runs; empty query then. */
  readonly jitCode: string | undefined
}

/** The text of a target that `--actions` and messages use: `database.schema.name`. */
export const targetId = ({ database, schema, name }: Target): string => `${database}.${schema}.${name}`
