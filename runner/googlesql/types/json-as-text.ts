import { sqlName } from '../quote.ts'
import type { SqlType } from './type.ts'

/** A type in which JSON waits as text: `textAsJson` puts it into the form in which JSON is kept. */
export function jsonAsText(type: SqlType): SqlType {
  switch (type.kind) {
    case 'JSON':
      return { kind: 'STRING' }
    case 'ARRAY':
      return { kind: 'ARRAY', element: jsonAsText(type.element) }
    case 'STRUCT':
      return {
        kind: 'STRUCT',
        fields: type.fields.map((field) => ({ ...field, type: jsonAsText(field.type) })),
      }
    default:
      return type
  }
}

/**
 * An expression, in GoogleSQL, that gives a value of `type` for one of `jsonAsText(type)`.
 *
 * @example textAsJson('`a`', { kind: 'JSON' }) // 'PARSE_JSON(`a`)'
 */
export function textAsJson(sql: string, type: SqlType, depth = 0): string {
  if (!hasJson(type)) return sql
  switch (type.kind) {
    case 'ARRAY':
      return `ARRAY(SELECT ${textAsJson(`e${depth}`, type.element, depth + 1)} FROM UNNEST(${sql}) AS e${depth} WITH OFFSET AS o${depth} ORDER BY o${depth})`
    case 'STRUCT': {
      const fields = type.fields.map((field) => {
        const name = sqlName(field.name ?? '')
        return `${textAsJson(`${sql}.${name}`, field.type, depth)} AS ${name}`
      })
      return `IF(${sql} IS NULL, NULL, STRUCT(${fields.join(', ')}))`
    }
    default:
      return `PARSE_JSON(${sql})`
  }
}

function hasJson(type: SqlType): boolean {
  if (type.kind === 'ARRAY') return hasJson(type.element)
  if (type.kind === 'STRUCT') return type.fields.some((field) => hasJson(field.type))
  return type.kind === 'JSON'
}
