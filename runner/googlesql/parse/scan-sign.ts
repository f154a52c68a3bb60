import type { Punctuation } from './keywords.ts'
import { punctuation } from './keywords.ts'
import type { Lexer } from './lexer.ts'
import { tokenKind } from './tokens.ts'

const single: (Punctuation | undefined)[] = []
const double = new Map<number, Punctuation>()
for (const sign of punctuation) {
  const first = sign.charCodeAt(0)
  if (sign.length === 1) single[first] = sign
  else double.set(first * 128 + sign.charCodeAt(1), sign)
}

/** An operator or bracket, the longest that fits. */
export function scanSign(lexer: Lexer, start: number): number {
  const { text } = lexer
  const first = text.charCodeAt(start)
  const second = text.charCodeAt(start + 1)
  if (second === 61 || second === 62 || second === 124 || second === 60 || second === 64) {
    const sign = double.get(first * 128 + second)
    if (sign !== undefined) return lexer.push(tokenKind.sign, sign, start, start + 2)
  }
  const sign = single[first]
  if (sign !== undefined) return lexer.push(tokenKind.sign, sign, start, start + 1)
  const character = String.fromCodePoint(text.codePointAt(start) ?? first)
  return lexer.malformed(`Illegal input character "${character}"`, start, start + character.length)
}
