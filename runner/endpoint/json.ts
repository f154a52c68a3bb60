import { ApiError, invalid } from './api-error.ts'

/** Not yet among TypeScript's own types; Node has it. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/** A number with more digits than a double keeps: its own text. */
export class LongNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): unknown {
    return rawJson(this.text)
  }
}

export type Json = null | boolean | number | string | LongNumber | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Sixteen digits and more may be more than a double holds. */
const mayBeLong = /\d[\d.]{15}|[eE]/

/** Parses JSON; a number that a double would change stays a `LongNumber`. @throws SyntaxError */
export function parseJson(text: string): Json {
  if (!mayBeLong.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: Json, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value
    return String(value) === context.source || context.source.length < 16
      ? value
      : new LongNumber(context.source)
  })
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongNumber)
  )
}

/** True for what says something: not null, false, or empty. */
export const isSaid = (value: Json | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== '' &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isObject(value) && Object.keys(value).length === 0)

/** A member that is an object; empty if it is absent. @throws ApiError if it is something else */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key]
  if (found === undefined || found === null) return {}
  if (!isObject(found)) throw invalid(`Invalid value for ${key}: it must be an object`, key)
  return found
}

/** A member that is a text; a number or a boolean is given as its text. */
export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key]
  if (found === undefined || found === null) return undefined
  if (typeof found === 'object' && !(found instanceof LongNumber))
    throw invalid(`Invalid value for ${key}: it must be a text`, key)
  return found instanceof LongNumber ? found.text : String(found)
}

/** A member that is a text and must be there. */
export function neededText(value: JsonObject, key: string): string {
  const found = textAt(value, key)
  if (found === undefined || found === '')
    throw new ApiError('required', `Required parameter is missing: ${key}`, { location: key })
  return found
}

export function listAt(value: JsonObject, key: string): readonly Json[] {
  const found = value[key]
  if (found === undefined || found === null) return []
  if (!Array.isArray(found)) throw invalid(`Invalid value for ${key}: it must be a list`, key)
  return found
}

/** A member that is true or false, also as a text. */
export function flagAt(value: JsonObject, key: string): boolean | undefined {
  const text = textAt(value, key)?.toLowerCase()
  if (text === undefined) return undefined
  if (text !== 'true' && text !== 'false')
    throw invalid(`Invalid value for ${key}: ${text} is neither true nor false`, key)
  return text === 'true'
}

/** A member that is a whole number from 0, also as a text (int64 fields travel as texts). */
export function countAt(value: JsonObject, key: string): number | undefined {
  const text = textAt(value, key)
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw invalid(`Invalid value for ${key}: ${text} is no whole number`, key)
  return Number(text)
}

/** A member that maps texts to texts, such as labels. */
export function textsAt(value: JsonObject, key: string): Readonly<Record<string, string>> | undefined {
  const found = value[key]
  if (found === undefined || found === null) return undefined
  const object = objectAt(value, key)
  return Object.fromEntries(Object.keys(object).map((name) => [name, textAt(object, name) ?? '']))
}
