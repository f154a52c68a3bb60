import type { Argument, Call, Expression, Identifier, Path } from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseLimit, parseOrderBy } from './order-by.ts'
import type { Parser } from './parser.ts'
import { tablePath } from './table-path.ts'
import { tokenKind } from './tokens.ts'
import { parseOver } from './window.ts'

/** A call; the current token is the opening parenthesis behind the name. */
export function parseCall(p: Parser, path: Path): Call {
  return parseCallAfterName(p, path.start, path, undefined)
}

/** A call, perhaps with its first argument written before the dot: `(x).UPPER()`. */
export function parseCallAfterName(
  p: Parser,
  start: number,
  path: Path,
  first: Expression | undefined,
): Call {
  const safe = path.parts.length > 1 && isSafe(path.parts[0])
  const name = safe
    ? { ...path, start: (path.parts[1] as Identifier).start, parts: path.parts.slice(1) }
    : path
  p.advance()
  const inside = p.deep ? p.deferred(() => parseInside(p, first)) : p.nested(() => parseInside(p, first))
  p.expect(')')
  const over = p.word === 'OVER' ? parseOver(p) : undefined
  const chained = first === undefined ? undefined : true
  return Object.assign(inside, { kind: 'call', start, end: p.end, name, safe, chained, over } as const)
}

type Inside = Pick<Call, 'args' | 'distinct' | 'nulls' | 'having' | 'orderBy' | 'limit'>

/** What stands between the parentheses. */
function parseInside(p: Parser, first: Expression | undefined): Inside {
  const distinct = p.take('DISTINCT')
  const args = first === undefined ? parseArguments(p) : [first, ...parseArguments(p)]
  if (p.word === ')') return { args, distinct }
  return { args, distinct, ...parseClauses(p) }
}

function isSafe(part: Identifier | undefined): boolean {
  return part !== undefined && part.name.length === 4 && part.name.toUpperCase() === 'SAFE'
}

function parseClauses(p: Parser): Pick<Call, 'nulls' | 'having' | 'orderBy' | 'limit'> {
  const nulls = p.word === 'IGNORE' || p.word === 'RESPECT' ? p.word : undefined
  if (nulls !== undefined) {
    p.advance()
    p.expect('NULLS')
  }
  const having = p.word === 'HAVING' ? parseHaving(p) : undefined
  const orderBy = p.word === 'ORDER' ? parseOrderBy(p) : undefined
  const limit = p.word === 'LIMIT' ? parseLimit(p) : undefined
  return { nulls, having, orderBy, limit }
}

function parseHaving(p: Parser): Call['having'] {
  const start = p.start
  p.advance()
  const extreme = p.word
  if (extreme !== 'MAX' && extreme !== 'MIN') {
    p.fail(`Expected keyword MAX or keyword MIN but got ${p.describe()}`)
  }
  p.advance()
  const expression = parseExpression(p)
  return { kind: 'havingExtreme', start, end: p.end, extreme, expression }
}

/** The arguments up to what is no comma; none before `)`. */
export function parseArguments(p: Parser): readonly Argument[] {
  if (p.at(')')) return []
  if (p.at(',') || p.atEnd) p.failExpected(')')
  const args = [parseArgument(p)]
  while (p.word === ',') {
    p.advance()
    args.push(parseArgument(p))
  }
  return args
}

export function parseArgument(p: Parser): Argument {
  if (p.kind === tokenKind.reserved || p.kind === tokenKind.sign) {
    if (p.word === 'SELECT' || (p.word === 'WITH' && p.peek() !== '(')) failQueryArgument(p)
    if (p.word === '*') {
      const start = p.start
      p.advance()
      return { kind: 'star', start, end: p.end }
    }
  } else if (p.atName) {
    const special = parseNameArgument(p)
    if (special !== undefined) return special
  }
  const expression = parseExpression(p)
  return p.word === '->' ? parseLambda(p, expression) : expression
}

/** `name => value`, `TABLE t`, `MODEL m`, `CONNECTION c`, `DESCRIPTOR(a)`; undefined for anything else. */
function parseNameArgument(p: Parser): Argument | undefined {
  const start = p.start
  if (p.peek() === '=>') {
    const name = p.identifier()
    p.advance()
    const value = parseArgument(p)
    return { kind: 'namedArgument', start, end: p.end, name, value }
  }
  const next = p.peekKind()
  const nameFollows = next === tokenKind.name || next === tokenKind.quoted
  if (p.word === 'TABLE' && nameFollows) {
    p.advance()
    const path = tablePath(p)
    return { kind: 'tableArgument', start, end: p.end, path }
  }
  if ((p.word === 'MODEL' || p.word === 'CONNECTION') && nameFollows) {
    const kind = p.word === 'MODEL' ? 'modelArgument' : 'connectionArgument'
    p.advance()
    const path = tablePath(p)
    return { kind, start, end: p.end, path }
  }
  if (p.word === 'DESCRIPTOR' && p.peek() === '(') {
    p.advance()
    const columns = p.parenthesizedIdentifiers()
    return { kind: 'descriptor', start, end: p.end, columns }
  }
  return undefined
}

function parseLambda(p: Parser, before: Expression): Argument {
  const parameters = lambdaParameters(before)
  if (parameters === undefined) {
    p.fail(
      'Expecting lambda argument list to be an identifier or a list of identifiers in parentheses',
      before.start,
    )
  }
  p.advance()
  const body = parseExpression(p)
  return { kind: 'lambda', start: before.start, end: p.end, parameters, body }
}

function lambdaParameters(expression: Expression): readonly Identifier[] | undefined {
  const elements = expression.kind === 'tuple' ? expression.elements : [expression]
  const names = elements.map((element) =>
    element.kind === 'path' && element.parts.length === 1 ? element.parts[0] : undefined,
  )
  return names.every((name) => name !== undefined) ? names : undefined
}

function failQueryArgument(p: Parser): never {
  p.failPlain(
    'Each function argument is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression',
  )
}
