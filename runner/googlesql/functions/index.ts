import { arithmeticOperators } from './arithmetic.ts'
import { comparisonOperators } from './comparison.ts'
import type { FunctionEntry } from './function.ts'
import { logicalOperators } from './logical.ts'

const families: readonly (readonly FunctionEntry[])[] = [
  arithmeticOperators,
  comparisonOperators,
  logicalOperators,
]

const entries = new Map<string, FunctionEntry>()
for (const entry of families.flat()) {
  if (entries.has(entry.name)) throw new Error(`function ${entry.name} is defined twice`)
  entries.set(entry.name, entry)
}

/**
 * The entry of a function (`SAFE_DIVIDE`, `NET.HOST`, without regard to case) or an operator by its sign (`+`, `LIKE`,
 * `IS NULL`, `[OFFSET]`; a sign of one operand is the signature with one parameter). Names that start with SAFE. are
 * the caller's to take off.
 */
export function findFunction(name: string): FunctionEntry | undefined {
  return entries.get(name.toUpperCase())
}

/** Every function and operator, in the order of the families. */
export function allFunctions(): readonly FunctionEntry[] {
  return [...entries.values()]
}
