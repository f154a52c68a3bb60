import type { TypeNode } from '../../parse/ast.ts'
import { scalarType, scalarTypeNames } from '../../types/scalars.ts'
import type { ColumnType, SqlType } from '../../types/type.ts'
import { type Context, didYouMean, problemAt, unsupportedAt } from '../context.ts'

/** The type that a type as written means, with its parameters. @throws Problem for a name that is no type */
export function resolveType(context: Pick<Context, 'source'>, node: TypeNode): ColumnType {
  if (node.collate !== undefined) throw unsupportedAt(context, node.collate, 'COLLATE')
  const type = bareType(context, node)
  if (node.parameters === undefined) return { type }
  const parameters = node.parameters.map((value) => (value === 'MAX' ? -1 : Number(value)))
  const wrong = wrongParameters(type.kind, parameters)
  if (wrong !== undefined) throw problemAt(context, node, wrong)
  return { type, parameters: parameters.filter((value) => value >= 0) }
}

/** What is wrong with a type's parameters; MAX is -1 (data-types#parameterized_data_types). */
function wrongParameters(kind: SqlType['kind'], parameters: readonly number[]): string | undefined {
  const [first = 0, scale] = parameters
  if (kind === 'STRING' || kind === 'BYTES') {
    if (parameters.length > 1)
      return `${kind} type can only have one parameter. Found ${parameters.length} parameters`
    if (first === 0) return `${kind} length must be greater than 0`
    return first <= 2 ** 63 ? undefined : `Invalid integer literal: ${first}`
  }
  if (kind !== 'NUMERIC' && kind !== 'BIGNUMERIC') return `${kind} does not support type parameters`
  if (parameters.length > 2)
    return `${kind} type can only have 1 or 2 parameters. Found ${parameters.length} parameters`
  if (first < 0) return kind === 'NUMERIC' ? 'NUMERIC precision must be an integer' : undefined
  const [whole, most] = kind === 'NUMERIC' ? [29, 9] : [38, 38]
  if (scale !== undefined && scale > most) return `In ${kind}(P, S), S must be between 0 and ${most}`
  const [low, high] = [Math.max(1, scale ?? 0), whole + (scale ?? 0)]
  const shown = scale === undefined ? 'P' : `P, ${scale}`
  return first < low || first > high
    ? `In ${kind}(${shown}), P must be between ${low} and ${high}`
    : undefined
}

function bareType(context: Pick<Context, 'source'>, node: TypeNode): SqlType {
  switch (node.kind) {
    case 'simpleType': {
      const name = node.name.parts.map((part) => part.name).join('.')
      const type = scalarType(name)
      if (type === undefined) {
        throw problemAt(context, node, `Type not found: ${name}${didYouMean(name, scalarTypeNames)}`)
      }
      return type
    }
    case 'arrayType': {
      const element = inner(context, node.element)
      if (element.kind === 'ARRAY') throw problemAt(context, node, 'Arrays of arrays are not supported')
      return { kind: 'ARRAY', element }
    }
    case 'structType':
      return {
        kind: 'STRUCT',
        fields: node.fields.map((field) => ({ name: field.name?.name, type: inner(context, field.type) })),
      }
    case 'rangeType': {
      const element = inner(context, node.element)
      if (!['DATE', 'DATETIME', 'TIMESTAMP'].includes(element.kind)) {
        throw problemAt(context, node, `RANGE<${element.kind}> is not a valid type`)
      }
      return { kind: 'RANGE', element }
    }
    case 'tableType':
    case 'anyType':
      throw problemAt(context, node, 'This type can only be used for the parameters of functions')
  }
}

function inner(context: Pick<Context, 'source'>, node: TypeNode): SqlType {
  const { type, parameters } = resolveType(context, node)
  if (parameters !== undefined && parameters.length > 0) {
    throw unsupportedAt(context, node, 'a type parameter inside another type')
  }
  return type
}
