import { sqlName, sqlText } from '../../googlesql/quote.ts'
import { typeName } from '../../googlesql/types/print.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid } from '../api-error.ts'
import { isObject, type Json, type JsonObject, listAt, neededText, objectAt, textAt } from '../json.ts'
import { scalarKind } from './field-schema.ts'

/** BigQuery's `StandardSqlDataType` (https://cloud.google.com/bigquery/docs/reference/rest/v2/StandardSqlDataType). */
export function dataType(type: SqlType): object {
  switch (type.kind) {
    case 'ARRAY':
      return { typeKind: 'ARRAY', arrayElementType: dataType(type.element) }
    case 'STRUCT':
      return {
        typeKind: 'STRUCT',
        structType: {
          fields: type.fields.map(({ name, type: inner }) => ({
            ...(name === undefined ? {} : { name }),
            type: dataType(inner),
          })),
        },
      }
    case 'RANGE':
      return { typeKind: 'RANGE', rangeElementType: dataType(type.element) }
    default:
      return { typeKind: type.kind }
  }
}

/** The inverse, as SQL has it. @throws ApiError for what is no type */
function typeText(given: JsonObject): string {
  const kind = neededText(given, 'typeKind').toUpperCase()
  if (kind === 'ARRAY') return `ARRAY<${typeText(objectAt(given, 'arrayElementType'))}>`
  if (kind === 'RANGE') return `RANGE<${typeText(objectAt(given, 'rangeElementType'))}>`
  if (kind === 'STRUCT') {
    const fields = listAt(objectAt(given, 'structType'), 'fields').filter(isObject)
    const parts = fields.map((field) => {
      const name = textAt(field, 'name') ?? ''
      return `${name === '' ? '' : `${sqlName(name)} `}${typeText(objectAt(field, 'type'))}`
    })
    return `STRUCT<${parts.join(', ')}>`
  }
  const scalar = scalarKind(kind)
  if (scalar === undefined) throw invalid(`Invalid value for typeKind: ${kind} is not a valid value`)
  return typeName({ kind: scalar })
}

/** Fields that change what a routine does and that we do not have. */
const refused = [
  'dataGovernanceType',
  'importedLibraries',
  'remoteFunctionOptions',
  'returnTableType',
  'sparkOptions',
]

/**
 * The CREATE statement of a routine that a client describes.
 *
 * @param name as SQL has it
 * @throws ApiError for what is missing or not supported
 */
export function routineText(name: string, body: JsonObject, replace: boolean): string {
  const wrong = refused.find((key) => isGiven(body[key]))
  if (wrong !== undefined)
    throw new ApiError('notImplemented', `routines with ${wrong} are not supported locally`)
  const type = neededText(body, 'routineType').toUpperCase()
  const language = (textAt(body, 'language') ?? 'SQL').toUpperCase()
  const definition = neededText(body, 'definitionBody')
  const create = `CREATE ${replace ? 'OR REPLACE ' : ''}`
  const list = listAt(body, 'arguments').filter(isObject).map(parameterText).join(', ')
  const returns = isGiven(body['returnType']) ? ` RETURNS ${typeText(objectAt(body, 'returnType'))}` : ''
  if (language === 'JAVASCRIPT' && type === 'SCALAR_FUNCTION')
    return `${create}FUNCTION ${name}(${list})${returns} LANGUAGE js AS ${sqlText(definition)}`
  if (language !== 'SQL')
    throw new ApiError('notImplemented', `${type} in ${language} is not supported locally`)
  switch (type) {
    case 'SCALAR_FUNCTION':
      return `${create}FUNCTION ${name}(${list})${returns} AS (${definition}\n)`
    case 'AGGREGATE_FUNCTION':
      return `${create}AGGREGATE FUNCTION ${name}(${list})${returns} AS (${definition}\n)`
    case 'TABLE_VALUED_FUNCTION':
      return `${create}TABLE FUNCTION ${name}(${list}) AS (${definition}\n)`
    case 'PROCEDURE':
      return `${create}PROCEDURE ${name}(${list}) ${block(definition)}`
    default:
      throw invalid(`Invalid value for routineType: ${type}`)
  }
}

/** A procedure's statements are a block, whether the client wrote it as one or not. */
const block = (text: string): string => (/^\s*BEGIN\b/i.test(text) ? text : `BEGIN\n${text}\nEND`)

const isGiven = (value: Json | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  !(isObject(value) && Object.keys(value).length === 0) &&
  !(Array.isArray(value) && value.length === 0)

function parameterText(given: JsonObject): string {
  const any = textAt(given, 'argumentKind')?.toUpperCase() === 'ANY_TYPE'
  const type = any ? 'ANY TYPE' : typeText(objectAt(given, 'dataType'))
  const mode = textAt(given, 'mode')?.toUpperCase()
  return `${mode === undefined || mode === 'MODE_UNSPECIFIED' ? '' : `${mode} `}${sqlName(neededText(given, 'name'))} ${type}`
}
