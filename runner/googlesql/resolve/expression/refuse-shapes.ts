import type { FunctionEntry } from '../../functions/function.ts'
import type { Span } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import type { GivenArgument } from '../call/signature.ts'
import { type Context, problemAt } from '../context.ts'
import { isLiteral, isUntypedNull } from './coerce.ts'

/** A NULL written out says nothing of the type of a range or an array's elements; there are no arrays of arrays. */
export function refuseShapes(
  context: Pick<Context, 'source'>,
  node: Span,
  entry: FunctionEntry,
  given: readonly GivenArgument[],
): void {
  const first = given[0]?.value
  if (entry.name === 'ARRAY_AGG' && first?.kind !== 'part' && first?.type.kind === 'ARRAY') {
    throw problemAt(
      context,
      node,
      `The argument to ARRAY_AGG must not be an array type but was ${typeName(first.type)}`,
    )
  }
  const [, moment] = given
  if (entry.name === 'EXTRACT' && moment !== undefined && moment.value.kind !== 'part') {
    if (isLiteral(moment.value) && moment.value.type.kind === 'STRING')
      throw problemAt(context, node, 'EXTRACT does not support literal STRING arguments')
  }
  const nulls = given.map(({ value }) => value.kind !== 'part' && isUntypedNull(value))
  if (entry.name === 'RANGE' && nulls.length === 2 && nulls.every((one) => one)) {
    throw problemAt(context, node, 'at least one of RANGE() arguments must be typed')
  }
  if (entry.name === 'RANGE') refuseBounds(context, node, given)
  if (entry.name === 'RANGE_BUCKET' && nulls[1] === true) {
    throw problemAt(context, node, 'Second argument of RANGE_BUCKET must be an array but was INT64')
  }
  const ranged = entry.signatures.some(({ parameters }) =>
    nulls.some(
      (isNull, index) =>
        isNull && parameters[index]?.type === 'RANGE<T1>' && (index === 0 || entry.name === 'RANGE_OVERLAPS'),
    ),
  )
  if (!ranged) return
  throw problemAt(
    context,
    node,
    'A literal NULL argument cannot be accepted in place of RANGE. Add a CAST to specify the type like CAST(NULL AS RANGE<DATE>). Range supports DATE, DATETIME, and TIMESTAMP',
  )
}

/** RANGE converts neither of its bounds. */
function refuseBounds(context: Pick<Context, 'source'>, node: Span, given: readonly GivenArgument[]): void {
  const types = given.flatMap(({ value }) =>
    value.kind === 'part' || isUntypedNull(value) ? [] : [typeName(value.type)],
  )
  if (new Set(types).size > 1) throw problemAt(context, node, 'RANGE() arguments must be of the same type')
  if (types[0] === 'STRING') throw problemAt(context, node, 'STRING is not supported by RANGE()')
}
