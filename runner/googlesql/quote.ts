import type { Target } from './target.ts'
import type { SqlType } from './types/type.ts'

/**
 * A column, a field or an alias in a statement, whatever it is called.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#quoted_identifiers
 *
 * @example sqlName('a`b') // '`a\\`b`'
 */
export const sqlName = (name: string): string =>
  `\`${name.replace(/[\\`]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}\``

/** @example sqlPath('p', 'd', 't') // '`p.d.t`' */
export const sqlPath = (...parts: readonly string[]): string => sqlName(parts.join('.'))

/**
 * A table in a statement; a target without project or dataset (a temporary one) has the rest.
 *
 * @example sqlTable({ database: 'p', schema: 'd', name: 't' }) // '`p.d.t`'
 */
export const sqlTable = ({ database, schema, name }: Target): string =>
  sqlPath(...[database, schema, name].filter((part) => part !== ''))

/** A dataset in a statement. */
export const sqlDataset = ({ database, schema }: Pick<Target, 'database' | 'schema'>): string =>
  sqlPath(database, schema)

/**
 * A text in a statement. JSON's escapes are GoogleSQL's, too.
 *
 * @example sqlText('"a"') // '"\\"a\\""'
 */
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
      return `STRUCT<${type.fields.map(({ name, type: field }) => `${name === undefined ? '' : `${sqlName(name)} `}${sqlType(field)}`).join(', ')}>`
    default:
      return type.kind
  }
}
