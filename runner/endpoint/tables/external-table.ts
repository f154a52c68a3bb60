import type { CatalogTable } from '../../googlesql/catalog.ts'
import { sqlName, sqlText } from '../../googlesql/quote.ts'
import { typeName } from '../../googlesql/types/print.ts'
import { ApiError, invalid } from '../api-error.ts'
import { optionsOf } from '../files/external-files.ts'
import {
  flagAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  neededText,
  objectAt,
  textAt,
} from '../json.ts'
import { readSchema, scalarKind, tableSchema } from './field-schema.ts'
import { columnText, labelsText } from './table-ddl.ts'

/** `externalDataConfiguration`'s fields (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#ExternalDataConfiguration) as options of SQL. */
const fields: readonly (readonly [path: string, option: string])[] = [
  ['sourceFormat', 'format'],
  ['sourceUris', 'uris'],
  ['maxBadRecords', 'max_bad_records'],
  ['ignoreUnknownValues', 'ignore_unknown_values'],
  ['csvOptions.fieldDelimiter', 'field_delimiter'],
  ['csvOptions.skipLeadingRows', 'skip_leading_rows'],
  ['csvOptions.quote', 'quote'],
  ['csvOptions.allowJaggedRows', 'allow_jagged_rows'],
  ['csvOptions.allowQuotedNewlines', 'allow_quoted_newlines'],
  ['csvOptions.encoding', 'encoding'],
  ['csvOptions.nullMarker', 'null_marker'],
  ['csvOptions.nullMarkers', 'null_markers'],
  ['jsonOptions.encoding', 'encoding'],
  ['avroOptions.useAvroLogicalTypes', 'enable_logical_types'],
  ['parquetOptions.enableListInference', 'enable_list_inference'],
  ['hivePartitioningOptions.sourceUriPrefix', 'hive_partition_uri_prefix'],
  ['hivePartitioningOptions.requirePartitionFilter', 'require_hive_partition_filter'],
]

/** Fields that change nothing of what is read here. */
const harmless = [
  'autodetect',
  'schema',
  'compression',
  'hivePartitioningOptions.mode',
  'hivePartitioningOptions.fields',
]

const counts = ['max_bad_records', 'skip_leading_rows']

/** The CREATE EXTERNAL TABLE of a table that a client describes; `name` as SQL has it. @throws ApiError for what is missing or not supported */
export function createExternalTable(name: string, body: JsonObject): string {
  const given = objectAt(body, 'externalDataConfiguration')
  checkFields(given)
  const format = neededText(given, 'sourceFormat').toUpperCase()
  const columns = readSchema(given['schema']) ?? readSchema(body['schema'])
  const described = ['AVRO', 'PARQUET'].includes(format)
  if (columns === undefined && !described && flagAt(given, 'autodetect') !== true)
    throw invalid('No schema specified: give one, or set autodetect')
  const options = fields.flatMap(([path, option]) => {
    const value = at(given, path)
    return value === undefined || value === null ? [] : [`${option} = ${optionText(option, value)}`]
  })
  const description = textAt(body, 'description')
  const labels = objectAt(body, 'labels')
  if (description !== undefined) options.push(`description = ${sqlText(description)}`)
  if (Object.keys(labels).length > 0)
    options.push(
      `labels = ${labelsText(Object.fromEntries(Object.entries(labels).map(([k, v]) => [k, String(v)])))}`,
    )
  const list = columns === undefined || columns.length === 0 ? '' : ` (${columns.map(columnText).join(', ')})`
  return `CREATE EXTERNAL TABLE ${name}${list}${partitionText(given)} OPTIONS (${options.join(', ')})`
}

function at(given: JsonObject, path: string): Json | undefined {
  const [first = '', second] = path.split('.')
  return second === undefined ? given[first] : objectAt(given, first)[second]
}

function checkFields(given: JsonObject): void {
  const known = new Set([...fields.map(([path]) => path), ...harmless])
  const paths = Object.entries(given).flatMap(([key, value]) =>
    isObject(value) && key !== 'schema' ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key],
  )
  const wrong = paths.find((path) => {
    const value = at(given, path)
    return !known.has(path) && value !== undefined && value !== null && value !== false && value !== ''
  })
  if (wrong !== undefined)
    throw new ApiError('notImplemented', `externalDataConfiguration.${wrong} is not supported locally`)
}

function optionText(option: string, value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => sqlText(String(item))).join(', ')}]`
  const text = String(value)
  if (typeof value === 'boolean') return text
  if (counts.includes(option)) {
    if (!/^\d{1,15}$/.test(text)) throw invalid(`Invalid value for ${option}: ${text} is no whole number`)
    return text
  }
  if (/^(enable|allow|ignore|require)_/.test(option)) return String(text.toLowerCase() === 'true')
  return option === 'hive_partition_uri_prefix' ? sqlText(plainPrefix(text)) : sqlText(text)
}

/** `gs://b/t/{day:DATE}/{kind:STRING}` of the mode CUSTOM, without its columns. */
const plainPrefix = (prefix: string): string => prefix.replace(/\/\{.*$/, '')

function partitionText(given: JsonObject): string {
  const hive = objectAt(given, 'hivePartitioningOptions')
  if (Object.keys(hive).length === 0) return ''
  const mode = (textAt(hive, 'mode') ?? 'AUTO').toUpperCase()
  if (mode === 'AUTO') return ' WITH PARTITION COLUMNS'
  const columns =
    mode === 'CUSTOM'
      ? [...neededText(hive, 'sourceUriPrefix').matchAll(/\{(\w+):(\w+)\}/g)].map(
          ([, name = '', type = '']) => {
            const kind = scalarKind(type)
            if (kind === undefined) throw invalid(`Invalid type ${type} of the partition key ${name}`)
            return `${sqlName(name)} ${typeName({ kind })}`
          },
        )
      : mode === 'STRINGS'
        ? stringKeys(given).map((name) => `${sqlName(name)} STRING`)
        : undefined
  if (columns === undefined)
    throw invalid(`Invalid value for hivePartitioningOptions.mode: ${mode}; AUTO, STRINGS or CUSTOM`)
  if (columns.length === 0) throw invalid('hivePartitioningOptions.sourceUriPrefix names no keys {name:TYPE}')
  return ` WITH PARTITION COLUMNS (${columns.join(', ')})`
}

/** The keys that stand in the URIs themselves, as those of the mode STRINGS must. */
function stringKeys(given: JsonObject): readonly string[] {
  const [uri = ''] = listAt(given, 'sourceUris').map(String)
  const keys = [...uri.matchAll(/\/(\w+)=/g)].map(([, name = '']) => name)
  if (keys.length > 0) return keys
  throw new ApiError(
    'notImplemented',
    'hivePartitioningOptions.mode STRINGS needs its keys in the URI locally (gs://b/t/key=*); use CUSTOM with {key:STRING}',
  )
}

/** `externalDataConfiguration` of a table that is one; empty for others. */
export function externalResource(table: CatalogTable): object {
  if (table.kind !== 'EXTERNAL') return {}
  const options = optionsOf(table)
  const configuration: Record<string, Json> = {}
  for (const [path, option] of fields) {
    const value = options[option]
    const [first = '', second] = path.split('.')
    if (value === undefined || (first === 'jsonOptions' && String(options['format']).toUpperCase() === 'CSV'))
      continue
    const shown = counts.includes(option) && option !== 'max_bad_records' ? String(value) : value
    if (second === undefined) configuration[first] = first === 'sourceFormat' ? formatName(shown) : shown
    else configuration[first] = { ...(configuration[first] as JsonObject | undefined), [second]: shown }
  }
  return { externalDataConfiguration: { schema: tableSchema(table.columns), ...configuration } }
}

const formatName = (format: Json): string =>
  String(format).toUpperCase() === 'JSON' ? 'NEWLINE_DELIMITED_JSON' : String(format).toUpperCase()
