import { expect, test } from 'vitest'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from '../fresh-warehouse.ts'
import { lines, type MessageParts, postgresMessage, time, wrapped } from './messages.ts'

const columns = { id: 'int32', name: 'string' }

async function landMessages(values: readonly unknown[], options: Parameters<typeof landFolder>[2] = {}) {
  const folder = freshFolder()
  await writeFiles(folder, { 'shop.public.item/0.jsonl': lines(values) })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder, options)
  const events = async () =>
    warehouse.query(`
      select * exclude (_file, _row, _loaded_at, sort_keys, schema_key, source_metadata),
        source_metadata."schema" as "schema", source_metadata."table" as "table", source_metadata.lsn,
        source_metadata.log_file, source_metadata.log_position, source_metadata.scn, source_metadata.ssn,
        source_metadata.change_type, source_metadata.is_deleted, source_metadata.primary_keys, source_metadata.tx_id
      from "test-project.public_raw".item order by _row`)
  const letters = async () =>
    warehouse.query(
      'select "row", "column", reason, event, raw_table from "test-project.streamform".dead_letters order by "row"',
    )
  return { report, events, letters, warehouse, folder }
}

test('a message becomes an event of the shape that Datastream’s have, with the LSN as PostgreSQL writes it', async () => {
  const change = postgresMessage(2 ** 32 + 0x16b3748, {
    op: 'u',
    before: null,
    after: { id: 1, name: 'pear' },
    source: { ts_ms: time },
  })
  const { report, events } = await landMessages([wrapped(change, columns)])
  expect(report).toMatchObject({ landed: 1, rows: 1, deadLetters: 0, ignored: 0, quarantined: [] })
  expect(await events()).toEqual([
    {
      uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      read_timestamp: '2024-06-01 12:00:00.5+00',
      source_timestamp: '2024-06-01 12:00:00+00',
      object: 'public_item',
      read_method: 'postgresql-cdc-debezium',
      stream_name: 'shop',
      payload: { id: '1', name: 'pear' },
      schema: 'public',
      table: 'item',
      lsn: '1/16B3748',
      log_file: null,
      log_position: null,
      scn: null,
      ssn: null,
      change_type: 'UPDATE',
      is_deleted: false,
      primary_keys: [],
      tx_id: String(700 + 2 ** 32 + 0x16b3748),
    },
  ])
})

test('each operation is the change type that it is, and a snapshot’s rows are a backfill', async () => {
  const row = { id: 1, name: 'a' }
  const { events } = await landMessages([
    postgresMessage(10, { op: 'r', after: row }),
    postgresMessage(11, { op: 'c', after: row }),
    postgresMessage(12, { op: 'c', after: row, source: { snapshot: 'last' } }),
    postgresMessage(13, { op: 'c', after: row, source: { snapshot: 'incremental' } }),
    postgresMessage(14, { op: 'u', before: row, after: row }),
    postgresMessage(15, { op: 'd', before: row }),
  ])
  const told = (await events()).map(({ read_method, change_type, is_deleted }) => [
    read_method,
    change_type,
    is_deleted,
  ])
  expect(told).toEqual([
    ['postgresql-backfill-debezium', 'INSERT', false],
    ['postgresql-cdc-debezium', 'INSERT', false],
    ['postgresql-backfill-debezium', 'INSERT', false],
    ['postgresql-cdc-debezium', 'INSERT', false],
    ['postgresql-cdc-debezium', 'UPDATE', false],
    ['postgresql-cdc-debezium', 'DELETE', true],
  ])
})

test('tombstones and messages of the log that change no row are counted and left out, wherever they stand', async () => {
  const { report, events } = await landMessages([
    null,
    postgresMessage(10, { after: { id: 1, name: 'a' } }),
    { schema: null, payload: null },
    { key: { id: 1 }, value: null, offset: 7 },
    postgresMessage(11, { op: 'm' }),
  ])
  expect(report).toMatchObject({
    landed: 1,
    rows: 1,
    ignored: 4,
    deadLetters: 0,
    quarantined: [],
    skipped: [],
  })
  expect((await events()).map(({ payload }) => payload)).toEqual([{ id: '1', name: 'a' }])
})

test('a sink’s record tells the key, which the value alone does not', async () => {
  const change = postgresMessage(10, { op: 'd', before: null })
  const key = { schema: { type: 'struct' }, payload: { id: 4 } }
  const { events, report } = await landMessages([{ key, value: wrapped(change, columns), offset: 3 }])
  expect(report.deadLetters).toBe(0)
  expect(
    (await events()).map(({ payload, primary_keys, is_deleted }) => ({ payload, primary_keys, is_deleted })),
  ).toEqual([{ payload: { id: '4', name: null }, primary_keys: ['id'], is_deleted: true }])
})

test('a delete with the key alone has no other values, and lands', async () => {
  const { events } = await landMessages([
    wrapped(postgresMessage(10, { op: 'd', before: { id: 4 } }), columns),
    wrapped(
      postgresMessage(11, { op: 'd', before: { id: 5, name: '__debezium_unavailable_value' } }),
      columns,
    ),
  ])
  expect((await events()).map(({ payload }) => payload)).toEqual([
    { id: '4', name: null },
    { id: '5', name: null },
  ])
})

test('the same message in another file is the same event; another row at the same place of the log is not', async () => {
  const copy = postgresMessage(10, { after: { id: 1, name: 'a' } })
  const { events } = await landMessages([
    copy,
    { ...copy, ts_ms: time + 99_000 },
    wrapped(copy, columns),
    postgresMessage(10, { after: { id: 2, name: 'a' } }),
    postgresMessage(10, { op: 'd', before: { id: 1, name: 'a' } }),
    postgresMessage(11, { after: { id: 1, name: 'a' } }),
  ])
  const uuids = (await events()).map(({ uuid }) => uuid)
  expect(uuids[1]).toBe(uuids[0])
  expect(uuids[2]).toBe(uuids[0])
  expect(new Set(uuids).size).toBe(4)
})

test('a snapshot that is taken again is new; a message of it that is delivered again is not', async () => {
  const row = postgresMessage(10, { op: 'r', after: { id: 1, name: 'a' } })
  const again = postgresMessage(10, {
    op: 'r',
    after: { id: 1, name: 'a' },
    source: { ts_ms: time + 60_000 },
  })
  const { events } = await landMessages([row, row, again])
  const [first, second, third] = (await events()).map(({ uuid }) => uuid)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

const refused: readonly (readonly [string, MessageParts, string, string | null])[] = [
  ['a truncate', { op: 't' }, '`public.item` was truncated', null],
  ['an unknown operation', { op: 'x' }, '`op` is "x"', null],
  ['a delete that names no row', { op: 'd' }, 'REPLICA IDENTITY of the table to DEFAULT or FULL', null],
  ['an insert without a row', { op: 'c' }, '`after` is empty', null],
  [
    'a change without a place',
    { after: { id: 1 }, source: { lsn: null } },
    'does not say where in its log',
    null,
  ],
  ['a connector that is not known', { after: { id: 1 }, source: { connector: 'vitess' } }, '`vitess`', null],
  [
    'a large value that did not change',
    { op: 'u', after: { id: 1, name: '__debezium_unavailable_value' } },
    'REPLICA IDENTITY FULL',
    'payload.name',
  ],
]

test.each(refused)('%s becomes a dead letter that says what to do', async (_what, parts, reason, column) => {
  const message = postgresMessage(10, parts)
  const { report, letters } = await landMessages([
    message,
    postgresMessage(11, { after: { id: 2, name: 'b' } }),
  ])
  expect(report).toMatchObject({ landed: 1, rows: 1, deadLetters: 1, quarantined: [] })
  const [letter] = await letters()
  expect(letter).toMatchObject({ row: '0', column, raw_table: 'public_raw.item' })
  expect(letter?.['reason']).toContain(reason)
  expect(JSON.parse(String(letter?.['event']))).toEqual(message)
})

test('a file of nothing but such messages lands too: its letters are of its table', async () => {
  const { report, letters } = await landMessages([postgresMessage(10, { op: 't' })])
  expect(report).toMatchObject({ landed: 1, rows: 0, deadLetters: 1, quarantined: [], skipped: [] })
  expect((await letters()).map(({ raw_table }) => raw_table)).toEqual(['public_raw.item'])
})

const base64 = Buffer.from('__debezium_unavailable_value').toString('base64')
const placeholders: readonly unknown[] = [
  '__debezium_unavailable_value',
  base64,
  Buffer.from('__debezium_unavailable_value').toString('hex'),
  ['__debezium_unavailable_value'],
  [base64],
  [...Buffer.from('__debezium_unavailable_value')],
  { __debezium_unavailable_value: '__debezium_unavailable_value' },
  '{"__debezium_unavailable_value":"__debezium_unavailable_value"}',
  {
    wkb: Buffer.from('0101000020E6100000000000FC83D797C1000000FC83D797C1', 'hex').toString('base64'),
    srid: 4326,
  },
]

test.each(placeholders)(
  'the placeholder %j never becomes a value: `before` tells it, or the row is refused',
  async (value) => {
    const known = postgresMessage(10, {
      op: 'u',
      before: { id: 1, name: 'old' },
      after: { id: 1, name: value },
    })
    const unknown = postgresMessage(11, {
      op: 'u',
      before: { id: 1, name: value },
      after: { id: 1, name: value },
    })
    const { report, events } = await landMessages([known, unknown])
    expect(report).toMatchObject({ rows: 1, deadLetters: 1 })
    expect((await events()).map(({ payload }) => payload)).toEqual([{ id: '1', name: 'old' }])
  },
)

test('a placeholder of one’s own is known by the settings', async () => {
  const message = postgresMessage(10, { op: 'u', after: { id: 1, name: 'n/a' } })
  const { defaultEnvelope } = await import('../../../loaders/envelope-settings.ts')
  const { report } = await landMessages([message], {
    envelope: { ...defaultEnvelope, unavailableValue: 'n/a' },
  })
  expect(report).toMatchObject({ rows: 0, deadLetters: 1 })
})

test('rows that were taken out of their envelope cannot be ordered: the file is quarantined, with what to do', async () => {
  const { report } = await landMessages([{ id: 1, name: 'a', __op: 'c', __deleted: 'false' }])
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('leave out the transformation ExtractNewRecordState'),
  ])
})

test('messages of two tables in one file quarantine it', async () => {
  const { report } = await landMessages([
    postgresMessage(10, { after: { id: 1 } }),
    postgresMessage(11, { after: { id: 1 }, source: { table: 'other' } }),
  ])
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    'the file has events of two source tables (at byte 0)',
  ])
})

test('a retried letter of a refused message stays what it is, with its reason', async () => {
  const { retryDeadLetters } = await import('../../../loaders/retry-dead-letters.ts')
  const { warehouse, letters } = await landMessages([postgresMessage(10, { op: 't' })])
  const before = await letters()
  const report = await retryDeadLetters(
    warehouse.warehouse,
    'test-project',
    [],
    new Date('2024-06-03T00:00:00Z'),
  )
  expect(report.landed).toEqual([])
  expect(await letters()).toEqual(before)
})

test('a stream that is said to be another’s has its files quarantined, not passed over', async () => {
  const { defaultEnvelope } = await import('../../../loaders/envelope-settings.ts')
  const message = postgresMessage(10, { after: { id: 1 } })
  for (const kind of ['datastream', 'dms'] as const) {
    const { report } = await landMessages([message], { envelope: { ...defaultEnvelope, kind } })
    expect(report).toMatchObject({ landed: 0, skipped: [] })
    expect(report.quarantined.map(({ reason }) => reason)).toEqual([
      `the file holds changes of Debezium, and \`stream: envelope\` of streamform.yaml says \`${kind}\` (at byte 0)`,
    ])
  }
  const { mysqlFile } = await import('../events.ts')
  const folder = freshFolder()
  await writeFiles(folder, { 'a.avro': mysqlFile([{ name: 'id', type: 'long' }], [{ id: 1n }]) })
  const report = await landFolder(await freshWarehouse(), folder, {
    envelope: { ...defaultEnvelope, kind: 'debezium' },
  })
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('the file holds changes of Datastream'),
  ])
})

test('a snapshot’s row without a time of its own has that of its message', async () => {
  const { events } = await landMessages([
    postgresMessage(10, { op: 'r', after: { id: 1 }, source: { ts_ms: 0 } }),
    postgresMessage(11, { op: 'r', after: { id: 2 }, source: { ts_us: (time + 1) * 1000 + 5 } }),
  ])
  expect((await events()).map(({ source_timestamp }) => source_timestamp)).toEqual([
    '2024-06-01 12:00:00.5+00',
    '2024-06-01 12:00:00.001005+00',
  ])
})
