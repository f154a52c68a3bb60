import type { CatalogTable } from '../../../catalog.ts'
import type { Value } from '../../../result.ts'
import { columnTypeName, typeName } from '../../../types/print.ts'
import type { SqlType } from '../../../types/type.ts'
import { partitionColumn } from '../../partition-column.ts'
import { optionsOfTables } from '../../statement/known-options.ts'
import { place, type View, yes } from './view.ts'

const TABLE_TYPES: Readonly<Record<string, string>> = {
  TABLE: 'BASE TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
  EXTERNAL: 'EXTERNAL',
  SNAPSHOT: 'SNAPSHOT',
}

function clusteringPosition(table: CatalogTable, column: string): bigint | null {
  const at = table.clusterBy?.findIndex((name) => name.toLowerCase() === column.toLowerCase()) ?? -1
  return at < 0 ? null : BigInt(at + 1)
}

/** Every field of a column, the column itself first: dotted path and type. */
function fieldPaths(path: string, type: SqlType): readonly (readonly [string, SqlType])[] {
  const inner = type.kind === 'ARRAY' ? type.element : type
  const fields = inner.kind === 'STRUCT' ? inner.fields : []
  return [[path, type], ...fields.flatMap((field) => fieldPaths(`${path}.${field.name ?? ''}`, field.type))]
}

function optionRows(table: CatalogTable): readonly (readonly Value[])[] {
  const rows: (readonly Value[])[] = []
  if (table.description !== undefined) rows.push(['description', 'STRING', JSON.stringify(table.description)])
  if (table.labels !== undefined) {
    const pairs = Object.entries(table.labels).map(
      ([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`,
    )
    rows.push(['labels', 'ARRAY<STRUCT<STRING, STRING>>', `[${pairs.join(', ')}]`])
  }
  for (const [name, text] of Object.entries(table.options ?? {}))
    rows.push([name, optionsOfTables[table.kind][name] ?? 'STRING', text])
  return rows
}

/** The views of INFORMATION_SCHEMA that tell of datasets, tables, views and columns. */
export const tableViews: Readonly<Record<string, View>> = {
  SCHEMATA: {
    columns: [
      ['catalog_name', 'STRING'],
      ['schema_name', 'STRING'],
      ['schema_owner', 'STRING'],
      ['location', 'STRING'],
    ],
    unknown: ['creation_time', 'last_modified_time', 'ddl', 'default_collation_name', 'sync_status'],
    rows: ({ project, datasets }) => datasets.map((dataset) => [project, dataset, null, 'US']),
  },
  SCHEMATA_OPTIONS: {
    columns: [
      ['catalog_name', 'STRING'],
      ['schema_name', 'STRING'],
      ['option_name', 'STRING'],
      ['option_type', 'STRING'],
      ['option_value', 'STRING'],
    ],
    // The one option that every dataset has; others are not kept.
    rows: ({ project, datasets }) =>
      datasets.map((dataset) => [project, dataset, 'location', 'STRING', '"US"']),
  },
  MATERIALIZED_VIEWS: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
    ],
    unknown: ['last_refresh_time', 'refresh_watermark', 'last_refresh_status'],
    rows: ({ tables }) => tables.filter(({ kind }) => kind === 'MATERIALIZED_VIEW').map(place),
  },
  TABLES: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['table_type', 'STRING'],
      ['managed_table_type', 'STRING'],
      ['is_insertable_into', 'STRING'],
      ['is_typed', 'STRING'],
      ['is_change_history_enabled', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables.map((table) => [
        ...place(table),
        TABLE_TYPES[table.kind] ?? table.kind,
        null,
        yes(table.kind === 'TABLE'),
        'NO',
        'NO',
      ]),
    unknown: [
      'creation_time',
      'ddl',
      'base_table_catalog',
      'base_table_schema',
      'base_table_name',
      'snapshot_time_ms',
      'default_collation_name',
      'is_fine_grained_mutations_enabled',
    ],
  },
  COLUMNS: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['column_name', 'STRING'],
      ['ordinal_position', 'INT64'],
      ['is_nullable', 'STRING'],
      ['data_type', 'STRING'],
      ['is_generated', 'STRING'],
      ['generation_expression', 'STRING'],
      ['is_stored', 'STRING'],
      ['is_hidden', 'STRING'],
      ['is_updatable', 'STRING'],
      ['is_system_defined', 'STRING'],
      ['is_partitioning_column', 'STRING'],
      ['clustering_ordinal_position', 'INT64'],
      ['collation_name', 'STRING'],
      ['column_default', 'STRING'],
      ['rounding_mode', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables.flatMap((table) =>
        table.columns.map((column, index) => [
          ...place(table),
          column.name,
          BigInt(index + 1),
          yes(column.required !== true),
          columnTypeName(column),
          'NEVER',
          null,
          null,
          'NO',
          null,
          'NO',
          yes(partitionColumn(table) === column),
          clusteringPosition(table, column.name),
          'NULL',
          column.defaultText ?? 'NULL',
          null,
        ]),
      ),
  },
  COLUMN_FIELD_PATHS: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['column_name', 'STRING'],
      ['field_path', 'STRING'],
      ['data_type', 'STRING'],
      ['description', 'STRING'],
      ['collation_name', 'STRING'],
      ['rounding_mode', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables.flatMap((table) =>
        table.columns.flatMap((column) =>
          fieldPaths(column.name, column.type).map(([path, type]) => {
            const inside = path.slice(column.name.length + 1)
            const description = inside === '' ? column.description : column.fieldDescriptions?.[inside]
            return [...place(table), column.name, path, typeName(type), description ?? null, 'NULL', null]
          }),
        ),
      ),
  },
  TABLE_OPTIONS: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['option_name', 'STRING'],
      ['option_type', 'STRING'],
      ['option_value', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables.flatMap((table) => optionRows(table).map((row) => [...place(table), ...row])),
  },
  VIEWS: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['view_definition', 'STRING'],
      ['check_option', 'STRING'],
      ['use_standard_sql', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables.flatMap((table) =>
        table.viewText === undefined ? [] : [[...place(table), table.viewText, null, 'YES']],
      ),
  },
}
