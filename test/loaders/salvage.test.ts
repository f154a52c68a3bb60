import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
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

test('a file that was cut within a block lands all events before the cut, and the rest is one dead letter', async () => {
  const cut = blocks.subarray(0, blocks.length - 30)
  const { rows, letters, status, reason } = await salvaged(cut)
  expect(rows).toEqual([1, 2, 3, 4, 5])
  expect(status).toBe('landed')
  expect(reason).toMatch(/^the file ends within the block that begins at byte \d+ \(at byte \d+\)$/)
  const from = expect.any(Number)
  expect(letters).toEqual([
    { row: 5, reason, event: { unreadable_bytes: { from, to: cut.length }, events: 1 } },
  ])
})

test.each(['none', 'deflate'] as const)(
  'a file of one block, as Datastream writes them, lands what was written before it was cut (codec %s)',
  async (codec) => {
    const whole = mysqlFile(fields, ids(...Array.from({ length: 200 }, (_, at) => at)), { codec })
    const { rows, letters } = await salvaged(whole.subarray(0, Math.floor(whole.length * 0.8)))
    expect(rows.length).toBeGreaterThan(20)
    expect(rows).toEqual(rows.map((_, at) => at))
    expect(letters.map(({ row, event }) => [row, (event as { events: number }).events])).toEqual([
      [rows.length, 200 - rows.length],
    ])
  },
)

test('a file that lacks nothing but the end of its last sync marker loses no event', async () => {
  const { rows, letters, reason } = await salvaged(blocks.subarray(0, blocks.length - 5))
  expect([rows, letters]).toEqual([[1, 2, 3, 4, 5, 6], []])
  expect(reason).toMatch(/^the file ends within the block/)
})

test('a sync marker that is damaged loses no event: the next block begins where it should', async () => {
  const sync = blocks.subarray(blocks.length - 16)
  const file = Buffer.from(blocks)
  const first = file.indexOf(sync) + 16
  const second = file.indexOf(sync, first)
  file[second + 3] = (file[second + 3] ?? 0) ^ 1
  const { rows, letters, reason } = await salvaged(file)
  expect([rows, letters]).toEqual([[1, 2, 3, 4, 5, 6], []])
  expect(reason).toMatch(/^the sync marker after a block is not that of the header/)
})

test('blocks after one whose size is damaged land, and the damaged one is told by its bytes', async () => {
  const sync = blocks.subarray(blocks.length - 16)
  const file = Buffer.from(blocks)
  const first = file.indexOf(sync) + 16
  const second = file.indexOf(sync, first) + 16
  const third = file.indexOf(sync, second) + 16
  file.set([0xff, 0xff, 0x03], second + 1)
  const { rows, letters } = await salvaged(file)
  expect(rows).toEqual([1, 2, 5, 6])
  expect(letters.map(({ row, event }) => [row, event])).toEqual([
    [2, { unreadable_bytes: { from: second, to: third } }],
  ])
})

/** Positions of a file's blocks, sync marker included. */
function blockRanges(file: Buffer): { from: number; to: number }[] {
  const sync = file.subarray(file.length - 16)
  const ends: number[] = []
  for (let at = file.indexOf(sync); at >= 0; at = file.indexOf(sync, at + 16)) ends.push(at + 16)
  return ends.slice(1).map((to, index) => ({ from: ends[index] ?? 0, to }))
}

test('whatever bytes are damaged: every block they leave alone lands, no event lands that is not the file’s', {
  timeout: 120_000,
}, async () => {
  const file = mysqlFile(fields, ids(...Array.from({ length: 24 }, (_, at) => at)), {
    codec: 'snappy', // whose checksum tells damage within values
    blockRows: 3,
  })
  const blocksOf = blockRanges(file)
  const from = blocksOf[0]?.from ?? 0
  const damage = fc.record({
    at: fc.integer({ min: from, max: file.length - 1 }),
    size: fc.integer({ min: 1, max: 40 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (places, takesOut) => {
        let damaged = Buffer.from(file)
        for (const { at, size } of places)
          for (let i = at; i < Math.min(file.length, at + size); i++) damaged[i] = 0xa5
        const touches = (start: number, end: number) =>
          places.some(({ at, size }) => at < end && at + size > start)
        // Where a block begins is told by the marker before it, or else by the size of the block before.
        const isFound = (index: number): boolean => {
          const before = blocksOf[index - 1]
          if (before === undefined || !touches(before.to - 16, before.to)) return true
          return !takesOut && !touches(before.from, before.from + 3) && isFound(index - 1)
        }
        // Bytes that are gone shift all that comes after.
        const [first] = places
        if (takesOut && places.length === 1 && first !== undefined) {
          damaged = Buffer.concat([
            file.subarray(0, first.at),
            file.subarray(Math.min(file.length, first.at + first.size)),
          ])
        }
        const folder = freshFolder()
        const warehouse = await freshWarehouse()
        await writeFiles(folder, { [name]: damaged })
        const report = await landFolder(warehouse, folder, { salvage: true })
        const rows =
          report.landed === 0
            ? []
            : await warehouse.query(`select payload.id as id from "test-project.shop_raw".item order by _row`)
        const landed = rows.map(({ id }) => Number(id))
        const sound = blocksOf.flatMap((block, index) =>
          touches(block.from, block.to) || !isFound(index) ? [] : [0, 1, 2].map((row) => index * 3 + row),
        )
        expect(landed).toEqual(expect.arrayContaining(sound))
        expect(landed).toEqual([...new Set(landed)].sort((a, b) => a - b).filter((id) => id < 24))
        const letters = await warehouse.warehouse.state.selectFrom('dead_letters').selectAll().execute()
        if (landed.length < 24 && report.landed === 1) expect(letters.length).toBeGreaterThan(0)
        warehouse.close()
      },
    ),
    { numRuns: 60, seed: Number(process.env['STREAMFORM_SEED'] ?? 20240601), verbose: 1 },
  )
})

test('a block that is damaged lands its events up to the damage; one whose end is not sure is left with the rest', async () => {
  const file = Buffer.from(mysqlFile(fields, ids(1, 2, 3, 4, 5)))
  // The fourth event's uuid becomes longer than the file.
  const at = file.indexOf('00000000-0000-0000-0000-000000000004') - 1
  file[at] = 0xff
  const { rows, letters, status } = await salvaged(file)
  expect(rows).toEqual([1, 2])
  expect(letters.map(({ row, event }) => [row, (event as { events: number }).events])).toEqual([[2, 3]])
  expect(status).toBe('landed')
})

test('damage to the length of a text, wherever it is, lands no event that is not the file’s', {
  timeout: 120_000,
}, async () => {
  const own = [...fields, { name: 'a', type: 'string' }, { name: 'b', type: 'string' }]
  const payloads = ids(...Array.from({ length: 12 }, (_, at) => at)).map(({ id }) => ({
    id,
    a: `a${id}`,
    b: `b${id}${id}`,
  }))
  const file = mysqlFile(own, payloads, { blockRows: 6 })
  const texts = payloads
    .flatMap(({ a, b }) => [a, b])
    .map((text) => file.indexOf(`${String.fromCharCode(text.length * 2)}${text}`))
  for (const [index, at] of texts.entries()) {
    const damaged = Buffer.from(file)
    // Two or four bytes more or less.
    damaged[at] = (damaged[at] ?? 0) ^ (index % 2 === 0 ? 2 : 4)
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { [name]: damaged })
    const report = await landFolder(warehouse, folder, { salvage: true })
    if (report.landed === 1) {
      const rows = await warehouse.query('select payload from "test-project.shop_raw".item order by _row')
      const expected = payloads.map(({ id, a, b }) => JSON.stringify({ id: String(id), a, b }))
      for (const { payload } of rows) expect(expected).toContain(JSON.stringify(payload))
      expect(rows.length).toBeGreaterThanOrEqual(6 - 1)
    }
    warehouse.close()
  }
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
