import type { CatalogTable } from '../../catalog.ts'
import { targetName } from '../../lower/identifier.ts'
import type { CreateSnapshot } from '../../parse/ast.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { tableScan } from '../from/table.ts'
import { createdTarget, existing, NOTHING, wholeRows } from './create-table.ts'
import { optionsOfTables } from './known-options.ts'
import { resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'
import { findTable } from './target.ts'

/** CREATE SNAPSHOT TABLE: a copy that DML cannot change. */
export function resolveCreateSnapshot(context: Context, node: CreateSnapshot): Resolved {
  const statementType = 'CREATE_SNAPSHOT_TABLE'
  const target = createdTarget(context, node)
  if (
    existing(context, { name: node.name, orReplace: false, ifNotExists: node.ifNotExists }, target, 'TABLE')
  ) {
    return NOTHING(statementType, [target], context.resolution.catalog.table(target))
  }
  if (node.systemTime !== undefined) throw unsupportedAt(context, node.systemTime, 'FOR SYSTEM_TIME AS OF')
  const base = findTable(context, node.source)
  if (base.viewText !== undefined || base.kind === 'EXTERNAL')
    throw problemAt(context, node.source, `${targetName(base.target)} is not a table`)
  context.resolution.met.tables.set(targetName(base.target), base.target)
  const scan = tableScan(context, base)
  const options = resolveOptions(context, node.options, optionsOfTables.SNAPSHOT)
  const others = { ...base.options, ...options.others }
  const table: CatalogTable = {
    ...base,
    target,
    kind: 'SNAPSHOT',
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(Object.keys(others).length === 0 ? {} : { options: others }),
  }
  return {
    statement: {
      kind: 'create table',
      table,
      replace: false,
      query: { scan, columns: wholeRows(scan), isValue: false },
      copy: true,
    },
    statementType,
    changes: [{ kind: 'put table', table }],
    writes: [target],
  }
}
