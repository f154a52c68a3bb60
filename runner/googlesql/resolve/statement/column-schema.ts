import type { CatalogColumn } from '../../catalog.ts'
import type { ColumnDefinition, ColumnSchema } from '../../parse/ast.ts'
import type { ColumnType, SqlType } from '../../types/type.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { resolveType } from '../expression/type-node.ts'
import { columnOptions } from './known-options.ts'
import { resolveOptions } from './options.ts'

/** A column of CREATE TABLE or ADD COLUMN. */
export function resolveColumn(context: Context, node: ColumnDefinition): CatalogColumn {
  const { schema } = node
  if (schema.collate !== undefined) throw unsupportedAt(context, schema.collate, 'COLLATE')
  if (schema.generated !== undefined) throw unsupportedAt(context, schema.generated, 'a generated column')
  const { type, parameters } = schemaType(context, schema)
  if (schema.notNull && type.kind === 'ARRAY') {
    throw problemAt(context, node, `NOT NULL cannot be specified for ARRAY column ${node.name.name}`)
  }
  const options = resolveOptions(context, schema.options, columnOptions)
  const fieldDescriptions = descriptions(context, schema, '')
  const value = schema.defaultValue
  return {
    name: node.name.name,
    type,
    ...(parameters === undefined ? {} : { parameters }),
    ...(schema.notNull ? { required: true } : {}),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(value === undefined ? {} : { defaultText: context.source.text.slice(value.start, value.end) }),
    ...(Object.keys(options.others).length === 0 ? {} : { options: options.others }),
    ...(Object.keys(fieldDescriptions).length === 0 ? {} : { fieldDescriptions }),
  }
}

/** The type of a column schema, with its parameters. */
export function schemaType(context: Context, schema: ColumnSchema): ColumnType {
  const { type } = schema
  if (type.kind === 'arrayColumn') {
    const element = elementType(context, type.element)
    if (element.kind === 'ARRAY') throw problemAt(context, type, 'Arrays of arrays are not supported')
    return { type: { kind: 'ARRAY', element } }
  }
  if (type.kind === 'structColumn') {
    const fields = type.fields.map((field) => ({
      name: field.name.name,
      type: elementType(context, field.schema),
    }))
    return { type: { kind: 'STRUCT', fields } }
  }
  return resolveType(context, type)
}

function elementType(context: Context, schema: ColumnSchema): SqlType {
  if (schema.notNull) throw unsupportedAt(context, schema, 'NOT NULL inside a STRUCT or ARRAY')
  if (schema.collate !== undefined) throw unsupportedAt(context, schema.collate, 'COLLATE')
  const { type, parameters } = schemaType(context, schema)
  if (parameters !== undefined && parameters.length > 0) {
    throw unsupportedAt(context, schema, 'a type parameter inside another type')
  }
  return type
}

function descriptions(context: Context, schema: ColumnSchema, prefix: string): Record<string, string> {
  const { type } = schema
  if (type.kind === 'arrayColumn') return descriptions(context, type.element, prefix)
  if (type.kind !== 'structColumn') return {}
  const found: Record<string, string> = {}
  for (const field of type.fields) {
    const path = prefix === '' ? field.name.name : `${prefix}.${field.name.name}`
    const { description } = resolveOptions(context, field.schema.options, columnOptions)
    if (description !== undefined) found[path] = description
    Object.assign(found, descriptions(context, field.schema, path))
  }
  return found
}
