import type { Expression } from './expression.ts'
import type { FromItem } from './from.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Query } from './query.ts'

export type DmlStatement = Insert | Update | Delete | Merge | Truncate

/** `INSERT [INTO] t (a, b) VALUES (1, DEFAULT)` or `… SELECT …`. */
export interface Insert extends Span {
  readonly kind: 'insert'
  readonly target: Path
  readonly columns?: readonly Identifier[] | undefined
  readonly source: InsertValues | Query
}

export interface InsertValues extends Span {
  readonly kind: 'values'
  readonly rows: readonly InsertRow[]
}

export interface InsertRow extends Span {
  readonly kind: 'insertRow'
  readonly values: readonly Expression[]
}

/** BigQuery wants a WHERE: the resolver refuses an UPDATE or DELETE without, with BigQuery's message. */
export interface Update extends Span {
  readonly kind: 'update'
  readonly target: Path
  readonly alias?: Identifier | undefined
  readonly items: readonly Assignment[]
  readonly from?: FromItem | undefined
  readonly where?: Expression | undefined
}

/** `a.b.c = value`; the value may be DEFAULT. */
export interface Assignment extends Span {
  readonly kind: 'assignment'
  readonly target: Path
  readonly value: Expression
}

export interface Delete extends Span {
  readonly kind: 'delete'
  readonly target: Path
  readonly alias?: Identifier | undefined
  readonly where?: Expression | undefined
}

export interface Merge extends Span {
  readonly kind: 'merge'
  readonly target: Path
  readonly alias?: Identifier | undefined
  readonly source: FromItem
  readonly on: Expression
  readonly whens: readonly MergeWhen[]
}

export interface MergeWhen extends Span {
  readonly kind: 'mergeWhen'
  /** NOT MATCHED alone is NOT MATCHED BY TARGET. */
  readonly match: 'MATCHED' | 'NOT MATCHED BY TARGET' | 'NOT MATCHED BY SOURCE'
  readonly condition?: Expression | undefined
  readonly action: MergeAction
}

export type MergeAction =
  | MergeInsert
  | (Span & { readonly kind: 'mergeUpdate'; readonly items: readonly Assignment[] })
  | (Span & { readonly kind: 'mergeDelete' })

/** `INSERT (a, b) VALUES (x, y)`; `INSERT ROW` has 'row' for its values. */
export interface MergeInsert extends Span {
  readonly kind: 'mergeInsert'
  readonly columns?: readonly Identifier[] | undefined
  readonly values: InsertRow | 'row'
}

export interface Truncate extends Span {
  readonly kind: 'truncate'
  readonly target: Path
  readonly where?: Expression | undefined
}
