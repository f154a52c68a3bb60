import type { CatalogColumn, CatalogTable, ForeignKey, NameDefaults, TableKind } from '../catalog.ts'
import { parseType } from '../parse/index.ts'
import { resolveType } from '../resolve/expression/type-node.ts'
import { ingestionUnit, PARTITION_TIME } from '../resolve/from/ingestion-time.ts'
import { equalTypes } from '../types/equal.ts'
import { logicalType, physicalType } from '../types/physical.ts'
import { typeName } from '../types/print.ts'
import type { SqlType } from '../types/type.ts'

/** What a COMMENT holds of a table that DuckDB's own columns do not tell. */
interface Stored {
  readonly streamform: 1
  readonly kind?: TableKind
  readonly description?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly partitionBy?: string
  readonly clusterBy?: readonly string[]
  readonly primaryKey?: readonly string[]
  readonly foreignKeys?: readonly ForeignKey[]
  readonly viewText?: string
  readonly viewNames?: readonly string[]
  readonly viewDefaults?: NameDefaults
  readonly columns?: Readonly<Record<string, StoredColumn>>
}

interface StoredColumn extends Omit<CatalogColumn, 'name' | 'type' | 'required'> {
  /** As GoogleSQL, where DuckDB's type does not tell it. */
  readonly type?: string
}

/** The COMMENT of a table or view; undefined if DuckDB's columns say all. */
export function tableComment(table: CatalogTable): string | undefined {
  const columns = Object.fromEntries(
    table.columns.flatMap((column): readonly [string, StoredColumn][] => {
      const { name, type, required: _required, ...rest } = column
      const hidden = table.viewText !== undefined || !tells(type)
      const stored: StoredColumn = { ...rest, ...(hidden ? { type: typeName(type) } : {}) }
      return Object.keys(stored).length === 0 ? [] : [[name, stored]]
    }),
  )
  const { target: _target, kind, columns: _columns, ddl: _ddl, ...rest } = table
  const stored: Stored = {
    streamform: 1,
    ...(kind === 'TABLE' ? {} : { kind }),
    ...rest,
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  }
  return Object.keys(stored).length === 1 ? undefined : JSON.stringify(stored)
}

/** True if DuckDB's type is enough to know BigQuery's. */
function tells(type: SqlType): boolean {
  try {
    return equalTypes(logicalType(physicalType(type)), type) && !hasUnnamed(type)
  } catch {
    return false
  }
}

function hasUnnamed(type: SqlType): boolean {
  if (type.kind === 'ARRAY') return hasUnnamed(type.element)
  return (
    type.kind === 'STRUCT' && type.fields.some((field) => field.name === undefined || hasUnnamed(field.type))
  )
}

export interface PhysicalColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

/**
 * A table or view from DuckDB's columns and its COMMENT: the inverse of `tableComment`. A comment that is not ours is
 * taken as the description.
 */
export function readTableEntry(
  target: CatalogTable['target'],
  isView: boolean,
  columns: readonly PhysicalColumn[],
  comment: string | null,
): CatalogTable {
  const stored = readComment(comment)
  const { streamform: _streamform, columns: described, kind, ...rest } = stored
  const own =
    ingestionUnit(rest) === undefined ? columns : columns.filter(({ name }) => name !== PARTITION_TIME)
  return {
    target,
    kind: kind ?? (isView ? 'VIEW' : 'TABLE'),
    ...rest,
    columns: own.map(({ name, type, nullable }): CatalogColumn => {
      const { type: written, ...more } = described?.[name] ?? {}
      return {
        name,
        type: written === undefined ? logicalType(type) : typeOf(written),
        ...(nullable || isView ? {} : { required: true }),
        ...more,
      }
    }),
  }
}

function readComment(comment: string | null): Stored {
  if (comment === null || comment === '') return { streamform: 1 }
  try {
    const value: unknown = JSON.parse(comment)
    if (typeof value === 'object' && value !== null && 'streamform' in value) return value as Stored
  } catch {
    // Not ours: someone's own remark.
  }
  return { streamform: 1, description: comment }
}

function typeOf(text: string): SqlType {
  const defaults = { project: '', dataset: undefined }
  return resolveType({ source: { text, file: undefined, defaults, within: [] } }, parseType(text)).type
}
