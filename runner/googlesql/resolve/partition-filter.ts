import { Problem } from '../../problem.ts'
import type { CatalogTable } from '../catalog.ts'
import { targetName } from '../lower/identifier.ts'
import { ingestionUnit, PARTITION_DATE, PARTITION_TIME } from './from/ingestion-time.ts'
import { partitionColumn } from './partition-column.ts'
import type { Column, Computed, Expr, ResolvedQuery, Scan, WindowCall } from './resolved.ts'
import { rewriteExpr } from './rewrite.ts'
import type { ResolvedMerge, ResolvedStatement } from './statement/resolved-statement.ts'

/**
 * Refuses a statement that reads a table with `require_partition_filter = true` and has no condition that can leave
 * partitions out: one, beside others by AND, whose only column is the one that the table is partitioned by. It may stand
 * in WHERE, in the ON of a join or of MERGE, or outside of the view or subquery that reads the table, where nothing
 * between them stops it from being applied to the table's rows.
 *
 * Sources: https://cloud.google.com/bigquery/docs/querying-partitioned-tables (require a partition filter, use a constant
 * expression), https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables (MERGE)
 *
 * @throws Problem in BigQuery's words, which tell no place
 * @example checkPartitionFilters({ kind: 'query', query }, 'definitions/days.sqlx')
 */
export function checkPartitionFilters(statement: ResolvedStatement, file: string | undefined): void {
  const seen = new Walk(file)
  switch (statement.kind) {
    case 'query':
    case 'insert':
      seen.query(statement.query, [])
      return
    case 'create table':
      // COPY and CLONE take a table's rows as they lie there.
      if (statement.query !== undefined && statement.copy !== true) seen.query(statement.query, [])
      return
    case 'update': {
      const { joined, scan, where, set } = statement
      seen.scan(joined ?? scan, conjuncts(where))
      seen.subqueries([where, set])
      return
    }
    case 'delete':
      seen.scan(statement.scan, conjuncts(statement.where))
      seen.subqueries(statement.where)
      return
    case 'merge':
      checkMerge(seen, statement)
  }
}

/** The target is looked into for what ON and the clauses can be true of. */
function checkMerge(seen: Walk, { scan, joined, whens }: ResolvedMerge): void {
  seen.subqueries(whens)
  if (joined.kind !== 'join') return
  const on = joined.condition === undefined ? [] : conjuncts(joined.condition)
  if (joined.condition !== undefined) seen.subqueries(joined.condition)
  const conditions = (match: ResolvedMerge['whens'][number]['match']) =>
    whens.filter((when) => when.match === match).map(({ condition }) => condition && conjuncts(condition))
  const inserts = conditions('NOT MATCHED BY TARGET').length > 0
  seen.scan(joined.right, inserts ? [] : on)
  const found = (given: readonly Expr[] | undefined) => isFiltered(scan, given ?? [])
  const matches = isFalse(joined.condition) || found(on) || (!inserts && conditions('MATCHED').every(found))
  if (!matches || !conditions('NOT MATCHED BY SOURCE').every(found)) seen.scan(scan, [])
}

const isFalse = (expr: Expr | undefined): boolean => expr?.kind === 'literal' && expr.value === false

/** Goes from a query down to its tables with the conditions that hold of the rows. */
class Walk {
  readonly #file: string | undefined

  constructor(file: string | undefined) {
    this.#file = file
  }

  query({ scan }: ResolvedQuery, conditions: readonly Expr[]): void {
    this.scan(scan, conditions)
  }

  scan(scan: Scan, conditions: readonly Expr[]): void {
    this.#expressions(scan)
    switch (scan.kind) {
      case 'table':
        if (!isFiltered(scan, conditions)) throw unfiltered(scan.table, this.#file)
        return
      case 'filter':
        this.scan(scan.input, [...conjuncts(scan.condition), ...conditions])
        return
      case 'project':
        this.scan(scan.input, through(conditions, scan.computed))
        return
      case 'sort':
        this.scan(scan.input, conditions)
        return
      case 'limit':
        this.scan(scan.input, [])
        return
      case 'aggregate':
        this.scan(scan.input, scan.sets === undefined ? through(conditions, scan.groups) : [])
        return
      case 'window':
        this.scan(scan.input, conditions.filter(isOfPartitions(scan.calls)))
        return
      case 'unnest':
        if (scan.input !== undefined) this.scan(scan.input, conditions)
        return
      case 'join':
        this.#join(scan, conditions)
        return
      case 'set':
        for (const input of scan.inputs)
          this.scan(input.scan, renamed(conditions, scan.columns, input.columns))
        return
      case 'query':
        this.query(scan.query, renamed(conditions, scan.columns, columnsOf(scan.query)))
        return
      case 'cte': {
        const { query, recursion } = scan.cte
        const names = renamed(conditions, scan.columns, columnsOf(query))
        this.query(query, recursion === undefined ? names : [])
        return
      }
      default:
    }
  }

  /** Rows that an outer join may keep with NULLs are left out only by what is not true of NULL. */
  #join(scan: Extract<Scan, { kind: 'join' }>, conditions: readonly Expr[]): void {
    const on = scan.condition === undefined ? [] : conjuncts(scan.condition)
    const { type } = scan
    const kept = conditions.filter(refusesNull)
    const left = type === 'RIGHT' || type === 'FULL' ? kept : conditions
    const right = type === 'LEFT' || type === 'FULL' ? kept : conditions
    this.scan(scan.left, type === 'LEFT' || type === 'FULL' ? left : [...left, ...on])
    this.scan(scan.right, type === 'RIGHT' || type === 'FULL' ? right : [...right, ...on])
  }

  /** Subqueries in the expressions of one step. */
  #expressions(scan: Scan): void {
    const {
      input: _input,
      left: _left,
      right: _right,
      inputs: _inputs,
      query: _query,
      cte: _cte,
      ...own
    } = scan as unknown as Record<string, unknown>
    if (scan.kind !== 'table') this.subqueries(own)
  }

  /** Every subquery in a part of the tree. */
  subqueries(node: unknown): void {
    if (typeof node !== 'object' || node === null) return
    const { kind, query } = node as { readonly kind?: string; readonly query?: ResolvedQuery }
    if ((kind === 'subquery' || kind === 'in subquery') && query !== undefined) this.query(query, [])
    for (const [key, part] of Object.entries(node))
      if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'query') this.subqueries(part)
  }
}

const columnsOf = ({ columns }: ResolvedQuery): readonly Column[] => columns.map(({ column }) => column)

/** The conditions that each leave rows out by themselves: the parts of AND, and (without their NOT) those of OR behind NOT. */
function conjuncts(expr: Expr, negated = false): readonly Expr[] {
  if (expr.kind !== 'call') return [expr]
  const { name } = expr.entry
  if (name !== (negated ? 'OR' : 'AND') && name !== 'NOT') return [expr]
  return expr.args.flatMap((arg) => (arg.kind === 'part' ? [] : conjuncts(arg, negated !== (name === 'NOT'))))
}

/** Conditions on what a step computes, as conditions on what it is computed from. */
function through(conditions: readonly Expr[], computed: readonly Computed[]): readonly Expr[] {
  const made = new Map(computed.map(({ column, expr }) => [column.id, expr]))
  return conditions.map((given) =>
    rewriteExpr(given, (expr) => (expr.kind === 'column' ? made.get(expr.column.id) : undefined)),
  )
}

function renamed(
  conditions: readonly Expr[],
  outer: readonly Column[],
  inner: readonly Column[],
): readonly Expr[] {
  const computed = outer.flatMap((column, index): readonly Computed[] => {
    const own = inner[index]
    return own === undefined ? [] : [{ column, expr: { kind: 'column', type: own.type, column: own } }]
  })
  return through(conditions, computed)
}

/** A condition leaves out whole partitions of a window only if all its columns are what every window is partitioned by. */
function isOfPartitions(calls: readonly WindowCall[]): (condition: Expr) => boolean {
  const ids = calls.map(
    ({ partitionBy }) =>
      new Set(partitionBy.flatMap((expr) => (expr.kind === 'column' ? [expr.column.id] : []))),
  )
  return (condition) =>
    [...(freeColumns(condition) ?? [])].every((column) => ids.every((known) => known.has(column)))
}

/** Comparisons are NULL, hence not true, of NULL. */
const comparisons: ReadonlySet<string> = new Set([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'BETWEEN',
  'IN',
  'IN UNNEST',
])

function refusesNull(condition: Expr): boolean {
  if (condition.kind !== 'call') return false
  const { name } = condition.entry
  if (name === 'OR') return condition.args.every((arg) => arg.kind !== 'part' && refusesNull(arg))
  return comparisons.has(name)
}

/** What a table needs a filter on: its column, or the pseudo-columns; undefined if it needs none. */
function filterColumns({ options, partitionBy, columns }: CatalogTable): readonly string[] | undefined {
  if (options?.['require_partition_filter']?.toLowerCase() !== 'true' || partitionBy === undefined)
    return undefined
  if (ingestionUnit({ partitionBy }) !== undefined)
    return ['_PARTITION_LOAD_TIME', PARTITION_DATE, PARTITION_TIME]
  const column = partitionColumn({ partitionBy, columns })
  return column === undefined ? undefined : [column.name]
}

function isFiltered(
  { table, columns }: Extract<Scan, { kind: 'table' }>,
  conditions: readonly Expr[],
): boolean {
  const names = filterColumns(table)
  if (names === undefined) return true
  const own = columns.find(({ name }) => names.some((wanted) => wanted === name))
  return conditions.some((condition) => {
    const used = freeColumns(condition)
    return used?.size === 1 && own !== undefined && used.has(own.id)
  })
}

/** The columns that an expression takes from around it; undefined if it holds a subquery, which is no constant. */
function freeColumns(expr: Expr): ReadonlySet<number> | undefined {
  const used = new Set<number>()
  const bound = new Set<number>()
  let constant = true
  rewriteExpr(expr, (part) => {
    if (part.kind === 'column') used.add(part.column.id)
    if (part.kind === 'let') for (const { column } of part.bindings) bound.add(column.id)
    if (part.kind !== 'subquery' && part.kind !== 'in subquery') return undefined
    constant = false
    return part
  })
  for (const id of bound) used.delete(id)
  return constant ? used : undefined
}

function unfiltered(table: CatalogTable, file: string | undefined): Problem {
  const columns = (filterColumns(table) ?? []).map((name) => `'${name}'`).join(', ')
  return new Problem(
    `Cannot query over table '${targetName(table.target)}' without a filter over column(s) ${columns} that can be used for partition elimination`,
    { file, hint: `add a condition on ${columns} alone (no subquery, no other column) to WHERE` },
  )
}
