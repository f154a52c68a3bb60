import type { QueryParameter, Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'

/**
 * Parameters as the API takes them: named, or by position where they have no names
 * (https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter).
 */
export function queryParameters(parameters: readonly QueryParameter[]): object {
  if (parameters.length === 0) return {}
  return {
    parameterMode: parameters[0]?.name === undefined ? 'POSITIONAL' : 'NAMED',
    queryParameters: parameters.map(({ name, type, value }) => ({
      ...(name === undefined ? {} : { name }),
      parameterType: parameterType(type),
      parameterValue: parameterValue(value, type),
    })),
  }
}

function parameterType(type: SqlType): object {
  switch (type.kind) {
    case 'ARRAY':
      return { type: 'ARRAY', arrayType: parameterType(type.element) }
    case 'STRUCT':
      return {
        type: 'STRUCT',
        structTypes: type.fields.map((field) => ({
          ...(field.name === undefined ? {} : { name: field.name }),
          type: parameterType(field.type),
        })),
      }
    case 'RANGE':
      return { type: 'RANGE', rangeElementType: parameterType(type.element) }
    default:
      return { type: type.kind }
  }
}

function parameterValue(value: Value, type: SqlType): object {
  if (value === null) return { value: null }
  switch (type.kind) {
    case 'ARRAY': {
      const { element } = type
      return { arrayValues: (value as readonly Value[]).map((item) => parameterValue(item, element)) }
    }
    case 'STRUCT':
      return {
        structValues: Object.fromEntries(
          type.fields.map((field, index) => [
            field.name ?? '',
            parameterValue((value as readonly Value[])[index] ?? null, field.type),
          ]),
        ),
      }
    case 'BYTES':
      return { value: Buffer.from(value as Uint8Array).toString('base64') }
    case 'RANGE': {
      const [start, end] = String(value).slice(1, -1).split(', ')
      const bound = (text: string | undefined) => (text === 'UNBOUNDED' ? {} : { value: text })
      return { rangeValue: { start: bound(start), end: bound(end) } }
    }
    default:
      return { value: String(value) }
  }
}
