import { Problem } from '../../../runner/problem.ts'
import { JsonNumber } from '../../datastream/raw-json.ts'
import { type Json, mysqlJson, parseJson } from '../mysql-json.ts'
import type { Cell } from '../source.ts'
import type { ColumnDefinition } from './definition.ts'
import { cellOf, type Literal, literalOf } from './literal.ts'
import { decodeText, type Token } from './tokens.ts'

/** Computes a generated column from the row's other columns. */
export type Generator = (row: Readonly<Record<string, Cell>>) => Cell

/** What an expression gives: text as MySQL's strings, or a JSON value. */
type Computed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: Json }
  | null
type Expression = (row: Readonly<Record<string, Cell>>) => Computed

/**
 * The function behind a generated column, for the expressions that can be computed exactly as MySQL does: constants,
 * columns, and `json_extract`, `json_unquote`, `->` and `->>` with a path of members and elements. A dump has no values
 * of generated columns, so there is no other way to them.
 *
 * @throws Problem if the expression is another one
 */
export function generatorOf(column: ColumnDefinition, columns: readonly ColumnDefinition[]): Generator {
  const tokens = column.generated ?? []
  const shown = tokens.map((token) => (token.kind === 'string' ? `'${token.text}'` : token.text)).join(' ')
  const cannot = new Problem(
    `generated column \`${column.name}\`: \`${decodeText(shown)}\` cannot be computed here`,
    {
      hint: 'only constants, columns and members of JSON columns can: leave the table out with --without TABLE',
    },
  )
  const parser = new ExpressionParser(tokens, columns, cannot)
  const expression = parser.whole()
  return (row) => {
    const computed = expression(row)
    if (
      computed === null ||
      (computed.kind === 'json' && column.mysqlType !== 'json' && computed.value === null)
    )
      return null
    const literal: Literal = {
      kind: 'text',
      text: Buffer.from(textFor(computed, column, cannot)).toString('latin1'),
    }
    return cellOf(literal, column, 'refuse')
  }
}

function textFor(computed: NonNullable<Computed>, column: ColumnDefinition, cannot: Problem): string {
  if (column.mysqlType === 'json')
    return mysqlJson(computed.kind === 'json' ? computed.value : parseJson(computed.text))
  if (computed.kind === 'text') return computed.text
  // MySQL casts a JSON value by rules of its own.
  throw cannot
}

class ExpressionParser {
  readonly #tokens: readonly Token[]
  readonly #columns: readonly ColumnDefinition[]
  readonly #cannot: Problem
  #at = 0

  constructor(tokens: readonly Token[], columns: readonly ColumnDefinition[], cannot: Problem) {
    this.#tokens = tokens
    this.#columns = columns
    this.#cannot = cannot
  }

  whole(): Expression {
    const expression = this.#operand()
    if (this.#at !== this.#tokens.length) throw this.#cannot
    return expression
  }

  #operand(): Expression {
    const token = this.#take()
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.#operand()
      this.#symbol(')')
      return inner
    }
    if (token.kind === 'word' && this.#peek()?.text === '(') return this.#call(token.text.toLowerCase())
    if (token.kind === 'word' && token.text.startsWith('_')) return this.#operand()
    if (token.kind === 'identifier') return this.#column(decodeText(token.text))
    const literal = literalOf(token)
    if (literal?.kind === 'null') return () => null
    if (literal?.kind !== 'text') throw this.#cannot
    const text = decodeText(literal.text)
    return () => ({ kind: 'text', text })
  }

  #call(name: string): Expression {
    this.#symbol('(')
    const argument = this.#operand()
    if (name === 'json_unquote') {
      this.#symbol(')')
      return unquote(argument, this.#cannot)
    }
    if (name !== 'json_extract') throw this.#cannot
    this.#symbol(',')
    const path = this.#operand()
    this.#symbol(')')
    return this.#extract(argument, path)
  }

  #column(name: string): Expression {
    const column = this.#columns.find((each) => each.name === name)
    if (column === undefined || column.generated !== undefined) throw this.#cannot
    const json = column.mysqlType === 'json'
    if (!json && column.type !== 'string') throw this.#cannot
    const value: Expression = (row) => {
      const cell = row[name]
      if (typeof cell !== 'string') return null
      return json ? { kind: 'json', value: parseJson(cell) } : { kind: 'text', text: cell }
    }
    if (this.#peek()?.text !== '-') return value
    this.#symbol('-')
    this.#symbol('>')
    const unquoted = this.#peek()?.text === '>'
    if (unquoted) this.#symbol('>')
    const extracted = this.#extract(value, this.#operand())
    return unquoted ? unquote(extracted, this.#cannot) : extracted
  }

  #extract(document: Expression, path: Expression): Expression {
    const constant = path({})
    if (constant?.kind !== 'text') throw this.#cannot
    const steps = pathSteps(constant.text)
    if (steps === undefined) throw this.#cannot
    return (row) => {
      let value = toJson(document(row))
      for (const step of steps) {
        const parent: unknown = value
        if (typeof step === 'number')
          value = Array.isArray(parent) ? (parent[step] as Json | undefined) : undefined
        else value = member(parent, step)
        if (value === undefined) return null
      }
      return value === undefined ? null : { kind: 'json', value }
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #take(): Token {
    const token = this.#peek()
    if (token === undefined) throw this.#cannot
    this.#at += 1
    return token
  }

  #symbol(text: string): void {
    const token = this.#take()
    if (token.kind !== 'symbol' || token.text !== text) throw this.#cannot
  }
}

function unquote(argument: Expression, cannot: Problem): Expression {
  return (row) => {
    const computed = argument(row)
    if (computed === null || computed.kind === 'text') return computed
    if (typeof computed.value === 'string') return { kind: 'text', text: computed.value }
    // Numbers stand in the dump in MySQL's own digits.
    if (computed.value instanceof JsonNumber) return { kind: 'text', text: computed.value.text }
    if (computed.value !== null && typeof computed.value === 'object') throw cannot
    return { kind: 'text', text: JSON.stringify(computed.value) }
  }
}

function toJson(computed: Computed): Json | undefined {
  if (computed === null) return undefined
  return computed.kind === 'json' ? computed.value : parseJson(computed.text)
}

function member(parent: unknown, name: string): Json | undefined {
  if (parent instanceof JsonNumber) return undefined
  if (parent === null || typeof parent !== 'object' || Array.isArray(parent) || !Object.hasOwn(parent, name))
    return undefined
  return (parent as Record<string, Json>)[name]
}

/** `$.geography."Surface Area"[0]` as its steps; undefined for wildcards, ranges and what is no path. */
function pathSteps(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const pattern = /\.([\p{L}_$][\p{L}\p{N}_$]*)|\.("(?:[^"\\]|\\.)*")|\[(\d+)\]/uy
  pattern.lastIndex = 1
  const steps: (string | number)[] = []
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path)
    if (match === null) return undefined
    const [, bare, quoted, index] = match
    steps.push(bare ?? (quoted === undefined ? Number(index) : (JSON.parse(quoted) as string)))
  }
  return steps
}
