import type { Argument } from './call.ts'
import type { Expression } from './expression.ts'
import type { Literal } from './literal.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Query, SelectExpression } from './query.ts'

export type FromItem = TablePath | TableSubquery | Unnest | TableCall | Join | ParenthesizedFrom

/** What follows a table: in the order of the text, alias and suffixes. */
interface TableBase extends Span {
  readonly alias?: Identifier | undefined
  /** At most one; with an alias of its own. */
  readonly pivots: readonly (Pivot | Unpivot)[]
  readonly sample?: TableSample | undefined
}

/** A table's name, or, after a comma or join, an array of an earlier table: `FROM t, t.items`. The resolver decides. */
export interface TablePath extends TableBase {
  readonly kind: 'tablePath'
  readonly path: Path
  /** `FOR SYSTEM_TIME AS OF expression`. */
  readonly systemTime?: Expression | undefined
  /** Arrays alone: `t.items WITH OFFSET AS i`. */
  readonly offset?: WithOffset | undefined
}

export interface TableSubquery extends TableBase {
  readonly kind: 'tableSubquery'
  readonly query: Query
}

export interface Unnest extends TableBase {
  readonly kind: 'unnest'
  readonly expression: Expression
  readonly offset?: WithOffset | undefined
}

export interface WithOffset extends Span {
  readonly kind: 'withOffset'
  /** Absent: the column is named `offset`. */
  readonly alias?: Identifier | undefined
}

/** A table function: `ds.cities_as_of(TIMESTAMP '…')`, `VECTOR_SEARCH(TABLE t, …)`. A query argument is a `ScalarSubquery`. */
export interface TableCall extends TableBase {
  readonly kind: 'tableCall'
  readonly name: Path
  readonly args: readonly Argument[]
}

/** Left-associative: a chain of joins is a deep `left` spine. */
export interface Join extends Span {
  readonly kind: 'join'
  readonly type: 'COMMA' | 'CROSS' | 'INNER' | 'LEFT' | 'RIGHT' | 'FULL'
  readonly left: FromItem
  readonly right: FromItem
  readonly on?: Expression | undefined
  /** USING's columns. */
  readonly using?: readonly Identifier[] | undefined
}

/** `(a JOIN b ON …)`, with what follows the parentheses. */
export interface ParenthesizedFrom extends Span {
  readonly kind: 'parenthesizedFrom'
  readonly from: FromItem
  readonly sample?: TableSample | undefined
}

/** `TABLESAMPLE SYSTEM (10 PERCENT)`. */
export interface TableSample extends Span {
  readonly kind: 'tableSample'
  /** Upper case: SYSTEM, RESERVOIR, BERNOULLI. BigQuery has SYSTEM alone. */
  readonly method: string
  readonly size: Expression
  readonly unit: 'PERCENT' | 'ROWS'
}

/** `PIVOT (SUM(x) AS s FOR quarter IN ('Q1', 'Q2' AS second)) AS p`. */
export interface Pivot extends Span {
  readonly kind: 'pivot'
  readonly aggregates: readonly SelectExpression[]
  readonly input: Expression
  readonly values: readonly SelectExpression[]
  readonly alias?: Identifier | undefined
}

/** `UNPIVOT INCLUDE NULLS (value FOR name IN (q1, q2 AS 'second'))`; several values: `((a, b) FOR name IN ((x, y) AS 1))`. */
export interface Unpivot extends Span {
  readonly kind: 'unpivot'
  readonly nulls?: 'INCLUDE' | 'EXCLUDE' | undefined
  readonly values: readonly Path[]
  /** Values and sources were written in parentheses. */
  readonly multiple: boolean
  readonly name: Path
  readonly sources: readonly UnpivotSource[]
  readonly alias?: Identifier | undefined
}

export interface UnpivotSource extends Span {
  readonly kind: 'unpivotSource'
  readonly columns: readonly Path[]
  /** A string or an integer. */
  readonly label?: Literal | undefined
}
