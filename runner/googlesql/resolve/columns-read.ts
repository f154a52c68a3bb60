import { targetName } from '../lower/identifier.ts'
import { collectUsed } from '../lower/used.ts'
import type { TableColumns } from '../result.ts'
import type { TableScan } from './resolved.ts'
import type { ResolvedStatement } from './statement/resolved-statement.ts'

/**
 * The columns that a statement reads of each table, once for each time that it scans it. UPDATE, DELETE and MERGE read the
 * whole of the table that they change, a view is made without reading.
 * Source: https://cloud.google.com/bigquery/docs/estimate-costs (on-demand query size, DML).
 */
export function columnsRead(statement: ResolvedStatement): readonly TableColumns[] {
  if (statement.kind === 'create view') return []
  const used = collectUsed([statement])
  const changed =
    statement.kind === 'update' || statement.kind === 'delete' || statement.kind === 'merge'
      ? targetName(statement.table.target)
      : undefined
  return scansOf(statement).map(({ table, columns }) => ({
    table: table.target,
    columns: table.columns
      .filter((_, index) => targetName(table.target) === changed || used.has(columns[index]?.id ?? -1))
      .map(({ name }) => name),
  }))
}

function scansOf(statement: ResolvedStatement): readonly TableScan[] {
  const found: TableScan[] = []
  const seen = new Set<object>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || seen.has(node)) return
    seen.add(node)
    const { kind, columns } = node as { readonly kind?: unknown; readonly columns?: unknown }
    if (kind === 'table' && 'table' in node && Array.isArray(columns)) {
      found.push(node as TableScan)
      return
    }
    for (const [key, part] of Object.entries(node))
      if (key !== 'type' && key !== 'signature' && key !== 'entry') visit(part)
  }
  visit(statement)
  return found
}
