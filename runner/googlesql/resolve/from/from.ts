import type {
  FromItem,
  Identifier,
  TableCall,
  TablePath,
  TableSample,
  TableSubquery,
  Unnest,
} from '../../parse/ast.ts'
import { type Context, newColumn, problemAt, unsupportedAt } from '../context.ts'
import { resolveQuery } from '../query/query.ts'
import type { Column, OutputColumn, Scan } from '../resolved.ts'
import { columnRef, lookUp, type NamedColumn, type NameList, rowRelation, valueNames } from '../scope.ts'
import { resolveJoin } from './join.ts'
import { resolvePivots } from './pivot.ts'
import { resolveTable } from './table.ts'
import { resolveTableCall } from './table-call.ts'
import { arrayOfPath, type UnnestSource, unnestAlone } from './unnest.ts'

/** A FROM clause, or a part of one: where its rows come from, and what their columns are called. */
export interface From {
  readonly scan: Scan
  readonly names: NameList
}

/** Everything after FROM. `context.scope` holds the names of the queries around it. */
export function resolveFrom(context: Context, node: FromItem): From {
  if (node.kind === 'join') return resolveJoin(context, node)
  if (node.kind === 'parenthesizedFrom') {
    checkSample(context, node.sample)
    return resolveFrom(context, node.from)
  }
  const array = unnestSource(context, node)
  if (array !== undefined) return unnestAlone(context, array)
  return resolveTableLike(context, node as TablePath | TableSubquery | TableCall)
}

/** An UNNEST, or a path to an array of an earlier table; undefined for anything else. */
export function unnestSource(context: Context, node: FromItem): UnnestSource | undefined {
  if (node.kind === 'unnest') return unnestOf(context, node)
  if (node.kind !== 'tablePath' || node.path.parts.length < 2) return undefined
  const [first] = node.path.parts
  if (first === undefined || lookUp(context.scope, first.name) === undefined) return undefined
  return arrayOfPath(context, node)
}

function unnestOf(context: Context, node: Unnest): UnnestSource {
  checkSample(context, node.sample)
  return {
    node,
    arguments: [node.expression],
    alias: node.alias,
    offset: node.offset,
    pivots: node.pivots,
  }
}

function resolveTableLike(context: Context, node: TablePath | TableSubquery | TableCall): From {
  checkSample(context, node.sample)
  const from =
    node.kind === 'tablePath'
      ? resolveTable(context, node)
      : node.kind === 'tableCall'
        ? resolveTableCall(context, node)
        : subquery(context, node)
  return resolvePivots(context, from, node.pivots)
}

function subquery(context: Context, node: TableSubquery): From {
  const query = resolveQuery(context, node.query)
  return { scan: query.scan, names: namesOf(query.columns, node.alias?.name, query.isValue) }
}

/** A query's columns as the names of a FROM clause, under an alias if it has one. */
export function namesOf(
  outputs: readonly OutputColumn[],
  alias: string | undefined,
  isValue: boolean,
): NameList {
  const [only] = outputs
  if (isValue && only !== undefined) {
    const own = only.name === '' ? undefined : only.name
    return valueNames(columnRef(only.column), alias ?? own)
  }
  const columns = outputs.map(
    ({ name, anonymous, column }): NamedColumn => ({
      name,
      expr: columnRef(column),
      ...(anonymous ? { anonymous: true } : {}),
    }),
  )
  return { columns, relations: alias === undefined ? [] : [rowRelation(alias, columns)] }
}

/** TABLESAMPLE gives other rows each time; only a whole table is the same here and there. */
export function checkSample(context: Context, sample: TableSample | undefined): void {
  if (sample === undefined) return
  const { size } = sample
  const whole = sample.unit === 'PERCENT' && size.kind === 'integer' && size.value === 100n
  if (!whole) throw unsupportedAt(context, sample, 'TABLESAMPLE of less than 100 PERCENT')
}

/** New columns of the same names and types, for one more reading of a query. */
export function copyColumns(
  context: Context,
  given: readonly { readonly name: string; readonly type: Column['type']; readonly anonymous: boolean }[],
): readonly OutputColumn[] {
  return given.map(({ name, type, anonymous }) => ({
    name,
    anonymous,
    column: newColumn(context, name, type),
  }))
}

/** Refuses an alias that a FROM clause has already. */
export function checkAliases(context: Context, names: NameList, added: NameList, node: FromItem): void {
  for (const relation of added.relations) {
    if (names.relations.some((other) => other.name.toLowerCase() === relation.name.toLowerCase())) {
      const place = ('alias' in node && node.alias) || node
      throw problemAt(context, place, `Duplicate table alias ${relation.name} in the same FROM clause`)
    }
  }
}

/** The name that a table has in a query without AS: the last part of its path. */
export function implicitAlias(parts: readonly string[], alias: Identifier | undefined): string {
  return alias?.name ?? parts.at(-1) ?? ''
}
