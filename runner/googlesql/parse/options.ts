import type { Option, Path } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'
import { tablePath } from './table-path.ts'

/** `OPTIONS (name = value, …)`, if it is there. */
export function parseOptions(p: Parser): readonly Option[] | undefined {
  return p.take('OPTIONS') ? parseOptionList(p) : undefined
}

/** `(name = value, …)`; `+=` and `-=` too. */
export function parseOptionList(p: Parser): readonly Option[] {
  p.expect('(')
  const options: Option[] = []
  while (p.word !== ')') {
    options.push(parseOption(p))
    if (!p.take(',')) break
  }
  p.closeList()
  return options
}

function parseOption(p: Parser): Option {
  const start = p.start
  const name = p.path()
  const operator = p.word
  if (operator !== '=' && operator !== '+=' && operator !== '-=') p.failExpected('=')
  p.advance()
  const value = parseExpression(p)
  return { kind: 'option', start, end: p.end, name, operator, value }
}

/** `[WITH | REMOTE WITH] CONNECTION path`: the path, DEFAULT among them. The current token is WITH or CONNECTION. */
export function parseConnection(p: Parser): Path | undefined {
  if (!p.takeWords('WITH', 'CONNECTION')) return undefined
  if (p.word !== 'DEFAULT') return tablePath(p)
  const name = p.anyName()
  return { kind: 'path', start: name.start, end: name.end, parts: [name] }
}
