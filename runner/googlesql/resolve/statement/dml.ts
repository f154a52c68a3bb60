import type { CatalogColumn, CatalogTable } from '../../catalog.ts'
import type {
  Assignment,
  Delete,
  Expression,
  Identifier,
  Insert,
  Path,
  Span,
  Truncate,
  Update,
} from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { type Context, didYouMean, newColumn, plainContext, problemAt, unsupportedAt } from '../context.ts'
import { coerceTo, coercionCost, convert, isUntyped } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveFrom } from '../from/from.ts'
import { storedColumns } from '../from/ingestion-time.ts'
import { tableNames, tableScan } from '../from/table.ts'
import { project } from '../query/project.ts'
import { resolveQuery } from '../query/query.ts'
import type { Computed, Expr, OutputColumn, ResolvedQuery, RowsScan, Scan, TableScan } from '../resolved.ts'
import { columnRef, fieldOf, joinNames, type NameList } from '../scope.ts'
import { hasDefault, resolveDefault } from './default.ts'
import type { Resolved, ResolvedDelete, ResolvedUpdate, SetColumn } from './resolved-statement.ts'
import { findTable } from './target.ts'

const BOOL = { kind: 'BOOL' } as const

/** The table that DML writes to. @throws Problem if there is none, or it is a view */
export function writableTable(context: Context, path: Path): CatalogTable {
  const table = findTable(context, path)
  if (table.kind !== 'TABLE') {
    throw problemAt(
      context,
      path,
      `${table.kind.replace('_', ' ').toLowerCase()} ${table.target.name} is not allowed for this operation because it is not a table`,
    )
  }
  return table
}

export function columnOf(context: Context, table: CatalogTable, name: Identifier): CatalogColumn {
  const folded = name.name.toLowerCase()
  const column = storedColumns(table).find((known) => known.name.toLowerCase() === folded)
  if (column !== undefined) return column
  const names = table.columns.map((known) => known.name)
  throw problemAt(
    context,
    name,
    `Column ${name.name} is not present in table ${table.target.schema}.${table.target.name}${didYouMean(name.name, names)}`,
  )
}

export function resolveInsert(context: Context, node: Insert): Resolved {
  const table = writableTable(context, node.target)
  const listed = node.columns?.map((name) => columnOf(context, table, name)) ?? table.columns
  for (const [index, column] of listed.entries()) {
    if (listed.indexOf(column) !== index) {
      throw problemAt(
        context,
        node.columns?.[index] ?? node,
        `INSERT has columns with duplicate name: ${column.name}`,
      )
    }
  }
  const given =
    node.source.kind === 'query'
      ? resolveQuery(context, node.source)
      : valueRows(context, node.source.rows, listed)
  const place = node.source.kind === 'query' ? node.source : node
  const query = insertedQuery(context, place, given, listed)
  const complete = withDefaults(context, table, listed, query)
  return {
    statement: { kind: 'insert', table, ...complete },
    statementType: 'INSERT',
    changes: [],
    writes: [table.target],
  }
}

/** VALUES as a query; DEFAULT is the column's. */
function valueRows(
  context: Context,
  rows: readonly { readonly values: readonly Expression[]; readonly start: number; readonly end: number }[],
  columns: readonly CatalogColumn[],
): ResolvedQuery {
  const plain = plainContext(context, 'INSERT VALUES')
  const outputs = columns.map(
    (column): OutputColumn => ({
      name: column.name,
      anonymous: false,
      column: newColumn(context, column.name, column.type),
    }),
  )
  const resolved = rows.map((row) => {
    if (row.values.length !== columns.length) {
      throw problemAt(
        context,
        row,
        `Inserted row has wrong column count; Has ${row.values.length}, expected ${columns.length}`,
      )
    }
    return row.values.map((value, index): Expr => {
      const column = columns[index]
      if (column === undefined) throw problemAt(context, value, 'Inserted row has wrong column count')
      return assigned(plain, value, column)
    })
  })
  const scan: RowsScan = { kind: 'rows', columns: outputs.map((output) => output.column), rows: resolved }
  return { scan, columns: outputs, isValue: false }
}

/** A value as it goes into a column; DEFAULT is the column's. */
export function assigned(context: Context, node: Expression, column: CatalogColumn): Expr {
  if (node.kind === 'default') return resolveDefault(context, column)
  const expr = resolveExpression(context, node)
  return coerceTo(
    context,
    node,
    expr,
    column.type,
    `Value has type ${typeName(expr.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
  )
}

function insertedQuery(
  context: Context,
  node: Span,
  query: ResolvedQuery,
  columns: readonly CatalogColumn[],
): ResolvedQuery {
  if (query.columns.length !== columns.length) {
    throw problemAt(
      context,
      node,
      `Inserted row has wrong column count; Has ${query.columns.length}, expected ${columns.length}`,
    )
  }
  const computed: Computed[] = []
  const outputs = query.columns.map((output, index): OutputColumn => {
    const column = columns[index]
    if (column === undefined) return output
    const value = untypedOutput(query, output)
    if (coercionCost(value, column.type) === undefined) {
      throw problemAt(
        context,
        node,
        `Query column ${index + 1} has type ${typeName(value.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
      )
    }
    const expr = convert(value, column.type)
    if (expr.kind === 'column') return output
    const made = newColumn(context, column.name, column.type)
    computed.push({ column: made, expr })
    return { ...output, column: made }
  })
  return { ...query, scan: project(query.scan, computed), columns: outputs }
}

/** A NULL or `[]` in the select list fits any type; what else is written there is a column like others. */
export function untypedOutput(query: ResolvedQuery, output: OutputColumn): Expr {
  const found = literalOutput(query, output)
  return isUntyped(found) ? found : columnRef(output.column)
}

/** A literal in the select list coerces as a literal. */
export function literalOutput(query: ResolvedQuery, output: OutputColumn): Expr {
  if (query.scan.kind === 'project') {
    const computed = query.scan.computed.find((item) => item.column === output.column)
    if (computed?.expr.kind === 'literal' || computed?.expr.kind === 'array') return computed.expr
  }
  return columnRef(output.column)
}

/** Columns that the statement leaves out get their defaults. */
function withDefaults(
  context: Context,
  table: CatalogTable,
  listed: readonly CatalogColumn[],
  query: ResolvedQuery,
): { readonly columns: readonly CatalogColumn[]; readonly query: ResolvedQuery } {
  const missing = storedColumns(table).filter((column) => hasDefault(column) && !listed.includes(column))
  const computed = missing.map(
    (column): Computed => ({
      column: newColumn(context, column.name, column.type),
      expr: resolveDefault(context, column),
    }),
  )
  const more = computed.map(({ column }): OutputColumn => ({ name: column.name, anonymous: false, column }))
  return {
    columns: [...listed, ...missing],
    query: { ...query, scan: project(query.scan, computed), columns: [...query.columns, ...more] },
  }
}

/** A table as the target of DML, with DuckDB's number of each row. */
export function targetScan(
  context: Context,
  node: Span,
  table: CatalogTable,
  alias: Identifier | undefined,
): {
  readonly scan: TableScan & { readonly rowId: Exclude<TableScan['rowId'], undefined> }
  readonly names: NameList
} {
  const rowId = newColumn(context, 'rowid', { kind: 'INT64' })
  const scan = { ...tableScan(context, table), rowId }
  return { scan, names: tableNames(context, node, scan, alias?.name ?? table.target.name) }
}

export function resolveUpdate(context: Context, node: Update): Resolved {
  const table = writableTable(context, node.target)
  if (node.where === undefined) throw problemAt(context, node, 'UPDATE must have a WHERE clause')
  const { scan, names } = targetScan(context, node.target, table, node.alias)
  const from = node.from && resolveFrom(context, node.from)
  const visible = from === undefined ? names : joinNames(names, from.names)
  const target = node.alias?.name ?? table.target.name
  const again = from?.names.relations.find(({ name }) => name.toLowerCase() === target.toLowerCase())
  if (again !== undefined) {
    const message = `Alias ${again.name} in the FROM clause was already defined as the UPDATE target`
    throw problemAt(context, node.from ?? node, message)
  }
  const inner = plainContext({ ...context, scope: { names: visible, outer: context.scope } }, 'UPDATE clause')
  const where = resolveExpression({ ...inner, clause: 'UPDATE scope' }, node.where)
  const joined: Scan | undefined = from && {
    kind: 'join',
    type: 'CROSS',
    left: scan,
    right: from.scan,
    condition: undefined,
  }
  const statement: ResolvedUpdate = {
    kind: 'update',
    table,
    scan,
    joined,
    where: coerceTo(
      context,
      node.where,
      where,
      BOOL,
      `WHERE clause should return type BOOL, but returns ${typeName(where.type)}`,
    ),
    set: resolveAssignments(inner, table, scan, node.items, target),
  }
  return { statement, statementType: 'UPDATE', changes: [], writes: [table.target] }
}

/** SET items: one expression a column; fields of structs are put into a copy of the old value. */
export function resolveAssignments(
  context: Context,
  table: CatalogTable,
  scan: TableScan,
  items: readonly Assignment[],
  alias: string,
): readonly SetColumn[] {
  const set = new Map<CatalogColumn, Expr>()
  const whole = new Set<string>()
  for (const item of items) {
    const [first, second] = item.target.parts
    if (first === undefined) continue
    const known = (name: Identifier) =>
      storedColumns(table).some((c) => c.name.toLowerCase() === name.name.toLowerCase())
    const qualified =
      second !== undefined && first.name.toLowerCase() === alias.toLowerCase() && known(second)
    const path = qualified ? item.target.parts.slice(1) : item.target.parts
    const [name, ...fields] = path
    if (name === undefined) continue
    const column = targetColumn(context, table, name)
    const key = path.map((part) => part.name.toLowerCase()).join('.')
    if (
      [...whole].some((other) => other === key || key.startsWith(`${other}.`) || other.startsWith(`${key}.`))
    ) {
      throw problemAt(
        context,
        item.target,
        `Update item ${item.target.parts.map((p) => p.name).join('.')} assigned more than once`,
      )
    }
    whole.add(key)
    const index = storedColumns(table).indexOf(column)
    const old = scan.columns[index]
    if (old === undefined) continue
    const before = set.get(column) ?? columnRef(old)
    set.set(
      column,
      fields.length === 0 ? updated(context, item, column) : withField(context, before, fields, item),
    )
  }
  return [...set].map(([column, expr]) => ({ column, expr }))
}

function targetColumn(context: Context, table: CatalogTable, name: Identifier): CatalogColumn {
  const known = storedColumns(table).some((column) => column.name.toLowerCase() === name.name.toLowerCase())
  if (known) return columnOf(context, table, name)
  const names = table.columns.map((column) => column.name)
  throw problemAt(context, name, `Unrecognized name: ${name.name}${didYouMean(name.name, names)}`)
}

/** A new value of a whole column; DEFAULT is the column's. */
function updated(context: Context, { value }: Assignment, column: CatalogColumn): Expr {
  if (value.kind === 'default') return resolveDefault(context, column)
  const expr = resolveExpression(context, value)
  return coerceTo(
    context,
    value,
    expr,
    column.type,
    `Value of type ${typeName(expr.type)} cannot be assigned to ${column.name}, which has type ${typeName(column.type)}`,
  )
}

function withField(context: Context, value: Expr, path: readonly Identifier[], item: Assignment): Expr {
  const [name, ...rest] = path
  const { type } = value
  if (name === undefined) {
    if (item.value.kind === 'default') throw unsupportedAt(context, item.value, 'DEFAULT for a field')
    const expr = resolveExpression(context, item.value)
    return coerceTo(
      context,
      item.value,
      expr,
      type,
      `Value of type ${typeName(expr.type)} cannot be assigned to ${item.target.parts.map((p) => p.name).join('.')}, which has type ${typeName(type)}`,
    )
  }
  if (type.kind !== 'STRUCT') {
    throw problemAt(context, name, `Cannot access field ${name.name} on a value with type ${typeName(type)}`)
  }
  const at = type.fields.findIndex((field) => field.name?.toLowerCase() === name.name.toLowerCase())
  if (at < 0) throw problemAt(context, name, `Field name ${name.name} does not exist in ${typeName(type)}`)
  const values = type.fields.map((field, index) => {
    const old = fieldOf(value, index, field.type)
    return index === at ? withField(context, old, rest, item) : old
  })
  return { kind: 'struct', type, values }
}

export function resolveDelete(context: Context, node: Delete): Resolved {
  const table = writableTable(context, node.target)
  if (node.where === undefined) throw problemAt(context, node, 'DELETE must have a WHERE clause')
  const { scan, names } = targetScan(context, node.target, table, node.alias)
  const inner = plainContext({ ...context, scope: { names, outer: context.scope } }, 'WHERE clause')
  const where = resolveExpression(inner, node.where)
  const statement: ResolvedDelete = {
    kind: 'delete',
    table,
    scan,
    where: coerceTo(
      context,
      node.where,
      where,
      BOOL,
      `WHERE clause should return type BOOL, but returns ${typeName(where.type)}`,
    ),
  }
  return { statement, statementType: 'DELETE', changes: [], writes: [table.target] }
}

export function resolveTruncate(context: Context, node: Truncate): Resolved {
  const table = writableTable(context, node.target)
  if (node.where !== undefined) throw unsupportedAt(context, node.where, 'TRUNCATE TABLE with WHERE')
  return {
    statement: { kind: 'truncate', table },
    statementType: 'TRUNCATE_TABLE',
    changes: [],
    writes: [table.target],
  }
}
