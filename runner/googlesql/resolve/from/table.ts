import type { CatalogTable } from '../../catalog.ts'
import { targetName } from '../../lower/identifier.ts'
import type { Expression, Span, TablePath } from '../../parse/ast.ts'
import { parse } from '../../parse/index.ts'
import { nameParts } from '../../parse/name-parts.ts'
import { callBuiltin } from '../call/builtin.ts'
import { isExpression } from '../call/routine-arguments.ts'
import { type Context, EMPTY_SCOPE, newColumn, problemAt, unsupportedAt } from '../context.ts'
import { resolveQuery } from '../query/query.ts'
import type { OutputColumn, TableScan } from '../resolved.ts'
import { columnRef, type NamedColumn, type NameList, rowRelation } from '../scope.ts'
import { findTable } from '../statement/target.ts'
import { FILE_NAME } from './file-name.ts'
import { copyColumns, type From, implicitAlias, namesOf } from './from.ts'
import { resolveInformationSchema, resolveMetaTable } from './information-schema.ts'
import { ingestionUnit, PARTITION_DATE, PARTITION_TIME, storedColumns } from './ingestion-time.ts'
import { resolveWildcard } from './wildcard.ts'

/** A table, view or WITH query of a FROM clause. */
export function resolveTable(context: Context, node: TablePath): From {
  if (node.offset !== undefined) {
    throw problemAt(context, node.offset, 'WITH OFFSET can only be used with an array')
  }
  const parts = nameParts(node.path)
  const alias = implicitAlias(parts, node.alias)
  const [single] = parts
  const cte = parts.length === 1 && single !== undefined ? context.ctes.get(single.toLowerCase()) : undefined
  if (cte !== undefined) {
    const outputs = copyColumns(context, cte.columns)
    const columns = outputs.map((output) => output.column)
    if (cte.iteration !== undefined) columns.push(cte.iteration)
    return { scan: { kind: 'cte', cte: cte.cte, columns }, names: namesOf(outputs, alias, cte.isValue) }
  }
  if (parts.some((part) => part.toUpperCase() === 'INFORMATION_SCHEMA')) {
    return resolveInformationSchema(context, node, parts)
  }
  if (/^__TABLES(_SUMMARY)?__$/i.test(parts.at(-1) ?? '')) {
    return resolveMetaTable(context, node, parts)
  }
  checkSystemTime(context, node)
  if (parts.at(-1)?.endsWith('*')) return resolveWildcard(context, node, parts, alias)
  return readTable(context, node.path, findTable(context, node.path), alias)
}

/** Only the present is kept: `AS OF CURRENT_TIMESTAMP()` is what the table is. */
function checkSystemTime(context: Context, node: TablePath): void {
  const time = node.systemTime
  if (time === undefined) return
  if (isNow(time)) return
  throw unsupportedAt(context, time, 'FOR SYSTEM_TIME AS OF (the local warehouse keeps no earlier states)')
}

/** `CURRENT_TIMESTAMP()`, also with nothing added or taken away. */
function isNow(time: Expression): boolean {
  if (time.kind !== 'call' || time.name.parts.length !== 1) return false
  const name = time.name.parts[0]?.name.toUpperCase()
  const [base, interval] = time.args
  if (name === 'CURRENT_TIMESTAMP') return time.args.length === 0
  if (name !== 'TIMESTAMP_SUB' && name !== 'TIMESTAMP_ADD') return false
  return (
    interval?.kind === 'interval' &&
    interval.value.kind === 'integer' &&
    interval.value.value === 0n &&
    base !== undefined &&
    isExpression(base) &&
    isNow(base)
  )
}

/** A reading of a table; of a view, its query. */
export function readTable(context: Context, node: Span, table: CatalogTable, alias: string): From {
  context.resolution.met.tables.set(targetName(table.target), table.target)
  if (table.viewText !== undefined) return readView(context, node, table, table.viewText, alias)
  const scan = tableScan(context, table)
  return { scan, names: tableNames(context, node, scan, alias) }
}

/** A table's columns under its alias; `_PARTITIONTIME`, `_PARTITIONDATE` and `_FILE_NAME` are found by name alone. */
export function tableNames(context: Context, node: Span, scan: TableScan, alias: string): NameList {
  const unit = ingestionUnit(scan.table)
  const time = scan.columns.at(-1)
  const names = namesOf(outputsOf(scan), alias, false)
  const external = scan.table.kind === 'EXTERNAL'
  if (time === undefined || (unit === undefined && !external)) return names
  const name = external ? FILE_NAME.name : PARTITION_TIME
  const hidden: NamedColumn[] = [{ name, expr: columnRef(time), hidden: true }]
  if (unit === 'DAY') {
    const expr = callBuiltin(context, node, 'DATE', [columnRef(time)])
    hidden.push({ name: PARTITION_DATE, expr, hidden: true })
  }
  const columns = [...names.columns, ...hidden]
  return { columns, relations: [rowRelation(alias, columns)] }
}

export function tableScan(context: Context, table: CatalogTable): TableScan {
  const columns = table.kind === 'EXTERNAL' ? [...table.columns, FILE_NAME] : storedColumns(table)
  return {
    kind: 'table',
    table,
    columns: columns.map((column) => newColumn(context, column.name, column.type)),
  }
}

export function outputsOf(scan: TableScan): readonly OutputColumn[] {
  const own = scan.columns.slice(0, scan.table.columns.length)
  return own.map((column) => ({ name: column.name, anonymous: false, column }))
}

const parsedViews = new Map<string, ReturnType<typeof parse>>()

function readView(context: Context, node: Span, table: CatalogTable, text: string, alias: string): From {
  const name = targetName(table.target)
  if (context.source.within.includes(`view ${name}`)) {
    throw problemAt(context, node, `View ${name} reads itself`)
  }
  const known = parsedViews.get(text)
  const parsed = known ?? parse(text)
  if (known === undefined) parsedViews.set(text, parsed)
  const [query] = parsed.statements
  if (query?.kind !== 'query') throw problemAt(context, node, `View ${name} has no query that can be read`)
  const resolved = resolveQuery(
    {
      ...context,
      source: {
        text,
        file: undefined,
        defaults: table.viewDefaults ?? context.source.defaults,
        within: [...context.source.within, `view ${name}`],
      },
      resolution: { ...context.resolution, parameters: [], variables: new Map() },
      scope: EMPTY_SCOPE,
      ctes: new Map(),
      locals: new Map(),
      aggregates: undefined,
      windows: undefined,
      inFunction: false,
      clause: 'a view',
    },
    query,
  )
  // Tables below may have gained columns since: only names that the view's own statement gave are given again.
  const names = table.viewNames
  if (names !== undefined && names.length !== resolved.columns.length) {
    throw problemAt(
      context,
      node,
      `View ${name} names ${names.length} columns, its query now gives ${resolved.columns.length}; create it anew`,
    )
  }
  const outputs = resolved.columns.map((output, index): OutputColumn => {
    const given = names?.[index]
    return given === undefined ? output : { ...output, name: given, anonymous: false }
  })
  return { scan: resolved.scan, names: namesOf(outputs, alias, resolved.isValue) }
}
