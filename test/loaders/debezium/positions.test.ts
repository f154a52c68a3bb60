import { expect, test } from 'vitest'
import { land } from '../../../loaders/land.ts'
import { localStore } from '../../../loaders/store/local.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, project, rowsOf } from '../../models/model-project.ts'
import { openTestWarehouse } from '../../models/test-warehouse.ts'
import { freshFolder, recordingEffects, writeFiles } from '../fresh-warehouse.ts'
import { lines, postgresMessage } from './messages.ts'

type Source = Readonly<Record<string, unknown>>

const mysql = (file: string, pos: number, row: number): Source => ({
  connector: 'mysql',
  file,
  pos,
  row,
  db: 'shop',
  schema: undefined,
  lsn: undefined,
  gtid: null,
  server_id: 1,
})
const sqlServer = (change_lsn: string, event_serial_no: number): Source => ({
  connector: 'sqlserver',
  schema: 'shop',
  change_lsn,
  commit_lsn: '00000027:00000758:0005',
  event_serial_no,
  lsn: undefined,
})
const oracle = (scn: string, rs_id: string | null, ssn: number | null): Source => ({
  connector: 'oracle',
  schema: 'shop',
  scn,
  rs_id,
  ssn,
  lsn: undefined,
})

/** The positions of changes in the change log, in their own order. */
async function positions(
  sources: readonly Source[],
  ops: readonly string[] = [],
): Promise<readonly unknown[]> {
  const warehouse: Warehouse = await openTestWarehouse()
  const folder = freshFolder()
  const messages = sources.map((source, at) =>
    postgresMessage(1, {
      op: ops[at] ?? 'c',
      before: { id: at },
      after: { id: at },
      source: { table: 'item', ...source },
    }),
  )
  await writeFiles(folder, { 'item/0.jsonl': lines(messages) })
  const report = await land(
    { store: localStore(folder), warehouse, project, maxDeadLetters: 0 },
    recordingEffects(),
  )
  expect(report.quarantined).toEqual([])
  const models = await modelsOf({ item: { key: ['id'] } })
  await warehouse.createDataset(project, 'shop')
  for (const name of ['item_landings', 'item_log']) {
    if (models.has(name)) await build(warehouse, actionOf(models, name))
  }
  const rows = await rowsOf(warehouse, 'SELECT id, _metadata_position AS position FROM `shop.item_log`')
  await warehouse.close()
  return rows
    .toSorted((left, right) => Number(left['id']) - Number(right['id']))
    .map(({ position }) => position)
}

test('MySQL: binary log, offset, and the row within the record, which the offset alone does not tell', async () => {
  const found = await positions([
    mysql('mysql-bin.000009', 154, 0),
    mysql('mysql-bin.000010', 154, 9),
    mysql('mysql-bin.000010', 154, 10),
    mysql('mysql-bin.000010', 1000, 0),
  ])
  expect(found[0]).toBe('binlog mysql-bin@0000000000000000009:0000000000000000154:0000000000000000000:1')
  expect(found).toEqual(found.toSorted())
})

test('SQL Server: the LSN of the change, and its number within it', async () => {
  const found = await positions([
    sqlServer('00000027:00000758:0005', 1),
    sqlServer('00000027:00000758:0005', 2),
    sqlServer('00000027:00000a00:0001', 1),
  ])
  expect(found[0]).toBe('lsn@0000000000000027:0000000000000758:0000000000000005:0000000000000000001:1')
  expect(found).toEqual(found.toSorted())
})

test('Oracle: scn, redo record, number within it', async () => {
  const found = await positions([
    oracle('9', null, null),
    oracle('10', '0x000004.00000705.0010', 0),
    oracle('10', '0x000004.00000705.0010', 1),
  ])
  expect(found[1]).toBe(
    'scn@0000000000000000010:0000000000000004:0000000000000705:0000000000000010:0000000000000000000:1',
  )
  expect(found).toEqual(found.toSorted())
})

test('PostgreSQL: the LSN; of a key change the delete comes before the insert at the same place', async () => {
  const at = { schema: 'shop', lsn: 0x16b3748 }
  expect(await positions([at, at], ['c', 'd'])).toEqual([
    'lsn@0000000000000000:00000000016B3748:1',
    'lsn@0000000000000000:00000000016B3748:0',
  ])
})

test('a snapshot’s row has no position', async () => {
  expect(await positions([{ schema: 'shop' }], ['r'])).toEqual([null])
})
