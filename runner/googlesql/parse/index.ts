import { Problem } from '../../problem.ts'
import type { Comment, Expression, Statement, TypeNode } from './ast.ts'
import { parseExpression as expression } from './expression.ts'
import { tokenize } from './lexer.ts'
import { Parser } from './parser.ts'
import { placeAt } from './position.ts'
import { atCompound, parseStatement } from './statement.ts'
import type { Tokens } from './tokens.ts'
import { parseType as type } from './type.ts'

export interface ParseOptions {
  /** Named in the Problems. */
  readonly file?: string
}

export interface Parsed {
  /** Those without a syntax error, in order. */
  readonly statements: readonly Statement[]
  /** The syntax errors, in order; empty if the whole text is right. */
  readonly problems: readonly Problem[]
}

/**
 * Parses BigQuery SQL: any number of statements with semicolons between them, scripts included. Never throws: each
 * statement with an error gives one Problem with BigQuery's message and its place, and parsing goes on behind it.
 *
 * @example parse('SELECT 1; SELECT 2 FROM').problems[0].toString() // '1:24: Syntax error: Unexpected end of script'
 */
export function parse(text: string, options: ParseOptions = {}): Parsed {
  const tokens = tokenize(text)
  const problems: Problem[] = []
  const statements: Statement[] = []
  const p = new Parser(text, tokens, options.file, problems)
  let comments = 0
  while (!p.finished) {
    const compound = atCompound(p)
    const statement = p.recover(() => {
      const parsed = parseStatement(p)
      if (!p.atEnd && p.word !== ';') p.fail(`Expected end of input but got ${p.describe()}`)
      return parsed
    })
    const last = lastCommentOf(text, tokens, p.index, comments)
    if (statement !== undefined) {
      statements.push(
        last === comments ? statement : { ...statement, comments: tokens.comments.slice(comments, last) },
      )
    } else if (compound) break
    comments = last
  }
  return { statements, problems }
}

/**
 * The number of comments up to the end of the line of the semicolon at token `index`, or of all if that is the last
 * token: a comment there speaks of the statement before it.
 */
function lastCommentOf(text: string, tokens: Tokens, index: number, from: number): number {
  const { comments } = tokens
  const next = nextStatement(tokens, index)
  if (next === tokens.length) return comments.length
  const semicolon = tokens.ends[next - 1] as number
  const lineEnd = endOfLine(text, semicolon)
  const limit = Math.min(lineEnd, tokens.starts[next] as number)
  let last = from
  while (last < comments.length && (comments[last] as Comment).start < limit) last += 1
  return last
}

function nextStatement(tokens: Tokens, index: number): number {
  let next = index
  while (tokens.words[next] === ';') next += 1
  return next
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end
}

/**
 * Parses one expression.
 *
 * @throws {Problem} if the text is no expression, or more than one.
 * @example parseExpression('a + 1').kind // 'binary'
 */
export function parseExpression(text: string, options: ParseOptions = {}): Expression {
  return parseWhole(text, options, (p) => expression(p))
}

/**
 * Parses a type, such as INFORMATION_SCHEMA and CAST have it.
 *
 * @throws {Problem} if the text is no type.
 * @example parseType('ARRAY<STRUCT<a INT64>>').kind // 'arrayType'
 */
export function parseType(text: string, options: ParseOptions = {}): TypeNode {
  return parseWhole(text, options, type)
}

function parseWhole<Node>(text: string, options: ParseOptions, rule: (p: Parser) => Node): Node {
  const problems: Problem[] = []
  const p = new Parser(text, tokenize(text), options.file, problems)
  const node = p.recover(() => {
    const parsed = rule(p)
    p.finishDeferred()
    if (!p.atEnd) p.fail(`Expected end of input but got ${p.describe()}`)
    return parsed
  })
  if (node === undefined) throw problems[0] ?? new Problem('Syntax error', placeAt(text, 0, options.file))
  return node
}
