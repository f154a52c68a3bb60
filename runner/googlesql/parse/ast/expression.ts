import type { Call } from './call.ts'
import type { Literal } from './literal.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Query } from './query.ts'
import type { StructType, TypeNode } from './type.ts'

/**
 * Every form of value expression. Parentheses make no node of their own: `parenthesized` says that they were written,
 * and a node's offsets do not include its own parentheses.
 */
export type Expression =
  | Literal
  | Path
  | Parameter
  | SystemVariable
  | Unary
  | Binary
  | Logical
  | IsTest
  | IsDistinctFrom
  | Between
  | Like
  | QuantifiedLike
  | In
  | Case
  | Cast
  | Extract
  | Call
  | ArrayConstructor
  | StructConstructor
  | Tuple
  | ScalarSubquery
  | ArraySubquery
  | Exists
  | Field
  | Subscript
  | WithExpression
  | DefaultValue

export interface ExpressionBase extends Span {
  readonly parenthesized?: true
}

/** `@name`, or `?` with its position among the text's positional parameters, from 0. Names keep their case. */
export interface Parameter extends ExpressionBase {
  readonly kind: 'parameter'
  readonly name?: string | undefined
  readonly position?: number | undefined
}

/** `@@time_zone`, `@@error.message`. */
export interface SystemVariable extends ExpressionBase {
  readonly kind: 'systemVariable'
  readonly path: Path
}

export interface Unary extends ExpressionBase {
  readonly kind: 'unary'
  readonly operator: '+' | '-' | '~' | 'NOT'
  readonly operand: Expression
}

export type BinaryOperator =
  | '||'
  | '*'
  | '/'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '&'
  | '^'
  | '|'
  | '='
  | '<>'
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='

/** Left-associative: a long chain is a deep `left` spine, so walk that one with a loop. */
export interface Binary extends ExpressionBase {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** A whole chain of ANDs or of ORs: two operands or more, however many thousand. */
export interface Logical extends ExpressionBase {
  readonly kind: 'logical'
  readonly operator: 'AND' | 'OR'
  readonly operands: readonly Expression[]
}

export interface IsTest extends ExpressionBase {
  readonly kind: 'is'
  readonly operand: Expression
  readonly negated: boolean
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN'
}

export interface IsDistinctFrom extends ExpressionBase {
  readonly kind: 'isDistinctFrom'
  readonly left: Expression
  readonly negated: boolean
  readonly right: Expression
}

export interface Between extends ExpressionBase {
  readonly kind: 'between'
  readonly operand: Expression
  readonly negated: boolean
  readonly low: Expression
  readonly high: Expression
}

export interface Like extends ExpressionBase {
  readonly kind: 'like'
  readonly operand: Expression
  readonly negated: boolean
  readonly pattern: Expression
}

/** `x LIKE ANY ('a%', 'b%')`, `x NOT LIKE ALL UNNEST(patterns)`. SOME is ANY. */
export interface QuantifiedLike extends ExpressionBase {
  readonly kind: 'quantifiedLike'
  readonly operand: Expression
  readonly negated: boolean
  readonly quantifier: 'ANY' | 'SOME' | 'ALL'
  readonly source: Membership
}

/** `x IN (1, 2)`, `x IN (SELECT …)`, `x NOT IN UNNEST(values)`. */
export interface In extends ExpressionBase {
  readonly kind: 'in'
  readonly operand: Expression
  readonly negated: boolean
  readonly source: Membership
}

/** What IN and LIKE ANY look through. */
export type Membership =
  | (Span & { readonly kind: 'list'; readonly elements: readonly Expression[] })
  | (Span & { readonly kind: 'inQuery'; readonly query: Query })
  | (Span & { readonly kind: 'inUnnest'; readonly expression: Expression })

export interface Case extends ExpressionBase {
  readonly kind: 'case'
  /** `CASE operand WHEN …`. */
  readonly operand?: Expression | undefined
  readonly whens: readonly When[]
  readonly otherwise?: Expression | undefined
}

export interface When extends Span {
  readonly kind: 'when'
  readonly condition: Expression
  readonly result: Expression
}

export interface Cast extends ExpressionBase {
  readonly kind: 'cast'
  readonly safe: boolean
  readonly operand: Expression
  readonly type: TypeNode
  readonly format?: Expression | undefined
  /** After FORMAT: `AT TIME ZONE zone`. */
  readonly timeZone?: Expression | undefined
}

export interface Extract extends ExpressionBase {
  readonly kind: 'extract'
  readonly part: DatePart
  readonly operand: Expression
  readonly timeZone?: Expression | undefined
}

/** `DAY`, `WEEK(MONDAY)`. In calls of date functions a part is an ordinary argument: a `Path` or a `Call` WEEK(MONDAY). */
export interface DatePart extends Span {
  readonly kind: 'datePart'
  /** Upper case. */
  readonly name: string
  readonly weekday?: string | undefined
}

/** `[1, 2]`, `ARRAY[1, 2]`, `ARRAY<INT64>[1, 2]`. */
export interface ArrayConstructor extends ExpressionBase {
  readonly kind: 'array'
  /** The word ARRAY was written. */
  readonly keyword: boolean
  readonly element?: TypeNode | undefined
  readonly elements: readonly Expression[]
}

/** `STRUCT(1 AS a, b)`, `STRUCT<a INT64>(1)`. */
export interface StructConstructor extends ExpressionBase {
  readonly kind: 'struct'
  readonly type?: StructType | undefined
  readonly fields: readonly StructValue[]
}

export interface StructValue extends Span {
  readonly kind: 'structValue'
  readonly value: Expression
  readonly alias?: Identifier | undefined
}

/** `(1, 'a')`: a STRUCT without names; two elements or more. */
export interface Tuple extends ExpressionBase {
  readonly kind: 'tuple'
  readonly elements: readonly Expression[]
}

export interface ScalarSubquery extends ExpressionBase {
  readonly kind: 'subquery'
  readonly query: Query
}

/** `ARRAY(SELECT …)`. */
export interface ArraySubquery extends ExpressionBase {
  readonly kind: 'arraySubquery'
  readonly query: Query
}

export interface Exists extends ExpressionBase {
  readonly kind: 'exists'
  readonly query: Query
}

/** A field of anything but a plain path: `f(x).a`, `t.list[0].a`. */
export interface Field extends ExpressionBase {
  readonly kind: 'field'
  readonly operand: Expression
  readonly name: Identifier
}

/** `a[OFFSET(0)]`, `a[0]`, `json['key']`. */
export interface Subscript extends ExpressionBase {
  readonly kind: 'subscript'
  readonly operand: Expression
  readonly accessor?: 'OFFSET' | 'ORDINAL' | 'SAFE_OFFSET' | 'SAFE_ORDINAL' | undefined
  readonly index: Expression
}

/** `WITH(a AS 1, b AS a + 1, a + b)`. */
export interface WithExpression extends ExpressionBase {
  readonly kind: 'withExpression'
  readonly bindings: readonly WithBinding[]
  readonly body: Expression
}

export interface WithBinding extends Span {
  readonly kind: 'withBinding'
  readonly name: Identifier
  readonly value: Expression
}

/** DEFAULT in VALUES, SET and MERGE. */
export interface DefaultValue extends ExpressionBase {
  readonly kind: 'default'
}
