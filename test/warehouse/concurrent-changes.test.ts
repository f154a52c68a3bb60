import { expect, onTestFinished, test } from 'vitest'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import { rowsOf } from './fresh-warehouse.ts'

const numbers = Array.from({ length: 12 }, (_, index) => index)
/** Adds what is not there, as the change log does. */
const addMissing =
  'MERGE d.t USING (SELECT n FROM UNNEST(GENERATE_ARRAY(1, 50)) AS n) AS s ON t.n = s.n WHEN NOT MATCHED THEN INSERT ROW'

async function withTable(query = 'SELECT 0 AS n LIMIT 0') {
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
  onTestFinished(() => warehouse.close())
  await warehouse.execute(`CREATE SCHEMA IF NOT EXISTS d; CREATE TABLE d.t AS ${query}`)
  return warehouse
}
const state = 'SELECT COUNT(*), COUNT(DISTINCT n) FROM d.t'

test('MERGEs of one table at once add what is missing once, in scripts too', async () => {
  const warehouse = await withTable()
  const script = `DECLARE before INT64 DEFAULT (SELECT COUNT(*) FROM d.t); ${addMissing}; SELECT before`
  await Promise.all(numbers.map((n) => warehouse.execute(n % 2 === 0 ? addMissing : script)))
  expect(await rowsOf(warehouse, state)).toEqual([[50, 50]])
})

test('changes of one row at once are all made', async () => {
  const warehouse = await withTable('SELECT 0 AS n')
  await Promise.all(numbers.map(() => warehouse.execute('UPDATE d.t SET n = n + 1 WHERE TRUE')))
  expect(await rowsOf(warehouse, 'SELECT n FROM d.t')).toEqual([[12]])
})

test('of transactions that change one table at once one commits, the others are told to try again', async () => {
  const warehouse = await withTable()
  const transaction = `BEGIN TRANSACTION; ${addMissing}; COMMIT TRANSACTION`
  const ends = await Promise.allSettled(numbers.map(() => warehouse.execute(transaction)))
  expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true)
  for (const end of ends)
    if (end.status === 'rejected')
      expect(end.reason).toMatchObject({
        transient: true,
        message: expect.stringMatching(/due to (?:a )?concurrent update/),
      })
  expect(await rowsOf(warehouse, state)).toEqual([[50, 50]])
})

test('a transaction fails that changes what was changed since it began, and leaves the table to others', async () => {
  const warehouse = await withTable()
  const session = await warehouse.session('s')
  await session.execute('BEGIN TRANSACTION')
  await warehouse.execute(addMissing)
  await expect(session.execute(addMissing)).rejects.toThrow(
    /Transaction is aborted due to concurrent update against table \S+\.d\.t/,
  )
  await session.execute(`BEGIN TRANSACTION; ${addMissing}`)
  await expect(warehouse.execute('DELETE FROM d.t WHERE TRUE')).rejects.toThrow('due to concurrent update')
  await session.execute('ROLLBACK TRANSACTION')
  await warehouse.execute('DELETE FROM d.t WHERE n > 3')
  expect(await rowsOf(warehouse, state)).toEqual([[3, 3]])
  await session.close()
})

test('rows are added and read while a transaction changes the table', async () => {
  const warehouse = await withTable('SELECT 1 AS n')
  const session = await warehouse.session('s')
  await session.execute('BEGIN TRANSACTION; UPDATE d.t SET n = 2 WHERE TRUE')
  await warehouse.execute('INSERT INTO d.t (n) VALUES (7)')
  expect(await rowsOf(warehouse, 'SELECT n FROM d.t ORDER BY n')).toEqual([[1], [7]])
  await session.execute('COMMIT TRANSACTION')
  expect(await rowsOf(warehouse, 'SELECT n FROM d.t ORDER BY n')).toEqual([[2], [7]])
  await session.close()
})
