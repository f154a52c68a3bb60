import type { QueryParameter, Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { invalid } from '../api-error.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { scalarKind } from '../tables/field-schema.ts'

/**
 * `queryParameters` of a query: named, or positional where they have no name.
 *
 * @throws ApiError for a type that there is not, or a value that is not of its type
 */
export function readParameters(configuration: JsonObject): readonly QueryParameter[] {
  return listAt(configuration, 'queryParameters').map((given): QueryParameter => {
    if (!isObject(given)) throw invalid('Invalid query parameter: it must be an object', 'queryParameters')
    const name = textAt(given, 'name')
    const type = readType(objectAt(given, 'parameterType'))
    const value = readValue(objectAt(given, 'parameterValue'), type)
    return name === undefined || name === '' ? { type, value } : { name, type, value }
  })
}

function readType(given: JsonObject): SqlType {
  const name = (textAt(given, 'type') ?? '').toUpperCase()
  if (name === 'ARRAY') return { kind: 'ARRAY', element: readType(objectAt(given, 'arrayType')) }
  if (name === 'STRUCT' || name === 'RECORD') {
    const fields = listAt(given, 'structTypes').map((field) => {
      if (!isObject(field))
        throw invalid('Invalid STRUCT parameter: a field must be an object', 'queryParameters')
      return { name: textAt(field, 'name'), type: readType(objectAt(field, 'type')) }
    })
    return { kind: 'STRUCT', fields }
  }
  if (name === 'RANGE') return { kind: 'RANGE', element: readType(objectAt(given, 'rangeElementType')) }
  const kind = scalarKind(name)
  if (kind === undefined)
    throw invalid(`Invalid value for type: ${name} is not a valid value`, 'queryParameters')
  return { kind }
}

function readValue(given: JsonObject, type: SqlType): Value {
  if (type.kind === 'ARRAY') {
    const { element } = type
    return listAt(given, 'arrayValues').map((item) => readValue(isObject(item) ? item : {}, element))
  }
  if (type.kind === 'STRUCT') {
    if (given['structValues'] === undefined || given['structValues'] === null) return null
    const values = objectAt(given, 'structValues')
    return type.fields.map((field) => readValue(objectAt(values, field.name ?? ''), field.type))
  }
  if (type.kind === 'RANGE') return readRange(given, type.element)
  const text = textAt(given, 'value')
  return text === undefined ? null : readScalar(text, type)
}

function readRange(given: JsonObject, element: SqlType): Value {
  if (given['rangeValue'] === undefined) return null
  const range = objectAt(given, 'rangeValue')
  const bound = (key: string) => readValue(objectAt(range, key), element) ?? 'UNBOUNDED'
  return `[${String(bound('start'))}, ${String(bound('end'))})`
}

function readScalar(text: string, type: SqlType): Value {
  const wrong = () => invalid(`Invalid value for ${type.kind} parameter: ${text}`, 'queryParameters')
  switch (type.kind) {
    case 'BOOL':
      if (!/^(true|false)$/i.test(text)) throw wrong()
      return text.toLowerCase() === 'true'
    case 'INT64': {
      if (!/^-?\d+$/.test(text)) throw wrong()
      const value = BigInt(text)
      if (BigInt.asIntN(64, value) !== value) throw wrong()
      return value
    }
    case 'FLOAT64': {
      const value = Number(text.replace(/^([+-]?)inf$/i, '$1Infinity'))
      if (text.trim() === '' || (Number.isNaN(value) && !/^nan$/i.test(text))) throw wrong()
      return value
    }
    case 'BYTES':
      return new Uint8Array(Buffer.from(text, 'base64'))
    // The others' texts are read by the cast of a STRING, as BigQuery does.
    default:
      return text
  }
}
