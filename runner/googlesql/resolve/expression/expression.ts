import type { Binary, Case, Expression, In, QuantifiedLike, Subscript } from '../../parse/ast.ts'
import { castable, castableByFormat } from '../../types/cast.ts'
import { typeName } from '../../types/print.ts'
import { STRING } from '../../types/scalars.ts'
import type { SqlType } from '../../types/type.ts'
import { callBuiltin } from '../call/builtin.ts'
import { resolveCall } from '../call/call.ts'
import { type Context, keywordBefore, newColumn, problemAt } from '../context.ts'
import { resolveInQuery, resolveSubquery } from '../query/subquery.ts'
import type { Computed, Expr } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { coerceTo, coercionCost, convert, isUntypedNull, toCommonType } from './coerce.ts'
import { resolveArray, resolveStruct, resolveTuple } from './constructor.ts'
import { extractPart, resolveInterval } from './interval.ts'
import { resolveLiteral, resolveSignedNumber } from './literal.ts'
import { resolveField, resolvePath } from './path.ts'
import { resolveType } from './type-node.ts'
import { resolveParameter, resolveSystemVariable } from './variable.ts'

const BOOL: SqlType = { kind: 'BOOL' }

/**
 * The meaning of an expression: names bound, functions chosen, every part typed.
 *
 * @throws Problem at the node that is wrong, in BigQuery's words
 */
export function resolveExpression(context: Context, node: Expression): Expr {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
    case 'bytes':
    case 'typedLiteral':
    case 'rangeLiteral':
      return resolveLiteral(context, node)
    case 'interval':
      return resolveInterval(context, node)
    case 'path':
      return resolvePath(context, node)
    case 'parameter':
      return resolveParameter(context, node)
    case 'systemVariable':
      return resolveSystemVariable(context, node)
    case 'unary':
      notNullLiteral(context, node.operator, node.operand)
      return (
        resolveSignedNumber(context, node) ??
        callBuiltin(context, node, node.operator, [resolveExpression(context, node.operand)])
      )
    case 'binary':
      return resolveBinary(context, node)
    case 'logical':
      return conjunction(
        node.operator,
        node.operands.map((operand) => {
          const expr = resolveExpression(context, operand)
          return coerceTo(context, operand, expr, BOOL, notBool(node.operator, expr))
        }),
      )
    case 'call':
      return resolveCall(context, node)
    case 'case':
      return resolveCase(context, node)
    case 'cast':
      return resolveCast(context, node)
    case 'extract':
      return callBuiltin(context, node, 'EXTRACT', [
        extractPart(node.part),
        resolveExpression(context, node.operand),
        ...(node.timeZone === undefined ? [] : [resolveExpression(context, node.timeZone)]),
      ])
    case 'array':
      return resolveArray(context, node)
    case 'struct':
      return resolveStruct(context, node)
    case 'tuple':
      return resolveTuple(context, node)
    case 'subquery':
    case 'arraySubquery':
    case 'exists':
      return resolveSubquery(context, node)
    case 'field':
      return resolveField(context, node.name, resolveExpression(context, node.operand), node.name.name)
    case 'subscript':
      return resolveSubscript(context, node)
    case 'default':
      throw problemAt(context, node, 'Unexpected keyword DEFAULT')
    default:
      return resolveTest(context, node)
  }
}

function notBool(operator: string, expr: Expr): string {
  return `No matching signature for operator ${operator} for argument types: ${typeName(expr.type)}; an operand of ${operator} must be BOOL`
}

/** Any number of conditions in one AND or OR, so that a long chain is no deep tree. */
export function conjunction(operator: 'AND' | 'OR', operands: readonly Expr[]): Expr {
  return {
    kind: 'call',
    type: BOOL,
    entry: { name: operator, kind: 'operator', page: 'operators#logical_operators', signatures: [] },
    signature: { parameters: [], result: BOOL, lower: (args) => `(${args.join(` ${operator} `)})` },
    args: operands,
    safe: false,
  }
}

type Test = Extract<
  Expression,
  { kind: 'is' | 'isDistinctFrom' | 'between' | 'like' | 'quantifiedLike' | 'in' | 'withExpression' }
>

function resolveTest(context: Context, node: Test): Expr {
  switch (node.kind) {
    case 'is':
      return resolveIs(context, node)
    case 'isDistinctFrom': {
      const operands = [resolveExpression(context, node.left), resolveExpression(context, node.right)]
      return negate(context, node, callBuiltin(context, node, 'IS DISTINCT FROM', operands))
    }
    case 'between': {
      const operands = [node.operand, node.low, node.high].map((part) => resolveExpression(context, part))
      return negate(context, node, callBuiltin(context, node, 'BETWEEN', operands))
    }
    case 'like': {
      notNullLiteral(context, node.negated ? 'NOT LIKE' : 'LIKE', node.operand)
      notNullLiteral(context, node.negated ? 'NOT LIKE' : 'LIKE', node.pattern)
      const operands = [resolveExpression(context, node.operand), resolveExpression(context, node.pattern)]
      return negate(context, node, callBuiltin(context, node, 'LIKE', operands))
    }
    case 'quantifiedLike':
      return resolveQuantifiedLike(context, node)
    case 'in':
      return resolveIn(context, node)
    case 'withExpression': {
      const bindings: Computed[] = []
      let inner = context
      for (const { name, value } of node.bindings) {
        const expr = resolveExpression(inner, value)
        const column = newColumn(context, name.name, expr.type)
        bindings.push({ column, expr })
        const named = { name: name.name, expr: columnRef(column) }
        inner = { ...inner, scope: { names: { columns: [named], relations: [] }, outer: inner.scope } }
      }
      const body = resolveExpression(inner, node.body)
      return { kind: 'let', type: body.type, bindings, body }
    }
  }
}

function negate(context: Context, node: Test & { readonly negated: boolean }, expr: Expr): Expr {
  return node.negated ? callBuiltin(context, node, 'NOT', [expr]) : expr
}

/** BigQuery takes `x = NULL` for a mistake. */
function notNullLiteral(context: Context, operator: string, node: Expression): void {
  if (node.kind === 'null' && operator !== '||' && operator !== '<<' && operator !== '>>') {
    throw problemAt(context, node, `Operands of ${operator} cannot be literal NULL`)
  }
}

/** Left-deep chains (`a + b + c …`) are walked by a loop, so that long ones need no deep stack. */
function resolveBinary(context: Context, node: Binary): Expr {
  const spine: Binary[] = [node]
  let first: Expression = node.left
  while (first.kind === 'binary') {
    spine.push(first)
    first = first.left
  }
  let value = resolveExpression(context, first)
  for (const step of spine.reverse()) {
    notNullLiteral(context, step.operator, step.left)
    notNullLiteral(context, step.operator, step.right)
    const operator = step.operator === '!=' ? '<>' : step.operator
    value = callBuiltin(context, step, operator, [value, resolveExpression(context, step.right)])
  }
  return value
}

function resolveIs(context: Context, node: Extract<Expression, { kind: 'is' }>): Expr {
  const operand = resolveExpression(context, node.operand)
  if (node.test === 'NULL' || node.test === 'UNKNOWN') {
    const typed = node.test === 'UNKNOWN' ? coerceTo(context, node.operand, operand, BOOL) : operand
    return negate(context, node, callIsNull(typed))
  }
  const wanted: Expr = { kind: 'literal', type: BOOL, value: node.test === 'TRUE', from: 'literal' }
  const typed = coerceTo(context, node.operand, operand, BOOL)
  const distinct = callBuiltin(context, node, 'IS DISTINCT FROM', [typed, wanted])
  return node.negated ? distinct : callBuiltin(context, node, 'NOT', [distinct])
}

/** IS NULL has no entry of its own: it takes any type and never fails. */
function callIsNull(operand: Expr): Expr {
  return {
    kind: 'call',
    type: BOOL,
    entry: { name: 'IS NULL', kind: 'operator', page: 'operators#is_operators', signatures: [] },
    signature: { parameters: [], result: BOOL, lower: ([sql]) => `(${sql} IS NULL)` },
    args: [operand],
    safe: false,
  }
}

function resolveIn(context: Context, node: In): Expr {
  const operand = resolveExpression(context, node.operand)
  const { source } = node
  if (source.kind === 'inQuery') {
    return negate(context, node, resolveInQuery(context, node, operand, source.query))
  }
  if (source.kind === 'inUnnest') {
    const array = resolveExpression(context, source.expression)
    if (array.kind === 'literal' && array.value === null && source.expression.kind === 'null')
      throw problemAt(
        context,
        source.expression,
        'Second argument of IN UNNEST must be an array but was NULL',
      )
    return negate(context, node, callBuiltin(context, node, 'IN UNNEST', [operand, array]))
  }
  const elements = source.elements.map((element) => resolveExpression(context, element))
  return negate(context, node, callBuiltin(context, node, 'IN', [operand, ...elements]))
}

function resolveQuantifiedLike(context: Context, node: QuantifiedLike): Expr {
  const operand = resolveExpression(context, node.operand)
  // NOT LIKE ANY: some pattern does not match, which is NOT (LIKE ALL).
  const any = (node.quantifier !== 'ALL') !== node.negated
  const name = any ? 'LIKE ANY' : 'LIKE ALL'
  const { source } = node
  if (source.kind === 'list') {
    const patterns = source.elements.map((element) => resolveExpression(context, element))
    return negate(context, node, callBuiltin(context, node, name, [operand, ...patterns]))
  }
  const array =
    source.kind === 'inQuery'
      ? resolveSubquery(context, { ...source, kind: 'arraySubquery' })
      : resolveExpression(context, source.expression)
  return negate(context, node, callBuiltin(context, node, `${name} UNNEST`, [operand, array]))
}

function resolveCase(context: Context, node: Case): Expr {
  const results = [
    ...node.whens.map((when) => resolveExpression(context, when.result)),
    ...(node.otherwise === undefined ? [] : [resolveExpression(context, node.otherwise)]),
  ]
  const common = toCommonType(results)
  if (common === undefined) {
    const types = results.map((result) => (isUntypedNull(result) ? 'NULL' : typeName(result.type)))
    throw problemAt(
      context,
      node,
      `No matching signature for operator CASE; all THEN/ELSE arguments must be coercible to a common type but found: ${types.join(', ')}`,
    )
  }
  const operand = node.operand === undefined ? undefined : resolveExpression(context, node.operand)
  const conditions = node.whens.map((when) => {
    const condition = resolveExpression(context, when.condition)
    return { when, condition }
  })
  const resolved = (subject: Expr | undefined): Expr => ({
    kind: 'case',
    type: common.type,
    whens: conditions.map(({ when, condition }, index) => ({
      condition:
        subject === undefined
          ? coerceTo(context, when.condition, condition, BOOL, 'CASE condition must be BOOL')
          : callBuiltin(context, when, '=', [subject, condition]),
      result: common.exprs[index] ?? condition,
    })),
    otherwise: node.otherwise === undefined ? undefined : common.exprs.at(-1),
  })
  if (operand === undefined || operand.kind === 'column' || operand.kind === 'literal')
    return resolved(operand)
  // The operand of CASE is computed once.
  const column = newColumn(context, 'case', operand.type)
  return {
    kind: 'let',
    type: common.type,
    bindings: [{ column, expr: operand }],
    body: resolved(columnRef(column)),
  }
}

function resolveCast(context: Context, node: Extract<Expression, { kind: 'cast' }>): Expr {
  const { type, parameters } = resolveType(context, node.type)
  const given = resolveExpression(context, node.operand)
  // A NULL that was given a type is no literal any more: it does not coerce as one.
  if (isUntypedNull(given))
    return given.kind === 'literal'
      ? { kind: 'literal', type, value: null, from: 'value' }
      : convert(given, type)
  // An array's elements are not cast, even where the array is a literal that would coerce.
  const coerces = type.kind !== 'ARRAY' && coercionCost(given, type) !== undefined
  const empty = given.kind === 'array' && given.untyped === true && type.kind === 'ARRAY'
  const fits = castable(given.type, type) || coerces || empty
  // A FLOAT64 written out becomes a decimal by its text, digit for digit.
  const exact = given.kind === 'literal' && given.text !== undefined && /NUMERIC$/.test(type.kind)
  const decimal = exact && coerces && node.format === undefined ? convert(given, type) : given
  const operand = decimal.kind === 'cast' && decimal.operand === given ? given : decimal
  if (!fits && node.format === undefined) {
    const arrays = operand.type.kind === 'ARRAY' && type.kind === 'ARRAY'
    const why = arrays ? 'Casting between arrays with incompatible element types is not supported: ' : ''
    throw problemAt(
      context,
      node.operand,
      `${why}Invalid cast from ${typeName(operand.type)} to ${typeName(type)}`,
    )
  }
  if (node.format !== undefined && !castableByFormat(operand.type, type)) {
    const message = `FORMAT is not allowed for cast from ${typeName(operand.type)} to ${typeName(type)}`
    throw problemAt(context, keywordBefore(context, node.format, /FORMAT\s*$/i), message)
  }
  if (empty && node.format === undefined) return convert(operand, type)
  const text = (part: Expression, what: string) => {
    const expr = resolveExpression(context, part)
    const message = `${what} expression should return type STRING, but returns ${typeName(expr.type)}`
    return coerceTo(context, part, expr, STRING, message)
  }
  return {
    kind: 'cast',
    type,
    operand,
    safe: node.safe,
    ...(node.format === undefined ? {} : { format: text(node.format, 'FORMAT') }),
    ...(node.timeZone === undefined ? {} : { timeZone: text(node.timeZone, 'AT TIME ZONE') }),
    ...(parameters === undefined ? {} : { parameters }),
  }
}

function resolveSubscript(context: Context, node: Subscript): Expr {
  const operand = resolveExpression(context, node.operand)
  const index = resolveExpression(context, node.index)
  if (operand.type.kind !== 'ARRAY' && operand.type.kind !== 'JSON') {
    const bracket = keywordBefore(context, node.index, /\[\s*((SAFE_)?(OFFSET|ORDINAL)\s*\(\s*)?$/i)
    const given = isUntypedNull(index) ? 'INT64' : typeName(index.type)
    const shown = node.accessor === undefined ? given : `${node.accessor}(${given})`
    throw problemAt(
      context,
      { ...bracket, start: bracket.start + 1 },
      `Subscript access using [${shown}] is not supported on values of type ${typeName(operand.type)}`,
    )
  }
  if (operand.type.kind === 'ARRAY' && coercionCost(index, { kind: 'INT64' }) === undefined) {
    const message = `Array position in [] must be coercible to INT64 type, but has type ${typeName(index.type)}`
    throw problemAt(context, node.index, message)
  }
  const name = node.accessor === undefined ? '[]' : `[${node.accessor}]`
  return callBuiltin(context, node.index, name, [operand, index])
}
