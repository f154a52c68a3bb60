import { type Environment, newAlias } from './environment.ts'
import { repeatable } from './library/once.ts'

/**
 * DuckDB SQL in which values are computed once, before `body` uses them under names of their own. As `once` of the
 * library, but with names that no lambda inside `body` can have too.
 */
export function bind(
  environment: Environment,
  values: readonly string[],
  body: (...names: readonly string[]) => string,
): string {
  const bound = values.filter((value) => !repeatable(value))
  if (bound.length === 0) return body(...values)
  const name = newAlias(environment, 'let')
  const only = bound.length === 1
  const fields = bound.map((value, index) => `'a${index}': ${value}`)
  const source = only ? (bound[0] ?? '') : `{${fields.join(', ')}}`
  const names = values.map((value) => {
    if (repeatable(value)) return value
    return only ? name : `${name}.a${bound.indexOf(value)}`
  })
  return `list_transform([${source}], lambda ${name}: ${body(...names)})[1]`
}
