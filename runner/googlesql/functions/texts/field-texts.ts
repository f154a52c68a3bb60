import { Problem } from '../../../problem.ts'
import { quoteText } from '../../lower/identifier.ts'
import { once } from '../../lower/library/once.ts'
import { physicalFieldNames } from '../../types/physical.ts'
import { STRING } from '../../types/scalars.ts'
import type { SqlType } from '../../types/type.ts'
import { lowerCast } from '../casts/cast.ts'
import type { Call } from '../function.ts'

/** `JSON_VALUES` unless the call says otherwise: a literal. */
export function jsonScope(call: Call, index: number): string {
  const value = call.literals[index]
  const scope = value === undefined || value === null ? 'JSON_VALUES' : String(value).toUpperCase()
  if (['JSON_VALUES', 'JSON_KEYS', 'JSON_KEYS_AND_VALUES'].includes(scope)) return scope
  throw new Problem(`json_scope must be JSON_VALUES, JSON_KEYS or JSON_KEYS_AND_VALUES, got ${String(value)}`)
}

/**
 * DuckDB SQL of a list with every text inside a value, NULLs among them: fields, elements, what JSON holds.
 *
 * @param others what becomes of other types than STRING and JSON: texts, or nothing
 */
export function textsOf(sql: string, type: SqlType, scope: string, others: 'as text' | 'left out'): string {
  const go = (inner: string, of: SqlType) => textsOf(inner, of, scope, others)
  switch (type.kind) {
    case 'STRING':
      return `[${sql}]`
    case 'JSON':
      return `coalesce(googlesql_json_texts(CAST(${sql} AS VARCHAR), ${quoteText(scope)}), [CAST(NULL AS VARCHAR)])`
    case 'ARRAY':
      return `coalesce(flatten(list_transform(${sql}, lambda e: ${go('e', type.element)})), CAST([] AS VARCHAR[]))`
    case 'STRUCT': {
      const names = physicalFieldNames(type)
      return once([sql], (value) => {
        const parts = type.fields.map((field, index) =>
          go(`struct_extract(${value}, ${quoteText(names[index] ?? '')})`, field.type),
        )
        return parts.reduce((all, part) => `list_concat(${all}, ${part})`, 'CAST([] AS VARCHAR[])')
      })
    }
    default:
      return others === 'left out' ? 'CAST([] AS VARCHAR[])' : `[${lowerCast(sql, type, STRING)}]`
  }
}
