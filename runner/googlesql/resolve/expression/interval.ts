import type { DatePart, Identifier, IntervalExpression } from '../../parse/ast.ts'
import { callBuiltin } from '../call/builtin.ts'
import type { Context } from '../context.ts'
import type { Expr, PartArgument } from '../resolved.ts'
import { resolveExpression } from './expression.ts'

/** `INTERVAL 5 DAY` where a value of type INTERVAL is meant. */
export function resolveInterval(context: Context, node: IntervalExpression): Expr {
  return callBuiltin(context, node, 'INTERVAL', [resolveExpression(context, node.value), intervalPart(node)])
}

/** `DAY`, `YEAR TO MONTH`. */
export function intervalPart(node: IntervalExpression): PartArgument {
  return partArgument(node.to === undefined ? [node.from] : [node.from, node.to])
}

export function partArgument(names: readonly Identifier[]): PartArgument {
  return { kind: 'part', text: names.map((name) => name.name.toUpperCase()).join(' TO ') }
}

/** EXTRACT's part: `WEEK(MONDAY)`. */
export function extractPart(part: DatePart): PartArgument {
  return {
    kind: 'part',
    text: part.weekday === undefined ? part.name : `${part.name}(${part.weekday.toUpperCase()})`,
  }
}
