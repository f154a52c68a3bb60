import fc from 'fast-check'

/** An Avro type as a writer schema has it, and values of it: ordinary ones, limits, and some that fit no column. */
export interface TypeAndValues {
  readonly name: string
  readonly type: unknown
  readonly values: readonly unknown[]
}

const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const record = (name: string, fields: Readonly<Record<string, unknown>>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})
const micros = logical('long', 'timestamp-micros')
const list = {
  type: 'record',
  name: 'multidimensionalArray_v',
  fields: [
    { name: 'nestedArray', type: ['null', { type: 'array', items: 'multidimensionalArray_v' }] },
    { name: 'elementValue', type: ['null', 'bytes'] },
  ],
}
const element = (elementValue: unknown) => ({ nestedArray: null, elementValue })

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value))
const text = fc.string({ unit: 'binary', maxLength: 12 })

const kinds: Readonly<Record<string, readonly [type: unknown, values: fc.Arbitrary<unknown>]>> = {
  boolean: ['boolean', fc.boolean()],
  int: ['int', fc.integer()],
  long: ['long', int64],
  float: ['float', fc.float({ noNaN: true }).map(Math.fround)],
  double: ['double', fc.double()],
  string: ['string', text],
  bytes: ['bytes', bytes],
  fixed: [{ type: 'fixed', name: 'f', size: 3 }, fc.constant(Buffer.from([0, 255, 10]))],
  enum: [{ type: 'enum', name: 'e', symbols: ['A', 'B'] }, fc.constantFrom('A', 'B')],
  number: [logical('string', 'number'), fc.constantFrom('18446744073709551615', '1.10', '-0')],
  json: [
    logical('string', 'json'),
    fc.oneof(fc.json(), fc.constantFrom('{"a": 1.10}', '{"a":1e400,"b":[0.10]}', '"x"', 'no json', '[1,2]')),
  ],
  varchar2020: [
    record('varchar', { value: 'string', length: 'int' }),
    text.map((value) => ({ value, length: 35 })),
  ],
  numeric: [
    logical('bytes', 'decimal', { precision: 20, scale: 5 }),
    fc.constantFrom(Buffer.from([4, 210]), Buffer.from([255]), Buffer.alloc(0), Buffer.from([0, 128])),
  ],
  decimal: [logical('bytes', 'decimal', { precision: 65, scale: 30 }), bytes],
  date: [logical('int', 'date'), fc.integer({ min: -719_162, max: 2_932_896 })],
  anyDate: [logical('int', 'date'), fc.integer({ min: -1_000_000, max: 4_000_000 })],
  time: [logical('long', 'time-micros'), fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  millis: [logical('int', 'time-millis'), fc.integer({ min: 0, max: 86_399_999 })],
  interval: [logical('long', 'time-interval-micros'), int64],
  timestamp: [micros, fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })],
  anyTimestamp: [micros, int64],
  local: [logical('long', 'local-timestamp-micros'), fc.bigInt({ min: 0n, max: 10n ** 15n })],
  timestampTz: [
    record('timestampTz', { timestamp: micros, offset: logical('int', 'time-millis') }),
    fc.record({
      timestamp: fc.bigInt({ min: 0n, max: 10n ** 15n }),
      offset: fc.integer({ min: -5e7, max: 5e7 }),
    }),
  ],
  datetime: [
    record('datetime', { date: logical('int', 'date'), time: logical('long', 'time-micros') }),
    fc.record({
      date: fc.integer({ min: 0, max: 20_000 }),
      time: fc.bigInt({ min: 0n, max: 86_399_999_999n }),
    }),
  ],
  months: [
    record('interval', { months: 'int', hours: 'int', micros: 'long' }),
    fc.record({ months: fc.integer(), hours: fc.integer(), micros: int64 }),
  ],
  geometry: [
    record('geometry', { value: 'bytes', srid: 'int', type: 'string' }),
    fc.record({ value: bytes, srid: fc.integer(), type: text }),
  ],
  other: [
    record('other', { a: ['null', 'long'], b: logical('int', 'date'), c: 'bytes' }),
    fc.record({ a: fc.option(int64), b: fc.integer({ min: 0, max: 20_000 }), c: bytes }),
  ],
  postgresArray: [
    list,
    fc.array(fc.option(bytes), { maxLength: 4 }).map((items) => ({
      nestedArray: items.map(element),
      elementValue: null,
    })),
  ],
  array: [{ type: 'array', items: 'long' }, fc.array(int64, { maxLength: 3 })],
  map: [{ type: 'map', values: 'double' }, fc.dictionary(text, fc.double({ noNaN: true }), { maxKeys: 3 })],
}

/** One of them, with a few values of which some are null. */
export const typesAndValues: fc.Arbitrary<TypeAndValues> = fc
  .constantFrom(...Object.keys(kinds))
  .chain((name) => {
    const [type, value] = kinds[name] ?? ['int', fc.integer()]
    return fc.record({
      name: fc.constant(name),
      type: fc.constant(type),
      values: fc.array(fc.option(value, { freq: 5 }), { minLength: 1, maxLength: 4 }),
    })
  })
