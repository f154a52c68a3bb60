import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land, type Payload, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const noon = Date.UTC(2024, 4, 1, 12)
const minute = 60_000
const plain: Payload = { id: 'STRING', value: 'STRING' }
const odd: Payload = { order: 'STRING', 'größe in m': 'INT64', select: 'STRING' }

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({
    plain: { key: ['id'] },
    strict: { key: ['id'], backfillMarginMinutes: 0 },
    odd: { key: ['order', 'größe in m'] },
    measured: { key: ['weight'], clusterBy: [] },
    spelled: { key: ['id'], ignoreCase: ['id'] },
  })
})
afterAll(() => warehouse.close())

let serial = 0
const event = (event: Partial<RawEvent>): RawEvent => {
  serial += 1
  return {
    uuid: `event ${serial}`,
    readMethod: 'mysql-cdc-binlog',
    changeType: 'UPDATE-INSERT',
    isDeleted: false,
    row: null,
    ...event,
  }
}

const change = (logPosition: number, time: number, value: string, more: Partial<RawEvent> = {}): RawEvent =>
  event({ logFile: 'b.000001', logPosition, time, row: { id: 'x', value }, ...more })
const deletion = (logPosition: number, time: number, more: Partial<RawEvent> = {}): RawEvent =>
  change(logPosition, time, 'gone', { changeType: 'DELETE', isDeleted: true, ...more })
const backfill = (time: number, value: string): RawEvent =>
  event({ readMethod: 'mysql-backfill-fulldump', changeType: 'INSERT', time, row: { id: 'x', value } })

/** The current table after landings, each taken by an increment of its own. */
async function currentAfter(
  table: string,
  payload: Payload,
  landings: readonly (readonly RawEvent[])[],
): Promise<readonly Row[]> {
  await createRaw(warehouse, table, payload)
  const names = [`${table}_landings`, `${table}_log`, `${table}_state`, table]
  for (const name of names) await build(warehouse, actionOf(models, name), { fullRefresh: true })
  for (const [landing, events] of landings.entries()) {
    await land(warehouse, table, payload, landing, events)
    for (const name of names) await build(warehouse, actionOf(models, name))
  }
  return rowsOf(warehouse, `SELECT * FROM \`shop.${table}\``)
}

/** The values shown, whichever order the events land in, one at a time. @throws if orders differ */
async function valuesInAnyOrder(events: readonly RawEvent[], table = 'plain'): Promise<readonly unknown[]> {
  const outcomes = new Set<string>()
  for (const order of permutations(events)) {
    const rows = await currentAfter(
      table,
      plain,
      order.map((one) => [one]),
    )
    outcomes.add(JSON.stringify(rows.map(({ value }) => value)))
  }
  expect([...outcomes]).toHaveLength(1)
  return JSON.parse([...outcomes][0] ?? '[]')
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

describe('the current table, in any order of landing', () => {
  test('shows the last change by position, whatever the times say', async () => {
    const events = [change(10, noon + minute, 'first'), change(20, noon, 'second')]
    expect(await valuesInAnyOrder(events)).toEqual(['second'])
  })

  test('does not bring a deleted row back when its older insert arrives late', async () => {
    expect(await valuesInAnyOrder([change(10, noon, 'old'), deletion(20, noon + minute)])).toEqual([])
  })

  test('shows a row that was inserted again after its delete', async () => {
    const events = [
      change(10, noon, 'old'),
      deletion(20, noon),
      change(30, noon, 'new', { changeType: 'INSERT' }),
    ]
    expect(await valuesInAnyOrder(events)).toEqual(['new'])
  })

  test('changes win over a backfill that read the row within the margin, from both sides', async () => {
    const events = [backfill(noon + 60 * minute, 'read'), change(10, noon, 'changed')]
    expect(await valuesInAnyOrder(events)).toEqual(['changed'])
    expect(await valuesInAnyOrder([backfill(noon, 'read'), change(10, noon + minute, 'changed')])).toEqual([
      'changed',
    ])
  })

  test('a second backfill repairs what changes have missed, once it is later by more than the margin', async () => {
    const repair = backfill(noon + 60 * minute + 1, 'repaired')
    expect(await valuesInAnyOrder([change(10, noon, 'changed'), repair])).toEqual(['repaired'])
    expect(await valuesInAnyOrder([deletion(10, noon), repair])).toEqual(['repaired'])
    expect(await valuesInAnyOrder([repair, change(20, noon + 61 * minute, 'later')])).toEqual(['later'])
  })

  test('a declared margin of zero lets any later backfill repair', async () => {
    const events = [change(10, noon, 'changed'), backfill(noon + 1, 'repaired')]
    expect(await valuesInAnyOrder(events, 'strict')).toEqual(['repaired'])
    expect(await valuesInAnyOrder([change(10, noon, 'changed'), backfill(noon, 'read')], 'strict')).toEqual([
      'changed',
    ])
  })

  test('events that beat each other in a circle have one winner', async () => {
    // By position the second change beats the first, by time the backfill beats the second and the first the backfill.
    const events = [
      change(10, noon + 200 * minute, 'first'),
      change(20, noon, 'second'),
      backfill(noon + 100 * minute, 'read'),
    ]
    expect(await valuesInAnyOrder(events)).toEqual(['second'])
  })

  test('a change that a backfill hid is shown again when a late one proves the backfill the older', async () => {
    const events = [
      change(20, noon, 'changed'),
      backfill(noon + 90 * minute, 'read'),
      change(10, noon + 80 * minute, 'earlier, stamped later'),
    ]
    expect(await valuesInAnyOrder(events)).toEqual(['changed'])
  })

  test('after a failover to another numbering, time tells which log is the newer', async () => {
    const rebuilt = { logFile: 'replica-bin.000001' }
    const events = [
      change(900, noon, 'before'),
      change(4, noon + minute, 'after', rebuilt),
      change(8, noon, 'after that', rebuilt),
    ]
    expect(await valuesInAnyOrder(events)).toEqual(['after that'])
  })

  test('of equal events one is chosen for good', async () => {
    expect(await valuesInAnyOrder([change(10, noon, 'one'), change(10, noon, 'other')])).toEqual(['other'])
  })
})

describe('a key change', () => {
  const half = (id: string, changeType: string, time: number, isDeleted: boolean): RawEvent =>
    change(10, time, id, { changeType, isDeleted, row: { id, value: id } })

  test('removes the old key and shows the new one, in either order of its halves', async () => {
    const halves = [
      half('old', 'UPDATE-DELETE', noon, true),
      half('new', 'UPDATE-INSERT', noon + 1_000, false),
    ]
    for (const order of permutations([
      change(5, noon, 'old', { row: { id: 'old', value: 'old' } }),
      ...halves,
    ]))
      expect(
        await currentAfter(
          'plain',
          plain,
          order.map((one) => [one]),
        ),
      ).toEqual([{ id: 'new', value: 'new' }])
  })

  test("of Oracle's, which says `is_deleted = false` and ties on every sort key, removes the old key too", async () => {
    const place = {
      readMethod: 'oracle-cdc-logminer',
      scn: 7,
      rsId: ' 0x000004.00000705.0010 ',
      ssn: 0,
      logFile: null,
      logPosition: null,
    }
    const halves = [
      { ...half('old', 'UPDATE-DELETE', noon, false), ...place },
      { ...half('new', 'UPDATE-INSERT', noon, false), ...place },
    ]
    expect(await currentAfter('plain', plain, [halves])).toEqual([{ id: 'new', value: 'new' }])
  })

  test('whose new key is deleted within the same second leaves nothing, though its insert half is stamped a second late', async () => {
    const events = [
      half('old', 'UPDATE-DELETE', noon, true),
      half('new', 'UPDATE-INSERT', noon + 1_000, false),
      deletion(20, noon, { row: { id: 'new', value: 'new' } }),
    ]
    for (const order of permutations(events))
      expect(
        await currentAfter(
          'plain',
          plain,
          order.map((one) => [one]),
        ),
      ).toEqual([])
  })

  test('to a key and back within one place of the log keeps the row', async () => {
    const events = [half('x', 'UPDATE-DELETE', noon, true), half('x', 'UPDATE-INSERT', noon, false)]
    expect(await valuesInAnyOrder(events)).toEqual(['x'])
  })
})

describe('keys', () => {
  test('of several columns, with reserved, accented and spaced names, are quoted', async () => {
    const row = { order: 'a', 'größe in m': 1, select: 'old' }
    const events = [
      event({ logFile: 'b.1', logPosition: 1, time: noon, row }),
      event({ logFile: 'b.1', logPosition: 2, time: noon, row: { ...row, select: 'new' } }),
      event({ logFile: 'b.1', logPosition: 1, time: noon, row: { ...row, 'größe in m': 2 } }),
    ]
    expect(
      await currentAfter(
        'odd',
        odd,
        events.map((one) => [one]),
      ),
    ).toEqual([
      { 'größe in m': 1n, order: 'a', select: 'new' },
      { 'größe in m': 2n, order: 'a', select: 'old' },
    ])
  })

  test('are not confused by what stands between their columns', async () => {
    const rows = [
      { order: 'a",1', 'größe in m': 1, select: 'one' },
      { order: 'a', 'größe in m': 11, select: 'other' },
      { order: 'null', 'größe in m': null, select: 'a word' },
      { order: null, 'größe in m': null, select: 'nothing' },
    ]
    const events = rows.map((row) => event({ logFile: 'b.1', logPosition: 1, time: noon, row }))
    expect((await currentAfter('odd', odd, [events])).map(({ select }) => select).toSorted()).toEqual([
      'a word',
      'nothing',
      'one',
      'other',
    ])
  })

  test('that are NULL match themselves: an update replaces the row', async () => {
    const nameless = { row: { id: null, value: 'old' } }
    const events = [change(1, noon, '', nameless), change(2, noon, '', { row: { id: null, value: 'new' } })]
    expect(
      await currentAfter(
        'plain',
        plain,
        events.map((one) => [one]),
      ),
    ).toEqual([{ id: null, value: 'new' }])
  })

  test('may be numbers with a fraction', async () => {
    const events = [0.1, 0.1, 0.25, 0.25].map((weight, at) =>
      event({ logFile: 'b.1', logPosition: at, time: noon, row: { weight, value: String(at) } }),
    )
    const payload = { weight: 'FLOAT64', value: 'STRING' }
    expect((await currentAfter('measured', payload, [events])).map(({ value }) => value)).toEqual(['1', '3'])
  })
})

describe('a key whose spelling alone changes', () => {
  const renamed = [
    [change(10, noon, 'one', { changeType: 'INSERT', row: { id: 'abc', value: 'one' } })],
    [change(20, noon + minute, 'two', { row: { id: 'ABC', value: 'two' } })],
  ]

  test('is one row with the newest spelling, where the declaration says that case does not count', async () => {
    expect(await currentAfter('spelled', plain, renamed)).toEqual([{ id: 'ABC', value: 'two' }])
    const deleted = deletion(30, noon + 2 * minute, { row: { id: 'Abc', value: 'two' } })
    expect(await currentAfter('spelled', plain, [...renamed, [deleted]])).toEqual([])
  })

  test('is another row where it does', async () => {
    expect(await currentAfter('plain', plain, renamed)).toHaveLength(2)
  })
})

describe('a declaration that cannot be', () => {
  test.each([
    [
      { key: [] },
      'shop.wrong: `key: []` names no column; without `key` a table has a change log and no current table: ' +
        'nothing tells which row a change belongs to',
    ],
    [{ key: ['id'], ignoreCase: ['ID'] }, 'shop.wrong: ignoreCase: `ID` is not of the key (id)'],
    [
      { key: ['id'], backfillMarginMinutes: -1 },
      'shop.wrong: backfillMarginMinutes is a whole number, 0 or more; given: -1',
    ],
    [
      { keys: ['id'] },
      'shop.wrong: unknown option `keys`; allowed are key, columns, ignoreCase, clusterBy, sourceType, backfillMarginMinutes',
    ],
    [
      { columns: { doc: 'JASON' } },
      'shop.wrong: column `doc` cannot be read as `JASON`; allowed are JSON, HEX BYTES, HEX STRING, DATETIME RECORD, TIMESTAMP RECORD, ' +
        'DAYS DATE, MILLIS TIME, MICROS TIME, MILLIS DATETIME, MICROS DATETIME, BASE64 BYTES, BOOL, INT64, FLOAT64, ' +
        'NUMERIC, BIGNUMERIC, STRING, BYTES, DATE, TIME, DATETIME, TIMESTAMP',
    ],
  ])('is refused: %j', async (options, message) => {
    await expect(modelsOf({ wrong: options as object })).rejects.toThrow(message)
  })
})

test('a key of JSON is asserted without grouping by it, which BigQuery refuses', async () => {
  const folder = await modelsOf({ documents: { key: ['doc'], columns: { doc: 'JSON' } } })
  const queries = [...folder.values()]
    .filter(({ parentAction }) => parentAction !== undefined)
    .map(({ query }) => query)
  expect(queries).toHaveLength(1)
  expect(queries.join()).not.toMatch(/group by/i)
})
