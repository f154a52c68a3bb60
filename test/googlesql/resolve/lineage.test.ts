import { expect, test } from 'vitest'
import { compileStatement } from '../../../runner/googlesql/compile.ts'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { CatalogState } from '../../../runner/warehouse/duckdb/catalog.ts'

const INT64: SqlType = { kind: 'INT64' }

function table(name: string, ...columns: readonly (readonly [string, SqlType])[]) {
  return {
    target: { database: 'p', schema: 'd', name },
    kind: 'TABLE' as const,
    columns: columns.map(([column, type]) => ({ name: column, type })),
  }
}

const catalog = CatalogState.of(
  [
    table('a', ['id', INT64], ['x', INT64], ['tags', { kind: 'ARRAY', element: INT64 }]),
    table('b', ['id', INT64], ['y', INT64]),
  ],
  [],
  [{ database: 'p', schema: 'd' }],
)

function lineage(text: string): Record<string, readonly string[]> {
  const [statement] = parse(text).statements
  if (statement === undefined) throw new Error('no statement')
  const compiled = compileStatement(text, statement, catalog, { defaults: { project: 'p', dataset: 'd' } })
  return Object.fromEntries(
    compiled.lineage.map(({ name, sources }) => [
      name,
      sources.map(({ table: { name: from }, column }) => `${from}.${column}`).sort(),
    ]),
  )
}

test('columns come from those that their expressions use', () => {
  expect(lineage('SELECT a.id, x + y AS z, 1 AS one FROM a JOIN b ON a.id = b.id')).toEqual({
    id: ['a.id'],
    z: ['a.x', 'b.y'],
    one: [],
  })
})

test('lineage goes through WITH, grouping, windows, set operations and UNNEST', () => {
  expect(
    lineage(`WITH w AS (SELECT id, SUM(x) AS total FROM a GROUP BY id),
      u AS (SELECT id, total FROM w UNION ALL SELECT id, y FROM b)
      SELECT id, total, MAX(total) OVER (ORDER BY id) AS top, tag FROM u, UNNEST((SELECT tags FROM a LIMIT 1)) AS tag`),
  ).toEqual({
    id: ['a.id', 'b.id'],
    total: ['a.x', 'b.y'],
    top: ['a.x', 'b.y'],
    tag: ['a.tags'],
  })
})

test('equal texts and catalogs give equal SQL', () => {
  const text = 'SELECT id, COUNT(*) AS n FROM a GROUP BY id'
  const [statement] = parse(text).statements
  if (statement === undefined) throw new Error('no statement')
  const options = { defaults: { project: 'p', dataset: 'd' } }
  const [first, second] = [1, 2].map(() => compileStatement(text, statement, catalog, options).steps)
  expect(first).toEqual(second)
  expect(first).toEqual([
    {
      sql: 'SELECT q2."id$5" AS "id$6", q2."count$4" AS "n$7" FROM (SELECT t1."id" AS "id$5", count(*) AS "count$4" FROM "p.d"."a" AS t1 GROUP BY "id$5") AS q2',
      gives: 'rows',
    },
  ])
})
