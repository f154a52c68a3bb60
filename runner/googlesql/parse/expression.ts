import type { BinaryOperator, Expression, Membership } from './ast.ts'
import type { Word } from './keywords.ts'
import type { Parser } from './parser.ts'
import { parsePostfix, parsePrimary } from './primary.ts'
import { atQueryStart, parseQuery, queryFromSubquery } from './query.ts'

/**
 * How tightly the operators bind, from OR up; the operands of a comparison may not be comparisons themselves.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#operator_precedence
 */
export const precedence = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  bitOr: 5,
  bitXor: 6,
  bitAnd: 7,
  shift: 8,
  additive: 9,
  multiplicative: 10,
  unary: 11,
} as const

const infix = new Map<Word, number>([
  ['OR', precedence.or],
  ['AND', precedence.and],
  ['NOT', precedence.comparison],
  ['IN', precedence.comparison],
  ['IS', precedence.comparison],
  ['LIKE', precedence.comparison],
  ['BETWEEN', precedence.comparison],
  ['=', precedence.comparison],
  ['<>', precedence.comparison],
  ['!=', precedence.comparison],
  ['<', precedence.comparison],
  ['<=', precedence.comparison],
  ['>', precedence.comparison],
  ['>=', precedence.comparison],
  ['|', precedence.bitOr],
  ['^', precedence.bitXor],
  ['&', precedence.bitAnd],
  ['<<', precedence.shift],
  ['>>', precedence.shift],
  ['+', precedence.additive],
  ['-', precedence.additive],
  ['*', precedence.multiplicative],
  ['/', precedence.multiplicative],
  ['||', precedence.multiplicative],
])

/** Parses an expression whose operators bind at least as tightly as `least`. */
export function parseExpression(p: Parser, least: number = precedence.or): Expression {
  const start = p.start
  const operand =
    p.word === 'NOT' && least <= precedence.not
      ? parseNot(p)
      : isSign(p.word)
        ? parseSigned(p)
        : parsePrimary(p)
  return infix.has(p.word) ? continueExpression(p, start, operand, least) : operand
}

/** Goes on with the operators that follow `first`, which started at `start`. */
export function continueExpression(p: Parser, start: number, first: Expression, least: number): Expression {
  let left = first
  for (;;) {
    const binding = infix.get(p.word) ?? 0
    if (binding < least || binding === 0) return left
    if (binding === precedence.comparison) {
      if (p.word === 'NOT' && !isNegatable(p.peek())) return left
      left = parseComparison(p, start, left)
    } else if (binding <= precedence.and) {
      left = parseLogical(p, start, left, p.word === 'AND' ? 'AND' : 'OR', binding)
    } else {
      const operator = p.word as BinaryOperator
      p.advance()
      const right = parseExpression(p, binding + 1)
      left = { kind: 'binary', start, end: p.end, operator, left, right }
    }
  }
}

function isSign(word: Word): word is '+' | '-' | '~' {
  return word === '-' || word === '+' || word === '~'
}

function isNegatable(word: Word): boolean {
  return word === 'IN' || word === 'LIKE' || word === 'BETWEEN'
}

/** `- x`, `~ + x`: any number of signs, without recursion. */
function parseSigned(p: Parser): Expression {
  const signs: { readonly operator: '+' | '-' | '~'; readonly start: number }[] = []
  while (isSign(p.word)) {
    signs.push({ operator: p.word, start: p.start })
    p.advance()
  }
  const operand = parsePrimary(p)
  return signs.reduceRight<Expression>(
    (inner, { operator, start }) => ({ kind: 'unary', start, end: p.end, operator, operand: inner }),
    operand,
  )
}

function parseNot(p: Parser): Expression {
  const starts: number[] = []
  while (p.word === 'NOT') {
    starts.push(p.start)
    p.advance()
  }
  const operand = parseExpression(p, precedence.comparison)
  return starts.reduceRight<Expression>(
    (inner, start) => ({ kind: 'unary', start, end: p.end, operator: 'NOT', operand: inner }),
    operand,
  )
}

/** The whole chain of one of AND and OR, as one node. */
function parseLogical(
  p: Parser,
  start: number,
  first: Expression,
  operator: 'AND' | 'OR',
  binding: number,
): Expression {
  const operands = [first]
  while (p.word === operator) {
    p.advance()
    operands.push(parseExpression(p, binding + 1))
  }
  return { kind: 'logical', start, end: p.end, operator, operands }
}

/** One comparison; a second one beside it must be in parentheses. */
function parseComparison(p: Parser, start: number, left: Expression): Expression {
  const comparison = parseOneComparison(p, start, left)
  if (infix.get(p.word) !== precedence.comparison) return comparison
  if (p.word === 'NOT' && !isNegatable(p.peek())) return comparison
  if (comparison.kind !== 'is' && comparison.kind !== 'in') p.failUnexpected()
  p.take('NOT')
  const operator = /^[A-Z]/.test(p.word) ? p.word : 'comparison'
  p.fail(`Expression to the left of ${operator} must be parenthesized`)
}

function parseOneComparison(p: Parser, start: number, left: Expression): Expression {
  if (p.word === 'IS') return parseIs(p, start, left)
  const negated = p.take('NOT')
  switch (p.word) {
    case 'IN': {
      p.advance()
      const source = parseMembership(p)
      return { kind: 'in', start, end: p.end, operand: left, negated, source }
    }
    case 'LIKE':
      return parseLike(p, start, left, negated)
    case 'BETWEEN':
      return parseBetween(p, start, left, negated)
    default: {
      const operator = p.word as BinaryOperator
      p.advance()
      const right = parseExpression(p, precedence.bitOr)
      return { kind: 'binary', start, end: p.end, operator, left, right }
    }
  }
}

function parseBetween(p: Parser, start: number, operand: Expression, negated: boolean): Expression {
  p.advance()
  const from = p.start
  const low = parseExpression(p, precedence.bitOr)
  if (p.word !== 'AND') {
    if (infix.has(p.word)) p.fail('Expression in BETWEEN must be parenthesized', from)
    p.failUnexpected()
  }
  p.advance()
  const high = parseExpression(p, precedence.bitOr)
  return { kind: 'between', start, end: p.end, operand, negated, low, high }
}

function parseLike(p: Parser, start: number, operand: Expression, negated: boolean): Expression {
  p.advance()
  if (p.word === 'ANY' || p.word === 'SOME' || p.word === 'ALL') {
    const quantifier = p.word
    p.advance()
    const source = parseMembership(p)
    return { kind: 'quantifiedLike', start, end: p.end, operand, negated, quantifier, source }
  }
  const pattern = parseExpression(p, precedence.bitOr)
  return { kind: 'like', start, end: p.end, operand, negated, pattern }
}

function parseIs(p: Parser, start: number, operand: Expression): Expression {
  p.advance()
  const negated = p.take('NOT')
  if (p.word === 'DISTINCT') {
    p.advance()
    p.expect('FROM')
    const right = parseExpression(p, precedence.bitOr)
    return { kind: 'isDistinctFrom', start, end: p.end, left: operand, negated, right }
  }
  const test = p.word
  if (test !== 'NULL' && test !== 'TRUE' && test !== 'FALSE' && test !== 'UNKNOWN') {
    p.fail(
      `Expected keyword FALSE or keyword NULL or keyword TRUE or keyword UNKNOWN but got ${p.describe()}`,
    )
  }
  p.advance()
  return { kind: 'is', start, end: p.end, operand, negated, test }
}

/** What stands after IN and LIKE ANY: a list, a query or UNNEST. */
function parseMembership(p: Parser): Membership {
  const start = p.start
  if (p.take('UNNEST')) {
    p.expect('(')
    const expression = parseExpression(p)
    p.expect(')')
    return { kind: 'inUnnest', start, end: p.end, expression }
  }
  if (p.word !== '(') p.fail(`Expected "(" or keyword UNNEST but got ${p.describe()}`)
  p.advance()
  if (atQueryStart(p)) {
    const query = p.parenthesizedQuery(() => parseQuery(p))
    return { kind: 'inQuery', start, end: p.end, query }
  }
  const first = parseExpression(p)
  const query = queryFromSubquery(p, first)
  if (query !== undefined) {
    p.expect(')')
    return { kind: 'inQuery', start, end: p.end, query }
  }
  if (!p.at(')') && !p.at(',')) p.failExpected(',')
  const elements = [first]
  while (p.take(',')) elements.push(parseExpression(p))
  p.closeList()
  return { kind: 'list', start, end: p.end, elements }
}

/**
 * `( … )`: a subquery, an expression in parentheses or a tuple, with the fields, subscripts and calls behind it. All in
 * one function, because its frames pile up in nested parentheses.
 */
export function parseParenthesized(p: Parser): Expression {
  const start = p.start
  p.advance()
  let node: Expression
  if (atQueryStart(p)) {
    const query = p.parenthesizedQuery(() => parseQuery(p))
    node = { kind: 'subquery', start, end: p.end, query }
  } else {
    node = parseExpression(p)
    if (p.word === ')') {
      p.advance()
      if (!node.parenthesized) Object.assign(node, { parenthesized: true })
    } else node = parseOpened(p, start, node)
  }
  return p.word === '.' || p.word === '[' || p.word === '(' || p.word === 'OVER'
    ? parsePostfix(p, start, node)
    : node
}

/** `(first …`: a tuple, or a query whose first operand is in parentheses too. */
function parseOpened(p: Parser, start: number, first: Expression): Expression {
  const query = queryFromSubquery(p, first)
  if (query !== undefined) {
    p.expect(')')
    return { kind: 'subquery', start, end: p.end, query }
  }
  if (p.word !== ',') p.failExpected(',')
  const elements = [first]
  while (p.take(',')) elements.push(parseExpression(p))
  p.closeList()
  return { kind: 'tuple', start, end: p.end, elements }
}
