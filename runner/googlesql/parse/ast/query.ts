import type { WindowReference } from './call.ts'
import type { Expression } from './expression.ts'
import type { FromItem } from './from.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { PipeOperator } from './pipe.ts'

/** A whole query expression: `WITH … body ORDER BY … LIMIT … |> …`. Also the statement of a plain query. */
export interface Query extends Span {
  readonly kind: 'query'
  readonly with?: With | undefined
  readonly body: QueryBody
  /** Empty without ORDER BY. */
  readonly orderBy: readonly OrderItem[]
  readonly limit?: Limit | undefined
  /** In the order written; they apply after ORDER BY and LIMIT. */
  readonly pipes: readonly PipeOperator[]
}

export type QueryBody = Select | SetOperation | ParenthesizedQuery | FromQuery

/** `(SELECT …)` where a query stands, as an operand of a set operation. */
export interface ParenthesizedQuery extends Span {
  readonly kind: 'parenthesizedQuery'
  readonly query: Query
}

/** `FROM t |> …`: FROM alone, all its columns. */
export interface FromQuery extends Span {
  readonly kind: 'fromQuery'
  readonly from: FromItem
}

export interface With extends Span {
  readonly kind: 'with'
  readonly recursive: boolean
  readonly entries: readonly WithEntry[]
}

export interface WithEntry extends Span {
  readonly kind: 'withEntry'
  readonly name: Identifier
  readonly query: Query
}

/**
 * All inputs joined by the same operator: BigQuery refuses a mix without parentheses. Two inputs or more, however many
 * thousand.
 */
export interface SetOperation extends Span {
  readonly kind: 'setOperation'
  readonly operation: SetOperator
  readonly inputs: readonly Exclude<QueryBody, SetOperation>[]
}

export interface SetOperator extends Span {
  readonly kind: 'setOperator'
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT'
  readonly quantifier: 'ALL' | 'DISTINCT'
  /** Before the operator: `LEFT OUTER UNION ALL BY NAME`; FULL OUTER is 'FULL'. */
  readonly mode?: 'INNER' | 'LEFT' | 'FULL' | undefined
  /** Columns matched by name instead of position. `STRICT CORRESPONDING` has `strict`. */
  readonly matching?: 'BY NAME' | 'CORRESPONDING' | undefined
  readonly strict?: true | undefined
  /** `BY NAME ON (a, b)`, `CORRESPONDING BY (a, b)`. */
  readonly columns?: readonly Identifier[] | undefined
}

export interface Select extends Span {
  readonly kind: 'select'
  readonly quantifier?: 'ALL' | 'DISTINCT' | undefined
  /** `SELECT AS STRUCT`, `SELECT AS VALUE`. */
  readonly as?: 'STRUCT' | 'VALUE' | undefined
  readonly items: readonly SelectItem[]
  readonly from?: FromItem | undefined
  readonly where?: Expression | undefined
  readonly groupBy?: GroupBy | undefined
  readonly having?: Expression | undefined
  readonly qualify?: Expression | undefined
  /** Empty without WINDOW. */
  readonly windows: readonly NamedWindow[]
}

export type SelectItem = SelectExpression | SelectStar

export interface SelectExpression extends Span {
  readonly kind: 'selectExpression'
  readonly expression: Expression
  readonly alias?: Identifier | undefined
}

/** `*`, `t.*`, `f(x).*`, each with `EXCEPT (…)` and `REPLACE (…)`. */
export interface SelectStar extends Span {
  readonly kind: 'selectStar'
  readonly operand?: Expression | undefined
  /** Empty without EXCEPT. */
  readonly except: readonly Identifier[]
  readonly replace: readonly SelectExpression[]
}

/** `GROUP BY ALL` has `all` and no items. */
export interface GroupBy extends Span {
  readonly kind: 'groupBy'
  readonly all: boolean
  readonly items: readonly GroupingItem[]
  /** `GROUP AND ORDER BY`, in pipes alone. */
  readonly andOrderBy?: true | undefined
}

export type GroupingItem = GroupingExpression | GroupingSet

/** In pipes with an alias and an order: `GROUP BY x AS y DESC`. */
export interface GroupingExpression extends Span {
  readonly kind: 'groupingExpression'
  readonly expression: Expression
  readonly alias?: Identifier | undefined
  readonly direction?: 'ASC' | 'DESC' | undefined
  readonly nulls?: 'FIRST' | 'LAST' | undefined
}

/** `ROLLUP (a, (b, c))`, `CUBE (a, b)`, `GROUPING SETS (a, (b, c), ROLLUP (d), ())`; `sets` in the order written. */
export interface GroupingSet extends Span {
  readonly kind: 'rollup' | 'cube' | 'groupingSets'
  readonly sets: readonly (GroupingSet | GroupingColumns)[]
}

/** One set of columns: `(a, b)`, `()`, or one expression without parentheses. */
export interface GroupingColumns extends Span {
  readonly kind: 'groupingColumns'
  readonly columns: readonly Expression[]
}

export interface NamedWindow extends Span {
  readonly kind: 'namedWindow'
  readonly name: Identifier
  readonly window: WindowReference
}

export interface OrderItem extends Span {
  readonly kind: 'orderItem'
  readonly expression: Expression
  readonly collate?: Expression | undefined
  readonly direction?: 'ASC' | 'DESC' | undefined
  readonly nulls?: 'FIRST' | 'LAST' | undefined
}

export interface Limit extends Span {
  readonly kind: 'limit'
  readonly count: Expression
  readonly offset?: Expression | undefined
}

/** `name = value` in OPTIONS and hints; `+=` and `-=` where ALTER allows them. */
export interface Option extends Span {
  readonly kind: 'option'
  readonly name: Path
  readonly operator: '=' | '+=' | '-='
  readonly value: Expression
}
