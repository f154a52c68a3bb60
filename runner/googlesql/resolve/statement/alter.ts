import type { CatalogChange, CatalogColumn, CatalogTable } from '../../catalog.ts'
import type { AlterAction, AlterStatement, ColumnChange, Identifier, Span } from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import { coercion } from '../../types/coerce.ts'
import { equalTypes } from '../../types/equal.ts'
import { columnTypeName } from '../../types/print.ts'
import { type Context, didYouMean, keywords, problemAt, unsupportedAt } from '../context.ts'
import { partitionColumn } from '../partition-column.ts'
import { resolveColumn, schemaType } from './column-schema.ts'
import { NOTHING } from './create-table.ts'
import { resolveDefault } from './default.ts'
import { resolveForeignKey, withoutForeignKey } from './foreign-key.ts'
import { columnOptions, optionsOfTables, schemaOptions } from './known-options.ts'
import { resolveOptions } from './options.ts'
import type { AlterStep, Resolved } from './resolved-statement.ts'
import { tableNotFound, tableTarget } from './target.ts'

const KINDS: Readonly<Record<string, CatalogTable['kind']>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  'MATERIALIZED VIEW': 'MATERIALIZED_VIEW',
}

/** ALTER TABLE, VIEW and SCHEMA. */
export function resolveAlter(context: Context, node: AlterStatement): Resolved {
  const statementType = `ALTER_${node.entity.replace(' ', '_')}`
  if (node.entity === 'SCHEMA') return alterSchema(context, node, statementType)
  const kind = KINDS[node.entity]
  if (kind === undefined) throw unsupportedAt(context, node, `ALTER ${node.entity}`)
  const target = tableTarget(context, node.name)
  const before = context.resolution.catalog.table(target)
  if (before === undefined) {
    if (node.ifExists) return NOTHING(statementType)
    throw problemAt(context, node.name, tableNotFound(context, target))
  }
  if (before.kind !== kind) {
    throw problemAt(
      context,
      node.name,
      `ALTER ${node.entity} cannot be used on ${target.schema}.${target.name}, which is a ${before.kind}`,
    )
  }
  let altered: Altered = { table: before, steps: [] }
  for (const action of node.actions) altered = applyAction(context, altered, action)
  const { table: after, steps } = altered
  const renamed = after.target !== before.target
  const changes: CatalogChange[] = [
    ...(renamed ? [{ kind: 'drop table' as const, target: before.target }] : []),
    { kind: 'put table', table: after },
  ]
  return {
    statement: { kind: 'alter', before, after, actions: steps },
    statementType,
    changes,
    writes: [after.target],
  }
}

/** A dataset's options mean nothing here but are no mistake. */
function alterSchema(context: Context, node: AlterStatement, statementType: string): Resolved {
  const parts = nameParts(node.name)
  const [schema, database] = [parts.at(-1) ?? '', parts.at(-2) ?? context.source.defaults.project]
  if (!context.resolution.catalog.hasDataset(database, schema) && !node.ifExists) {
    throw problemAt(
      context,
      node.name,
      `Not found: Dataset ${database}:${schema} was not found in location US`,
    )
  }
  const other = node.actions.find((action) => action.kind !== 'setOptions')
  if (other !== undefined) throw unsupportedAt(context, other, `ALTER SCHEMA with ${keywords(other.kind)}`)
  for (const action of node.actions)
    if (action.kind === 'setOptions') resolveOptions(context, action.options, schemaOptions)
  return NOTHING(statementType)
}

interface Altered {
  readonly table: CatalogTable
  readonly steps: readonly AlterStep[]
}

function applyAction(context: Context, { table, steps }: Altered, action: AlterAction): Altered {
  switch (action.kind) {
    case 'setOptions':
      return { table: withOptions(context, table, action), steps }
    case 'addColumn':
      return addColumn(context, { table, steps }, action)
    case 'dropColumn': {
      const column = find(context, table, action.column, action.ifExists)
      if (column === undefined) return { table, steps }
      checkFree(context, table, column, action.column, 'DROP COLUMN')
      if (table.columns.length === 1)
        throw problemAt(context, action, 'ALTER TABLE DROP COLUMN cannot drop the only column')
      return {
        table: { ...table, columns: table.columns.filter((known) => known !== column) },
        steps: [...steps, { kind: 'drop', name: column.name }],
      }
    }
    case 'renameColumn': {
      const column = find(context, table, action.from, action.ifExists)
      if (column === undefined) return { table, steps }
      checkFree(context, table, column, action.from, 'RENAME COLUMN')
      absent(context, table, action.to)
      return {
        table: replaced(table, column, { ...column, name: action.to.name }),
        steps: [...steps, { kind: 'rename', from: column.name, to: action.to.name }],
      }
    }
    case 'renameTo': {
      const target = { ...table.target, name: nameParts(action.to).at(-1) ?? '' }
      if (context.resolution.catalog.table(target) !== undefined) {
        throw problemAt(
          context,
          action.to,
          `Already Exists: Table ${target.database}:${target.schema}.${target.name}`,
        )
      }
      return { table: { ...table, target }, steps: [...steps, { kind: 'rename table', target }] }
    }
    case 'alterColumn':
      return alterColumn(context, { table, steps }, action)
    case 'addConstraint':
      return { table: addConstraint(context, table, action), steps }
    case 'dropPrimaryKey': {
      const { primaryKey, ...rest } = table
      if (primaryKey === undefined && !action.ifExists) {
        throw problemAt(
          context,
          action,
          `Table ${table.target.schema}.${table.target.name} has no primary key`,
        )
      }
      return { table: rest, steps }
    }
    case 'dropConstraint': {
      const left = withoutForeignKey(table, action.name.name)
      if (left === undefined && !action.ifExists) {
        throw problemAt(context, action.name, `Constraint not found: ${action.name.name}`)
      }
      return { table: left ?? table, steps }
    }
    default:
      throw unsupportedAt(context, action, `ALTER TABLE with ${keywords(action.kind)}`)
  }
}

function addConstraint(
  context: Context,
  table: CatalogTable,
  action: Extract<AlterAction, { kind: 'addConstraint' }>,
): CatalogTable {
  const { constraint, ifNotExists } = action
  const columns = constraint.columns.map((column) => find(context, table, column, false)?.name ?? column.name)
  if (constraint.kind === 'primaryKey') {
    if (constraint.enforced !== false)
      throw problemAt(context, constraint, 'A PRIMARY KEY must be NOT ENFORCED')
    if (table.primaryKey === undefined) return { ...table, primaryKey: columns }
    if (ifNotExists) return table
    throw problemAt(
      context,
      action,
      `Already Exists: Primary key of table ${table.target.schema}.${table.target.name}`,
    )
  }
  const { foreignKeys = [] } = table
  const name = constraint.constraint?.name
  if (name !== undefined && foreignKeys.some((key) => key.name?.toLowerCase() === name.toLowerCase())) {
    if (ifNotExists) return table
    throw problemAt(context, constraint, `Already Exists: Constraint ${name}`)
  }
  return { ...table, foreignKeys: [...foreignKeys, resolveForeignKey(context, constraint)] }
}

function withOptions(
  context: Context,
  table: CatalogTable,
  action: Extract<AlterAction, { kind: 'setOptions' }>,
): CatalogTable {
  const given = resolveOptions(context, action.options, optionsOfTables[table.kind])
  const { description, labels, options, ...rest } = table
  const others = { ...options, ...given.others }
  for (const name of given.cleared) delete others[name]
  const words = given.description ?? (given.cleared.includes('description') ? undefined : description)
  const tags = given.labels ?? (given.cleared.includes('labels') ? undefined : labels)
  return {
    ...rest,
    ...(words === undefined ? {} : { description: words }),
    ...(tags === undefined ? {} : { labels: tags }),
    ...(Object.keys(others).length === 0 ? {} : { options: others }),
  }
}

/**
 * Neither dropped nor renamed is what the table is laid out by, or a part of a key
 * (data-definition-language#alter_table_drop_column_statement, …#alter_table_rename_column_statement).
 */
function checkFree(
  context: Context,
  table: CatalogTable,
  column: CatalogColumn,
  node: Span,
  what: string,
): void {
  const among = (names: readonly string[] | undefined) =>
    names?.some((name) => name.toLowerCase() === column.name.toLowerCase()) === true
  const use =
    partitionColumn(table) === column
      ? 'partitioning'
      : among(table.clusterBy)
        ? 'clustering'
        : among(table.primaryKey) || table.foreignKeys?.some((key) => among(key.columns)) === true
          ? 'key'
          : undefined
  if (use === undefined) return
  throw problemAt(context, node, `ALTER TABLE ${what} cannot be used on the ${use} column ${column.name}`)
}

function find(
  context: Context,
  table: CatalogTable,
  name: Identifier,
  ifExists: boolean,
): CatalogColumn | undefined {
  const column = table.columns.find((known) => known.name.toLowerCase() === name.name.toLowerCase())
  if (column !== undefined || ifExists) return column
  const names = table.columns.map((known) => known.name)
  throw problemAt(context, name, `Column not found: ${name.name}${didYouMean(name.name, names)}`)
}

function absent(context: Context, table: CatalogTable, name: Identifier): void {
  if (table.columns.some((known) => known.name.toLowerCase() === name.name.toLowerCase())) {
    throw problemAt(context, name, `Column already exists: ${name.name}`)
  }
}

function replaced(table: CatalogTable, old: CatalogColumn, column: CatalogColumn): CatalogTable {
  return { ...table, columns: table.columns.map((known) => (known === old ? column : known)) }
}

function addColumn(
  context: Context,
  { table, steps }: Altered,
  action: Extract<AlterAction, { kind: 'addColumn' }>,
): Altered {
  const { name } = action.column
  const known = table.columns.some((column) => column.name.toLowerCase() === name.name.toLowerCase())
  if (known && action.ifNotExists) return { table, steps }
  absent(context, table, name)
  const column = resolveColumn(context, action.column)
  if (column.required === true) {
    throw problemAt(
      context,
      action,
      `Column ${column.name} cannot be added as NOT NULL: the table's rows have no value for it`,
    )
  }
  if (column.defaultText !== undefined) {
    throw problemAt(
      context,
      action,
      'ALTER TABLE ADD COLUMN with DEFAULT is not allowed; add the column, then SET DEFAULT',
    )
  }
  return {
    table: { ...table, columns: [...table.columns, column] },
    steps: [...steps, { kind: 'add', column, initial: undefined }],
  }
}

function alterColumn(
  context: Context,
  given: Altered,
  action: Extract<AlterAction, { kind: 'alterColumn' }>,
): Altered {
  const [name, ...fields] = action.column.parts
  if (name === undefined || fields.length > 0)
    throw unsupportedAt(context, action, 'ALTER COLUMN of a nested field')
  const column = find(context, given.table, name, action.ifExists)
  if (column === undefined) return given
  const { changed, step } = changedColumn(context, column, action.change, action)
  return {
    table: replaced(given.table, column, changed),
    steps: step === undefined ? given.steps : [...given.steps, step],
  }
}

function changedColumn(
  context: Context,
  column: CatalogColumn,
  change: ColumnChange,
  node: Span,
): { readonly changed: CatalogColumn; readonly step: AlterStep | undefined } {
  switch (change.kind) {
    case 'setDataType': {
      const { type, parameters } = schemaType(context, change.schema)
      const { parameters: _old, ...rest } = column
      const changed = { ...rest, type, ...(parameters === undefined ? {} : { parameters }) }
      if (
        coercion(column.type, type) === undefined ||
        column.type.kind === 'DATE' ||
        !holdsAll(column, changed)
      ) {
        throw problemAt(
          context,
          node,
          `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${columnTypeName(column)}) is assignable to the new type (${columnTypeName(changed)})`,
        )
      }
      const same = equalTypes(column.type, type)
      return { changed, step: same ? undefined : { kind: 'type', column: changed, before: column } }
    }
    case 'setColumnOptions': {
      const { description, others, cleared } = resolveOptions(context, change.options, columnOptions)
      const { description: old, ...rest } = column
      const words = description ?? (cleared.includes('description') ? undefined : old)
      const options = { ...column.options, ...others }
      return {
        changed: {
          ...rest,
          ...(words === undefined ? {} : { description: words }),
          ...(Object.keys(options).length === 0 ? {} : { options }),
        },
        step: undefined,
      }
    }
    case 'setDefault': {
      const changed = {
        ...column,
        defaultText: context.source.text.slice(change.value.start, change.value.end),
      }
      resolveDefault(context, changed)
      return { changed, step: undefined }
    }
    case 'dropDefault': {
      const { defaultText: _gone, ...changed } = column
      return { changed, step: undefined }
    }
    case 'dropNotNull': {
      const { required, ...changed } = column
      if (required !== true)
        throw problemAt(context, node, `Column ${column.name} does not have a NOT NULL constraint`)
      return { changed, step: { kind: 'nullable', name: column.name } }
    }
  }
}

/** Whether every value of a column fits another's type parameters: STRING(5) holds not all of STRING(10). */
function holdsAll(before: CatalogColumn, after: CatalogColumn): boolean {
  if (after.parameters === undefined || after.parameters.length === 0) return true
  const [most, scale = 0] = after.parameters
  const [size, fraction = 0] = sizeOf(before)
  if (most === undefined || size === undefined) return false
  return most - scale >= size - fraction && scale >= fraction
}

/** Length, or precision and scale; of INT64 its digits. */
function sizeOf({ type, parameters }: CatalogColumn): readonly number[] {
  if (parameters !== undefined && parameters.length > 0) return parameters
  if (type.kind === 'INT64') return [19, 0]
  return type.kind === 'NUMERIC' ? [38, 9] : []
}
