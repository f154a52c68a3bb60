import type { CatalogTable } from '../../catalog.ts'
import type { Merge, MergeInsert, MergeWhen } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { type Context, newColumn, plainContext, problemAt } from '../context.ts'
import { coerceTo, coercionCost, convert } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveFrom } from '../from/from.ts'
import { storedColumns } from '../from/ingestion-time.ts'
import type { Expr, JoinScan, Scan, TableScan } from '../resolved.ts'
import { joinNames, type NameList, starColumns } from '../scope.ts'
import { hasDefault, resolveDefault } from './default.ts'
import { assigned, columnOf, resolveAssignments, targetScan, writableTable } from './dml.ts'
import type { Resolved, ResolvedMerge, ResolvedWhen, SetColumn } from './resolved-statement.ts'

const BOOL = { kind: 'BOOL' } as const

/** MERGE: target and source joined once, and for each row the first clause that applies. */
export function resolveMerge(context: Context, node: Merge): Resolved {
  const table = writableTable(context, node.target)
  const { scan, names } = targetScan(context, node.target, table, node.alias)
  const source = resolveFrom(context, node.source)
  const both = joinNames(names, source.names)
  const inner = (visible: NameList, clause: string): Context =>
    plainContext({ ...context, scope: { names: visible, outer: context.scope } }, clause)
  const on = resolveExpression(inner(both, 'merge condition'), node.on)
  const condition = coerceTo(
    context,
    node.on,
    on,
    BOOL,
    `MERGE ON clause should return type BOOL, but returns ${typeName(on.type)}`,
  )
  const present = newColumn(context, 'present', BOOL)
  const whens = node.whens.map((when): ResolvedWhen => {
    const visible =
      when.match === 'MATCHED' ? both : when.match === 'NOT MATCHED BY TARGET' ? source.names : names
    const seen = inner(visible, 'match condition')
    return resolveWhen(seen, when, {
      table,
      scan,
      alias: node.alias?.name ?? table.target.name,
      source: source.names,
    })
  })
  const statement: ResolvedMerge = {
    kind: 'merge',
    table,
    scan,
    joined: joined(scan, marked(source.scan, present), condition, whens),
    present,
    whens,
  }
  return { statement, statementType: 'MERGE', changes: [], writes: [table.target] }
}

/** The source with a mark by which its rows are known after an outer join. */
function marked(source: Scan, present: ResolvedMerge['present']): Scan {
  const expr: Expr = { kind: 'literal', type: BOOL, value: true, from: 'value' }
  return { kind: 'project', input: source, computed: [{ column: present, expr }] }
}

/** Only the rows that some clause can act on. */
function joined(target: Scan, source: Scan, condition: Expr, whens: readonly ResolvedWhen[]): JoinScan {
  const inserts = whens.some((when) => when.match === 'NOT MATCHED BY TARGET')
  const orphans = whens.some((when) => when.match === 'NOT MATCHED BY SOURCE')
  const type = inserts ? (orphans ? 'FULL' : 'RIGHT') : orphans ? 'LEFT' : 'INNER'
  return { kind: 'join', type, left: target, right: source, condition }
}

interface MergeParts {
  readonly table: CatalogTable
  readonly scan: TableScan
  readonly alias: string
  readonly source: NameList
}

function resolveWhen(context: Context, node: MergeWhen, parts: MergeParts): ResolvedWhen {
  const given = node.condition && resolveExpression(context, node.condition)
  const condition =
    given === undefined || node.condition === undefined
      ? undefined
      : coerceTo(
          context,
          node.condition,
          given,
          BOOL,
          `WHEN clause should return type BOOL, but returns ${typeName(given.type)}`,
        )
  const { action, match } = node
  const inserts = action.kind === 'mergeInsert'
  if (inserts !== (match === 'NOT MATCHED BY TARGET')) {
    throw problemAt(
      context,
      action,
      inserts
        ? 'INSERT is only allowed in WHEN NOT MATCHED [BY TARGET]'
        : 'UPDATE and DELETE are not allowed in WHEN NOT MATCHED BY TARGET',
    )
  }
  if (action.kind === 'mergeDelete') return { match, condition, action: { kind: 'delete' } }
  if (action.kind === 'mergeUpdate') {
    const updating: Context = { ...context, clause: 'UPDATE clause' }
    const set = resolveAssignments(updating, parts.table, parts.scan, action.items, parts.alias)
    return { match, condition, action: { kind: 'update', set } }
  }
  return { match, condition, action: { kind: 'insert', set: insertSet(context, action, parts) } }
}

function insertSet(seen: Context, node: MergeInsert, parts: MergeParts): readonly SetColumn[] {
  const context: Context = { ...seen, clause: 'INSERT VALUES' }
  const columns = node.columns?.map((name) => columnOf(context, parts.table, name)) ?? parts.table.columns
  const twice = columns.findIndex((column, index) => columns.indexOf(column) !== index)
  if (twice >= 0) {
    const message = `MERGE has INSERT operation with duplicated column names: ${columns[twice]?.name}`
    throw problemAt(context, node.columns?.[twice] ?? node, message)
  }
  const wrongCount = (count: number) =>
    problemAt(context, node, `Inserted row has wrong column count; Has ${count}, expected ${columns.length}`)
  const set =
    node.values === 'row'
      ? rowValues(context, node, parts, columns, wrongCount)
      : node.values.values.length !== columns.length
        ? undefined
        : node.values.values.map((value, index): SetColumn | undefined => {
            const column = columns[index]
            return column && { column, expr: assigned(context, value, column) }
          })
  if (set === undefined) throw wrongCount(node.values === 'row' ? 0 : node.values.values.length)
  const given = set.filter((item) => item !== undefined)
  const missing = storedColumns(parts.table).filter(
    (column) => hasDefault(column) && !given.some((item) => item.column === column),
  )
  return [...given, ...missing.map((column) => ({ column, expr: resolveDefault(context, column) }))]
}

/** INSERT ROW: the source's columns in order. */
function rowValues(
  context: Context,
  node: MergeInsert,
  parts: MergeParts,
  columns: MergeParts['table']['columns'],
  wrongCount: (count: number) => Error,
): readonly SetColumn[] {
  const values = starColumns(parts.source.columns)
  if (values.length !== columns.length) throw wrongCount(values.length)
  return columns.map((column, index): SetColumn => {
    const expr = values[index]?.expr
    if (expr === undefined || coercionCost(expr, column.type) === undefined) {
      throw problemAt(
        context,
        node,
        `Value has type ${expr === undefined ? '?' : typeName(expr.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
      )
    }
    return { column, expr: convert(expr, column.type) }
  })
}
