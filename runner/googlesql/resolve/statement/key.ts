import type { AggregateCall, Expr, PartArgument, SortItem, WindowCall } from '../resolved.ts'

/**
 * A text that two expressions share if and only if they are the same computation: that is how GROUP BY's expressions
 * are found again in the select list. Subqueries are never the same.
 */
export function exprKey(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return `${expr.type.kind}:${literalKey(expr)}`
    case 'column':
      return `#${expr.column.id}`
    case 'grouping':
      return `grouping(#${expr.column.id})`
    case 'call':
      return `${expr.safe ? 'SAFE.' : ''}${expr.entry.name}(${expr.args.map(argumentKey).join(',')})`
    case 'cast':
      return `cast(${expr.safe},${exprKey(expr.operand)},${JSON.stringify(expr.type)},${
        expr.format === undefined ? '' : exprKey(expr.format)
      },${expr.timeZone === undefined ? '' : exprKey(expr.timeZone)},${expr.parameters?.join() ?? ''})`
    case 'case':
      return `case(${expr.whens
        .map((when) => `${exprKey(when.condition)}:${exprKey(when.result)}`)
        .join(',')};${expr.otherwise === undefined ? '' : exprKey(expr.otherwise)})`
    case 'struct':
      return `struct(${expr.values.map(exprKey).join(',')}:${JSON.stringify(expr.type)})`
    case 'array':
      return `array(${expr.elements.map(exprKey).join(',')}:${JSON.stringify(expr.type)})`
    case 'field':
      return `${exprKey(expr.operand)}.${expr.index}`
    case 'let':
      return `let(${expr.bindings.map((b) => `#${b.column.id}=${exprKey(b.expr)}`).join(',')};${exprKey(expr.body)})`
    case 'subquery':
    case 'in subquery':
      return `subquery${subqueryNumber(expr)}`
  }
}

function literalKey(expr: Extract<Expr, { kind: 'literal' }>): string {
  return JSON.stringify(expr.value, (_, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}n`
      : typeof value === 'number' && !Number.isFinite(value)
        ? String(value)
        : value instanceof Uint8Array
          ? Buffer.from(value).toString('hex')
          : value,
  )
}

function argumentKey(arg: Expr | PartArgument): string {
  return arg.kind === 'part' ? arg.text : exprKey(arg)
}

function sortKey(items: readonly SortItem[]): string {
  return items.map((item) => `${exprKey(item.expr)} ${item.descending} ${item.nullsFirst}`).join(',')
}

/** The key of an aggregate call, so that the same call is computed once. */
export function aggregateKey(call: Omit<AggregateCall, 'column'>): string {
  const having = call.having === undefined ? '' : `${call.having.extreme} ${exprKey(call.having.expr)}`
  const limit = call.limit === undefined ? '' : exprKey(call.limit)
  return [
    call.entry.name,
    call.safe,
    call.distinct,
    call.nulls ?? '',
    call.args.map(argumentKey).join(),
    sortKey(call.orderBy),
    limit,
    having,
  ].join('|')
}

export function windowKey(call: Omit<WindowCall, 'column'>): string {
  const edge = (given: { bound: string; offset: Expr | undefined }) =>
    `${given.bound} ${given.offset === undefined ? '' : exprKey(given.offset)}`
  const frame = call.frame && `${call.frame.unit} ${edge(call.frame.from)} ${edge(call.frame.to)}`
  return [
    aggregateKey(call),
    call.partitionBy.map(exprKey).join(),
    sortKey(call.windowOrder),
    frame ?? '',
  ].join('|')
}

const numbers = new WeakMap<object, number>()
let nextNumber = 0

function subqueryNumber(expr: object): number {
  const known = numbers.get(expr)
  if (known !== undefined) return known
  nextNumber += 1
  numbers.set(expr, nextNumber)
  return nextNumber
}
