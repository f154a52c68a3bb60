import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { currentValues, type KnownEvent } from './current-oracle.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
const marginMs = 60 * 60_000
const runs = Number(process.env.STREAMFORM_CONVERGENCE_RUNS ?? 25)
const seed = Number(process.env.STREAMFORM_SEED ?? 20_240_601)

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ account: { key: ['id'] } })
})
afterAll(() => warehouse.close())

// Few values of each, so that events tie, cross the margin and stand in another order than their times.
const minutes = fc.constantFrom(0, 1, 59, 60, 61, 62, 120, 121, 180)
const time = minutes.map((minute) => Date.UTC(2024, 4, 1, 23) + minute * 60_000)
const position = fc.record({
  base: fc.constantFrom('mysql-bin', 'mysql-bin', 'mysql-bin', 'rebuilt.1'),
  file: fc.constantFrom(9, 10, 999_999, 1_000_000),
  offset: fc.constantFrom(4, 30, 200),
  half: fc.constantFrom(0 as const, 1 as const, 1 as const),
})
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const change = fc.record({ key, time, position, deletes: fc.boolean() })
const backfill = fc.record({ key, time, deletes: fc.constant(false) })

const history = fc
  .array(fc.oneof({ weight: 3, arbitrary: change }, { weight: 1, arbitrary: backfill }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((events) =>
    events.map(
      (event, at): KnownEvent => ({
        ...event,
        uuid: `event ${at}`,
        readTime: event.time + 5,
        value: `value ${at}`,
        // The delete half of a key change deletes, whatever the event says of itself.
        deletes: event.deletes || ('position' in event && event.position.half === 0),
      }),
    ),
  )

/** Deliveries: each a list of events, so that every event comes at least once. */
const delivered = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    landings: fc
      .tuple(
        fc.shuffledSubarray(
          events.map((_, at) => at),
          { minLength: events.length },
        ),
        fc.array(fc.nat(events.length - 1), { maxLength: 8 }),
        fc.array(fc.nat(events.length + 8), { maxLength: 4 }),
      )
      .map(([all, again, cuts]) => cut([...all, ...again], cuts)),
  }),
)

function cut(order: readonly number[], cuts: readonly number[]): readonly (readonly number[])[] {
  const ends = [...new Set([...cuts.filter((at) => at > 0 && at < order.length), order.length])].sort(
    (a, b) => a - b,
  )
  return ends.map((end, at) => order.slice(ends[at - 1] ?? 0, end))
}

const rawEvent = ({
  key: id,
  uuid,
  time: at,
  readTime,
  deletes,
  value,
  position: place,
}: KnownEvent): RawEvent => ({
  uuid,
  time: at,
  readTime,
  readMethod: place === undefined ? 'mysql-backfill-fulldump' : 'mysql-cdc-binlog',
  changeType:
    place === undefined
      ? 'INSERT'
      : place.half === 0
        ? 'UPDATE-DELETE'
        : deletes
          ? 'DELETE'
          : 'UPDATE-INSERT',
  isDeleted: deletes,
  logFile: place === undefined ? '' : `${place.base}.${String(place.file).padStart(6, '0')}`,
  logPosition: place === undefined ? 0 : place.offset,
  row: { id, value },
})

const tables = { log: 'account_log', state: 'account_state', current: 'account' }

async function snapshot(): Promise<Readonly<Record<string, readonly Row[]>>> {
  const entries = Object.entries(tables).map(async ([layer, name]) => [
    layer,
    await rowsOf(warehouse, `SELECT * FROM \`shop.${name}\``),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

async function buildAll(fullRefresh: boolean): Promise<void> {
  for (const name of Object.values(tables)) await build(warehouse, actionOf(models, name), { fullRefresh })
}

describe('convergence', () => {
  test('whatever the order, batches and repetitions of deliveries, increments equal a full refresh and the plain rule', async () => {
    await fc.assert(
      fc.asyncProperty(delivered, async ({ events, landings }) => {
        await createRaw(warehouse, 'account', payload)
        await buildAll(true)
        for (const [landing, batch] of landings.entries()) {
          const batchEvents = batch.flatMap((at) => events[at] ?? [])
          await land(warehouse, 'account', payload, landing, batchEvents.map(rawEvent))
          await buildAll(false)
        }
        const increments = await snapshot()
        await buildAll(true)
        expect(increments).toEqual(await snapshot())

        const current = new Map(increments['current']?.map(({ id, value }) => [id, value]))
        expect(current).toEqual(currentValues(events, marginMs))
        expect(increments['log']?.map(({ _metadata_uuid: uuid }) => uuid).sort()).toEqual(
          events.map(({ uuid }) => uuid).sort(),
        )
      }),
      { numRuns: runs, seed },
    )
  }, 300_000)

  test('running again with nothing new changes nothing', async () => {
    await createRaw(warehouse, 'account', payload)
    const change = {
      key: 'a',
      uuid: 'one',
      time: Date.UTC(2024, 4, 1),
      readTime: 0,
      deletes: false,
      value: 'x',
    }
    await land(warehouse, 'account', payload, 0, [rawEvent(change)])
    await buildAll(true)
    const before = await snapshot()
    await buildAll(false)
    expect(await snapshot()).toEqual(before)
  })
})
