import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { forgetFiles } from '../../loaders/files.ts'
import { mysqlEvent, mysqlFile, mysqlSchema } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, recordingEffects, writeFiles } from './fresh-warehouse.ts'

const fields = [{ name: 'id', type: 'int' }]
const ids = (...numbers: number[]) => numbers.map((id) => ({ id }))
const blocks = mysqlFile(fields, ids(1, 2, 3, 4, 5, 6), { blockRows: 2 })
const lines = [1, 2, 3].map((number) => JSON.stringify(mysqlEvent(number, { id: number })))
const name = 'shop_item/2024/06/01/09/15/f'

interface Salvaged {
  readonly rows: readonly number[]
  readonly letters: readonly { readonly row: number; readonly reason: string; readonly event: unknown }[]
  readonly status: string | undefined
  readonly reason: string | null | undefined
}

/** Lands a file, which is quarantined, then salvages it. */
async function salvaged(content: Uint8Array | string): Promise<Salvaged> {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, {
    [name]: content,
    'shop_item/2024/06/01/09/15/good': mysqlFile(fields, ids(100), { first: 100 }),
  })
  const first = await landFolder(warehouse, folder)
  expect([first.landed, first.quarantined.length]).toEqual([1, 1])
  await forgetFiles(warehouse.warehouse, [name], 'quarantined', new Date())
  const effects = recordingEffects(new Date('2024-06-03T00:00:00Z'))
  await landFolder(warehouse, folder, { salvage: true, effects })
  const again = await landFolder(warehouse, folder, { salvage: true, effects })
  expect(again.landed).toBe(0)
  const rows = await warehouse.query(
    `select payload.id as id from "test-project.shop_raw".item where _file = '${name}' order by _row`,
  )
  const { state } = warehouse.warehouse
  const letters = await state.selectFrom('dead_letters').selectAll().orderBy('row').execute()
  const entry = (await state.selectFrom('files').selectAll().where('name', '=', name).execute()).find(
    ({ status }) => status !== 'forgotten',
  )
  warehouse.close()
  return {
    rows: rows.map(({ id }) => Number(id)),
    letters: letters.map(({ row, reason, event }) => ({
      row: Number(row),
      reason,
      event: JSON.parse(event),
    })),
    status: entry?.status,
    reason: entry?.reason,
  }
}

test('a file that was cut within a block lands the blocks before, and the rest is one dead letter', async () => {
  const cut = blocks.subarray(0, blocks.length - 30)
  const { rows, letters, status, reason } = await salvaged(cut)
  expect(rows).toEqual([1, 2, 3, 4])
  expect(status).toBe('landed')
  expect(reason).toMatch(/^the file ends within the block that begins at byte \d+ \(at byte \d+\)$/)
  expect(letters).toEqual([{ row: 4, reason, event: { unreadable_from_byte: cut.length } }])
})

test('a block that is damaged lands its events up to the damage', async () => {
  const file = Buffer.from(mysqlFile(fields, ids(1, 2, 3, 4, 5)))
  // The fourth event's uuid becomes longer than the file.
  const at = file.indexOf('00000000-0000-0000-0000-000000000004') - 1
  file[at] = 0xff
  const { rows, letters, status } = await salvaged(file)
  expect(rows).toEqual([1, 2, 3])
  expect(letters.map(({ row }) => row)).toEqual([3])
  expect(status).toBe('landed')
})

test('lines of JSON that are none become dead letters with their bytes, all others land', async () => {
  const bad = Buffer.concat([Buffer.from('{"uuid": "'), Buffer.from([0xff]), Buffer.from('"}')])
  const newline = Buffer.from('\n')
  const parts = [lines[0], '{"broken', lines[1], bad, lines[2]].flatMap((part) => [
    Buffer.from(part ?? ''),
    newline,
  ])
  const { rows, letters } = await salvaged(Buffer.concat(parts))
  expect(rows).toEqual([1, 2, 3])
  expect(letters.map(({ row, event }) => [row, event])).toEqual([
    [1, { unreadable_base64: Buffer.from('{"broken').toString('base64') }],
    [3, { unreadable_base64: bad.toString('base64') }],
  ])
})

test('gzip that was cut lands the lines before', async () => {
  const many = Array.from({ length: 3000 }, (_, at) => JSON.stringify(mysqlEvent(at + 1, { id: at + 1 })))
  const packed = gzipSync(many.join('\n'))
  const { rows, letters } = await salvaged(packed.subarray(0, Math.floor(packed.length * 0.6)))
  expect(rows.length).toBeGreaterThan(1000)
  expect(rows).toEqual(rows.map((_, at) => at + 1))
  expect(letters.map(({ row }) => row)).toEqual([rows.length])
})

test.each([
  [
    'events of two tables',
    writeAvro(mysqlSchema(fields), [mysqlEvent(1, { id: 1 }), mysqlEvent(2, { id: 2 }, { table: 'other' })]),
  ],
  ['a header that was cut', blocks.subarray(0, 100)],
  ['nothing', ''],
])('%s cannot be salvaged: the file stays in quarantine', async (_what, content) => {
  expect(await salvaged(content)).toMatchObject({ rows: [], letters: [], status: 'quarantined' })
})
