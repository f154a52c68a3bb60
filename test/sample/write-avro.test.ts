import { inflateRaw } from 'node:zlib'
import fc from 'fast-check'
import snappy from 'snappyjs'
import { describe, expect, test } from 'vitest'
import { avroName, decimalBytes, writeAvro } from '../../loaders/avro/write.ts'
import { readAvro } from './read-stream.ts'

const schema = {
  type: 'record',
  name: 'r',
  fields: [
    { name: 'keys', type: { type: 'array', items: ['string', 'long'] } },
    { name: 'big', type: ['null', 'long'], default: null },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
    { name: 'price', type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 1 }] },
    { name: 'shape', type: { type: 'null', logicalType: 'unsupported' } },
    { name: 'doc', type: ['null', { type: 'string', logicalType: 'json' }] },
  ],
}
const rows = [
  {
    keys: [1, 'a', 2n ** 60n],
    big: -(2n ** 63n),
    at: 253_402_300_799_999_999n,
    price: decimalBytes(-129n),
    shape: null,
    doc: '{"ä": "😀"}',
  },
  { keys: [], big: null, at: null, price: null, shape: null, doc: null },
  { keys: ['mysql-bin.000131'], big: 2n ** 63n - 1n, at: -1n, price: decimalBytes(0n), shape: null, doc: '' },
]
const read = [{ ...rows[0], keys: [1n, 'a', 2n ** 60n] }, rows[1], { ...rows[2] }]
const codecs = {
  deflate: (data: Buffer, done: (error: Error | null, data?: Buffer) => void) => inflateRaw(data, done),
  snappy: (data: Buffer, done: (error: Error | null, data?: Buffer) => void) =>
    done(null, Buffer.from(snappy.uncompress(data.subarray(0, -4)))),
}

describe('an Avro file', () => {
  for (const codec of ['none', 'null', 'deflate', 'snappy'] as const) {
    test(`is read back by another reader, codec ${codec}, one block or several`, async () => {
      for (const blockRows of [1, 2, 100]) {
        const { records, metadata } = await readAvro(writeAvro(schema, rows, { codec, blockRows }), codecs)
        expect(records).toEqual(read)
        expect(Object.keys(metadata)).toEqual(
          codec === 'none' ? ['avro.schema'] : ['avro.schema', 'avro.codec'],
        )
      }
    })
  }

  test('without rows has a header and no block', async () => {
    expect((await readAvro(writeAvro(schema, []))).records).toEqual([])
  })

  test('is the same for the same rows and another for others', () => {
    expect(writeAvro(schema, rows)).toEqual(writeAvro(schema, rows))
    expect(writeAvro(schema, rows)).not.toEqual(writeAvro(schema, rows.slice(1)))
  })

  test('is refused for a row that does not fit its schema', () => {
    expect(() => writeAvro(schema, [{ ...rows[0], big: 1.5 }])).toThrow('invalid')
    expect(() => writeAvro(schema, [{ ...rows[0], doc: 1 }])).toThrow('invalid')
  })
})

test('a decimal takes as few bytes as hold its sign, whatever its size', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }), (value) => {
      const bytes = decimalBytes(value)
      const back = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
      expect(back).toBe(value)
      if (bytes.length > 1) expect(BigInt.asIntN((bytes.length - 1) * 8, value)).not.toBe(value)
    }),
  )
  expect([0n, 127n, 128n, -128n, -129n].map((value) => decimalBytes(value).toString('hex'))).toEqual([
    '00',
    '7f',
    '0080',
    '80',
    'ff7f',
  ])
})

test('a name keeps what Avro allows and no more', () => {
  expect(['ea-main_alltypes', 'Straße', '1st', ''].map(avroName)).toEqual([
    'ea_main_alltypes',
    'Stra_e',
    '_1st',
    '_',
  ])
})
