import { orderable } from '../types/predicates.ts'
import type { SqlType } from '../types/type.ts'
import type { Call, FunctionEntry, Parameter, Signature } from './function.ts'

/** What the family files are written with: an entry is a name, its page and its signatures, one line each. */

type ParameterLike = Parameter | Parameter['type']

/** A signature: parameters, result, lowering. A bare type stands for a required parameter of it. */
export function signature(
  parameters: readonly ParameterLike[],
  result: Signature['result'],
  lower: (args: readonly string[], call: Call) => string,
): Signature {
  return { parameters: parameters.map(asParameter), result, lower }
}

/** A signature whose lowering needs the arguments alone, by position. */
export function plain(
  parameters: readonly ParameterLike[],
  result: Signature['result'],
  lower: (...args: string[]) => string,
): Signature {
  return signature(parameters, result, (args) => lower(...args))
}

export function scalar(name: string, page: string, signatures: readonly Signature[]): FunctionEntry {
  return { name, kind: 'scalar', page, signatures }
}

export function operator(name: string, anchor: string, signatures: readonly Signature[]): FunctionEntry {
  return { name, kind: 'operator', page: `operators#${anchor}`, signatures }
}

/** BigQuery has it; here it is refused, for a reason that the user reads. */
export function refused(
  name: string,
  page: string,
  reason: string,
  kind: FunctionEntry['kind'] = 'scalar',
): FunctionEntry {
  return { name, kind, page, signatures: [], refused: reason }
}

export function optional(type: Parameter['type'], name?: string): Parameter {
  return { type, optional: true, ...(name === undefined ? {} : { name }) }
}

export function repeated(type: Parameter['type']): Parameter {
  return { type, repeated: true }
}

export function named(name: string, type: Parameter['type'], more: Partial<Parameter> = {}): Parameter {
  return { type, name, optional: true, namedOnly: true, ...more }
}

/** An optional argument's SQL, or what stands for one that was left out. */
export function given(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value
}

/** A date part's place: `DAY`, `WEEK(MONDAY)`. */
export const part: Parameter = { type: { kind: 'STRING' }, datePart: true }

/** `INTERVAL n PART` written in the call: gives two arguments, the INT64 and the part's text. */
export const interval: readonly Parameter[] = [{ type: { kind: 'INT64' }, interval: true }, part]

export const anyType = (_type: SqlType): boolean => true

/** The first argument's type must have an order. */
export function sortable(entry: Signature): Signature {
  return { ...entry, accepts: ([type]) => type !== undefined && orderable(type) }
}

/** Two argument types are the same template's; the second of `args` is the first's. */
export function typeAt(args: readonly SqlType[], index: number): SqlType {
  const type = args[index]
  if (type === undefined) throw new RangeError(`call has no argument ${index}`)
  return type
}

function asParameter(given: ParameterLike): Parameter {
  return typeof given === 'object' && 'type' in given ? given : { type: given }
}
