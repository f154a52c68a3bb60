import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { changesBetween, writerSchemas } from '../../loaders/drift.ts'
import { retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { deadLetters } from './dead-letter-rows.ts'
import { mysqlEvent, mysqlFile, mysqlSchema } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  project,
  recordingEffects,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'

interface Field {
  readonly name: string
  readonly type: unknown
}
type Payload = Readonly<Record<string, unknown>>
interface File {
  readonly fields: readonly Field[]
  readonly rows: readonly Payload[]
}

const int = (name: string): Field => ({ name, type: 'int' })
const long = (name: string): Field => ({ name, type: 'long' })
const text = (name: string): Field => ({ name, type: 'string' })
const decimal = (name: string, precision: number, scale: number): Field => ({
  name,
  type: { type: 'bytes', logicalType: 'decimal', precision, scale },
})

let warehouse: TestWarehouse
let folder: string
beforeEach(async () => {
  warehouse = await freshWarehouse()
  folder = freshFolder()
})
afterEach(() => warehouse.close())

let files = 0
/** Writes files with names in their order, and lands them in one run or each in a run of its own. */
async function landFiles(given: readonly File[], runs: 'together' | 'one by one'): Promise<void> {
  for (const { fields, rows } of given) {
    files++
    const name = `shop_item/2024/06/01/09/15/f${String(files).padStart(4, '0')}.avro`
    await writeFiles(folder, { [name]: mysqlFile(fields, rows, { first: files * 100 }) })
    const now = new Date(Date.UTC(2024, 5, 2, 0, 0, files))
    if (runs === 'one by one') await landFolder(warehouse, folder, { effects: recordingEffects(now) })
  }
  if (runs === 'together') await landFolder(warehouse, folder)
}

/** The payload's columns with their types as DuckDB has them, and the payloads in the order of their files. */
async function landed(): Promise<{ columns: string; rows: unknown[] }> {
  const [type] = await warehouse.query(
    'select typeof(payload) as t from "test-project.shop_raw".item limit 1',
  )
  const rows = await warehouse.query('select payload from "test-project.shop_raw".item order by _file, _row')
  return { columns: String(type?.['t']), rows: rows.map(({ payload }) => payload) }
}

describe.each(['together', 'one by one'] as const)('files landed %s', (runs) => {
  test('a new column comes after those that are there; earlier rows have NULL', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('name')], rows: [{ id: 1, name: 'a' }] },
        { fields: [int('id'), text('new'), text('name')], rows: [{ id: 2, new: 'n', name: 'b' }] },
      ],
      runs,
    )
    expect(await landed()).toEqual({
      columns: 'STRUCT(id BIGINT, "name" VARCHAR, "new" VARCHAR)',
      rows: [
        { id: '1', name: 'a', new: null },
        { id: '2', name: 'b', new: 'n' },
      ],
    })
  })

  test('a dropped column stays; later rows have NULL', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('name')], rows: [{ id: 1, name: 'a' }] },
        { fields: [int('id')], rows: [{ id: 2 }] },
      ],
      runs,
    )
    expect((await landed()).rows).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: null },
    ])
  })

  test('a renamed column is a dropped one and a new one', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('name')], rows: [{ id: 1, name: 'a' }] },
        { fields: [int('id'), text('label')], rows: [{ id: 2, label: 'b' }] },
      ],
      runs,
    )
    expect((await landed()).rows).toEqual([
      { id: '1', name: 'a', label: null },
      { id: '2', name: null, label: 'b' },
    ])
  })

  test('columns in another order go where their names are', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('a'), text('b')], rows: [{ id: 1, a: 'a1', b: 'b1' }] },
        { fields: [text('b'), text('a'), int('id')], rows: [{ b: 'b2', a: 'a2', id: 2 }] },
      ],
      runs,
    )
    expect(await landed()).toEqual({
      columns: 'STRUCT(id BIGINT, a VARCHAR, b VARCHAR)',
      rows: [
        { id: '1', a: 'a1', b: 'b1' },
        { id: '2', a: 'a2', b: 'b2' },
      ],
    })
  })

  test('a name in another case is the same column, written as it was first', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('Name')], rows: [{ id: 1, Name: 'a' }] },
        { fields: [int('ID'), text('nAME')], rows: [{ ID: 2, nAME: 'b' }] },
      ],
      runs,
    )
    expect(await landed()).toEqual({
      columns: 'STRUCT(id BIGINT, "Name" VARCHAR)',
      rows: [
        { id: '1', Name: 'a' },
        { id: '2', Name: 'b' },
      ],
    })
  })

  test('int becomes long, decimal and text, and every earlier value stays what it was', async () => {
    await landFiles(
      [
        { fields: [int('v')], rows: [{ v: 7 }, { v: null }] },
        { fields: [long('v')], rows: [{ v: 9_007_199_254_740_993n }] },
        { fields: [decimal('v', 10, 2)], rows: [{ v: Buffer.from([0x04, 0xd2]) }] },
        { fields: [text('v')], rows: [{ v: 'plenty' }] },
        { fields: [int('v')], rows: [{ v: 8 }] },
      ],
      runs,
    )
    expect(await landed()).toEqual({
      columns: 'STRUCT(v VARCHAR)',
      rows: ['7', null, '9007199254740993', '12.34', 'plenty', '8'].map((v) => ({ v })),
    })
  })

  test.each([
    ['boolean', 'boolean', true, 'true'],
    ['double', 'double', 1e300, '1e+300'],
    ['float', 'float', 0.5, '0.5'],
    ['date', { type: 'int', logicalType: 'date' }, -1, '1969-12-31'],
    ['time', { type: 'long', logicalType: 'time-micros' }, 1, '00:00:00.000001'],
    ['timestamp', { type: 'long', logicalType: 'timestamp-micros' }, -1, '1969-12-31T23:59:59.999999Z'],
    [
      'decimal(65,30)',
      { type: 'bytes', logicalType: 'decimal', precision: 65, scale: 30 },
      Buffer.from([1]),
      `0.${'0'.repeat(29)}1`,
    ],
  ])('%s that becomes text is the same text before and after', async (_name, type, value, expected) => {
    const typed = { fields: [{ name: 'v', type }], rows: [{ v: value }] }
    await landFiles([typed, { fields: [text('v')], rows: [{ v: 'x' }] }, typed], runs)
    expect((await landed()).rows).toEqual([expected, 'x', expected].map((v) => ({ v })))
  })

  test('a narrower type lands what the wider column holds exactly', async () => {
    await landFiles(
      [
        { fields: [decimal('v', 20, 9)], rows: [{ v: Buffer.from([1]) }] },
        { fields: [int('v')], rows: [{ v: 5 }] },
        { fields: [decimal('v', 5, 0)], rows: [{ v: Buffer.from([9]) }] },
      ],
      runs,
    )
    expect((await landed()).rows).toEqual(['0.000000001', '5.000000000', '9.000000000'].map((v) => ({ v })))
  })

  test('bytes and text hold nothing of each other: values are dead letters, rows without one land', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('v')], rows: [{ id: 1, v: 'a' }] },
        {
          fields: [int('id'), { name: 'v', type: 'bytes' }],
          rows: [
            { id: 2, v: Buffer.from('b') },
            { id: 3, v: null },
          ],
        },
      ],
      runs,
    )
    expect((await landed()).rows).toEqual([
      { id: '1', v: 'a' },
      { id: '3', v: null },
    ])
    expect(await deadLetters(warehouse)).toEqual([
      {
        column: 'payload.v',
        row: 0n,
        reason: "the raw table's column is STRING, this file has BYTES",
        payload: { id: 2, v: 'Yg==' },
      },
    ])
  })

  test("two writers' schemas that alternate make one table of both their columns", async () => {
    const old = (id: number): File => ({ fields: [int('id'), int('a')], rows: [{ id, a: id }] })
    const now = (id: number): File => ({
      fields: [int('id'), text('a'), int('b')],
      rows: [{ id, a: 'x', b: id }],
    })
    await landFiles([old(1), now(2), old(3), now(4), old(5)], runs)
    expect((await landed()).rows).toEqual([
      { id: '1', a: '1', b: null },
      { id: '2', a: 'x', b: '2' },
      { id: '3', a: '3', b: null },
      { id: '4', a: 'x', b: '4' },
      { id: '5', a: '5', b: null },
    ])
    expect((await writerSchemas(warehouse.warehouse.state)).length).toBe(2)
  })
})

test('a column that has become text holds what its own type could not; what waited as a letter lands so', async () => {
  const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
  const types: Readonly<Record<string, readonly [type: unknown, value: unknown, text: string]>> = {
    day: [logical('int', 'date'), 2_932_897, '10000-01-01'],
    farDay: [logical('int', 'date'), 2_147_483_647, '5881580-07-11'],
    oldDay: [logical('int', 'date'), -719_529, '-0001-12-31'],
    infinity: [logical('long', 'timestamp-micros'), 9_223_372_036_825_200_000n, 'infinity'],
    minusInfinity: [logical('long', 'timestamp-micros'), -9_223_372_036_832_400_000n, '-infinity'],
    instant: [logical('long', 'timestamp-millis'), 253_402_300_800_000n, '10000-01-01T00:00:00.000000Z'],
    midnight: [logical('long', 'time-micros'), 86_400_000_000n, '24:00:00.000000'],
    wide: [
      logical('bytes', 'decimal', { precision: 38, scale: 9 }),
      Buffer.from('0200000000000000000000000000000000', 'hex'),
      '680564733841876926926749214863.536422912',
    ],
  }
  const names = Object.keys(types)
  const typed: File = {
    fields: names.map((name) => ({ name, type: types[name]?.[0] })),
    rows: names.map((name) => ({ [name]: types[name]?.[1] })).map((row) => ({ ...nothing(names), ...row })),
  }
  await landFiles([typed, { fields: names.map(text), rows: [nothing(names)] }], 'one by one')
  expect((await deadLetters(warehouse)).length).toBe(names.length)
  const retried = await retryDeadLetters(warehouse.warehouse, project, [], new Date('2024-06-03'))
  expect(retried.waiting).toEqual([])
  await landFiles([typed], 'one by one')
  const expected = names.map((name) => ({ ...nothing(names), [name]: types[name]?.[2] }))
  expect((await landed()).rows).toEqual([...expected, nothing(names), ...expected])
})

const nothing = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]))

test('columns named like parts of the event, like the loader’s own, or like reserved words are payload', async () => {
  const names = [
    'uuid',
    'payload',
    'source_metadata',
    '_file',
    '_row',
    '_loaded_at',
    'select',
    'from',
    'order',
    'null',
    'extra',
  ]
  await landFiles(
    [
      { fields: names.map(text), rows: [Object.fromEntries(names.map((name) => [name, `own ${name}`]))] },
      {
        fields: [...names, 'table'].map(text),
        rows: [{ ...Object.fromEntries(names.map((name) => [name, null])), table: 't' }],
      },
    ],
    'one by one',
  )
  expect((await landed()).rows).toEqual([
    { ...Object.fromEntries(names.map((name) => [name, `own ${name}`])), table: null },
    { ...Object.fromEntries(names.map((name) => [name, null])), table: 't' },
  ])
  const [row] = await warehouse.query(
    'select uuid, _row from "test-project.shop_raw".item order by _file limit 1',
  )
  expect(row).toEqual({ uuid: expect.stringMatching(/^00000000-/), _row: '0' })
})

test.each([
  ['together', 2000],
  ['one by one', 20],
] as const)('2,000 columns land, and others beside them, %s: %i', async (runs, others) => {
  const columns = (prefix: string, many: number) => Array.from({ length: many }, (_, at) => `${prefix}${at}`)
  const file = (prefix: string, many: number): File => ({
    fields: columns(prefix, many).map(int),
    rows: [Object.fromEntries(columns(prefix, many).map((name, at) => [name, at]))],
  })
  await landFiles([file('c', 2000), file('d', others)], runs)
  const { rows } = await landed()
  const empty = (prefix: string, many: number) => columns(prefix, many).map((name) => [name, null])
  const full = (prefix: string, many: number) => columns(prefix, many).map((name, at) => [name, String(at)])
  expect(rows).toEqual([
    Object.fromEntries([...full('c', 2000), ...empty('d', others)]),
    Object.fromEntries([...empty('c', 2000), ...full('d', others)]),
  ])
})

test('two columns of one file that differ only by case quarantine it: no table has both', async () => {
  await writeFiles(folder, {
    'shop_item/2024/06/01/09/15/f': mysqlFile([text('name'), text('NAME')], [{ name: 'a', NAME: 'b' }]),
  })
  expect((await landFolder(warehouse, folder)).quarantined).toEqual([
    {
      file: 'shop_item/2024/06/01/09/15/f',
      reason: "the payload's columns `name` and `NAME` differ only by case",
    },
  ])
})

test('a table dropped and made anew with another key keeps both, each event with the key it was written under', async () => {
  const event = (number: number, payload: Payload, key: readonly string[]) => {
    const made = mysqlEvent(number, payload) as { source_metadata: object }
    return { ...made, source_metadata: { ...made.source_metadata, primary_keys: key } }
  }
  await writeFiles(folder, {
    'shop_item/2024/06/01/09/15/a': writeAvro(mysqlSchema([int('id')]), [event(1, { id: 1 }, ['id'])]),
    'shop_item/2024/06/01/09/16/b': writeAvro(mysqlSchema([text('code'), text('id')]), [
      event(2, { code: 'x', id: 'one' }, ['code']),
    ]),
  })
  await landFolder(warehouse, folder)
  expect(
    await warehouse.query(
      'select source_metadata.primary_keys as key, payload from "test-project.shop_raw".item order by _file',
    ),
  ).toEqual([
    { key: ['id'], payload: { id: '1', code: null } },
    { key: ['code'], payload: { id: 'one', code: 'x' } },
  ])
})

describe('the ledger of schemas', () => {
  test('says when and where each was first seen, and what changed', async () => {
    await landFiles(
      [
        { fields: [int('id'), text('name'), text('old')], rows: [{ id: 1, name: 'a', old: 'o' }] },
        { fields: [int('id'), text('name'), text('old')], rows: [{ id: 2, name: 'a', old: 'o' }] },
        {
          fields: [text('Name'), decimal('id', 12, 2), text('new')],
          rows: [{ Name: 'a', id: null, new: 'n' }],
        },
      ],
      'one by one',
    )
    const schemas = await writerSchemas(warehouse.warehouse.state, ['shop.item'])
    const at = (number: number) => new Date(Date.UTC(2024, 5, 2, 0, 0, files - 3 + number))
    expect(schemas.map(({ fingerprint: _, ...schema }) => schema)).toEqual([
      {
        rawTable: 'shop_raw.item',
        source: 'shop.item',
        firstFile: `shop_item/2024/06/01/09/15/f${String(files - 2).padStart(4, '0')}.avro`,
        firstSeenAt: at(1),
        format: 'avro',
        columns: [
          { name: 'id', type: 'int' },
          { name: 'name', type: 'string' },
          { name: 'old', type: 'string' },
        ],
        changes: [],
      },
      {
        rawTable: 'shop_raw.item',
        source: 'shop.item',
        firstFile: `shop_item/2024/06/01/09/15/f${String(files).padStart(4, '0')}.avro`,
        firstSeenAt: at(3),
        format: 'avro',
        columns: [
          { name: 'Name', type: 'string' },
          { name: 'id', type: 'decimal(12,2)' },
          { name: 'new', type: 'string' },
        ],
        changes: [
          { kind: 'case', column: 'Name', before: 'name', after: 'Name' },
          { kind: 'type', column: 'id', before: 'int', after: 'decimal(12,2)' },
          { kind: 'added', column: 'new', before: null, after: 'string' },
          { kind: 'dropped', column: 'old', before: 'string', after: null },
          { kind: 'order', column: '', before: null, after: null },
        ],
      },
    ])
  })

  test('knows the tables of which files have landed', async () => {
    await landFiles([{ fields: [int('id')], rows: [{ id: 1 }] }], 'together')
    await expect(writerSchemas(warehouse.warehouse.state, ['itme'])).rejects.toThrow(
      'no files of `itme` have landed; files of these have: shop_raw.item',
    )
  })

  test('of JSON lines, which leave out what has no value, grows by what is new alone', async () => {
    const lines = [
      { id: 1 },
      { id: 2, a: 'x' },
      { b: true, id: 3 },
      { a: 'y' },
      { id: 4, b: false },
      { id: 'five' },
    ]
    for (const [index, payload] of lines.entries()) {
      await writeFiles(folder, {
        [`shop_item/2024/06/01/09/15/j${index}.jsonl`]: JSON.stringify(mysqlEvent(index, payload)),
      })
      const effects = recordingEffects(new Date(Date.UTC(2024, 5, 2, 0, 0, index)))
      await landFolder(warehouse, folder, { effects })
    }
    const schemas = await writerSchemas(warehouse.warehouse.state)
    expect(
      schemas.map(({ firstFile, columns, changes }) => [
        firstFile.slice(-8),
        columns.map(({ name, type }) => `${name} ${type}`).join(),
        changes.map(({ kind, column }) => `${kind} ${column}`).join(),
      ]),
    ).toEqual([
      ['j0.jsonl', 'id INT64', ''],
      ['j1.jsonl', 'id INT64,a STRING', 'added a'],
      ['j2.jsonl', 'id INT64,a STRING,b BOOL', 'added b'],
      ['j5.jsonl', 'id STRING,a STRING,b BOOL', 'type id'],
    ])
  })

  test('has none of a file that did not land', async () => {
    const good = mysqlFile([int('id')], [{ id: 1 }])
    const bad = mysqlFile([text('only_here')], [{ only_here: 'x' }])
    await writeFiles(folder, {
      'shop_item/2024/06/01/09/15/a': bad.subarray(0, bad.length - 3),
      'shop_item/2024/06/01/09/15/b.jsonl': `${JSON.stringify(mysqlEvent(1, { here_neither: 1 }))}\n{"broken`,
      'shop_item/2024/06/01/09/15/c': good,
    })
    expect((await landFolder(warehouse, folder)).quarantined.length).toBe(2)
    const schemas = await writerSchemas(warehouse.warehouse.state)
    expect(schemas.map(({ firstFile, columns }) => [firstFile.slice(-1), columns])).toEqual([
      ['c', [{ name: 'id', type: 'int' }]],
    ])
    // Nor does the raw table have its columns.
    expect((await landed()).columns).toBe('STRUCT(id BIGINT)')
  })

  test('takes a column that JSON lines leave out for one without a value', () => {
    const before = [
      { name: 'id', type: 'INT64' },
      { name: 'name', type: 'STRING' },
    ]
    expect(changesBetween(before, [{ name: 'id', type: 'STRING' }], true)).toEqual([
      { kind: 'type', column: 'id', before: 'INT64', after: 'STRING' },
    ])
  })
})
