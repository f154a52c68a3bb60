import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, type Row, rowsOf, sorted } from './model-project.ts'
import { createRaw, land, type Payload, type RawEvent, rawName } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
const day = 24 * 60 * 60_000
const noon = Date.UTC(2024, 4, 1, 12)

let warehouse: Warehouse
let models: ReadonlyMap<string, Action>

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  models = await modelsOf({
    plain: { key: ['id'] },
    typed: {
      columns: {
        doc: 'JSON',
        born: 'DATE',
        seen: 'DATETIME',
        digest: 'HEX BYTES',
        label: 'HEX STRING',
        price: 'NUMERIC',
      },
    },
    records: { columns: { met: 'DATETIME RECORD', departed: 'TIMESTAMP RECORD' } },
    documents: { sourceType: 'mongodb' },
  })
})
afterAll(() => warehouse.close())

const event = (uuid: string | null, time: number, more: Partial<RawEvent> = {}): RawEvent => ({
  uuid,
  time,
  readMethod: 'mysql-cdc-binlog',
  changeType: 'INSERT',
  isDeleted: false,
  logFile: 'b.000001',
  logPosition: 4,
  row: { id: 'x', value: uuid },
  ...more,
})

/** Lands each list of events by itself, with an increment of the log after each, and gives the log. */
async function logOf(
  table: string,
  columns: Payload,
  landings: readonly (readonly RawEvent[])[],
  select = '*',
): Promise<readonly Row[]> {
  await createRaw(warehouse, table, columns)
  const built = [`${table}_landings`, `${table}_log`].map((name) => actionOf(models, name))
  for (const model of built) await build(warehouse, model, { fullRefresh: true })
  for (const [landing, events] of landings.entries()) {
    await land(warehouse, table, columns, landing, events)
    for (const model of built) await build(warehouse, model)
  }
  return rowsOf(warehouse, `SELECT ${select} FROM \`shop.${table}_log\``)
}

const uuids = async (...landings: readonly (readonly RawEvent[])[]): Promise<readonly unknown[]> =>
  (await logOf('plain', payload, landings, '_metadata_uuid')).map(({ _metadata_uuid: uuid }) => uuid)

describe('the change log', () => {
  test('has an event once that is delivered twice at once', async () => {
    expect(await uuids([event('a', noon), event('a', noon)])).toEqual(['a'])
  })

  test('has an event once that is delivered again days later, among newer ones', async () => {
    const landings = [
      [event('a', noon), event('b', noon + day)],
      [event('c', noon + 2 * day)],
      [event('a', noon)],
    ]
    expect(await uuids(...landings)).toEqual(['a', 'b', 'c'])
  })

  test('keeps an event as it was first delivered, and never touches its row again', async () => {
    const first = [event('a', noon), event('b', noon + day)]
    const select = '_metadata_uuid, _metadata_file, UNIX_MILLIS(_metadata_loaded_at) AS loaded'
    const once = await logOf('plain', payload, [first], select)
    expect(once.map((row) => row['_metadata_file'])).toEqual(['file 0', 'file 0'])
    // Twice in one landing, a landing of nothing else, and again among newer ones.
    const again = [[...first, ...first], first, [event('a', noon), event('c', noon), event('b', noon + day)]]
    expect((await logOf('plain', payload, again, select)).slice(0, 2)).toEqual(once)
    const increments = await rowsOf(warehouse, 'SELECT * FROM `shop.plain_log`')
    await build(warehouse, actionOf(models, 'plain_log'), { fullRefresh: true })
    expect(await rowsOf(warehouse, 'SELECT * FROM `shop.plain_log`')).toEqual(increments)
  })

  test('adds a landing of nothing but copies at no later run either', async () => {
    const before = await logOf('plain', payload, [[event('a', noon)], [event('a', noon)]])
    await build(warehouse, actionOf(models, 'plain_log'))
    expect(await rowsOf(warehouse, 'SELECT * FROM `shop.plain_log`')).toEqual(before)
  })

  test('reads of itself only the days of what is new, by variables that the planner knows', () => {
    const { preOps, predicates } = actionOf(models, 'plain_log').incremental ?? { preOps: [], predicates: [] }
    expect(predicates.join()).toContain('IN UNNEST(_metadata_days_with_news)')
    const reads = [...preOps.join().matchAll(/FROM `[^`]*plain_log`\s+WHERE (.*)/g)].map(([, where]) => where)
    expect(reads).toEqual([
      'DATE(_metadata_timestamp) IN UNNEST(_metadata_recent_days) OR _metadata_timestamp IS NULL',
      '(_metadata_timestamp BETWEEN _metadata_first_news_at AND _metadata_last_news_at AND DATE(_metadata_timestamp) IN UNNEST(_metadata_days_with_news) OR _metadata_timestamp IS NULL)',
    ])
  })

  test('takes an event that is older than all it has', async () => {
    expect(await uuids([event('a', noon)], [event('b', noon - 400 * day)])).toEqual(['a', 'b'])
  })

  test('takes its first events where there were none at its first run', async () => {
    expect(await uuids([], [event('a', noon)])).toEqual(['a'])
  })

  test('has an event once that has no time at all', async () => {
    const timeless = event('a', noon, { time: null, readTime: null })
    expect(await uuids([timeless], [timeless])).toEqual(['a'])
  })

  test('knows events without a uuid by their file and row, and keeps them all', async () => {
    expect(await uuids([event(null, noon), event(null, noon)])).toEqual(['file 0#0', 'file 0#1'])
  })

  test('keeps milliseconds', async () => {
    const [row] = await logOf('plain', payload, [[event('a', noon + 7, { readTime: noon + 1_234 })]])
    expect(row).toMatchObject({
      _metadata_timestamp: '2024-05-01T12:00:00.007Z',
      _metadata_read_timestamp: '2024-05-01T12:00:01.234Z',
    })
  })

  test('tells a delete by is_deleted or by the change type, whichever says so', async () => {
    const kinds: readonly (Partial<RawEvent> & { readonly deleted: boolean })[] = [
      { changeType: 'DELETE', isDeleted: true, deleted: true },
      { changeType: 'DELETE', isDeleted: null, deleted: true },
      { changeType: 'UPDATE-DELETE', isDeleted: false, deleted: true },
      { changeType: null, isDeleted: true, deleted: true },
      { changeType: 'UPDATE-INSERT', isDeleted: false, deleted: false },
      { changeType: null, isDeleted: null, deleted: false },
    ]
    const events = kinds.map((kind, at) => event(`${at}`, noon, kind))
    const rows = await logOf('plain', payload, [events], '_metadata_uuid, _metadata_deleted')
    expect(rows).toEqual(
      sorted(kinds.map(({ deleted }, at) => ({ _metadata_uuid: `${at}`, _metadata_deleted: deleted }))),
    )
  })

  test('keeps a delete that comes without a row', async () => {
    const rows = await logOf(
      'plain',
      payload,
      [[event('a', noon, { changeType: 'DELETE', isDeleted: true, row: null })]],
      'id, value, _metadata_uuid, _metadata_deleted',
    )
    expect(rows).toEqual([{ id: null, value: null, _metadata_uuid: 'a', _metadata_deleted: true }])
  })

  test('gives columns the types that the declaration says', async () => {
    const columns = {
      doc: 'STRING',
      born: 'TIMESTAMP',
      seen: 'TIMESTAMP',
      digest: 'STRING',
      label: 'STRING',
      price: 'STRING',
    }
    const row = {
      doc: '{"n": 123456789012345678901234567890, "s": "ü"}',
      born: '2024-02-29 00:00:00+00',
      seen: '2024-02-29 23:59:59.123+00',
      digest: '00FF',
      label: '61c3bc',
      price: '1.50',
    }
    const nothing = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
    const select = 'doc, born, seen, TO_HEX(digest) AS digest, label, price'
    const landings = [[event('a', noon, { row }), event('b', noon, { row: nothing })]]
    expect(await logOf('typed', columns, landings, select)).toEqual(
      sorted([
        {
          doc: '{"n":1.2345678901234568e+29,"s":"ü"}',
          born: '2024-02-29',
          seen: '2024-02-29T23:59:59.123',
          digest: '00ff',
          label: 'aü',
          price: '1.5',
        },
        nothing,
      ]),
    )
  })

  test('reads times that arrive as records by the type that the declaration says', async () => {
    await createRaw(warehouse, 'records', {
      met: 'STRUCT<date DATE, time TIME>',
      departed: 'STRUCT<timestamp TIMESTAMP, offset INT64>',
    })
    await warehouse.execute(`INSERT INTO ${rawName('records')} (payload, _file, _row, _loaded_at)
      VALUES (((DATE '2024-02-29', TIME '23:59:59.123'), (TIMESTAMP '2024-02-29 23:00:00+00', 3600000)), 'f', 0, CURRENT_TIMESTAMP()),
        ((NULL, NULL), 'f', 1, CURRENT_TIMESTAMP())`)
    await build(warehouse, actionOf(models, 'records_log'), { fullRefresh: true })
    expect(await rowsOf(warehouse, 'SELECT met, departed FROM `shop.records_log`')).toEqual(
      sorted([
        { met: '2024-02-29T23:59:59.123', departed: '2024-02-29T23:00:00Z' },
        { met: null, departed: null },
      ]),
    )
  })

  test('gains a column that the source gained, and fills it from then on', async () => {
    await logOf('plain', payload, [[event('a', noon)]])
    const wider = { ...payload, currency: 'STRING' }
    await createRaw(warehouse, 'plain', wider)
    const row = { id: 'y', value: 'b', currency: 'CHF' }
    await land(warehouse, 'plain', wider, 1, [event('b', noon, { row })])
    for (const name of ['plain_landings', 'plain_log', 'plain_state'])
      await build(warehouse, actionOf(models, name))
    expect(await rowsOf(warehouse, 'SELECT id, value, currency FROM `shop.plain_log`')).toEqual(
      sorted([
        { id: 'x', value: 'a', currency: null },
        { id: 'y', value: 'b', currency: 'CHF' },
      ]),
    )
  })

  test('names the source by how it was read, PostgreSQL by one name', async () => {
    const methods = [
      'mysql-cdc-binlog',
      'postgres-cdc-wal',
      'postgresql-backfill',
      'oracle_dump',
      'cdc',
      null,
    ]
    const events = methods.map((readMethod, at) => event(`${at}`, noon, { readMethod }))
    const rows = await logOf('plain', payload, [events], '_metadata_uuid, _metadata_source_type')
    expect(new Map(rows.map((row) => [row['_metadata_uuid'], row['_metadata_source_type']]))).toEqual(
      new Map([
        ['0', 'mysql'],
        ['1', 'postgresql'],
        ['2', 'postgresql'],
        ['3', 'oracle'],
        ['4', null],
        ['5', null],
      ]),
    )
    const [declared] = await logOf('documents', payload, [[event('a', noon, { readMethod: 'cdc' })]])
    expect(declared).toMatchObject({ _metadata_source_type: 'mongodb' })
  })
})
