import type { Pivot, SelectExpression, Unpivot } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import { callBuiltin } from '../call/builtin.ts'
import type { Context } from '../context.ts'
import { type Aggregates, newColumn, problemAt, unsupportedAt } from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { AggregateCall, Computed, Expr } from '../resolved.ts'
import { columnRef, type NamedColumn, rowRelation, starColumns } from '../scope.ts'
import { exprKey } from '../statement/key.ts'
import type { From } from './from.ts'
import { resolveUnpivot } from './unpivot.ts'

/** PIVOT and UNPIVOT after a table, in the order written. */
export function resolvePivots(context: Context, from: From, pivots: readonly (Pivot | Unpivot)[]): From {
  return pivots.reduce(
    (input, node) =>
      node.kind === 'pivot' ? resolvePivot(context, input, node) : resolveUnpivot(context, input, node),
    from,
  )
}

/** Aggregates that leave NULL out: giving them NULL for the other columns' rows changes nothing. */
const IGNORE_NULLS = new Set([
  ...['SUM', 'AVG', 'COUNT', 'COUNTIF', 'MIN', 'MAX', 'ANY_VALUE', 'STRING_AGG', 'LOGICAL_AND', 'LOGICAL_OR'],
  ...[
    'BIT_AND',
    'BIT_OR',
    'BIT_XOR',
    'STDDEV',
    'STDDEV_POP',
    'STDDEV_SAMP',
    'VARIANCE',
    'VAR_POP',
    'VAR_SAMP',
  ],
  ...['ARRAY_CONCAT_AGG', 'APPROX_COUNT_DISTINCT', 'APPROX_QUANTILES', 'CORR', 'COVAR_POP', 'COVAR_SAMP'],
])

function resolvePivot(context: Context, from: From, node: Pivot): From {
  const scope = { names: from.names, outer: context.scope }
  const plain: Context = { ...context, scope, aggregates: undefined, windows: undefined, clause: 'PIVOT' }
  const input = resolveExpression(plain, node.input)
  const aggregates = node.aggregates.map((item) => pivotAggregate(plain, item))
  if (aggregates.length > 1 && node.aggregates.some((item) => item.alias === undefined)) {
    throw problemAt(
      context,
      node,
      'PIVOT expression must have an alias unless it is the only PIVOT expression',
    )
  }
  const values = node.values.map((item) => pivotValue(plain, item, input))
  const used = usedKeys([input, ...aggregates.map(({ call: { args, orderBy } }) => [args, orderBy])])
  const kept = starColumns(from.names.columns).filter((column) => !used.has(exprKey(column.expr)))
  const groups: Computed[] = []
  const columns = kept.map((named): NamedColumn => {
    const column = newColumn(context, named.name, named.expr.type)
    groups.push({ column, expr: named.expr })
    return { ...named, expr: columnRef(column) }
  })
  const calls: AggregateCall[] = []
  for (const value of values) {
    for (const { call, alias } of aggregates) {
      const name = columnName(alias, value.name)
      const column = newColumn(context, name, call.column.type)
      calls.push({ ...restricted(context, node, call, value.condition), column })
      columns.push({ name, expr: columnRef(column) })
    }
  }
  return {
    scan: { kind: 'aggregate', input: from.scan, groups, sets: undefined, aggregates: calls, groupings: [] },
    names: { columns, relations: node.alias === undefined ? [] : [rowRelation(node.alias.name, columns)] },
  }
}

function pivotAggregate(
  context: Context,
  item: SelectExpression,
): { readonly call: AggregateCall; readonly alias: string | undefined } {
  const aggregates: Aggregates = { calls: [], keys: new Map() }
  const expr = resolveExpression({ ...context, aggregates }, item.expression)
  const [call] = aggregates.calls
  if (call === undefined || expr.kind !== 'column' || expr.column !== call.column) {
    throw problemAt(context, item, 'PIVOT expression must be an aggregate function call')
  }
  if (call.having !== undefined) {
    throw problemAt(
      context,
      item,
      'Use of HAVING inside an aggregate function used as a PIVOT expression is not supported',
    )
  }
  if (!IGNORE_NULLS.has(call.entry.name) && call.nulls !== 'IGNORE') {
    throw problemAt(
      context,
      item,
      `Use of aggregate function ${call.entry.name} as PIVOT expression is not supported unless IGNORE NULLS is specified`,
    )
  }
  return { call, alias: item.alias?.name }
}

interface PivotValue {
  readonly name: string | ValueName
  readonly condition: Expr
}

function pivotValue(context: Context, item: SelectExpression, input: Expr): PivotValue {
  const value = coerceTo(
    context,
    item,
    resolveExpression(
      { ...context, scope: { names: { columns: [], relations: [] }, outer: undefined } },
      item.expression,
    ),
    input.type,
  )
  const name = item.alias?.name ?? valueName(value, input.type)
  if (name === undefined)
    throw problemAt(context, item, `PIVOT values of type ${unnamedType(value)} must specify an alias`)
  const distinct = callBuiltin(context, item, 'IS DISTINCT FROM', [input, value])
  return { name, condition: callBuiltin(context, item, 'NOT', [distinct]) }
}

/** A value's column, behind the aggregate's alias: a number or a day alone is no name yet. */
function columnName(alias: string | undefined, value: string | ValueName): string {
  if (typeof value === 'string') return alias === undefined ? value : `${alias}_${value}`
  if (value.text === '') return alias === undefined ? 'empty_string_value' : `${alias}__empty_string_value`
  if (alias !== undefined) return `${alias}_${value.text}`
  return value.of !== 'STRING' && /^\d/.test(value.text) ? `_${value.text}` : value.text
}

/** What a value without AS is called (query-syntax#rules_in_as_pivot_column), and the kind of its type. */
interface ValueName {
  readonly text: string
  readonly of: SqlType['kind']
}

function valueName(expr: Expr, type: SqlType): ValueName | undefined {
  const of = type.kind
  // A value in another type, `NUMERIC '1'`.
  if (expr.kind === 'cast') return valueName(expr.operand, type)
  if (expr.kind === 'struct' && type.kind === 'STRUCT') {
    const parts = type.fields.map((field, index) => {
      const value = expr.values[index]
      const name = value && valueName(value, field.type)?.text
      return name === undefined || field.name === undefined ? name : `${field.name}_${name}`
    })
    return parts.includes(undefined) ? undefined : { text: parts.join('_'), of }
  }
  if (expr.kind !== 'literal' || typeof expr.value === 'object') {
    return expr.kind === 'literal' && expr.value === null ? { text: 'NULL', of } : undefined
  }
  const text = String(expr.value)
  switch (of) {
    case 'STRING':
    case 'BOOL':
      return { text, of }
    case 'INT64':
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return { text: plainDecimal(text).replace('.', '_point_').replace('-', 'minus_'), of }
    case 'DATE':
      // A year has no zeros before it.
      return { text: text.replace(/^0+/, '').replaceAll('-', '_'), of }
    default:
      return undefined
  }
}

/** The type of the part of a value that has no name. */
function unnamedType(expr: Expr): string {
  const field =
    expr.kind === 'struct'
      ? expr.values.find((value) => valueName(value, value.type) === undefined)
      : undefined
  return field === undefined ? typeName(expr.type) : unnamedType(field)
}

/** `1e2` is 100, `-0.50` is -0.5: a number's digits without exponent and needless zeros. */
function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const point = whole.length + Number(power)
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(Math.max(point, 0), '0')
  const at = Math.max(point, 0)
  const before = digits.slice(0, at).replace(/^0+(?=\d)/, '') || '0'
  const after = digits.slice(at).replace(/0+$/, '')
  const size = after === '' ? before : `${before}.${after}`
  return sign === '-' && size !== '0' ? `-${size}` : size
}

function usedKeys(exprs: unknown): ReadonlySet<string> {
  const keys = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      node.forEach(visit)
      return
    }
    const { kind } = node as { readonly kind?: string }
    if (kind === 'column' || kind === 'field') keys.add(exprKey(node as Expr))
    for (const [key, value] of Object.entries(node)) {
      if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'column') visit(value)
    }
  }
  visit(exprs)
  return keys
}

/** The call over the rows of one value alone. */
function restricted(context: Context, node: Pivot, call: AggregateCall, condition: Expr): AggregateCall {
  if (call.args.length === 0) {
    // COUNT(*): one for each row of the value.
    const one: Expr = { kind: 'literal', type: { kind: 'INT64' }, value: 1n, from: 'value' }
    const signature = call.entry.signatures.find((known) => known.parameters.length === 1)
    if (signature === undefined) throw unsupportedAt(context, node, `${call.entry.name}(*) in PIVOT`)
    return { ...call, signature, args: [onlyWhere(condition, one)] }
  }
  const [first, ...rest] = call.args
  if (first === undefined || first.kind === 'part')
    throw unsupportedAt(context, node, `${call.entry.name} in PIVOT`)
  return { ...call, args: [onlyWhere(condition, first), ...rest] }
}

function onlyWhere(condition: Expr, value: Expr): Expr {
  return { kind: 'case', type: value.type, whens: [{ condition, result: value }], otherwise: undefined }
}
