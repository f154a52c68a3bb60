import { describe, expect, test } from 'vitest'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { problemOf, rowsOf } from './fresh-warehouse.ts'

/** What every warehouse must do: run it against each. `fresh` gives an empty one with dataset `d` of project `p`. */
export function describeWarehouse(name: string, fresh: () => Promise<Warehouse>): void {
  describe(`${name} as a warehouse`, () => {
    test('a table is what was made of it', async () => {
      const warehouse = await fresh()
      await warehouse.execute(
        "CREATE TABLE d.t (id INT64 NOT NULL OPTIONS(description='the key'), v ARRAY<STRUCT<a NUMERIC, b TIMESTAMP>>) OPTIONS(description='all of them', labels=[('team', 'x')])",
      )
      expect(await warehouse.table({ database: 'p', schema: 'd', name: 't' })).toEqual({
        target: { database: 'p', schema: 'd', name: 't' },
        kind: 'TABLE',
        description: 'all of them',
        labels: { team: 'x' },
        rowCount: 0,
        columns: [
          { name: 'id', type: { kind: 'INT64' }, mode: 'REQUIRED', description: 'the key' },
          {
            name: 'v',
            mode: 'REPEATED',
            type: {
              kind: 'ARRAY',
              element: {
                kind: 'STRUCT',
                fields: [
                  { name: 'a', type: { kind: 'NUMERIC' } },
                  { name: 'b', type: { kind: 'TIMESTAMP' } },
                ],
              },
            },
          },
        ],
      })
      expect(await warehouse.table({ database: 'p', schema: 'd', name: 'T' })).toBeUndefined()
    })

    test('a dry run tells columns, reads and writes, and runs nothing', async () => {
      const warehouse = await fresh()
      await warehouse.execute('CREATE TABLE d.a AS SELECT 1 AS x; CREATE VIEW d.v AS SELECT x FROM d.a')
      const {
        lineage: _,
        bytes: __,
        scans: ___,
        ...dry
      } = await warehouse.dryRun('CREATE TABLE d.b AS SELECT x, CAST(x AS STRING) AS s FROM d.v')
      expect(dry).toEqual({
        statementType: 'CREATE_TABLE_AS_SELECT',
        columns: [
          { name: 'x', type: { kind: 'INT64' } },
          { name: 's', type: { kind: 'STRING' } },
        ],
        reads: [
          { database: 'p', schema: 'd', name: 'v' },
          { database: 'p', schema: 'd', name: 'a' },
        ],
        writes: [{ database: 'p', schema: 'd', name: 'b' }],
      })
      expect(await warehouse.table({ database: 'p', schema: 'd', name: 'b' })).toBeUndefined()
    })

    test('a statement stops whenever its signal is aborted, also between two steps of it', async () => {
      const warehouse = await fresh()
      const endless =
        'SELECT SUM(x * y) FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS x, UNNEST(GENERATE_ARRAY(1, 1000000)) AS y'
      for (let turns = 0; turns < (warehouse.kind === 'duckdb' ? 30 : 2); turns += 1) {
        const controller = new AbortController()
        const wait = (left: number): void => {
          if (left === 0) controller.abort(new Error('stopped'))
          else setImmediate(() => wait(left - 1))
        }
        setImmediate(() => wait(turns))
        await expect(
          warehouse.execute(
            `CREATE OR REPLACE TABLE d.s AS ${endless.replace('SUM(x * y)', 'SUM(x * y) AS s')}`,
            {
              signal: controller.signal,
            },
          ),
        ).rejects.toThrow()
      }
      expect((await warehouse.execute('SELECT 1 AS x')).rows).toEqual([[1n]])
    })

    test('each execute is a session of its own', async () => {
      const warehouse = await fresh()
      await warehouse.execute('CREATE TEMP TABLE mine AS SELECT 1 AS x; CREATE TEMP FUNCTION f() AS (1)')
      expect(await problemOf(warehouse.execute('SELECT * FROM mine'))).toContain('Not found: Table p:d.mine')
      expect(await problemOf(warehouse.execute('SELECT f()'))).toContain('Function not found: f')
    })

    test('a rolled-back transaction leaves neither rows nor tables', async () => {
      const warehouse = await fresh()
      await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x')
      await warehouse.execute(
        'BEGIN TRANSACTION; INSERT d.t VALUES (2); CREATE TABLE d.u AS SELECT 1 AS y; ALTER TABLE d.t ADD COLUMN z INT64; ROLLBACK TRANSACTION',
      )
      expect(await rowsOf(warehouse, 'SELECT * FROM d.t')).toEqual([[1]])
      expect(await problemOf(warehouse.execute('SELECT * FROM d.u'))).toContain('Not found: Table p:d.u')
    })

    test('a script that fails in a transaction leaves nothing of it', async () => {
      const warehouse = await fresh()
      await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x')
      await problemOf(
        warehouse.execute('BEGIN TRANSACTION; INSERT d.t VALUES (2); SELECT 1 / 0; COMMIT TRANSACTION'),
      )
      expect(await rowsOf(warehouse, 'SELECT x FROM d.t')).toEqual([[1]])
    })

    test('many statements at once give each its own answer', async () => {
      const warehouse = await fresh()
      const made = Array.from({ length: 20 }, (_, n) =>
        warehouse.execute(`CREATE TABLE d.t${n} AS SELECT ${n} AS n`),
      )
      await Promise.all(made)
      const read = Array.from({ length: 20 }, (_, n) => rowsOf(warehouse, `SELECT n FROM d.t${n}`))
      expect(await Promise.all(read)).toEqual(Array.from({ length: 20 }, (_, n) => [[n]]))
    })

    test('an aborted query stops', async () => {
      const warehouse = await fresh()
      const abort = new AbortController()
      const running = warehouse.execute(
        'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 40000)) a, UNNEST(GENERATE_ARRAY(1, 400000)) b WHERE MOD(a * b, 7) = 3',
        { signal: abort.signal },
      )
      setTimeout(() => abort.abort(), 20)
      await expect(running).rejects.toThrow()
      expect(await rowsOf(warehouse, 'SELECT 1')).toEqual([[1]])
    })

    test('at most maxRows rows are read', async () => {
      const warehouse = await fresh()
      const text = 'SELECT n FROM UNNEST(GENERATE_ARRAY(1, 5000)) n ORDER BY n'
      expect(await rowsOf(warehouse, text, { maxRows: 2 })).toEqual([[1], [2]])
    })

    test('descriptions and labels can be given later, and survive', async () => {
      const warehouse = await fresh()
      const target = { database: 'p', schema: 'd', name: 't' }
      await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x, STRUCT(2 AS y) AS s')
      await warehouse.describe(target, {
        description: 'about t',
        labels: { a: 'b' },
        columns: [{ path: ['x'], description: 'about x' }],
      })
      const table = await warehouse.table(target)
      expect([table?.description, table?.labels, table?.columns[0]?.description]).toEqual([
        'about t',
        { a: 'b' },
        'about x',
      ])
      expect(
        await problemOf(warehouse.describe(target, { columns: [{ path: ['xx'], description: 'no' }] })),
      ).toBe('column xx to describe is not in d.t; did you mean x?')
    })

    test('names that differ only by case are kept apart or refused', async () => {
      const warehouse = await fresh()
      await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS x')
      expect(await problemOf(warehouse.execute('SELECT * FROM d.T'))).toContain('Not found: Table p:d.T')
      expect(await problemOf(warehouse.execute('CREATE TABLE d.T AS SELECT 1 AS x'))).toContain(
        'is not supported locally',
      )
      expect(await rowsOf(warehouse, 'SELECT X FROM d.t')).toEqual([[1]])
    })
  })
}
