import type { CatalogColumn } from '../catalog.ts'
import type { ResolvedQuery } from '../resolve/resolved.ts'
import type {
  ResolvedDelete,
  ResolvedInsert,
  ResolvedUpdate,
} from '../resolve/statement/resolved-statement.ts'
import { renderBlock } from './block.ts'
import { queryText } from './cte.ts'
import { columnName, columnSql, type Environment } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { physicalTable, quoteIdentifier } from './identifier.ts'
import { raiseText } from './library/raise.ts'
import { newEnvironment, withText } from './query.ts'
import { lowerScan } from './relation.ts'
import { stored } from './stored.ts'

export const TOO_MANY_MATCHES = 'UPDATE/MERGE must match at most one source row for each target row'

/** A query whose columns go into a table's: its text, and each column's value as the table takes it. */
export function storedQuery(query: ResolvedQuery, columns: readonly CatalogColumn[], named: boolean): string {
  const environment = newEnvironment([query])
  const body = queryText(environment, query)
  const items = query.columns.map((output, index) => {
    const column = columns[index] ?? { name: output.name, type: output.column.type }
    const value = stored(`r.${columnName(output.column)}`, column)
    return named ? `${value} AS ${quoteIdentifier(column.name)}` : value
  })
  return `${withText(environment)}SELECT ${items.join(', ')} FROM (${body}) AS r`
}

export function lowerInsert(statement: ResolvedInsert): string {
  const names = statement.columns.map((column) => quoteIdentifier(column.name)).join(', ')
  const source = storedQuery(statement.query, statement.columns, false)
  return `INSERT INTO ${physicalTable(statement.table.target)} (${names}) ${source}`
}

export function lowerUpdate(statement: ResolvedUpdate): string {
  const { joined, scan, set, where } = statement
  const target = physicalTable(statement.table.target)
  if (joined === undefined) {
    const environment = newEnvironment([where, set])
    const alias = aliasTarget(environment, scan)
    const items = set.map(
      ({ column, expr }) =>
        `${quoteIdentifier(column.name)} = ${stored(lowerExpr(environment, expr), column)}`,
    )
    const condition = lowerExpr(environment, where)
    return `${withText(environment)}UPDATE ${target} AS ${alias} SET ${items.join(', ')} WHERE ${condition}`
  }
  // With FROM: the new values by row number first, so that a row that is matched twice is noticed.
  const environment = newEnvironment([joined, where, set, { kind: 'column', column: scan.rowId }])
  const block = lowerScan(environment, { kind: 'filter', input: joined, condition: where })
  const values = set.map(
    ({ column, expr }, index) => `${stored(lowerExpr(environment, expr), column)} AS v${index}`,
  )
  const source = renderBlock(environment, block, [])
  const rowId = columnSql(environment, scan.rowId)
  const check = `CASE WHEN count(*) OVER (PARTITION BY ${rowId}) > 1 THEN ${raiseText(TOO_MANY_MATCHES, 'BOOLEAN')} ELSE true END`
  const matched = `SELECT ${[`${rowId} AS rid`, ...values].join(', ')}${source.replace(/^SELECT 1 AS "one"/, '')} QUALIFY ${check}`
  const items = set.map(({ column }, index) => `${quoteIdentifier(column.name)} = m.v${index}`)
  return `${withText(environment)}UPDATE ${target} AS target SET ${items.join(', ')} FROM (${matched}) AS m WHERE target.rowid = m.rid`
}

/** The target under an alias of its own, its columns' names set. */
function aliasTarget(
  environment: Environment,
  scan: ResolvedUpdate['scan'] | ResolvedDelete['scan'],
): string {
  for (const column of scan.columns)
    environment.names.set(column.id, `target.${quoteIdentifier(column.name)}`)
  if (scan.rowId !== undefined) environment.names.set(scan.rowId.id, 'target.rowid')
  return 'target'
}

export function lowerDelete(statement: ResolvedDelete): string {
  const environment = newEnvironment([statement.where])
  const alias = aliasTarget(environment, statement.scan)
  const condition = lowerExpr(environment, statement.where)
  return `${withText(environment)}DELETE FROM ${physicalTable(statement.table.target)} AS ${alias} WHERE ${condition}`
}
