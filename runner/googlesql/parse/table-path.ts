import type { Identifier, Path } from './ast.ts'
import { isNameCode } from './lexer.ts'
import type { Parser } from './parser.ts'
import { tokenKind } from './tokens.ts'

/** The path of a table, model or other resource, whose first part may have dashes: `my-project.ds.t`. */
export function tablePath(p: Parser): Path {
  const first = p.kind === tokenKind.name && p.peek() === '-' ? dashedName(p) : p.identifier()
  return p.pathFrom(first)
}

/** `a-b-1c`: names, numbers and dashes without a space between them, as one name. */
function dashedName(p: Parser): Identifier {
  const { text, tokens } = p
  const start = p.start
  let end = tokens.ends[p.index] as number
  while (text.charCodeAt(end) === 45 && isNameCode(text.charCodeAt(end + 1))) {
    end += 1
    while (isNameCode(text.charCodeAt(end))) end += 1
  }
  let next = p.index
  while ((tokens.starts[next] as number) < end && next < tokens.length) next += 1
  p.moveTo(next)
  return { kind: 'identifier', start, end, name: text.slice(start, end), quoted: false }
}
