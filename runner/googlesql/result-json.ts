import type { ResultColumn, Value } from './result.ts'
import type { SqlType } from './types/type.ts'

/** A value as JSON has it: exact, since what a JSON number would round is text. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/**
 * A value of a result as JSON. INT64 within 2^53 is a number, beyond it text; BYTES are base64; a STRUCT is an object,
 * its unnamed fields `_field_1` …; every type that JSON lacks (NUMERIC, DATE, TIMESTAMP, JSON …) is its text, as are
 * infinities and NaN.
 *
 * @example jsonOf(9007199254740993n, { kind: 'INT64' }) // '9007199254740993'
 */
export function jsonOf(value: Value, type: SqlType): JsonValue {
  if (value === null) return null
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value !== 'object') return value
  if (type.kind === 'ARRAY') return value.map((element) => jsonOf(element, type.element))
  if (type.kind !== 'STRUCT') throw new Error(`a list is no value of ${type.kind}`)
  return Object.fromEntries(
    fieldNames(type.fields).map((name, index) => [
      name,
      jsonOf(value[index] ?? null, fieldType(type, index)),
    ]),
  )
}

/** Rows as objects by column name. */
export const jsonRows = (
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): readonly { readonly [key: string]: JsonValue }[] => {
  const names = fieldNames(columns)
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ type }, index) => [names[index] ?? '', jsonOf(row[index] ?? null, type)]),
    ),
  )
}

/** A value as one line of text: NULL is the empty text here; lists and structs are JSON. */
export function textOf(value: Value, type: SqlType): string {
  const json = jsonOf(value, type)
  if (json === null) return ''
  return typeof json === 'object' ? JSON.stringify(json) : String(json)
}

function fieldType(type: SqlType & { readonly kind: 'STRUCT' }, index: number): SqlType {
  const field = type.fields[index]
  if (field === undefined) throw new Error(`a struct has no field ${index}`)
  return field.type
}

/** Names that are unique: BigQuery lets fields go without a name, and two have the same. */
function fieldNames(fields: readonly { readonly name: string | undefined }[]): readonly string[] {
  const seen = new Set<string>()
  return fields.map(({ name }, index) => {
    const given = name === undefined || name === '' ? `_field_${index + 1}` : name
    let unique = given
    for (let copy = 1; seen.has(unique); copy++) unique = `${given}_${copy}`
    seen.add(unique)
    return unique
  })
}
