import type { CreateEntity, DdlStatement } from '../ast.ts'
import type { Parser } from '../parser.ts'
import { parseCreateFunction, parseCreateTableFunction } from './function.ts'
import { parseCreateProcedure } from './procedure.ts'
import { parseCreateRowAccessPolicy } from './row-access-policy.ts'
import { parseCreateSchema } from './schema.ts'
import { parseCreateIndex } from './search-index.ts'
import { parseCreateExternalTable, parseCreateSnapshot, parseCreateTable } from './table.ts'
import { parseCreateView } from './view.ts'

/** What stands between CREATE and the kind of thing. */
export interface CreateStart {
  readonly start: number
  readonly orReplace: boolean
  readonly temporary: boolean
}

/** Any CREATE; the current token is CREATE. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language */
export function parseCreate(p: Parser): DdlStatement {
  const start = p.start
  p.advance()
  const orReplace = p.take('OR')
  if (orReplace) p.expect('REPLACE')
  const temporary = p.take('TEMP') || p.take('TEMPORARY')
  const head: CreateStart = { start, orReplace, temporary }
  if (temporary && p.word !== 'TABLE' && p.word !== 'FUNCTION' && p.word !== 'AGGREGATE') {
    if (p.atEnd) p.failExpected('FUNCTION')
    p.refuse(`CREATE TEMP ${p.text.slice(p.start, p.tokens.ends[p.index]).toUpperCase()}`, start)
  }
  switch (p.word) {
    case 'SCHEMA':
      return parseCreateSchema(p, head, false)
    case 'TABLE':
      return p.peek() === 'FUNCTION' ? parseCreateTableFunction(p, head) : parseCreateTable(p, head)
    case 'SNAPSHOT':
      return parseCreateSnapshot(p, head)
    case 'EXTERNAL':
      p.advance()
      return p.at('SCHEMA') ? parseCreateSchema(p, head, true) : parseCreateExternalTable(p, head)
    case 'MATERIALIZED':
    case 'RECURSIVE':
    case 'VIEW':
      return parseCreateView(p, head)
    case 'AGGREGATE':
    case 'FUNCTION':
      return parseCreateFunction(p, head)
    case 'PROCEDURE':
      return parseCreateProcedure(p, head)
    case 'ROW':
      return parseCreateRowAccessPolicy(p, head)
    case 'SEARCH':
    case 'VECTOR':
      return parseCreateIndex(p, head)
    default:
      return parseCreateEntity(p, start)
  }
}

const entities = ['MODEL', 'CAPACITY', 'RESERVATION', 'ASSIGNMENT', 'CONNECTION', 'DATA_POLICY'] as const

/** Statements that are kept word for word, up to their end. */
function parseCreateEntity(p: Parser, start: number): CreateEntity {
  const entity = entities.find((word) => word === p.word)
  if (p.atEnd) p.failExpected('FUNCTION')
  if (entity === undefined) failObjectType(p)
  while (!p.atEnd && p.word !== ';') p.advance()
  return { kind: 'createEntity', start, end: p.end, entity, text: p.text.slice(start, p.end) }
}

/** For a word behind CREATE, ALTER or DROP that is no kind of thing. */
export function failObjectType(p: Parser): never {
  if (!p.atName) p.failUnexpected()
  p.failPlain(`object type ${p.text.slice(p.start, p.tokens.ends[p.index])} is not supported locally`)
}

/** `IF NOT EXISTS`, if it is there. */
export function parseIfNotExists(p: Parser): boolean {
  if (p.word !== 'IF') return false
  p.advance()
  p.expectWords('NOT', 'EXISTS')
  return true
}

/** `IF EXISTS`, if it is there. */
export function parseIfExists(p: Parser): boolean {
  if (p.word !== 'IF') return false
  p.advance()
  p.expect('EXISTS')
  return true
}
