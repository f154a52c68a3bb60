/** A stretch of the text: UTF-16 offsets, `end` exclusive. `position.ts` turns an offset into line and column. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A comment as written, its `--`, `#` or slash-star included; a line comment without its line break. */
export interface Comment extends Span {
  readonly text: string
  /** Nothing stands before it on its line. */
  readonly startsLine: boolean
  /** Nothing stands after it on its line. */
  readonly endsLine: boolean
}

/** One name. `name` is the value: without backticks, escapes decoded. */
export interface Identifier extends Span {
  readonly kind: 'identifier'
  readonly name: string
  /** Written in backticks. */
  readonly quoted: boolean
}

/**
 * Dotted names: `a`, `a.b.c`. In an expression a column, a field of it, a variable, or an argument; the resolver
 * decides. Names of tables and routines are paths too: `nameParts` of `parse/name-parts.ts` splits their backticked
 * parts at the dots (`` `proj.ds.t` ``), and dashes may be in their first part (`my-project.ds.t`).
 */
export interface Path extends Span {
  readonly kind: 'path'
  readonly parts: readonly Identifier[]
  /** See `Expression`. */
  readonly parenthesized?: true
}
