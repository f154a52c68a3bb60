import type { SqlType } from './type.ts'

/**
 * What may be done with values of a type
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_properties).
 */

/** May stand in ORDER BY, MIN, MAX. Arrays and structs may not, nor GEOGRAPHY and JSON. */
export function orderable(type: SqlType): boolean {
  return !['ARRAY', 'STRUCT', 'GEOGRAPHY', 'JSON'].includes(type.kind)
}

/** May stand in GROUP BY, DISTINCT, PARTITION BY. */
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
