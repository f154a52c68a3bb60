import type {
  AssertStatement,
  CallStatement,
  ExecuteImmediate,
  ExportData,
  Grant,
  LoadData,
  Path,
  UsingArgument,
} from './ast.ts'
import { parseArguments } from './call.ts'
import { parseTableElements } from './ddl/column.ts'
import { parseGrantees } from './ddl/row-access-policy.ts'
import { parseClusterBy, parsePartitionBy, parsePartitionColumns } from './ddl/table.ts'
import { parseExpression } from './expression.ts'
import { parseString } from './literal.ts'
import { parseConnection, parseOptionList, parseOptions } from './options.ts'
import type { Parser } from './parser.ts'
import { parseQuery } from './query.ts'
import { tablePath } from './table-path.ts'
import { tokenKind } from './tokens.ts'

/** `EXPORT DATA [WITH CONNECTION c] OPTIONS (…) AS query`. */
export function parseExportData(p: Parser): ExportData {
  const start = p.start
  p.expectWords('EXPORT', 'DATA')
  const connection = parseConnection(p)
  const options = parseOptions(p)
  p.expect('AS')
  const query = parseQuery(p)
  return { kind: 'exportData', start, end: p.end, connection, options, query }
}

/** `LOAD DATA INTO | OVERWRITE t … FROM FILES (…)`. */
export function parseLoadData(p: Parser): LoadData {
  const start = p.start
  p.expectWords('LOAD', 'DATA')
  const overwrite = p.take('OVERWRITE')
  if (!overwrite && p.word !== 'INTO')
    p.fail(`Expected keyword INTO or keyword OVERWRITE but got ${p.describe()}`)
  if (!overwrite) p.advance()
  const temporary = p.takeWords('TEMP', 'TABLE') || p.takeWords('TEMPORARY', 'TABLE')
  const target = tablePath(p)
  const partitions = p.take('PARTITIONS') ? parsePartitions(p) : undefined
  const elements = parseTableElements(p)
  const partitionBy = parsePartitionBy(p)
  const clusterBy = parseClusterBy(p)
  const options = parseOptions(p)
  p.expectWords('FROM', 'FILES')
  const files = parseOptionList(p)
  const partitionColumns = parsePartitionColumns(p)
  const connection = parseConnection(p)
  const head = { overwrite, temporary, target, partitions, elements, partitionBy, clusterBy, options }
  return { kind: 'loadData', start, end: p.end, ...head, files, partitionColumns, connection }
}

function parsePartitions(p: Parser) {
  p.expect('(')
  const partitions = parseExpression(p)
  p.expect(')')
  return partitions
}

/** `ASSERT condition [AS 'message']`. */
export function parseAssert(p: Parser): AssertStatement {
  const start = p.start
  p.advance()
  const condition = parseExpression(p)
  const message = p.take('AS') ? parseString(p) : undefined
  return { kind: 'assert', start, end: p.end, condition, message }
}

/** `GRANT roles ON TABLE t TO 'user:…'`, `REVOKE roles ON SCHEMA s FROM …`. */
export function parseGrant(p: Parser): Grant {
  const start = p.start
  const kind = p.word === 'GRANT' ? 'grant' : 'revoke'
  p.advance()
  const roles: readonly Path[] = p.list(() => p.path())
  p.expect('ON')
  const words: string[] = []
  while (p.kind === tokenKind.name && p.peek() !== '.' && p.peek() !== (kind === 'grant' ? 'TO' : 'FROM')) {
    words.push(p.identifier().name.toUpperCase())
    if (words.length === 2 || p.word === '') break
  }
  const name = tablePath(p)
  p.expect(kind === 'grant' ? 'TO' : 'FROM')
  const grantees = p.word === '(' ? parseGrantees(p) : p.list(() => parseString(p))
  return { kind, start, end: p.end, roles, entity: words.join(' '), name, grantees }
}

/** `CALL proc(…)`. */
export function parseCallStatement(p: Parser): CallStatement {
  const start = p.start
  p.advance()
  const name = tablePath(p)
  p.expect('(')
  const args = parseArguments(p)
  p.closeList()
  return { kind: 'callStatement', start, end: p.end, name, args }
}

/** `EXECUTE IMMEDIATE sql [INTO a, b] [USING 1 AS n, …]`. */
export function parseExecuteImmediate(p: Parser): ExecuteImmediate {
  const start = p.start
  p.expectWords('EXECUTE', 'IMMEDIATE')
  const sql = parseExpression(p)
  const into = p.take('INTO') ? p.identifiers() : []
  const using = p.take('USING') ? p.list(() => parseUsing(p)) : []
  return { kind: 'executeImmediate', start, end: p.end, sql, into, using }
}

function parseUsing(p: Parser): UsingArgument {
  const start = p.start
  const value = parseExpression(p)
  const name = p.take('AS') ? p.identifier() : undefined
  return { kind: 'usingArgument', start, end: p.end, value, name }
}
