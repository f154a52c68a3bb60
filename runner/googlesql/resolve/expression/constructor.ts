import type { ArrayConstructor, Expression, StructConstructor, Tuple } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import type { StructField } from '../../types/type.ts'
import { type Context, problemAt } from '../context.ts'
import type { Expr } from '../resolved.ts'
import { coerceTo, coercionCost, convert, toCommonType } from './coerce.ts'
import { resolveExpression } from './expression.ts'
import { resolveType } from './type-node.ts'

/** `[a, b]`, `ARRAY<T>[a, b]`. */
export function resolveArray(context: Context, node: ArrayConstructor): Expr {
  const elements = node.elements.map((element) => resolveExpression(context, element))
  if (node.element !== undefined) {
    const { type } = resolveType(context, node.element)
    if (type.kind === 'ARRAY') throw problemAt(context, node, 'Arrays of arrays are not supported')
    const converted = elements.map((element, index) =>
      coerceTo(
        context,
        node.elements[index] ?? node,
        element,
        type,
        `Array element type ${typeName(element.type)} does not coerce to ${typeName(type)}`,
      ),
    )
    return { kind: 'array', type: { kind: 'ARRAY', element: type }, elements: converted }
  }
  if (elements.length === 0) {
    return { kind: 'array', type: { kind: 'ARRAY', element: { kind: 'INT64' } }, elements, untyped: true }
  }
  const common = toCommonType(elements)
  if (common === undefined) {
    const types = [...new Set(elements.map((element) => typeName(element.type)))]
    throw problemAt(
      context,
      node,
      `Array elements of types {${types.join(', ')}} do not have a common supertype`,
    )
  }
  if (common.type.kind === 'ARRAY') {
    throw problemAt(
      context,
      node,
      `Cannot construct array with element type ${typeName(common.type)} because nested arrays are not supported`,
    )
  }
  return { kind: 'array', type: { kind: 'ARRAY', element: common.type }, elements: common.exprs }
}

/** `STRUCT(a, 1 AS b)`, `STRUCT<a INT64>(1)`. */
export function resolveStruct(context: Context, node: StructConstructor): Expr {
  const given = node.fields.map((field) => resolveExpression(context, field.value))
  if (node.type === undefined) {
    const values = given.map(asField)
    const fields = node.fields.map(
      (field, index): StructField => ({
        name: field.alias?.name ?? derivedName(field.value, values[index]),
        type: values[index]?.type ?? { kind: 'INT64' },
      }),
    )
    return { kind: 'struct', type: { kind: 'STRUCT', fields }, values }
  }
  const { type } = resolveType(context, node.type)
  if (type.kind !== 'STRUCT') throw problemAt(context, node, 'STRUCT type expected')
  if (type.fields.length !== given.length) {
    throw problemAt(
      context,
      node,
      `STRUCT type has ${type.fields.length} fields but constructor call has ${given.length} fields`,
    )
  }
  const named = node.fields.find((field) => field.alias !== undefined)
  if (named !== undefined) {
    throw problemAt(
      context,
      named,
      'STRUCT constructors cannot specify both an explicit type and field names with AS',
    )
  }
  const converted = given.map((value, index) => {
    const field = type.fields[index]
    if (field === undefined) return value
    if (coercionCost(value, field.type) === undefined) {
      throw problemAt(
        context,
        node.fields[index] ?? node,
        `Struct field ${index + 1} has type ${typeName(value.type)} which does not coerce to ${typeName(field.type)}`,
      )
    }
    const given = convert(value, field.type)
    // Of a type that was written: it coerces as a literal no more.
    return given.kind === 'literal' ? { ...given, from: 'value' as const } : given
  })
  return { kind: 'struct', type, values: converted }
}

/** `(1, 'a')`. */
export function resolveTuple(context: Context, node: Tuple): Expr {
  const values = node.elements.map((element) => asField(resolveExpression(context, element)))
  const fields = values.map((value): StructField => ({ name: undefined, type: value.type }))
  return { kind: 'struct', type: { kind: 'STRUCT', fields }, values }
}

/** In a struct without a type of its own `[]` is an ARRAY<INT64>, and becomes no other. */
const asField = (value: Expr): Expr =>
  value.kind === 'array' && value.untyped === true ? { ...value, untyped: false } : value

/** The name that an expression gives a column without AS: of a path its last part. */
export function derivedName(node: Expression, expr: Expr | undefined): string | undefined {
  // CURRENT_DATE without parentheses looks like a column, and is a call.
  if (node.kind === 'path' && node.parts.length === 1 && expr?.kind === 'call') return undefined
  if (node.kind === 'path') return node.parts.at(-1)?.name
  if (node.kind === 'field') return node.name.name
  return undefined
}
