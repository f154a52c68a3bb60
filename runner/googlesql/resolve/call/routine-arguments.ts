import type { Argument, CreateFunction, Expression, FunctionParameter, Span } from '../../parse/ast.ts'
import { parseExpression } from '../../parse/index.ts'
import { typeName } from '../../types/print.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveType } from '../expression/type-node.ts'
import type { Expr } from '../resolved.ts'

/** A parameter with what the call gives for it: by position, by name, or nothing where it has a default. */
export interface MatchedArgument {
  readonly parameter: FunctionParameter
  readonly argument: Argument | undefined
}

/** Arguments and parameters side by side. @throws Problem if one is missing, given twice or not known */
export function matchArguments(
  context: Context,
  node: Span,
  args: readonly Argument[],
  { parameters }: Pick<CreateFunction, 'parameters'>,
  name: string,
): readonly MatchedArgument[] {
  const refuse = (at: Span, why: string) =>
    problemAt(context, at, `No matching signature for function ${name}: ${why}`)
  const wrongCount = () => refuse(node, `${parameters.length} arguments are declared, ${args.length} given`)
  if (args.length > parameters.length) throw wrongCount()
  const given = new Map<string, Argument>()
  for (const [index, arg] of args.entries()) {
    const wanted = (arg.kind === 'namedArgument' ? arg.name : parameters[index]?.name)?.name ?? ''
    const key = wanted.toLowerCase()
    if (!parameters.some((parameter) => parameter.name?.name.toLowerCase() === key)) {
      throw refuse(arg, `it has no argument ${wanted}`)
    }
    if (given.has(key)) throw refuse(arg, `argument ${wanted} is given twice`)
    if (arg.kind !== 'namedArgument' && args[index - 1]?.kind === 'namedArgument') {
      throw problemAt(context, arg, 'Positional arguments cannot follow named arguments')
    }
    given.set(key, arg.kind === 'namedArgument' ? arg.value : arg)
  }
  return parameters.map((parameter) => {
    const argument = given.get(parameter.name?.name.toLowerCase() ?? '')
    if (argument === undefined && parameter.defaultValue === undefined) throw wrongCount()
    return { parameter, argument }
  })
}

/** The values of scalar parameters, converted to the declared types; `ANY TYPE` takes them as they are. */
export function routineArguments(
  context: Context,
  inner: Context,
  node: Span,
  matched: readonly MatchedArgument[],
  name: string,
): readonly { readonly name: string; readonly expr: Expr }[] {
  return matched.map(({ parameter, argument }, index) => {
    const expr = argumentValue(context, inner, node, parameter, argument)
    const parameterName = (parameter.name?.name ?? '').toLowerCase()
    if (parameter.type.kind === 'anyType') {
      if (parameter.type.name !== 'TYPE') throw unsupportedAt(context, node, `ANY ${parameter.type.name}`)
      return { name: parameterName, expr }
    }
    const { type } = resolveType(inner, parameter.type)
    if (coercionCost(expr, type) === undefined) {
      throw problemAt(
        context,
        argument ?? node,
        `No matching signature for function ${name}: argument ${index + 1} must be ${typeName(type)}, found ${typeName(expr.type)}`,
      )
    }
    return { name: parameterName, expr: convert(expr, type) }
  })
}

function argumentValue(
  context: Context,
  inner: Context,
  node: Span,
  parameter: FunctionParameter,
  argument: Argument | undefined,
): Expr {
  if (argument === undefined) {
    const { defaultValue } = parameter
    if (defaultValue === undefined) throw problemAt(context, node, 'an argument is missing')
    const text = inner.source.text.slice(defaultValue.start, defaultValue.end)
    return resolveExpression({ ...inner, source: { ...inner.source, text } }, parseExpression(text))
  }
  if (!isExpression(argument)) throw unsupportedAt(context, argument, 'this kind of argument')
  return resolveExpression(context, argument)
}

const OTHER_ARGUMENTS = [
  'star',
  'namedArgument',
  'lambda',
  'tableArgument',
  'modelArgument',
  'connectionArgument',
  'descriptor',
]

export function isExpression(arg: Argument): arg is Expression {
  return !OTHER_ARGUMENTS.includes(arg.kind)
}
