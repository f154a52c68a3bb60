import type { FunctionEntry, Parameter } from '../../functions/function.ts'
import { allFunctions, findFunction } from '../../functions/index.ts'
import type { Argument, Call, Expression, Span } from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import { type Context, didYouMean, keywordBefore, ORDER_BY, problemAt, unsupportedAt } from '../context.ts'
import { resolveExpression } from '../expression/expression.ts'
import { intervalPart, partArgument } from '../expression/interval.ts'
import type { Expr, PartArgument } from '../resolved.ts'
import { resolveAggregateCall } from './aggregate-call.ts'
import { usable } from './builtin.ts'
import { checkParts } from './check-parts.ts'
import { resolveGrouping } from './grouping-call.ts'
import { findRoutine, resolveRoutineCall, routineStatement } from './routine.ts'
import { type GivenArgument, requireSignature } from './signature.ts'
import { resolveWindowCall } from './window-call.ts'

/** What stands before the dot of BigQuery's own functions. */
const BUILTIN_PREFIXES = new Set([
  'NET',
  'KEYS',
  'AEAD',
  'HLL_COUNT',
  'KLL_QUANTILES',
  'ML',
  'AI',
  'OBJ',
  'BIGLAKE',
  'VECTOR_INDEX',
])

/** A call of a function of any kind. */
export function resolveCall(context: Context, node: Call): Expr {
  const parts = nameParts(node.name)
  const name = parts.join('.')
  const routine = findRoutine(context, node.name)
  if (routine !== undefined) {
    const statement = routineStatement(routine)
    const aggregate = statement?.kind === 'createFunction' && statement.aggregate
    if (!aggregate) refuseAggregateClauses(context, node, name)
    return resolveRoutineCall(context, node, routine)
  }
  if (name.toUpperCase() === 'GROUPING') {
    if (node.over === undefined) return resolveGrouping(context, node)
    throw problemAt(context, node, 'Aggregate function GROUPING does not support an OVER clause')
  }
  const entry = findFunction(name)
  if (entry === undefined) {
    const names = allFunctions()
      .filter((known) => known.kind !== 'operator')
      .map((known) => known.name)
    if (parts.length > 1 && BUILTIN_PREFIXES.has((parts[0] ?? '').toUpperCase())) {
      throw problemAt(context, node, `Function not found: ${name}${didYouMean(name.toUpperCase(), names)}`)
    }
    if (parts.length > 1) {
      const { start, end } = node.name
      throw problemAt(context, node, `Function not found: ${context.source.text.slice(start, end)}`)
    }
    const near = didYouMean(name.toUpperCase(), names)
    throw problemAt(context, node, `Function not found: ${name}${near}`)
  }
  if (entry.kind === 'operator') throw problemAt(context, node, `Function not found: ${name}`)
  usable(context, node, entry)
  if (node.over !== undefined) return resolveWindowCall(context, node, entry)
  if (entry.kind === 'aggregate') return resolveAggregateCall(context, node, entry)
  if (entry.kind === 'navigation' || entry.kind === 'numbering') {
    throw problemAt(context, node, `Analytic function ${entry.name} cannot be called without an OVER clause`)
  }
  refuseAggregateClauses(context, node, entry.name)
  const given = resolveArguments(context, entry, node.args)
  const chosen = requireSignature(context, node, entry, given)
  checkParts(context, node, chosen)
  return {
    kind: 'call',
    type: chosen.type,
    entry,
    signature: chosen.signature,
    args: chosen.args,
    safe: node.safe,
  }
}

function refuseAggregateClauses(context: Context, node: Call, name: string): void {
  if (node.distinct)
    throw problemAt(context, node, `Non-aggregate function ${name} cannot be called with DISTINCT`)
  if (node.nulls !== undefined) {
    const message = 'IGNORE NULLS and RESPECT NULLS are not supported on scalar functions'
    throw problemAt(context, node, message)
  }
  const [first] = node.orderBy ?? []
  const refuse = (what: string, place: Span) => problemAt(context, place, `${what} on scalar functions`)
  if (node.having !== undefined) throw refuse('HAVING MAX and HAVING MIN are not supported', node.having)
  if (first !== undefined)
    throw refuse('ORDER BY in arguments is not supported', keywordBefore(context, first, ORDER_BY))
  if (node.limit !== undefined)
    throw refuse(
      'LIMIT in arguments is not supported',
      keywordBefore(context, node.limit.count, /LIMIT\s*$/i),
    )
}

/** The arguments, with date parts and intervals in the form that the entry's signatures ask for. */
export function resolveArguments(
  context: Context,
  entry: FunctionEntry,
  args: readonly Argument[],
): readonly GivenArgument[] {
  const given: GivenArgument[] = []
  for (const arg of args) {
    const name = arg.kind === 'namedArgument' ? arg.name.name : undefined
    const value = arg.kind === 'namedArgument' ? arg.value : arg
    const at = given.length
    if (value.kind === 'interval' && takesInterval(entry, at)) {
      given.push({ value: resolveExpression(context, value.value), name })
      given.push({ value: intervalPart(value), name: undefined })
      continue
    }
    const part = entry.signatures.some(
      (signature) => parameterAt(signature.parameters, at)?.datePart === true,
    )
      ? datePart(value)
      : undefined
    given.push({ value: part ?? resolveExpression(context, expressionArgument(context, value)), name })
  }
  return given
}

function takesInterval(entry: FunctionEntry, at: number): boolean {
  return entry.signatures.some((signature) => {
    const parameter = parameterAt(signature.parameters, at)
    const next = parameterAt(signature.parameters, at + 1)
    return parameter?.datePart !== true && next?.datePart === true
  })
}

function parameterAt(parameters: readonly Parameter[], index: number): Parameter | undefined {
  const last = parameters.at(-1)
  return parameters[index] ?? (last?.repeated === true ? last : undefined)
}

/** `DAY`, `WEEK(MONDAY)` as the text of a part; undefined for anything else. */
function datePart(arg: Argument): PartArgument | undefined {
  if (arg.kind === 'path' && arg.parts.length === 1) return partArgument(arg.parts)
  if (arg.kind !== 'call' || arg.name.parts.length !== 1 || arg.args.length !== 1) return undefined
  const [weekday] = arg.args
  const name = arg.name.parts[0]?.name
  if (name === undefined || weekday?.kind !== 'path' || weekday.parts.length !== 1) return undefined
  return { kind: 'part', text: `${name}(${weekday.parts[0]?.name ?? ''})`.toUpperCase() }
}

function expressionArgument(context: Context, arg: Argument): Expression {
  switch (arg.kind) {
    case 'star':
      throw problemAt(context, arg, 'Argument * can only be used in COUNT(*)')
    case 'lambda':
      throw unsupportedAt(context, arg, 'a lambda argument')
    case 'tableArgument':
    case 'modelArgument':
    case 'connectionArgument':
    case 'descriptor':
      throw unsupportedAt(context, arg, 'this kind of argument')
    case 'namedArgument':
      throw problemAt(context, arg, 'Unexpected named argument')
    default:
      return arg
  }
}
