import type { CatalogRoutine, CatalogTable } from '../catalog.ts'
import type { TablePath } from '../parse/ast.ts'
import type { Value } from '../result.ts'
import { columnTypeName, typeName } from '../types/print.ts'
import type { SqlType } from '../types/type.ts'
import { type Context, newColumn, problemAt, unsupportedAt } from './context.ts'
import { resolveDerived } from './derived.ts'
import { type From, namesOf } from './from.ts'
import { partitionsText } from './partitions-view.ts'
import type { LiteralExpr, OutputColumn } from './resolved.ts'

/** One view: its columns, and its rows for a dataset (or for all datasets of a project). */
interface View {
  readonly columns: readonly (readonly [string, SqlType['kind']])[]
  readonly rows: (given: Given) => readonly (readonly Value[])[]
}

interface Given {
  readonly project: string
  readonly datasets: readonly string[]
  readonly tables: readonly CatalogTable[]
  readonly routines: readonly CatalogRoutine[]
}

/** `dataset.INFORMATION_SCHEMA.TABLES` and its like: what the catalog knows at this moment. */
export function resolveInformationSchema(context: Context, node: TablePath, parts: readonly string[]): From {
  const at = parts.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA')
  const name = parts
    .slice(at + 1)
    .join('.')
    .toUpperCase()
  if (name === 'PARTITIONS') {
    const { tables } = contents(context, node, parts.slice(0, at), name)
    const query = resolveDerived(context, node, partitionsText(tables))
    return { scan: query.scan, names: namesOf(query.columns, node.alias?.name ?? name, false) }
  }
  const view = VIEWS[name.replace(/_BY_PROJECT$/, '')]
  if (view === undefined) throw unsupportedAt(context, node, `INFORMATION_SCHEMA view ${name}`)
  const given = contents(context, node, parts.slice(0, at), name)
  const columns = view.columns.map(
    ([column, kind]): OutputColumn => ({
      name: column,
      anonymous: false,
      column: newColumn(context, column, { kind } as SqlType),
    }),
  )
  const rows = view.rows(given).map((row) =>
    columns.map(
      ({ column }, index): LiteralExpr => ({
        kind: 'literal',
        type: column.type,
        value: row[index] ?? null,
        from: 'value',
      }),
    ),
  )
  const alias = node.alias?.name ?? name
  return {
    scan: { kind: 'rows', columns: columns.map((output) => output.column), rows },
    names: namesOf(columns, alias, false),
  }
}

/** `project.dataset`, `dataset`, `` `region-us` `` or nothing before INFORMATION_SCHEMA. */
function contents(context: Context, node: TablePath, qualifier: readonly string[], view: string): Given {
  const { catalog } = context.resolution
  const { defaults } = context.source
  const named = qualifier.filter((part) => !/^region-/i.test(part))
  const region = named.length < qualifier.length
  if (region) throw unsupportedAt(context, node, 'INFORMATION_SCHEMA of a region')
  const [first, second] = named
  const project =
    second !== undefined || (region && first !== undefined) ? (first ?? defaults.project) : defaults.project
  const dataset = region
    ? undefined
    : (second ?? first ?? (view === 'SCHEMATA' ? undefined : defaults.dataset))
  if (dataset !== undefined && !catalog.hasDataset(project, dataset)) {
    throw problemAt(context, node, `Not found: Dataset ${project}:${dataset} was not found in location US`)
  }
  const datasets = dataset === undefined ? catalog.datasets(project) : [dataset]
  return {
    project,
    datasets,
    tables: datasets.flatMap((schema) => catalog.tables(project, schema)),
    routines: datasets.flatMap((schema) => catalog.routines(project, schema)),
  }
}

const TABLE_TYPES: Readonly<Record<string, string>> = {
  TABLE: 'BASE TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
  EXTERNAL: 'EXTERNAL',
  SNAPSHOT: 'SNAPSHOT',
}

const yes = (value: boolean) => (value ? 'YES' : 'NO')

function place(table: CatalogTable): readonly Value[] {
  return [table.target.database, table.target.schema, table.target.name]
}

/** The columns of the table that its rows are partitioned by, in lower case. */
function partitionColumn(table: CatalogTable): string | undefined {
  const words = table.partitionBy?.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  return table.columns.find((column) =>
    words.some((word) => word.toLowerCase() === column.name.toLowerCase()),
  )?.name
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
  for (const [name, text] of Object.entries(table.options ?? {})) rows.push([name, optionType(text), text])
  return rows
}

function optionType(text: string): string {
  if (/^(true|false)$/i.test(text)) return 'BOOL'
  if (/^['"]/.test(text)) return 'STRING'
  if (/^(TIMESTAMP|DATETIME)\b/i.test(text)) return 'TIMESTAMP'
  return /^-?\d+$/.test(text) ? 'INT64' : 'FLOAT64'
}

const VIEWS: Readonly<Record<string, View>> = {
  SCHEMATA: {
    columns: [
      ['catalog_name', 'STRING'],
      ['schema_name', 'STRING'],
      ['schema_owner', 'STRING'],
      ['location', 'STRING'],
    ],
    rows: ({ project, datasets }) => datasets.map((dataset) => [project, dataset, null, 'US']),
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
          yes(partitionColumn(table) === column.name),
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
  ROUTINES: {
    columns: [
      ['specific_catalog', 'STRING'],
      ['specific_schema', 'STRING'],
      ['specific_name', 'STRING'],
      ['routine_catalog', 'STRING'],
      ['routine_schema', 'STRING'],
      ['routine_name', 'STRING'],
      ['routine_type', 'STRING'],
      ['routine_body', 'STRING'],
      ['ddl', 'STRING'],
    ],
    rows: ({ routines }) =>
      routines.map(({ target, kind, text }) => {
        const name = [target.database, target.schema, target.name]
        const type = kind === 'TABLE_FUNCTION' ? 'TABLE FUNCTION' : kind === 'AGGREGATE' ? 'FUNCTION' : kind
        return [...name, ...name, type, 'SQL', text]
      }),
  },
}
