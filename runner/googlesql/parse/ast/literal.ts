import type { Expression, ExpressionBase } from './expression.ts'
import type { Identifier } from './node.ts'
import type { TypeNode } from './type.ts'

export type Literal =
  | NullLiteral
  | BooleanLiteral
  | IntegerLiteral
  | FloatLiteral
  | StringLiteral
  | BytesLiteral
  | TypedLiteral
  | RangeLiteral
  | IntervalExpression

export interface NullLiteral extends ExpressionBase {
  readonly kind: 'null'
}

export interface BooleanLiteral extends ExpressionBase {
  readonly kind: 'boolean'
  readonly value: boolean
}

/** Decimal or hexadecimal, without a sign (`-1` is a `Unary`); the resolver checks the range. */
export interface IntegerLiteral extends ExpressionBase {
  readonly kind: 'integer'
  readonly value: bigint
  /** As written: `0xFF`. */
  readonly text: string
}

export interface FloatLiteral extends ExpressionBase {
  readonly kind: 'float'
  readonly value: number
  readonly text: string
}

/** `value` is decoded; `text` as written, with prefix and quotes: `r'\d'`, `"""…"""`. */
export interface StringLiteral extends ExpressionBase {
  readonly kind: 'string'
  readonly value: string
  readonly text: string
}

export interface BytesLiteral extends ExpressionBase {
  readonly kind: 'bytes'
  readonly value: Uint8Array
  readonly text: string
}

/** `DATE '2024-01-01'`; the text is not yet read as a value. DECIMAL is NUMERIC, BIGDECIMAL is BIGNUMERIC. */
export interface TypedLiteral extends ExpressionBase {
  readonly kind: 'typedLiteral'
  readonly type: 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP' | 'NUMERIC' | 'BIGNUMERIC' | 'JSON'
  readonly value: StringLiteral
}

/** `RANGE<DATE> '[2024-01-01, UNBOUNDED)'`. */
export interface RangeLiteral extends ExpressionBase {
  readonly kind: 'rangeLiteral'
  readonly element: TypeNode
  readonly value: StringLiteral
}

/** `INTERVAL 5 DAY`, `INTERVAL '1-2' YEAR TO MONTH`; the value may be any expression. */
export interface IntervalExpression extends ExpressionBase {
  readonly kind: 'interval'
  readonly value: Expression
  readonly from: Identifier
  readonly to?: Identifier | undefined
}
