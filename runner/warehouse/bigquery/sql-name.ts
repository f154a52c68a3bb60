import type { Target } from '../../googlesql/target.ts'
import type { SqlType } from '../../googlesql/types/type.ts'

const quoted = (name: string): string =>
  `\`${name.replace(/[\\`]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}\``

/** A column, a field or an alias in a statement, whatever it is called. */
export const sqlName = (name: string): string => quoted(name)

/** `` `project.dataset.table` `` in a statement. */
export const sqlTable = ({ database, schema, name }: Target): string =>
  quoted(`${database}.${schema}.${name}`)

/** A dataset in a statement. */
export const sqlDataset = ({ database, schema }: Pick<Target, 'database' | 'schema'>): string =>
  quoted(`${database}.${schema}`)

/** A text in a statement. */
export const sqlText = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

/** A type as DDL has it, with every field's name quoted: `STRUCT<`order` INT64>`. */
export function sqlType(type: SqlType): string {
  switch (type.kind) {
    case 'ARRAY':
      return `ARRAY<${sqlType(type.element)}>`
    case 'RANGE':
      return `RANGE<${sqlType(type.element)}>`
    case 'STRUCT':
      return `STRUCT<${type.fields.map(({ name, type: field }) => `${name === undefined ? '' : `${quoted(name)} `}${sqlType(field)}`).join(', ')}>`
    default:
      return type.kind
  }
}
