import type { CreateProcedure, FunctionParameter } from '../ast.ts'
import { parseString } from '../literal.ts'
import { parseConnection, parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { parseBlock } from '../script.ts'
import { tablePath } from '../table-path.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'
import { parseParameters, parseParameterType } from './function.ts'

/** CREATE PROCEDURE; the current token is PROCEDURE. */
export function parseCreateProcedure(p: Parser, { start, orReplace }: CreateStart): CreateProcedure {
  p.advance()
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const parameters = parseParameters(p, parseProcedureParameter)
  const connection = parseConnection(p)
  const options = parseOptions(p)
  const language = p.take('LANGUAGE') ? p.identifier() : undefined
  const code = language !== undefined && p.take('AS') ? parseString(p) : undefined
  const body = language === undefined ? parseBlock(p) : undefined
  const head = { orReplace, ifNotExists, name, parameters, connection, options, language, code, body }
  return { kind: 'createProcedure', start, end: p.end, ...head }
}

function parseProcedureParameter(p: Parser): FunctionParameter {
  const start = p.start
  const mode = parseMode(p)
  const name = p.identifier()
  const type = parseParameterType(p)
  return { kind: 'functionParameter', start, end: p.end, mode, name, type }
}

/** `IN`, `OUT`, `INOUT`; the last two are names if a type follows them. */
function parseMode(p: Parser): FunctionParameter['mode'] {
  if (p.take('IN')) return 'IN'
  if (p.word !== 'OUT' && p.word !== 'INOUT') return undefined
  const after = p.peekKind(2)
  const typed = after !== 8 || p.peek(2) === '<'
  if (!typed) return undefined
  const mode = p.word
  p.advance()
  return mode
}
