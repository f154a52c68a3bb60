import type { FunctionEntry } from '../../functions/function.ts'
import type {
  Call,
  Frame,
  FrameBound,
  Identifier,
  Span,
  WindowReference,
  WindowSpecification,
} from '../../parse/ast.ts'
import { orderable, partitionable, unfitting } from '../../types/predicates.ts'
import { typeName } from '../../types/print.ts'
import {
  type Context,
  didYouMean,
  keywordBefore,
  newColumn,
  ORDER_BY,
  plainContext,
  problemAt,
  type Windows,
} from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { Expr, FrameEdge, SortItem, WindowCall, WindowFrame } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { windowKey } from '../statement/key.ts'
import { aggregateParts, IN_AGGREGATE, sortItem } from './aggregate-call.ts'
import { checkDistance, checkFrame, checkWindow, type Window } from './check-window.ts'
import { usesAggregate } from './uses-aggregate.ts'

/** A call with OVER: put aside for the step that computes windows, a column stands in its place. */
export function resolveWindowCall(context: Context, node: Call, entry: FunctionEntry): Expr {
  const collected = context.windows
  if (collected === undefined) throw notAllowed(context, node)
  const over = node.over
  const windowed = entry.kind !== 'aggregate' || entry.clauses?.over !== undefined
  if (
    over === undefined ||
    entry.kind === 'scalar' ||
    entry.kind === 'table' ||
    !windowed ||
    entry.clauses?.over === false
  ) {
    throw problemAt(context, node, `Function ${entry.name} does not support an OVER clause`)
  }
  const [first] = node.args
  if (entry.name === 'NTILE' && first?.kind === 'integer' && first.value < 1n) {
    throw problemAt(context, first, 'The argument to NTILE must be at least 1')
  }
  const inner: Context = { ...context, windows: undefined, clause: IN_WINDOW, enclosing: node }
  const { call, type } = aggregateParts(inner, node, entry)
  const again = call.args.findIndex((arg) => arg.kind !== 'part' && usesAggregate(arg, collected.calls))
  if (again >= 0) throw problemAt(context, node.args[again] ?? node, WITHIN_WINDOW)
  const window = resolveWindow({ ...context, windows: undefined }, collected, over, [])
  const frame = over.kind === 'windowName' ? over : (over.frame ?? over)
  checkWindow(context, over, frame, entry, call, window)
  if (call.distinct && (window.windowOrder.length > 0 || window.frame !== undefined)) {
    const what = window.windowOrder.length > 0 ? 'Window ORDER BY' : 'Window framing clause'
    throw problemAt(context, clauseOf(context, over), `${what} is not allowed if DISTINCT is specified`)
  }
  const made: WindowCall = {
    ...call,
    ...window,
    column: newColumn(context, entry.name.toLowerCase(), type),
  }
  const key = windowKey(made)
  const known = collected.calls.find((other) => windowKey(other) === key)
  if (known !== undefined) return columnRef(known.column)
  collected.calls.push(made)
  return columnRef(made.column)
}

/** Where a window's ORDER BY or frame is written; the window itself, if it only names one. */
function clauseOf(context: Context, over: WindowReference): Span {
  if (over.kind === 'windowName') return over
  const [first] = over.orderBy
  return first === undefined ? (over.frame ?? over) : keywordBefore(context, first, ORDER_BY)
}

/** The clause of a window call's arguments. */
const IN_WINDOW = 'analytic function call'
const WITHIN_WINDOW = 'Analytic function cannot be an argument of another analytic function'

function notAllowed(context: Context, node: Call): Error {
  if (context.clause === IN_WINDOW) return problemAt(context, context.enclosing ?? node, WITHIN_WINDOW)
  if (context.clause === IN_AGGREGATE) {
    const message = 'Analytic functions cannot be arguments to aggregate functions'
    return problemAt(context, context.enclosing ?? node, message)
  }
  return problemAt(context, node, `Analytic function not allowed in ${context.clause}`)
}

function resolveWindow(
  context: Context,
  windows: Windows,
  over: WindowReference,
  seen: readonly string[],
): Window {
  if (over.kind === 'windowName') return namedWindow(context, windows, over.name, seen)
  const base: Window =
    over.name === undefined
      ? { partitionBy: [], windowOrder: [], frame: undefined }
      : namedWindow(context, windows, over.name, seen)
  return extendWindow(context, windows, base, over)
}

function namedWindow(context: Context, windows: Windows, name: Identifier, seen: readonly string[]): Window {
  const folded = name.name.toLowerCase()
  const { named } = windows
  // A window may name those before it.
  const names = [...named.keys()]
  const asking = seen.at(-1)
  const known = asking === undefined || names.indexOf(folded) < names.indexOf(asking)
  const found = known ? named.get(folded) : undefined
  if (found === undefined) {
    throw unknownWindow(context, name, names)
  }
  return resolveWindow(context, windows, found, [...seen, folded])
}

export function unknownWindow(context: Context, name: Identifier, names: readonly string[]): Error {
  return problemAt(context, name, `Unrecognized window alias ${name.name}${didYouMean(name.name, names)}`)
}

function extendWindow(context: Context, windows: Windows, base: Window, node: WindowSpecification): Window {
  if (node.partitionBy.length > 0 && node.name !== undefined) {
    throw problemAt(context, node, 'If a window has a PARTITION BY, it cannot reference a named window')
  }
  if (base.frame !== undefined && (node.orderBy.length > 0 || node.frame !== undefined)) {
    throw problemAt(
      context,
      node,
      'If a window has an inline ORDER BY or window frame clause, it cannot reference another window that contains or inherits a window frame clause',
    )
  }
  if (node.orderBy.length > 0 && base.windowOrder.length > 0) {
    throw problemAt(context, node, 'ORDER BY is already defined by the referenced window')
  }
  const partitionBy = node.partitionBy.map((part) => {
    const expr = resolveExpression({ ...context, clause: 'PARTITION BY' }, part)
    checkNoWindow(context, windows, part, expr, 'PARTITION BY')
    if (!partitionable(expr.type)) {
      throw problemAt(
        context,
        part,
        `Partitioning by expressions of type ${unfitting(expr.type, partitionable)} is not allowed`,
      )
    }
    return expr
  })
  const windowOrder = node.orderBy.map((item) => {
    const expr = resolveExpression({ ...context, clause: 'Window ORDER BY' }, item.expression)
    checkNoWindow(context, windows, item, expr, 'Window ORDER BY')
    if (!orderable(expr.type)) {
      const message = `Ordering by expressions of type ${expr.type.kind} is not allowed`
      throw problemAt(context, item, message)
    }
    return sortItem(context, item, expr)
  })
  const order = windowOrder.length > 0 ? windowOrder : base.windowOrder
  return {
    partitionBy: partitionBy.length > 0 ? partitionBy : base.partitionBy,
    windowOrder: order,
    frame: node.frame === undefined ? base.frame : resolveFrame(context, node.frame, order),
  }
}

/** A select list's alias may stand for a window call: no other may be made of it. */
export function checkNoWindow(
  context: Context,
  windows: Windows,
  node: Span,
  expr: Expr,
  clause: string,
): void {
  if (!usesAggregate(expr, windows.calls)) return
  const column = context.source.text.slice(node.start, node.end).split(/\s/)[0] ?? ''
  throw problemAt(
    context,
    node,
    `Column ${column} contains an analytic function, which is not allowed in ${clause}`,
  )
}

function resolveFrame(context: Context, node: Frame, order: readonly SortItem[]): WindowFrame {
  const from = resolveEdge(context, node, node.from, order)
  const to: FrameEdge =
    node.to === undefined
      ? { bound: 'CURRENT ROW', offset: undefined }
      : resolveEdge(context, node, node.to, order)
  const frame: WindowFrame = { unit: node.unit, from, to }
  checkFrame(context, node, frame, order.length > 0)
  return frame
}

function resolveEdge(
  context: Context,
  frame: Frame,
  node: FrameBound,
  order: readonly SortItem[],
): FrameEdge {
  if (node.offset === undefined) return { bound: node.bound, offset: undefined }
  const offset = resolveExpression(plainContext(context, 'window frame'), node.offset)
  if (!isConstant(offset))
    throw problemAt(context, node.offset, 'Window framing expression must be a literal or parameter')
  if (frame.unit === 'ROWS') {
    const given = typeName(offset.type)
    const message = `Window framing expression for ROWS can only be of integer type, but has type ${given}`
    const distance = coerceTo(context, node.offset, offset, { kind: 'INT64' }, message)
    checkDistance(context, node.offset, distance)
    return { bound: node.bound, offset: distance }
  }
  const [key, second] = order
  if (key === undefined || second !== undefined) {
    const message =
      'A RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries must have exactly one ORDER BY key'
    throw problemAt(context, frame, message)
  }
  const { type } = key.expr
  if (!['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(type.kind)) {
    const message = `ORDER BY key must be numeric in a RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries, but has type ${type.kind}`
    throw problemAt(context, frame, message)
  }
  const message = `Window framing expression has type ${typeName(offset.type)} that cannot coerce to the type of the ORDER BY expression, which is ${typeName(type)}`
  const distance = coerceTo(context, node.offset, offset, type, message)
  checkDistance(context, node.offset, distance)
  return { bound: node.bound, offset: distance }
}

/** A literal, a parameter, or a cast of one. */
function isConstant(expr: Expr): boolean {
  return expr.kind === 'literal' || (expr.kind === 'cast' && isConstant(expr.operand))
}
