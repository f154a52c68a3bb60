import type { Comment } from './ast.ts'
import type { Word } from './keywords.ts'

/** What a token is. Numbers, not names, because the lexer writes them into a byte array. */
export const tokenKind = {
  end: 0,
  /** An unquoted name; `word` is set if it is a keyword that is not reserved. */
  name: 1,
  quoted: 2,
  integer: 3,
  float: 4,
  string: 5,
  bytes: 6,
  reserved: 7,
  sign: 8,
  /** Not a token of the language; `errors` has the message, thrown when the parser comes to it. */
  malformed: 9,
} as const

/** The tokens of a text, one column per property: token `i` is `kinds[i]`, `words[i]`, `starts[i]`, `ends[i]`. */
export interface Tokens {
  readonly kinds: Uint8Array
  readonly words: Word[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Without the end token, which is always there. */
  readonly length: number
  readonly comments: readonly Comment[]
  /** By token. */
  readonly errors: ReadonlyMap<number, TokenError>
}

export interface TokenError {
  readonly message: string
  readonly offset: number
}
