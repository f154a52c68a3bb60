import type { CatalogTable } from '../../../catalog.ts'
import type { Value } from '../../../result.ts'
import { place, type View } from './view.ts'

interface Constraint {
  readonly table: CatalogTable
  readonly name: string
  readonly type: 'PRIMARY KEY' | 'FOREIGN KEY'
  readonly columns: readonly string[]
  /** What a foreign key's columns refer to, one for one. */
  readonly used: readonly { readonly table: Pick<CatalogTable, 'target'>; readonly column: string }[]
}

/** A table's keys by BigQuery's names: `t.pk$`, `t.fk$1`, `t.name`. */
function constraintsOf(table: CatalogTable): readonly Constraint[] {
  const { primaryKey, foreignKeys = [], target } = table
  const primary: readonly Constraint[] =
    primaryKey === undefined
      ? []
      : [
          {
            table,
            name: `${target.name}.pk$`,
            type: 'PRIMARY KEY',
            columns: primaryKey,
            used: primaryKey.map((column) => ({ table, column })),
          },
        ]
  const foreign = foreignKeys.map(
    (key, index): Constraint => ({
      table,
      name: `${target.name}.${key.name ?? `fk$${index + 1}`}`,
      type: 'FOREIGN KEY',
      columns: key.columns,
      used: key.references.columns.map((column) => ({ table: key.references, column })),
    }),
  )
  return [...primary, ...foreign]
}

const named = ({ table, name }: Constraint): readonly Value[] => [
  table.target.database,
  table.target.schema,
  name,
]

/** The views of INFORMATION_SCHEMA that tell of keys. */
export const constraintViews: Readonly<Record<string, View>> = {
  TABLE_CONSTRAINTS: {
    columns: [
      ['constraint_catalog', 'STRING'],
      ['constraint_schema', 'STRING'],
      ['constraint_name', 'STRING'],
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['constraint_type', 'STRING'],
      ['is_deferrable', 'STRING'],
      ['initially_deferred', 'STRING'],
      ['enforced', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables
        .flatMap(constraintsOf)
        .map((key) => [...named(key), ...place(key.table), key.type, 'NO', 'NO', 'NO']),
  },
  KEY_COLUMN_USAGE: {
    columns: [
      ['constraint_catalog', 'STRING'],
      ['constraint_schema', 'STRING'],
      ['constraint_name', 'STRING'],
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['column_name', 'STRING'],
      ['ordinal_position', 'INT64'],
      ['position_in_unique_constraint', 'INT64'],
    ],
    rows: ({ tables }) =>
      tables.flatMap(constraintsOf).flatMap((key) =>
        key.columns.map((column, index) => {
          const position = BigInt(index + 1)
          return [
            ...named(key),
            ...place(key.table),
            column,
            position,
            key.type === 'FOREIGN KEY' ? position : null,
          ]
        }),
      ),
  },
  CONSTRAINT_COLUMN_USAGE: {
    columns: [
      ['table_catalog', 'STRING'],
      ['table_schema', 'STRING'],
      ['table_name', 'STRING'],
      ['column_name', 'STRING'],
      ['constraint_catalog', 'STRING'],
      ['constraint_schema', 'STRING'],
      ['constraint_name', 'STRING'],
    ],
    rows: ({ tables }) =>
      tables
        .flatMap(constraintsOf)
        .flatMap((key) => key.used.map(({ table, column }) => [...place(table), column, ...named(key)])),
  },
}
