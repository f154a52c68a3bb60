import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, type Row, rowsOf, sorted } from './model-project.ts'
import { createRaw, land, type Payload, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload: Payload = { id: 'STRING', value: 'STRING' }
const noon = Date.UTC(2024, 4, 1, 12)
const minute = 60_000

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ plain: { key: ['id'] } })
})
afterAll(() => warehouse.close())

let serial = 0
const change = (logPosition: number, time: number, value: string, more: Partial<RawEvent> = {}): RawEvent => {
  serial += 1
  return {
    uuid: `event ${serial}`,
    readMethod: 'mysql-cdc-binlog',
    changeType: 'UPDATE-INSERT',
    isDeleted: false,
    logFile: 'b.000001',
    logPosition,
    time,
    row: { id: 'x', value },
    ...more,
  }
}
const deletion = (logPosition: number, time: number): RawEvent =>
  change(logPosition, time, 'gone', { changeType: 'DELETE', isDeleted: true })
const backfill = (time: number, value: string): RawEvent =>
  change(0, time, value, { readMethod: 'mysql-backfill-fulldump', changeType: 'INSERT', logFile: '' })

/** Lands all events at once and builds every model; the history's rows as `value from until`, in minutes after noon. */
async function historyOf(events: readonly RawEvent[]): Promise<readonly string[]> {
  await createRaw(warehouse, 'plain', payload)
  await land(warehouse, 'plain', payload, 0, events)
  for (const name of ['_landings', '_log', '_state', '', '_versions', '_history', '_as_of', '_changes'])
    await build(warehouse, actionOf(models, `plain${name}`), { fullRefresh: true })
  const rows = await rowsOf(
    warehouse,
    `SELECT CONCAT(id, ' ', value) AS version, UNIX_MILLIS(valid_from) AS since, UNIX_MILLIS(valid_to) AS until FROM \`shop.plain_history\``,
  )
  const after = (ms: unknown) => (ms === null ? 'now' : (Number(ms) - noon) / minute)
  return rows
    .toSorted((one, other) => Number(one['since']) - Number(other['since']))
    .map(({ version, since, until }) => `${version} ${after(since)}–${after(until)}`)
}

const asOf = (instant: number): Promise<readonly Row[]> =>
  rowsOf(warehouse, `SELECT * FROM \`shop.plain_as_of\`(TIMESTAMP_MILLIS(${instant}))`)
const changes = (since: number, until: number): Promise<readonly Row[]> =>
  rowsOf(
    warehouse,
    `SELECT * FROM \`shop.plain_changes\`(TIMESTAMP_MILLIS(${since}), TIMESTAMP_MILLIS(${until}))`,
  )

describe('the history', () => {
  test('has a version a change, each until the next', async () => {
    const events = [change(10, noon, 'one'), change(20, noon + minute, 'two')]
    expect(await historyOf(events)).toEqual(['x one 0–1', 'x two 1–now'])
  })

  test('has a gap from a delete until the row comes back', async () => {
    const events = [
      change(10, noon, 'one'),
      deletion(20, noon + minute),
      change(30, noon + 3 * minute, 'two'),
    ]
    expect(await historyOf(events)).toEqual(['x one 0–1', 'x two 3–now'])
  })

  test('follows the log where times run backwards, and keeps what stood for no time', async () => {
    const events = [
      change(10, noon + minute, 'one'),
      change(20, noon, 'two'),
      change(30, noon + 2 * minute, 'three'),
    ]
    expect((await historyOf(events)).toSorted()).toEqual(['x one 1–1', 'x three 2–now', 'x two 1–2'])
  })

  test('begins with a backfill row that nothing but it tells of', async () => {
    expect(await historyOf([backfill(noon, 'read'), change(10, noon + minute, 'one')])).toEqual([
      'x read 0–1',
      'x one 1–now',
    ])
  })

  test('has no backfill row within the margin after a change, and one that repairs after it', async () => {
    const events = [
      change(10, noon, 'one'),
      backfill(noon + 60 * minute, 'read'),
      backfill(noon + 61 * minute, 'mended'),
    ]
    expect(await historyOf(events)).toEqual(['x one 0–61', 'x mended 61–now'])
  })

  test('closes an old key and opens the new one at one instant, though the source stamps them a second apart', async () => {
    const halves = [
      change(20, noon + minute, 'one', { changeType: 'UPDATE-DELETE' }),
      change(20, noon + minute + 1000, 'one', { row: { id: 'y', value: 'one' } }),
    ]
    expect(await historyOf([change(10, noon, 'one'), ...halves])).toEqual(['x one 0–1', 'y one 1–now'])
  })
})

describe('an increment reads what may change, and no more; it comes to what a full refresh does', () => {
  const hour = 60 * minute
  const landings: Readonly<Record<string, readonly (readonly RawEvent[])[]>> = {
    'a change that is new': [
      [change(10, noon, 'one'), change(20, noon + hour, 'two')],
      [change(30, noon + 30 * hour, 'three')],
    ],
    'a change that is late': [
      [change(10, noon, 'one'), change(40, noon + 50 * hour, 'four')],
      [change(20, noon + 10 * hour, 'two')],
    ],
    'a change behind others in the log that are stamped hours earlier: they are put off': [
      [change(10, noon, 'one'), change(20, noon + hour, 'two')],
      [change(30, noon + 10 * hour, 'three')],
      [change(5, noon + 20 * hour, 'clock set back after this')],
    ],
    'a backfill row within the margin of a change that was over before': [
      [change(10, noon + 35 * minute, 'one'), change(20, noon, 'clock set back')],
      [backfill(noon + 90 * minute, 'read')],
    ],
    'the delete half of a key change whose insert half is long known': [
      [change(20, noon + hour, 'one', { row: { id: 'y', value: 'one' } })],
      [change(30, noon + 90 * hour, 'two', { row: { id: 'y', value: 'two' } })],
      [change(20, noon, 'one', { changeType: 'UPDATE-DELETE' })],
    ],
    'a change without a time': [
      [change(10, noon, 'one'), change(20, noon + hour, 'two')],
      [{ ...change(15, noon, 'when?'), time: null, readTime: null }],
    ],
  }
  const builds = async (fullRefresh: boolean, names = ['plain_landings', 'plain_log', 'plain_versions']) => {
    for (const name of names) await build(warehouse, actionOf(models, name), { fullRefresh })
  }
  const versions = () => rowsOf(warehouse, 'SELECT * FROM shop.plain_versions')

  test.each(Object.keys(landings))('%s', async (name) => {
    await createRaw(warehouse, 'plain', payload)
    await builds(true)
    for (const [landing, events] of (landings[name] ?? []).entries()) {
      await land(warehouse, 'plain', payload, landing, events)
      await builds(false)
    }
    const increments = await versions()
    await builds(true)
    expect(increments).toEqual(await versions())
  })

  test('what was over long before is not read', async () => {
    await createRaw(warehouse, 'plain', payload)
    await land(warehouse, 'plain', payload, 0, [
      change(10, noon, 'one'),
      change(20, noon + hour, 'two'),
      change(30, noon + 9 * hour, 'three'),
    ])
    await builds(true)
    await land(warehouse, 'plain', payload, 1, [change(40, noon + 30 * hour, 'four')])
    await builds(false, ['plain_landings', 'plain_log'])
    const { preOps = [] } = actionOf(models, 'plain_versions').incremental ?? {}
    const { rows } = await warehouse.execute(`${preOps.join(';\n')};\nSELECT value FROM known_versions`)
    expect(rows).toEqual([['three']])
  })
})

describe('the table as of an instant', () => {
  test('is what stood then, up to what stands now', async () => {
    await historyOf([
      change(10, noon, 'one'),
      change(20, noon + minute, 'two'),
      deletion(30, noon + 2 * minute),
    ])
    expect(await asOf(noon)).toEqual([{ id: 'x', value: 'one' }])
    expect(await asOf(noon + minute - 1)).toEqual([{ id: 'x', value: 'one' }])
    expect(await asOf(noon + minute)).toEqual([{ id: 'x', value: 'two' }])
    expect(await asOf(noon + 2 * minute)).toEqual([])
  })

  test('before the first event is refused: nothing is known of it', async () => {
    await historyOf([change(10, noon, 'one')])
    await expect(asOf(noon - 1)).rejects.toThrow(
      'nothing is known of shop.plain at 2024-05-01 11:59:59.999+00: its first event is of 2024-05-01 12:00:00+00',
    )
  })
})

describe('the changes between two instants', () => {
  test('are what became of each key, not what happened in between', async () => {
    const other = (logPosition: number, minutes: number, id: string, value: string) =>
      change(logPosition, noon + minutes * minute, value, { row: { id, value } })
    await historyOf([
      other(10, 0, 'changed', 'one'),
      other(11, 0, 'back again', 'one'),
      other(12, 0, 'deleted', 'one'),
      other(20, 2, 'changed', 'two'),
      other(21, 3, 'changed', 'three'),
      other(22, 2, 'back again', 'two'),
      other(23, 3, 'back again', 'one'),
      change(24, noon + 2 * minute, '', {
        row: { id: 'deleted', value: '' },
        changeType: 'DELETE',
        isDeleted: true,
      }),
      other(25, 2, 'new', 'one'),
      other(30, 9, 'later', 'one'),
    ])
    const row = (id: string, value: string) => [id, value]
    expect(await changes(noon, noon + 3 * minute)).toEqual(
      sorted([
        {
          row_key: '["changed"]',
          change: 'updated',
          before: row('changed', 'one'),
          after: row('changed', 'three'),
        },
        { row_key: '["deleted"]', change: 'deleted', before: row('deleted', 'one'), after: null },
        { row_key: '["new"]', change: 'inserted', before: null, after: row('new', 'one') },
      ]),
    )
  })

  test('from a later instant to an earlier are refused', async () => {
    await historyOf([change(10, noon, 'one')])
    await expect(changes(noon + 1, noon)).rejects.toThrow('is later than until')
  })
})
