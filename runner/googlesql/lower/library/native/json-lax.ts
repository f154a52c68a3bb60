import { GoogleSqlError } from '../native-function.ts'
import { parsePathSteps } from './json-path.ts'
import { isArray, isObject, type Json } from './json-text.ts'

/**
 * All that a lax JSONPath finds: a key is looked for in the elements of an array too (`lax recursive`: also in arrays
 * inside it), an index takes what is no array for an array of one, and what is not there is left out.
 *
 * @example laxMatches(parsed('{"a": [{"b": 1}, {"b": 2}]}'), 'lax $.a.b') // [1, 2]
 */
export function laxMatches(value: Json, path: string): readonly Json[] {
  const match = /^\s*(lax(?:\s+recursive)?|recursive\s+lax)\s+(\$[\s\S]*)$/i.exec(path)
  if (match === null) throw new GoogleSqlError("JSONPath must start with '$'")
  const recursive = /recursive/i.test(match[1] ?? '')
  return parsePathSteps(match[2] ?? '').reduce<readonly Json[]>(
    (found, { key, indexed }) =>
      found.flatMap((each) => (indexed ? elementAt(each, key) : memberOf(each, key, recursive, true))),
    [value],
  )
}

function elementAt(value: Json, index: string): readonly Json[] {
  const elements = isArray(value) ? value : [value]
  const element = elements[Number(index)]
  return element === undefined ? [] : [element]
}

function memberOf(value: Json, key: string, recursive: boolean, unwrap: boolean): readonly Json[] {
  if (isArray(value)) {
    return unwrap ? value.flatMap((item) => memberOf(item, key, recursive, recursive)) : []
  }
  const member = isObject(value) ? value.get(key) : undefined
  return member === undefined ? [] : [member]
}
