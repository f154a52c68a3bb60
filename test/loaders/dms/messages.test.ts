import { expect, test } from 'vitest'
import { lines } from '../debezium/messages.ts'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from '../fresh-warehouse.ts'
import { landDms, sequence } from './land-dms.ts'

const record = (operation: string, data: Readonly<Record<string, unknown>>, metadata: object = {}) => ({
  data,
  metadata: {
    timestamp: '2024-06-01T12:00:00.500000Z',
    'record-type': 'data',
    operation,
    'partition-key-type': 'schema-table',
    'schema-name': 'shop',
    'table-name': 'item',
    'transaction-id': 42,
    'commit-timestamp': '2024-06-01T12:00:00.000000Z',
    ...metadata,
  },
})

const control = (operation: string) => ({
  metadata: { ...record(operation, {}).metadata, 'record-type': 'control' },
})

test('records of a task whose target is Kinesis or Kafka are events like those of its files', async () => {
  const { report, events } = await landDms(
    {
      'any/name.jsonl': lines([
        control('create-table'),
        record('load', { id: 1, name: 'a' }),
        record('insert', { id: 2, name: 'b', seq: sequence(1) }),
        record('update', { id: 2, name: 'c', seq: sequence(2) }),
        record('delete', { id: 2, seq: sequence(3) }),
      ]),
    },
    { timestampColumn: undefined },
  )
  expect(report).toMatchObject({ rows: 4, ignored: 1, deadLetters: 0, quarantined: [] })
  const told = (await events()).map((event) => [
    event['read_method'],
    event['change_type'],
    event['lsn'],
    event['payload'],
  ])
  expect(told).toEqual([
    ['dms-backfill', 'INSERT', null, { id: '1', name: 'a' }],
    ['dms-cdc', 'INSERT', sequence(1), { id: '2', name: 'b' }],
    ['dms-cdc', 'UPDATE', sequence(2), { id: '2', name: 'c' }],
    ['dms-cdc', 'DELETE', sequence(3), { id: '2', name: null }],
  ])
})

test('they are told by their content', async () => {
  const folder = freshFolder()
  await writeFiles(folder, { 'a.jsonl': lines([record('load', { id: 1 })]) })
  expect(await landFolder(await freshWarehouse(), folder)).toMatchObject({
    rows: 1,
    quarantined: [],
    skipped: [],
  })
})

const refused: readonly (readonly [string, unknown, string])[] = [
  ['a truncate', control('truncate-table'), 'every row of `shop.item` before this is gone'],
  ['a dropped table', control('drop-table'), 'every row of `shop.item` before this is gone'],
  ['an operation that is none', record('upsert', { id: 1 }), 'the operation is `upsert`'],
  ['a change without its sequence', record('insert', { id: 1 }), '$AR_H_CHANGE_SEQ'],
]

test.each(refused)('%s becomes a dead letter that says what to do', async (_what, message, reason) => {
  const { report, letters } = await landDms({ 'a.jsonl': lines([message]) })
  expect(report).toMatchObject({ landed: 1, rows: 0, deadLetters: 1 })
  const [letter] = await letters()
  expect(letter?.['reason']).toContain(reason)
  expect(letter?.['raw_table']).toBe('shop_raw.item')
})

test('without a column for it, nothing says the order of changes: they are refused', async () => {
  const { letters } = await landDms(
    { 'a.jsonl': lines([record('insert', { id: 1 })]) },
    { sequenceColumn: undefined },
  )
  expect((await letters()).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('nothing says the order of changes'),
  ])
})
