import type { CatalogTable } from '../../catalog.ts'
import type { CreateExternalTable, Expression, Option } from '../../parse/ast.ts'
import { type Context, didYouMean, problemAt, unsupportedAt } from '../context.ts'
import { resolveColumn } from './column-schema.ts'
import { createdTarget, existing, NOTHING } from './create-table.ts'
import { resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#external_table_option_list */
const TYPES: Readonly<Record<string, 'STRING' | 'BOOL' | 'INT64' | 'ARRAY<STRING>'>> = {
  allow_jagged_rows: 'BOOL',
  allow_quoted_newlines: 'BOOL',
  enable_list_inference: 'BOOL',
  enable_logical_types: 'BOOL',
  encoding: 'STRING',
  field_delimiter: 'STRING',
  format: 'STRING',
  hive_partition_uri_prefix: 'STRING',
  ignore_unknown_values: 'BOOL',
  max_bad_records: 'INT64',
  null_marker: 'STRING',
  null_markers: 'ARRAY<STRING>',
  quote: 'STRING',
  require_hive_partition_filter: 'BOOL',
  skip_leading_rows: 'INT64',
  time_zone: 'STRING',
  uris: 'ARRAY<STRING>',
}

/** NEWLINE_DELIMITED_JSON is the API's own name of JSON. */
const FORMATS = ['AVRO', 'CSV', 'JSON', 'NEWLINE_DELIMITED_JSON', 'PARQUET']

/** Options that change what is read, and that we do not have. */
const REFUSED = new Set([
  'bigtable_options',
  'column_name_character_map',
  'compression',
  'date_format',
  'datetime_format',
  'decimal_target_types',
  'enum_as_string',
  'expiration_timestamp',
  'file_set_spec_type',
  'json_extension',
  'max_staleness',
  'metadata_cache_mode',
  'object_metadata',
  'preserve_ascii_control_characters',
  'projection_fields',
  'reference_file_schema_uri',
  'sheet_range',
  'source_column_match',
  'time_format',
  'timestamp_format',
])

/**
 * CREATE EXTERNAL TABLE: a table whose rows are read from its files by each statement that reads it. Columns that the
 * statement does not name come from `context.resolution.external`; where that is not known yet the table is `incomplete`.
 */
export function resolveCreateExternalTable(context: Context, node: CreateExternalTable): Resolved {
  const statementType = 'CREATE_EXTERNAL_TABLE'
  const target = createdTarget(context, node)
  if (existing(context, node, target, 'EXTERNAL'))
    return NOTHING(statementType, [target], context.resolution.catalog.table(target))
  if (node.connection !== undefined) throw unsupportedAt(context, node.connection, 'WITH CONNECTION')
  for (const option of node.options ?? []) checkOption(context, option)
  const { description, labels, others } = resolveOptions(context, node.options)
  for (const name of ['format', 'uris'])
    if (others[name] === undefined) throw problemAt(context, node, `Option ${name} is required`)
  const given = node.elements?.filter((element) => element.kind === 'columnDefinition')
  const { partitionColumns } = node
  if (partitionColumns !== undefined && others['hive_partition_uri_prefix'] === undefined)
    throw problemAt(context, node, 'WITH PARTITION COLUMNS needs the option hive_partition_uri_prefix')
  const { external } = context.resolution
  const files = given?.map((element) => resolveColumn(context, element)) ?? external?.columns
  const partitions =
    partitionColumns === undefined
      ? []
      : partitionColumns === 'inferred'
        ? external?.partitions
        : partitionColumns.map((element) => resolveColumn(context, element))
  const columns = [...(files ?? []), ...(partitions ?? [])]
  const twice = columns.find(
    ({ name }, index) =>
      columns.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) !== index,
  )
  if (twice !== undefined) throw problemAt(context, node, `Duplicate column name ${twice.name}`)
  const table: CatalogTable = {
    target,
    kind: 'EXTERNAL',
    columns,
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { labels }),
    options: { ...external?.options, ...others },
  }
  return {
    statement: {
      kind: 'create table',
      table,
      replace: node.orReplace,
      query: undefined,
      incomplete: files === undefined || partitions === undefined,
    },
    statementType,
    changes: [{ kind: 'put table', table }],
    writes: [target],
  }
}

function checkOption(context: Context, { name, value }: Option): void {
  const option = name.parts.map((part) => part.name.toLowerCase()).join('.')
  if (option === 'description' || option === 'labels' || value.kind === 'null') return
  if (REFUSED.has(option)) throw unsupportedAt(context, name, `the option ${option} of an external table`)
  const type = TYPES[option]
  if (type === undefined)
    throw problemAt(context, name, `Unknown option: ${option}${didYouMean(option, Object.keys(TYPES))}`)
  if (!isLiteral(value, type))
    throw problemAt(context, value, `The option ${option} must be a literal ${type}`)
  if (option === 'format' && value.kind === 'string' && !FORMATS.includes(value.value.toUpperCase()))
    throw unsupportedAt(context, value, `the format ${value.value} of an external table`)
}

function isLiteral(node: Expression, type: string): boolean {
  switch (type) {
    case 'STRING':
      return node.kind === 'string'
    case 'BOOL':
      return node.kind === 'boolean'
    case 'INT64':
      return node.kind === 'integer'
    default:
      return node.kind === 'array' && node.elements.every((element) => isLiteral(element, 'STRING'))
  }
}
