import type { FunctionEntry } from '../../functions/function.ts'
import { findFunction } from '../../functions/index.ts'
import type { Span } from '../../parse/ast.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import type { Expr, PartArgument } from '../resolved.ts'
import { checkParts } from './check-parts.ts'
import { requireSignature } from './signature.ts'

/** Functions whose answer differs between two calls. */
const VOLATILE = new Set([
  'RAND',
  'GENERATE_UUID',
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_DATETIME',
  'CURRENT_TIME',
])

/** The table's entry of an operator or function. @throws Problem if there is none, or it is refused */
export function builtin(context: Context, node: Span, name: string): FunctionEntry {
  const entry = findFunction(name)
  if (entry === undefined) throw unsupportedAt(context, node, `operator ${name}`)
  return usable(context, node, entry)
}

/** Refuses entries that have no right answer here. */
export function usable(context: Context, node: Span, entry: FunctionEntry): FunctionEntry {
  if (entry.refused !== undefined) {
    throw problemAt(context, node, `function ${entry.name} is not supported locally: ${entry.refused}`)
  }
  if (VOLATILE.has(entry.name)) context.resolution.met.volatile = true
  return entry
}

/** A call of an operator or scalar function with resolved arguments. */
export function callBuiltin(
  context: Context,
  node: Span,
  name: string,
  args: readonly (Expr | PartArgument)[],
  safe = false,
): Expr {
  const entry = builtin(context, node, name)
  const given = args.map((value) => ({ value, name: undefined }))
  const chosen = requireSignature(context, node, entry, given)
  checkParts(context, node, chosen)
  return { kind: 'call', type: chosen.type, entry, signature: chosen.signature, args: chosen.args, safe }
}
