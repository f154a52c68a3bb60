import { GoogleSqlError } from '../native-function.ts'
import type { PathStep } from './json-path.ts'
import { byCodePoint, isArray, isObject, type Json } from './json-text.ts'

/** Changes of JSON values by path: each gives a new value. A path that does not fit leaves the value as it is. */

/** No array may be made longer than this. */
const longest = 1_000_000

/** What stands before an element that is put at `at`, with NULLs where the array ends before it. */
function filledTo(array: readonly Json[], at: number, name: string): Json[] {
  if (at >= array.length && at >= longest)
    throw new GoogleSqlError(`Invalid input to ${name}: Exceeded maximum array size of ${longest}`)
  const filled = [...array]
  while (filled.length < at) filled.push(null)
  return filled
}

/** JSON_SET: makes what is missing (members, elements, NULLs between) if `create`. */
export function setAt(value: Json | undefined, path: readonly PathStep[], to: Json, create: boolean): Json {
  const [step, ...rest] = path
  if (step === undefined) return to
  const missing = value === undefined || value === null
  const base: Json = !missing ? value : !create ? null : typeof step === 'number' ? [] : new Map()
  if (isObject(base) && typeof step === 'string') {
    if (!base.has(step) && !create) return base
    return new Map([...base, [step, setAt(base.get(step), rest, to, create)]])
  }
  if (isArray(base) && typeof step === 'number') {
    if (step >= base.length && !create) return base
    const filled = filledTo(base, step, 'JSON_SET')
    filled[step] = setAt(base[step], rest, to, create)
    return filled
  }
  return value ?? null
}

export function removeAt(value: Json, path: readonly PathStep[]): Json {
  const [step, ...rest] = path
  if (step === undefined) throw new GoogleSqlError("The JSONPath cannot be '$'")
  if (rest.length > 0) return changeAt(value, [step], (found) => removeAt(found, rest))
  if (isObject(value)) return new Map([...value].filter(([key]) => key !== step))
  return isArray(value) && typeof step === 'number' ? value.toSpliced(step, 1) : value
}

/** Changes what lies at the path, if something does. */
export function changeAt(value: Json, path: readonly PathStep[], change: (found: Json) => Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return change(value)
  if (isObject(value) && typeof step === 'string') {
    const member = value.get(step)
    return member === undefined ? value : new Map([...value, [step, changeAt(member, rest, change)]])
  }
  if (!isArray(value) || typeof step !== 'number' || step >= value.length) return value
  return value.with(step, changeAt(value[step] ?? null, rest, change))
}

/** JSON_ARRAY_APPEND: NULL becomes an array; what is no array stays. */
export function append(value: Json, path: readonly PathStep[], items: readonly Json[]): Json {
  return changeAt(value, path, (found) =>
    found === null ? items : isArray(found) ? [...found, ...items] : found,
  )
}

/** JSON_ARRAY_INSERT: before the element that the path's last step names; NULLs fill a gap. */
export function insert(value: Json, path: readonly PathStep[], items: readonly Json[]): Json {
  const at = path.at(-1)
  if (typeof at !== 'number') return value
  return changeAt(value, path.slice(0, -1), (found) => {
    if (found !== null && !isArray(found)) return found
    return filledTo(found ?? [], at, 'JSON_ARRAY_INSERT').toSpliced(at, 0, ...items)
  })
}

/** JSON_STRIP_NULLS; undefined: the value itself is gone. */
export function stripNulls(value: Json, arrays: boolean, empty: boolean): Json | undefined {
  if (value === null) return undefined
  if (isObject(value)) {
    const kept = [...value].flatMap(([key, item]): [string, Json][] => {
      const stripped = stripNulls(item, arrays, empty)
      return stripped === undefined ? [] : [[key, stripped]]
    })
    return empty && kept.length === 0 ? undefined : new Map(kept)
  }
  if (isArray(value)) {
    const kept = arrays
      ? value.map((item) => stripNulls(item, arrays, empty)).filter((item) => item !== undefined)
      : value.map((item) => stripNulls(item, arrays, empty) ?? (isObject(item) ? new Map() : null))
    return empty && arrays && kept.length === 0 ? undefined : kept
  }
  return value
}

/** JSON_KEYS: the paths of all keys, those in arrays too if lax; keys with points, and those that JSON escapes, in quotes. */
export function keysOf(value: Json, depth: number, mode: string): readonly string[] {
  const found = new Set<string>()
  const visit = (item: Json, path: string, level: number, inArray: number): void => {
    if (isObject(item)) {
      for (const [key, member] of item) {
        const quoted = JSON.stringify(key)
        const shown = key.includes('.') || quoted !== `"${key}"` ? quoted : key
        const whole = path === '' ? shown : `${path}.${shown}`
        found.add(whole)
        if (level < depth) visit(member, whole, level + 1, 0)
      }
    } else if (isArray(item) && (mode === 'lax recursive' || (mode === 'lax' && inArray === 0))) {
      for (const element of item) visit(element, path, level, inArray + 1)
    }
  }
  visit(value, '', 1, 0)
  return [...found].sort(byCodePoint)
}
