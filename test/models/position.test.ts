import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, rowsOf } from './model-project.ts'
import { createRaw, land, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING' }
const noon = Date.UTC(2024, 4, 1, 12)

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({ place: { key: ['id'] } })
})
afterAll(() => warehouse.close())

/** The positions of events, in the events' own order. */
async function positions(...events: readonly Omit<RawEvent, 'row'>[]): Promise<readonly (string | null)[]> {
  await createRaw(warehouse, 'place', payload)
  const withRows = events.map((event, at) => ({
    time: noon,
    ...event,
    uuid: String(at).padStart(3, '0'),
    row: { id: 'x' },
  }))
  await land(warehouse, 'place', payload, 0, withRows)
  await build(warehouse, actionOf(models, 'place_log'), { fullRefresh: true })
  const rows = await rowsOf(warehouse, 'SELECT _metadata_uuid, _metadata_position FROM `shop.place_log`')
  return rows
    .toSorted((left, right) => (String(left['_metadata_uuid']) < String(right['_metadata_uuid']) ? -1 : 1))
    .map(({ _metadata_position: position }) => position as string | null)
}

/** As `positions`, of events that are given from the oldest to the newest: they must compare like that, as text. */
async function ascending(...events: readonly Omit<RawEvent, 'row'>[]): Promise<void> {
  const found = await positions(...events)
  expect(found).toEqual([...new Set(found)].sort())
  expect(found).not.toContain(null)
}

const mysql = (logFile: string, logPosition: number, changeType = 'UPDATE-INSERT') =>
  ({ readMethod: 'mysql-cdc-binlog', logFile, logPosition, changeType }) as const
const lsn = (text: string) => ({ readMethod: 'postgresql-cdc', lsn: text, changeType: 'UPDATE' }) as const
const oracle = (scn: number, rsId: string | null, ssn: number | null, changeType = 'UPDATE') =>
  ({ readMethod: 'oracle-cdc-logminer', scn, rsId, ssn, changeType, isDeleted: false }) as const

describe('position', () => {
  test('is a text that says what it is made of', async () => {
    expect(
      await positions(
        mysql('mysql-bin.000131', 1234),
        lsn('16/CB002DB0'),
        { readMethod: 'sqlserver-cdc', lsn: '00000025:00000728:0003' },
        oracle(21_989_784, ' 0x000004.00000705.0010 ', 7),
        { readMethod: 'mongodb-cdc', readTime: noon + 5 },
        { readMethod: 'mysql-backfill-fulldump', logFile: '', logPosition: 0 },
      ),
    ).toEqual([
      'binlog mysql-bin@0000000000000000131:0000000000000001234:1',
      'lsn@0000000000000016:00000000CB002DB0:1',
      'lsn@0000000000000025:0000000000000728:0000000000000003:1',
      'scn@0000000000021989784:0000000000000004:0000000000000705:0000000000000010:0000000000000000007:1',
      'time@2024-05-01T12:00:00.000000:2024-05-01T12:00:00.005000:1',
      null,
    ])
  })

  test('file 1000000 comes after file 999999', () =>
    ascending(mysql('mysql-bin.999999', 900), mysql('mysql-bin.1000000', 4)))

  test('offsets compare as numbers, beyond 4 GiB too', () =>
    ascending(
      mysql('b.000001', 9),
      mysql('b.000001', 10),
      mysql('b.000001', 4_294_967_295),
      mysql('b.000001', 9_007_199_254_740_991),
    ))

  test('a file name may hold dots, blanks and an at sign', async () => {
    const [position] = await positions(mysql('db 1@eu.west.000007', 8))
    expect(position).toBe('binlog db 1@eu.west@0000000000000000007:0000000000000000008:1')
  })

  test("GTID mode's own field names give the same position", async () => {
    const [one, other] = await positions(mysql('mysql-bin.000131', 1234), {
      readMethod: 'mysql-cdc-binlog',
      binlogFile: 'mysql-bin.000131',
      binlogPosition: 1234,
    })
    expect(one).toBe(other)
  })

  test('LSN 9/… comes before 16/…, whatever the case of its digits', () =>
    ascending(lsn('9/FFFFFFFF'), lsn('16/1'), lsn('16/a0'), lsn('16/B0'), lsn('16/CB002DB0')))

  test("SQL Server's LSNs compare by their parts, of any width", () =>
    ascending(
      { readMethod: 'sqlserver-cdc', lsn: '9:1:1' },
      { readMethod: 'sqlserver-cdc', lsn: '00000025:00000728:0003' },
      { readMethod: 'sqlserver-cdc', lsn: '00000025:00000728:0010' },
      { readMethod: 'sqlserver-cdc', lsn: '100000025:00000001:0001' },
    ))

  test("Oracle's changes compare by scn as a number, then rs_id without its blanks, then ssn", () =>
    ascending(
      oracle(999, null, null),
      oracle(1000, ' 0x000004.00000705.0010 ', 9),
      oracle(1000, '0x000004.00000705.0010', 10),
      oracle(1000, ' 0x000004.00000706.0001 ', 0),
      oracle(1000, ' 0x000010.00000001.0001 ', 0),
    ))

  test('the delete half of a key change comes before its insert half', async () => {
    await ascending(mysql('b.000001', 9, 'UPDATE-DELETE'), mysql('b.000001', 9, 'UPDATE-INSERT'))
    await ascending(oracle(7, '', 0, 'UPDATE-DELETE'), oracle(7, '', 0, 'UPDATE-INSERT'))
  })

  test('a change that names no place is placed by time, to the millisecond', () =>
    ascending(
      { readMethod: 'cdc', time: noon, readTime: noon + 1 },
      { readMethod: 'cdc', time: noon, readTime: noon + 2 },
      { readMethod: 'cdc', time: noon + 1, readTime: noon },
      { readMethod: 'cdc', time: noon + 1000, readTime: noon },
    ))

  test('a place that cannot be read is none', async () => {
    const found = await positions(
      mysql('mysql-bin', 5),
      mysql('', 5),
      lsn('here'),
      { ...mysql('b.000001', 5), logPosition: null },
      { ...mysql('b.000001', 5), logPosition: -1 },
      mysql('b.99999999999999999999', 5),
    )
    expect(found.map((position) => position?.split('@')[0])).toEqual(Array(6).fill('time'))
  })

  test.each([
    'mysql-backfill-fulldump',
    'mysql-backfill-incremental',
    'oracle-backfill',
    'oracle_dump',
    'backfill',
  ])('a row that %s has read has no position', async (readMethod) => {
    expect(await positions({ readMethod, logFile: 'b.000001', logPosition: 4 })).toEqual([null])
  })

  test.each(['mysql-cdc-binlog', 'postgres-cdc-wal', 'oracle-supplementation', 'cdc', 'something new', null])(
    'an event that %s has read is a change',
    async (readMethod) => {
      expect(await positions({ readMethod, lsn: '0/1' })).toEqual(['lsn@0000000000000000:0000000000000001:1'])
    },
  )
})
