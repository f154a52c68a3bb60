import { typeName } from './print.ts'
import type { SqlType } from './type.ts'

/**
 * What may be done with values of a type
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_properties).
 */

/** May stand in ORDER BY, MIN, MAX. Arrays and structs may not, nor GEOGRAPHY and JSON. */
export function orderable(type: SqlType): boolean {
  return !['ARRAY', 'STRUCT', 'GEOGRAPHY', 'JSON'].includes(type.kind)
}

/** May stand in GROUP BY, DISTINCT. */
export function groupable(type: SqlType): boolean {
  switch (type.kind) {
    case 'GEOGRAPHY':
    case 'JSON':
      return false
    case 'ARRAY':
      return groupable(type.element)
    case 'STRUCT':
      return type.fields.every((field) => groupable(field.type))
    default:
      return true
  }
}

/** May stand in PARTITION BY: what groups, but no FLOAT64, not even in a struct. */
export function partitionable(type: SqlType): boolean {
  if (type.kind === 'STRUCT') return type.fields.every((field) => partitionable(field.type))
  return groupable(type) && type.kind !== 'FLOAT64' && (type.kind !== 'ARRAY' || partitionable(type.element))
}

/** A type for a message about what it may not do: `STRUCT containing FLOAT64` if that is what does not fit. */
export function unfitting(type: SqlType, fits: (type: SqlType) => boolean): string {
  const inner = (outer: SqlType): SqlType | undefined => {
    const parts =
      outer.kind === 'STRUCT'
        ? outer.fields.map((field) => field.type)
        : outer.kind === 'ARRAY'
          ? [outer.element]
          : []
    const found = parts.find((part) => !fits(part))
    return found === undefined ? undefined : (inner(found) ?? found)
  }
  const part = inner(type)
  return part === undefined ? typeName(type) : `${type.kind} containing ${part.kind}`
}

/** Has `=`: not arrays, which only GROUP BY and DISTINCT compare. */
export function comparable(type: SqlType): boolean {
  switch (type.kind) {
    case 'GEOGRAPHY':
    case 'JSON':
      return false
    case 'ARRAY':
      return false
    case 'STRUCT':
      return type.fields.every((field) => comparable(field.type))
    default:
      return true
  }
}

/** INT64, FLOAT64, NUMERIC, BIGNUMERIC. */
export function numeric(type: SqlType): boolean {
  return ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(type.kind)
}
