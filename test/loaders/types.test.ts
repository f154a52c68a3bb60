import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { outOfRange } from '../../loaders/avro/out-of-range.ts'
import { decimalBytes, writeAvro } from '../../loaders/avro/write.ts'
import { mysqlEvent, mysqlFile, mysqlSchema } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, type TestWarehouse, writeFiles } from './fresh-warehouse.ts'

async function landOne(content: Uint8Array | string, name = 'a.avro'): Promise<TestWarehouse> {
  const folder = freshFolder()
  await writeFiles(folder, { [name]: content })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report.quarantined).toEqual([])
  return warehouse
}

const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const record = (name: string, fields: Record<string, unknown>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})

describe('a value of every type lands as it is:', () => {
  const array = {
    type: 'record',
    name: 'multidimensionalArray_a',
    fields: [
      {
        name: 'nestedArray',
        type: ['null', { type: 'array', items: 'multidimensionalArray_a' }],
        default: null,
      },
      { name: 'elementValue', type: ['null', 'int'], default: null },
    ],
  }
  const element = (value: unknown) => ({ nestedArray: null, elementValue: value })
  const list = (...items: unknown[]) => ({ nestedArray: items, elementValue: null })
  const cases: readonly (readonly [
    what: string,
    type: unknown,
    value: unknown,
    duckDbType: string,
    landed: unknown,
  ])[] = [
    ['boolean', 'boolean', true, 'BOOLEAN', true],
    ['int', 'int', -2147483648, 'BIGINT', '-2147483648'],
    ['long beyond 2^53', 'long', 9007199254740993n, 'BIGINT', '9007199254740993'],
    ['the least long', 'long', -(2n ** 63n), 'BIGINT', '-9223372036854775808'],
    ['the greatest long', 'long', 2n ** 63n - 1n, 'BIGINT', '9223372036854775807'],
    ['float, widened exactly', 'float', 1.2000000476837158, 'DOUBLE', 1.2000000476837158],
    ['double', 'double', -5e-324, 'DOUBLE', -5e-324],
    ['empty text', 'string', '', 'VARCHAR', ''],
    ['text', 'string', 'Zoë 😀 \u0000 "', 'VARCHAR', 'Zoë 😀 \u0000 "'],
    ['long text', 'string', 'ä'.repeat(5000), 'VARCHAR', 'ä'.repeat(5000)],
    ['varchar(n)', logical('string', 'varchar', { length: 5 }), 'abc', 'VARCHAR', 'abc'],
    ['number', logical('string', 'number'), '18446744073709551615', 'VARCHAR', '18446744073709551615'],
    ['json, as delivered', logical('string', 'json'), '{"a": 1.10}', 'VARCHAR', '{"a": 1.10}'],
    ['enum', { type: 'enum', name: 'e', symbols: ['A', 'B'] }, 'B', 'VARCHAR', 'B'],
    ['bytes', 'bytes', Buffer.from([0, 255, 65]), 'BLOB', '\\x00\\xFFA'],
    ['fixed', { type: 'fixed', name: 'f', size: 2 }, Buffer.from([1, 2]), 'BLOB', '\\x01\\x02'],
    [
      'decimal(10,2)',
      logical('bytes', 'decimal', { precision: 10, scale: 2 }),
      decimalBytes(-12345n),
      'DECIMAL(38,9)',
      '-123.450000000',
    ],
    [
      'decimal(38,9)',
      logical('bytes', 'decimal', { precision: 38, scale: 9 }),
      decimalBytes(10n ** 38n - 1n),
      'DECIMAL(38,9)',
      '99999999999999999999999999999.999999999',
    ],
    [
      'the least decimal(38,9)',
      logical('bytes', 'decimal', { precision: 38, scale: 9 }),
      decimalBytes(1n - 10n ** 38n),
      'DECIMAL(38,9)',
      '-99999999999999999999999999999.999999999',
    ],
    [
      'decimal(65,30), as exact text',
      logical('bytes', 'decimal', { precision: 65, scale: 30 }),
      decimalBytes(123456789012345678901234567890123456789n),
      'VARCHAR',
      '123456789.012345678901234567890123456789',
    ],
    [
      'decimal(40,0), as exact text',
      logical('bytes', 'decimal', { precision: 40, scale: 0 }),
      decimalBytes(-(10n ** 39n)),
      'VARCHAR',
      `-1${'0'.repeat(39)}`,
    ],
    ['date', logical('int', 'date'), -719162, 'DATE', '0001-01-01'],
    ['time-micros', logical('long', 'time-micros'), 86399999999n, 'TIME', '23:59:59.999999'],
    ['time-millis', logical('int', 'time-millis'), 1001, 'TIME', '00:00:01.001'],
    [
      'timestamp-micros',
      logical('long', 'timestamp-micros'),
      1717200000123456n,
      'TIMESTAMP WITH TIME ZONE',
      '2024-06-01 00:00:00.123456+00',
    ],
    [
      'timestamp before 1970',
      logical('long', 'timestamp-micros'),
      -1n,
      'TIMESTAMP WITH TIME ZONE',
      '1969-12-31 23:59:59.999999+00',
    ],
    [
      'the first timestamp',
      logical('long', 'timestamp-micros'),
      -62135596800000000n,
      'TIMESTAMP WITH TIME ZONE',
      '0001-01-01 00:00:00+00',
    ],
    [
      'the last timestamp',
      logical('long', 'timestamp-micros'),
      253402300799999999n,
      'TIMESTAMP WITH TIME ZONE',
      '9999-12-31 23:59:59.999999+00',
    ],
    [
      'timestamp-millis',
      logical('long', 'timestamp-millis'),
      -1n,
      'TIMESTAMP WITH TIME ZONE',
      '1969-12-31 23:59:59.999+00',
    ],
    [
      'local timestamp',
      logical('long', 'local-timestamp-micros'),
      1n,
      'TIMESTAMP',
      '1970-01-01 00:00:00.000001',
    ],
    [
      'a negative interval beyond 24 hours',
      logical('long', 'time-interval-micros'),
      -3020399000000n,
      'BIGINT',
      '-3020399000000',
    ],
    [
      'datetime',
      record('datetime', { date: logical('int', 'date'), time: logical('long', 'time-micros') }),
      { date: 0, time: 1n },
      'STRUCT(date DATE, "time" TIME)',
      { date: '1970-01-01', time: '00:00:00.000001' },
    ],
    [
      'timestampTz',
      record('timestampTz', {
        timestamp: logical('long', 'timestamp-micros'),
        offset: logical('int', 'time-millis'),
      }),
      { timestamp: 0n, offset: -3600000 },
      'STRUCT("timestamp" TIMESTAMP WITH TIME ZONE, "offset" BIGINT)',
      { timestamp: '1970-01-01 00:00:00+00', offset: '-3600000' },
    ],
    [
      'timeTz',
      record('timeTz', { time: logical('long', 'time-micros'), offset: logical('int', 'time-millis') }),
      { time: 0n, offset: 3600000 },
      'STRUCT("time" TIME, "offset" BIGINT)',
      { time: '00:00:00', offset: '3600000' },
    ],
    [
      'interval',
      record('interval', { months: 'int', hours: 'int', micros: 'long' }),
      { months: -1, hours: 2, micros: 3n },
      'STRUCT("months" BIGINT, "hours" BIGINT, micros BIGINT)',
      { months: '-1', hours: '2', micros: '3' },
    ],
    [
      'geometry',
      record('geometry', { value: 'bytes', srid: 'int', type: 'string' }),
      { value: Buffer.from('A'), srid: 4326, type: 'POINT' },
      'STRUCT("value" BLOB, srid BIGINT, "type" VARCHAR)',
      { value: 'A', srid: '4326', type: 'POINT' },
    ],
    [
      'varchar of 2020',
      record('varchar', { value: 'string', length: 'int' }),
      { value: 'abc', length: 20 },
      'VARCHAR',
      'abc',
    ],
    ['a PostgreSQL array', array, list(element(1), element(null), element(-3)), 'VARCHAR', '[1,null,-3]'],
    [
      'a PostgreSQL array of arrays',
      array,
      list(list(element(1), element(2)), list(element(3))),
      'VARCHAR',
      '[[1,2],[3]]',
    ],
    ['an empty PostgreSQL array', array, list(), 'VARCHAR', '[]'],
    [
      'a record without a meaning',
      record('other', { a: 'long', b: logical('int', 'date') }),
      { a: 2n ** 60n, b: 0 },
      'VARCHAR',
      '{"a":1152921504606846976,"b":"1970-01-01"}',
    ],
    ['an array', { type: 'array', items: 'string' }, ['x', ''], 'VARCHAR', '["x",""]'],
    ['a map', { type: 'map', values: 'int' }, { k: 1 }, 'VARCHAR', '{"k":1}'],
  ]
  test.each(cases)('%s', async (_what, type, value, duckDbType, landed) => {
    const warehouse = await landOne(
      mysqlFile([{ name: 'v', type }], [{ v: value }, { v: null }, { v: value }]),
    )
    const rows = await warehouse.query(
      `select payload.v as v, typeof(payload.v) as type from "test-project.shop_raw".item order by _row`,
    )
    expect(rows).toEqual([
      { v: landed, type: duckDbType },
      { v: null, type: duckDbType },
      { v: landed, type: duckDbType },
    ])
    warehouse.close()
  })

  test('unsupported, which is always null', async () => {
    const schema = mysqlSchema([]) as { fields: { name: string; type: { fields: unknown[] } }[] }
    schema.fields.at(-1)?.type.fields.push({ name: 'v', type: logical('null', 'unsupported') })
    const warehouse = await landOne(writeAvro(schema as never, [mysqlEvent(1, { v: null })]))
    expect(await warehouse.query(`select payload from "test-project.shop_raw".item`)).toEqual([
      { payload: { v: null } },
    ])
    warehouse.close()
  })
})

describe('a value that does not fit becomes a dead letter, and the rows around it land:', () => {
  const cases: readonly (readonly [what: string, type: unknown, value: unknown, reason: string])[] = [
    [
      'a timestamp after year 9999',
      logical('long', 'timestamp-micros'),
      253402300800000000n,
      outOfRange.timestamp,
    ],
    ['infinity', logical('long', 'timestamp-micros'), 9223372036825200000n, outOfRange.timestamp],
    ['minus infinity', logical('long', 'timestamp-micros'), -9223372036832400000n, outOfRange.timestamp],
    ['a millisecond beyond', logical('long', 'timestamp-millis'), 253402300800000n, outOfRange.timestamp],
    ['a date beyond', logical('int', 'date'), 2932897, outOfRange.date],
    ['a time of 24:00', logical('long', 'time-micros'), 86400000000n, outOfRange.time],
    [
      'a decimal wider than it says',
      logical('bytes', 'decimal', { precision: 38, scale: 9 }),
      decimalBytes(10n ** 38n),
      outOfRange.numeric,
    ],
  ]
  test.each(cases)('%s', async (_what, type, value, reason) => {
    const fields = [
      { name: 'id', type: 'int' },
      { name: 'v', type },
      { name: 'w', type: 'string' },
    ]
    const warehouse = await landOne(
      mysqlFile(fields, [
        { id: 1, v: null, w: 'before' },
        { id: 2, v: value, w: 'it' },
        { id: 3, v: null, w: 'after' },
      ]),
    )
    expect(
      await warehouse.query(
        `select _row, payload.id, payload.w from "test-project.shop_raw".item order by _row`,
      ),
    ).toEqual([
      { _row: '0', id: '1', w: 'before' },
      { _row: '2', id: '3', w: 'after' },
    ])
    const letters = await warehouse.query(
      `select file, "row", raw_table, "column", reason, event from "test-project.streamform".dead_letters`,
    )
    expect(letters).toEqual([
      {
        file: 'a.avro',
        row: '1',
        raw_table: 'shop_raw.item',
        column: 'payload.v',
        reason,
        event: expect.any(String),
      },
    ])
    const event = JSON.parse(String(letters[0]?.['event'])) as {
      uuid: string
      payload: unknown
      source_timestamp: string
    }
    expect(event).toMatchObject({
      uuid: '00000000-0000-0000-0000-000000000002',
      source_timestamp: '2024-06-01T00:00:02.000000Z',
      payload: { id: 2, w: 'it' },
    })
    expect(await warehouse.query(`select rows, dead_letters from "test-project.streamform".files`)).toEqual([
      { rows: '2', dead_letters: '1' },
    ])
    warehouse.close()
  })

  test('text that is not UTF-8, its bytes kept', async () => {
    const fields = [
      { name: 'v', type: 'string' },
      { name: 'w', type: 'string' },
    ]
    const file = mysqlFile(fields, [
      { v: 'QQQQ', w: 'é' },
      { v: 'ok', w: 'é' },
    ])
    const at = file.indexOf('QQQQ')
    // The first half of a character here, whose second half would begin the next text.
    file.set([0x41, 0x42, 0x43, 0xc3], at)
    const warehouse = await landOne(file)
    expect(await warehouse.query(`select payload from "test-project.shop_raw".item`)).toEqual([
      { payload: { v: 'ok', w: 'é' } },
    ])
    const [letter] = await warehouse.query(
      `select "column", reason, event from "test-project.streamform".dead_letters`,
    )
    expect(letter).toMatchObject({ column: 'payload.v', reason: 'the text is not UTF-8' })
    expect(JSON.parse(String(letter?.['event']))).toMatchObject({
      payload: { v: { invalid_utf8_base64: 'QUJDww==' }, w: 'é' },
    })
    warehouse.close()
  })

  test('more of them than allowed stop the run, and nothing of its transaction lands', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, {
      'a.avro': mysqlFile(
        [{ name: 'v', type: logical('int', 'date') }],
        [{ v: 9999999 }, { v: 9999999 }, { v: 1 }],
      ),
    })
    await expect(landFolder(warehouse, folder, { maxDeadLetters: 1 })).rejects.toThrow(
      `2 events do not fit, where 1 are allowed; the last: ${outOfRange.date}`,
    )
    expect(await warehouse.query(`select * from "test-project.streamform".files`)).toEqual([])
    expect(await landFolder(warehouse, folder, { maxDeadLetters: 2 })).toMatchObject({
      rows: 1,
      deadLetters: 2,
    })
    warehouse.close()
  })
})

describe('files land alike', () => {
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ]
  const payloads = Array.from({ length: 50 }, (_, index) => ({ id: index, name: `name ${index % 7}` }))
  const expected = payloads.map(({ id, name }) => ({ id: String(id), name }))
  test.each([
    ['without a codec, in one block', mysqlFile(fields, payloads)],
    ['with the codec named null', mysqlFile(fields, payloads, { codec: 'null' })],
    ['deflated', mysqlFile(fields, payloads, { codec: 'deflate', blockRows: 7 })],
    ['with snappy', mysqlFile(fields, payloads, { codec: 'snappy', blockRows: 7 })],
    ['in several blocks', mysqlFile(fields, payloads, { blockRows: 3 })],
    ['in gzip, whatever the name says', gzipSync(mysqlFile(fields, payloads, { blockRows: 3 }))],
    [
      'as JSON lines',
      payloads.map((payload, index) => JSON.stringify(mysqlEvent(index + 1, payload))).join('\n'),
    ],
    [
      'as JSON lines in gzip',
      gzipSync(
        payloads.map((payload, index) => `${JSON.stringify(mysqlEvent(index + 1, payload))}\r\n`).join(''),
      ),
    ],
    [
      'as JSON in one array',
      JSON.stringify(
        payloads.map((payload, index) => mysqlEvent(index + 1, payload)),
        undefined,
        2,
      ),
    ],
  ])('%s', async (_how, content) => {
    const warehouse = await landOne(content)
    expect(
      await warehouse.query(
        `select payload.id, payload.name from "test-project.shop_raw".item order by _row`,
      ),
    ).toEqual(expected)
    expect(
      await warehouse.query(
        `select distinct source_metadata.log_file, sort_keys[2] as second, len(sort_keys) as keys from "test-project.shop_raw".item`,
      ),
    ).toEqual([{ log_file: 'mysql-bin.000007', second: 'mysql-bin.000007', keys: '3' }])
    warehouse.close()
  })

  test('a file with blocks larger than a batch', async () => {
    const many = Array.from({ length: 250_000 }, (_, index) => ({
      id: index,
      name: index % 3 === 0 ? null : `n${index}`,
    }))
    const warehouse = await landOne(mysqlFile(fields, many))
    expect(
      await warehouse.query(`select count(*) as n, sum(payload.id) as sum, count(payload.name) as names, max(_row) as last,
        bool_and(payload.id = _row and (payload.name is null or payload.name = 'n' || _row)) as same from "test-project.shop_raw".item`),
    ).toEqual([{ n: '250000', sum: '31249875000', names: '166666', last: '249999', same: true }])
    warehouse.close()
  })
})
