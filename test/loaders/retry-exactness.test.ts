import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forgetFiles } from '../../loaders/files.ts'
import { retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { deadLetters } from './dead-letter-rows.ts'
import { mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, project, writeFiles } from './fresh-warehouse.ts'
import { typesAndValues } from './types-and-values.ts'

const now = new Date('2024-06-03T00:00:00Z')
const json = { type: 'string', logicalType: 'json' }
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 40, scale: 2 }

test('a letter whose bytes met a column of text does not land as the text of their base64', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, {
    'a.avro': mysqlFile([{ name: 'v', type: 'string' }], [{ v: 'a' }]),
    'b.avro': mysqlFile([{ name: 'v', type: 'bytes' }], [{ v: Buffer.from('abc') }], { first: 5 }),
  })
  await landFolder(warehouse, folder)
  const report = await retryDeadLetters(warehouse.warehouse, project, [], now)
  expect(report.landed).toEqual([])
  expect(report.waiting.map(({ reason }) => reason)).toEqual([
    "the raw table's column is STRING, this file has BYTES",
  ])
  expect(await warehouse.query('select payload.v as v from "test-project.shop_raw".item')).toEqual([
    { v: 'a' },
  ])
  warehouse.close()
})

test('a letter lands with the values that its file has, documents of one text or number included', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const fields = [
    { name: 'date', type: { type: 'int', logicalType: 'date' } },
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, type: json })),
    { name: 'wide', type: decimal },
    { name: 'bytes', type: 'bytes' },
    { name: 'long', type: 'long' },
    { name: 'double', type: 'double' },
  ]
  const row = {
    a: '"a text"',
    b: '1.10',
    c: 'null',
    d: '{"k":[9007199254740993,1.50,null]}',
    e: 'no json',
    f: '{ "k": 1 }',
    wide: Buffer.from('04d2', 'hex'),
    bytes: Buffer.from([0, 255]),
    long: 2n ** 62n + 1n,
    double: -0,
  }
  await writeFiles(folder, {
    'a.avro': mysqlFile(fields, [
      { ...row, date: 5_000_000 },
      { ...row, date: 1 },
    ]),
  })
  await landFolder(warehouse, folder)
  expect((await deadLetters(warehouse)).map(({ column }) => column)).toEqual(['payload.date'])
  // The day when the table has room for such dates: its column is text.
  await warehouse.warehouse.state
    .updateTable('dead_letters')
    .set(({ fn, val }) => ({
      event: fn<string>('replace', ['event', val('"date":5000000'), val('"date":"1970-01-02"')]),
    }))
    .execute()
  expect((await retryDeadLetters(warehouse.warehouse, project, [], now)).waiting).toEqual([])
  const rows = await warehouse.query('select payload from "test-project.shop_raw".item order by _row')
  expect(rows[0]).toEqual(rows[1])
  warehouse.close()
})

test('a letter that was tried ten times is tried again only when it is named', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const date = { name: 'v', type: { type: 'int', logicalType: 'date' } }
  await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ v: 5_000_000 }]) })
  await landFolder(warehouse, folder)
  const { state } = warehouse.warehouse
  const attempts = async () =>
    (await state.selectFrom('dead_letters').select(['id', 'attempts']).execute())[0]
  for (let run = 0; run < 12; run++) await retryDeadLetters(warehouse.warehouse, project, [], now)
  const letter = await attempts()
  expect(letter?.attempts).toBe(10n)
  await retryDeadLetters(warehouse.warehouse, project, [letter?.id ?? ''], now)
  expect((await attempts())?.attempts).toBe(11n)
  warehouse.close()
})

test('a letter of a file that was forgotten and landed anew waits once', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const date = { name: 'v', type: { type: 'int', logicalType: 'date' } }
  await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ v: 5_000_000 }, { v: 1 }]) })
  await landFolder(warehouse, folder)
  await forgetFiles(warehouse.warehouse, ['a.avro'], 'landed', now)
  expect((await landFolder(warehouse, folder)).deadLetters).toBe(1)
  expect((await deadLetters(warehouse)).length).toBe(1)
  warehouse.close()
})

test('a letter whose file is landed once more and fits by then is no letter any more', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const date = { name: 'v', type: { type: 'int', logicalType: 'date' } }
  await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ v: 5_000_000 }, { v: 1 }]) })
  await landFolder(warehouse, folder)
  // The column becomes text, which has room for such a day.
  await writeFiles(folder, {
    'b.avro': mysqlFile([{ name: 'v', type: 'string' }], [{ v: 'x' }], { first: 9 }),
  })
  await landFolder(warehouse, folder)
  await forgetFiles(warehouse.warehouse, ['a.avro'], 'landed', now)
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 2, deadLetters: 0 })
  expect(await deadLetters(warehouse)).toEqual([])
  expect(await retryDeadLetters(warehouse.warehouse, project, [], now)).toEqual({ landed: [], waiting: [] })
  warehouse.close()
})

test('what a salvaged file had that is no event stays, with its reason and its attempts counted', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const file = mysqlFile([{ name: 'id', type: 'int' }], [{ id: 1 }, { id: 2 }])
  await writeFiles(folder, { a: file.subarray(0, file.length - 40) })
  await landFolder(warehouse, folder, { salvage: true })
  const retried = await retryDeadLetters(warehouse.warehouse, project, [], now)
  expect(retried).toEqual({
    landed: [],
    waiting: [
      { id: expect.any(String), column: null, reason: expect.stringMatching(/^the file ends within/) },
    ],
  })
  const { attempts } = await warehouse.warehouse.state
    .selectFrom('dead_letters')
    .select('attempts')
    .executeTakeFirstOrThrow()
  expect(attempts).toBe(2n)
  warehouse.close()
})

test('a letter lands with the very values that its file lands with: any types, any values', {
  timeout: 240_000,
}, async () => {
  const date = { name: 'other', type: { type: 'int', logicalType: 'date' } }
  await fc.assert(
    fc.asyncProperty(fc.array(typesAndValues, { minLength: 1, maxLength: 5 }), async (columns) => {
      const folder = freshFolder()
      const warehouse = await freshWarehouse()
      // Types that are records have names, which stand once in a schema.
      const names = columns.map(({ name }) => name)
      const own = columns.filter(({ name }, at) => names.indexOf(name) === at)
      const fields = own.map(({ type }, at) => ({ name: `c${at}`, type }))
      const rows = Array.from({ length: 4 }, (_, row) =>
        Object.fromEntries(own.map(({ values }, at) => [`c${at}`, values[(row + at) % values.length]])),
      )
      const file = (name: string, first: number) =>
        writeFiles(folder, {
          [name]: mysqlFile(
            [...fields, date],
            rows.map((row) => ({ ...row, other: 5_000_000 })),
            { first },
          ),
        })
      await file('a', 1)
      expect(await landFolder(warehouse, folder)).toMatchObject({ rows: 0, deadLetters: 4 })
      // Once the column is text it has room for such a day.
      await writeFiles(folder, { b: mysqlFile([{ name: 'other', type: 'string' }], [{ other: 'x' }]) })
      await landFolder(warehouse, folder)
      const retried = await retryDeadLetters(warehouse.warehouse, project, [], now)
      await file('c', 1)
      await landFolder(warehouse, folder)
      const landed = async (name: string) =>
        await warehouse.query(
          `select * exclude (_file, _loaded_at) from "test-project.shop_raw".item where _file = '${name}' order by _row`,
        )
      const lettersOfC = (await deadLetters(warehouse)).length - retried.waiting.length
      expect(await landed('a')).toEqual(await landed('c'))
      expect(retried.landed.length).toBe(4 - lettersOfC)
      warehouse.close()
    }),
    { numRuns: 40, seed: Number(process.env['STREAMFORM_SEED'] ?? 20240601), verbose: 1 },
  )
})
