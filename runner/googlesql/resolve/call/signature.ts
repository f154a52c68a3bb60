import type { Call, FunctionEntry, Parameter, Signature, Template } from '../../functions/function.ts'
import { visitColumns } from '../../lower/uses.ts'
import type { Span } from '../../parse/ast.ts'
import { equivalentTypes } from '../../types/equal.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import { type Context, problemAt } from '../context.ts'
import {
  coercionCost,
  commonType,
  convert,
  isLiteral,
  isUntyped,
  isUntypedNull,
  placed,
} from '../expression/coerce.ts'
import { refuseShapes } from '../expression/refuse-shapes.ts'
import type { Expr, PartArgument } from '../resolved.ts'

/** An argument of a call before its signature is known. */
export interface GivenArgument {
  readonly value: Expr | PartArgument
  /** `name => value`. */
  readonly name: string | undefined
}

export interface Chosen {
  readonly signature: Signature
  /** Converted to the parameters' types; an optional one that was skipped is a part without text. */
  readonly args: readonly (Expr | PartArgument)[]
  readonly type: SqlType
}

/**
 * The signature that fits the arguments best, with the arguments converted.
 *
 * @throws Problem at `node` if none fits, or the one that fits is refused here
 */
export function requireSignature(
  context: Pick<Context, 'source'>,
  node: Span,
  entry: FunctionEntry,
  given: readonly GivenArgument[],
): Chosen {
  refuseShapes(context, node, entry, given)
  if (
    entry.name.startsWith('ARRAY_CONCAT') &&
    given.some(({ value }) => value.kind !== 'part' && isUntypedNull(value))
  ) {
    throw problemAt(
      context,
      node,
      'The argument to ARRAY_CONCAT (or ARRAY_CONCAT_AGG) must be an array type but was NULL',
    )
  }
  const chosen = placed(context, node, () => chooseSignature(entry, given))
  if (chosen === undefined) throw problemAt(context, node, notDefined(entry, given) ?? noMatch(entry, given))
  const { refused } = chosen.signature
  if (refused !== undefined) {
    throw problemAt(context, node, `function ${entry.name} is not supported locally here: ${refused}`)
  }
  for (const [index, arg] of chosen.args.entries()) {
    const parameter = parameterAt(chosen.signature, index)
    const wanted =
      parameter?.constant === true && holdsColumn(arg)
        ? 'a constant expression'
        : parameter?.literal === true && arg.kind !== 'part' && !isLiteralOrParameter(arg)
          ? 'a literal or query parameter'
          : undefined
    if (wanted === undefined) continue
    const which = parameter?.namedOnly === true ? `'${parameter.name}'` : index + 1
    throw problemAt(context, node, `Argument ${which} to ${entry.name} must be ${wanted}`)
  }
  return chosen
}

function parameterAt({ parameters }: Signature, index: number): Parameter | undefined {
  const last = parameters.at(-1)
  return parameters[index] ?? (last?.repeated === true ? last : undefined)
}

function holdsColumn(arg: Expr | PartArgument): boolean {
  let found = false
  visitColumns(arg, () => {
    found = true
  })
  return found
}

function chooseSignature(entry: FunctionEntry, given: readonly GivenArgument[]): Chosen | undefined {
  let best: { readonly chosen: Match; readonly cost: number } | undefined
  for (const signature of entry.signatures) {
    const match = matchSignature(signature, given)
    if (match !== undefined && (best === undefined || match.cost < best.cost)) {
      best = { chosen: match, cost: match.cost }
      if (match.cost === 0) break
    }
  }
  if (best === undefined) return undefined
  const { signature, args, types } = best.chosen
  const converted = args.map((arg, index) => {
    const type = types[index]
    return arg.kind === 'part' || type === undefined ? arg : convert(arg, type)
  })
  const argumentTypes = converted.map((arg) => (arg.kind === 'part' ? { kind: 'STRING' as const } : arg.type))
  const { result } = signature
  return {
    signature,
    args: converted,
    type: typeof result === 'function' ? result(argumentTypes, converted.map(literalOf)) : result,
  }
}

/** A part's text or a literal's value, for results that depend on it (EXTRACT). */
function literalOf(arg: Expr | PartArgument): Call['literals'][number] {
  if (arg.kind === 'part') return arg.text
  if (arg.kind !== 'literal' || typeof arg.value === 'object') return undefined
  return arg.value
}

interface Match {
  readonly signature: Signature
  readonly args: readonly (Expr | PartArgument)[]
  /** What each argument is converted to; undefined: nothing. */
  readonly types: readonly (SqlType | undefined)[]
  readonly cost: number
}

function matchSignature(
  signature: Signature,
  given: readonly GivenArgument[],
  anyTypes = false,
): Match | undefined {
  const placed = place(signature, given)
  if (placed === undefined) return undefined
  const templates = unify(placed)
  if (templates === undefined) return undefined
  let cost = 0
  // MOD(5.5, 2) is no NUMERIC call: a FLOAT64 literal becomes one only beside a NUMERIC.
  const decimals = placed.some(({ arg }) => arg.kind !== 'part' && isDecimal(elementOf(arg.type)))
  const types: (SqlType | undefined)[] = []
  for (const { parameter, arg } of placed) {
    if (arg.kind === 'part') {
      types.push(undefined)
      continue
    }
    const type = parameterType(parameter, arg, templates)
    const step = type === undefined ? undefined : coercionCost(arg, type)
    if (type === undefined || step === undefined) return undefined
    if (!sameElements(parameter, arg, type)) return undefined
    if (isDecimal(type) && arg.type.kind === 'FLOAT64' && !decimals) return undefined
    types.push(type)
    cost += step
  }
  const met = placed.map(
    ({ arg }, index) => types[index] ?? (arg.kind === 'part' ? { kind: 'STRING' as const } : arg.type),
  )
  if (!anyTypes && signature.accepts !== undefined && !signature.accepts(met)) return undefined
  return { signature, args: placed.map(({ arg }) => arg), types, cost }
}

/** An array is never converted for a template, whatever it is made of: ARRAY_CONCAT([1], [1.5]) has no signature. */
function sameElements(parameter: Parameter, arg: Expr, type: SqlType): boolean {
  if (typeof parameter.type !== 'string' || !parameter.type.startsWith('ARRAY')) return true
  return isUntyped(arg) || equivalentTypes(arg.type, type)
}

/** What an array is made of; of what is no array, itself. */
const elementOf = (type: SqlType): SqlType => (type.kind === 'ARRAY' ? type.element : type)

function isDecimal(type: SqlType): boolean {
  return type.kind === 'NUMERIC' || type.kind === 'BIGNUMERIC'
}

function isLiteralOrParameter(arg: Expr): boolean {
  if (arg.kind === 'cast') return isLiteralOrParameter(arg.operand)
  return isLiteral(arg) || arg.kind === 'literal'
}

/** An optional argument that was left out before one that was given: empty text, which no expression lowers to. */
const SKIPPED: PartArgument = { kind: 'part', text: '' }

interface Placed {
  readonly parameter: Parameter
  readonly arg: Expr | PartArgument
}

/** Each argument with its parameter; undefined if their number, names or kinds do not agree. */
function place(signature: Signature, given: readonly GivenArgument[]): readonly Placed[] | undefined {
  const { parameters } = signature
  const placed: (Placed | undefined)[] = []
  const last = parameters.at(-1)
  for (const [index, argument] of given.entries()) {
    const at = argument.name === undefined ? index : named(parameters, argument.name)
    if (at === undefined) return undefined
    const parameter = parameters[at] ?? (last?.repeated === true ? last : undefined)
    if (parameter === undefined || placed[at] !== undefined) return undefined
    if (argument.name === undefined && parameter.namedOnly === true) return undefined
    if ((parameter.datePart === true) !== (argument.value.kind === 'part')) return undefined
    placed[at] = { parameter, arg: argument.value }
  }
  for (const [index, parameter] of parameters.entries()) {
    if (placed[index] !== undefined) continue
    if (parameter.optional !== true && parameter.repeated !== true) return undefined
    if (index >= placed.length) continue
    placed[index] = { parameter, arg: SKIPPED }
  }
  return placed.filter((item) => item !== undefined)
}

function named(parameters: readonly Parameter[], name: string): number | undefined {
  const index = parameters.findIndex((parameter) => parameter.name?.toLowerCase() === name.toLowerCase())
  return index < 0 ? undefined : index
}

type Templates = Partial<Record<'T1' | 'T2', SqlType>>

/** What T1 and T2 stand for in this call. */
function unify(placed: readonly Placed[]): Templates | undefined {
  const result: Templates = {}
  for (const variable of ['T1', 'T2'] as const) {
    const exprs: Expr[] = []
    let used = false
    for (const { parameter, arg } of placed) {
      if (typeof parameter.type !== 'string' || arg.kind === 'part') continue
      if (!parameter.type.includes(variable)) continue
      used = true
      const parts = templateExprs(parameter.type, arg)
      if (parts === undefined) return undefined
      exprs.push(...parts)
    }
    if (!used) continue
    const type = commonType(exprs)
    if (type === undefined) return undefined
    result[variable] = type
  }
  return result
}

/** The expressions whose common type the template's variable is; undefined if the argument has another shape. */
function templateExprs(template: Template, arg: Expr): readonly Expr[] | undefined {
  if (isUntypedNull(arg) || template === 'T1' || template === 'T2') return [arg]
  const shape = template.startsWith('ARRAY') ? 'ARRAY' : 'RANGE'
  if (arg.type.kind !== shape) return undefined
  if (isUntyped(arg)) return []
  if (arg.kind === 'array' && arg.elements.length > 0 && isLiteral(arg)) return arg.elements
  // Only its type counts: an element of a value that is no literal.
  return [{ kind: 'field', type: arg.type.element, operand: arg, index: 0 }]
}

function parameterType(parameter: Parameter, arg: Expr, templates: Templates): SqlType | undefined {
  const { type } = parameter
  if (typeof type === 'function') return type(arg.type) ? arg.type : predicateType(type, arg)
  if (typeof type !== 'string') return type
  const variable = templates[type.includes('T1') ? 'T1' : 'T2']
  if (variable === undefined) return undefined
  if (type.startsWith('ARRAY')) return { kind: 'ARRAY', element: variable }
  if (type.startsWith('RANGE')) return { kind: 'RANGE', element: variable }
  return variable
}

const TRIED: readonly SqlType['kind'][] = ['INT64', 'STRING', 'FLOAT64', 'BOOL', 'DATE', 'TIMESTAMP', 'JSON']

/** NULL, and only NULL, may become what the predicate takes. */
function predicateType(predicate: (type: SqlType) => boolean, arg: Expr): SqlType | undefined {
  if (!isUntypedNull(arg)) return undefined
  for (const kind of TRIED) {
    const type = { kind } as SqlType
    if (predicate(type)) return type
  }
  const array: SqlType = { kind: 'ARRAY', element: { kind: 'INT64' } }
  return predicate(array) ? array : undefined
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': 'Equality',
  '<>': 'Inequality',
  '<': 'Less than',
  '<=': 'Less than',
  '>': 'Greater than',
  '>=': 'Greater than',
}

/** BigQuery's words for arguments of a type that a call of one template is not made for. */
function notDefined(entry: FunctionEntry, given: readonly GivenArgument[]): string | undefined {
  for (const signature of entry.signatures) {
    if (!signature.parameters.some(({ type }) => type === 'T1' || typeof type === 'function')) continue
    const met = signature.accepts && matchSignature(signature, given, true)
    const first = met?.args[0]
    if (met === undefined || first === undefined || first.kind === 'part') continue
    const what = COMPARISONS[entry.name] ?? (entry.name.startsWith('IS ') ? 'Grouping' : entry.name)
    return `${what} is not defined for arguments of type ${typeName(met.types[0] ?? first.type)}`
  }
  return undefined
}

const KINDS = { operator: 'operator', aggregate: 'aggregate function', scalar: 'function', table: 'function' }

/** INT64 first, then FLOAT64, then the others: the order in which BigQuery lists signatures. */
function inOrder(signatures: readonly Signature[]): readonly Signature[] {
  const at = signatures.findIndex((signature) => /NUMERIC$/.test(kindOf(signature) ?? ''))
  if (at < 0) return signatures
  const floats = signatures.filter((signature, index) => index > at && kindOf(signature) === 'FLOAT64')
  const others = signatures.filter((signature) => !floats.includes(signature))
  return [...others.slice(0, at), ...floats, ...others.slice(at)]
}

function kindOf({ parameters }: Signature): string | undefined {
  const type = parameters[0]?.type
  return typeof type === 'object' ? type.kind : undefined
}

/** BigQuery's words for a call that fits no signature. */
function noMatch(entry: FunctionEntry, given: readonly GivenArgument[]): string {
  const types = given.map(({ value }) =>
    value.kind === 'part' ? 'DATE_TIME_PART' : isUntypedNull(value) ? 'NULL' : typeName(value.type),
  )
  const what = entry.kind in KINDS ? KINDS[entry.kind as keyof typeof KINDS] : 'analytic function'
  const listed = entry.signatures.filter((signature) => signature.unlisted !== true)
  const lines = inOrder(listed).flatMap((signature) => [
    `  Signature: ${signatureText(entry, signature)}`,
    ...reasons(signature, given).map((reason) => `    ${reason}`),
  ])
  const head = `No matching signature for ${what} ${entry.name}`
  return types.length === 0
    ? [`${head} with no arguments`, ...lines].join('\n')
    : entry.name in COMPARISONS || entry.name === 'LIKE'
      ? [`${head} for argument types: ${types.join(', ')}`, ...lines].join('\n')
      : [head, `  Argument types: ${types.join(', ')}`, ...lines].join('\n')
}

function signatureText(entry: FunctionEntry, signature: Signature): string {
  const parameters = signature.parameters.map(parameterText)
  if (entry.kind !== 'operator' || !/^(\W+|LIKE)$/.test(entry.name))
    return `${entry.name}(${parameters.join(', ')})`
  return parameters.length === 1 ? `${entry.name}${parameters[0]}` : parameters.join(` ${entry.name} `)
}

/** Why a signature does not fit, as far as that is plain. */
function reasons(signature: Signature, given: readonly GivenArgument[]): readonly string[] {
  const { parameters } = signature
  const least = parameters.filter((p) => p.optional !== true && p.repeated !== true).length
  const most = parameters.some((p) => p.repeated === true) ? Number.POSITIVE_INFINITY : parameters.length
  const text = (count: number) => `${count} argument${count === 1 ? '' : 's'}`
  if (given.length < least) return [`Signature requires at least ${text(least)}, found ${text(given.length)}`]
  if (given.length > most) return [`Signature accepts at most ${text(most)}, found ${text(given.length)}`]
  for (const [index, { value, name }] of given.entries()) {
    const parameter = parameters[index] ?? parameters.at(-1)
    if (parameter === undefined || name !== undefined || value.kind === 'part') continue
    const { type } = parameter
    if (typeof type === 'string' || typeof type === 'function') continue
    if (coercionCost(value, type) === undefined) {
      return [
        `Argument ${index + 1}: Unable to coerce type ${typeName(value.type)} to expected type ${typeName(type)}`,
      ]
    }
  }
  return templateReason(signature, given)
}

/** What the arguments of one template are, where they have no type in common. */
function templateReason(signature: Signature, given: readonly GivenArgument[]): readonly string[] {
  const placed = place(signature, given)
  if (placed === undefined || unify(placed) !== undefined) return []
  const types = placed.flatMap(({ parameter, arg }) =>
    parameter.type === 'T1' && arg.kind !== 'part' && !isUntypedNull(arg) ? [typeName(arg.type)] : [],
  )
  if (types.length < 2) return []
  return [
    'Unable to find common supertype for templated argument <T1>',
    `  Input types for <T1>: {${[...new Set(types)].join(', ')}}`,
  ]
}

function parameterText(parameter: Parameter): string {
  const { type } = parameter
  const text =
    parameter.datePart === true
      ? 'DATE_TIME_PART'
      : typeof type === 'function'
        ? 'T'
        : typeof type === 'string'
          ? type
          : typeName(type)
  const named =
    parameter.namedOnly === true && parameter.name !== undefined ? `${parameter.name} => ${text}` : text
  if (parameter.repeated === true) return `[${named}, ...]`
  return parameter.optional === true ? `[${named}]` : named
}
