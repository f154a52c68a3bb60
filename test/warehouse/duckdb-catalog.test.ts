import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Compiled } from '../../runner/googlesql/compile.ts'
import { parse } from '../../runner/googlesql/parse/index.ts'
import { CompiledCache } from '../../runner/warehouse/duckdb/compiled-cache.ts'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import { freshWarehouse, rowsOf } from './fresh-warehouse.ts'

test('the same text is compiled again for what has become of its tables', async () => {
  const warehouse = await freshWarehouse()
  const names = async (text: string) => (await warehouse.execute(text)).columns.map(({ name }) => name)
  await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS a; CREATE VIEW d.v AS SELECT a AS b FROM d.t')
  expect(await names('SELECT * FROM d.t')).toEqual(['a'])
  expect(await names('SELECT * FROM d.v')).toEqual(['b'])
  await warehouse.execute('ALTER TABLE d.t ADD COLUMN c STRING')
  expect(await names('SELECT * FROM d.t')).toEqual(['a', 'c'])
  await warehouse.execute('CREATE OR REPLACE VIEW d.v AS SELECT c AS x, a AS y FROM d.t')
  expect(await names('SELECT * FROM d.v')).toEqual(['x', 'y'])
  await warehouse.execute("CREATE OR REPLACE TABLE d.t AS SELECT DATE '2024-01-01' AS a, 'u' AS c")
  expect(await rowsOf(warehouse, 'SELECT * FROM d.v')).toEqual([['u', '2024-01-01']])
  await warehouse.execute("INSERT INTO d.t VALUES (DATE '2024-01-02', 'w')")
  expect(await rowsOf(warehouse, 'SELECT * FROM d.v ORDER BY y')).toEqual([
    ['u', '2024-01-01'],
    ['w', '2024-01-02'],
  ])
  await warehouse.execute('DROP TABLE d.t')
  await expect(warehouse.execute('SELECT * FROM d.t')).rejects.toThrow('Not found: Table')
})

test('a function that changes is compiled into the same text anew, and what a rolled-back statement made is not', async () => {
  const warehouse = await freshWarehouse()
  const text = 'SELECT d.f(1)'
  await warehouse.execute('CREATE FUNCTION d.f(x INT64) AS (x + 1)')
  expect(await rowsOf(warehouse, text)).toEqual([[2]])
  await warehouse.execute('CREATE OR REPLACE FUNCTION d.f(x INT64) AS (x * 10)')
  expect(await rowsOf(warehouse, text)).toEqual([[10]])
  await warehouse.execute('CREATE TABLE d.t AS SELECT 1 AS a')
  await warehouse.execute('BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; ROLLBACK TRANSACTION')
  expect(await rowsOf(warehouse, 'SELECT * FROM d.t')).toEqual([[1]])
})

test('an equal text is compiled once for one state of the catalog and one default dataset', () => {
  const cache = new CompiledCache()
  const text = 'SELECT 1'
  const [node] = parse(text).statements
  if (node === undefined) throw new Error('no statement')
  let made = 0
  const make = () => {
    made += 1
    return { changes: [], volatile: false } as unknown as Compiled
  }
  const ask = (version: string, dataset: string) =>
    cache.get(text, node, version, { project: 'p', dataset }, make)
  expect(ask('1', 'a')).toBe(ask('1', 'a'))
  expect(made).toBe(1)
  ask('2', 'a')
  ask('2', 'b')
  expect(made).toBe(3)
})

test('a table that something else made is found by its name; of one that is not there nothing else is asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'warehouse.duckdb')
  const warehouse = await openDuckDbWarehouse({ path, defaultProject: 'p', defaultDataset: 'd' })
  onTestFinished(() => warehouse.close())
  await warehouse.createDataset('p', 'd')
  const target = { database: 'p', schema: 'd', name: 't' }
  expect(await warehouse.table(target)).toBeUndefined()
  expect(await warehouse.table({ ...target, schema: 'nowhere' })).toBeUndefined()
  const database = await openDatabase(path)
  const connection = await database.connect()
  await connection.run('create table "p.d".t as select 1::bigint as a, 2::bigint as b')
  connection.closeSync()
  database.close()
  expect((await warehouse.table(target))?.columns.map(({ name }) => name)).toEqual(['a', 'b'])
  expect((await warehouse.definition(target))?.columns.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(await rowsOf(warehouse, 'SELECT a + b FROM d.t')).toEqual([[3]])
})

test('statements find datasets, tables and functions that something else has made since', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'warehouse.duckdb')
  const options = { path, defaultProject: 'p', defaultDataset: 'd' }
  const warehouse = await openDuckDbWarehouse(options)
  onTestFinished(() => warehouse.close())
  await expect(warehouse.execute('SELECT a FROM e.t')).rejects.toThrow('Not found: Dataset p:e')
  const other = await openDuckDbWarehouse(options)
  onTestFinished(() => other.close())
  await other.execute('CREATE SCHEMA e')
  await warehouse.execute('CREATE TABLE e.own (a INT64)')
  await expect(warehouse.execute('SELECT e.f(a) FROM e.t')).rejects.toThrow('Not found: Table p:e.t')
  await other.execute('CREATE TABLE e.t AS SELECT 20 AS a; CREATE FUNCTION e.f(x INT64) AS (x + 1)')
  expect((await warehouse.execute('SELECT e.f(a) FROM e.t')).rows).toEqual([[21n]])
})

test('every statement of a long transaction sees what those before it have made', async () => {
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p', defaultDataset: 'd' })
  onTestFinished(() => warehouse.close())
  const { rows } = await warehouse.execute(`
    CREATE SCHEMA d;
    BEGIN TRANSACTION;
    CREATE TEMP TABLE own AS SELECT 1 AS a;
    CREATE TABLE d.t AS SELECT a + 1 AS a FROM own;
    ROLLBACK TRANSACTION;
    CREATE TEMP TABLE own AS SELECT 1 AS a;
    BEGIN TRANSACTION;
    CREATE TABLE d.t AS SELECT a + 2 AS a FROM own;
    CREATE TABLE d.u AS SELECT a + 3 AS a FROM d.t;
    COMMIT TRANSACTION;
    SELECT (SELECT a FROM own), a FROM d.u`)
  expect(rows).toEqual([[1n, 6n]])
  await expect(
    warehouse.execute(
      'BEGIN TRANSACTION; CREATE TEMP TABLE own AS SELECT 1 AS a; ROLLBACK TRANSACTION; SELECT a FROM own',
    ),
  ).rejects.toThrow('Not found: Table p:d.own')
})
