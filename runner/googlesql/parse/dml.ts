import type {
  Assignment,
  Delete,
  Expression,
  Identifier,
  Insert,
  InsertRow,
  Path,
  Truncate,
  Update,
} from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseFrom } from './from.ts'
import type { Parser } from './parser.ts'
import { parseQuery } from './query.ts'
import { parseAlias } from './select.ts'
import { tablePath } from './table-path.ts'
import { tokenKind } from './tokens.ts'

/** `INSERT [INTO] t [(a, b)] VALUES … | query`. */
export function parseInsert(p: Parser): Insert {
  const start = p.start
  p.advance()
  if (p.word === 'OR' || p.word === 'IGNORE' || (p.word === 'REPLACE' && p.peek() === 'INTO')) {
    p.refuse('INSERT OR IGNORE, REPLACE or UPDATE')
  }
  p.take('INTO')
  const target = tablePath(p)
  const columns = atColumnList(p) ? parseInsertColumns(p) : undefined
  const source = p.word === 'VALUES' ? parseValues(p) : parseQuery(p)
  refuseReturning(p)
  return { kind: 'insert', start, end: p.end, target, columns, source }
}

/** A parenthesis here is the list of columns, unless a query stands in it. */
function atColumnList(p: Parser): boolean {
  if (p.word !== '(') return false
  const next = p.peek()
  return next !== 'SELECT' && next !== 'WITH' && next !== 'FROM' && next !== '('
}

function parseInsertColumns(p: Parser): readonly Identifier[] {
  p.advance()
  const columns = p.identifiers()
  p.expect(')')
  return columns
}

function parseValues(p: Parser): Insert['source'] {
  const start = p.start
  p.advance()
  const rows = p.list(() => parseRow(p))
  return { kind: 'values', start, end: p.end, rows }
}

/** `(1, DEFAULT)`. */
export function parseRow(p: Parser): InsertRow {
  const start = p.start
  p.expect('(')
  const values = p.list(() => parseValue(p))
  p.closeList()
  return { kind: 'insertRow', start, end: p.end, values }
}

/** An expression or DEFAULT. */
function parseValue(p: Parser): Expression {
  const start = p.start
  if (p.word !== 'DEFAULT') return parseExpression(p)
  p.advance()
  return { kind: 'default', start, end: p.end }
}

/** `UPDATE t [AS a] SET x = 1, y.z = 2 [FROM …] [WHERE …]`. */
export function parseUpdate(p: Parser): Update {
  const start = p.start
  p.advance()
  const target = tablePath(p)
  const alias = parseAlias(p)
  if (alias === undefined && !p.at('SET')) p.failUnexpected()
  p.expect('SET')
  const items = p.list(() => parseAssignment(p))
  const from = p.take('FROM') ? parseFrom(p) : undefined
  const where = p.take('WHERE') ? parseExpression(p) : undefined
  refuseReturning(p)
  return { kind: 'update', start, end: p.end, target, alias, items, from, where }
}

/** `a.b = value`. */
export function parseAssignment(p: Parser): Assignment {
  const start = p.start
  if (p.word === '(') p.refuse('Nested DML')
  const target: Path = p.path()
  p.expect('=')
  const value = parseValue(p)
  return { kind: 'assignment', start, end: p.end, target, value }
}

/** `DELETE [FROM] t [AS a] [WHERE …]`. */
export function parseDelete(p: Parser): Delete {
  const start = p.start
  p.advance()
  p.take('FROM')
  const target = tablePath(p)
  const alias = parseAlias(p)
  const where = p.take('WHERE') ? parseExpression(p) : undefined
  refuseReturning(p)
  return { kind: 'delete', start, end: p.end, target, alias, where }
}

/** `TRUNCATE TABLE t`. */
export function parseTruncate(p: Parser): Truncate {
  const start = p.start
  p.advance()
  p.expect('TABLE')
  const target = tablePath(p)
  const where = p.take('WHERE') ? parseExpression(p) : undefined
  return { kind: 'truncate', start, end: p.end, target, where }
}

/** ASSERT_ROWS_MODIFIED and THEN RETURN are GoogleSQL's but not BigQuery's. */
function refuseReturning(p: Parser): void {
  if (p.word === 'ASSERT_ROWS_MODIFIED' || (p.word === 'THEN' && p.peekKind() === tokenKind.name)) {
    p.refuse(p.word === 'THEN' ? 'THEN RETURN' : 'ASSERT_ROWS_MODIFIED')
  }
}
