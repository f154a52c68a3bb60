import { describe, expect, test } from 'vitest'
import { minutePath, mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, type TestWarehouse, writeFiles } from './fresh-warehouse.ts'

type Fields = readonly { readonly name: string; readonly type: unknown }[]
type Payload = Readonly<Record<string, unknown>>

interface Landed {
  readonly type: string
  readonly payloads: unknown[]
  readonly letters: unknown[]
  readonly warehouse: TestWarehouse
}

/** Lands files one run after another (or all in one), and gives the payload's type and every payload. */
async function landFiles(
  files: readonly (readonly [Fields, readonly Payload[]])[],
  together: boolean,
): Promise<Landed> {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  for (const [index, [fields, payloads]] of files.entries()) {
    const name = minutePath(`2024/06/01/00/0${index}`, 'f.avro')
    await writeFiles(folder, { [name]: mysqlFile(fields, payloads, { first: index * 10 }) })
    if (!together) await landFolder(warehouse, folder)
  }
  if (together) await landFolder(warehouse, folder)
  const [column] = await warehouse.query(
    `select data_type from duckdb_columns() where table_name = 'item' and column_name = 'payload'`,
  )
  const rows = await warehouse.query(`select payload from "test-project.shop_raw".item order by uuid`)
  const letters = await warehouse.query(
    `select "row", "column", reason, raw_table, status, event from "test-project.streamform".dead_letters order by id`,
  )
  return {
    type: String(column?.['data_type']),
    payloads: rows.map(({ payload }) => payload),
    letters,
    warehouse,
  }
}

const int = { name: 'v', type: 'int' }
const long = { name: 'v', type: 'long' }
const text = { name: 'v', type: 'string' }
const number = { name: 'v', type: { type: 'string', logicalType: 'number' } }
const double = { name: 'v', type: 'double' }
const bool = { name: 'v', type: 'boolean' }
const bytes = { name: 'v', type: 'bytes' }
const date = { name: 'v', type: { type: 'int', logicalType: 'date' } }
const micros = { name: 'v', type: { type: 'long', logicalType: 'timestamp-micros' } }
const time = { name: 'v', type: { type: 'long', logicalType: 'time-micros' } }
const decimal = { name: 'v', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } }

describe.each([
  ['run after run', false],
  ['in one transaction', true],
])('when the columns change, %s,', (_how, together) => {
  const cases: readonly (readonly [
    what: string,
    files: readonly (readonly [Fields, readonly Payload[]])[],
    type: string,
    payloads: unknown[],
  ])[] = [
    [
      'a new column is added, and is NULL before',
      [
        [[int], [{ v: 1 }]],
        [[int, { name: 'w', type: 'string' }], [{ v: 2, w: 'x' }]],
      ],
      'STRUCT(v BIGINT, w VARCHAR)',
      [
        { v: '1', w: null },
        { v: '2', w: 'x' },
      ],
    ],
    [
      'a dropped column stays, and is NULL after',
      [
        [[int, { name: 'w', type: 'string' }], [{ v: 1, w: 'x' }]],
        [[int], [{ v: 2 }]],
      ],
      'STRUCT(v BIGINT, w VARCHAR)',
      [
        { v: '1', w: 'x' },
        { v: '2', w: null },
      ],
    ],
    [
      'columns in another order are the same columns',
      [
        [[int, { name: 'w', type: 'string' }], [{ v: 1, w: 'x' }]],
        [[{ name: 'w', type: 'string' }, int], [{ w: 'y', v: 2 }]],
      ],
      'STRUCT(v BIGINT, w VARCHAR)',
      [
        { v: '1', w: 'x' },
        { v: '2', w: 'y' },
      ],
    ],
    [
      'a column whose case changed is the same column, spelled as it was first',
      [
        [[int], [{ v: 1 }]],
        [[{ name: 'V', type: 'int' }], [{ V: 2 }]],
      ],
      'STRUCT(v BIGINT)',
      [{ v: '1' }, { v: '2' }],
    ],
    [
      'int widens to long',
      [
        [[int], [{ v: 1 }]],
        [[long], [{ v: 2n ** 62n }]],
      ],
      'STRUCT(v BIGINT)',
      [{ v: '1' }, { v: String(2n ** 62n) }],
    ],
    [
      'long widens to decimal',
      [
        [[long], [{ v: 7 }, { v: -(2n ** 63n) }]],
        [[decimal], [{ v: Buffer.from([0x01, 0x00]) }]],
      ],
      'STRUCT(v DECIMAL(38,9))',
      [{ v: '7.000000000' }, { v: '-9223372036854775808.000000000' }, { v: '2.560000000' }],
    ],
    [
      'long widens to number, whose digits are text',
      [
        [[long], [{ v: 7 }]],
        [[number], [{ v: '18446744073709551615' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '7' }, { v: '18446744073709551615' }],
    ],
    [
      'a column that is text keeps what is narrower as text',
      [
        [[text], [{ v: 'a' }]],
        [[long], [{ v: -5 }]],
        [[bool], [{ v: true }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: 'a' }, { v: '-5' }, { v: 'true' }],
    ],
    [
      'a decimal widens to text without zeros at its end',
      [
        [[decimal], [{ v: Buffer.from([0x00, 0x96]) }, { v: Buffer.from([0x00, 0xc8]) }, { v: null }]],
        [[text], [{ v: 'x' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '1.5' }, { v: '2' }, { v: null }, { v: 'x' }],
    ],
    [
      'a double widens to text',
      [
        [
          [double],
          [
            { v: 1 },
            { v: 0.1 },
            { v: 1e-7 },
            { v: 1e300 },
            { v: -0 },
            { v: 123456.789 },
            { v: 1e16 },
            { v: 0.0001234 },
          ],
        ],
        [[text], [{ v: 'x' }]],
      ],
      'STRUCT(v VARCHAR)',
      [
        { v: '1.0' },
        { v: '0.1' },
        { v: '1e-07' },
        { v: '1e+300' },
        { v: '-0.0' },
        { v: '123456.789' },
        { v: '1e+16' },
        { v: '0.0001234' },
        { v: 'x' },
      ],
    ],
    [
      'times widen to text',
      [
        [[micros], [{ v: 1_717_200_000_123_456 }, { v: -62_135_596_800_000_000n }]],
        [[text], [{ v: 'x' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '2024-06-01T00:00:00.123456Z' }, { v: '0001-01-01T00:00:00.000000Z' }, { v: 'x' }],
    ],
    [
      'dates widen to text',
      [
        [[date], [{ v: 0 }, { v: -719162 }]],
        [[text], [{ v: 'x' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '1970-01-01' }, { v: '0001-01-01' }, { v: 'x' }],
    ],
    [
      'times of day widen to text',
      [
        [[time], [{ v: 3_723_000_005 }]],
        [[text], [{ v: 'x' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '01:02:03.000005' }, { v: 'x' }],
    ],
    [
      'a boolean and a whole number become text',
      [
        [[bool], [{ v: true }, { v: false }]],
        [[int], [{ v: 3 }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: 'true' }, { v: 'false' }, { v: '3' }],
    ],
    [
      'files of two schemas, interleaved, land alike',
      [
        [[int], [{ v: 1 }]],
        [[text], [{ v: 'a' }]],
        [[int], [{ v: 2 }]],
        [[text], [{ v: 'b' }]],
      ],
      'STRUCT(v VARCHAR)',
      [{ v: '1' }, { v: 'a' }, { v: '2' }, { v: 'b' }],
    ],
    [
      'columns named like the envelope or with reserved words are columns',
      [
        [
          [
            { name: 'uuid', type: 'string' },
            { name: 'select', type: 'int' },
            { name: '_file', type: 'int' },
            { name: 'payload', type: 'int' },
          ],
          [{ uuid: 'u', select: 1, _file: 2, payload: 3 }],
        ],
      ],
      'STRUCT(uuid VARCHAR, "select" BIGINT, _file BIGINT, payload BIGINT)',
      [{ uuid: 'u', select: '1', _file: '2', payload: '3' }],
    ],
  ]
  test.each(cases)('%s', async (_what, files, type, payloads) => {
    const landed = await landFiles(files, together)
    expect(landed.type).toBe(type)
    expect(landed.payloads).toEqual(payloads)
    expect(landed.letters).toEqual([])
    landed.warehouse.close()
  })

  test('events whose type the column cannot take become dead letters, others of the file land', async () => {
    const landed = await landFiles(
      [
        [[bytes], [{ v: Buffer.from('a') }]],
        [[text], [{ v: 'b' }, { v: null }]],
      ],
      together,
    )
    expect(landed.type).toBe('STRUCT(v BLOB)')
    expect(landed.payloads).toEqual([{ v: 'a' }, { v: null }])
    expect(landed.letters).toEqual([
      {
        row: '0',
        column: 'payload.v',
        reason: "the raw table's column is BYTES, this file has STRING",
        raw_table: 'shop_raw.item',
        status: 'waiting',
        event: expect.stringContaining('"payload":{"v":"b"}'),
      },
    ])
    landed.warehouse.close()
  })
})

test('a table of 2,000 columns lands', async () => {
  const fields = Array.from({ length: 2000 }, (_, index) => ({
    name: `c${index}`,
    type: index % 2 === 0 ? 'long' : 'string',
  }))
  const payload = Object.fromEntries(
    fields.map(({ name }, index) => [name, index % 2 === 0 ? index : `t${index}`]),
  )
  const landed = await landFiles([[fields, [payload, payload]]], true)
  const expected = Object.fromEntries(
    fields.map(({ name }, index) => [name, index % 2 === 0 ? String(index) : `t${index}`]),
  )
  expect(landed.payloads).toEqual([expected, expected])
  landed.warehouse.close()
})

test('two columns of a file that differ only by case quarantine it', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, { 'a.avro': mysqlFile([int, { name: 'V', type: 'int' }], [{ v: 1, V: 2 }]) })
  const report = await landFolder(warehouse, folder)
  expect(report.quarantined).toEqual([
    { file: 'a.avro', reason: "the payload's columns `v` and `V` differ only by case" },
  ])
  warehouse.close()
})

test('a file that is quarantined leaves the table as it was', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const first = mysqlFile([int], [{ v: 1 }])
  const broken = mysqlFile([text, { name: 'w', type: 'string' }], [{ v: 'x', w: 'y' }])
  broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1
  await writeFiles(folder, { 'a.avro': first, 'b.avro': broken })
  await landFolder(warehouse, folder)
  expect(await warehouse.query(`select payload from "test-project.shop_raw".item`)).toEqual([
    { payload: { v: '1' } },
  ])
  expect(await warehouse.query(`select first_file from "test-project.streamform".schemas`)).toEqual([
    { first_file: 'a.avro' },
  ])
  warehouse.close()
})

test('two source tables that BigQuery would name alike do not share a raw table', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, {
    'a.avro': mysqlFile([int], [{ v: 1 }], { table: 'a.b' }),
    'b.avro': mysqlFile([int], [{ v: 2 }], { table: 'a:b' }),
  })
  const report = await landFolder(warehouse, folder)
  expect(report.tables).toEqual([{ table: 'shop_raw.a_b', files: 1, rows: 1, deadLetters: 0 }])
  expect(report.quarantined).toEqual([
    {
      file: 'b.avro',
      reason:
        'the source table `shop`.`a:b` and `shop`.`a.b`, which has landed, would share the raw table `shop_raw.a_b`',
    },
  ])
  warehouse.close()
})
