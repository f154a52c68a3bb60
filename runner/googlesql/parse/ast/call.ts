import type { Expression, ExpressionBase } from './expression.ts'
import type { Identifier, Path, Span } from './node.ts'
import type { Limit, OrderItem } from './query.ts'

/** A call of any function: scalar, aggregate, with OVER; also IF, LEFT, RIGHT, COALESCE and other keyword-like names. */
export interface Call extends ExpressionBase {
  readonly kind: 'call'
  /** Without SAFE: `SAFE.NET.HOST(x)` has `safe` and the path `NET.HOST`. */
  readonly name: Path
  readonly safe: boolean
  /** `(x).UPPER()`: set when the first argument was written before the dot; it is also the first of `args`. */
  readonly chained?: true | undefined
  readonly args: readonly Argument[]
  readonly distinct: boolean
  readonly nulls?: 'IGNORE' | 'RESPECT' | undefined
  /** `HAVING MAX x`. */
  readonly having?: HavingExtreme | undefined
  readonly orderBy?: readonly OrderItem[] | undefined
  readonly limit?: Limit | undefined
  readonly over?: WindowReference | undefined
}

export interface HavingExtreme extends Span {
  readonly kind: 'havingExtreme'
  readonly extreme: 'MAX' | 'MIN'
  readonly expression: Expression
}

export type Argument =
  | Expression
  | StarArgument
  | NamedArgument
  | Lambda
  | TableArgument
  | ModelArgument
  | ConnectionArgument
  | Descriptor

/** `COUNT(*)`. */
export interface StarArgument extends Span {
  readonly kind: 'star'
}

/** `name => value`. */
export interface NamedArgument extends Span {
  readonly kind: 'namedArgument'
  readonly name: Identifier
  readonly value: Argument
}

/** `x -> x + 1`, `(a, b) -> a < b`. */
export interface Lambda extends Span {
  readonly kind: 'lambda'
  readonly parameters: readonly Identifier[]
  readonly body: Expression
}

/** `TABLE proj.ds.t` as an argument. */
export interface TableArgument extends Span {
  readonly kind: 'tableArgument'
  readonly path: Path
}

export interface ModelArgument extends Span {
  readonly kind: 'modelArgument'
  readonly path: Path
}

export interface ConnectionArgument extends Span {
  readonly kind: 'connectionArgument'
  readonly path: Path
}

/** `DESCRIPTOR(a, b)`. */
export interface Descriptor extends Span {
  readonly kind: 'descriptor'
  readonly columns: readonly Identifier[]
}

/** `OVER w` (only `name`) or `OVER (w PARTITION BY … ORDER BY … frame)`. */
export type WindowReference =
  | (Span & { readonly kind: 'windowName'; readonly name: Identifier })
  | WindowSpecification

export interface WindowSpecification extends Span {
  readonly kind: 'window'
  readonly name?: Identifier | undefined
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly OrderItem[]
  readonly frame?: Frame | undefined
}

export interface Frame extends Span {
  readonly kind: 'frame'
  readonly unit: 'ROWS' | 'RANGE'
  readonly from: FrameBound
  /** Absent: `ROWS n PRECEDING` without BETWEEN. */
  readonly to?: FrameBound | undefined
}

export interface FrameBound extends Span {
  readonly kind: 'frameBound'
  readonly bound: 'UNBOUNDED PRECEDING' | 'PRECEDING' | 'CURRENT ROW' | 'FOLLOWING' | 'UNBOUNDED FOLLOWING'
  /** With PRECEDING and FOLLOWING. */
  readonly offset?: Expression | undefined
}
