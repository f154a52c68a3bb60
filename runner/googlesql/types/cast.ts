import { coercion } from './coerce.ts'
import { equivalentTypes } from './equal.ts'
import type { ScalarKind, SqlType } from './type.ts'

/**
 * Whether CAST(x AS to) exists for x of type `from`
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#casting).
 */
export function castable(from: SqlType, to: SqlType): boolean {
  if (coercion(from, to) !== undefined) return true
  if (from.kind === 'ARRAY') return to.kind === 'ARRAY' && equivalentTypes(from, to)
  if (from.kind === 'STRUCT') {
    return (
      to.kind === 'STRUCT' &&
      to.fields.length === from.fields.length &&
      from.fields.every((field, index) => {
        const target = to.fields[index]
        return target !== undefined && castable(field.type, target.type)
      })
    )
  }
  if (from.kind === 'RANGE') return to.kind === 'STRING'
  if (to.kind === 'RANGE') return from.kind === 'STRING'
  if (to.kind === 'ARRAY' || to.kind === 'STRUCT') return false
  return casts[from.kind]?.includes(to.kind) ?? false
}

/**
 * Whether CAST(x AS to FORMAT …) exists for x of type `from`
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements).
 */
export function castableByFormat(from: SqlType, to: SqlType): boolean {
  const times: readonly SqlType['kind'][] = ['BYTES', 'DATE', 'TIME', 'DATETIME', 'TIMESTAMP']
  if (from.kind === 'STRING') return times.includes(to.kind)
  return to.kind === 'STRING' && [...times, ...numbers].includes(from.kind)
}

const numbers: readonly ScalarKind[] = ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC']

const casts: Partial<Record<ScalarKind, readonly ScalarKind[]>> = {
  INT64: ['BOOL', ...numbers, 'STRING'],
  FLOAT64: [...numbers, 'STRING'],
  NUMERIC: [...numbers, 'STRING'],
  BIGNUMERIC: [...numbers, 'STRING'],
  BOOL: ['BOOL', 'INT64', 'STRING'],
  STRING: ['BOOL', ...numbers, 'STRING', 'BYTES', 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'INTERVAL'],
  BYTES: ['BYTES', 'STRING'],
  DATE: ['STRING', 'DATE', 'DATETIME', 'TIMESTAMP'],
  DATETIME: ['STRING', 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP'],
  TIME: ['STRING', 'TIME'],
  TIMESTAMP: ['STRING', 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP'],
  INTERVAL: ['STRING', 'INTERVAL'],
}
