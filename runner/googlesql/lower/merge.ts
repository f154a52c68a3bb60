import type { CatalogColumn } from '../catalog.ts'
import { ingestionUnit } from '../resolve/from/ingestion-time.ts'
import type { Column } from '../resolve/resolved.ts'
import type { ResolvedMerge, ResolvedWhen } from '../resolve/statement/resolved-statement.ts'
import { physicalType } from '../types/physical.ts'
import { isBare, wrap } from './block.ts'
import { TOO_MANY_MATCHES } from './dml.ts'
import { columnSql, type Environment } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { physicalTable, quoteIdentifier } from './identifier.ts'
import { raiseText } from './library/raise.ts'
import { newEnvironment, withText } from './query.ts'
import { lowerScan } from './relation.ts'
import { count, nothing, type Step } from './step.ts'
import { stored } from './stored.ts'

/**
 * MERGE as one MERGE of DuckDB over row numbers: its source is target and source joined once, with what is to be done
 * to each row and the new values, so that each expression is evaluated once and a row matched twice raises.
 *
 * Where rows are replaced whole, they are deleted and inserted: DuckDB updates rows in place, column by column, and to
 * change some rows all over a table costs as much as to write it anew.
 */
export function lowerMerge(statement: ResolvedMerge): readonly Step[] {
  const { whens, table } = statement
  const columns = touched(statement)
  const source = mergeSource(statement, columns)
  const target = physicalTable(table.target)
  if (!replacesRows(statement, columns)) {
    const clauses = whens.map((when, index) => clauseText(when, index + 1, columns))
    return [
      count(
        `MERGE INTO ${target} AS target USING (${source}) AS m ON target.rowid = m.rid ${clauses.join(' ')}`,
      ),
    ]
  }
  const acts = (kind: ResolvedWhen['action']['kind']) =>
    whens.flatMap(({ action }, index) => (action.kind === kind ? [index + 1] : []))
  const rows = (kinds: readonly number[]) => `SELECT rid FROM ${MERGED} WHERE act IN (${kinds.join(', ')})`
  const remove = (kinds: readonly number[]) => `DELETE FROM ${target} WHERE rowid IN (${rows(kinds)})`
  const names = columns.map((column) => quoteIdentifier(column.name)).join(', ')
  const values = columns.map((_, index) => `v${index}`).join(', ')
  const written = [...acts('update'), ...acts('insert')]
  return [
    nothing(`CREATE OR REPLACE TEMP TABLE ${MERGED} AS ${source}`),
    ...(acts('delete').length === 0 ? [] : [count(remove(acts('delete')))]),
    nothing(remove(acts('update'))),
    count(
      `INSERT INTO ${target} (${names}) SELECT ${values} FROM ${MERGED} WHERE act IN (${written.join(', ')})`,
    ),
    nothing(`DROP TABLE ${MERGED}`),
  ]
}

/** A name that no table of BigQuery's can have. */
const MERGED = 'temp.main."rows$merged"'

/** True if every column is given anew wherever some are. */
function replacesRows({ table, whens }: ResolvedMerge, columns: readonly CatalogColumn[]): boolean {
  const updates = whens.filter(({ action }) => action.kind === 'update')
  return (
    updates.length > 0 &&
    ingestionUnit(table) === undefined &&
    whens.every(({ action }) => action.kind === 'delete' || action.set.length === table.columns.length) &&
    columns.length === table.columns.length
  )
}

/** What is to be done to each row (`rid`, `act`), and the columns' new values: `v0`, `v1` … */
function mergeSource(statement: ResolvedMerge, columns: readonly CatalogColumn[]): string {
  const { scan, whens, present } = statement
  const environment = newEnvironment([
    statement.joined,
    whens,
    { kind: 'column', column: scan.rowId },
    { kind: 'column', column: present },
    scan.columns.map((column) => ({ kind: 'column', column })),
  ])
  const joined = lowerScan(environment, statement.joined)
  const block = isBare(joined) ? joined : wrap(environment, joined)
  const rowId = columnSql(environment, scan.rowId)
  const conditions = whens.map((when) => condition(environment, when, rowId, present))
  const action = `CASE ${conditions.map((sql, index) => `WHEN ${sql} THEN ${index + 1}`).join(' ')} END`
  // Each row's clause is found first, then the values of that clause alone are computed.
  const visible = block.visible.map((column, index) => ({ column, name: `c${index}` }))
  const inner = `SELECT ${[
    `${action} AS act`,
    ...visible.map(({ column, name }) => `${columnSql(environment, column)} AS ${name}`),
  ].join(', ')} FROM ${block.from}`
  for (const { column, name } of visible) environment.names.set(column.id, `j.${name}`)
  const renamed = columns.map((column, index) => `${newValue(environment, statement, column)} AS v${index}`)
  const outer = [`${columnSql(environment, scan.rowId)} AS rid`, 'j.act AS act', ...renamed].join(', ')
  const changing = whens.flatMap((when, index) => (when.action.kind === 'insert' ? [] : [index + 1]))
  const check =
    changing.length === 0 ? '' : ` QUALIFY ${duplicateCheck(changing, columnSql(environment, scan.rowId))}`
  return `${withText(environment)}SELECT ${outer} FROM (${inner}) AS j WHERE j.act IS NOT NULL${check}`
}

function condition(environment: Environment, when: ResolvedWhen, rowId: string, present: Column): string {
  const source = `${columnSql(environment, present)} IS NOT NULL`
  const here = `${rowId} IS NOT NULL`
  const matched =
    when.match === 'MATCHED'
      ? `${here} AND ${source}`
      : when.match === 'NOT MATCHED BY TARGET'
        ? `${rowId} IS NULL`
        : `${columnSql(environment, present)} IS NULL`
  return when.condition === undefined ? matched : `${matched} AND ${lowerExpr(environment, when.condition)}`
}

/** Every column that some clause sets. */
function touched(statement: ResolvedMerge): readonly CatalogColumn[] {
  const columns = new Set<CatalogColumn>()
  for (const { action } of statement.whens) {
    if (action.kind !== 'delete') for (const { column } of action.set) columns.add(column)
  }
  return [...columns]
}

/** The column's new value under each clause that sets it. */
function newValue(environment: Environment, statement: ResolvedMerge, column: CatalogColumn): string {
  const whens = statement.whens.flatMap(({ action }, index) => {
    if (action.kind === 'delete') return []
    const item = action.set.find((set) => set.column === column)
    return item === undefined
      ? []
      : [`WHEN ${index + 1} THEN ${stored(lowerExpr(environment, item.expr), column)}`]
  })
  return `CASE j.act ${whens.join(' ')} ELSE CAST(NULL AS ${physicalType(column.type)}) END`
}

function duplicateCheck(changing: readonly number[], rowId: string): string {
  const changes = `j.act IN (${changing.join(', ')})`
  return `CASE WHEN ${changes} AND count(*) FILTER (WHERE ${changes}) OVER (PARTITION BY ${rowId}) > 1 THEN ${raiseText(TOO_MANY_MATCHES, 'BOOLEAN')} ELSE true END`
}

function clauseText(when: ResolvedWhen, number: number, columns: readonly CatalogColumn[]): string {
  const { action } = when
  const value = (column: CatalogColumn) => `m.v${columns.indexOf(column)}`
  if (action.kind === 'delete') return `WHEN MATCHED AND m.act = ${number} THEN DELETE`
  if (action.kind === 'update') {
    const set = action.set.map(({ column }) => `${quoteIdentifier(column.name)} = ${value(column)}`)
    return `WHEN MATCHED AND m.act = ${number} THEN UPDATE SET ${set.join(', ')}`
  }
  const names = action.set.map(({ column }) => quoteIdentifier(column.name))
  const values = action.set.map(({ column }) => value(column))
  return `WHEN NOT MATCHED AND m.act = ${number} THEN INSERT (${names.join(', ')}) VALUES (${values.join(', ')})`
}
