import type { Identifier, Path } from './ast.ts'
import type { Parser } from './parser.ts'
import { type Tokens, tokenKind } from './tokens.ts'

/** The path of a table, model or other resource, whose first part may have dashes: `my-project.ds.t`. */
export function tablePath(p: Parser): Path {
  const first = p.kind === tokenKind.name && p.peek() === '-' ? dashedName(p) : p.identifier()
  const path = p.pathFrom(first)
  // A dash with a space before or behind it.
  if (p.word === '-') p.failUnexpected()
  return path
}

/** `a-b-1`: names, numbers and dashes without a space between them, as one name. */
function dashedName(p: Parser): Identifier {
  const { text, tokens } = p
  const start = p.start
  let last = p.index
  while (tokens.words[last + 1] === '-' && touches(tokens, last) && touches(tokens, last + 1)) {
    const kind = tokens.kinds[last + 2]
    if (kind === tokenKind.malformed) p.moveTo(last + 2)
    if (kind !== tokenKind.name && kind !== tokenKind.reserved && kind !== tokenKind.integer) break
    last += 2
  }
  const end = tokens.ends[last] as number
  p.moveTo(last + 1)
  return { kind: 'identifier', start, end, name: text.slice(start, end), quoted: false }
}

/** No space between a token and the next. */
function touches(tokens: Tokens, index: number): boolean {
  return tokens.ends[index] === tokens.starts[index + 1]
}
