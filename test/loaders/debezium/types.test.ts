import { describe, expect, test } from 'vitest'
import { decimalBytes } from '../../../loaders/avro/write.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  type TestWarehouse,
  writeFiles,
} from '../fresh-warehouse.ts'
import { type Column, lines, postgresMessage, wrapped } from './messages.ts'

const base64 = (unscaled: bigint): string => decimalBytes(unscaled).toString('base64')

const decimal = (scale: number, precision?: number): Column => ({
  type: 'bytes',
  name: 'org.apache.kafka.connect.data.Decimal',
  parameters: {
    scale: String(scale),
    ...(precision === undefined ? {} : { 'connect.decimal.precision': String(precision) }),
  },
  optional: true,
})

async function landValues(
  column: Column,
  values: readonly unknown[],
  source: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly warehouse: TestWarehouse; readonly deadLetters: number }> {
  const folder = freshFolder()
  const messages = values.map((value, at) =>
    wrapped(postgresMessage(10 + at, { after: { v: value }, source }), { v: column }),
  )
  await writeFiles(folder, { 'item/0.jsonl': lines(messages) })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: 1, quarantined: [] })
  return { warehouse, deadLetters: report.deadLetters }
}

const typed = (warehouse: TestWarehouse) =>
  warehouse.query(
    'select typeof(payload.v) as type, payload.v as value from "test-project.public_raw".item order by _row',
  )

/** Column, DuckDB's type, what is delivered and what it is then. */
const cases: readonly (readonly [string, Column, string, readonly unknown[], readonly unknown[]])[] = [
  ['boolean', 'boolean', 'BOOLEAN', [true, null], [true, null]],
  ['int16', 'int16', 'BIGINT', [-32768], ['-32768']],
  ['int64', 'int64', 'BIGINT', [7], ['7']],
  ['float64', 'float64', 'DOUBLE', [1.5, 3, 'NaN', '-Infinity'], [1.5, 3, 'NaN', '-Infinity']],
  ['string', 'string', 'VARCHAR', ['', '7'], ['', '7']],
  ['bytes', 'bytes', 'BLOB', [Buffer.from('a\0b').toString('base64')], ['a\\x00b']],
  ['uuid', 'string io.debezium.data.Uuid', 'VARCHAR', ['a-b'], ['a-b']],
  ['JSON', 'string io.debezium.data.Json', 'VARCHAR', ['{"a": 1.0}'], ['{"a": 1.0}']],
  ['date', 'int32 io.debezium.time.Date', 'DATE', [0, -719_162], ['1970-01-01', '0001-01-01']],
  ['Connect’s date', 'int32 org.apache.kafka.connect.data.Date', 'DATE', [19_875], ['2024-06-01']],
  ['ISO date', 'string io.debezium.time.IsoDate', 'DATE', ['2024-06-01Z'], ['2024-06-01']],
  ['time in milliseconds', 'int32 io.debezium.time.Time', 'TIME', [43_200_001], ['12:00:00.001']],
  ['time in microseconds', 'int64 io.debezium.time.MicroTime', 'TIME', [43_200_000_001], ['12:00:00.000001']],
  [
    'time in nanoseconds',
    'int64 io.debezium.time.NanoTime',
    'VARCHAR',
    [1000, 1001],
    ['00:00:00.000001', '00:00:00.000001001'],
  ],
  ['Connect’s time', 'int32 org.apache.kafka.connect.data.Time', 'TIME', [1], ['00:00:00.001']],
  [
    'timestamp in milliseconds',
    'int64 io.debezium.time.Timestamp',
    'TIMESTAMP',
    [1_717_243_200_001],
    ['2024-06-01 12:00:00.001'],
  ],
  [
    'timestamp in microseconds',
    'int64 io.debezium.time.MicroTimestamp',
    'TIMESTAMP',
    [-1],
    ['1969-12-31 23:59:59.999999'],
  ],
  [
    'timestamp in nanoseconds',
    'int64 io.debezium.time.NanoTimestamp',
    'VARCHAR',
    [1_717_243_200_000_000_000, -1],
    ['2024-06-01T12:00:00.000000', '1969-12-31T23:59:59.999999999'],
  ],
  [
    'Connect’s timestamp',
    'int64 org.apache.kafka.connect.data.Timestamp',
    'TIMESTAMP',
    [1],
    ['1970-01-01 00:00:00.001'],
  ],
  [
    'ISO timestamp',
    'string io.debezium.time.IsoTimestamp',
    'TIMESTAMP',
    ['2024-06-01T12:00:00Z'],
    ['2024-06-01 12:00:00'],
  ],
  [
    'timestamp with zone',
    'string io.debezium.time.ZonedTimestamp',
    'TIMESTAMP WITH TIME ZONE',
    ['2024-06-01T12:00:00.5Z', '2024-06-01T12:00:00+02:00'],
    ['2024-06-01 12:00:00.5+00', '2024-06-01 10:00:00+00'],
  ],
  ['time with zone', 'string io.debezium.time.ZonedTime', 'VARCHAR', ['12:00:00Z'], ['12:00:00Z']],
  ['year', 'int32 io.debezium.time.Year', 'BIGINT', [2024], ['2024']],
  ['duration', 'int64 io.debezium.time.MicroDuration', 'BIGINT', [-5], ['-5']],
  [
    'decimal(10,2)',
    decimal(2, 10),
    'DECIMAL(38,9)',
    [base64(-123n), base64(10n ** 9n), null],
    ['-1.230000000', '10000000.000000000', null],
  ],
  [
    'decimal(60,30)',
    decimal(30, 60),
    'VARCHAR',
    [base64(10n ** 30n), base64(1n)],
    ['1', '0.000000000000000000000000000001'],
  ],
  ['decimal as number', decimal(2, 10), 'DECIMAL(38,9)', [1.25, 3], ['1.250000000', '3.000000000']],
  [
    'decimal of any scale',
    { type: 'struct', name: 'io.debezium.data.VariableScaleDecimal', optional: true, fields: [] },
    'VARCHAR',
    [
      { scale: 3, value: base64(1500n) },
      { scale: 0, value: base64(-7n) },
    ],
    ['1.5', '-7'],
  ],
  [
    'array',
    { type: 'array', items: { type: 'int32' }, optional: true },
    'VARCHAR',
    [[1, 2], []],
    ['[1,2]', '[]'],
  ],
  ['map', { type: 'map', optional: true }, 'VARCHAR', [{ a: 'b' }], ['{"a":"b"}']],
  [
    'point',
    { type: 'struct', name: 'io.debezium.data.geometry.Point', fields: [], optional: true },
    'VARCHAR',
    [{ x: 1, y: 2 }],
    ['{"x":1,"y":2}'],
  ],
]

describe('with the converter’s schema a column has the type that it says:', () => {
  test.each(cases)('%s', async (_name, column, type, values, stored) => {
    const { warehouse, deadLetters } = await landValues(column, values)
    expect(deadLetters).toBe(0)
    expect(await typed(warehouse)).toEqual(stored.map((value) => ({ type, value })))
  })

  test('and numbers of 64 bits are whole', async () => {
    const folder = freshFolder()
    const text = JSON.stringify(wrapped(postgresMessage(1, { after: { v: 0 } }), { v: 'int64' }))
    await writeFiles(folder, { 'item/0.jsonl': text.replace('"v":0', '"v":9007199254740993') })
    const warehouse = await freshWarehouse()
    await landFolder(warehouse, folder)
    expect(await typed(warehouse)).toEqual([{ type: 'BIGINT', value: '9007199254740993' }])
  })

  test('and a column of nothing but NULL is there', async () => {
    const { warehouse } = await landValues('int32 io.debezium.time.Date', [null])
    expect(await typed(warehouse)).toEqual([{ type: 'DATE', value: null }])
  })

  test('MySQL’s TIME is a duration in microseconds, negative and beyond a day', async () => {
    const source = {
      connector: 'mysql',
      file: 'mysql-bin.000003',
      pos: 154,
      row: 0,
      schema: undefined,
      db: 'public',
    }
    const { warehouse } = await landValues(
      'int64 io.debezium.time.MicroTime',
      [-3_600_000_000, 360_000_000_000],
      source,
    )
    expect(await typed(warehouse)).toEqual([
      { type: 'BIGINT', value: '-3600000000' },
      { type: 'BIGINT', value: '360000000000' },
    ])
  })
})

const misfits: readonly (readonly [string, Column, unknown, string])[] = [
  ['a date that no DATE is', 'int32 io.debezium.time.Date', 3_000_000, 'outside 0001-01-01 to 9999-12-31'],
  ['infinity', 'int64 io.debezium.time.MicroTimestamp', 9_223_372_036_825_200_000, ''],
  ['24 o’clock', 'int64 io.debezium.time.MicroTime', 86_400_000_000, 'outside one day'],
  ['a decimal that is not in base64', decimal(2, 10), '12.5', 'base64'],
  ['a text where a number must be', 'int32', 'twelve', 'the column is INT64, the value is a text'],
]

test.each(misfits)('%s becomes a dead letter, never a nearby value', async (_name, column, value, reason) => {
  const { warehouse, deadLetters } = await landValues(column, [value])
  expect(deadLetters).toBe(1)
  const [letter] = await warehouse.query(
    'select "column", reason from "test-project.streamform".dead_letters',
  )
  expect(letter).toEqual({ column: 'payload.v', reason: expect.stringContaining(reason) })
})

test('without the schema values are what JSON says of them', async () => {
  const folder = freshFolder()
  const row = { id: 7, price: base64(125n), day: 19_875, open: true, tags: ['a'] }
  await writeFiles(folder, { 'item/0.jsonl': lines([postgresMessage(1, { after: row })]) })
  const warehouse = await freshWarehouse()
  await landFolder(warehouse, folder)
  expect(await warehouse.query('select payload from "test-project.public_raw".item')).toEqual([
    { payload: { id: '7', price: 'fQ==', day: '19875', open: true, tags: '["a"]' } },
  ])
})

test('a column whose type changes is widened, and a letter that waits lands by its own type', async () => {
  const { retryDeadLetters } = await import('../../../loaders/retry-dead-letters.ts')
  const folder = freshFolder()
  const message = (lsn: number, v: unknown, column: Column) =>
    wrapped(postgresMessage(lsn, { after: { id: lsn, v } }), { id: 'int64', v: column })
  await writeFiles(folder, {
    'item/0.jsonl': lines([message(1, 5, 'int32'), message(2, 'AQ==', 'bytes')]),
    'item/1.jsonl': lines([message(3, base64(150n), decimal(2, 5)), message(4, 'x', 'string')]),
  })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ rows: 3, deadLetters: 1, quarantined: [] })
  expect((await typed(warehouse)).map(({ type, value }) => [type, value]).sort()).toEqual([
    ['VARCHAR', '1.5'],
    ['VARCHAR', '5'],
    ['VARCHAR', 'x'],
  ])
  const again = await retryDeadLetters(
    warehouse.warehouse,
    'test-project',
    [],
    new Date('2024-06-03T00:00:00Z'),
  )
  expect(again.waiting.map(({ reason }) => reason)).toEqual([
    "the raw table's column is STRING, this file has BYTES",
  ])
})

test('a letter keeps the types of its source: retried where its table was made anew, it lands as its file would', async () => {
  const { retryDeadLetters } = await import('../../../loaders/retry-dead-letters.ts')
  const folder = freshFolder()
  const message = (lsn: number, v: unknown, column: Column) =>
    wrapped(postgresMessage(lsn, { after: { day: 19_875, v } }), {
      day: 'int32 io.debezium.time.Date',
      v: column,
    })
  await writeFiles(folder, { 'item/0.jsonl': lines([message(1, 5, 'int32'), message(2, 'YWI=', 'bytes')]) })
  const warehouse = await freshWarehouse()
  expect(await landFolder(warehouse, folder)).toMatchObject({ rows: 1, deadLetters: 1 })
  await warehouse.query('drop table "test-project.public_raw".item')
  const now = new Date('2024-06-03T00:00:00Z')
  expect((await retryDeadLetters(warehouse.warehouse, 'test-project', [], now)).waiting).toEqual([])
  expect(
    await warehouse.query(
      'select typeof(payload.day) as day_type, payload.day, typeof(payload.v) as v_type, payload.v from "test-project.public_raw".item',
    ),
  ).toEqual([{ day_type: 'DATE', day: '2024-06-01', v_type: 'BLOB', v: 'ab' }])
})
