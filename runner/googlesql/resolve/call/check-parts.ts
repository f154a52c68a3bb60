import { Problem } from '../../../problem.ts'
import { callFacts } from '../../lower/expression.ts'
import type { Span } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import type { Chosen } from './signature.ts'

/** What a function says of a date part that it has not, at the call and not only when it is lowered. */
export function checkParts(
  context: Pick<Context, 'source'>,
  node: Span,
  { signature, args, type }: Chosen,
): void {
  if (!args.some((arg) => arg.kind === 'part' && arg.text !== '')) return
  const names = args.map((arg) => (arg.kind === 'part' ? arg.text : 'x'))
  try {
    signature.lower(names, callFacts(args, type, false))
  } catch (error) {
    if (!(error instanceof Problem) || error.place.line !== undefined) throw error
    throw problemAt(context, node, error.message)
  }
}
