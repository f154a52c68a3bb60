import type { StructTypeField, TypeNode } from './ast.ts'
import { parseString } from './literal.ts'
import type { Parser } from './parser.ts'
import { tokenKind } from './tokens.ts'

/** `INT64`, `STRING(10)`, `ARRAY<…>`, `STRUCT<a INT64, …>`, `RANGE<DATE>`, with `COLLATE '…'` where it is written. */
export function parseType(p: Parser): TypeNode {
  const type = parseBareType(p)
  const parameters = p.word === '(' && type.kind === 'simpleType' ? parseParameters(p) : undefined
  const collate = p.word === 'COLLATE' && p.peekKind() === tokenKind.string ? parseCollate(p) : undefined
  if (parameters === undefined && collate === undefined) return type
  return { ...type, end: p.end, parameters, collate }
}

function parseBareType(p: Parser): TypeNode {
  const start = p.start
  switch (p.word) {
    case 'ARRAY':
    case 'RANGE': {
      const kind = p.word === 'ARRAY' ? 'arrayType' : 'rangeType'
      p.advance()
      p.expect('<')
      const element = parseType(p)
      p.expectClosingAngle()
      return { kind, start, end: p.end, element }
    }
    case 'STRUCT':
      p.advance()
      return { kind: 'structType', start, fields: parseFields(p), end: p.end }
    case 'TABLE':
      if (p.peek() !== '<') break
      p.advance()
      return { kind: 'tableType', start, columns: parseFields(p), end: p.end }
    case 'INTERVAL': {
      const name = p.anyName()
      return {
        kind: 'simpleType',
        start,
        end: p.end,
        name: { kind: 'path', start, end: p.end, parts: [name] },
      }
    }
    default:
      break
  }
  const name = p.path()
  return { kind: 'simpleType', start, end: p.end, name }
}

function parseFields(p: Parser): readonly StructTypeField[] {
  if (p.take('<>')) return []
  p.expect('<')
  if (p.word === '>') {
    p.advance()
    return []
  }
  const fields = p.list(() => parseField(p))
  p.expectClosingAngle()
  return fields
}

function parseField(p: Parser): StructTypeField {
  const start = p.start
  const name = fieldHasName(p) ? p.identifier() : undefined
  const type = parseType(p)
  return { kind: 'structTypeField', start, end: p.end, name, type }
}

/** A name stands before the type where two names, or a name and a keyword of a type, follow each other. */
export function fieldHasName(p: Parser): boolean {
  if (!p.atName) return false
  const next = p.peekKind()
  const word = p.peek()
  if (next === tokenKind.name || next === tokenKind.quoted) return true
  return word === 'ARRAY' || word === 'STRUCT' || word === 'RANGE' || word === 'INTERVAL'
}

function parseParameters(p: Parser): readonly (bigint | 'MAX')[] {
  p.advance()
  const parameters = p.list(() => {
    if (p.take('MAX')) return 'MAX' as const
    if (p.kind !== tokenKind.integer) p.failUnexpected()
    const value = BigInt(p.text.slice(p.start, p.tokens.ends[p.index]))
    p.advance()
    return value
  })
  p.closeList()
  return parameters
}

export function parseCollate(p: Parser) {
  p.advance()
  return parseString(p)
}
