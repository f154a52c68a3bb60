import type { Expression, Identifier, Path } from './ast.ts'
import { parseCall, parseCallAfterName } from './call.ts'
import { parseArray, parseStruct } from './constructor.ts'
import { parseExpression, parseParenthesized } from './expression.ts'
import {
  parseCase,
  parseCast,
  parseExtract,
  parseSubqueryCall,
  parseWithExpression,
} from './keyword-expression.ts'
import {
  parseBytes,
  parseDouble,
  parseInteger,
  parseIntervalOrRange,
  parseString,
  parseTypedLiteral,
} from './literal.ts'
import type { Parser } from './parser.ts'
import { tokenKind } from './tokens.ts'

/** An operand: a literal, name, call, constructor or something in parentheses, with fields and subscripts behind it. */
export function parsePrimary(p: Parser): Expression {
  switch (p.kind) {
    case tokenKind.name:
      if (p.word !== '') {
        const special = parseSpecialName(p)
        if (special !== undefined) return special
      }
      return parseName(p)
    case tokenKind.quoted:
      return parseName(p)
    case tokenKind.integer:
      return parseInteger(p)
    case tokenKind.string:
      return parseStringOperand(p)
    case tokenKind.float:
      return parseDouble(p)
    case tokenKind.bytes:
      return parseBytes(p)
    case tokenKind.sign:
      return p.word === '(' ? parseParenthesized(p) : parseSignOperand(p)
    case tokenKind.reserved:
      return parseKeywordOperand(p)
    default:
      p.failUnexpected()
  }
}

function parseStringOperand(p: Parser): Expression {
  const string = parseString(p)
  return p.word === '[' || p.word === '.' ? parsePostfix(p, string.start, string) : string
}

/** Names with a meaning of their own in front of what follows: `DATE '…'`, `SAFE_CAST(…)`, `SAFE.f(…)`. */
function parseSpecialName(p: Parser): Expression | undefined {
  const literal = parseTypedLiteral(p)
  if (literal !== undefined) return parsePostfix(p, literal.start, literal)
  if (p.word === 'SAFE_CAST' && p.peek() === '(') return parsePostfix(p, p.start, parseCast(p, true))
  return undefined
}

function parseSignOperand(p: Parser): Expression {
  switch (p.word) {
    case '[':
      return parsePostfix(p, p.start, parseArray(p))
    case '@':
      return parsePostfix(p, p.start, parseNamedParameter(p))
    case '@@':
      return parsePostfix(p, p.start, parseSystemVariable(p))
    case '?': {
      const start = p.start
      p.advance()
      const position = p.positionalParameters
      p.positionalParameters += 1
      return parsePostfix(p, start, { kind: 'parameter', start, end: p.end, name: undefined, position })
    }
    default:
      p.failUnexpected()
  }
}

function parseNamedParameter(p: Parser): Expression {
  const start = p.start
  p.advance()
  if (p.word === '{' || p.kind === tokenKind.integer) p.refuse('A hint', start)
  if (!p.atName && p.kind !== tokenKind.reserved) p.failUnexpected()
  const { name } = p.anyName()
  return { kind: 'parameter', start, end: p.end, name, position: undefined }
}

function parseSystemVariable(p: Parser): Expression {
  const start = p.start
  p.advance()
  if (!p.atName && p.kind !== tokenKind.reserved) p.failUnexpected()
  const path = p.pathFrom(p.anyName())
  return { kind: 'systemVariable', start, end: p.end, path }
}

function parseKeywordOperand(p: Parser): Expression {
  const start = p.start
  switch (p.word) {
    case 'NULL':
      p.advance()
      return { kind: 'null', start, end: p.end }
    case 'TRUE':
    case 'FALSE': {
      const value = p.word === 'TRUE'
      p.advance()
      return { kind: 'boolean', start, end: p.end, value }
    }
    case 'CASE':
      return parsePostfix(p, start, parseCase(p))
    case 'CAST':
      return parsePostfix(p, start, parseCast(p, false))
    case 'EXTRACT':
      return parsePostfix(p, start, parseExtract(p))
    case 'INTERVAL':
      return parseIntervalOrRange(p)
    case 'ARRAY':
      if (p.peek() === '(') return parsePostfix(p, start, parseSubqueryCall(p, 'arraySubquery'))
      return parsePostfix(p, start, parseArray(p))
    case 'EXISTS':
      return parseSubqueryCall(p, 'exists')
    case 'STRUCT':
      return parsePostfix(p, start, parseStruct(p))
    case 'WITH':
      return parsePostfix(p, start, parseWithExpression(p))
    case 'RANGE':
      if (p.peek() === '<') return parseIntervalOrRange(p)
      return parseKeywordCall(p)
    case 'IF':
    case 'LEFT':
    case 'RIGHT':
    case 'GROUPING':
    case 'COLLATE':
      return parseKeywordCall(p)
    case 'NEW':
      p.refuse('NEW (protocol buffers)')
      break
    default:
      p.failUnexpected()
  }
}

/** A call of a function whose name is a reserved word. */
function parseKeywordCall(p: Parser): Expression {
  const start = p.start
  const name = p.anyName()
  if (p.word !== '(') p.failExpected('(')
  return parsePostfix(p, start, parseCall(p, { kind: 'path', start, end: name.end, parts: [name] }))
}

/** A path, or a call of the function that it names. */
function parseName(p: Parser): Expression {
  const first = p.anyName()
  if (p.word === '.' || p.word === '(') return parseLongName(p, first)
  const path: Path = { kind: 'path', start: first.start, end: first.end, parts: [first] }
  return p.word === '[' || p.word === 'OVER' ? parsePostfix(p, first.start, path) : path
}

function parseLongName(p: Parser, first: Identifier): Expression {
  const parts = [first]
  while (p.word === '.' && p.peek() !== '*' && p.peek() !== '(') {
    p.advance()
    parts.push(p.identifier())
  }
  const path: Path = { kind: 'path', start: first.start, end: p.end, parts }
  return parsePostfix(p, first.start, p.word === '(' ? parseCall(p, path) : path)
}

/** The fields, subscripts and chained calls behind `operand`, which started at `start`. */
export function parsePostfix(p: Parser, start: number, operand: Expression): Expression {
  let left = operand
  for (;;) {
    if (p.word === '[') left = parseSubscript(p, start, left)
    else if (p.word === '.' && p.peek() !== '*') left = parseDot(p, start, left)
    else if (p.word === 'OVER' && (left.kind !== 'call' || left.parenthesized)) {
      p.fail('OVER keyword must follow a function call')
    } else if (p.word === '(') {
      p.fail(
        'Function call cannot be applied to this expression. Function calls require a path, e.g. a.b.c()',
      )
    } else return left
  }
}

/** `.field`, `.function(…)`, `.(qualified.function)(…)`. */
function parseDot(p: Parser, start: number, operand: Expression): Expression {
  p.advance()
  if (p.take('(')) {
    const name = p.path()
    p.expect(')')
    if (p.word !== '(') p.failExpected('(')
    return parseCallAfterName(p, start, name, operand)
  }
  const name = p.identifier()
  if (p.word === '(') {
    return parseCallAfterName(
      p,
      start,
      { kind: 'path', start: name.start, end: name.end, parts: [name] },
      operand,
    )
  }
  return { kind: 'field', start, end: p.end, operand, name }
}

const accessors = ['OFFSET', 'ORDINAL', 'SAFE_OFFSET', 'SAFE_ORDINAL'] as const

function parseSubscript(p: Parser, start: number, operand: Expression): Expression {
  p.advance()
  const accessor = p.kind === tokenKind.name ? accessors.find((word) => word === p.word) : undefined
  if (accessor !== undefined && p.peek() === '(') {
    const from = p.index
    p.advance()
    p.advance()
    const index = parseExpression(p)
    p.expect(')')
    if (p.word === ']') {
      p.advance()
      return { kind: 'subscript', start, end: p.end, operand, accessor, index }
    }
    p.moveTo(from)
  }
  const index = parseExpression(p)
  p.expect(']')
  return { kind: 'subscript', start, end: p.end, operand, accessor: undefined, index }
}
