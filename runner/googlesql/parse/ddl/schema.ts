import type { CreateSchema, UndropSchema } from '../ast.ts'
import { parseConnection, parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { parseCollate } from '../type.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'

/** `CREATE [EXTERNAL] SCHEMA [IF NOT EXISTS] s [DEFAULT COLLATE '…'] [OPTIONS (…)]`; the current token is SCHEMA. */
export function parseCreateSchema(
  p: Parser,
  { start, orReplace }: CreateStart,
  external: boolean,
): CreateSchema {
  p.advance()
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const collate = parseDefaultCollate(p)
  const connection = external ? parseConnection(p) : undefined
  const options = parseOptions(p)
  const end = p.end
  return {
    kind: 'createSchema',
    start,
    end,
    orReplace,
    ifNotExists,
    name,
    external,
    collate,
    connection,
    options,
  }
}

/** `DEFAULT COLLATE '…'`, if it is there. */
export function parseDefaultCollate(p: Parser) {
  if (p.word !== 'DEFAULT' || p.peek() !== 'COLLATE') return undefined
  p.advance()
  return parseCollate(p)
}

/** `UNDROP SCHEMA [IF NOT EXISTS] s [OPTIONS (…)]`; the current token is UNDROP. */
export function parseUndrop(p: Parser): UndropSchema {
  const start = p.start
  p.advance()
  p.expect('SCHEMA')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const options = parseOptions(p)
  return { kind: 'undropSchema', start, end: p.end, ifNotExists, name, options }
}
