import type { Expression } from './parse/ast.ts'
import { parseExpression } from './parse/index.ts'

export type OptionValue = string | boolean | number | readonly string[]

/**
 * What an option's text says, as the catalog keeps it: a literal text, flag, whole number or array of texts.
 *
 * @returns undefined for anything else
 * @example optionValue("['a', 'b']") // ['a', 'b']
 */
export function optionValue(text: string): OptionValue | undefined {
  return literalValue(parseExpression(text))
}

function literalValue(node: Expression): OptionValue | undefined {
  switch (node.kind) {
    case 'string':
    case 'boolean':
      return node.value
    case 'integer':
      return Number(node.value)
    case 'array':
      return node.elements.flatMap((element) => (element.kind === 'string' ? [element.value] : []))
    default:
      return undefined
  }
}
