import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import snappy from 'snappyjs'
import { ContainerReader } from '../../loaders/avro/container.ts'
import { writeAvro } from '../../loaders/avro/write.ts'
import { mysqlEvent, mysqlSchema } from '../loaders/events.ts'

/** One file as a fuzzer makes it: a good one, changed at one level, packed again so that the change gets there. */
export interface FuzzInput {
  readonly base: number
  readonly format: 'avro' | 'json'
  /** What is changed: whole numbers of the container, the writer schema, uncompressed values, or the packed file. */
  readonly level: 'count' | 'schema' | 'values' | 'file'
  readonly edits: readonly Edit[]
  readonly codec: 'none' | 'null' | 'deflate' | 'snappy'
  readonly gzip: boolean
}

interface Edit {
  readonly kind: 'flip' | 'set' | 'insert' | 'delete' | 'repeat' | 'cut' | 'number' | 'word'
  /** Where, as a fraction of the length in 65,536ths. */
  readonly at: number
  readonly size: number
  readonly byte: number
  readonly pick: number
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'delete', 'repeat', 'cut', 'number', 'word'),
  at: fc.nat(65_535),
  size: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 })),
  byte: fc.nat(255),
  pick: fc.nat(1000),
})

export const fuzzInput: fc.Arbitrary<FuzzInput> = fc.record({
  base: fc.nat(1000),
  format: fc.constantFrom('avro', 'avro', 'avro', 'json'),
  level: fc.constantFrom('values', 'values', 'schema', 'schema', 'file', 'count'),
  edits: fc.array(edit, { maxLength: 5 }),
  codec: fc.constantFrom('none', 'none', 'null', 'deflate', 'snappy'),
  gzip: fc.boolean(),
})

const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const array = {
  type: 'record',
  name: 'multidimensionalArray_v',
  fields: [
    { name: 'nestedArray', type: ['null', { type: 'array', items: 'multidimensionalArray_v' }] },
    { name: 'elementValue', type: ['null', 'string'] },
  ],
}
const record = (name: string, fields: Readonly<Record<string, unknown>>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})
const micros = logical('long', 'timestamp-micros')

/** Types of the payload, and values of each. */
const types: readonly (readonly [type: unknown, ...values: unknown[]])[] = [
  ['int', 0, -1, 2_147_483_647],
  ['long', 9_007_199_254_740_993n, -(2n ** 63n), 0],
  ['boolean', true, false],
  ['float', 1.5, Number.NaN],
  ['double', 1e300, Number.NEGATIVE_INFINITY, -0],
  ['string', '', 'Zoë 😀', 'x'.repeat(300)],
  ['bytes', Buffer.from([0, 255]), Buffer.alloc(0)],
  [
    logical('bytes', 'decimal', { precision: 10, scale: 2 }),
    Buffer.from([4, 210]),
    Buffer.alloc(0),
    Buffer.alloc(20, 127),
  ],
  [logical('bytes', 'decimal', { precision: 65, scale: 30 }), Buffer.alloc(27, 3)],
  [logical('string', 'json'), '{"a":[1,null]}', 'none', '1e400'],
  [logical('string', 'number'), '18446744073709551615'],
  [logical('int', 'date'), 19_000, -719_163, 3_000_000],
  [logical('long', 'time-micros'), 1, 86_400_000_000],
  [logical('long', 'time-interval-micros'), -1, 10n ** 15n],
  [micros, -1, 2n ** 62n],
  [logical('long', 'timestamp-millis'), 0, 10n ** 17n],
  [
    record('timestampTz', { timestamp: micros, offset: logical('int', 'time-millis') }),
    { timestamp: 1, offset: -3_600_000 },
  ],
  [record('interval', { months: 'int', hours: 'int', micros: 'long' }), { months: -1, hours: 5, micros: 7 }],
  [
    array,
    {
      nestedArray: [
        { nestedArray: null, elementValue: 'x' },
        { nestedArray: null, elementValue: null },
      ],
      elementValue: null,
    },
  ],
  [{ type: 'array', items: 'null' }, [null, null]],
  [{ type: 'map', values: 'string' }, { k: 'v' }],
  [{ type: 'enum', name: 'e', symbols: ['A', 'B'] }, 'B'],
  [{ type: 'fixed', name: 'f', size: 3 }, Buffer.from('abc')],
]

interface Base {
  readonly schema: string
  readonly count: number
  readonly values: Buffer
  readonly json: Buffer
}

const bases = Array.from({ length: 60 }, (_, number) => makeBase(number))

/** A good file with one to six columns, each of them of another type. */
function makeBase(number: number): Base {
  const own = Array.from(
    { length: 1 + (number % 6) },
    (_, at) => types[(number * 7 + at * 5) % types.length] ?? types[0],
  )
  // A named type may stand once in a schema.
  const chosen = own.filter((each, at) => own.indexOf(each) === at).filter((each) => each !== undefined)
  const fields = chosen.map(([type], at) => ({ name: `c${at}`, type }))
  const rows = Array.from({ length: 1 + (number % 4) }, (_, row) => {
    const payload = chosen.map(
      ([, ...values], at) => [`c${at}`, row === 1 ? null : values[row % values.length]] as const,
    )
    return mysqlEvent(row + 1, Object.fromEntries(payload))
  })
  const container = new ContainerReader()
  const [block] = container.push(writeAvro(mysqlSchema(fields), rows))
  if (block === undefined) throw new Error('a base has a block')
  const plain = (_key: string, value: unknown) =>
    typeof value === 'bigint'
      ? Number(value)
      : value instanceof Uint8Array
        ? Buffer.from(value).toString('base64')
        : value
  return {
    schema: container.header?.schema ?? '',
    count: block.count,
    values: Buffer.from(block.data),
    json: Buffer.from(rows.map((row) => JSON.stringify(row, plain)).join('\n')),
  }
}

/** The file's bytes. */
export function fileOf(input: FuzzInput): Buffer {
  const base = bases[input.base % bases.length] as Base
  const changed = (level: FuzzInput['level'], bytes: Buffer) =>
    input.level === level ? input.edits.reduce(edited, bytes) : bytes
  const packed =
    input.format === 'json'
      ? changed('values', base.json)
      : container({
          schema: changed('schema', Buffer.from(base.schema)),
          values: changed('values', base.values),
          count: input.level === 'count' ? pickNumber(input.edits[0]?.pick ?? 0) : BigInt(base.count),
          size:
            input.level === 'count' && input.edits.length > 1
              ? pickNumber(input.edits[1]?.pick ?? 0)
              : undefined,
          codec: input.codec,
        })
  const file = changed('file', packed)
  return input.gzip
    ? input.level === 'file'
      ? edited(gzipSync(packed), input.edits[0])
      : gzipSync(file)
    : file
}

const numbers = [
  0n,
  -1n,
  1n,
  2n,
  2n ** 31n,
  2n ** 40n,
  2n ** 53n + 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  65_537n,
  -2n,
]
const pickNumber = (pick: number): bigint => numbers[pick % numbers.length] as bigint

const words = [
  '"int"',
  '"long"',
  '"string"',
  '"bytes"',
  '"null"',
  '"boolean"',
  '"double"',
  '["null","int"]',
  '{"type":"array","items":"null"}',
  '{"type":"fixed","name":"q","size":2147483648}',
  '{"type":"bytes","logicalType":"decimal","precision":-1,"scale":99}',
  '"payload"',
  '"source_metadata"',
  '__proto__',
  'constructor',
  'toString',
  '\\u0000',
  '"; drop table x; --',
  '../..',
  '\u202e',
]

function edited(bytes: Buffer, change: Edit | undefined): Buffer {
  if (change === undefined) return bytes
  const at = Math.floor((change.at / 65_536) * (bytes.length + 1))
  const end = Math.min(bytes.length, at + change.size)
  const between = (middle: Uint8Array, after = at) =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(after)])
  switch (change.kind) {
    case 'flip':
      return at < bytes.length
        ? between(Buffer.from([(bytes[at] as number) ^ (1 << (change.byte & 7))]), at + 1)
        : bytes
    case 'set':
      return at < bytes.length ? between(Buffer.from([change.byte]), at + 1) : bytes
    case 'insert':
      return between(Buffer.alloc(change.size, change.byte))
    case 'delete':
      return between(Buffer.alloc(0), end)
    case 'repeat':
      return between(bytes.subarray(at, end))
    case 'cut':
      return bytes.subarray(0, at)
    case 'number':
      return between(varint(pickNumber(change.pick)), Math.min(bytes.length, at + 1))
    case 'word':
      return between(Buffer.from(words[change.pick % words.length] as string), change.byte & 1 ? end : at)
  }
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

interface Container {
  readonly schema: Buffer
  readonly values: Buffer
  readonly count: bigint
  readonly size: bigint | undefined
  readonly codec: FuzzInput['codec']
}

function container({ schema, values, count, size, codec }: Container): Buffer {
  const entries = [
    ['avro.schema', schema],
    ...(codec === 'none' ? [] : [['avro.codec', Buffer.from(codec)]]),
  ] as const
  const data = compressed(values, codec)
  const sync = Buffer.alloc(16, 7)
  return Buffer.concat([
    Buffer.from('Obj\u0001', 'latin1'),
    varint(BigInt(entries.length)),
    ...entries.flatMap(([key, value]) => [
      varint(BigInt(String(key).length)),
      Buffer.from(String(key)),
      varint(BigInt((value as Buffer).length)),
      value as Buffer,
    ]),
    varint(0n),
    sync,
    varint(count),
    varint(size ?? BigInt(data.length)),
    data,
    sync,
  ])
}

function compressed(values: Buffer, codec: FuzzInput['codec']): Buffer {
  if (codec === 'deflate') return deflateRawSync(values)
  if (codec !== 'snappy') return values
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(values))
  return Buffer.concat([Buffer.from(snappy.compress(values)), sum])
}
