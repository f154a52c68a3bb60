import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

/** Every name that the models' SQL gives to something of its own: a source may have a column of that name. */
const names = [
  ...['taken_until', 'landed_until', 'days_with_news', 'first_news_at', 'last_news_at', 'known_until'],
  ...['recent_days', 'changed_from', 'read_from', 'standing_until', 'stamped_at', 'settled_at', 'ordinal'],
  ...[
    'latest_change',
    'was_shown',
    'was_valid_from',
    'begins_at',
    'changed_at',
    'place',
    'half',
    'happened_at',
  ],
  ...[
    'watermark',
    'landed_at',
    'landing',
    'logged',
    'news',
    'known',
    'candidates',
    'greatest',
    'epoch',
    'text',
  ],
  ...[
    'position',
    'latest',
    'source',
    'version',
    'instant',
    'since',
    'until',
    'first_event',
    'row_key',
    'change',
  ],
  ...[
    'before',
    'after',
    'event',
    'payload',
    'uuid',
    'subject',
    'problem',
    'log_file',
    'day',
    'earlier',
    'later',
  ],
]
const columns = ['key', ...names]
const payload = Object.fromEntries(columns.map((name) => [name, 'STRING']))
const noon = Date.UTC(2024, 4, 1, 12)
const hour = 60 * 60_000

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ awkward: { key: ['key'], retentionDays: 400 } })
})
afterAll(() => warehouse.close())

const row = (value: string) => Object.fromEntries(columns.map((name) => [name, name === 'key' ? 'x' : value]))
const change = (at: number, value: string): RawEvent => ({
  uuid: `event ${at}`,
  readMethod: 'mysql-cdc-binlog',
  changeType: 'UPDATE-INSERT',
  isDeleted: false,
  logFile: 'b.000001',
  logPosition: at,
  time: noon + at * hour,
  row: row(value),
})
const layers = ['_landings', '_log', '_state', '', '_versions', '_history', '_as_of', '_changes']
const builds = async (fullRefresh: boolean) => {
  for (const layer of layers) await build(warehouse, actionOf(models, `awkward${layer}`), { fullRefresh })
}
const everything = () =>
  Promise.all(layers.slice(0, 6).map((layer) => rowsOf(warehouse, `SELECT * FROM shop.awkward${layer}`)))

test("a table's columns may have the names that the models' SQL uses itself", async () => {
  await createRaw(warehouse, 'awkward', payload)
  await builds(true)
  for (const [landing, events] of [[change(1, 'one')], [change(30, 'two')], [change(10, 'late')]].entries()) {
    await land(warehouse, 'awkward', payload, landing, events)
    await builds(false)
  }
  const at = (hours: number) => `TIMESTAMP_MILLIS(${noon + hours * hour})`
  const asOf = (hours: number) => rowsOf(warehouse, `SELECT * FROM shop.awkward_as_of(${at(hours)})`)
  const sorted = (value: string): Row =>
    Object.fromEntries(Object.entries(row(value)).sort(([one], [other]) => (one < other ? -1 : 1)))
  expect(await rowsOf(warehouse, 'SELECT * FROM shop.awkward')).toEqual([sorted('two')])
  expect([await asOf(5), await asOf(20), await asOf(40)]).toEqual([
    [sorted('one')],
    [sorted('late')],
    [sorted('two')],
  ])
  const changes = await rowsOf(
    warehouse,
    `SELECT row_key, change, before.until AS was, after.until AS became FROM shop.awkward_changes(${at(5)}, ${at(40)})`,
  )
  expect(changes).toEqual([{ row_key: '["x"]', change: 'updated', was: 'one', became: 'two' }])
  expect(await rowsOf(warehouse, actionOf(models, 'awkward_reconciles').query)).toEqual([])
  const increments = await everything()
  await builds(true)
  expect(increments).toEqual(await everything())
})
