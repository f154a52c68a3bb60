import type { CatalogTable } from '../../catalog.ts'
import type { CreateExternalTable, Expression, Option } from '../../parse/ast.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { resolveColumn } from './column-schema.ts'
import { createdTarget, existing, NOTHING } from './create-table.ts'
import { externalTableOptions } from './known-options.ts'
import { optionName, resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'

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
  const { description, labels, others } = resolveOptions(context, node.options, externalTableOptions)
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
  // Without those of the files a table has none yet.
  const columns = files === undefined ? [] : [...files, ...(partitions ?? [])]
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

/** Its files are read by other rooms, to which only literals say something. */
function checkOption(context: Context, option: Option): void {
  const { value } = option
  const name = optionName(option)
  if (REFUSED.has(name)) throw unsupportedAt(context, option.name, `the option ${name} of an external table`)
  const type = externalTableOptions[name]
  if (name === 'description' || name === 'labels' || value.kind === 'null' || type === undefined) return
  if (!isLiteral(value, type)) throw problemAt(context, value, `The option ${name} must be a literal ${type}`)
  if (name === 'format' && value.kind === 'string' && !FORMATS.includes(value.value.toUpperCase()))
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
