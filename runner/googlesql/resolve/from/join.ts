import type { Expression, FromItem, Identifier, Join } from '../../parse/ast.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, keywordBefore, newColumn, plainContext, problemAt } from '../context.ts'
import { coerceTo, commonType, convert } from '../expression/coerce.ts'
import { conjunction, resolveExpression } from '../expression/expression.ts'
import { project } from '../query/project.ts'
import type { Computed, Expr, JoinScan, Scan } from '../resolved.ts'
import { columnRef, findName, joinNames, type NamedColumn, type NameList } from '../scope.ts'
import { checkAliases, type From, resolveFrom, unnestSource } from './from.ts'
import { resolveUnnest, type UnnestSource } from './unnest.ts'

/** Joins of a FROM clause; a chain of them is walked by a loop. */
export function resolveJoin(context: Context, node: Join): From {
  const spine: Join[] = [node]
  let first: FromItem = node.left
  while (first.kind === 'join') {
    spine.push(first)
    first = first.left
  }
  let left = resolveFrom(context, first)
  for (const join of spine.reverse()) left = joinStep(context, left, join)
  return left
}

/** What one JOIN says, also as a pipe operator. */
export interface JoinStep {
  readonly type: Join['type']
  readonly right: FromItem
  readonly on?: Expression | undefined
  readonly using?: readonly Identifier[] | undefined
  readonly start: number
  readonly end: number
}

/** One more join onto what is there already. */
export function joinStep(context: Context, left: From, join: JoinStep): From {
  const lateral: Context = { ...context, scope: { names: left.names, outer: context.scope } }
  const source = unnestSource(lateral, join.right)
  if (source !== undefined && join.using === undefined && join.type !== 'RIGHT' && join.type !== 'FULL') {
    if (source.pivots.length === 0) return joinUnnest(context, lateral, left, join, source)
  }
  const right = resolveFrom(context, join.right)
  checkAliases(context, left.names, right.names, join.right)
  if (join.using !== undefined) return joinUsing(context, left, right, join, join.using)
  const names = joinNames(left.names, right.names)
  const scan: JoinScan = {
    kind: 'join',
    type: join.type === 'COMMA' ? 'CROSS' : join.type,
    left: left.scan,
    right: right.scan,
    condition: condition(context, names, join),
  }
  return { scan: withoutCondition(scan), names }
}

/** A join with an array may go without ON, as a cross join. */
function withoutCondition(scan: JoinScan): JoinScan {
  return scan.type === 'INNER' && scan.condition === undefined ? { ...scan, type: 'CROSS' } : scan
}

function condition(context: Context, names: NameList, join: JoinStep): Expr | undefined {
  if (join.on === undefined) {
    if (join.type === 'COMMA' || join.type === 'CROSS' || (join.type === 'INNER' && isArray(join.right)))
      return undefined
    const words = keywordBefore(context, join.right, /((INNER|LEFT|RIGHT|FULL)\s+)?(OUTER\s+)?JOIN\s*$/i)
    throw problemAt(context, words, `${join.type} JOIN must have an immediately following ON or USING clause`)
  }
  const inner = plainContext({ ...context, scope: { names, outer: context.scope } }, 'JOIN ON clause')
  const expr = resolveExpression(inner, join.on)
  return coerceTo(
    context,
    join.on,
    expr,
    { kind: 'BOOL' },
    `JOIN ON clause should return type BOOL, but returns ${expr.type.kind}`,
  )
}

const isArray = (item: FromItem): boolean => item.kind === 'unnest'

function joinUnnest(
  context: Context,
  lateral: Context,
  left: From,
  join: JoinStep,
  source: UnnestSource,
): From {
  const { arrays, columns, offset, names: added } = resolveUnnest(lateral, source)
  checkAliases(context, left.names, added, join.right)
  const names = joinNames(left.names, added)
  const outer = join.type === 'LEFT'
  // BigQuery lets LEFT JOIN UNNEST go without ON.
  const on = join.on === undefined ? undefined : condition(context, names, join)
  return {
    scan: { kind: 'unnest', input: left.scan, arrays, columns, offset, outer, condition: on },
    names,
  }
}

function joinUsing(
  context: Context,
  left: From,
  right: From,
  join: JoinStep,
  using: readonly Identifier[],
): From {
  const equalities: Expr[] = []
  const shared: NamedColumn[] = []
  const computed: Computed[] = []
  for (const name of once(using)) {
    const ours = usingColumn(context, left.names, name, 'left')
    const theirs = usingColumn(context, right.names, name, 'right')
    const type = commonType([ours.expr, theirs.expr])
    if (type === undefined) {
      throw problemAt(
        context,
        name,
        `Column ${name.name} in USING has incompatible types on either side of the join: ${ours.expr.type.kind} and ${theirs.expr.type.kind}`,
      )
    }
    equalities.push(callBuiltin(context, name, '=', [convert(ours.expr, type), convert(theirs.expr, type)]))
    shared.push({ name: ours.name, expr: usingValue(context, join, ours, theirs, computed) })
  }
  const condition = equalities.length === 1 ? equalities[0] : conjunction('AND', equalities)
  const type = join.type === 'COMMA' || join.type === 'CROSS' ? 'INNER' : join.type
  const scan: Scan = { kind: 'join', type, left: left.scan, right: right.scan, condition }
  const hidden = new Set(using.map((name) => name.name.toLowerCase()))
  const rest = (names: NameList) => names.columns.filter((column) => !hidden.has(column.name.toLowerCase()))
  return {
    scan: project(scan, computed),
    names: {
      columns: [...shared, ...rest(left.names), ...rest(right.names)],
      relations: [...left.names.relations, ...right.names.relations],
    },
  }
}

/** A column that USING says twice is said once. */
function once(using: readonly Identifier[]): readonly Identifier[] {
  return [...new Map(using.map((name) => [name.name.toLowerCase(), name])).values()]
}

function usingColumn(context: Context, names: NameList, name: Identifier, side: string): NamedColumn {
  const table = names.relations.find((relation) => relation.name.toLowerCase() === name.name.toLowerCase())
  if (table?.value.type.kind === 'STRUCT') {
    throw problemAt(
      context,
      name,
      `Name ${name.name} in USING clause is a table alias, not a column name, on ${side} side of join`,
    )
  }
  const found = findName({ columns: names.columns, relations: [] }, name.name)
  if (found?.kind === 'column') return found.column
  throw problemAt(
    context,
    name,
    found === undefined
      ? `Column ${name.name} in USING clause not found on ${side} side of join`
      : `Column ${name.name} in USING clause is ambiguous on ${side} side of join`,
  )
}

function usingValue(
  context: Context,
  join: JoinStep,
  ours: NamedColumn,
  theirs: NamedColumn,
  computed: Computed[],
): Expr {
  if (join.type === 'RIGHT') return theirs.expr
  if (join.type !== 'FULL') return ours.expr
  const expr = callBuiltin(context, join, 'COALESCE', [ours.expr, theirs.expr])
  const column = newColumn(context, ours.name, expr.type)
  computed.push({ column, expr })
  return columnRef(column)
}
