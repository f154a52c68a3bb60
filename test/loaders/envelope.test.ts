import { describe, expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { mysqlEvent, mysqlSchema } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, type TestWarehouse, writeFiles } from './fresh-warehouse.ts'

interface Field {
  readonly name: string
  readonly type: unknown
}

const millis = { type: 'long', logicalType: 'timestamp-millis' }
const payloadFields: readonly Field[] = [{ name: 'id', type: ['null', 'long'] }]
const time = 1_717_200_000_123

async function landOne(content: Uint8Array | string, name = 'a.avro'): Promise<TestWarehouse> {
  const folder = freshFolder()
  await writeFiles(folder, { [name]: content })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ quarantined: [], skipped: [], deadLetters: 0, landed: 1 })
  return warehouse
}

/** What of source_metadata is not empty. */
async function metadataOf(warehouse: TestWarehouse, table: string): Promise<unknown[]> {
  const rows = await warehouse.query(`select source_metadata from "test-project.${table.replace('.', '".')}`)
  return rows.map(({ source_metadata: metadata }) =>
    Object.fromEntries(
      Object.entries(metadata as object).filter(
        ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
      ),
    ),
  )
}

function avroOf(
  metadata: readonly Field[],
  values: Readonly<Record<string, unknown>>,
  others: readonly Field[] = [],
  more: object = {},
): Buffer {
  const schema = {
    type: 'record',
    name: 'source_event',
    fields: [
      { name: 'uuid', type: 'string' },
      { name: 'read_timestamp', type: millis },
      { name: 'source_timestamp', type: millis },
      { name: 'read_method', type: 'string' },
      { name: 'source_metadata', type: { type: 'record', name: 'source_metadata', fields: metadata } },
      { name: 'payload', type: { type: 'record', name: 'payload', fields: payloadFields } },
      ...others,
    ],
  }
  const event = {
    uuid: 'u-1',
    read_timestamp: time,
    source_timestamp: time,
    read_method: 'x',
    source_metadata: values,
    payload: { id: 1 },
    ...more,
  }
  return writeAvro(schema, [event])
}

const text: unknown = ['null', 'string']

describe('the metadata of every source land under one set of names:', () => {
  const cases: readonly (readonly [string, Buffer, string, Readonly<Record<string, unknown>>])[] = [
    [
      'MySQL with GTID, which names the position otherwise',
      avroOf(
        [
          { name: 'table', type: 'string' },
          { name: 'database', type: 'string' },
          { name: 'binlog_file', type: text },
          { name: 'binlog_position', type: ['null', 'long'] },
          { name: 'gtid', type: text },
        ],
        {
          table: 't',
          database: 'd',
          binlog_file: 'mysql-bin.000001',
          binlog_position: 5_000_000_000,
          gtid: 'a:1-5',
        },
      ),
      'd_raw.t',
      {
        table: 't',
        database: 'd',
        binlog_file: 'mysql-bin.000001',
        binlog_position: '5000000000',
        gtid: 'a:1-5',
      },
    ],
    [
      'PostgreSQL, whose tx_id is a number',
      avroOf(
        [
          { name: 'schema', type: 'string' },
          { name: 'table', type: 'string' },
          { name: 'tx_id', type: ['null', 'long'] },
          { name: 'lsn', type: text },
        ],
        { schema: 's', table: 't', tx_id: 363552, lsn: '16/CB002DB0' },
      ),
      's_raw.t',
      { schema: 's', table: 't', tx_id: '363552', lsn: '16/CB002DB0' },
    ],
    [
      'Oracle, whose schema names the dataset',
      avroOf(
        [
          { name: 'schema', type: 'string' },
          { name: 'table', type: 'string' },
          { name: 'database', type: 'string' },
          { name: 'row_id', type: text },
          { name: 'scn', type: ['null', 'long'] },
          { name: 'ssn', type: ['null', 'long'] },
          { name: 'rs_id', type: text },
        ],
        {
          schema: 'HR',
          table: 'E',
          database: 'XE',
          row_id: 'AAA',
          scn: 9_007_199_254_740_991,
          ssn: 0,
          rs_id: ' 0x4 ',
        },
      ),
      'HR_raw.E',
      {
        schema: 'HR',
        table: 'E',
        database: 'XE',
        row_id: 'AAA',
        scn: '9007199254740991',
        ssn: '0',
        rs_id: ' 0x4 ',
      },
    ],
    [
      'SQL Server, whose keys are its replication index',
      avroOf(
        [
          { name: 'database', type: 'string' },
          { name: 'schema', type: 'string' },
          { name: 'table', type: 'string' },
          { name: 'lsn', type: text },
          { name: 'replication_index', type: { type: 'array', items: 'string' } },
          { name: 'physical_location', type: text },
        ],
        {
          database: 'db',
          schema: 'dbo',
          table: 't',
          lsn: '0:1:2',
          replication_index: ['id'],
          physical_location: 'p',
        },
      ),
      'dbo_raw.t',
      {
        database: 'db',
        schema: 'dbo',
        table: 't',
        lsn: '0:1:2',
        replication_index: ['id'],
        physical_location: 'p',
      },
    ],
    [
      'MongoDB, whose table is a collection',
      avroOf(
        [
          { name: 'database', type: 'string' },
          { name: 'collection', type: 'string' },
          { name: 'primary_key', type: { type: 'array', items: 'string' } },
        ],
        { database: 'db', collection: 'c', primary_key: ['_id'] },
      ),
      'db_raw.c',
      { database: 'db', table: 'c', primary_keys: ['_id'] },
    ],
    [
      'fields that nobody has heard of, of the metadata and of the event',
      avroOf(
        [
          { name: 'database', type: 'string' },
          { name: 'table', type: 'string' },
          { name: 'mod_index', type: 'long' },
          { name: 'commit_timestamp', type: { type: 'long', logicalType: 'timestamp-micros' } },
          { name: 'replication_index', type: 'long' },
        ],
        {
          database: 'd',
          table: 't',
          mod_index: 9_007_199_254_740_991,
          commit_timestamp: 0,
          replication_index: 3,
        },
        [{ name: 'trace', type: { type: 'map', values: 'string' } }],
        { trace: { a: 'b' } },
      ),
      'd_raw.t',
      {
        database: 'd',
        table: 't',
        extra:
          '{"mod_index":9007199254740991,"commit_timestamp":"1970-01-01T00:00:00.000000Z","replication_index":3,"trace":{"a":"b"}}',
      },
    ],
  ]
  test.each(cases)('%s', async (_what, file, table, metadata) => {
    const warehouse = await landOne(file)
    expect(await metadataOf(warehouse, table)).toEqual([metadata])
    warehouse.close()
  })
})

describe('the envelope of every year lands:', () => {
  const all = mysqlSchema([{ name: 'id', type: 'long' }]) as { type: string; name: string; fields: Field[] }
  const event = mysqlEvent(1, { id: 7 }) as Record<string, unknown>
  const expected = {
    uuid: event['uuid'],
    read_timestamp: '2024-06-01 00:00:01.25+00',
    source_timestamp: '2024-06-01 00:00:01+00',
    object: 'shop_item',
    read_method: 'mysql-cdc-binlog',
    stream_name: event['stream_name'],
    schema_key: event['schema_key'],
    sort_keys: ['1717200001000', 'mysql-bin.000007', '1001'],
    payload: { id: '7' },
    _file: 'a.avro',
    _row: '0',
  }
  const without = (...names: string[]) => ({
    ...all,
    fields: all.fields.filter(({ name }) => !names.includes(name)),
  })
  const cases: readonly (readonly [string, object, object])[] = [
    [
      'sort_keys last',
      {
        ...all,
        fields: [
          ...all.fields.filter(({ name }) => name !== 'sort_keys'),
          ...all.fields.filter(({ name }) => name === 'sort_keys'),
        ],
      },
      expected,
    ],
    ['no sort_keys', without('sort_keys'), { ...expected, sort_keys: [] }],
    [
      'no schema_key and no sort_keys',
      without('sort_keys', 'schema_key'),
      { ...expected, sort_keys: [], schema_key: null },
    ],
    ['fields in reverse order', { ...all, fields: all.fields.toReversed() }, expected],
    [
      'logical types at the field, as in 2020',
      {
        ...all,
        fields: all.fields.map((field) =>
          field.name.endsWith('timestamp')
            ? { name: field.name, type: 'long', logicalType: 'timestamp-millis' }
            : field,
        ),
      },
      expected,
    ],
    [
      'times without a logical type',
      {
        ...all,
        fields: all.fields.map((field) =>
          field.name.endsWith('timestamp') ? { name: field.name, type: 'long' } : field,
        ),
      },
      expected,
    ],
    [
      'a payload that may be null',
      {
        ...all,
        fields: all.fields.map((field) =>
          field.name === 'payload' ? { name: 'payload', type: ['null', field.type] } : field,
        ),
      },
      expected,
    ],
  ]
  test.each(cases)('%s', async (_what, schema, row) => {
    const warehouse = await landOne(writeAvro(schema as never, [event]))
    expect(
      await warehouse.query(
        `select * exclude (source_metadata, _loaded_at) from "test-project.shop_raw".item`,
      ),
    ).toEqual([row])
    warehouse.close()
  })

  test('events without a payload', async () => {
    const schema = {
      ...all,
      fields: all.fields.map((field) =>
        field.name === 'payload' ? { name: 'payload', type: ['null', field.type] } : field,
      ),
    }
    const warehouse = await landOne(writeAvro(schema as never, [{ ...event, payload: null }, event]))
    expect(await warehouse.query(`select payload from "test-project.shop_raw".item order by _row`)).toEqual([
      { payload: null },
      { payload: { id: '7' } },
    ])
    warehouse.close()
  })
})

describe('JSON lines land:', () => {
  const event = (more: object, metadata: object = {}) =>
    JSON.stringify({
      ...(mysqlEvent(1, { id: 7 }) as object),
      ...more,
      source_metadata: { table: 'item', database: 'shop', ...metadata },
    })

  test('every form of time', async () => {
    const warehouse = await landOne(
      [
        event({ source_timestamp: '2025-11-05T18:23:46.698000Z' }),
        event({ source_timestamp: '2021-05-16T01:13:01.000Z' }),
        event({ source_timestamp: '2021-12-25 05:42:04.408' }),
        event({ source_timestamp: 1_717_200_000_123 }),
        event({ source_timestamp: '2024-06-01T02:00:00.5+02:00' }),
      ].join('\n'),
      'a.jsonl',
    )
    expect(
      await warehouse.query(`select source_timestamp from "test-project.shop_raw".item order by _row`),
    ).toEqual([
      { source_timestamp: '2025-11-05 18:23:46.698+00' },
      { source_timestamp: '2021-05-16 01:13:01+00' },
      { source_timestamp: '2021-12-25 05:42:04.408+00' },
      { source_timestamp: '2024-06-01 00:00:00.123+00' },
      { source_timestamp: '2024-06-01 00:00:00.5+00' },
    ])
    warehouse.close()
  })

  test('deletes whose payload is missing, null or empty', async () => {
    const warehouse = await landOne(
      [event({}), event({ payload: undefined }), event({ payload: null }), event({ payload: {} })].join('\n'),
      'a.jsonl',
    )
    expect(await warehouse.query(`select payload from "test-project.shop_raw".item order by _row`)).toEqual([
      { payload: { id: '7' } },
      { payload: null },
      { payload: null },
      { payload: { id: null } },
    ])
    warehouse.close()
  })

  test('a number where a text is expected, as text', async () => {
    const warehouse = await landOne(
      event({ sort_keys: [1762367011393, 'BD/A0007310'] }, { tx_id: 363552, lsn: '1/2' }),
      'a.jsonl',
    )
    expect(await metadataOf(warehouse, 'shop_raw.item')).toEqual([
      { database: 'shop', table: 'item', tx_id: '363552', lsn: '1/2' },
    ])
    expect(await warehouse.query(`select sort_keys from "test-project.shop_raw".item`)).toEqual([
      { sort_keys: ['1762367011393', 'BD/A0007310'] },
    ])
    warehouse.close()
  })

  test('numbers in all their digits, documents as they are', async () => {
    const line = event({}).replace(
      '"payload":{"id":7}',
      '"payload":{"i":9007199254740993,"u":18446744073709551615,"d":1.50,"x":0.12345678901234567890123,"b":true,"j":{"n":1.10,"l":[9007199254740993]},"n":null}',
    )
    const warehouse = await landOne(line, 'a.jsonl')
    expect(
      await warehouse.query(`select payload, typeof(payload) as type from "test-project.shop_raw".item`),
    ).toEqual([
      {
        payload: {
          i: '9007199254740993',
          u: '18446744073709551615',
          d: 1.5,
          x: '0.12345678901234567890123',
          b: true,
          j: '{"n":1.10,"l":[9007199254740993]}',
        },
        type: 'STRUCT(i BIGINT, u VARCHAR, d DOUBLE, x VARCHAR, b BOOLEAN, j VARCHAR)',
      },
    ])
    warehouse.close()
  })

  test('into a table that Avro made, where they say the same', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    const fields = [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
      { name: 'day', type: { type: 'int', logicalType: 'date' } },
    ]
    await writeFiles(folder, {
      'a.avro': writeAvro(mysqlSchema(fields), [
        mysqlEvent(1, { at: 0, price: Buffer.from([1, 0]), day: 0 }),
      ]),
      'b.jsonl': event({
        payload: { at: '2024-06-01T00:00:00.000Z', price: 1.1, day: '2023-07-26T00:00:00.000Z' },
      }),
    })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 2, rows: 2, deadLetters: 0 })
    expect(await warehouse.query(`select payload from "test-project.shop_raw".item order by _file`)).toEqual([
      { payload: { at: '1970-01-01 00:00:00+00', price: '2.560000000', day: '1970-01-01' } },
      { payload: { at: '2024-06-01 00:00:00+00', price: '1.100000000', day: '2023-07-26' } },
    ])
    warehouse.close()
  })

  test('but a line that is no event becomes a dead letter', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { 'a.jsonl': [event({}), '{"other":1}', event({ uuid: 'u2' })].join('\n') })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 2, deadLetters: 1 })
    expect(
      await warehouse.query(`select "row", reason, event from "test-project.streamform".dead_letters`),
    ).toEqual([
      {
        row: '1',
        reason: 'not a Datastream event: it has no `uuid`, `source_timestamp`, `source_metadata`',
        event: '{"other":1}',
      },
    ])
    warehouse.close()
  })

  test('and what lies beside them is skipped, and told', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, {
      'a.jsonl': event({}),
      'a.schema': '{"type":"record","name":"x","fields":[]}',
      'notes.txt': 'hello',
    })
    const report = await landFolder(warehouse, folder)
    expect(report).toMatchObject({ landed: 1, quarantined: [] })
    expect(report.skipped).toEqual([
      {
        file: 'a.schema',
        reason: 'not a Datastream event: it has no `uuid`, `source_timestamp`, `source_metadata`',
      },
      { file: 'notes.txt', reason: 'neither Avro nor JSON lines (at byte 0)' },
    ])
    expect(await landFolder(warehouse, folder)).toMatchObject({
      landed: 0,
      alreadyLanded: 1,
      skipped: [],
      quarantined: [],
    })
    warehouse.close()
  })
})

test('names that are hostile are quoted as data wherever they go', async () => {
  const names = [
    `a"b`,
    `a';drop table x;--`,
    'a\nb',
    '../../etc',
    '\u202eevil',
    'ü'.repeat(150),
    'select',
    'a.b',
    '%s',
  ].map((name, index) => (name === 'select' ? name : `${index}${name}`))
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const lines = (table: string) =>
    JSON.stringify({
      ...(mysqlEvent(1, {}) as object),
      source_metadata: { table, database: 'shop' },
      payload: Object.fromEntries(names.map((name, index) => [name, index])),
    })
  for (const [index, name] of names.entries())
    await writeFiles(folder, { [`f${index}';--"x.jsonl`]: lines(name) })
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: names.length, quarantined: [], deadLetters: 0 })
  const tables = await warehouse.query(
    `select table_name from duckdb_tables() where schema_name = 'test-project.shop_raw'`,
  )
  expect(tables.map(({ table_name: name }) => String(name)).sort()).toEqual(
    names.map((name) => name.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]/gu, '_')).sort(),
  )
  const [row] = await warehouse.query(`select payload from "test-project.shop_raw"."select"`)
  expect(row).toEqual({ payload: Object.fromEntries(names.map((name, index) => [name, String(index)])) })
  warehouse.close()
})

test.each([
  ['a\u0000b', 'the payload has a column whose name holds the character NUL'],
  ['', 'the payload has a column whose name is empty'],
])('a column that no warehouse can name quarantines its file: %j', async (name, reason) => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, { 'a.jsonl': JSON.stringify(mysqlEvent(1, { [name]: 1 })) })
  expect((await landFolder(warehouse, folder)).quarantined).toEqual([{ file: 'a.jsonl', reason }])
  warehouse.close()
})
