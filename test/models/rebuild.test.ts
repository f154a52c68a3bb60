import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentModels, differencesFromLog } from '../../runner/execute/rebuilt-table.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf } from './model-project.ts'
import { createRaw, land } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ plain: { key: ['id'] }, keyless: {} })
  await createRaw(warehouse, 'plain', payload)
  const events = ['a', 'b', 'c'].map((id, at) => ({
    uuid: id,
    time: at,
    readMethod: 'mysql-cdc-binlog',
    changeType: 'INSERT',
    logFile: 'b.000001',
    logPosition: at,
    row: { id, value: 'right' },
  }))
  await land(warehouse, 'plain', payload, 0, events)
  await builds(true)
})
afterAll(() => warehouse.close())

const builds = async (fullRefresh: boolean) => {
  for (const name of ['plain_landings', 'plain_log', 'plain_state', 'plain'])
    await build(warehouse, actionOf(models, name), { fullRefresh })
}
const differences = () => differencesFromLog(warehouse, currentModels([...models.values()], 'shop.plain'))

test('a table that is what its change log says differs in nothing', async () => {
  expect(await differences()).toEqual([])
})

test('rows that are missing, extra or different are told by key, until the state is built anew', async () => {
  await warehouse.execute(`DELETE FROM shop.plain_state WHERE id = 'a'`)
  await warehouse.execute(`UPDATE shop.plain_state SET value = 'wrong' WHERE id = 'b'`)
  await warehouse.execute(`INSERT INTO shop.plain_state
    SELECT * REPLACE ('x' AS id, '["x"]' AS _metadata_key) FROM shop.plain_state WHERE id = 'c'`)
  expect(await differences()).toEqual([
    { key: '["a"]', kind: 'missing' },
    { key: '["b"]', kind: 'different' },
    { key: '["x"]', kind: 'extra' },
  ])
  await build(warehouse, actionOf(models, 'plain_state'), { fullRefresh: true })
  expect(await differences()).toEqual([])
})

test('a table that gained a column is compared by name', async () => {
  const wider = { ...payload, more: 'STRING' }
  await createRaw(warehouse, 'plain', wider)
  const row = { id: 'd', value: 'right', more: 'm' }
  await land(warehouse, 'plain', wider, 1, [
    { uuid: 'd', time: 9, readMethod: 'cdc', changeType: 'INSERT', row },
  ])
  await builds(false)
  expect(await differences()).toEqual([])
})

test('a name that is no current table is told, with the nearest that is one', () => {
  expect(() => currentModels([...models.values()], 'shop.plane')).toThrow(
    '`shop.plane` is no current table; did you mean `shop.plain`?',
  )
  expect(() => currentModels([...models.values()], 'shop.keyless')).toThrow(
    '`shop.keyless` is no current table',
  )
})
