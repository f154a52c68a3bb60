import type { Argument } from './call.ts'
import type { ColumnDefinition, TableElement } from './ddl.ts'
import type { Expression } from './expression.ts'
import type { StringLiteral } from './literal.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Option, Query } from './query.ts'

export type OtherStatement =
  | ExportData
  | LoadData
  | AssertStatement
  | Grant
  | Transaction
  | CallStatement
  | ExecuteImmediate

/** `EXPORT DATA WITH CONNECTION c OPTIONS (…) AS query`. */
export interface ExportData extends Span {
  readonly kind: 'exportData'
  readonly connection?: Path | undefined
  readonly options?: readonly Option[] | undefined
  readonly query: Query
}

/** `LOAD DATA INTO t (…) FROM FILES (…)`. */
export interface LoadData extends Span {
  readonly kind: 'loadData'
  readonly overwrite: boolean
  readonly temporary: boolean
  readonly target: Path
  /** `OVERWRITE t PARTITIONS (_PARTITIONTIME = …)`. */
  readonly partitions?: Expression | undefined
  readonly elements?: readonly TableElement[] | undefined
  readonly partitionBy?: Expression | undefined
  readonly clusterBy: readonly Path[]
  readonly options?: readonly Option[] | undefined
  readonly files: readonly Option[]
  readonly partitionColumns?: readonly ColumnDefinition[] | 'inferred' | undefined
  readonly connection?: Path | undefined
}

/** `ASSERT condition AS 'message'`. */
export interface AssertStatement extends Span {
  readonly kind: 'assert'
  readonly condition: Expression
  readonly message?: StringLiteral | undefined
}

/** GRANT and REVOKE. */
export interface Grant extends Span {
  readonly kind: 'grant' | 'revoke'
  readonly roles: readonly Path[]
  /** Upper case: SCHEMA, TABLE, VIEW, EXTERNAL TABLE … */
  readonly entity: string
  readonly name: Path
  readonly grantees: readonly Expression[]
}

export interface Transaction extends Span {
  readonly kind: 'beginTransaction' | 'commitTransaction' | 'rollbackTransaction'
}

/** `CALL proc(arguments)`. */
export interface CallStatement extends Span {
  readonly kind: 'callStatement'
  readonly name: Path
  readonly args: readonly Argument[]
}

export interface ExecuteImmediate extends Span {
  readonly kind: 'executeImmediate'
  readonly sql: Expression
  readonly into: readonly Identifier[]
  readonly using: readonly UsingArgument[]
}

/** `USING 1 AS n`. */
export interface UsingArgument extends Span {
  readonly kind: 'usingArgument'
  readonly value: Expression
  readonly name?: Identifier | undefined
}
