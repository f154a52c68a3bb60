import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
const day = 24 * 60 * 60_000
const noon = Date.UTC(2024, 4, 1, 12)
const tables = ['brief_landings', 'brief_log', 'brief_state', 'brief', 'brief_versions', 'brief_history']

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf(
    { brief: { key: ['id'], retentionDays: 10 } },
    `const { tooLateIn } = require('macros/retention')
     publish('too_late', { type: 'view', schema: 'shop' })
       .query((context) => tooLateIn([sourceTable('shop', 'brief', { key: ['id'], retentionDays: 10 })], { ref: (...name) => context.ref(...name) }))`,
  )
})
afterAll(() => warehouse.close())

/** A change `days` after the first, later in the log than those of earlier days. */
const change = (id: string, days: number, value: string | null): RawEvent => ({
  uuid: `${id} ${days} ${value}`,
  readMethod: 'mysql-cdc-binlog',
  changeType: value === null ? 'DELETE' : 'UPDATE-INSERT',
  isDeleted: value === null,
  logFile: 'b.000001',
  logPosition: 100 + days * 10,
  time: noon + days * day,
  row: { id, value: value ?? 'gone' },
})

const rows = (name: string): Promise<readonly Row[]> => rowsOf(warehouse, `SELECT * FROM \`shop.${name}\``)
const current = async () => (await rows('brief')).map(({ id, value }) => `${id} ${value}`)
const known = async () => (await rows('brief_state')).map(({ id }) => id)
const everything = () => Promise.all(tables.map(rows))
const buildAll = async (fullRefresh = false) => {
  for (const name of [...tables, 'too_late']) await build(warehouse, actionOf(models, name), { fullRefresh })
}

/** Lands each list by itself, with an increment of everything after each. */
async function landed(...landings: readonly (readonly RawEvent[])[]): Promise<void> {
  await createRaw(warehouse, 'brief', payload)
  await buildAll(true)
  for (const [landing, events] of landings.entries()) {
    await land(warehouse, 'brief', payload, landing, events)
    await buildAll()
  }
}

describe('a table with a retention', () => {
  const gone = [change('a', 0, 'one'), change('a', 1, null), change('b', 0, 'stays')]

  test('remembers a deleted row that long, and rows that are there for ever', async () => {
    await landed(gone, [change('c', 10, 'new')])
    expect(await known()).toEqual(['a', 'b', 'c'])
    await landed(gone, [change('c', 12, 'new')])
    expect(await known()).toEqual(['b', 'c'])
    expect(await current()).toEqual(['b stays', 'c new'])
  })

  test('does not let an older event bring a forgotten row back: it is told, and stays in the log', async () => {
    await landed(gone, [change('c', 12, 'new')], [change('a', 0.5, 'late')])
    expect(await current()).toEqual(['b stays', 'c new'])
    expect((await rows('too_late')).map(({ _metadata_uuid: uuid }) => uuid)).toEqual(['a 0.5 late'])
    expect((await rows('brief_log')).map(({ _metadata_uuid: uuid }) => uuid)).toContain('a 0.5 late')
  })

  test('lets a forgotten row be inserted again, and takes what is late within the retention', async () => {
    await landed(gone, [change('c', 12, 'new')], [change('a', 5, 'again')])
    expect(await current()).toEqual(['a again', 'b stays', 'c new'])
  })

  test('has nothing to reconcile', async () => {
    await landed(gone, [change('c', 12, 'new')], [change('a', 0.5, 'late'), change('a', 5, 'again')])
    expect(await rowsOf(warehouse, actionOf(models, 'brief_reconciles').query)).toEqual([])
  })

  const events = fc.uniqueArray(
    fc
      .record({
        id: fc.constantFrom('a', 'b', 'c'),
        days: fc.constantFrom(0, 1, 2, 5, 9, 11, 12, 13, 20, 24, 40),
        deletes: fc.boolean(),
      })
      .map(({ id, days, deletes }) => change(id, days, deletes ? null : `of ${days}`)),
    { minLength: 2, maxLength: 12, selector: ({ uuid }) => uuid ?? '' },
  )
  const delivered = events.chain((all) =>
    fc.record({
      order: fc.shuffledSubarray(all, { minLength: all.length }),
      again: fc.subarray(all, { maxLength: 2 }),
      cuts: fc.array(fc.nat(all.length + 2), { maxLength: 4 }),
    }),
  )

  test('has the same rows after increments as after a full refresh (seed 7)', async () => {
    const property = fc.asyncProperty(delivered, async ({ order, again, cuts }) => {
      const all = [...order, ...again]
      const ends = [...new Set([...cuts.filter((at) => at > 0 && at < all.length), all.length])].sort(
        (x, y) => x - y,
      )
      await landed(...ends.map((end, at) => all.slice(ends[at - 1] ?? 0, end)))
      const increments = await everything()
      await buildAll(true)
      expect(increments).toEqual(await everything())
      expect(await rowsOf(warehouse, actionOf(models, 'brief_reconciles').query)).toEqual([])
    })
    await fc.assert(property, { seed: 7, numRuns: process.env['STREAMFORM_CI'] === undefined ? 5 : 20 })
  }, 300_000)
})
