import type { Expression } from './expression.ts'
import type { StringLiteral } from './literal.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Option, Query } from './query.ts'
import type { Block } from './script.ts'
import type { TypeNode } from './type.ts'

export type DdlStatement =
  | CreateSchema
  | CreateTable
  | CreateSnapshot
  | CreateExternalTable
  | CreateView
  | CreateFunction
  | CreateTableFunction
  | CreateProcedure
  | CreateRowAccessPolicy
  | CreateIndex
  | CreateEntity
  | AlterStatement
  | DropStatement
  | DropRowAccessPolicy
  | UndropSchema

/** What every CREATE may say. */
interface Create extends Span {
  readonly orReplace: boolean
  readonly ifNotExists: boolean
  readonly name: Path
  /** Absent without OPTIONS; `OPTIONS()` is an empty list. */
  readonly options?: readonly Option[] | undefined
}

export interface CreateSchema extends Create {
  readonly kind: 'createSchema'
  /** CREATE EXTERNAL SCHEMA. */
  readonly external: boolean
  /** `DEFAULT COLLATE 'und:ci'`. */
  readonly collate?: StringLiteral | undefined
  /** External: `WITH CONNECTION path`. */
  readonly connection?: Path | undefined
}

export interface CreateTable extends Create {
  readonly kind: 'createTable'
  readonly temporary: boolean
  readonly elements?: readonly TableElement[] | undefined
  /** `LIKE t`, `COPY t`, `CLONE t FOR SYSTEM_TIME AS OF x`. */
  readonly from?: TableOrigin | undefined
  readonly collate?: StringLiteral | undefined
  readonly partitionBy?: Expression | undefined
  /** Empty without CLUSTER BY. */
  readonly clusterBy: readonly Path[]
  readonly connection?: Path | undefined
  readonly query?: Query | undefined
}

export interface TableOrigin extends Span {
  readonly kind: 'tableOrigin'
  readonly how: 'LIKE' | 'COPY' | 'CLONE'
  readonly source: Path
  readonly systemTime?: Expression | undefined
}

export type TableElement = ColumnDefinition | TableConstraint

export interface ColumnDefinition extends Span {
  readonly kind: 'columnDefinition'
  readonly name: Identifier
  readonly schema: ColumnSchema
}

/** A column's type with all that may follow it, also inside STRUCT and ARRAY: `ARRAY<STRUCT<a INT64 NOT NULL OPTIONS (…)>>`. */
export interface ColumnSchema extends Span {
  readonly kind: 'columnSchema'
  readonly type: ColumnTypeNode
  readonly collate?: StringLiteral | undefined
  readonly defaultValue?: Expression | undefined
  readonly generated?: GeneratedColumn | undefined
  readonly notNull: boolean
  readonly primaryKey?: { readonly enforced: boolean | undefined } | undefined
  readonly references?: ForeignReference | undefined
  readonly options?: readonly Option[] | undefined
}

/** Like `TypeNode`, but the parts are column schemas. */
export type ColumnTypeNode =
  | TypeNode
  | (Span & { readonly kind: 'arrayColumn'; readonly element: ColumnSchema })
  | (Span & { readonly kind: 'structColumn'; readonly fields: readonly ColumnDefinition[] })

/** `GENERATED ALWAYS AS (expression) STORED`. */
export interface GeneratedColumn extends Span {
  readonly kind: 'generatedColumn'
  readonly expression: Expression
  readonly stored: boolean
}

export type TableConstraint = PrimaryKey | ForeignKey

export interface PrimaryKey extends Span {
  readonly kind: 'primaryKey'
  readonly constraint?: Identifier | undefined
  readonly columns: readonly Identifier[]
  /** NOT ENFORCED is false; undefined when neither is written. */
  readonly enforced: boolean | undefined
}

export interface ForeignKey extends Span {
  readonly kind: 'foreignKey'
  readonly constraint?: Identifier | undefined
  readonly ifNotExists?: true | undefined
  readonly columns: readonly Identifier[]
  readonly references: ForeignReference
}

export interface ForeignReference extends Span {
  readonly kind: 'foreignReference'
  readonly table: Path
  readonly columns: readonly Identifier[]
  readonly enforced: boolean | undefined
}

export interface CreateSnapshot extends Create {
  readonly kind: 'createSnapshot'
  readonly source: Path
  readonly systemTime?: Expression | undefined
}

export interface CreateExternalTable extends Create {
  readonly kind: 'createExternalTable'
  readonly elements?: readonly TableElement[] | undefined
  readonly connection?: Path | undefined
  readonly partitionColumns?: readonly ColumnDefinition[] | 'inferred' | undefined
}

export interface CreateView extends Create {
  readonly kind: 'createView'
  readonly materialized: boolean
  readonly recursive: boolean
  readonly columns?: readonly ViewColumn[] | undefined
  readonly partitionBy?: Expression | undefined
  readonly clusterBy: readonly Path[]
  /** Materialized: `AS REPLICA OF t` instead of a query. */
  readonly replicaOf?: Path | undefined
  readonly query?: Query | undefined
}

export interface ViewColumn extends Span {
  readonly kind: 'viewColumn'
  readonly name: Identifier
  readonly options?: readonly Option[] | undefined
}

export interface CreateFunction extends Create {
  readonly kind: 'createFunction'
  readonly temporary: boolean
  readonly aggregate: boolean
  readonly parameters: readonly FunctionParameter[]
  readonly returns?: TypeNode | undefined
  readonly determinism?: 'DETERMINISTIC' | 'NOT DETERMINISTIC' | undefined
  /** As written: js, python. Absent: SQL. */
  readonly language?: Identifier | undefined
  /** Remote functions. */
  readonly remote: boolean
  readonly connection?: Path | undefined
  /** SQL: an expression. Other languages: a string. Remote: absent. */
  readonly body?: Expression | undefined
}

export interface FunctionParameter extends Span {
  readonly kind: 'functionParameter'
  /** Procedures alone. */
  readonly mode?: 'IN' | 'OUT' | 'INOUT' | undefined
  readonly name: Identifier | undefined
  readonly type: TypeNode
  readonly defaultValue?: Expression | undefined
  /** Aggregate functions: `NOT AGGREGATE`. */
  readonly notAggregate?: true | undefined
}

export interface CreateTableFunction extends Create {
  readonly kind: 'createTableFunction'
  readonly parameters: readonly FunctionParameter[]
  /** `RETURNS TABLE<a INT64>`. */
  readonly returns?: TypeNode | undefined
  readonly query?: Query | undefined
}

export interface CreateProcedure extends Create {
  readonly kind: 'createProcedure'
  readonly parameters: readonly FunctionParameter[]
  readonly connection?: Path | undefined
  /** Other languages than SQL: `LANGUAGE python AS r'…'`. */
  readonly language?: Identifier | undefined
  readonly code?: StringLiteral | undefined
  readonly body?: Block | undefined
}

export interface CreateRowAccessPolicy extends Span {
  readonly kind: 'createRowAccessPolicy'
  readonly orReplace: boolean
  readonly ifNotExists: boolean
  readonly name: Identifier
  readonly table: Path
  /** `GRANT TO ('user:…')`. */
  readonly grantees?: readonly Expression[] | undefined
  readonly filter: Expression
}

export interface CreateIndex extends Create {
  readonly kind: 'createIndex'
  readonly type: 'SEARCH' | 'VECTOR'
  readonly table: Path
  /** `ON t(ALL COLUMNS)` is 'all'; `ALL COLUMNS WITH COLUMN OPTIONS (…)` has the columns that carry options. */
  readonly columns: 'all' | readonly ViewColumn[]
  readonly allColumns?: readonly ViewColumn[] | undefined
  readonly storing?: readonly Path[] | undefined
  readonly partitionBy?: Expression | undefined
}

/**
 * CREATE of what the local warehouse has no use for (models, capacities, reservations, assignments, connections,
 * data policies): kept word for word.
 */
export interface CreateEntity extends Span {
  readonly kind: 'createEntity'
  /** Upper case: MODEL, RESERVATION, … */
  readonly entity: string
  /** The statement as written. */
  readonly text: string
}

export interface AlterStatement extends Span {
  readonly kind: 'alter'
  readonly entity: AlterEntity
  readonly ifExists: boolean
  readonly name: Path
  /** Indexes, row access policies: `ON t`. */
  readonly table?: Path | undefined
  readonly actions: readonly AlterAction[]
}

export type AlterEntity =
  | 'SCHEMA'
  | 'TABLE'
  | 'EXTERNAL TABLE'
  | 'VIEW'
  | 'MATERIALIZED VIEW'
  | 'MODEL'
  | 'ROW ACCESS POLICY'
  | 'VECTOR INDEX'
  | 'SEARCH INDEX'
  | 'FUNCTION'
  | 'TABLE FUNCTION'
  | 'PROCEDURE'
  | 'ORGANIZATION'
  | 'PROJECT'
  | 'BI_CAPACITY'
  | 'CAPACITY'
  | 'RESERVATION'
  | 'CONNECTION'

export type AlterAction =
  | (Span & { readonly kind: 'setOptions'; readonly options: readonly Option[] })
  | (Span & { readonly kind: 'setDefaultCollate'; readonly collate: StringLiteral })
  | (Span & { readonly kind: 'addColumn'; readonly ifNotExists: boolean; readonly column: ColumnDefinition })
  | (Span & { readonly kind: 'dropColumn'; readonly ifExists: boolean; readonly column: Identifier })
  | (Span & {
      readonly kind: 'renameColumn'
      readonly ifExists: boolean
      readonly from: Identifier
      readonly to: Identifier
    })
  | (Span & { readonly kind: 'renameTo'; readonly to: Path })
  | (Span & {
      readonly kind: 'addConstraint'
      readonly ifNotExists: boolean
      readonly constraint: TableConstraint
    })
  | (Span & { readonly kind: 'dropConstraint'; readonly ifExists: boolean; readonly name: Identifier })
  | (Span & { readonly kind: 'dropPrimaryKey'; readonly ifExists: boolean })
  | (Span & {
      readonly kind: 'alterColumn'
      readonly ifExists: boolean
      /** One name: BigQuery alters no fields of columns. */
      readonly column: Path
      readonly change: ColumnChange
    })
  | (Span & {
      readonly kind: 'addReplica'
      readonly replica: Identifier
      readonly options?: readonly Option[] | undefined
    })
  | (Span & { readonly kind: 'dropReplica'; readonly replica: Identifier })
  | (Span & { readonly kind: 'rebuild' })

export type ColumnChange =
  | (Span & { readonly kind: 'setDataType'; readonly schema: ColumnSchema })
  | (Span & { readonly kind: 'setColumnOptions'; readonly options: readonly Option[] })
  | (Span & { readonly kind: 'setDefault'; readonly value: Expression })
  | (Span & { readonly kind: 'dropDefault' })
  | (Span & { readonly kind: 'dropNotNull' })

export interface DropStatement extends Span {
  readonly kind: 'drop'
  readonly entity:
    | 'SCHEMA'
    | 'EXTERNAL SCHEMA'
    | 'TABLE'
    | 'SNAPSHOT TABLE'
    | 'EXTERNAL TABLE'
    | 'VIEW'
    | 'MATERIALIZED VIEW'
    | 'FUNCTION'
    | 'TABLE FUNCTION'
    | 'PROCEDURE'
    | 'SEARCH INDEX'
    | 'VECTOR INDEX'
    | 'MODEL'
    | 'CAPACITY'
    | 'RESERVATION'
    | 'ASSIGNMENT'
    | 'CONNECTION'
  readonly ifExists: boolean
  readonly name: Path
  /** Indexes: `ON t`. */
  readonly table?: Path | undefined
  /** Schemas alone. */
  readonly behaviour?: 'CASCADE' | 'RESTRICT' | undefined
}

/** `DROP ROW ACCESS POLICY [IF EXISTS] p ON t`, `DROP ALL ROW ACCESS POLICIES ON t` (without a name). */
export interface DropRowAccessPolicy extends Span {
  readonly kind: 'dropRowAccessPolicy'
  readonly ifExists: boolean
  readonly name?: Identifier | undefined
  readonly table: Path
}

export interface UndropSchema extends Span {
  readonly kind: 'undropSchema'
  readonly ifNotExists: boolean
  readonly name: Path
  readonly options?: readonly Option[] | undefined
}
