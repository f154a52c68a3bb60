import type { CatalogColumn } from '../../googlesql/catalog.ts'
import type { ResultColumn } from '../../googlesql/result.ts'
import { kindOfName } from '../../googlesql/types/scalars.ts'
import type { ScalarKind, SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid } from '../api-error.ts'
import { isObject, isSaid, type Json, type JsonObject, listAt, objectAt, textAt } from '../json.ts'

/** BigQuery's `TableFieldSchema` (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema). */
export interface FieldSchema {
  readonly name: string
  readonly type: string
  readonly mode?: 'NULLABLE' | 'REQUIRED' | 'REPEATED'
  readonly description?: string
  readonly fields?: readonly FieldSchema[]
  readonly maxLength?: string
  readonly precision?: string
  readonly scale?: string
  readonly defaultValueExpression?: string
  readonly rangeElementType?: { readonly type: string }
}

/** The names that the API gives types that SQL names otherwise; nested fields must be RECORD for Node's client. */
const apiNames: Readonly<Record<string, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
}

/** The scalar type of a name that a client gave, in any case and with any alias; undefined if there is none. */
export function scalarKind(name: string): ScalarKind | undefined {
  const given = name.trim().toUpperCase()
  return given === apiNames['FLOAT64'] ? 'FLOAT64' : kindOfName(given)
}

/** The API's own name of a type that a client named by any of its names; one that is none stays as it is. */
export function apiTypeName(given: string): string {
  const kind = given.toUpperCase() === 'STRUCT' ? 'STRUCT' : scalarKind(given)
  return kind === undefined ? given : (apiNames[kind] ?? kind)
}

/** A result's columns as a schema; every field has a mode, as query results have. */
export const resultSchema = (
  columns: readonly ResultColumn[],
): { readonly fields: readonly FieldSchema[] } => ({
  fields: columns.map(({ name, type }) => fieldOf(name, type, { mode: 'NULLABLE' })),
})

/** A table's columns as a schema; as BigQuery's, only REQUIRED and REPEATED fields have a mode. */
export const tableSchema = (
  columns: readonly CatalogColumn[],
): { readonly fields: readonly FieldSchema[] } => ({
  fields: columns.map((column) => ({
    ...fieldOf(column.name, column.type, {
      ...(column.required === true ? { mode: 'REQUIRED' as const } : {}),
      descriptions: column.fieldDescriptions ?? {},
    }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...parametersOf(column),
    ...(column.defaultText === undefined ? {} : { defaultValueExpression: column.defaultText }),
  })),
})

interface FieldOptions {
  readonly mode?: 'NULLABLE' | 'REQUIRED'
  /** By dotted path below the field. */
  readonly descriptions?: Readonly<Record<string, string>>
}

function fieldOf(name: string, type: SqlType, options: FieldOptions): FieldSchema {
  const element = type.kind === 'ARRAY' ? type.element : type
  const mode = type.kind === 'ARRAY' ? ('REPEATED' as const) : options.mode
  const { descriptions } = options
  return {
    name,
    type: apiNames[element.kind] ?? element.kind,
    ...(mode === undefined ? {} : { mode }),
    ...(element.kind === 'RANGE' ? { rangeElementType: { type: element.element.kind } } : {}),
    ...(element.kind === 'STRUCT'
      ? {
          fields: element.fields.map((field, index) => {
            const own = field.name ?? `_field_${index + 1}`
            return {
              ...fieldOf(own, field.type, {
                ...(options.mode === 'NULLABLE' ? { mode: 'NULLABLE' as const } : {}),
                ...(descriptions === undefined ? {} : { descriptions: below(descriptions, own) }),
              }),
              ...(descriptions?.[own] === undefined ? {} : { description: descriptions[own] }),
            }
          }),
        }
      : {}),
  }
}

function below(descriptions: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const inside = Object.entries(descriptions).filter(([path]) => path.startsWith(`${name}.`))
  return Object.fromEntries(inside.map(([path, text]) => [path.slice(name.length + 1), text]))
}

function parametersOf({ type, parameters }: CatalogColumn): Partial<FieldSchema> {
  const [first, second] = parameters ?? []
  if (first === undefined) return {}
  const { kind } = type.kind === 'ARRAY' ? type.element : type
  if (kind === 'STRING' || kind === 'BYTES') return { maxLength: String(first) }
  return { precision: String(first), ...(second === undefined ? {} : { scale: String(second) }) }
}

/** A column that a client described. */
export interface GivenColumn extends CatalogColumn {
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED'
}

/** `{fields: […]}` of a client, or undefined if it gave none. @throws ApiError for what is no schema */
export function readSchema(schema: Json | undefined): readonly GivenColumn[] | undefined {
  if (!isObject(schema) || schema['fields'] === undefined) return undefined
  const columns = listAt(schema, 'fields').map(readField)
  const seen = new Set<string>()
  for (const { name } of columns) {
    if (seen.has(name.toLowerCase())) throw invalid(`Duplicate column names in the schema: ${name}`, 'schema')
    seen.add(name.toLowerCase())
  }
  return columns
}

function readField(given: Json): GivenColumn {
  if (!isObject(given)) throw invalid('Invalid schema: a field must be an object', 'schema')
  const name = textAt(given, 'name')
  if (name === undefined || name === '') throw invalid('Invalid schema: a field has no name', 'schema')
  const mode = (textAt(given, 'mode') ?? 'NULLABLE').toUpperCase()
  if (mode !== 'NULLABLE' && mode !== 'REQUIRED' && mode !== 'REPEATED')
    throw invalid(`Invalid mode ${mode} of field ${name}: NULLABLE, REQUIRED or REPEATED`, 'schema')
  const wrong = [
    'collation',
    'foreignTypeDefinition',
    'generatedColumn',
    'roundingMode',
    'timestampPrecision',
  ].find((key) => isSaid(given[key]))
  if (wrong !== undefined)
    throw new ApiError('notImplemented', `${wrong} of a field is not supported locally: ${name}`)
  const inner = readFields(given, name)
  const element = fieldType(given, name, inner)
  const description = textAt(given, 'description')
  const fieldDescriptions = descriptionsOf(inner)
  const parameters = readParameters(given)
  const defaultText = textAt(given, 'defaultValueExpression')
  return {
    name,
    mode,
    type: mode === 'REPEATED' ? { kind: 'ARRAY', element } : element,
    ...(mode === 'REQUIRED' ? { required: true } : {}),
    ...(description === undefined || description === '' ? {} : { description }),
    ...(Object.keys(fieldDescriptions).length === 0 ? {} : { fieldDescriptions }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(defaultText === undefined ? {} : { defaultText }),
  }
}

function readFields(given: JsonObject, name: string): readonly GivenColumn[] {
  const fields = listAt(given, 'fields').map(readField)
  const required = fields.find((field) => field.mode === 'REQUIRED')
  if (required !== undefined)
    throw new ApiError(
      'notImplemented',
      `REQUIRED fields inside a RECORD are not supported locally: ${name}.${required.name}`,
    )
  return fields
}

function fieldType(given: JsonObject, name: string, inner: readonly GivenColumn[]): SqlType {
  const typeName = (textAt(given, 'type') ?? '').toUpperCase()
  if (typeName === 'RECORD' || typeName === 'STRUCT') {
    if (inner.length === 0) throw invalid(`Field ${name} is type RECORD but has no schema`, 'schema')
    return { kind: 'STRUCT', fields: inner.map((field) => ({ name: field.name, type: field.type })) }
  }
  if (typeName === 'RANGE') {
    const element = scalarKind(textAt(objectAt(given, 'rangeElementType'), 'type') ?? '')
    if (element !== 'DATE' && element !== 'DATETIME' && element !== 'TIMESTAMP')
      throw invalid(
        `Field ${name} is type RANGE: rangeElementType must be DATE, DATETIME or TIMESTAMP`,
        'schema',
      )
    return { kind: 'RANGE', element: { kind: element } }
  }
  const kind = scalarKind(typeName)
  if (kind === undefined) throw invalid(`Invalid value for type: ${typeName} is not a valid value`, 'schema')
  if (kind === 'GEOGRAPHY') throw new ApiError('notImplemented', 'type GEOGRAPHY is not supported locally')
  return { kind }
}

function descriptionsOf(fields: readonly GivenColumn[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const field of fields) {
    if (field.description !== undefined) found[field.name] = field.description
    for (const [path, text] of Object.entries(field.fieldDescriptions ?? {}))
      found[`${field.name}.${path}`] = text
  }
  return found
}

function readParameters(given: JsonObject): readonly number[] {
  const numbers = ['maxLength', 'precision', 'scale'].map((key) => textAt(given, key))
  return numbers.flatMap((text) => (text === undefined || text === '0' ? [] : [Number(text)]))
}
