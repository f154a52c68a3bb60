import type { CatalogColumn, CatalogTable } from '../../catalog.ts'
import type { CreateView } from '../../parse/ast.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { createdQuery, createdTarget, existing, NOTHING } from './create-table.ts'
import { optionsOfTables, viewColumnOptions } from './known-options.ts'
import { resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'

/** CREATE VIEW and CREATE MATERIALIZED VIEW: a view that is always up to date. */
export function resolveCreateView(context: Context, node: CreateView): Resolved {
  const kind = node.materialized ? 'MATERIALIZED_VIEW' : 'VIEW'
  const statementType = `CREATE_${kind}`
  const target = createdTarget(context, node)
  if (existing(context, node, target, kind))
    return NOTHING(statementType, [target], context.resolution.catalog.table(target))
  if (node.query === undefined) throw unsupportedAt(context, node, 'a view without a query')
  const query = createdQuery(
    { ...context, resolution: { ...context.resolution, parameters: [] } },
    node.query,
    'CREATE VIEW',
    node.columns !== undefined,
  )
  if (node.columns !== undefined && node.columns.length !== query.columns.length) {
    throw problemAt(
      context,
      node,
      `View column list has ${node.columns.length} names, the query gives ${query.columns.length} columns`,
    )
  }
  const columns = query.columns.map((output, index): CatalogColumn => {
    const named = node.columns?.[index]
    const { description } = resolveOptions(context, named?.options, viewColumnOptions)
    return {
      name: named?.name.name ?? output.name,
      type: output.column.type,
      ...(description === undefined ? {} : { description }),
    }
  })
  const options = resolveOptions(context, node.options, optionsOfTables[kind])
  const table: CatalogTable = {
    target,
    kind,
    columns,
    viewText: context.source.text.slice(node.query.start, node.query.end),
    ...(node.columns === undefined ? {} : { viewNames: columns.map((column) => column.name) }),
    viewDefaults: context.source.defaults,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(Object.keys(options.others).length === 0 ? {} : { options: options.others }),
  }
  const { catalog, met } = context.resolution
  const fromFiles = [...met.tables.values()].some((read) => catalog.table(read)?.kind === 'EXTERNAL')
  const renamed = {
    ...query,
    columns: query.columns.map((output, index) => ({ ...output, name: columns[index]?.name ?? output.name })),
  }
  return {
    statement: { kind: 'create view', table, replace: node.orReplace, query: renamed, fromFiles },
    statementType,
    changes: [{ kind: 'put table', table }],
    writes: [target],
  }
}
