import type { AlterAction, AlterEntity, AlterStatement, ColumnChange, Path } from '../ast.ts'
import { parseExpression } from '../expression.ts'
import type { Keyword } from '../keywords.ts'
import { parseOptionList, parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { tokenKind } from '../tokens.ts'
import { parseCollate } from '../type.ts'
import { parseColumn, parseColumnSchema, parseTableConstraint } from './column.ts'
import { failObjectType, parseIfExists, parseIfNotExists } from './create.ts'

const entities: readonly (readonly [AlterEntity, ...Keyword[]])[] = [
  ['EXTERNAL TABLE', 'EXTERNAL', 'TABLE'],
  ['TABLE FUNCTION', 'TABLE', 'FUNCTION'],
  ['MATERIALIZED VIEW', 'MATERIALIZED', 'VIEW'],
  ['ROW ACCESS POLICY', 'ROW', 'ACCESS', 'POLICY'],
  ['SEARCH INDEX', 'SEARCH', 'INDEX'],
  ['VECTOR INDEX', 'VECTOR', 'INDEX'],
  ['SCHEMA', 'SCHEMA'],
  ['TABLE', 'TABLE'],
  ['VIEW', 'VIEW'],
  ['MODEL', 'MODEL'],
  ['FUNCTION', 'FUNCTION'],
  ['PROCEDURE', 'PROCEDURE'],
  ['ORGANIZATION', 'ORGANIZATION'],
  ['PROJECT', 'PROJECT'],
  ['BI_CAPACITY', 'BI_CAPACITY'],
  ['CAPACITY', 'CAPACITY'],
  ['RESERVATION', 'RESERVATION'],
  ['CONNECTION', 'CONNECTION'],
]

/** Any ALTER; the current token is ALTER. */
export function parseAlter(p: Parser): AlterStatement {
  const start = p.start
  p.advance()
  const found = entities.find(([, ...words]) => p.takeWords(...words))
  if (found === undefined) failObjectType(p)
  const entity = found[0]
  const ifExists = parseIfExists(p)
  const nameless = (entity === 'ORGANIZATION' || entity === 'PROJECT') && p.word === 'SET'
  const name: Path = nameless ? { kind: 'path', start: p.start, end: p.start, parts: [] } : tablePath(p)
  const table = p.take('ON') ? tablePath(p) : undefined
  const actions = p.list(() => parseAction(p))
  return { kind: 'alter', start, end: p.end, entity, ifExists, name, table, actions }
}

function parseAction(p: Parser): AlterAction {
  const start = p.start
  switch (p.word) {
    case 'SET':
      return parseSet(p, start)
    case 'ADD':
      return parseAdd(p, start)
    case 'DROP':
      return parseDrop(p, start)
    case 'RENAME':
      return parseRename(p, start)
    case 'ALTER':
      return parseAlterColumn(p, start)
    case 'REBUILD':
      p.advance()
      return { kind: 'rebuild', start, end: p.end }
    default:
      p.failUnexpected()
  }
}

function parseSet(p: Parser, start: number): AlterAction {
  p.advance()
  if (p.take('OPTIONS')) {
    const options = parseOptionList(p)
    return { kind: 'setOptions', start, end: p.end, options }
  }
  if (p.word !== 'DEFAULT') p.fail(`Expected keyword DEFAULT or keyword OPTIONS but got ${p.describe()}`)
  p.advance()
  if (!p.at('COLLATE')) p.failExpected('COLLATE')
  const collate = parseCollate(p)
  return { kind: 'setDefaultCollate', start, end: p.end, collate }
}

function parseAdd(p: Parser, start: number): AlterAction {
  p.advance()
  if (p.take('COLUMN')) {
    const ifNotExists = parseIfNotExists(p)
    const column = parseColumn(p)
    return { kind: 'addColumn', start, end: p.end, ifNotExists, column }
  }
  if (p.take('REPLICA')) {
    const replica = p.identifier()
    const options = parseOptions(p)
    return { kind: 'addReplica', start, end: p.end, replica, options }
  }
  const ifNotExists = p.word === 'CONSTRAINT' && p.peek() === 'IF'
  const constraint = ifNotExists ? parseConstraintIfNotExists(p) : parseTableConstraint(p)
  if (constraint === undefined) failNestedType(p)
  return { kind: 'addConstraint', start, end: p.end, ifNotExists, constraint }
}

/** `CONSTRAINT IF NOT EXISTS name FOREIGN KEY …`. */
function parseConstraintIfNotExists(p: Parser) {
  p.advance()
  parseIfNotExists(p)
  const name = p.identifier()
  const constraint = parseTableConstraint(p)
  return constraint === undefined ? undefined : { ...constraint, constraint: name }
}

function parseDrop(p: Parser, start: number): AlterAction {
  p.advance()
  switch (p.word) {
    case 'COLUMN': {
      p.advance()
      const ifExists = parseIfExists(p)
      const column = p.identifier()
      return { kind: 'dropColumn', start, end: p.end, ifExists, column }
    }
    case 'CONSTRAINT': {
      p.advance()
      const ifExists = parseIfExists(p)
      const name = p.identifier()
      return { kind: 'dropConstraint', start, end: p.end, ifExists, name }
    }
    case 'PRIMARY': {
      p.advance()
      p.expect('KEY')
      const ifExists = parseIfExists(p)
      return { kind: 'dropPrimaryKey', start, end: p.end, ifExists }
    }
    case 'REPLICA': {
      p.advance()
      const replica = p.identifier()
      return { kind: 'dropReplica', start, end: p.end, replica }
    }
    default:
      failNestedType(p)
  }
}

/** For a word behind ADD, DROP or ALTER inside ALTER TABLE that is no part of a table. */
function failNestedType(p: Parser): never {
  if (p.kind !== tokenKind.name && p.kind !== tokenKind.quoted) p.failUnexpected()
  p.failPlain(`${p.text.slice(p.start, p.tokens.ends[p.index])} is not a supported nested object type`)
}

function parseRename(p: Parser, start: number): AlterAction {
  p.advance()
  if (p.take('TO')) {
    const to = tablePath(p)
    return { kind: 'renameTo', start, end: p.end, to }
  }
  if (p.word !== 'COLUMN') p.fail(`Expected keyword COLUMN or keyword TO but got ${p.describe()}`)
  p.advance()
  const ifExists = parseIfExists(p)
  const from = p.identifier()
  p.expect('TO')
  const to = p.identifier()
  return { kind: 'renameColumn', start, end: p.end, ifExists, from, to }
}

function parseAlterColumn(p: Parser, start: number): AlterAction {
  p.advance()
  if (p.atEnd) p.failExpected('COLUMN')
  if (!p.at('COLUMN')) failNestedType(p)
  p.advance()
  const ifExists = parseIfExists(p)
  const name = p.identifier()
  const column: Path = { kind: 'path', start: name.start, end: name.end, parts: [name] }
  const change = parseColumnChange(p)
  return { kind: 'alterColumn', start, end: p.end, ifExists, column, change }
}

function parseColumnChange(p: Parser): ColumnChange {
  const start = p.start
  if (p.takeWords('DROP', 'DEFAULT')) return { kind: 'dropDefault', start, end: p.end }
  if (p.takeWords('DROP', 'NOT', 'NULL')) return { kind: 'dropNotNull', start, end: p.end }
  if (p.word !== 'SET') p.failUnexpected()
  p.advance()
  if (p.take('OPTIONS')) {
    const options = parseOptionList(p)
    return { kind: 'setColumnOptions', start, end: p.end, options }
  }
  if (p.take('DEFAULT')) {
    const value = parseExpression(p)
    return { kind: 'setDefault', start, end: p.end, value }
  }
  if (!p.at('DATA')) {
    p.fail(`Expected keyword DATA or keyword DEFAULT or keyword OPTIONS but got ${p.describe()}`)
  }
  p.advance()
  p.expect('TYPE')
  const schema = parseColumnSchema(p)
  return { kind: 'setDataType', start, end: p.end, schema }
}
