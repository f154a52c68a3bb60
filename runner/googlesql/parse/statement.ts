import type { Statement, Transaction } from './ast.ts'
import { parseAlter } from './ddl/alter.ts'
import { parseCreate } from './ddl/create.ts'
import { parseDrop } from './ddl/drop.ts'
import { parseUndrop } from './ddl/schema.ts'
import { parseDelete, parseInsert, parseTruncate, parseUpdate } from './dml.ts'
import { parseMerge } from './merge.ts'
import {
  parseAssert,
  parseCallStatement,
  parseExecuteImmediate,
  parseExportData,
  parseGrant,
  parseLoadData,
} from './other-statement.ts'
import type { Parser } from './parser.ts'
import { parseQuery } from './query.ts'
import {
  parseBlock,
  parseCaseStatement,
  parseDeclare,
  parseIf,
  parseJump,
  parseLabelled,
  parseRaise,
  parseSet,
} from './script.ts'

/** One statement of any kind, without its semicolon. */
export function parseStatement(p: Parser): Statement {
  const statement = parseQueryOrDml(p) ?? parseDefinition(p) ?? parseScriptStatement(p) ?? p.failUnexpected()
  if (p.tasks.length > 0) p.finishDeferred()
  return statement
}

function parseQueryOrDml(p: Parser): Statement | undefined {
  switch (p.word) {
    case 'SELECT':
    case 'WITH':
    case 'FROM':
    case '(':
      return parseQuery(p)
    case 'INSERT':
      return parseInsert(p)
    case 'UPDATE':
      return parseUpdate(p)
    case 'DELETE':
      return parseDelete(p)
    case 'MERGE':
      return parseMerge(p)
    case 'TRUNCATE':
      return parseTruncate(p)
    default:
      return undefined
  }
}

function parseDefinition(p: Parser): Statement | undefined {
  switch (p.word) {
    case 'CREATE':
      return parseCreate(p)
    case 'ALTER':
      return parseAlter(p)
    case 'DROP':
      return parseDrop(p)
    case 'UNDROP':
      return parseUndrop(p)
    case 'GRANT':
    case 'REVOKE':
      return parseGrant(p)
    case 'EXPORT':
      if (p.peek() !== 'DATA') p.refuse(`EXPORT ${p.peek()}`.trim())
      return parseExportData(p)
    case 'LOAD':
      return parseLoadData(p)
    case 'ASSERT':
      return parseAssert(p)
    case 'CALL':
      return parseCallStatement(p)
    case 'EXECUTE':
      return parseExecuteImmediate(p)
    default:
      return undefined
  }
}

function parseScriptStatement(p: Parser): Statement | undefined {
  if (atLabel(p)) {
    const label = p.identifier()
    p.advance()
    return parseLabelled(p, label)
  }
  switch (p.word) {
    case 'DECLARE':
      return parseDeclare(p)
    case 'SET':
      return parseSet(p)
    case 'IF':
      return parseIf(p)
    case 'CASE':
      return parseCaseStatement(p)
    case 'LOOP':
    case 'WHILE':
    case 'REPEAT':
    case 'FOR':
      return parseLabelled(p)
    case 'BEGIN':
      return atTransaction(p) ? parseTransaction(p, 'beginTransaction') : parseBlock(p)
    case 'COMMIT':
      return parseTransaction(p, 'commitTransaction')
    case 'ROLLBACK':
      return parseTransaction(p, 'rollbackTransaction')
    case 'BREAK':
    case 'LEAVE':
    case 'CONTINUE':
    case 'ITERATE':
      return parseJump(p, p.word)
    case 'RAISE':
      return parseRaise(p)
    case 'RETURN': {
      const start = p.start
      p.advance()
      return { kind: 'return', start, end: p.end }
    }
    default:
      return undefined
  }
}

function atLabel(p: Parser): boolean {
  return p.atName && p.peek() === ':'
}

/** BEGIN of a transaction; BEGIN of a block has statements behind it. */
function atTransaction(p: Parser): boolean {
  const next = p.peek()
  return next === 'TRANSACTION' || next === ';' || p.index + 1 === p.tokens.length
}

function parseTransaction(p: Parser, kind: Transaction['kind']): Transaction {
  const start = p.start
  p.advance()
  p.take('TRANSACTION')
  return { kind, start, end: p.end }
}

/** True at a statement that holds statements: behind an error in one its end cannot be found. */
export function atCompound(p: Parser): boolean {
  switch (p.word) {
    case 'IF':
    case 'CASE':
    case 'LOOP':
    case 'WHILE':
    case 'REPEAT':
    case 'FOR':
      return true
    case 'BEGIN':
      return !atTransaction(p)
    case 'CREATE':
      return p.peek() === 'PROCEDURE' || p.peek(3) === 'PROCEDURE'
    default:
      return atLabel(p)
  }
}
