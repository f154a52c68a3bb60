import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { Account, proveConvergence } from './convergence.ts'
import { proveSimulated } from './simulated.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const [histories, runs] = process.env['STREAMFORM_CI'] === undefined ? [60, 5] : [300, 20]
const seed = 20_240_601

let warehouse: Warehouse

beforeAll(async () => {
  warehouse = await openTestWarehouse()
})
afterAll(() => warehouse.close())

// More histories, or others: npm run prove -- convergence --runs N --seed S
describe(`a simulated source (seed ${seed}, ${histories} histories, each delivered in three ways)`, () => {
  test('increments equal a full refresh, and current table, history, as-of and changes what the source tells', async () => {
    const proven = await proveSimulated(warehouse, { runs: histories, seed })
    expect([proven.histories, proven.events > 10 * histories]).toEqual([histories, true])
  }, 600_000)
})

describe(`lists of random events (seed ${seed}, ${runs} histories)`, () => {
  test('whatever the order, batches and repetitions of deliveries, increments equal a full refresh and the plain rule', async () => {
    expect((await proveConvergence(warehouse, { runs, seed })).histories).toBe(runs)
  }, 300_000)

  test('running again with nothing new changes nothing', async () => {
    const account = await Account.in(warehouse)
    await account.clear()
    const event = {
      key: 'a',
      uuid: 'one',
      time: Date.UTC(2024, 4, 1),
      readTime: 0,
      deletes: false,
      value: 'x',
    }
    await account.land(0, [event])
    await account.build({ fullRefresh: true })
    const before = await account.rows()
    await account.build()
    expect(await account.rows()).toEqual(before)
  })
})
