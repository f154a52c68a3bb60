import type { QueryParameter } from '../../../runner/googlesql/result.ts'
import { groupable, orderable } from '../../../runner/googlesql/types/predicates.ts'
import { typeName } from '../../../runner/googlesql/types/print.ts'
import { BOOL } from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { clauseQuery } from './clauses.ts'
import { type Column, Expressions } from './expression.ts'
import { families, wrongQuery } from './families.ts'
import type { Random } from './random.ts'
import { randomTable, source } from './table.ts'
import { leaf, type Tree, textOf } from './tree.ts'
import { literalOf, scalarTypes, types } from './values.ts'

/** A query with the parts by which it can be made smaller. */
export interface Query {
  readonly trees: readonly Tree[]
  /** Rows of its tables, as written; none for a query of one row. */
  readonly rows: readonly (readonly string[])[]
  readonly ordered: boolean
  /** What may have lost the order that made its answer one, and raises for reasons of its own. */
  readonly bent?: boolean
  readonly parameters?: readonly QueryParameter[]
  readonly write: (trees: readonly string[], rows: readonly (readonly string[])[]) => string
}

export function queryText({ trees, rows, write }: Query): string {
  return write(trees.map(textOf), rows)
}

/** Of one row in many cases, or wrong; otherwise over small tables, by a grammar or with expressions of any type. */
export function randomQuery(random: Random): Query {
  if (random.chance(0.45)) return singleRow(random)
  if (random.chance(0.25)) return wrongQuery(random)
  return random.chance(0.6) ? random.pick(Object.values(families))(random) : overTables(random)
}

function singleRow(random: Random): Query {
  const columns = types.map((type, index) => ({ name: `n.c${index}`, type }))
  const missing = columns.filter(() => random.chance(0.15))
  const tree = new Expressions(random, missing).of(random.pick(types), random.between(1, 4))
  const present = new Map(missing.map(({ name, type }) => [name, literalOf(random, type, 0)]))
  return {
    trees: [tree],
    rows: [],
    ordered: true,
    write: ([text = '']) => {
      // Columns that are NULL, for an engine need not look at what a constant NULL makes idle; nor may it know that they are.
      const used = missing.filter(({ name }) => text.includes(name))
      if (used.length === 0) return `SELECT ${text}`
      const fields = used.map(({ name, type }) => `CAST(NULL AS ${typeName(type)}) AS ${name.slice(2)}`)
      const others = used.map(({ name }) => present.get(name))
      return `SELECT ${text} FROM UNNEST([STRUCT(1 AS i, ${fields.join(', ')}), (2, ${others.join(', ')})]) AS n WHERE n.i = 1`
    },
  }
}

function overTables(random: Random): Query {
  const forms = [filtered, grouped, joined, windowed, combined, nested]
  return random.chance(0.3) ? clauseQuery(random) : random.pick(forms)(random)
}

const depthOf = (random: Random) => random.between(0, 2)
const anyColumnType = (random: Random, columns: readonly Column[]): SqlType => random.pick(columns).type

function filtered(random: Random): Query {
  const table = randomTable(random, 't')
  const expressions = new Expressions(random, table.columns)
  const trees = [
    expressions.of(random.pick(types), depthOf(random)),
    expressions.leafOf(anyColumnType(random, table.columns)),
    expressions.of(BOOL, depthOf(random)),
  ]
  const tail = random.pick([
    '',
    '',
    ' ORDER BY t.id DESC',
    ' ORDER BY t.id LIMIT 2',
    ' ORDER BY t.k, t.id LIMIT 3 OFFSET 1',
  ])
  return {
    trees,
    rows: [table.rows],
    ordered: tail !== '',
    write: ([x, y, condition], [rows = []]) =>
      `SELECT t.id, ${x} AS x, ${y} AS y FROM ${source(table, 't', rows)} WHERE ${condition}${tail}`,
  }
}

/** An aggregate of a column whose answer does not depend on the order of rows. */
function aggregateOf(random: Random, { name, type }: Column): string {
  const { kind } = type
  const some = ['COUNT(*)', `COUNT(${name})`, `COUNTIF(${name} IS NULL)`]
  if (kind !== 'ARRAY') {
    some.push(
      `ARRAY_AGG(${name} IGNORE NULLS ORDER BY t.id DESC)`,
      `ARRAY_AGG(${name} IGNORE NULLS ORDER BY t.id LIMIT 2)`,
    )
    some.push(`ARRAY_LENGTH(ARRAY_AGG(${name}))`)
  } else some.push(`ARRAY_CONCAT_AGG(${name} ORDER BY t.id)`)
  if (groupable(type) && kind !== 'ARRAY' && kind !== 'STRUCT') some.push(`COUNT(DISTINCT ${name})`)
  if (orderable(type)) some.push(`MIN(${name})`, `MAX(${name})`, `MAX(${name} HAVING MAX t.id)`)
  if (['INT64', 'NUMERIC', 'BIGNUMERIC', 'INTERVAL'].includes(kind))
    some.push(`SUM(${name})`, `AVG(${name})`, `SUM(DISTINCT ${name})`)
  if (kind === 'STRING')
    some.push(`STRING_AGG(${name}, '|' ORDER BY t.id)`, `STRING_AGG(DISTINCT ${name}, '|' ORDER BY ${name})`)
  if (kind === 'BYTES') some.push(`STRING_AGG(${name}, b'|' ORDER BY t.id)`)
  if (kind === 'BOOL') some.push(`LOGICAL_AND(${name})`, `LOGICAL_OR(${name})`, `COUNTIF(${name})`)
  if (kind === 'INT64') some.push(`BIT_AND(${name})`, `BIT_OR(${name})`, `BIT_XOR(${name})`)
  return random.pick(some)
}

function grouped(random: Random): Query {
  // Sets of keys over no rows: the reference implementation leaves out the row of (), others give it.
  const table = randomTable(random, 't', 1)
  const expressions = new Expressions(random, table.columns)
  const keys = random.chance(0.5) ? ['t.k'] : ['t.k', 't.c0']
  // In sets of keys the reference implementation takes no key for an argument.
  const plain = table.columns.filter(({ name }) => !keys.includes(name))
  const aggregates = Array.from({ length: random.between(1, 3) }, () =>
    aggregateOf(random, random.pick(plain)),
  )
  const having = random.pick([
    '',
    '',
    ' HAVING COUNT(*) > 1',
    ` HAVING ${aggregateOf(random, random.pick(plain))} IS NOT NULL`,
  ])
  const by = random.pick([
    ` GROUP BY ${keys.join(', ')}`,
    ` GROUP BY ROLLUP(${keys.join(', ')})`,
    ` GROUP BY GROUPING SETS((${keys.join(', ')}), (t.k))`,
    '',
  ])
  const shown = by === '' ? aggregates : [...new Set(keys), ...aggregates]
  return {
    trees: [by.includes('ROLLUP') ? leaf(BOOL, 'TRUE') : expressions.of(BOOL, depthOf(random))],
    rows: [table.rows],
    ordered: false,
    write: ([condition], [rows = []]) =>
      `SELECT ${shown.map((item, index) => `${item} AS x${index}`).join(', ')} FROM ${source(table, 't', rows)} WHERE ${condition}${by}${having}`,
  }
}

function joined(random: Random): Query {
  const [left, right] = [randomTable(random, 't'), randomTable(random, 'u')]
  const expressions = new Expressions(random, [...left.columns, ...right.columns])
  const kind = random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'CROSS JOIN'])
  const on =
    kind === 'CROSS JOIN'
      ? ''
      : random.pick([' ON t.k = u.k', ' ON t.k = u.k AND t.id < u.id', ' ON t.id = u.id'])
  const x = expressions.of(random.pick(types), depthOf(random))
  return {
    trees: [x, expressions.leafOf(anyColumnType(random, right.columns))],
    rows: [left.rows, right.rows],
    ordered: false,
    write: ([a, b], [rows = [], others = []]) =>
      `SELECT t.id AS tid, u.id AS uid, ${a} AS x, ${b} AS y FROM ${source(left, 't', rows)} ${kind} ${source(right, 'u', others)}${on}`,
  }
}

function windowed(random: Random): Query {
  const table = randomTable(random, 't')
  const column = random.pick(table.columns)
  const partition = random.pick(['', 'PARTITION BY t.k ', 'PARTITION BY t.k '])
  const frame = random.pick([
    '',
    ' ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
    ' ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    ' RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING',
    ' ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  ])
  const window = `OVER (${partition}ORDER BY t.id${frame})`
  const unframed = `OVER (${partition}ORDER BY t.id)`
  const ties = `OVER (${partition}ORDER BY t.k)`
  const calls = [
    ...[
      `ROW_NUMBER() ${unframed}`,
      `RANK() ${ties}`,
      `DENSE_RANK() ${ties}`,
      `PERCENT_RANK() ${ties}`,
      `CUME_DIST() ${ties}`,
    ],
    ...[`NTILE(2) ${unframed}`, `LAG(${column.name}) ${unframed}`, `LEAD(${column.name}, 2) ${unframed}`],
    ...[
      `FIRST_VALUE(${column.name}) ${window}`,
      `LAST_VALUE(${column.name}) ${window}`,
      `NTH_VALUE(${column.name}, 2) ${window}`,
    ],
    ...[
      `FIRST_VALUE(${column.name} IGNORE NULLS) ${window}`,
      `COUNT(${column.name}) ${window}`,
      `SUM(t.k) ${window}`,
    ],
  ]
  if (orderable(column.type)) calls.push(`MIN(${column.name}) ${window}`, `MAX(${column.name}) ${window}`)
  const call = random.pick(calls)
  const tail = random.pick(['', '', ` QUALIFY ROW_NUMBER() ${unframed} <= 2`])
  return {
    trees: [],
    rows: [table.rows],
    ordered: false,
    write: (_, [rows = []]) => `SELECT t.id, ${call} AS x FROM ${source(table, 't', rows)} WHERE TRUE${tail}`,
  }
}

function combined(random: Random): Query {
  const table = randomTable(random, 't')
  const column = random.pick(table.columns.filter(({ type }) => groupable(type) && type.kind !== 'ARRAY'))
  const expressions = new Expressions(random, table.columns)
  const operator = random.pick(['UNION ALL', 'UNION DISTINCT', 'EXCEPT DISTINCT', 'INTERSECT DISTINCT'])
  return {
    trees: [expressions.of(column.type, depthOf(random))],
    rows: [table.rows],
    ordered: false,
    write: ([x], [rows = []]) => {
      const from = source(table, 't', rows)
      return `SELECT t.k, ${column.name} AS x FROM ${from} ${operator} SELECT t.k, ${x} FROM ${from} WHERE t.id > 1`
    },
  }
}

function nested(random: Random): Query {
  const [outer, inner] = [randomTable(random, 't'), randomTable(random, 'u')]
  const inside = new Expressions(random, [...inner.columns, ...outer.columns])
  const type = random.pick(scalarTypes)
  const form = random.pick([
    (x: string, from: string) => `ARRAY(SELECT ${x} FROM ${from} WHERE u.k = t.k ORDER BY u.id)`,
    (x: string, from: string) => `(SELECT ${x} FROM ${from} WHERE u.k = t.k ORDER BY u.id LIMIT 1)`,
    (x: string, from: string) => `EXISTS(SELECT ${x} FROM ${from} WHERE u.k = t.k)`,
    (x: string, from: string) => `(SELECT COUNT(${x}) FROM ${from} WHERE u.id <= t.id)`,
    (_: string, from: string) => `t.k IN (SELECT u.k FROM ${from})`,
    (_: string, from: string) => `t.k NOT IN (SELECT u.id FROM ${from})`,
  ])
  return {
    trees: [inside.of(type, depthOf(random))],
    rows: [outer.rows, inner.rows],
    ordered: false,
    write: ([x = ''], [rows = [], others = []]) =>
      `SELECT t.id, ${form(x, source(inner, 'u', others))} AS x FROM ${source(outer, 't', rows)}`,
  }
}
