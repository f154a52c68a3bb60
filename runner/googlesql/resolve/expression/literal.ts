import { normalDecimal } from '../../lower/library/native/numbers.ts'
import type { Literal, Unary } from '../../parse/ast.ts'
import type { SqlType } from '../../types/type.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, problemAt } from '../context.ts'
import type { Expr, LiteralExpr } from '../resolved.ts'
import { readsAs } from './text-literal.ts'
import { resolveType } from './type-node.ts'

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** A literal with its type. INTERVAL is an expression of its own: see `interval.ts`. */
export function resolveLiteral(context: Context, node: Exclude<Literal, { kind: 'interval' }>): Expr {
  switch (node.kind) {
    case 'null':
      return { kind: 'literal', type: { kind: 'INT64' }, value: null, from: 'literal', untyped: true }
    case 'boolean':
      return literal({ kind: 'BOOL' }, node.value)
    case 'integer':
      if (node.value > MAX_INT64) throw problemAt(context, node, `Invalid integer literal: ${node.text}`)
      return literal({ kind: 'INT64' }, node.value)
    case 'float':
      return { ...literal({ kind: 'FLOAT64' }, node.value), text: node.text }
    case 'string':
      return literal({ kind: 'STRING' }, node.value)
    case 'bytes':
      return literal({ kind: 'BYTES' }, node.value)
    case 'typedLiteral':
      if (node.type === 'JSON') {
        const wrong = wrongJson(node.value.value)
        if (wrong !== undefined) throw problemAt(context, node, `Invalid JSON literal: ${wrong}`)
        return callBuiltin(context, node, 'PARSE_JSON', [literal({ kind: 'STRING' }, node.value.value)])
      }
      if (!readsAs(node.value.value, { kind: node.type }) || tooPrecise(node.value.value, node.type)) {
        const shown = /NUMERIC$/.test(node.type) ? `: ${JSON.stringify(node.value.value)}` : ''
        throw problemAt(context, node, `Invalid ${node.type} literal${shown}`)
      }
      return typed({ kind: node.type }, node.value.value)
    case 'rangeLiteral': {
      const { start, end, element } = node
      const { type } = resolveType(context, { kind: 'rangeType', start, end, element })
      return typed(type, node.value.value)
    }
  }
}

function wrongJson(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A decimal literal has no more digits after its point than its type: it is not rounded. */
function tooPrecise(text: string, type: SqlType['kind']): boolean {
  const scale = type === 'NUMERIC' ? 9 : type === 'BIGNUMERIC' ? 38 : undefined
  if (scale === undefined) return false
  const [, power = '0'] = /e(-?\d+)$/.exec(normalDecimal(text) ?? '') ?? []
  return -Number(power) > scale
}

function literal(type: SqlType, value: LiteralExpr['value']): LiteralExpr {
  return { kind: 'literal', type, value, from: 'literal' }
}

/** `DATE '…'`: the text is read as a CAST would. */
function typed(type: SqlType, text: string): Expr {
  const canonical = type.kind === 'DATE' && isCalendarDate(text)
  if (canonical) return literal(type, text)
  return { kind: 'cast', type, operand: literal({ kind: 'STRING' }, text), safe: false }
}

/** `2024-02-29` as BigQuery prints it, and a day that exists. */
export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1) return false
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** `-5`, `+1.5`: a sign before a number is part of the literal; undefined for everything else. */
export function resolveSignedNumber(context: Context, node: Unary): Expr | undefined {
  const { operand } = node
  const number = operand.kind === 'integer' || operand.kind === 'float'
  if (node.operator === '+' && number && operand.parenthesized !== true)
    return resolveLiteral(context, operand)
  if (node.operator !== '-' || operand.parenthesized === true) return undefined
  if (operand.kind === 'integer') {
    if (-operand.value < MIN_INT64)
      throw problemAt(context, node, `Invalid integer literal: -${operand.text}`)
    return literal({ kind: 'INT64' }, -operand.value)
  }
  if (operand.kind === 'float') {
    return { ...literal({ kind: 'FLOAT64' }, -operand.value), text: `-${operand.text}` }
  }
  return undefined
}
