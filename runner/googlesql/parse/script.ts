import type {
  Block,
  CaseStatement,
  ConditionalBranch,
  Declare,
  ForIn,
  Identifier,
  If,
  Jump,
  Loop,
  Raise,
  Repeat,
  SetStatement,
  Statement,
  SystemVariable,
  While,
} from './ast.ts'
import { parseExpression } from './expression.ts'
import type { Word } from './keywords.ts'
import type { Parser } from './parser.ts'
import { parseQuery } from './query.ts'
import { atCompound, parseStatement } from './statement.ts'
import { parseType } from './type.ts'

/** `DECLARE a, b [type] [DEFAULT x]`. */
export function parseDeclare(p: Parser): Declare {
  const start = p.start
  p.advance()
  const names = p.identifiers()
  const type = p.word === 'DEFAULT' ? undefined : parseType(p)
  const defaultValue = p.take('DEFAULT') ? parseExpression(p) : undefined
  return { kind: 'declare', start, end: p.end, names, type, defaultValue }
}

/** `SET a = x`, `SET (a, b) = x`, `SET @@name = x`. */
export function parseSet(p: Parser): SetStatement {
  const start = p.start
  p.advance()
  const tuple = p.take('(')
  const targets = tuple ? p.list(() => parseTarget(p)) : [parseTarget(p)]
  if (tuple) p.closeList()
  p.expect('=')
  const value = parseExpression(p)
  return { kind: 'set', start, end: p.end, tuple, targets, value }
}

function parseTarget(p: Parser): Identifier | SystemVariable {
  if (p.word !== '@@') return p.identifier()
  const start = p.start
  p.advance()
  const path = p.path()
  return { kind: 'systemVariable', start, end: p.end, path }
}

/** `IF … THEN … ELSEIF … ELSE … END IF`. */
export function parseIf(p: Parser): If {
  const start = p.start
  const branches = [parseBranch(p, ['ELSEIF', 'ELSE', 'END'])]
  while (p.word === 'ELSEIF') branches.push(parseBranch(p, ['ELSEIF', 'ELSE', 'END']))
  const otherwise = p.take('ELSE') ? parseStatements(p, ['END']) : undefined
  p.expectWords('END', 'IF')
  return { kind: 'if', start, end: p.end, branches, otherwise }
}

/** `IF | ELSEIF | WHEN condition THEN statements`. */
function parseBranch(p: Parser, closers: readonly Word[]): ConditionalBranch {
  const start = p.start
  p.advance()
  const condition = parseExpression(p)
  p.expect('THEN')
  const body = parseStatements(p, closers)
  return { kind: 'branch', start, end: p.end, condition, body }
}

/** `CASE [x] WHEN … THEN … ELSE … END CASE`. */
export function parseCaseStatement(p: Parser): CaseStatement {
  const start = p.start
  p.advance()
  const operand = p.word === 'WHEN' ? undefined : parseExpression(p)
  if (p.word !== 'WHEN') p.failExpected('WHEN')
  const branches: ConditionalBranch[] = []
  while (p.word === 'WHEN') branches.push(parseBranch(p, ['WHEN', 'ELSE', 'END']))
  const otherwise = p.take('ELSE') ? parseStatements(p, ['END']) : undefined
  p.expectWords('END', 'CASE')
  return { kind: 'caseStatement', start, end: p.end, operand, branches, otherwise }
}

/** A loop or block behind `label:`, or without a label. */
export function parseLabelled(p: Parser, label?: Identifier): Loop | While | Repeat | ForIn | Block {
  const start = label?.start ?? p.start
  const node = parseLoop(p, start, label)
  if (label !== undefined && p.atName) {
    if (p.text.slice(p.start, p.tokens.ends[p.index]).toLowerCase() !== label.name.toLowerCase()) {
      p.fail(
        `Mismatched end label; expected ${label.name}, got ${p.text.slice(p.start, p.tokens.ends[p.index])}`,
      )
    }
    p.advance()
    return { ...node, end: p.end }
  }
  return node
}

function parseLoop(
  p: Parser,
  start: number,
  label: Identifier | undefined,
): Loop | While | Repeat | ForIn | Block {
  switch (p.word) {
    case 'LOOP': {
      p.advance()
      const body = parseStatements(p, ['END'])
      p.expectWords('END', 'LOOP')
      return { kind: 'loop', start, end: p.end, label, body }
    }
    case 'WHILE': {
      p.advance()
      const condition = parseExpression(p)
      p.expect('DO')
      const body = parseStatements(p, ['END'])
      p.expectWords('END', 'WHILE')
      return { kind: 'while', start, end: p.end, label, condition, body }
    }
    case 'REPEAT': {
      p.advance()
      const body = parseStatements(p, ['UNTIL'])
      p.expect('UNTIL')
      const until = parseExpression(p)
      p.expectWords('END', 'REPEAT')
      return { kind: 'repeat', start, end: p.end, label, body, until }
    }
    case 'FOR':
      return parseFor(p, start, label)
    case 'BEGIN':
      return parseBlock(p, label)
    default:
      p.failUnexpected()
  }
}

function parseFor(p: Parser, start: number, label: Identifier | undefined): ForIn {
  p.advance()
  const variable = p.identifier()
  p.expect('IN')
  p.expect('(')
  const query = p.parenthesizedQuery(() => parseQuery(p))
  p.expect('DO')
  const body = parseStatements(p, ['END'])
  p.expectWords('END', 'FOR')
  return { kind: 'for', start, end: p.end, label, variable, query, body }
}

/** `BEGIN … [EXCEPTION WHEN ERROR THEN …] END`. */
export function parseBlock(p: Parser, label?: Identifier): Block {
  const start = label?.start ?? p.start
  p.expect('BEGIN')
  const body = parseStatements(p, ['EXCEPTION', 'END'])
  let handler: readonly Statement[] | undefined
  if (p.take('EXCEPTION')) {
    p.expectWords('WHEN', 'ERROR', 'THEN')
    handler = parseStatements(p, ['END'])
  }
  p.expect('END')
  return { kind: 'block', start, end: p.end, label, body, handler }
}

/**
 * Statements with a semicolon behind each, up to one of `closers`, which is not stepped over. A syntax error in one is
 * noted and parsing goes on behind its semicolon; but not if that one has statements inside, for then its end is unknown.
 */
function parseStatements(p: Parser, closers: readonly Word[]): readonly Statement[] {
  const statements: Statement[] = []
  while (!closers.includes(p.word)) {
    if (p.atEnd) p.failUnexpected()
    const statement = atCompound(p) ? parseOne(p) : p.recover(() => parseOne(p))
    if (statement !== undefined) statements.push(statement)
    p.expect(';')
  }
  return statements
}

function parseOne(p: Parser): Statement {
  const statement = parseStatement(p)
  if (p.word !== ';') p.failExpected(';')
  return statement
}

/** BREAK, LEAVE, CONTINUE, ITERATE, each perhaps with a label. */
export function parseJump(p: Parser, word: Jump['word']): Jump {
  const start = p.start
  p.advance()
  const label = p.atName ? p.identifier() : undefined
  return { kind: 'jump', start, end: p.end, word, label }
}

/** `RAISE [USING MESSAGE = x]`. */
export function parseRaise(p: Parser): Raise {
  const start = p.start
  p.advance()
  if (!p.take('USING')) return { kind: 'raise', start, end: p.end, message: undefined }
  p.expect('MESSAGE')
  p.expect('=')
  const message = parseExpression(p)
  return { kind: 'raise', start, end: p.end, message }
}
