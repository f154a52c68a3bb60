import { targetName } from '../../lower/identifier.ts'
import type { TablePath } from '../../parse/ast.ts'
import { equalTypes } from '../../types/equal.ts'
import { typeName } from '../../types/print.ts'
import { type Context, newColumn, problemAt, unsupportedAt } from '../context.ts'
import type { Computed, Expr, OutputColumn, SetScan } from '../resolved.ts'
import { columnRef, rowRelation } from '../scope.ts'
import { type From, namesOf } from './from.ts'
import { tableScan } from './table.ts'

/**
 * `dataset.events_*`: all tables of that prefix as one, in the schema of the last one by name (BigQuery takes the one
 * created last), with the pseudo-column _TABLE_SUFFIX.
 */
export function resolveWildcard(
  context: Context,
  node: TablePath,
  parts: readonly string[],
  alias: string,
): From {
  const { project, dataset } = context.source.defaults
  const prefix = (parts.at(-1) ?? '').slice(0, -1)
  const schema = parts.length === 1 ? dataset : parts.at(-2)
  const database = parts.length === 3 ? (parts[0] ?? project) : project
  if (schema === undefined)
    throw problemAt(context, node, `Table "${parts.join('.')}" must be qualified with a dataset`)
  const tables = context.resolution.catalog
    .tables(database, schema)
    .filter((table) => table.target.name.startsWith(prefix))
  const last = tables.at(-1)
  if (last === undefined)
    throw problemAt(context, node, `${database}:${schema}.${prefix}* does not match any table.`)
  if (tables.some((table) => table.viewText !== undefined)) {
    throw problemAt(
      context,
      node,
      'Views cannot be queried through prefix. Matched views are among the tables',
    )
  }
  const suffix: SetScan['inputs'][number]['columns'][number] = newColumn(context, '_TABLE_SUFFIX', {
    kind: 'STRING',
  })
  const columns = last.columns.map((column) => newColumn(context, column.name, column.type))
  const inputs = tables.map((table): SetScan['inputs'][number] => {
    context.resolution.met.tables.set(targetName(table.target), table.target)
    const scan = tableScan(context, table)
    const computed: Computed[] = []
    const outputs = last.columns.map((wanted) => {
      const at = table.columns.findIndex((column) => column.name.toLowerCase() === wanted.name.toLowerCase())
      const found = scan.columns[at]
      if (found !== undefined && equalTypes(found.type, wanted.type)) return found
      if (found !== undefined) {
        throw unsupportedAt(
          context,
          node,
          `a wildcard over tables whose column ${wanted.name} is ${typeName(found.type)} in ${table.target.name} and ${typeName(wanted.type)} in ${last.target.name}`,
        )
      }
      const missing = newColumn(context, wanted.name, wanted.type)
      computed.push({
        column: missing,
        expr: { kind: 'literal', type: wanted.type, value: null, from: 'literal' },
      })
      return missing
    })
    const name = newColumn(context, '_TABLE_SUFFIX', { kind: 'STRING' })
    const text: Expr = {
      kind: 'literal',
      type: name.type,
      value: table.target.name.slice(prefix.length),
      from: 'literal',
    }
    computed.push({ column: name, expr: text })
    return { scan: { kind: 'project', input: scan, computed }, columns: [...outputs, name] }
  })
  const outputs = columns.map((column): OutputColumn => ({ name: column.name, anonymous: false, column }))
  const named = namesOf(outputs, undefined, false).columns
  const all = [...named, { name: '_TABLE_SUFFIX', expr: columnRef(suffix), hidden: true }]
  return {
    scan: { kind: 'set', operator: 'UNION ALL', inputs, columns: [...columns, suffix] },
    names: { columns: all, relations: [rowRelation(alias, all)] },
  }
}
