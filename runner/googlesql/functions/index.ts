import { aggregateFunctions } from './aggregate.ts'
import { approximateAggregates } from './approximate-aggregate.ts'
import { arithmeticOperators } from './arithmetic.ts'
import { arrayFunctions } from './array.ts'
import { comparisonOperators } from './comparison.ts'
import { conditionalFunctions } from './conditional.ts'
import { dateFunctions } from './date.ts'
import { debuggingFunctions } from './debugging.ts'
import { elementaryFunctions } from './elementary.ts'
import { extractFunctions } from './extract.ts'
import { formatFunctions } from './format.ts'
import type { FunctionEntry } from './function.ts'
import { geographyFunctions } from './geography.ts'
import { hashFunctions } from './hash.ts'
import { hllFunctions } from './hll.ts'
import { intervalFunctions } from './interval.ts'
import { jsonFunctions } from './json.ts'
import { logicalOperators } from './logical.ts'
import { mathematicalFunctions } from './mathematical.ts'
import { netFunctions } from './net.ts'
import { rangeFunctions } from './range.ts'
import { refusedFunctions } from './refused.ts'
import { regexpFunctions } from './regexp.ts'
import { statisticalAggregates } from './statistical-aggregate.ts'
import { stringFunctions } from './string.ts'
import { textAnalysisFunctions } from './text-analysis.ts'
import { windowFunctions } from './window.ts'

const families: readonly (readonly FunctionEntry[])[] = [
  arithmeticOperators,
  comparisonOperators,
  logicalOperators,
  conditionalFunctions,
  mathematicalFunctions,
  elementaryFunctions,
  stringFunctions,
  regexpFunctions,
  formatFunctions,
  dateFunctions,
  extractFunctions,
  intervalFunctions,
  arrayFunctions,
  hashFunctions,
  jsonFunctions,
  aggregateFunctions,
  statisticalAggregates,
  approximateAggregates,
  hllFunctions,
  windowFunctions,
  debuggingFunctions,
  rangeFunctions,
  netFunctions,
  geographyFunctions,
  textAnalysisFunctions,
  refusedFunctions,
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
