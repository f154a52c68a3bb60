import { JsonNumber, parseExact } from '../datastream/raw-json.ts'

/** A JSON value, its numbers in the digits that they were written in. */
export type Json =
  | null
  | boolean
  | number
  | JsonNumber
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** A JSON text without loss. @throws SyntaxError */
export const parseJson = (text: string): Json => parseExact(text) as Json

/**
 * A JSON value as MySQL 8 prints a JSON column: keys by their length in bytes and then by their bytes, a blank after
 * each comma and colon.
 *
 * @example mysqlJson({ Name: 'Aruba', GNP: 828 }) // {"GNP": 828, "Name": "Aruba"}
 */
export function mysqlJson(value: Json): string {
  if (value instanceof JsonNumber) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(mysqlJson).join(', ')}]`
  const members = Object.entries(value)
    .map(([key, member]) => ({
      bytes: Buffer.from(key),
      text: `${JSON.stringify(key)}: ${mysqlJson(member)}`,
    }))
    .sort((left, right) => left.bytes.length - right.bytes.length || Buffer.compare(left.bytes, right.bytes))
  return `{${members.map(({ text }) => text).join(', ')}}`
}

/** `text` with the member at `path` set; objects on the way are made where they are missing. */
export function withMember(text: string, path: readonly string[], member: Json): string {
  const set = (value: Json | undefined, [key, ...rest]: readonly string[]): Json => {
    if (key === undefined) return member
    const entries = isObject(value) ? value : {}
    return { ...entries, [key]: set(entries[key], rest) }
  }
  return mysqlJson(set(parseJson(text), path))
}

/** The number at `path`; undefined if something else or nothing is there. */
export function numberAt(text: string, path: readonly string[]): number | undefined {
  let value: unknown = JSON.parse(text)
  for (const key of path) {
    value = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
  }
  return typeof value === 'number' ? value : undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  )
}
