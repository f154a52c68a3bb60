import type { FunctionEntry } from '../../functions/function.ts'
import type { Span } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import type { Expr, FrameEdge, WindowCall, WindowFrame } from '../resolved.ts'

export type Window = Pick<WindowCall, 'partitionBy' | 'windowOrder' | 'frame'>

/** What a window function wants of its window, and of the clauses in its call (window-function-calls). */
export function checkWindow(
  context: Context,
  node: Span,
  frame: Span,
  entry: FunctionEntry,
  call: Pick<WindowCall, 'orderBy' | 'limit'>,
  window: Window,
): void {
  if (entry.kind === 'aggregate') {
    const clause = call.orderBy.length > 0 ? 'ORDER BY' : call.limit !== undefined ? 'LIMIT' : undefined
    if (clause !== undefined)
      throw problemAt(context, node, `${clause} in arguments is not supported on analytic functions`)
    return
  }
  const name = entry.name.toLowerCase()
  const percentile = name.startsWith('percentile_')
  if (percentile && window.windowOrder.length > 0)
    throw problemAt(context, node, `Window ORDER BY is not allowed for analytic function ${name}`)
  if (!percentile && window.windowOrder.length === 0 && name !== 'row_number')
    throw problemAt(context, node, `Window ORDER BY is required for analytic function ${name}`)
  const frames = entry.kind === 'navigation' && entry.clauses?.over !== 'no frame'
  if (window.frame !== undefined && !frames) {
    throw problemAt(context, frame, `Window framing clause is not allowed for analytic function ${name}`)
  }
}

/** The ends of a frame against each other, and a RANGE against its order. */
export function checkFrame(context: Context, node: Span, frame: WindowFrame, ordered: boolean): void {
  if (frame.to.bound === 'UNBOUNDED PRECEDING')
    throw problemAt(context, node, 'Ending window framing expression cannot be UNBOUNDED PRECEDING')
  if (frame.from.bound === 'UNBOUNDED FOLLOWING')
    throw problemAt(context, node, 'Starting window framing expression cannot be UNBOUNDED FOLLOWING')
  if (rank(frame.from) > rank(frame.to))
    throw problemAt(context, node, 'Starting window framing expression must precede ending expression')
  const whole = frame.from.bound === 'UNBOUNDED PRECEDING' && frame.to.bound === 'UNBOUNDED FOLLOWING'
  if (frame.unit === 'RANGE' && !ordered && !whole) {
    throw problemAt(
      context,
      node,
      'A RANGE-based window without ORDER BY includes all rows in the window frame so only RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING syntax is supported',
    )
  }
}

function rank(edge: FrameEdge): number {
  return ['UNBOUNDED PRECEDING', 'PRECEDING', 'CURRENT ROW', 'FOLLOWING', 'UNBOUNDED FOLLOWING'].indexOf(
    edge.bound,
  )
}

/** A frame's distance: a literal or a parameter, and not below 0. */
export function checkDistance(context: Context, node: Span, distance: Expr): void {
  if (distance.kind === 'cast') checkDistance(context, node, distance.operand)
  if (distance.kind !== 'literal') return
  if (distance.value === null) throw problemAt(context, node, 'Window framing expression cannot be NULL')
  if (/nan|inf/i.test(String(distance.value)))
    throw problemAt(context, node, 'a window framing expression that is not finite is not supported locally')
  if (String(distance.value).startsWith('-'))
    throw problemAt(context, node, 'Window framing expression cannot evaluate to a negative value')
}
