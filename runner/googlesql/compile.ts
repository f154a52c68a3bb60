import { Problem } from '../problem.ts'
import type {
  Catalog,
  CatalogChange,
  CatalogRoutine,
  CatalogTable,
  ExternalColumns,
  NameDefaults,
} from './catalog.ts'
import { lowerStatement } from './lower/statement.ts'
import type { Step } from './lower/step.ts'
import type { Statement } from './parse/ast.ts'
import { placeAt } from './parse/position.ts'
import { columnsRead } from './resolve/columns-read.ts'
import { type Context, EMPTY_SCOPE, newColumn } from './resolve/context.ts'
import { coerceTo } from './resolve/expression/coerce.ts'
import { type ColumnLineage, lineageOf } from './resolve/lineage.ts'
import { checkPartitionFilters } from './resolve/partition-filter.ts'
import { project } from './resolve/query/project.ts'
import { checkFieldName, nameOutputs } from './resolve/query/result-names.ts'
import type { Expr } from './resolve/resolved.ts'
import { literalOutput } from './resolve/statement/dml.ts'
import type { ResolvedStatement } from './resolve/statement/resolved-statement.ts'
import { resolveStatement } from './resolve/statement/statement.ts'
import type { QueryParameter, ResultColumn, TableColumns } from './result.ts'
import type { Target } from './target.ts'
import { typeName } from './types/print.ts'
import type { SqlType } from './types/type.ts'

export interface CompileOptions {
  readonly defaults: NameDefaults
  readonly parameters?: readonly QueryParameter[]
  /** Script variables by lower-case name; system variables by `@@name`. */
  readonly variables?: ReadonlyMap<string, Expr>
  readonly temporaryRoutines?: ReadonlyMap<string, CatalogRoutine>
  readonly file?: string | undefined
  /** What the files of an external table say of its columns. */
  readonly external?: ExternalColumns
  /** Of a query of one column: its values are converted to this type, as an assignment does. */
  readonly as?: SqlType
  /** Tables that require a filter on their partitions may be read without one. */
  readonly wholeTables?: boolean
}

/** One statement, ready for DuckDB. */
export interface Compiled {
  /** BigQuery's name of its kind: `SELECT`, `MERGE`, `CREATE_TABLE_AS_SELECT` … */
  readonly statementType: string
  /** DuckDB statements; more than one run in one transaction. */
  readonly steps: readonly Step[]
  /** Of a query: its result's columns; of CREATE … AS those of the table; empty for others. */
  readonly columns: readonly ResultColumn[]
  readonly reads: readonly Target[]
  readonly writes: readonly Target[]
  readonly changes: readonly CatalogChange[]
  /** Result column -> the columns of tables that it comes from. */
  readonly lineage: readonly ColumnLineage[]
  /** The columns of tables that it reads. */
  readonly scans: readonly TableColumns[]
  /** A temporary function that the statement makes for the rest of its session. */
  readonly temporaryRoutine: CatalogRoutine | undefined
  /** An external table whose columns its files must tell, to be given to the next attempt as `external`. */
  readonly incomplete: CatalogTable | undefined
  /** It has a function whose answer differs between runs. */
  readonly volatile: boolean
}

/**
 * Compiles one parsed statement of `text`: binds names against the catalog, types every expression, writes DuckDB SQL.
 *
 * @throws Problem with the line and column in `text`, in BigQuery's wording where it has one
 */
export function compileStatement(
  text: string,
  node: Statement,
  catalog: Catalog,
  options: CompileOptions,
): Compiled {
  try {
    return compile(text, node, catalog, options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Problem('An expression this deeply nested is not supported locally', {
      ...placeAt(text, node.start, options.file),
      cause: error,
    })
  }
}

function compile(text: string, node: Statement, catalog: Catalog, options: CompileOptions): Compiled {
  const context: Context = {
    resolution: {
      catalog,
      parameters: options.parameters ?? [],
      variables: options.variables ?? new Map(),
      temporaryRoutines: options.temporaryRoutines ?? new Map(),
      external: options.external,
      counter: { next: 1 },
      met: { tables: new Map(), routines: new Map(), volatile: false },
    },
    source: { text, file: options.file, defaults: options.defaults, within: [] },
    scope: EMPTY_SCOPE,
    ctes: new Map(),
    locals: new Map(),
    aggregates: undefined,
    windows: undefined,
    clause: 'this place',
    inFunction: false,
  }
  const resolved = resolveStatement(context, node)
  const statement = named(
    options.as === undefined ? resolved.statement : assigned(context, node, resolved.statement, options.as),
  )
  if (statement.kind === 'query') {
    for (const { name } of statement.query.columns) checkFieldName(context, node, name)
  }
  if (options.wholeTables !== true) checkPartitionFilters(statement, options.file)
  const { met } = context.resolution
  let lineage: readonly ColumnLineage[] | undefined
  return {
    statementType: resolved.statementType,
    steps: lowerStatement(statement),
    columns: columnsOf(statement),
    reads: [...met.tables.values()],
    writes: resolved.writes,
    changes: resolved.changes,
    // Few callers ask for it, and it costs as much as a fifth of the rest.
    get lineage() {
      lineage ??= lineageOf(statement)
      return lineage
    },
    get scans() {
      return columnsRead(statement)
    },
    temporaryRoutine:
      statement.kind === 'create routine' && statement.temporary ? statement.routine : undefined,
    incomplete: statement.kind === 'create table' && statement.incomplete ? statement.table : undefined,
    volatile: met.volatile,
  }
}

function assigned(
  context: Context,
  node: Statement,
  statement: ResolvedStatement,
  type: SqlType,
): ResolvedStatement {
  const output = statement.kind === 'query' ? statement.query.columns[0] : undefined
  if (statement.kind !== 'query' || output === undefined) return statement
  const { query } = statement
  const value = literalOutput(query, output)
  const expr = coerceTo(
    context,
    node,
    value,
    type,
    `Cannot coerce expression of type ${typeName(value.type)} to type ${typeName(type)}`,
  )
  const column = newColumn(context, output.name, type)
  const columns = [{ ...output, column }]
  return { kind: 'query', query: { ...query, scan: project(query.scan, [{ column, expr }]), columns } }
}

/** Result columns by the names that BigQuery gives them. */
function named(statement: ResolvedStatement): ResolvedStatement {
  if (statement.kind !== 'query') return statement
  return { kind: 'query', query: { ...statement.query, columns: nameOutputs(statement.query.columns) } }
}

function columnsOf(statement: ResolvedStatement): readonly ResultColumn[] {
  if (statement.kind === 'query') {
    return statement.query.columns.map(({ name, column }) => ({ name, type: column.type }))
  }
  if (statement.kind === 'create table' || statement.kind === 'create view') {
    return tableColumns(statement.table)
  }
  return statement.kind === 'nothing' && statement.table !== undefined ? tableColumns(statement.table) : []
}

function tableColumns(table: CatalogTable): readonly ResultColumn[] {
  return table.columns.map(({ name, type }) => ({ name, type }))
}
