import type { SqlType } from '../../googlesql/types/type.ts'
import { type Json, type JsonObject, LongNumber } from '../json.ts'
import type { GivenColumn } from '../tables/field-schema.ts'
import { parseScalar } from './read-value.ts'

/** What a column's values were so far; undefined: nothing but NULL. */
type Guess = SqlType | undefined

/** The columns of rows that come without a schema, from all of them (`autodetect`). */
export function detectFromJson(rows: readonly JsonObject[]): readonly GivenColumn[] {
  const guesses = new Map<string, Guess>()
  for (const row of rows) addMembers(guesses, row)
  return columnsOf(guesses)
}

/** The same of texts; a column without any value is a STRING. */
export function detectFromTexts(
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): readonly GivenColumn[] {
  const guesses = new Map<string, Guess>(names.map((name) => [name, undefined]))
  for (const row of rows) {
    for (const [index, name] of names.entries()) {
      const text = row[index]
      if (text !== null && text !== undefined) guesses.set(name, joined(guesses.get(name), guessText(text)))
    }
  }
  return columnsOf(guesses)
}

/** The type that a text looks like. */
export function guessText(text: string): SqlType {
  if (/^(true|false)$/i.test(text)) return { kind: 'BOOL' }
  const number = /^[+-]?[\d.]+(?:[eE][+-]?\d+)?$/.test(text)
  if (/^[+-]?\d+$/.test(text) && parseScalar(text, { kind: 'INT64' }) !== undefined) return { kind: 'INT64' }
  if (number && parseScalar(text, { kind: 'FLOAT64' }) !== undefined) return { kind: 'FLOAT64' }
  for (const kind of ['DATE', 'TIME'] as const) {
    if (parseScalar(text, { kind }) !== undefined) return { kind }
  }
  return { kind: parseScalar(text, { kind: 'TIMESTAMP' }) === undefined ? 'STRING' : 'TIMESTAMP' }
}

function addMembers(guesses: Map<string, Guess>, row: JsonObject): void {
  for (const [name, value] of Object.entries(row)) {
    guesses.set(name, joined(guesses.get(name), guessJson(value)))
  }
}

function guessJson(value: Json | undefined): Guess {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'boolean') return { kind: 'BOOL' }
  if (typeof value === 'string') return guessText(value)
  if (typeof value === 'number' || value instanceof LongNumber) {
    const text = value instanceof LongNumber ? value.text : String(value)
    return parseScalar(text, { kind: 'INT64' }) === undefined ? { kind: 'FLOAT64' } : { kind: 'INT64' }
  }
  if (Array.isArray(value)) {
    const element = (value as readonly Json[]).map(guessJson).reduce(joined, undefined)
    return element === undefined ? undefined : { kind: 'ARRAY', element }
  }
  const inner = new Map<string, Guess>()
  addMembers(inner, value as JsonObject)
  return { kind: 'STRUCT', fields: columnsOf(inner).map(({ name, type }) => ({ name, type })) }
}

/** The narrowest type that holds both. */
function joined(a: Guess, b: Guess): Guess {
  if (a === undefined) return b
  if (b === undefined) return a
  if (a.kind === 'ARRAY' || b.kind === 'ARRAY') {
    const [left, right] = [a, b].map((type) => (type.kind === 'ARRAY' ? type.element : type))
    return { kind: 'ARRAY', element: joined(left, right) ?? { kind: 'STRING' } }
  }
  if (a.kind === 'STRUCT' && b.kind === 'STRUCT') {
    const fields = new Map(a.fields.map((field) => [field.name ?? '', field.type as Guess]))
    for (const { name = '', type } of b.fields) fields.set(name, joined(fields.get(name), type))
    return { kind: 'STRUCT', fields: columnsOf(fields).map(({ name, type }) => ({ name, type })) }
  }
  if (a.kind === b.kind) return a
  const kinds = [a.kind, b.kind].sort().join()
  if (kinds === 'FLOAT64,INT64') return { kind: 'FLOAT64' }
  if (kinds === 'DATE,TIMESTAMP') return { kind: 'TIMESTAMP' }
  return { kind: 'STRING' }
}

function columnsOf(guesses: ReadonlyMap<string, Guess>): readonly GivenColumn[] {
  return [...guesses].map(([name, type]) => ({
    name,
    type: type ?? { kind: 'STRING' },
    mode: type?.kind === 'ARRAY' ? 'REPEATED' : 'NULLABLE',
  }))
}

/** A header's word as a column name: other signs than letters, digits and `_` become `_`. */
export function columnName(text: string): string {
  const name = text.trim().replace(/[^A-Za-z0-9_]/g, '_')
  return name === '' || /^\d/.test(name) ? `_${name}` : name
}
