import type { Parameter, SystemVariable } from '../../parse/ast.ts'
import { type Context, didYouMean, problemAt, unsupportedAt } from '../context.ts'
import type { Expr } from '../resolved.ts'

/** `@name` or `?`: the value that came with the query. */
export function resolveParameter(context: Context, node: Parameter): Expr {
  const { parameters } = context.resolution
  const { name, position } = node
  const given =
    name === undefined
      ? parameters.filter((parameter) => parameter.name === undefined)[position ?? 0]
      : parameters.find((parameter) => parameter.name?.toLowerCase() === name.toLowerCase())
  if (given === undefined) {
    const names = parameters.flatMap((parameter) => (parameter.name === undefined ? [] : [parameter.name]))
    throw problemAt(
      context,
      node,
      name === undefined
        ? `Query parameter number ${(position ?? 0) + 1} is not given`
        : `Query parameter '${name}' not found${didYouMean(name, names)}`,
    )
  }
  return { kind: 'literal', type: given.type, value: given.value, from: 'parameter' }
}

/** `@@error.message` and its like: what the session says they are. */
export function resolveSystemVariable(context: Context, node: SystemVariable): Expr {
  const name = node.path.parts.map((part) => part.name.toLowerCase()).join('.')
  const value = context.resolution.variables.get(`@@${name}`)
  if (value === undefined) throw unsupportedAt(context, node, `system variable @@${name}`)
  return value
}
