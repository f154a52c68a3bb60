import { parse } from '../../runner/googlesql/parse/index.ts'

/** A table that BigQuery reads or merges into, as one place of a script does. */
export interface Scan {
  /** `dataset.table`. */
  readonly table: string
  /** Columns that it needs; `all` of a `*`, or of a table that rows are merged into. */
  readonly columns: readonly string[] | 'all'
  /** The condition by which BigQuery's planner leaves partitions out; undefined: it reads all of them. */
  readonly prunedBy: string | undefined
  /** For messages. */
  readonly text: string
}

/** A node of the syntax tree, whatever it is. */
type Tree = {
  readonly [name: string]: unknown
  readonly kind?: string
  readonly start?: number
  readonly end?: number
}

/**
 * Every place at which a script reads a table, and whether a condition there prunes partitions: a comparison of the
 * partition column (or its day) with constants, which in a script are literals and variables, but no subqueries
 * (https://cloud.google.com/bigquery/docs/querying-partitioned-tables#use_a_constant_filter_expression).
 *
 * @param tables the partition column of each table that counts, by `dataset.table`; undefined: it has none
 */
export function scansOf(script: string, tables: ReadonlyMap<string, string | undefined>): readonly Scan[] {
  const { statements, problems } = parse(script)
  if (problems.length > 0) throw problems[0]
  const variables = new Set(
    statements.flatMap((statement) =>
      statement.kind === 'declare' ? statement.names.map(({ name }) => name) : [],
    ),
  )
  const scans: Scan[] = []
  const scan = (node: Tree, path: Tree, where: unknown, columns: Scan['columns']) => {
    const table = nameOf(path)
    if (table === undefined || !tables.has(table)) return
    const column = tables.get(table)
    const condition = column === undefined ? undefined : prunes(where, column, variables)
    scans.push({
      table,
      columns,
      prunedBy: condition === undefined ? undefined : textOf(script, condition),
      text: textOf(script, node),
    })
  }
  visit(statements, (node) => {
    if (node.kind === 'select')
      for (const path of tablePaths(node['from']))
        scan(node, path['path'] as Tree, node['where'], columnsOf(node))
    if (node.kind === 'merge') scan(node, node['target'] as Tree, node['on'], 'all')
  })
  return scans
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

function visit(value: unknown, each: (node: Tree) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, each)
  } else if (isTree(value)) {
    each(value)
    for (const child of Object.values(value)) visit(child, each)
  }
}

/** `dataset.table` of a path that names a project too. */
function nameOf({ parts }: Tree): string | undefined {
  const names = (parts as readonly { readonly name: string }[])
    .map(({ name }) => name)
    .join('.')
    .split('.')
  return names.length < 2 ? undefined : names.slice(-2).join('.')
}

/** The tables of a FROM clause itself, not those of its subqueries. */
function tablePaths(from: unknown): readonly Tree[] {
  if (!isTree(from)) return []
  if (from.kind === 'tablePath') return [from]
  if (from.kind === 'tableSubquery') return []
  return Object.values(from).flatMap((child) =>
    Array.isArray(child) ? child.flatMap(tablePaths) : tablePaths(child),
  )
}

function columnsOf(select: Tree): Scan['columns'] {
  const names = new Set<string>()
  let all = false
  const { from: _from, ...rest } = select
  visit(rest, (node) => {
    if (node.kind === 'path') {
      const name = (node['parts'] as readonly { readonly name: string }[]).at(-1)?.name
      if (name !== undefined) names.add(name)
    }
    if (node.kind?.toLowerCase().includes('star') === true) all = true
  })
  return all && !JSON.stringify(select['items'], plain).includes('"COUNT"') ? 'all' : [...names]
}

const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

/** The part of a condition that lets the planner leave partitions out. */
function prunes(condition: unknown, column: string, variables: ReadonlySet<string>): Tree | undefined {
  if (!isTree(condition)) return undefined
  const isColumn = (node: unknown): boolean =>
    isTree(node) &&
    (node.kind === 'path'
      ? lastName(node) === column
      : node.kind === 'call' &&
        lastName(node['name'] as Tree) === 'DATE' &&
        isColumn((node['args'] as unknown[])[0]))
  const isConstant = (node: unknown): boolean => {
    if (!isTree(node)) return false
    if (node.kind === 'path') {
      const parts = node['parts'] as readonly { readonly name: string }[]
      return parts.length === 1 && variables.has(parts[0]?.name ?? '')
    }
    return node.kind !== undefined && /^(?:string|integer|float|typedLiteral|literal|null)/i.test(node.kind)
  }
  switch (condition.kind) {
    case 'logical': {
      const operands = (condition['operands'] as readonly unknown[]).map((each) =>
        prunes(each, column, variables),
      )
      if (condition['operator'] === 'AND') return operands.find((each) => each !== undefined)
      return operands.every((each) => each !== undefined) ? condition : undefined
    }
    case 'in': {
      const source = condition['source'] as Tree
      const isList = source.kind === 'inUnnest' && isConstant(source['expression'])
      return isList && condition['negated'] === false && isColumn(condition['operand'])
        ? condition
        : undefined
    }
    case 'between':
      return isColumn(condition['operand']) && isConstant(condition['low']) && isConstant(condition['high'])
        ? condition
        : undefined
    case 'binary': {
      const { left, right, operator } = condition
      const compares = ['=', '<', '<=', '>', '>='].includes(String(operator))
      return compares && ((isColumn(left) && isConstant(right)) || (isConstant(left) && isColumn(right)))
        ? condition
        : undefined
    }
    case 'is':
      return condition['test'] === 'NULL' && condition['negated'] === false && isColumn(condition['operand'])
        ? condition
        : undefined
    default:
      return undefined
  }
}

const lastName = ({ parts }: Tree): string | undefined =>
  (parts as readonly { readonly name: string }[] | undefined)?.at(-1)?.name

const textOf = (script: string, { start = 0, end = 0 }: Tree): string => script.slice(start, end)
