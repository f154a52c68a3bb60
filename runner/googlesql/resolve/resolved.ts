import type { CatalogTable } from '../catalog.ts'
import type { FunctionEntry, Signature } from '../functions/function.ts'
import type { Value } from '../result.ts'
import type { SqlType } from '../types/type.ts'

/**
 * The resolved tree: what a query means, with every name bound and every expression typed. Columns are known by their
 * number, which no other column of the statement has; scans are the steps from tables to the result, innermost first.
 */
export interface Column {
  readonly id: number
  readonly name: string
  readonly type: SqlType
}

export type Expr =
  | LiteralExpr
  | ColumnExpr
  | CallExpr
  | CastExpr
  | CaseExpr
  | StructExpr
  | ArrayExpr
  | FieldExpr
  | SubqueryExpr
  | InSubqueryExpr
  | GroupingExpr
  | LetExpr

export interface LiteralExpr {
  readonly kind: 'literal'
  readonly type: SqlType
  readonly value: Value
  /** `parameter`: a query parameter's value; `literal`: written in the text; `value`: a variable's value, no literal. */
  readonly from: 'literal' | 'parameter' | 'value'
  /** NULL, `[]`: fits any type. */
  readonly untyped?: boolean
  /** A FLOAT64 literal as written, so that it becomes NUMERIC exactly. */
  readonly text?: string
}

export interface ColumnExpr {
  readonly kind: 'column'
  readonly type: SqlType
  readonly column: Column
}

/** A date part among arguments. */
export interface PartArgument {
  readonly kind: 'part'
  readonly text: string
}

export interface CallExpr {
  readonly kind: 'call'
  readonly type: SqlType
  readonly entry: FunctionEntry
  readonly signature: Signature
  readonly args: readonly (Expr | PartArgument)[]
  readonly safe: boolean
}

export interface CastExpr {
  readonly kind: 'cast'
  readonly type: SqlType
  readonly operand: Expr
  readonly safe: boolean
  readonly format?: Expr
  readonly timeZone?: Expr
  /** STRING(10): longer values raise. */
  readonly parameters?: readonly number[]
}

/** `CASE WHEN … THEN … ELSE … END`: conditions are evaluated in order, results only where chosen. */
export interface CaseExpr {
  readonly kind: 'case'
  readonly type: SqlType
  readonly whens: readonly { readonly condition: Expr; readonly result: Expr }[]
  readonly otherwise: Expr | undefined
}

export interface StructExpr {
  readonly kind: 'struct'
  readonly type: Extract<SqlType, { kind: 'STRUCT' }>
  readonly values: readonly Expr[]
}

export interface ArrayExpr {
  readonly kind: 'array'
  readonly type: Extract<SqlType, { kind: 'ARRAY' }>
  readonly elements: readonly Expr[]
  readonly untyped?: boolean
}

export interface FieldExpr {
  readonly kind: 'field'
  readonly type: SqlType
  readonly operand: Expr
  /** Position among the struct's fields. */
  readonly index: number
}

export interface SubqueryExpr {
  readonly kind: 'subquery'
  readonly form: 'SCALAR' | 'ARRAY' | 'EXISTS'
  readonly type: SqlType
  readonly query: ResolvedQuery
}

export interface InSubqueryExpr {
  readonly kind: 'in subquery'
  readonly type: SqlType
  readonly operand: Expr
  readonly query: ResolvedQuery
}

/** GROUPING(x): 1 where x is left out of the row's grouping set. */
export interface GroupingExpr {
  readonly kind: 'grouping'
  readonly type: SqlType
  readonly column: Column
}

/** Values computed once for a body that may use them many times: the arguments of a SQL function, WITH(…). */
export interface LetExpr {
  readonly kind: 'let'
  readonly type: SqlType
  readonly bindings: readonly Computed[]
  readonly body: Expr
  /** SAFE.: an error of the body, not of what is bound, is NULL. */
  readonly safe?: true
}

export interface Computed {
  readonly column: Column
  readonly expr: Expr
}

export interface SortItem {
  readonly expr: Expr
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export interface AggregateCall {
  readonly column: Column
  readonly entry: FunctionEntry
  readonly signature: Signature
  readonly args: readonly (Expr | PartArgument)[]
  readonly distinct: boolean
  readonly nulls: 'IGNORE' | 'RESPECT' | undefined
  readonly orderBy: readonly SortItem[]
  readonly limit: Expr | undefined
  readonly having: { readonly extreme: 'MAX' | 'MIN'; readonly expr: Expr } | undefined
  readonly safe: boolean
}

export interface WindowCall extends AggregateCall {
  readonly partitionBy: readonly Expr[]
  readonly windowOrder: readonly SortItem[]
  readonly frame: WindowFrame | undefined
}

export interface WindowFrame {
  readonly unit: 'ROWS' | 'RANGE'
  readonly from: FrameEdge
  readonly to: FrameEdge
}

export interface FrameEdge {
  readonly bound: 'UNBOUNDED PRECEDING' | 'PRECEDING' | 'CURRENT ROW' | 'FOLLOWING' | 'UNBOUNDED FOLLOWING'
  readonly offset: Expr | undefined
}

export type Scan =
  | { readonly kind: 'single' }
  | TableScan
  | UnnestScan
  | JoinScan
  | { readonly kind: 'filter'; readonly input: Scan; readonly condition: Expr }
  | { readonly kind: 'project'; readonly input: Scan; readonly computed: readonly Computed[] }
  | AggregateScan
  | { readonly kind: 'window'; readonly input: Scan; readonly calls: readonly WindowCall[] }
  | { readonly kind: 'sort'; readonly input: Scan; readonly items: readonly SortItem[] }
  | { readonly kind: 'limit'; readonly input: Scan; readonly count: Expr; readonly offset: Expr | undefined }
  | SetScan
  | CteScan
  | QueryScan
  | RowsScan
  | FactsScan

export interface TableScan {
  readonly kind: 'table'
  readonly table: CatalogTable
  /** One a column of the table, in its order; then `_PARTITIONTIME`, if it is partitioned by ingestion time. */
  readonly columns: readonly Column[]
  /** The row's number in DuckDB, for DML. */
  readonly rowId?: Column
}

/** Rows that the catalog knows (INFORMATION_SCHEMA): texts and whole numbers, a value for each column. */
export interface FactsScan {
  readonly kind: 'facts'
  readonly columns: readonly Column[]
  readonly rows: () => readonly (readonly Value[])[]
}

/** Rows written out: `VALUES`. */
export interface RowsScan {
  readonly kind: 'rows'
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Expr[])[]
}

/** One row for each element of the arrays (side by side, the shorter filled with NULL), for each row of the input. */
export interface UnnestScan {
  readonly kind: 'unnest'
  readonly input: Scan | undefined
  readonly arrays: readonly Expr[]
  readonly columns: readonly Column[]
  readonly offset: Column | undefined
  /** LEFT JOIN: rows of the input without elements stay. */
  readonly outer: boolean
  readonly condition: Expr | undefined
}

export interface JoinScan {
  readonly kind: 'join'
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  readonly left: Scan
  readonly right: Scan
  readonly condition: Expr | undefined
  /** The right side uses columns of the left. */
  readonly lateral?: boolean
}

export interface AggregateScan {
  readonly kind: 'aggregate'
  readonly input: Scan
  readonly groups: readonly Computed[]
  /** Positions in `groups`, one list a grouping set; undefined: all of them. */
  readonly sets: readonly (readonly number[])[] | undefined
  readonly aggregates: readonly AggregateCall[]
  /** Results of GROUPING(). */
  readonly groupings: readonly { readonly column: Column; readonly group: number }[]
}

export interface SetScan {
  readonly kind: 'set'
  readonly operator:
    | 'UNION ALL'
    | 'UNION DISTINCT'
    | 'INTERSECT DISTINCT'
    | 'EXCEPT DISTINCT'
    | 'INTERSECT ALL'
    | 'EXCEPT ALL'
  readonly inputs: readonly { readonly scan: Scan; readonly columns: readonly Column[] }[]
  readonly columns: readonly Column[]
}

/** A reading of a named query; `columns` stand for the query's, in order. */
export interface CteScan {
  readonly kind: 'cte'
  readonly cte: Cte
  readonly columns: readonly Column[]
}

export interface Cte {
  readonly id: number
  readonly name: string
  /** The query, or a recursive one's first part. Filled in before anything reads it. */
  query: ResolvedQuery
  /** A recursive query's other part; it reads the CTE itself. */
  recursion?: { readonly query: ResolvedQuery; readonly distinct: boolean }
  /** It reads what only its place can see (a function's argument), so it cannot stand before the statement. */
  readonly local: boolean
}

/** A subquery's columns under new numbers. */
export interface QueryScan {
  readonly kind: 'query'
  readonly query: ResolvedQuery
  readonly columns: readonly Column[]
}

/** A query's result: its columns in order, by their outer names. */
export interface ResolvedQuery {
  readonly scan: Scan
  readonly columns: readonly OutputColumn[]
  /** SELECT AS VALUE, SELECT AS STRUCT: rows are values of the one column's type. */
  readonly isValue: boolean
}

export interface OutputColumn {
  readonly name: string
  /** No name was given or derived. */
  readonly anonymous: boolean
  readonly column: Column
}
