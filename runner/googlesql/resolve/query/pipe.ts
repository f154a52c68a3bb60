import type { Identifier, PipeOperator, Select } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { checkNoLiteral, sortItem } from '../call/aggregate-call.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, newColumn, plainContext, problemAt, type Windows } from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { checkSample, type From, namesOf } from '../from/from.ts'
import { joinStep } from '../from/join.ts'
import { resolvePivots } from '../from/pivot.ts'
import { resolveTableCall } from '../from/table-call.ts'
import type { Computed, Expr, ResolvedQuery, Scan } from '../resolved.ts'
import {
  columnRef,
  type NamedColumn,
  type NameList,
  pipedColumns,
  rowRelation,
  valueNames,
} from '../scope.ts'
import { meaningful, ordinal, withWindows } from './order.ts'
import { resolvePipeAggregate } from './pipe-aggregate.ts'
import { materialize, project } from './project.ts'
import { limited, resolveQuery } from './query.ts'
import { resolveSelectOver } from './select.ts'
import { resolveItems } from './select-items.ts'
import { combine } from './set-operation.ts'
import { resolveWith } from './with.ts'

const BOOL = { kind: 'BOOL' } as const

/** `|> …` steps over rows that are there; `start` is the first column number of the query. */
export function resolvePipes(
  context: Context,
  given: From,
  pipes: readonly PipeOperator[],
  start: number,
): ResolvedQuery {
  let from = given
  let current = context
  for (const pipe of pipes) {
    if (pipe.kind === 'pipeWith') current = resolveWith(current, pipe.with)
    else from = resolvePipe(current, from, pipe, start)
  }
  return materialize(context, from.scan, from.names.columns)
}

type Step = Exclude<PipeOperator, { kind: 'pipeWith' }>

function resolvePipe(context: Context, from: From, node: Step, start: number): From {
  switch (node.kind) {
    case 'pipeSelect':
      return selected(context, from, node.select, start)
    case 'pipeExtend':
      return extended(context, from, node)
    case 'pipeSet':
      return withSet(context, from, node)
    case 'pipeDrop':
      return dropped(context, from, node)
    case 'pipeRename':
      return renamed(context, from, node)
    case 'pipeAs':
      return { ...from, names: aliased(from.names, node.alias.name) }
    case 'pipeWhere': {
      const windows = noWindows()
      const inner = { ...inside(context, from, 'pipe WHERE clause'), windows }
      const condition = boolean(inner, node.condition, 'WHERE clause')
      return { ...from, scan: { kind: 'filter', input: withWindows(from.scan, windows), condition } }
    }
    case 'pipeOrderBy':
      return ordered(context, from, node)
    case 'pipeLimit':
      return { ...from, scan: limited(context, from.scan, node.limit) }
    case 'pipeAggregate':
      return resolvePipeAggregate(context, from, node, start)
    case 'pipeDistinct':
      return distinct(context, from, node)
    case 'pipeJoin':
      return joinStep(context, from, node)
    case 'pipeSetOperation': {
      const left = materialize(context, from.scan, from.names.columns)
      const others = node.queries.map((query) => ({ query: resolveQuery(context, query), node: query }))
      const query = combine(context, node.operation, [{ query: left, node }, ...others])
      return { scan: query.scan, names: namesOf(query.columns, undefined, query.isValue) }
    }
    case 'pipeTableSample':
      checkSample(context, node.sample)
      return from
    case 'pipePivot':
      return resolvePivots(context, from, [node.pivot])
    case 'pipeUnpivot':
      return resolvePivots(context, from, [node.unpivot])
    case 'pipeAssert':
      return asserted(context, from, node)
    case 'pipeCall':
      return resolveTableCall(context, node.call, materialize(context, from.scan, from.names.columns))
  }
}

/** Expressions see the step's input. */
export function inside(context: Context, from: From, clause: string): Context {
  return plainContext({ ...context, scope: { names: from.names, outer: context.scope } }, clause)
}

function boolean(context: Context, node: Parameters<typeof resolveExpression>[1], clause: string): Expr {
  const expr = resolveExpression(context, node)
  return coerceTo(
    context,
    node,
    expr,
    BOOL,
    `${clause} should return type BOOL, but returns ${typeName(expr.type)}`,
  )
}

function selected(context: Context, from: From, node: Select, start: number): From {
  const end = context.resolution.counter.next
  const query = resolveSelectOver(context, node, [], from, (id) => id >= start && id < end, true)
  return { scan: query.scan, names: namesOf(query.columns, undefined, query.isValue) }
}

type Node<K extends PipeOperator['kind']> = Extract<PipeOperator, { kind: K }>

const noWindows = (): Windows => ({ calls: [], named: new Map() })

function ordered(context: Context, from: From, node: Node<'pipeOrderBy'>): From {
  const windows = noWindows()
  const inner = { ...inside(context, from, 'pipe ORDER BY clause'), windows }
  const columns = pipedColumns(from.names.columns).map(({ expr }) => expr)
  const items = node.orderBy.map((item) => {
    checkNoLiteral(context, item)
    const tooMany = (number: string) =>
      `ORDER BY column number exceeds input table column count: ${number} vs ${columns.length}`
    const expr =
      ordinal(context, item.expression, columns, tooMany) ?? resolveExpression(inner, item.expression)
    return sortItem(context, item, expr)
  })
  const input = withWindows(from.scan, windows)
  return { ...from, scan: { kind: 'sort', input, items: meaningful(items) } }
}

/** New columns behind those that are there; window functions may stand in them. */
function extended(context: Context, from: From, node: Node<'pipeExtend'>): From {
  const named = new Map(node.windows.map((window) => [window.name.name.toLowerCase(), window.window]))
  const windows: Windows = { calls: [], named }
  const inner = { ...inside(context, from, 'pipe EXTEND'), windows }
  const items = resolveItems(inner, node.items, from.names)
  const input = withWindows(from.scan, windows)
  const computed: Computed[] = []
  const columns = items.map((item): NamedColumn => {
    const column = newColumn(context, item.name === '' ? 'column' : item.name, item.expr.type)
    computed.push({ column, expr: item.expr })
    return { name: item.name, expr: columnRef(column), ...(item.anonymous ? { anonymous: true } : {}) }
  })
  return {
    scan: project(input, computed),
    names: { columns: [...from.names.columns, ...columns], relations: from.names.relations },
  }
}

/** Which of the columns an operator means; what it may not mean is told apart from what is not there. */
function position(
  context: Context,
  columns: readonly NamedColumn[],
  from: From,
  node: Identifier,
  operator: 'SET' | 'DROP' | 'RENAME',
): number {
  const folded = node.name.toLowerCase()
  const named = (column: NamedColumn) =>
    column.anonymous !== true && column.name.toLowerCase() === folded ? true : undefined
  const [only, second] = columns.flatMap((column, index) => (named(column) ? [index] : []))
  const does = { SET: 'update', DROP: 'drop', RENAME: 'rename' }[operator]
  const refuse = (what: string) => problemAt(context, node, `${what}: ${node.name}`)
  if (second !== undefined) throw refuse(`Ambiguous column name in pipe ${operator}`)
  if (only === undefined) {
    if (from.names.columns.some(named))
      throw refuse(
        `Name in pipe ${operator} is a field inside a value table; ${operator} can only ${does} columns`,
      )
    if (from.names.relations.some(({ name }) => name.toLowerCase() === folded))
      throw refuse(`Name in pipe ${operator} is a table alias; ${operator} can only ${does} columns`)
    throw refuse(`Column name in pipe ${operator} not found in input table`)
  }
  if (operator === 'RENAME' && columns[only]?.row !== undefined)
    throw refuse(`Name in pipe ${operator} is a table alias; ${operator} can only ${does} columns`)
  return only
}

function checkOnce(context: Context, names: readonly Identifier[], operator: string): void {
  const folded = names.map(({ name }) => name.toLowerCase())
  const again = names.find((_, index) => folded.indexOf(folded[index] ?? '') !== index)
  if (again !== undefined)
    throw problemAt(context, again, `Duplicate column name in pipe ${operator}: ${again.name}`)
}

/** Columns after an operator that changed some, with the fields of value tables' rows again. */
function unfolded(from: From, columns: readonly NamedColumn[]): readonly NamedColumn[] {
  return columns.flatMap((column) =>
    column.row === undefined ? [column] : from.names.columns.filter(({ row }) => row === column.row),
  )
}

function withSet(context: Context, from: From, node: Node<'pipeSet'>): From {
  const windows = noWindows()
  const inner = { ...inside(context, from, 'pipe SET clause'), windows }
  const columns = [...pipedColumns(from.names.columns)]
  const computed: Computed[] = []
  checkOnce(
    context,
    node.items.map((item) => item.column),
    'SET',
  )
  for (const item of node.items) {
    const at = position(context, columns, from, item.column, 'SET')
    const expr = resolveExpression(inner, item.value)
    const column = newColumn(context, item.column.name, expr.type)
    computed.push({ column, expr })
    columns[at] = { name: columns[at]?.name ?? item.column.name, expr: columnRef(column) }
  }
  const input = withWindows(from.scan, windows)
  const names = { columns: unfolded(from, columns), relations: from.names.relations }
  return { scan: project(input, computed), names }
}

function dropped(context: Context, from: From, node: Node<'pipeDrop'>): From {
  const given = pipedColumns(from.names.columns)
  checkOnce(context, node.columns, 'DROP')
  const gone = new Set(node.columns.map((column) => position(context, given, from, column, 'DROP')))
  const columns = given.filter((_, index) => !gone.has(index))
  if (columns.length === 0) throw problemAt(context, node, 'Pipe DROP dropped all columns in the input table')
  return { ...from, names: { columns: unfolded(from, columns), relations: from.names.relations } }
}

function renamed(context: Context, from: From, node: Node<'pipeRename'>): From {
  const given = pipedColumns(from.names.columns)
  const columns = [...given]
  checkOnce(
    context,
    node.items.map((item) => item.from),
    'RENAME',
  )
  for (const item of node.items) {
    const at = position(context, given, from, item.from, 'RENAME')
    const column = columns[at]
    if (column !== undefined) columns[at] = { ...column, name: item.to.name }
  }
  return { ...from, names: { columns: unfolded(from, columns), relations: from.names.relations } }
}

/** The rows under another alias. */
function aliased({ columns }: NameList, alias: string): NameList {
  const [only, second] = pipedColumns(columns)
  if (only?.row !== undefined && second === undefined) return valueNames(only.expr, alias)
  return { columns, relations: [rowRelation(alias, columns)] }
}

function distinct(context: Context, from: From, node: Node<'pipeDistinct'>): From {
  const query = materialize(context, from.scan, from.names.columns)
  const groups: Computed[] = []
  const columns = query.columns.map((output): NamedColumn => {
    const column = newColumn(context, output.name, output.column.type)
    groups.push({ column, expr: columnRef(output.column) })
    return { name: output.name, expr: columnRef(column), ...(output.anonymous ? { anonymous: true } : {}) }
  })
  const [only] = columns
  if (only === undefined) throw problemAt(context, node, 'DISTINCT needs a column')
  const scan: Scan = {
    kind: 'aggregate',
    input: query.scan,
    groups,
    sets: undefined,
    aggregates: [],
    groupings: [],
  }
  if (query.isValue) return { scan, names: valueNames(only.expr, from.names.relations[0]?.name) }
  return {
    scan,
    names: { columns, relations: from.names.relations.map(({ name }) => rowRelation(name, columns)) },
  }
}

/** A row for which the condition is not true raises. */
function asserted(context: Context, from: From, node: Node<'pipeAssert'>): From {
  const inner = inside(context, from, 'ASSERT condition')
  const condition = boolean(inner, node.condition, 'ASSERT expression')
  const text = (value: string): Expr => ({ kind: 'literal', type: { kind: 'STRING' }, value, from: 'value' })
  const payload = node.payload.map((part): Expr => {
    const expr = resolveExpression(inner, part)
    const shown =
      expr.type.kind === 'STRING' ? expr : callBuiltin(context, part, 'FORMAT', [text('%T'), expr])
    return callBuiltin(context, part, 'IFNULL', [shown, text('NULL')])
  })
  const written = context.source.text.slice(node.condition.start, node.condition.end)
  const parts = [
    text(`Assert failed: ${node.payload.length === 0 ? written : ''}`),
    ...payload.flatMap((part, index) => (index === 0 ? [part] : [text(' '), part])),
  ]
  const message =
    parts.length === 1 && parts[0] !== undefined ? parts[0] : callBuiltin(context, node, 'CONCAT', parts)
  const failure = callBuiltin(context, node, 'ERROR', [message])
  const never = coerceTo(context, node, failure, BOOL)
  const check: Expr = {
    kind: 'case',
    type: BOOL,
    whens: [{ condition, result: { kind: 'literal', type: BOOL, value: true, from: 'value' } }],
    otherwise: never,
  }
  return { ...from, scan: { kind: 'filter', input: from.scan, condition: check } }
}
