/**
 * A tree without what printing may change: offsets and comments. Bytes become lists and integers text, so that the
 * trees compare and print.
 */
export function shape(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== undefined && !offsets.has(name))
      .map(([name, inner]) => [name, shape(inner)]),
  )
}

const offsets = new Set(['start', 'end', 'comments'])

/** An expression as nested lists, operators first: `a + b * 2` is `['+', 'a', ['*', 'b', '2']]`. For precedence tests. */
export function sketch(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node
  const { kind, ...rest } = node as Record<string, unknown> & { readonly kind: string }
  switch (kind) {
    case 'path':
      return (rest.parts as readonly { readonly name: string }[]).map(({ name }) => name).join('.')
    case 'integer':
    case 'string':
      return rest.text
    case 'unary':
      return [rest.operator, sketch(rest.operand)]
    case 'binary':
      return [rest.operator, sketch(rest.left), sketch(rest.right)]
    case 'logical':
      return [rest.operator, ...(rest.operands as readonly unknown[]).map(sketch)]
    case 'is':
      return [`IS ${rest.negated ? 'NOT ' : ''}${rest.test}`, sketch(rest.operand)]
    case 'between':
      return ['BETWEEN', sketch(rest.operand), sketch(rest.low), sketch(rest.high)]
    case 'like':
      return ['LIKE', sketch(rest.operand), sketch(rest.pattern)]
    case 'isDistinctFrom':
      return ['IS DISTINCT FROM', sketch(rest.left), sketch(rest.right)]
    case 'field':
      return ['.', sketch(rest.operand), (rest.name as { readonly name: string }).name]
    case 'subscript':
      return ['[]', sketch(rest.operand), sketch(rest.index)]
    case 'call':
      return [sketch(rest.name), ...(rest.args as readonly unknown[]).map(sketch)]
    default:
      return kind
  }
}
