import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { landText } from '../../loaders/land-text.ts'
import { retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { deadLetters } from './dead-letter-rows.ts'
import { mysqlEvent, mysqlFile, mysqlSchema } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  project,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'

// What is known to go wrong between change files and raw tables elsewhere, each as what goes right here. What goes wrong
// between raw and current tables (orders, keys, merges) is tested with the models.

let warehouse: TestWarehouse
let folder: string
beforeEach(async () => {
  warehouse = await freshWarehouse()
  folder = freshFolder()
})
afterEach(() => warehouse.close())

const raw = (columns: string, table = '"test-project.shop_raw".item') =>
  warehouse.query(`select ${columns} from ${table} order by _file, _row`)

const fields = [{ name: 'id', type: 'int' }]
const ids = (...numbers: number[]) => numbers.map((id) => ({ id }))

interface JsonParts {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly [name: string]: unknown
}

const jsonLine = ({ metadata = {}, ...others }: JsonParts): string =>
  JSON.stringify({
    uuid: 'u-1',
    read_timestamp: '2024-06-01T00:00:01.000Z',
    source_timestamp: '2024-06-01T00:00:00.000Z',
    read_method: 'postgresql-cdc',
    source_metadata: { schema: 'shop', table: 'item', ...metadata },
    payload: { id: 1 },
    ...others,
  })

test('defect 1: a file that cannot be read is told, kept in the ledger with its reason, and lands once it is mended', async () => {
  const good = mysqlFile(fields, ids(1, 2, 3))
  await writeFiles(folder, {
    'a.avro': good.subarray(0, good.length - 5),
    'b.avro': mysqlFile(fields, ids(9)),
  })
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: 1, rows: 1 })
  expect(landText(report)).toContain('1 file cannot be read; none of their events landed')
  expect(
    await warehouse.query(`select name, status, reason from "test-project.streamform".files order by 1`),
  ).toEqual([
    {
      name: 'a.avro',
      status: 'quarantined',
      reason: expect.stringMatching(/^the file ends within the block/),
    },
    { name: 'b.avro', status: 'landed', reason: null },
  ])
  await writeFiles(folder, { 'a.avro': good })
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 3 })
  expect((await raw('payload.id as id')).map(({ id }) => id)).toEqual(['1', '2', '3', '9'])
})

test('defect 3: an event keeps its own uuid, the same in every file that delivers it', async () => {
  await writeFiles(folder, { 'a.avro': mysqlFile(fields, ids(1, 2)), 'b.avro': mysqlFile(fields, ids(1, 2)) })
  await landFolder(warehouse, folder)
  const one = '00000000-0000-0000-0000-000000000001'
  const two = '00000000-0000-0000-0000-000000000002'
  expect((await raw('uuid')).map(({ uuid }) => uuid)).toEqual([one, two, one, two])
})

test('defect 4: times keep their milliseconds and microseconds', async () => {
  const micros = { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } }
  await writeFiles(folder, {
    'a.avro': mysqlFile([micros], [{ at: 1_717_200_000_123_456n }], { time: 1_717_200_000_789 }),
    'b.jsonl': jsonLine({
      source_timestamp: '2024-06-01T00:00:00.789Z',
      read_timestamp: '2024-06-01T00:00:01.039000Z',
      payload: { at: '2024-06-01T00:00:00.123456Z' },
    }),
  })
  await landFolder(warehouse, folder)
  const row = {
    source_timestamp: '2024-06-01 00:00:00.789+00',
    read_timestamp: '2024-06-01 00:00:01.039+00',
    at: '2024-06-01 00:00:00.123456+00',
  }
  expect(await raw('source_timestamp, read_timestamp, payload.at as at')).toEqual([row, row])
})

test('defects 5 and 6: a position is kept whole, whatever the source calls it, and never as a nearby number', async () => {
  await writeFiles(folder, {
    'a.jsonl': jsonLine({ metadata: { lsn: '9/FFFFFFFF', tx_id: 4_294_967_296 } }),
    'b.jsonl': jsonLine({ metadata: { lsn: '16/CB002DB0' } }),
    'c.jsonl': jsonLine({
      metadata: { binlog_file: 'mysql-bin.1000000', binlog_position: 9_007_199_254_740_991, log_file: null },
    }),
    'd.jsonl': jsonLine({}).replace('"schema"', '"scn":9223372036854775807,"schema"'),
  })
  await landFolder(warehouse, folder)
  expect(
    await raw(
      'source_metadata.lsn, source_metadata.tx_id, source_metadata.binlog_file, source_metadata.binlog_position, source_metadata.log_file, source_metadata.scn',
    ),
  ).toEqual(
    [
      { lsn: '9/FFFFFFFF', tx_id: '4294967296' },
      { lsn: '16/CB002DB0' },
      { binlog_file: 'mysql-bin.1000000', binlog_position: '9007199254740991' },
      { scn: '9223372036854775807' },
    ].map((known) => ({
      lsn: null,
      tx_id: null,
      binlog_file: null,
      binlog_position: null,
      log_file: null,
      scn: null,
      ...known,
    })),
  )
})

test.each(['postgres-cdc-wal', 'postgresql-cdc', 'oracle-cdc-logminer', 'sqlserver-cdc', 'cdc'])(
  'defect 7: JSON of %s keeps its read method, and a delete whose payload is missing lands',
  async (readMethod) => {
    const deleted = { change_type: 'DELETE', is_deleted: true }
    await writeFiles(folder, {
      'a.jsonl': [
        jsonLine({ read_method: readMethod }),
        jsonLine({ read_method: readMethod, metadata: deleted, payload: undefined }),
        jsonLine({ read_method: readMethod, metadata: deleted, payload: null }),
        jsonLine({ read_method: readMethod, metadata: deleted, payload: {} }),
      ].join('\n'),
    })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 4, deadLetters: 0 })
    expect(await raw('read_method, source_metadata.is_deleted as deleted, payload.id as id')).toEqual(
      [
        { deleted: null, id: '1' },
        { deleted: true, id: null },
        { deleted: true, id: null },
        { deleted: true, id: null },
      ].map((row) => ({ read_method: readMethod, ...row })),
    )
  },
)

test('defect 8: a numeric tx_id in JSON is kept', async () => {
  await writeFiles(folder, { 'a.jsonl': jsonLine({ metadata: { tx_id: 363_552 } }) })
  await landFolder(warehouse, folder)
  expect(await raw('source_metadata.tx_id as tx_id')).toEqual([{ tx_id: '363552' }])
})

describe('defect 9: a malformed line of JSON is never skipped', () => {
  const lines = [jsonLine({}), '{"uuid": "u-2", "payload": {', jsonLine({ uuid: 'u-3' })].join('\n')

  test.each([
    ['plain', Buffer.from(lines)],
    ['in gzip', gzipSync(lines)],
  ])(
    'the file is quarantined with the byte; salvaged, the line becomes a dead letter: %s',
    async (_how, content) => {
      await writeFiles(folder, { 'a.jsonl': content })
      expect((await landFolder(warehouse, folder)).quarantined).toEqual([
        { file: 'a.jsonl', reason: expect.stringMatching(/^not JSON \(at byte \d+\)$/) },
      ])
      await writeFiles(folder, { 'b.jsonl': content })
      expect(await landFolder(warehouse, folder, { salvage: true })).toMatchObject({
        landed: 1,
        rows: 2,
        deadLetters: 1,
      })
      expect((await raw('uuid')).map(({ uuid }) => uuid)).toEqual(['u-1', 'u-3'])
    },
  )

  test('a line that is JSON but no event is a dead letter with its content', async () => {
    await writeFiles(folder, { 'a.jsonl': [jsonLine({}), '{"hello":1}'].join('\n') })
    expect(await landFolder(warehouse, folder)).toMatchObject({ rows: 1, deadLetters: 1 })
    const [letter] = await warehouse.query(`select "row", event from "test-project.streamform".dead_letters`)
    expect(letter).toEqual({ row: '1', event: '{"hello":1}' })
  })
})

test("defect 10: Oracle's UPDATE-DELETE, whose is_deleted is false, keeps both as they are", async () => {
  await writeFiles(folder, {
    'a.jsonl': jsonLine({
      read_method: 'oracle-cdc-logminer',
      metadata: { change_type: 'UPDATE-DELETE', is_deleted: false },
    }),
  })
  await landFolder(warehouse, folder)
  expect(await raw('source_metadata.change_type as type, source_metadata.is_deleted as deleted')).toEqual([
    { type: 'UPDATE-DELETE', deleted: false },
  ])
})

test('defect 11: keys and columns named like reserved words land under their names', async () => {
  const names = ['order', 'select', 'group', 'from', 'key', 'end']
  const row = Object.fromEntries(names.map((name) => [name, name]))
  await writeFiles(folder, {
    'a.avro': mysqlFile(
      names.map((name) => ({ name, type: 'string' })),
      [row],
    ),
  })
  await landFolder(warehouse, folder)
  expect(await raw('payload')).toEqual([{ payload: row }])
})

test('defect 12: a time of five microseconds is that, and so is an hour and two minutes', async () => {
  const time = { name: 't', type: { type: 'long', logicalType: 'time-micros' } }
  await writeFiles(folder, { 'a.avro': mysqlFile([time], [{ t: 5 }, { t: 3_720_000_000 }]) })
  await landFolder(warehouse, folder)
  expect(await raw('payload.t as t')).toEqual([{ t: '00:00:00.000005' }, { t: '01:02:00' }])
})

test('defect 13: a date that JSON writes as midnight is that date where the column is a date, and that text where it is text', async () => {
  const date = { name: 'd', type: { type: 'int', logicalType: 'date' } }
  const line = jsonLine({ payload: { d: '2023-07-26T00:00:00.000Z', e: '2023-07-26T00:00:00.000Z' } })
  await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ d: 0 }]), 'b.jsonl': line })
  expect(await landFolder(warehouse, folder)).toMatchObject({ rows: 2, deadLetters: 0 })
  expect(await raw('payload.d as d, payload.e as e')).toEqual([
    { d: '1970-01-01', e: null },
    { d: '2023-07-26', e: '2023-07-26T00:00:00.000Z' },
  ])
})

test('defect 15: events of a table without a key land like all others', async () => {
  const keyless = (number: number) => {
    const event = mysqlEvent(number, { id: number }) as { source_metadata: object }
    return { ...event, source_metadata: { ...event.source_metadata, primary_keys: [] } }
  }
  await writeFiles(folder, { 'a.avro': writeAvro(mysqlSchema(fields), [keyless(1), keyless(2)]) })
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 2, deadLetters: 0 })
  expect(await raw('payload.id as id, len(source_metadata.primary_keys) as keys')).toEqual([
    { id: '1', keys: '0' },
    { id: '2', keys: '0' },
  ])
})

test('defect 17: dead letters are tried when someone says so, a bounded number of times, and are bounded in number', async () => {
  const date = { name: 'd', type: { type: 'int', logicalType: 'date' } }
  await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ d: 5_000_000 }, { d: 5_000_000 }, { d: 0 }]) })
  await expect(landFolder(warehouse, folder, { maxDeadLetters: 1 })).rejects.toThrow(
    '2 events do not fit, where 1 are allowed',
  )
  await landFolder(warehouse, folder, { maxDeadLetters: 2 })
  for (let run = 0; run < 3; run++) await landFolder(warehouse, folder)
  const attempts = async () =>
    (await warehouse.query(`select attempts from "test-project.streamform".dead_letters`)).map(
      (row) => row['attempts'],
    )
  expect(await attempts()).toEqual(['1', '1'])
  const now = new Date('2024-06-03T00:00:00Z')
  for (let run = 0; run < 15; run++) await retryDeadLetters(warehouse.warehouse, project, [], now)
  expect(await attempts()).toEqual(['10', '10'])
  expect(await deadLetters(warehouse)).toHaveLength(2)
})

test("defect 18: a PostgreSQL array is a list of its elements, not the file's technical records", async () => {
  const array = {
    type: 'record',
    name: 'multidimensionalArray_tags',
    fields: [
      {
        name: 'nestedArray',
        type: ['null', { type: 'array', items: 'multidimensionalArray_tags' }],
        default: null,
      },
      { name: 'elementValue', type: ['null', 'string'], default: null },
    ],
  }
  const element = (value: string | null) => ({ nestedArray: null, elementValue: value })
  const list = (...nestedArray: unknown[]) => ({ nestedArray, elementValue: null })
  await writeFiles(folder, {
    'a.avro': mysqlFile(
      [{ name: 'tags', type: array }],
      [
        { tags: list(element('red'), element(null), element('')) },
        { tags: list(list(element('a')), list(element('b'))) },
        { tags: null },
      ],
    ),
  })
  await landFolder(warehouse, folder)
  expect((await raw('payload.tags as tags')).map(({ tags }) => tags)).toEqual([
    '["red",null,""]',
    '[["a"],["b"]]',
    null,
  ])
})
