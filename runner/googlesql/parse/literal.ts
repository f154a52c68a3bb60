import type { Expression, Identifier, StringLiteral, TypedLiteral } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'
import { decodeBytes, decodeString } from './string-literal.ts'
import { tokenKind } from './tokens.ts'
import { parseType } from './type.ts'

export function parseInteger(p: Parser): Expression {
  const start = p.start
  const text = p.text.slice(start, p.tokens.ends[p.index])
  p.advance()
  return { kind: 'integer', start, end: p.end, value: BigInt(text), text }
}

export function parseDouble(p: Parser): Expression {
  const start = p.start
  const text = p.text.slice(start, p.tokens.ends[p.index])
  p.advance()
  return { kind: 'float', start, end: p.end, value: Number(text), text }
}

/** A string; several beside each other are one. */
export function parseString(p: Parser): StringLiteral {
  const first = parseOneString(p)
  if (p.kind !== tokenKind.string) return first
  const parts = [first]
  while (p.kind === tokenKind.string) {
    requireSpace(p, 'string')
    parts.push(parseOneString(p))
  }
  const value = parts.map((part) => part.value).join('')
  const text = parts.map((part) => part.text).join(' ')
  return { kind: 'string', start: first.start, end: p.end, value, text }
}

function requireSpace(p: Parser, what: string): void {
  if (p.start === p.end)
    p.fail(`concatenated ${what} literals must be separated by whitespace or comments`, p.start)
}

function parseOneString(p: Parser): StringLiteral {
  if (p.kind !== tokenKind.string) p.failUnexpected()
  const start = p.start
  const end = p.tokens.ends[p.index] as number
  const text = p.text.slice(start, end)
  const value = decodeString(text)
  if (typeof value !== 'string') p.fail(value.message, start + value.offset)
  p.advance()
  return { kind: 'string', start, end, value, text }
}

export function parseBytes(p: Parser): Expression {
  const start = p.start
  const values: Uint8Array[] = []
  const texts: string[] = []
  while (p.kind === tokenKind.bytes) {
    if (values.length > 0) requireSpace(p, 'bytes')
    const text = p.text.slice(p.start, p.tokens.ends[p.index])
    const value = decodeBytes(text)
    if (!(value instanceof Uint8Array)) p.fail(value.message, p.start + value.offset)
    values.push(value)
    texts.push(text)
    p.advance()
  }
  const value = new Uint8Array(values.flatMap((bytes) => [...bytes]))
  return { kind: 'bytes', start, end: p.end, value, text: texts.join(' ') }
}

const typedLiterals = new Map<string, TypedLiteral['type']>([
  ['DATE', 'DATE'],
  ['DATETIME', 'DATETIME'],
  ['TIME', 'TIME'],
  ['TIMESTAMP', 'TIMESTAMP'],
  ['NUMERIC', 'NUMERIC'],
  ['DECIMAL', 'NUMERIC'],
  ['BIGNUMERIC', 'BIGNUMERIC'],
  ['BIGDECIMAL', 'BIGNUMERIC'],
  ['JSON', 'JSON'],
])

/** `DATE '2024-01-01'`, if the current token is such a type and a string follows. */
export function parseTypedLiteral(p: Parser): TypedLiteral | undefined {
  if (p.peekKind() !== tokenKind.string) return undefined
  const type = typedLiterals.get(p.word)
  if (type === undefined) return undefined
  const start = p.start
  p.advance()
  const value = parseString(p)
  return { kind: 'typedLiteral', start, end: p.end, type, value }
}

/** `INTERVAL 1 DAY`, `INTERVAL '1-2' YEAR TO MONTH`, `RANGE<DATE> '[a, b)'`. */
export function parseIntervalOrRange(p: Parser): Expression {
  const start = p.start
  if (p.word === 'RANGE') {
    const type = parseType(p)
    if (type.kind !== 'rangeType' || p.kind !== tokenKind.string) p.failUnexpected()
    const value = parseString(p)
    return { kind: 'rangeLiteral', start, end: p.end, element: type.element, value }
  }
  p.advance()
  const value = parseExpression(p)
  const from = p.identifier()
  const to: Identifier | undefined = p.take('TO') ? p.identifier() : undefined
  return { kind: 'interval', start, end: p.end, value, from, to }
}
