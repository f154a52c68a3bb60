import { orderable } from '../../../runner/googlesql/types/predicates.ts'
import { BOOL, INT64 } from '../../../runner/googlesql/types/scalars.ts'
import { Expressions } from './expression.ts'
import type { Query } from './query.ts'
import type { Random } from './random.ts'
import { randomTable, type TestTable, source as valueTable } from './table.ts'
import { leaf } from './tree.ts'
import { scalarTypes } from './values.ts'

/** Aggregates, conditions, orders and nested values over columns of any type. */
export function clauseQuery(random: Random): Query {
  return random.pick([aggregatedInOrder, quantified, sorted, nestedValues])(random)
}

/** The rows as a table, whose columns are no fields of a value. */
const source = (table: TestTable, alias: string, rows: readonly string[]): string =>
  `(SELECT * FROM ${valueTable(table, alias, rows)}) AS ${alias}`

/** A query of one table `t`, written with the table's text. */
function ofTable(random: Random, write: (from: string) => string, ordered = false): Query {
  const table = randomTable(random, 't', 1)
  return fixed([table.rows], ordered, ([rows = []]) => write(source(table, 't', rows)))
}

function fixed(
  rows: Query['rows'],
  ordered: boolean,
  write: (rows: readonly (readonly string[])[]) => string,
): Query {
  return { trees: [], rows, ordered, write: (_, given) => write(given) }
}

function aggregatedInOrder(random: Random): Query {
  const value = random.pick(['t.k', 't.id', 't.c0', 't.c1'])
  const nulls = random.pick([' IGNORE NULLS', ''])
  const way = random.pick(['', ' DESC'])
  const calls = [
    `TO_JSON_STRING(ARRAY_AGG(${value}${nulls} ORDER BY t.id${way}))`,
    `TO_JSON_STRING(ARRAY_AGG(${value}${nulls} ORDER BY t.k${way}, t.id LIMIT 2))`,
    'TO_JSON_STRING(ARRAY_AGG(DISTINCT t.k ORDER BY t.k DESC))',
    'TO_JSON_STRING(ARRAY_AGG(DISTINCT t.k IGNORE NULLS ORDER BY t.k LIMIT 1))',
    `STRING_AGG(t.c0, '-' ORDER BY t.id${way} LIMIT 2)`,
    "STRING_AGG(DISTINCT t.c0, '' ORDER BY t.c0 DESC)",
    'TO_JSON_STRING(ARRAY_AGG(STRUCT(t.k, t.c0) ORDER BY t.id LIMIT 3))',
    'TO_JSON_STRING(ARRAY_CONCAT_AGG([t.k, t.id] ORDER BY t.id DESC LIMIT 2))',
    'MAX(t.c0 HAVING MIN t.id)',
    'SUM(t.id HAVING MAX t.k)',
    'COUNT(t.id HAVING MIN t.k)',
    'ANY_VALUE(t.c0 HAVING MAX t.id)',
    'AVG(DISTINCT t.k)',
    'COUNT(DISTINCT IF(t.id > 2, t.c0, NULL))',
    'ARRAY_AGG(t ORDER BY t.id DESC LIMIT 1)[OFFSET(0)].id',
    'MIN(IF(t.id > 100, t.k, NULL))',
  ]
  const shown = [random.pick(calls), random.pick(calls)]
  const by = random.pick(['', ' GROUP BY t.k', ' GROUP BY MOD(t.id, 2)', ' GROUP BY ALL'])
  const key = by === ' GROUP BY ALL' ? 't.k, ' : by === '' ? '' : `${by.slice(10)} AS key, `
  return ofTable(random, (from) => `SELECT ${key}${shown[0]} AS x, ${shown[1]} AS y FROM ${from}${by}`)
}

function quantified(random: Random): Query {
  const condition = random.pick([
    "t.c0 LIKE ANY ('a%', '%b', NULL)",
    "t.c0 LIKE ALL ('%', '%a%')",
    "t.c0 NOT LIKE ANY ('a%', '%c')",
    "t.c0 NOT LIKE ALL ('a%', '%c')",
    "t.c0 LIKE ANY UNNEST(['a%', NULL])",
    't.k IN (1, NULL)',
    't.k NOT IN (1, NULL)',
    't.k NOT IN UNNEST([3, NULL])',
    't.k IN UNNEST(CAST(NULL AS ARRAY<INT64>))',
    '(t.k, t.id) IN ((1, 1), (2, NULL))',
    '(t.k, t.id) IN (SELECT (k, id) FROM UNNEST([STRUCT(2 AS k, 2 AS id)]))',
    'STRUCT(t.k, t.c0) = STRUCT(2, t.c0)',
    'STRUCT(t.k, t.c0) != (2, NULL)',
    't.k IS DISTINCT FROM 2',
    't.k IS NOT DISTINCT FROM NULL',
    't.k BETWEEN 1 AND NULL',
    't.k NOT BETWEEN 2 AND t.id',
    '(t.k > 1) IS NOT TRUE',
    '(t.k > 1) IS FALSE',
    '(t.k > 1) IS UNKNOWN',
    't.k IN (SELECT NULL)',
    't.k NOT IN (SELECT id FROM UNNEST([STRUCT(5 AS id)]))',
  ])
  return random.chance(0.5)
    ? ofTable(random, (from) => `SELECT t.id, ${condition} AS x FROM ${from}`)
    : ofTable(random, (from) => `SELECT t.id FROM ${from} WHERE NOT (${condition})`)
}

function sorted(random: Random): Query {
  const table = randomTable(random, 't', 2)
  const sortable = table.columns.filter(({ type }) => orderable(type))
  const direction = () => random.pick(['', ' DESC', ' NULLS LAST', ' DESC NULLS FIRST', ' ASC'])
  const keys = [random.pick(sortable).name, random.pick(sortable).name]
  const order = `${keys.map((key) => `${key}${direction()}`).join(', ')}, t.id`
  const tail = random.pick(['', ' LIMIT 3', ' LIMIT 2 OFFSET 2', ' LIMIT 0'])
  return fixed(
    [table.rows],
    true,
    ([rows = []]) => `SELECT t.id FROM ${source(table, 't', rows)} ORDER BY ${order}${tail}`,
  )
}

/** Arrays and structs made, taken apart and compared, with expressions in them. */
function nestedValues(random: Random): Query {
  const table = randomTable(random, 't')
  const expressions = new Expressions(random, table.columns)
  const type = random.pick(scalarTypes)
  const write = random.pick([
    (x: string, y: string) => `[STRUCT(${x} AS a, ${y} AS b)]`,
    (x: string, y: string) => `STRUCT(${x} AS a, STRUCT(${y} AS c, t.k AS d) AS b).b`,
    (x: string, y: string) => `(SELECT AS STRUCT ${x} AS a, [${y}, t.id] AS b).b[SAFE_OFFSET(1)]`,
    (x: string, y: string) => `ARRAY_LENGTH([${x}]) + ARRAY_LENGTH([t.k, ${y}, ${y}])`,
    (x: string, y: string) => `TO_JSON_STRING(STRUCT(${x} AS a, ${y} AS b, [t.k] AS c, t AS d))`,
    (x: string, y: string) => `[${y}, t.k, NULL][OFFSET(MOD(t.id, 3))] + IF((${x}) IS NULL, 1, 2)`,
    (x: string, y: string) => `ARRAY_CONCAT([t.k], [${y}])[ORDINAL(2)] + IF((${x}) IS NULL, 1, 2)`,
    (x: string, y: string) => `IF(STRUCT(t.k, ${y}) = STRUCT(t.k, ${y}), ${x}, NULL)`,
  ])
  return {
    trees: [
      expressions.of(type, random.between(0, 1)),
      expressions.of(INT64, random.between(0, 1)),
      leaf(BOOL, 'TRUE'),
    ],
    rows: [table.rows],
    ordered: false,
    write: ([x = '', y = ''], [rows = []]) =>
      `SELECT t.id, ${write(x, y)} AS v FROM ${source(table, 't', rows)}`,
  }
}
