/**
 * An expression and what a query of it gives: the columns' types and the one row's values, in the form of
 * `comparable`, or an error with its message ('' where any error is right).
 */
export type Case = readonly [
  expression: string,
  expected: { readonly types: string; readonly values: readonly unknown[] } | { readonly error: string },
]
