import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { currentValues } from './current-oracle.ts'
import { delivered, rawEvent } from './histories.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
const marginMs = 60 * 60_000
const runs = Number(process.env['STREAMFORM_CONVERGENCE_RUNS'] ?? 25)
const seed = Number(process.env['STREAMFORM_SEED'] ?? 20_240_601)

const tables = ['account_log', 'account_state', 'account'] as const

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ account: { key: ['id'] } })
})
afterAll(() => warehouse.close())

async function snapshot(): Promise<Readonly<Record<string, readonly Row[]>>> {
  const found: Record<string, readonly Row[]> = {}
  for (const name of tables) found[name] = await rowsOf(warehouse, `SELECT * FROM \`shop.${name}\``)
  return found
}

async function buildAll(names: readonly string[], fullRefresh = false): Promise<void> {
  for (const name of names) await build(warehouse, actionOf(models, name), { fullRefresh })
}

const after = {
  all: () => buildAll(tables),
  log: () => buildAll(['account_log']),
  refresh: () => buildAll(tables, true),
  nothing: async () => {},
} as const

describe(`convergence (seed ${seed}, ${runs} histories)`, () => {
  test('whatever the order, batches and repetitions of deliveries, increments equal a full refresh and the plain rule', async () => {
    await fc.assert(
      fc.asyncProperty(delivered, async ({ events, landings }) => {
        await createRaw(warehouse, 'account', payload)
        await buildAll(tables, true)
        for (const [landing, { batch, build }] of landings.entries()) {
          const deliveries = batch.flatMap((at) => events[at] ?? []).map(rawEvent)
          await land(warehouse, 'account', payload, landing, deliveries)
          await after[build]()
        }
        await buildAll(tables)
        const increments = await snapshot()
        await buildAll(tables, true)
        expect(increments).toEqual(await snapshot())

        const { account = [], account_log: log = [] } = increments
        expect(new Map(account.map(({ id, value }) => [id, value]))).toEqual(currentValues(events, marginMs))
        expect(log.map(({ _metadata_uuid: uuid }) => uuid).sort()).toEqual(
          events.map(({ uuid }) => uuid).sort(),
        )
      }),
      { numRuns: runs, seed },
    )
  }, 600_000)

  test('running again with nothing new changes nothing', async () => {
    await createRaw(warehouse, 'account', payload)
    const known = {
      key: 'a',
      uuid: 'one',
      time: Date.UTC(2024, 4, 1),
      readTime: 0,
      deletes: false,
      value: 'x',
    }
    await land(warehouse, 'account', payload, 0, [rawEvent(known)])
    await buildAll(tables, true)
    const before = await snapshot()
    await buildAll(tables)
    expect(await snapshot()).toEqual(before)
  })
})
