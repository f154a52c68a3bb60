import type {
  AnyType,
  CreateFunction,
  CreateTableFunction,
  Expression,
  FunctionParameter,
  TypeNode,
} from '../ast.ts'
import { parseExpression } from '../expression.ts'
import { parseString } from '../literal.ts'
import { parseConnection, parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { parseQuery } from '../query.ts'
import { tablePath } from '../table-path.ts'
import { tokenKind } from '../tokens.ts'
import { fieldHasName, parseType } from '../type.ts'
import { type CreateStart, parseIfNotExists } from './create.ts'

/** CREATE [AGGREGATE] FUNCTION in SQL, JavaScript, Python or remote; the current token is AGGREGATE or FUNCTION. */
export function parseCreateFunction(p: Parser, { start, orReplace, temporary }: CreateStart): CreateFunction {
  const aggregate = p.take('AGGREGATE')
  p.expect('FUNCTION')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const parameters = parseParameters(p, parseFunctionParameter)
  const returns = p.take('RETURNS') ? parseParameterType(p) : undefined
  const determinism = parseDeterminism(p)
  const early = parseOptions(p)
  const remote = p.take('REMOTE')
  const firstConnection = parseConnection(p)
  const language = p.take('LANGUAGE') ? p.identifier() : undefined
  const connection = firstConnection ?? parseConnection(p)
  const options = early ?? parseOptions(p)
  const body = p.take('AS') ? parseBody(p, language !== undefined) : undefined
  const late = options ?? parseOptions(p)
  const head = { orReplace, temporary, aggregate, ifNotExists, name, parameters, returns, determinism }
  const tail = { language, remote, connection, body, options: late }
  return { kind: 'createFunction', start, end: p.end, ...head, ...tail }
}

/** SQL bodies stand in parentheses; the node is what stands in them. */
function parseBody(p: Parser, foreign: boolean): Expression {
  if (foreign) return parseString(p)
  p.expect('(')
  if (p.word === 'SELECT') {
    p.failPlain(
      'The body of each CREATE FUNCTION statement is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression',
    )
  }
  const body = parseExpression(p)
  p.expect(')')
  return body
}

function parseDeterminism(p: Parser): CreateFunction['determinism'] {
  if (p.take('DETERMINISTIC')) return 'DETERMINISTIC'
  return p.takeWords('NOT', 'DETERMINISTIC') ? 'NOT DETERMINISTIC' : undefined
}

/** `(a INT64, b ANY TYPE)`. */
export function parseParameters(
  p: Parser,
  parameter: (p: Parser) => FunctionParameter,
): readonly FunctionParameter[] {
  p.expect('(')
  if (p.take(')')) return []
  const parameters = p.list(() => parameter(p))
  p.closeList()
  return parameters
}

export function parseFunctionParameter(p: Parser): FunctionParameter {
  const start = p.start
  const named = fieldHasName(p) || (p.atName && (p.peek() === 'ANY' || p.peek() === 'TABLE'))
  const name = named ? p.identifier() : undefined
  const type = parseParameterType(p)
  const defaultValue = p.take('DEFAULT') ? parseExpression(p) : undefined
  const notAggregate = p.takeWords('NOT', 'AGGREGATE') ? (true as const) : undefined
  return {
    kind: 'functionParameter',
    start,
    end: p.end,
    mode: undefined,
    name,
    type,
    defaultValue,
    notAggregate,
  }
}

/** A type, or ANY TYPE. */
export function parseParameterType(p: Parser): TypeNode {
  if (p.word !== 'ANY') return parseType(p)
  const start = p.start
  p.advance()
  if (p.kind !== tokenKind.name) p.failUnexpected()
  const name = p.identifier().name.toUpperCase()
  const type: AnyType = { kind: 'anyType', start, end: p.end, name }
  return type
}

/** CREATE TABLE FUNCTION; the current token is TABLE. */
export function parseCreateTableFunction(p: Parser, { start, orReplace }: CreateStart): CreateTableFunction {
  p.expectWords('TABLE', 'FUNCTION')
  const ifNotExists = parseIfNotExists(p)
  const name = tablePath(p)
  const parameters = parseParameters(p, parseFunctionParameter)
  const returns = p.take('RETURNS') ? parseType(p) : undefined
  const options = parseOptions(p)
  const query = p.take('AS') ? parseQuery(p) : undefined
  const head = { orReplace, ifNotExists, name, parameters, returns, options, query }
  return { kind: 'createTableFunction', start, end: p.end, ...head }
}
