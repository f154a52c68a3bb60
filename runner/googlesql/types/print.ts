import { sqlName } from '../quote.ts'
import type { ColumnType, SqlType } from './type.ts'

/**
 * A type in BigQuery's spelling, as its messages and TYPEOF have it.
 *
 * @example typeName(structOf(['a', INT64], ['b', arrayOf(STRING)])) // 'STRUCT<a INT64, b ARRAY<STRING>>'
 */
export function typeName(type: SqlType): string {
  switch (type.kind) {
    case 'ARRAY':
      return `ARRAY<${typeName(type.element)}>`
    case 'RANGE':
      return `RANGE<${typeName(type.element)}>`
    case 'STRUCT':
      return `STRUCT<${type.fields.map(fieldName).join(', ')}>`
    default:
      return type.kind
  }
}

/** A column's type with its parameters: `NUMERIC(10, 2)`. */
export function columnTypeName(column: ColumnType): string {
  const { parameters } = column
  return parameters === undefined || parameters.length === 0
    ? typeName(column.type)
    : `${typeName(column.type)}(${parameters.join(', ')})`
}

function fieldName(field: { readonly name: string | undefined; readonly type: SqlType }): string {
  if (field.name === undefined) return typeName(field.type)
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(field.name)
  return `${plain ? field.name : sqlName(field.name)} ${typeName(field.type)}`
}
