import type { Expression, StructValue } from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Parser } from './parser.ts'
import { parseType } from './type.ts'

/** `[1, 2]`, `ARRAY[1, 2]`, `ARRAY<INT64>[1, 2]`. */
export function parseArray(p: Parser): Expression {
  const start = p.start
  const keyword = p.word === 'ARRAY'
  const type = keyword && p.peek() === '<' ? parseType(p) : undefined
  if (keyword && type === undefined) p.advance()
  const element = type?.kind === 'arrayType' ? type.element : undefined
  if (!p.at('[')) p.failExpected(keyword && type === undefined ? '<' : '[')
  p.advance()
  const elements = p.word === ']' ? [] : p.list(() => parseExpression(p))
  p.closeList(']')
  return { kind: 'array', start, end: p.end, keyword, element, elements }
}

/** `STRUCT(1 AS a)`, `STRUCT<a INT64>(1)`. */
export function parseStruct(p: Parser): Expression {
  const start = p.start
  const type = p.peek() === '<' || p.peek() === '<>' ? parseType(p) : undefined
  if (type === undefined) p.advance()
  if (!p.at('(')) p.failExpected(type === undefined ? '<' : '(')
  p.advance()
  const fields = p.word === ')' ? [] : p.list(() => parseStructValue(p))
  p.closeList()
  return { kind: 'struct', start, end: p.end, type: type?.kind === 'structType' ? type : undefined, fields }
}

function parseStructValue(p: Parser): StructValue {
  const start = p.start
  const value = parseExpression(p)
  const alias = p.take('AS') ? p.identifier() : undefined
  return { kind: 'structValue', start, end: p.end, value, alias }
}
