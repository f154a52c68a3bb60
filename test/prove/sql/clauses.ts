import { orderable } from '../../../runner/googlesql/types/predicates.ts'
import { BOOL, INT64 } from '../../../runner/googlesql/types/scalars.ts'
import { Expressions } from './expression.ts'
import type { Query } from './query.ts'
import type { Random } from './random.ts'
import { randomTable, type TestTable, source as valueTable } from './table.ts'
import { leaf } from './tree.ts'
import { scalarTypes } from './values.ts'

/** Queries of every clause over small tables: what a clause does counts here, not what its expressions are. */
export function clauseQuery(random: Random): Query {
  return random.pick([
    joinedUsing,
    lateral,
    framed,
    groupedInSets,
    aggregatedInOrder,
    pivoted,
    unpivoted,
    recursive,
    correlated,
    quantified,
    setOperation,
    piped,
    distinct,
    sorted,
    nestedValues,
  ])(random)
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

function joinedUsing(random: Random): Query {
  const [left, right] = [randomTable(random, 't'), randomTable(random, 'u')]
  const kind = random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
  const keys = random.pick(['k', 'id', 'k, id', 'c0'])
  const shown = random.pick([
    'k, t.id, u.id',
    '*',
    't.id AS a, u.id AS b, id IS NULL AS c',
    '* EXCEPT (c1, c2)',
    'COUNT(*), SUM(t.id), SUM(u.id)',
    't.k AS a, u.k AS b, t.c0, u.c0',
  ])
  const usable = shown.startsWith('k,') || shown.includes('id IS') ? 'k, id' : keys
  const where = random.pick(['', '', ' WHERE t.id > 1', ' WHERE u.id IS NULL', ' WHERE t.id IS NOT NULL'])
  return fixed(
    [left.rows, right.rows],
    false,
    ([rows = [], others = []]) =>
      `SELECT ${shown.startsWith('k,') && usable === 'k, id' ? 'k, id, t.c0' : shown} FROM ${source(left, 't', rows)} ${kind} ${source(right, 'u', others)} USING (${usable})${where}`,
  )
}

function lateral(random: Random): Query {
  const join = random.pick([', ', ' CROSS JOIN ', ' LEFT JOIN ', ' INNER JOIN '])
  const unnest = random.pick([
    'UNNEST(GENERATE_ARRAY(1, t.k)) AS e',
    'UNNEST([t.k, t.id, NULL]) AS e WITH OFFSET AS o',
    'UNNEST(IF(t.id = 1, NULL, [t.id, 7])) AS e WITH OFFSET',
    'UNNEST([STRUCT(t.k AS x, t.c0 AS y), (5, NULL)]) AS e',
    'UNNEST(ARRAY(SELECT v FROM UNNEST([3, 1, t.k]) AS v ORDER BY v)) AS e',
    'UNNEST(SPLIT(t.c0, "a")) AS e WITH OFFSET AS o',
    'UNNEST(CAST([] AS ARRAY<INT64>)) AS e',
  ])
  const on =
    join === ' LEFT JOIN ' || join === ' INNER JOIN ' ? random.pick([' ON TRUE', ' ON t.id > 1']) : ''
  const shown = random.pick(['t.id, e', 't.id, COUNT(*) OVER () AS n', 't.id, TO_JSON_STRING(e) AS j'])
  return ofTable(random, (from) => `SELECT ${shown} FROM ${from}${join}${unnest}${on}`)
}

const bounds = (random: Random, side: 'PRECEDING' | 'FOLLOWING') =>
  random.pick([`UNBOUNDED ${side}`, `1 ${side}`, `2 ${side}`, `0 ${side}`, 'CURRENT ROW'])

function framed(random: Random): Query {
  const table = randomTable(random, 't', 1)
  const column = random.pick(table.columns)
  const partition = random.pick([
    '',
    'PARTITION BY t.k ',
    'PARTITION BY t.k, t.c0 ',
    'PARTITION BY MOD(t.id, 2) ',
  ])
  const unit = random.pick(['ROWS', 'RANGE'])
  const from = random.pick([bounds(random, 'PRECEDING'), '1 FOLLOWING', '2 PRECEDING'])
  const to = from.endsWith('FOLLOWING')
    ? random.pick(['1 FOLLOWING', '3 FOLLOWING', 'UNBOUNDED FOLLOWING'])
    : random.pick([bounds(random, 'FOLLOWING'), '1 PRECEDING'])
  const backwards = from === 'CURRENT ROW' && to.endsWith('PRECEDING')
  const direction = random.pick(['', ' DESC', ' ASC NULLS LAST', ' DESC NULLS FIRST'])
  // Within a RANGE equal keys are one; within ROWS the order must be a total one.
  const order = unit === 'RANGE' ? random.pick([`t.k${direction}`, `t.id${direction}`]) : `t.id${direction}`
  const frame = backwards ? '' : ` ${unit} BETWEEN ${from} AND ${to}`
  const window = `(${partition}ORDER BY ${order}${frame})`
  const numbers = ['SUM(t.k)', 'SUM(t.id)', 'AVG(t.k)', 'COUNT(t.k)', 'COUNT(*)', 'MIN(t.k)', 'MAX(t.id)']
  const others = [
    `COUNT(${column.name})`,
    'COUNTIF(t.k > 1)',
    'LOGICAL_OR(t.k = 2)',
    'BIT_OR(t.id)',
    'STDDEV_POP(t.id)',
    'VAR_SAMP(t.k)',
    'CORR(t.id, t.k)',
  ]
  if (orderable(column.type)) others.push(`MIN(${column.name})`, `MAX(${column.name})`)
  if (unit === 'ROWS') {
    others.push(
      `FIRST_VALUE(${column.name})`,
      `LAST_VALUE(${column.name} IGNORE NULLS)`,
      `NTH_VALUE(${column.name}, 2 IGNORE NULLS)`,
      `NTH_VALUE(t.k, 2)`,
      'ARRAY_LENGTH(ARRAY_AGG(t.k))',
      "STRING_AGG(t.c0, '|')",
    )
  }
  const calls = [random.pick(numbers), random.pick(others)].map((call) =>
    call.startsWith('ARRAY_LENGTH')
      ? `ARRAY_LENGTH(ARRAY_AGG(t.k) OVER ${window})`
      : `${call} OVER ${window}`,
  )
  const unframed = [
    `PERCENTILE_CONT(t.k, 0.5) OVER (${partition.trim()})`,
    `PERCENTILE_DISC(t.id, 0.3) OVER (${partition.trim()})`,
    `COUNT(DISTINCT t.k) OVER (${partition.trim()})`,
    `SUM(DISTINCT t.k) OVER (${partition.trim()})`,
    `NTILE(3) OVER (${partition}ORDER BY t.id)`,
    `LAG(${column.name}, 2) OVER (${partition}ORDER BY t.id DESC)`,
    `LEAD(t.k, 1, -1) OVER (${partition}ORDER BY t.id)`,
    `RANK() OVER (${partition}ORDER BY t.k${direction})`,
    `DENSE_RANK() OVER (${partition}ORDER BY t.k${direction}, t.c0)`,
    `CUME_DIST() OVER (${partition}ORDER BY t.k${direction})`,
    `PERCENT_RANK() OVER (${partition}ORDER BY t.k${direction})`,
  ]
  const shown = [...calls, random.pick(unframed)]
  const tail = random.pick(['', '', ` QUALIFY COUNT(*) OVER ${window} > 1`])
  return fixed(
    [table.rows],
    false,
    ([rows = []]) =>
      `SELECT t.id, ${shown.map((call, index) => `${call} AS x${index}`).join(', ')} FROM ${source(table, 't', rows)} WHERE TRUE${tail}`,
  )
}

function groupedInSets(random: Random): Query {
  const by = random.pick([
    'CUBE(t.k, t.c0)',
    'ROLLUP(t.k, t.c0)',
    'GROUPING SETS((t.k, t.c0), t.k, ())',
    'GROUPING SETS(t.k, CUBE(t.c0), ())',
    'GROUPING SETS(ROLLUP(t.k, t.c0), (t.c0))',
    'GROUPING SETS((t.k), (t.k), ())',
    't.k, t.c0',
  ])
  const shown = random.pick([
    'COUNT(*)',
    'SUM(t.id)',
    'MIN(t.id)',
    'COUNT(DISTINCT t.id)',
    'COUNTIF(t.id > 2)',
  ])
  const grouping = by.includes('(') ? ', GROUPING(t.k) AS g, GROUPING(t.c0) AS h' : ''
  const c0 = by.includes('c0') ? ', t.c0' : ''
  const bits = by.includes('c0') ? grouping : grouping.replace(', GROUPING(t.c0) AS h', '')
  const having = random.pick(['', '', ' HAVING COUNT(*) > 1', ' HAVING SUM(t.id) > 2'])
  return ofTable(
    random,
    (from) => `SELECT t.k${c0}, ${shown} AS n${bits} FROM ${from} GROUP BY ${by}${having}`,
  )
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

function pivoted(random: Random): Query {
  const call = random.pick([
    'COUNT(*)',
    'SUM(id)',
    'MAX(id) AS m',
    'COUNT(*) AS n, SUM(id) AS s',
    'ANY_VALUE(c0 HAVING MAX id)',
    'ARRAY_LENGTH(ARRAY_AGG(id))',
  ])
  const values = random.pick(['1, 2', '1 AS one, 2 AS two, 3', '2, NULL AS missing', '1 + 1 AS two'])
  const aggregate = call.startsWith('ARRAY_LENGTH') ? 'COUNT(DISTINCT id)' : call
  const columns = random.pick(['id, k', 'id, k, c0'])
  return ofTable(
    random,
    (from) =>
      `SELECT * FROM (SELECT ${columns}${columns.includes('c0') ? '' : ', c0'} FROM ${from}) PIVOT(${aggregate} FOR k IN (${values}))`,
  )
}

function unpivoted(random: Random): Query {
  const nulls = random.pick(['', 'INCLUDE NULLS', 'EXCLUDE NULLS'])
  const [columns, clause] = random.pick([
    ['id, k AS a, id * 2 AS b', 'v FOR name IN (a, b)'],
    ['id, k AS a, id * 2 AS b', "v FOR name IN (a AS 'x', b AS 'y')"],
    ['id, k AS a, id * 2 AS b', 'v FOR name IN (a AS 1, b AS 2)'],
    ['k AS a, id AS b, c0 AS c, LOWER(c0) AS d', '(v, w) FOR name IN ((a, c), (b, d))'],
    ['k AS a, id AS b, c0 AS c, LOWER(c0) AS d', "(v, w) FOR name IN ((a, c) AS 'p', (b, d) AS 'q')"],
  ] as const)
  return ofTable(
    random,
    (from) => `SELECT * FROM (SELECT ${columns} FROM ${from}) UNPIVOT ${nulls}(${clause})`,
  )
}

function recursive(random: Random): Query {
  const step = random.pick(['n + 1', 'n * 2', 'n + IFNULL(k, 1)', 'n + 3'])
  const join = random.pick(['', ' JOIN base ON base.id = r.n'])
  const union = random.pick(['UNION ALL', 'UNION DISTINCT'])
  const next = step.includes('k') && join === '' ? 'n + 1' : step
  const last = random.pick(['SELECT * FROM r', 'SELECT SUM(n), COUNT(*) FROM r', 'SELECT DISTINCT n FROM r'])
  return ofTable(
    random,
    (from) =>
      `WITH RECURSIVE base AS (SELECT id, k FROM ${from}), r AS (SELECT 1 AS n ${union} SELECT ${next} FROM r${join} WHERE n < 10) ${last}`,
  )
}

function correlated(random: Random): Query {
  const [outer, inner] = [randomTable(random, 't'), randomTable(random, 'u')]
  const link = random.pick(['u.k = t.k', 'u.id <= t.id', 'u.id = t.k', 'u.k IS NOT DISTINCT FROM t.k'])
  const form = random.pick([
    (from: string) => `(SELECT MAX(u.id) FROM ${from} WHERE ${link})`,
    (from: string) => `(SELECT AS STRUCT COUNT(*) AS n, MIN(u.c0) AS m FROM ${from} WHERE ${link})`,
    (from: string) => `ARRAY(SELECT AS STRUCT u.id, u.c0 FROM ${from} WHERE ${link} ORDER BY u.id DESC)`,
    (from: string) => `(SELECT STRING_AGG(CONCAT(u.c0, t.c0), '' ORDER BY u.id) FROM ${from} WHERE ${link})`,
    (from: string) => `EXISTS(SELECT 1 FROM ${from} WHERE ${link} AND u.id > 1)`,
    (from: string) => `t.id IN (SELECT u.k FROM ${from} WHERE ${link})`,
    (from: string) => `NOT EXISTS(SELECT 1 FROM ${from} WHERE ${link} GROUP BY u.k HAVING COUNT(*) > 1)`,
    (from: string) => `(SELECT u.id + t.id FROM ${from} WHERE ${link} ORDER BY u.id LIMIT 1)`,
    (from: string) => `(SELECT SUM(x) FROM (SELECT u.id * IFNULL(t.k, 0) AS x FROM ${from} WHERE ${link}))`,
    (from: string) => `(SELECT COUNT(DISTINCT u.k) + COUNT(t.id) FROM ${from})`,
    (from: string) =>
      `ARRAY(SELECT DISTINCT u.k FROM ${from} WHERE ${link} AND u.k IS NOT NULL ORDER BY u.k)`,
    (from: string) =>
      `(SELECT e FROM UNNEST([t.k, t.id]) AS e WHERE e IN (SELECT u.id FROM ${from}) ORDER BY e LIMIT 1)`,
  ])
  const place = random.pick(['select', 'select', 'where', 'order'])
  return fixed([outer.rows, inner.rows], false, ([rows = [], others = []]) => {
    const from = source(outer, 't', rows)
    const value = form(source(inner, 'u', others))
    if (place === 'where') return `SELECT t.id FROM ${from} WHERE (${value}) IS NOT NULL`
    if (place === 'order')
      return `SELECT t.id, TO_JSON_STRING(${value}) AS x FROM ${from} ORDER BY TO_JSON_STRING(${value}), t.id`
    return `SELECT t.id, ${value} AS x FROM ${from}`
  })
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

function setOperation(random: Random): Query {
  const operators = ['UNION ALL', 'UNION DISTINCT', 'EXCEPT DISTINCT', 'INTERSECT DISTINCT']
  const [first, second] = [random.pick(operators), random.pick(operators)]
  const [a, b, c] = ['t.k, t.c0', 't.id, t.c0', "NULL, 'abc'"]
  const nested = random.chance(0.5) || first !== second
  const tail = random.pick(['', ' ORDER BY 1, 2 LIMIT 4', ' ORDER BY k DESC, c0 LIMIT 2 OFFSET 1'])
  return ofTable(
    random,
    (from) =>
      nested
        ? `(SELECT ${a} FROM ${from} ${first} SELECT ${b} FROM ${from}) ${second} SELECT ${c}${tail}`
        : `SELECT ${a} FROM ${from} ${first} SELECT ${b} FROM ${from} ${first} SELECT ${c}${tail}`,
    tail !== '',
  )
}

function piped(random: Random): Query {
  const steps = [
    '|> WHERE id > 1',
    '|> EXTEND id * 2 AS d',
    '|> SELECT id, k, c0',
    '|> SET k = IFNULL(k, -1)',
    '|> DROP c2',
    '|> AS s',
    '|> WHERE k IS NOT NULL',
    '|> RENAME c0 AS text',
    '|> EXTEND COUNT(*) OVER () AS n',
  ]
  const last = random.pick([
    '|> AGGREGATE COUNT(*) AS n, SUM(id) AS s GROUP BY k',
    '|> AGGREGATE MAX(id) AS m',
    '|> AGGREGATE COUNT(*) GROUP AND ORDER BY k DESC',
    '|> SELECT id, k |> ORDER BY id DESC |> LIMIT 2',
    '|> SELECT DISTINCT k',
    '|> SELECT k |> UNION ALL (SELECT 5), (SELECT NULL)',
    '|> SELECT id, k |> JOIN UNNEST([1, 2]) AS z ON z = k |> SELECT id, z',
  ])
  const chosen = steps.filter(() => random.chance(0.25)).filter((step) => !step.includes('SELECT'))
  return ofTable(random, (from) => `FROM ${from} ${chosen.join(' ')} ${last}`)
}

function distinct(random: Random): Query {
  const shown = random.pick([
    't.k',
    't.k, t.c0',
    'STRUCT(t.k, t.c0) AS s',
    't.c0, t.k IS NULL AS missing',
    'AS STRUCT t.k',
  ])
  return ofTable(random, (from) =>
    `SELECT DISTINCT ${shown} FROM ${from}`.replace('DISTINCT AS STRUCT', 'DISTINCT'),
  )
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
