import type { Identifier, Select, SelectExpression, SelectItem, SelectStar } from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseFrom } from './from.ts'
import { parseGroupBy } from './group-by.ts'
import type { Parser } from './parser.ts'
import { parseWindows } from './window.ts'

/** `SELECT … FROM … WHERE … GROUP BY … HAVING … QUALIFY … WINDOW …`; the current token is SELECT, or it is an error. */
export function parseSelect(p: Parser): Select {
  const start = p.start
  if (!p.at('SELECT')) p.failUnexpected()
  const { quantifier, as, items } = parseSelectList(p)
  const from = p.take('FROM') ? parseFrom(p) : undefined
  const where = p.take('WHERE') ? parseExpression(p) : undefined
  const groupBy = p.word === 'GROUP' ? parseGroupBy(p, false) : undefined
  const having = p.take('HAVING') ? parseExpression(p) : undefined
  const qualify = p.take('QUALIFY') ? parseExpression(p) : undefined
  const windows = p.word === 'WINDOW' ? parseWindows(p) : []
  return {
    kind: 'select',
    start,
    end: p.end,
    quantifier,
    as,
    items,
    from,
    where,
    groupBy,
    having,
    qualify,
    windows,
  }
}

/** SELECT and its list, as it also stands in a pipe. */
export function parseSelectList(p: Parser): Pick<Select, 'quantifier' | 'as' | 'items'> {
  p.advance()
  if (p.word === 'WITH' && p.peek() !== '(')
    p.refuse(`SELECT WITH ${p.text.slice(p.tokens.starts[p.index + 1], p.tokens.ends[p.index + 1])}`)
  const quantifier = p.word === 'ALL' || p.word === 'DISTINCT' ? p.word : undefined
  if (quantifier !== undefined) p.advance()
  const as = p.word === 'AS' ? parseSelectAs(p) : undefined
  if (p.word === 'FROM') p.fail('SELECT list must not be empty')
  const items = parseSelectItems(p)
  return { quantifier, as, items }
}

function parseSelectAs(p: Parser): 'STRUCT' | 'VALUE' {
  p.advance()
  const as = p.word
  if (as === 'STRUCT' || as === 'VALUE') {
    p.advance()
    return as
  }
  p.refuse('SELECT AS with the name of a type')
}

/** The list; a comma may stand behind its last item. */
export function parseSelectItems(p: Parser): readonly SelectItem[] {
  const items = [parseSelectItem(p)]
  while (p.word === ',') {
    p.advance()
    if (endsList(p)) break
    items.push(parseSelectItem(p))
  }
  return items
}

function endsList(p: Parser): boolean {
  return p.atEnd || p.word === 'FROM' || p.word === ')' || p.word === ';' || p.word === '|>'
}

function parseSelectItem(p: Parser): SelectItem {
  const start = p.start
  if (p.word === '*') return parseStar(p, start)
  const expression = parseExpression(p)
  if (p.word === '.' && p.peek() === '*') {
    p.advance()
    return { ...parseStar(p, start), operand: expression }
  }
  const alias = parseAlias(p)
  return { kind: 'selectExpression', start, end: p.end, expression, alias }
}

function parseStar(p: Parser, start: number): SelectStar {
  p.advance()
  const except = p.word === 'EXCEPT' && !isQuantifier(p) ? parseExcept(p) : []
  const replace = p.word === 'REPLACE' ? parseReplace(p) : []
  return { kind: 'selectStar', start, end: p.end, operand: undefined, except, replace }
}

/** `SELECT * EXCEPT DISTINCT …` is a set operation. */
function isQuantifier(p: Parser): boolean {
  const next = p.peek()
  return next === 'ALL' || next === 'DISTINCT'
}

function parseExcept(p: Parser): readonly Identifier[] {
  if (p.peek() !== '(') p.failPlain('EXCEPT must be followed by ALL, DISTINCT, or "("')
  p.advance()
  return p.parenthesizedIdentifiers()
}

function parseReplace(p: Parser): readonly SelectExpression[] {
  p.advance()
  p.expect('(')
  const items = p.list<SelectExpression>(() => {
    const start = p.start
    const expression = parseExpression(p)
    p.expect('AS')
    const alias = p.identifier()
    return { kind: 'selectExpression', start, end: p.end, expression, alias }
  })
  p.closeList()
  return items
}

/** `AS name`, or a name alone. */
export function parseAlias(p: Parser): Identifier | undefined {
  if (p.take('AS')) return p.identifier()
  return p.atName ? p.anyName() : undefined
}
