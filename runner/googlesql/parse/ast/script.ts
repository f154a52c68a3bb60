import type { Expression, SystemVariable } from './expression.ts'
import type { Identifier, Span } from './node.ts'
import type { Query } from './query.ts'
import type { Statement } from './statement.ts'
import type { TypeNode } from './type.ts'

export type ScriptStatement =
  | Declare
  | SetStatement
  | If
  | CaseStatement
  | Loop
  | While
  | Repeat
  | ForIn
  | Block
  | Jump
  | Raise
  | Return

/** `DECLARE a, b INT64 DEFAULT 0`; one of type and default may be absent. */
export interface Declare extends Span {
  readonly kind: 'declare'
  readonly names: readonly Identifier[]
  readonly type?: TypeNode | undefined
  readonly defaultValue?: Expression | undefined
}

/** `SET a = 1`, `SET (a, b) = (1, 2)` (`tuple`), `SET @@time_zone = 'UTC'`. */
export interface SetStatement extends Span {
  readonly kind: 'set'
  readonly tuple: boolean
  readonly targets: readonly (Identifier | SystemVariable)[]
  readonly value: Expression
}

export interface If extends Span {
  readonly kind: 'if'
  /** IF and its ELSEIFs. */
  readonly branches: readonly ConditionalBranch[]
  readonly otherwise?: readonly Statement[] | undefined
}

export interface ConditionalBranch extends Span {
  readonly kind: 'branch'
  readonly condition: Expression
  readonly body: readonly Statement[]
}

export interface CaseStatement extends Span {
  readonly kind: 'caseStatement'
  readonly operand?: Expression | undefined
  readonly branches: readonly ConditionalBranch[]
  readonly otherwise?: readonly Statement[] | undefined
}

interface Labelled extends Span {
  readonly label?: Identifier | undefined
}

export interface Loop extends Labelled {
  readonly kind: 'loop'
  readonly body: readonly Statement[]
}

export interface While extends Labelled {
  readonly kind: 'while'
  readonly condition: Expression
  readonly body: readonly Statement[]
}

export interface Repeat extends Labelled {
  readonly kind: 'repeat'
  readonly body: readonly Statement[]
  readonly until: Expression
}

/** `FOR row IN (query) DO … END FOR`. */
export interface ForIn extends Labelled {
  readonly kind: 'for'
  readonly variable: Identifier
  readonly query: Query
  readonly body: readonly Statement[]
}

/** `BEGIN … EXCEPTION WHEN ERROR THEN … END`. */
export interface Block extends Labelled {
  readonly kind: 'block'
  readonly body: readonly Statement[]
  readonly handler?: readonly Statement[] | undefined
}

/** BREAK is LEAVE, CONTINUE is ITERATE; `word` is what was written. */
export interface Jump extends Span {
  readonly kind: 'jump'
  readonly word: 'BREAK' | 'LEAVE' | 'CONTINUE' | 'ITERATE'
  readonly label?: Identifier | undefined
}

export interface Raise extends Span {
  readonly kind: 'raise'
  /** `USING MESSAGE = expression`; absent: raise again. */
  readonly message?: Expression | undefined
}

export interface Return extends Span {
  readonly kind: 'return'
}
