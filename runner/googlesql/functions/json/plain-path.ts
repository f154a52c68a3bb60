import { quoteText } from '../../lower/identifier.ts'
import { type PathMode, parsePathSteps } from '../../lower/library/native/json-path.ts'
import type { Call } from '../function.ts'

/** A path of names and indexes that means the same to DuckDB, in its spelling. */
export interface PlainPath {
  /** DuckDB SQL: `'$."a"[0]'`. */
  readonly whole: string
  readonly names: readonly string[]
  readonly indexes: readonly number[]
  /** The name at the path's end; undefined for an index, or none. */
  readonly last: string | undefined
}

/** A name, or an index of an array. */
export type Step = string | number

/** No name that could be an index to BigQuery, or a sign of DuckDB's paths. */
const plainName = /^[\p{L}_][\p{L}\p{M}\p{N}_ -]*$/u
const mostIndex = 999_999_999

/**
 * @param path SQL of a JSONPath
 * @returns undefined for a path that is not known, is none, or has a step that DuckDB reads in another way
 * @example plainPath(`'$.a[0]'`, 'STANDARD')?.whole // `'$."a"[0]'`
 */
export function plainPath(path: string, mode: PathMode): PlainPath | undefined {
  if (!/^'\$(?:[^']|'')*'$/.test(path)) return undefined
  try {
    const steps = parsePathSteps(path.slice(1, -1).replaceAll("''", "'"), mode)
    return pathOf(
      steps.map(({ key, indexed }) => (indexed && /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : key)),
    )
  } catch {
    // The registered function says what is wrong with it.
    return undefined
  }
}

/** @returns undefined if DuckDB reads a step in another way */
export function pathOf(steps: readonly Step[]): PlainPath | undefined {
  const plain = (step: Step) => (typeof step === 'number' ? step <= mostIndex : plainName.test(step))
  if (!steps.every(plain)) return undefined
  const last = steps.at(-1)
  return {
    whole: quoteText(
      `$${steps.map((step) => (typeof step === 'number' ? `[${step}]` : `."${step}"`)).join('')}`,
    ),
    names: steps.filter((step) => typeof step === 'string'),
    indexes: steps.filter((step) => typeof step === 'number'),
    last: typeof last === 'string' ? last : undefined,
  }
}

/** A member of a JSON value, and from there on more steps: one path, if DuckDB can have it. */
export function pathFrom(member: Call['member'], steps: readonly Step[]) {
  const path = member && pathOf([...member.steps, ...steps])
  return member && path && { value: member.value, path }
}
