import type { SqlType } from '../types/type.ts'
import type { ColumnExpr, Expr } from './resolved.ts'

/** One visible column of a FROM clause: what its name means. */
export interface NamedColumn {
  readonly name: string
  readonly expr: Expr
  /** It has no name of its own (an UNNEST without alias): `*` gives it, no name finds it. */
  readonly anonymous?: boolean
  /** Found by name, but not part of `*` (`_TABLE_SUFFIX`). */
  readonly hidden?: boolean
  /** BigQuery has it, we have not: naming it is refused for this reason. */
  readonly refused?: string
  /** It is the value of a value table's row, or a field of it. */
  readonly row?: RowColumn
}

/** The one column of a value table: what a pipe hands on, while `*` gives its fields. */
export interface RowColumn {
  /** The table's alias; undefined without. */
  readonly alias: string | undefined
  readonly expr: Expr
}

/** A table of a FROM clause under its alias. */
export interface Relation {
  readonly name: string
  readonly columns: readonly NamedColumn[]
  /** What the alias means as a value: the row as a STRUCT, or an array's element. */
  readonly value: Expr
}

/** The names that a FROM clause, or a step of a query, makes visible. */
export interface NameList {
  readonly columns: readonly NamedColumn[]
  readonly relations: readonly Relation[]
}

export const NO_NAMES: NameList = { columns: [], relations: [] }

/** Names visible at a place: those of the innermost query first, then of the queries around it. */
export interface Scope {
  readonly names: NameList
  readonly outer: Scope | undefined
}

export type Found =
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'column'; readonly column: NamedColumn }
  | { readonly kind: 'ambiguous' }

/** What a name means in one list of names: an alias before a column (as BigQuery), columns without regard to case. */
export function findName(names: NameList, name: string): Found | undefined {
  const folded = name.toLowerCase()
  const relations = names.relations.filter((relation) => relation.name.toLowerCase() === folded)
  if (relations.length > 1) return { kind: 'ambiguous' }
  if (relations[0] !== undefined) return { kind: 'relation', relation: relations[0] }
  const columns = findColumns(names.columns, folded)
  if (columns.length > 1) return { kind: 'ambiguous' }
  return columns[0] && { kind: 'column', column: columns[0] }
}

function findColumns(columns: readonly NamedColumn[], folded: string): readonly NamedColumn[] {
  return columns.filter((column) => column.anonymous !== true && column.name.toLowerCase() === folded)
}

/** What a name means from the inside out. */
export function lookUp(scope: Scope | undefined, name: string): Found | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const found = findName(at.names, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** All names that could have been meant, for `Did you mean`. */
export function visibleNames(scope: Scope | undefined): readonly string[] {
  const names: string[] = []
  for (let at = scope; at !== undefined; at = at.outer) {
    names.push(...at.names.relations.map((relation) => relation.name))
    names.push(...at.names.columns.filter((c) => c.anonymous !== true).map((column) => column.name))
  }
  return names
}

/** Both sides' names, as a comma or join makes them visible. */
export function joinNames(left: NameList, right: NameList): NameList {
  return {
    columns: [...left.columns, ...right.columns],
    relations: [...left.relations, ...right.relations],
  }
}

/** The columns that `*` gives. */
export function starColumns(columns: readonly NamedColumn[]): readonly NamedColumn[] {
  return columns.filter((column) => column.hidden !== true)
}

/** A relation whose value is the STRUCT of its columns. */
export function rowRelation(name: string, columns: readonly NamedColumn[]): Relation {
  return { name, columns, value: rowValue(columns) }
}

/** The STRUCT of columns, without hidden ones. */
export function rowValue(columns: readonly NamedColumn[]): Expr {
  const shown = starColumns(columns)
  const fields = shown.map((column) => ({
    name: column.anonymous === true ? undefined : column.name,
    type: column.expr.type,
  }))
  return { kind: 'struct', type: { kind: 'STRUCT', fields }, values: shown.map((column) => column.expr) }
}

/** The names of a value table: its row's fields, or the value itself under the alias. */
export function valueNames(expr: Expr, alias: string | undefined): NameList {
  const row: RowColumn = { alias, expr }
  const isStruct = expr.type.kind === 'STRUCT'
  const columns = isStruct
    ? fieldColumns(expr).map((column) => ({ ...column, row }))
    : [{ ...rowColumn(row), row }]
  const relation = alias === undefined ? [] : [{ name: alias, columns: isStruct ? columns : [], value: expr }]
  return { columns, relations: relation }
}

/** Columns as a pipe hands them on: the row of a value table is one. */
export function pipedColumns(columns: readonly NamedColumn[]): readonly NamedColumn[] {
  const seen = new Set<RowColumn>()
  return starColumns(columns).flatMap((column) => {
    if (column.row === undefined) return [column]
    if (seen.has(column.row)) return []
    seen.add(column.row)
    return [{ ...rowColumn(column.row), row: column.row }]
  })
}

function rowColumn({ alias, expr }: RowColumn): NamedColumn {
  return alias === undefined ? { name: '', expr, anonymous: true } : { name: alias, expr }
}

/** A struct's fields as columns. */
export function fieldColumns(value: Expr): readonly NamedColumn[] {
  if (value.type.kind !== 'STRUCT') return []
  return value.type.fields.map((field, index) => ({
    name: field.name ?? '',
    expr: fieldOf(value, index, field.type),
    ...(field.name === undefined ? { anonymous: true } : {}),
  }))
}

/** Field `index` of a struct value; of a STRUCT(…) written out, that value itself. */
export function fieldOf(value: Expr, index: number, type: SqlType): Expr {
  if (value.kind === 'struct') {
    const field = value.values[index]
    if (field !== undefined) return field
  }
  return { kind: 'field', type, operand: value, index }
}

/** A reference to a column. */
export function columnRef(column: ColumnExpr['column']): ColumnExpr {
  return { kind: 'column', type: column.type, column }
}
