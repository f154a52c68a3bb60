import { expect, test } from 'vitest'
import { type AvroSchema, decimalBytes, writeAvro } from '../../../loaders/avro/write.ts'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from '../fresh-warehouse.ts'
import { lines, postgresMessage, wrapped } from './messages.ts'

const optional = (type: unknown) => ['null', type]

/** As Confluent's Avro converter writes a Connect schema. */
const row = {
  type: 'record',
  name: 'Value',
  namespace: 'shop.public.item',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: optional('string') },
    {
      name: 'day',
      type: optional({ type: 'int', 'connect.version': 1, 'connect.name': 'io.debezium.time.Date' }),
    },
    {
      name: 'price',
      type: optional({
        type: 'bytes',
        scale: 2,
        precision: 10,
        'connect.version': 1,
        'connect.parameters': { scale: '2', 'connect.decimal.precision': '10' },
        'connect.name': 'org.apache.kafka.connect.data.Decimal',
        logicalType: 'decimal',
      }),
    },
    {
      name: 'at',
      type: optional({
        type: 'long',
        'connect.name': 'org.apache.kafka.connect.data.Timestamp',
        logicalType: 'timestamp-millis',
      }),
    },
    {
      name: 'seen',
      type: optional({
        type: 'long',
        'connect.version': 1,
        'connect.name': 'io.debezium.time.MicroTimestamp',
      }),
    },
    {
      name: 'any',
      type: optional({
        type: 'record',
        name: 'VariableScaleDecimal',
        namespace: 'io.debezium.data',
        fields: [
          { name: 'scale', type: 'int' },
          { name: 'value', type: 'bytes' },
        ],
      }),
    },
    { name: 'raw', type: optional('bytes') },
  ],
}

const envelope: AvroSchema = {
  type: 'record',
  name: 'Envelope',
  namespace: 'shop.public.item',
  fields: [
    { name: 'before', type: ['null', row] },
    { name: 'after', type: ['null', 'shop.public.item.Value'] },
    {
      name: 'source',
      type: {
        type: 'record',
        name: 'Source',
        namespace: 'io.debezium.connector.postgresql',
        fields: [
          ...['version', 'connector', 'name'].map((name) => ({ name, type: 'string' })),
          { name: 'ts_ms', type: 'long' },
          { name: 'snapshot', type: optional('string') },
          ...['db', 'schema', 'table'].map((name) => ({ name, type: 'string' })),
          { name: 'txId', type: optional('long') },
          { name: 'lsn', type: optional('long') },
          { name: 'sequence', type: optional('string') },
        ],
      },
    },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: optional('long') },
  ],
}

const values = { id: 1, name: 'pear', day: 19_875, at: 1_717_243_200_001, seen: 1_717_243_200_000_001 }
const avroRow = {
  ...values,
  price: decimalBytes(125n),
  any: { scale: 1, value: decimalBytes(15n) },
  raw: Buffer.from('ab'),
}
const jsonRow = {
  ...values,
  price: decimalBytes(125n).toString('base64'),
  any: { scale: 1, value: decimalBytes(15n).toString('base64') },
  raw: Buffer.from('ab').toString('base64'),
}
const columns = {
  id: 'int64',
  name: 'string',
  day: 'int32 io.debezium.time.Date',
  price: {
    type: 'bytes',
    name: 'org.apache.kafka.connect.data.Decimal',
    parameters: { scale: '2', 'connect.decimal.precision': '10' },
  },
  at: 'int64 org.apache.kafka.connect.data.Timestamp',
  seen: 'int64 io.debezium.time.MicroTimestamp',
  any: { type: 'struct', name: 'io.debezium.data.VariableScaleDecimal', fields: [] },
  raw: 'bytes',
}

const landOne = async (name: string, content: string | Uint8Array) => {
  const folder = freshFolder()
  await writeFiles(folder, { [`item/${name}`]: content })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: 1, rows: 2, deadLetters: 0, quarantined: [], skipped: [] })
  return warehouse.query(
    'select * exclude (_file, _loaded_at) from "test-project.public_raw".item order by _row',
  )
}

test('messages in Avro land as the same messages in JSON do, to the last column', async () => {
  const messages = (after: unknown) => [
    postgresMessage(10, { after: after as Record<string, unknown>, source: { xmin: undefined } }),
    postgresMessage(11, { op: 'd', before: after as Record<string, unknown>, source: { xmin: undefined } }),
  ]
  const avro = await landOne('0.avro', writeAvro(envelope, messages(avroRow), { codec: 'deflate' }))
  const json = await landOne('0.jsonl', lines(messages(jsonRow).map((message) => wrapped(message, columns))))
  expect(avro).toEqual(json)
  expect(avro[0]?.['payload']).toEqual({
    id: '1',
    name: 'pear',
    day: '2024-06-01',
    price: '1.250000000',
    at: '2024-06-01 12:00:00.001',
    seen: '2024-06-01 12:00:00.000001',
    any: '1.5',
    raw: 'ab',
  })
})

test('a sink’s records in Avro tell the key, and tombstones are counted', async () => {
  const record: AvroSchema = {
    type: 'record',
    name: 'connector_records',
    fields: [
      { name: 'key', type: { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'long' }] } },
      { name: 'value', type: ['null', envelope] },
      { name: 'offset', type: 'long' },
    ],
  }
  const folder = freshFolder()
  const message = postgresMessage(10, { after: avroRow })
  const records = [
    { key: { id: 1 }, value: message, offset: 1 },
    { key: { id: 1 }, value: null, offset: 2 },
  ]
  await writeFiles(folder, { 'item/0.avro': writeAvro(record, records) })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ rows: 1, ignored: 1, deadLetters: 0, quarantined: [] })
  const rows = await warehouse.query(
    'select source_metadata.primary_keys as keys, payload.day from "test-project.public_raw".item',
  )
  expect(rows).toEqual([{ keys: ['id'], day: '2024-06-01' }])
})

test('a block that is cut short quarantines the file, and none of its events land', async () => {
  const whole = writeAvro(envelope, [postgresMessage(10, { after: avroRow })])
  const folder = freshFolder()
  await writeFiles(folder, { 'item/0.avro': whole.subarray(0, whole.length - 30) })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: 0, rows: 0 })
  expect(report.quarantined).toHaveLength(1)
})

test('of a damaged file what can be read is salvaged, and what cannot is told', async () => {
  const blocks = [10, 11, 12].map((lsn) =>
    writeAvro(envelope, [postgresMessage(lsn, { after: avroRow })], { sync: Buffer.alloc(16, 7) }),
  )
  const headerSize = writeAvro(envelope, [], { sync: Buffer.alloc(16, 7) }).length
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = blocks
  const broken = Buffer.from(second.subarray(headerSize))
  broken.fill(0xff, 8, 40)
  const whole = Buffer.concat([first, broken, third.subarray(headerSize)])
  const folder = freshFolder()
  await writeFiles(folder, { 'item/0.avro': whole })
  const warehouse = await freshWarehouse()
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 0, rows: 0, quarantined: [{}] })
  const { forgetFiles } = await import('../../../loaders/files.ts')
  await forgetFiles(warehouse.warehouse, [], 'quarantined', new Date('2024-06-03T00:00:00Z'))
  const report = await landFolder(warehouse, folder, { salvage: true })
  expect(report).toMatchObject({ landed: 1, quarantined: [] })
  expect(report.rows).toBeGreaterThanOrEqual(1)
  expect(report.deadLetters).toBeGreaterThanOrEqual(1)
})
