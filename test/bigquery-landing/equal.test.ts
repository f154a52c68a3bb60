import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { forgetFiles } from '../../loaders/files.ts'
import { discardDeadLetters, retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { freshFolder, writeFiles } from '../loaders/fresh-warehouse.ts'
import { shared } from '../shared.ts'
import {
  everything,
  type Landable,
  type LocalBigQuery,
  landIn,
  openEmbedded,
  openLocalBigQuery,
  project,
} from './two-warehouses.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let bigquery: LocalBigQuery
let loader: Landable
let embedded: LocalWarehouse
const open: { close(): Promise<void> }[] = []
beforeEach(async () => {
  bigquery = await openLocalBigQuery()
  loader = await bigquery.loader()
  embedded = await openEmbedded()
  open.push(bigquery, embedded)
})
afterAll(() => Promise.all(open.map((warehouse) => warehouse.close())))

let minutes = 0

/** Does the same on both, a minute after what was done before, and compares what it gives and all that is there then. */
async function both<Result>(work: (warehouse: Landable, now: Date) => Promise<Result>): Promise<Result> {
  const now = new Date(Date.UTC(2024, 5, 2, 0, ++minutes))
  const expected = await work(embedded, now)
  expect(await work(loader, now)).toEqual(expected)
  expect(await everything(bigquery.tables)).toEqual(await everything(embedded))
  return expected
}

const columns = (more: readonly { name: string; type: unknown }[] = []) => [
  { name: 'id', type: 'long' },
  ...more,
]
const at = (minute: number) => `2024/06/01/00/${String(minute).padStart(2, '0')}`

const jsonEvent = (id: number, payload: object, table = 'item') =>
  JSON.stringify({
    uuid: `u${id}`,
    read_timestamp: '2024-06-01T00:00:01.000Z',
    source_timestamp: '2024-06-01T00:00:00.123Z',
    object: 'shop_item',
    read_method: 'mysql-cdc-binlog',
    stream_name: 's',
    schema_key: 'k',
    sort_keys: [1, 'a'],
    source_metadata: {
      table,
      database: 'shop',
      change_type: 'INSERT',
      is_deleted: false,
      odd: { a: [1.5, 'x'] },
    },
    payload,
  })

describe('what lands in BigQuery is what lands in the embedded warehouse', () => {
  test('rows, ledger and schemas; and again nothing', async () => {
    const folder = freshFolder()
    await writeFiles(folder, {
      [minutePath(at(1), 'a.avro')]: mysqlFile(columns(), [{ id: 1 }, { id: 2 }]),
      [minutePath(at(2), 'b.avro')]: mysqlFile(columns(), [{ id: 3 }], { first: 3 }),
      [minutePath(at(1), 'c.avro', 'shop_other')]: mysqlFile(columns(), [{ id: 1 }], { table: 'other' }),
    })
    const report = await both((warehouse, now) => landIn(warehouse, folder, now))
    expect(report).toMatchObject({ landed: 3, rows: 4 })
    expect(await both((warehouse, now) => landIn(warehouse, folder, now))).toMatchObject({
      landed: 0,
      alreadyLanded: 3,
    })
  })

  test('columns that come, widen and become text, within a transaction and between two', async () => {
    const folder = freshFolder()
    const steps: readonly [unknown, readonly unknown[]][] = [
      ['long', [1, -5, null]],
      [{ type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }, [Buffer.from([0x01, 0x2c])]],
      ['string', ['x', '']],
      ['double', [1, 0.1, -0, 1e16, 1e15, 123456789012345680, 1e-5, 5e-324, 0.30000000000000004, 1e21]],
    ]
    for (const filesPerTransaction of [1, 4096]) {
      await writeFiles(
        folder,
        Object.fromEntries(
          steps.map(([type, values], step) => [
            minutePath(
              at(step + 10 * Math.min(filesPerTransaction, 2)),
              `${step}.avro`,
              `shop_t${filesPerTransaction}`,
            ),
            mysqlFile(
              columns([
                { name: 'v', type },
                { name: `only_${step}`, type: 'string' },
              ]),
              values.map((v, id) => ({ id, v, [`only_${step}`]: 'y' })),
              { table: `t${filesPerTransaction}`, first: step * 100 },
            ),
          ]),
        ),
      )
      await both((warehouse, now) => landIn(warehouse, folder, now, { filesPerTransaction }))
    }
  })

  test('every type that widens to text has the same text, whether it was there before or comes after', async () => {
    const millis = 1_717_200_000_123
    const types: Readonly<Record<string, readonly [type: unknown, value: unknown]>> = {
      bool: ['boolean', true],
      whole: ['long', 9007199254740993n],
      double: ['double', 1234567.5],
      date: [{ type: 'int', logicalType: 'date' }, 19_000],
      time: [{ type: 'int', logicalType: 'time-millis' }, 3_723_004],
      instant: [{ type: 'long', logicalType: 'timestamp-millis' }, millis],
      civil: [{ type: 'long', logicalType: 'local-timestamp-micros' }, BigInt(millis) * 1000n + 7n],
      number: [
        { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 },
        Buffer.from([0x00, 0xff, 0x10]),
      ],
    }
    const folder = freshFolder()
    const file = (typed: boolean, first: number) =>
      mysqlFile(
        columns(Object.entries(types).map(([name, [type]]) => ({ name, type: typed ? type : 'string' }))),
        [
          {
            id: first,
            ...Object.fromEntries(
              Object.entries(types).map(([name, [, value]]) => [name, typed ? value : 'text']),
            ),
          },
        ],
        { first },
      )
    await writeFiles(folder, { [minutePath(at(1), 'a.avro')]: file(true, 1) })
    await both((warehouse, now) => landIn(warehouse, folder, now))
    await writeFiles(folder, {
      [minutePath(at(2), 'b.avro')]: file(false, 2),
      [minutePath(at(3), 'c.avro')]: file(true, 3),
    })
    await both((warehouse, now) => landIn(warehouse, folder, now))
  })

  test('dead letters, quarantined and skipped files, and what is done about them', async () => {
    const folder = freshFolder()
    await writeFiles(folder, {
      [minutePath(at(1), 'a.avro')]: mysqlFile(columns([{ name: 'v', type: 'bytes' }]), [
        { id: 1, v: Buffer.from('x') },
      ]),
      [minutePath(at(2), 'b.avro')]: mysqlFile(
        columns([{ name: 'v', type: 'string' }]),
        [
          { id: 2, v: 'a text, where bytes are' },
          { id: 3, v: null },
        ],
        { first: 2 },
      ),
      [minutePath(at(3), 'c.avro')]: mysqlFile(columns(), [{ id: 4 }], { first: 4 }).subarray(0, 900),
      [minutePath(at(3), 'd.avro')]: Buffer.alloc(0),
      'README.md': 'about these files',
    })
    const report = await both((warehouse, now) => landIn(warehouse, folder, now))
    expect(report).toMatchObject({ landed: 2, deadLetters: 1, rows: 2 })
    expect([report.quarantined.length, report.skipped.length]).toEqual([2, 1])
    const retried = await both((warehouse, now) => retryDeadLetters(warehouse, project, [], now))
    expect(retried.waiting).toHaveLength(1)
    await both((warehouse, now) => forgetFiles(warehouse, [minutePath(at(2), 'b.avro')], 'landed', now))
    await both((warehouse, now) => landIn(warehouse, folder, now))
    const [letter] = retried.waiting
    await both((warehouse, now) => discardDeadLetters(warehouse, [letter?.id ?? ''], now))
    await both((warehouse, now) => forgetFiles(warehouse, [], 'quarantined', now))
  })

  test('a file that turns out unreadable after rows of it were handed over leaves nothing', async () => {
    const folder = freshFolder()
    const lines = Array.from({ length: 10_001 }, (_, id) =>
      jsonEvent(id, id < 5000 ? { id } : { id, v: 'new' }, id < 10_000 ? 'item' : 'other'),
    )
    await writeFiles(folder, {
      [minutePath(at(1), 'a.avro')]: mysqlFile(columns(), [{ id: 1 }], { first: 1000 }),
      [minutePath(at(2), 'b.jsonl')]: lines.join('\n'),
    })
    const report = await both((warehouse, now) => landIn(warehouse, folder, now))
    expect(report).toMatchObject({ landed: 1, rows: 1 })
    expect(report.quarantined).toHaveLength(1)
  })

  test('JSON lines, whose columns are known by their values', async () => {
    const folder = freshFolder()
    await writeFiles(folder, {
      [minutePath(at(1), 'a.jsonl')]: [
        jsonEvent(1, { id: 1, name: 'é"\\' }),
        jsonEvent(2, { id: 2, price: 1.25 }),
      ].join('\n'),
      [minutePath(at(2), 'b.jsonl')]: [
        jsonEvent(3, { id: 'three' }),
        '{"no": "event"}',
        jsonEvent(4, {}),
      ].join('\n'),
    })
    await both((warehouse, now) => landIn(warehouse, folder, now))
  })

  test('two files at odds over names that BigQuery has not: theirs is refused, the other lands', async () => {
    const folder = freshFolder()
    await writeFiles(folder, {
      [minutePath(at(1), 'a.avro')]: mysqlFile(columns(), [{ id: 1 }]),
      [minutePath(at(2), 'b.avro')]: mysqlFile(
        columns([{ name: '_PARTITIONTIME', type: 'string' }]),
        [{ id: 2 }],
        {
          first: 2,
        },
      ),
    })
    const report = await landIn(loader, folder, new Date())
    expect(report).toMatchObject({ landed: 1, rows: 1 })
    expect(report.quarantined.map(({ reason }) => reason)).toEqual([
      'BigQuery has no column called "_PARTITIONTIME", which shop_raw.item would get: the name begins with _PARTITION',
    ])
  })
})

const samples = shared('samples')
test.skipIf(samples === undefined)(
  'every real change file lands in BigQuery as in the embedded warehouse',
  async () => {
    const folder = freshFolder()
    cpSync(samples ?? '', join(folder, 'samples'), { recursive: true })
    const report = await both((warehouse, now) => landIn(warehouse, folder, now))
    expect(report.landed).toBeGreaterThan(40)
  },
)
