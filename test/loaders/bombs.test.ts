import { createGzip, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { mysqlEvent, mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from './fresh-warehouse.ts'

const minute = 'shop_item/2024/06/01/09/15'

let began = 0
beforeEach(() => {
  began = process.memoryUsage().rss
})

/** Why the file is quarantined; a good one beside it lands. */
async function reasonOf(content: Uint8Array | string): Promise<string | undefined> {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, {
    [`${minute}/a-bomb`]: content,
    [`${minute}/good`]: mysqlFile([{ name: 'id', type: 'int' }], [{ id: 1 }]),
  })
  const report = await landFolder(warehouse, folder)
  warehouse.close()
  expect([report.landed, report.rows]).toEqual([1, 1])
  // Several lines' worth at most, wherever the limit is reached.
  expect((process.memoryUsage().rss - began) / 1e6).toBeLessThan(2000)
  return report.quarantined[0]?.reason
}

/** `begin`, then so many bytes of one letter, in gzip: a thousandth of them. */
async function packed(begin: string, megabytes: number): Promise<Buffer> {
  const gzip = createGzip()
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  const piece = Buffer.alloc(1_000_000, 'x')
  gzip.write(begin)
  for (let at = 0; at < megabytes; at++) await new Promise((resolve) => gzip.write(piece, resolve))
  await new Promise((resolve) => gzip.end(resolve))
  return Buffer.concat(parts)
}

/** A file of one event in whose bytes `from` is replaced; the block's size follows. */
function changedBlock(file: Buffer, from: Buffer, to: Buffer): Buffer {
  const sync = file.subarray(file.length - 16)
  const blockAt = file.indexOf(sync) + 16
  const sizeBytes = (file[blockAt + 1] as number) > 127 ? 2 : 1
  const data = file.subarray(blockAt + 1 + sizeBytes, file.length - 16)
  const at = data.indexOf(from)
  if (at < 0) throw new Error('nothing to replace')
  const changed = Buffer.concat([data.subarray(0, at), to, data.subarray(at + from.length)])
  return Buffer.concat([file.subarray(0, blockAt + 1), varint(BigInt(changed.length)), changed, sync])
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value << 1n
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

const array = {
  type: 'record',
  name: 'multidimensionalArray_v',
  fields: [
    { name: 'nestedArray', type: ['null', { type: 'array', items: 'multidimensionalArray_v' }] },
    { name: 'elementValue', type: ['null', 'string'] },
  ],
}

describe('a bomb is quarantined with what went beyond which bound, and the rest lands:', () => {
  test('a line of a gigabyte, packed', { timeout: 120_000 }, async () => {
    expect(await reasonOf(await packed('{"uuid":"', 1000))).toBe(
      'a line of more than 268435456 bytes (landing: max_block_megabytes) (at byte 0)',
    )
  })

  test('a list over several lines that is as long', { timeout: 120_000 }, async () => {
    expect(await reasonOf(await packed('[\n"', 300))).toBe(
      'a line of more than 268435456 bytes (landing: max_block_megabytes) (at byte 0)',
    )
  })

  test('a text of a gigabyte, where a few bytes are', async () => {
    const file = mysqlFile([{ name: 'v', type: 'string' }], [{ v: 'bomb' }])
    const bomb = changedBlock(
      file,
      Buffer.from('\u0008bomb'),
      Buffer.concat([varint(2n ** 30n), Buffer.from('bomb')]),
    )
    expect(await reasonOf(bomb)).toMatch(
      /^a text of 1073741824, where at most \d+ can follow \(at byte \d+\)$/,
    )
  })

  test('a list of 2^40 nulls', async () => {
    const file = mysqlFile(
      [{ name: 'v', type: { type: 'array', items: 'null' } }],
      [{ v: [null, null, null] }],
    )
    // Branch 1, a block of three elements, the end of the list.
    const bomb = changedBlock(
      file,
      Buffer.from([2, 6, 0]),
      Buffer.concat([Buffer.from([2]), varint(2n ** 40n), Buffer.from([0])]),
    )
    expect(await reasonOf(bomb)).toMatch(
      /^a list of 1099511627776, longer than what follows \(at byte \d+\)$/,
    )
  })

  test('lists within lists, 100,000 deep', async () => {
    const leaf = { nestedArray: null, elementValue: 'bomb' }
    const file = mysqlFile([{ name: 'v', type: array }], [{ v: leaf }])
    // The leaf is: no list (0), an element (2), its text.
    const deep = Buffer.concat([
      Buffer.alloc(200_000, Buffer.from([2, 2])), // a list of one
      Buffer.from([0, 2, 8]),
    ])
    const bomb = changedBlock(
      file,
      Buffer.from([0, 2, 8, ...Buffer.from('bomb')]),
      Buffer.concat([deep, Buffer.from('bomb')]),
    )
    expect(await reasonOf(bomb)).toMatch(/^values nested deeper than 256 levels \(at byte \d+\)$/)
  })

  test('a schema of types within types, 100,000 deep', async () => {
    const file = mysqlFile([{ name: 'v', type: 'string' }], [{ v: 'a' }])
    const text = file.toString('latin1')
    const schema = text.slice(text.indexOf('{"type":"record"'), text.lastIndexOf('}') + 1)
    const deep = schema.replace(
      '["null","string"],"default":null',
      `${'['.repeat(100_000)}"null"${']'.repeat(100_000)}`,
    )
    expect(deep.length).toBeGreaterThan(200_000)
    const at = file.indexOf(schema)
    const size = varint(BigInt(schema.length))
    const bomb = Buffer.concat([
      file.subarray(0, at - size.length),
      varint(BigInt(deep.length)),
      Buffer.from(deep),
      file.subarray(at + schema.length),
    ])
    expect(await reasonOf(bomb)).toBe("the file's schema is nested deeper than 64 levels")
  })
})

describe('what is a bomb is for the settings to say:', () => {
  const limits = { maxBlockBytes: 10_000, maxContentBytes: 30_000 }
  const value = 'x'.repeat(9000)
  const fields = [{ name: 'v', type: 'string' }]
  const reasonWithin = async (content: Uint8Array | string) => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { [`${minute}/f`]: content })
    const report = await landFolder(warehouse, folder, { limits })
    warehouse.close()
    return report.quarantined[0]?.reason ?? report.rows
  }
  const rows = (many: number) => Array.from({ length: many }, () => ({ v: value }))

  test.each([
    [
      'a block',
      mysqlFile(fields, rows(2)),
      /^a block of 18\d+ bytes, where 10000 are allowed \(landing: max_block_megabytes\) \(at byte \d+\)$/,
    ],
    [
      'a block that is packed',
      mysqlFile(fields, rows(2), { codec: 'deflate' }),
      /^a block of more than 10000 bytes once uncompressed \(landing: max_block_megabytes\) \(at byte \d+\)$/,
    ],
    [
      'a block that is packed otherwise',
      mysqlFile(fields, rows(2), { codec: 'snappy' }),
      /^a block of more than 10000 bytes once uncompressed \(landing: max_block_megabytes\) \(at byte \d+\)$/,
    ],
    [
      'a line',
      JSON.stringify(mysqlEvent(1, { v: value + value })),
      'a line of more than 10000 bytes (landing: max_block_megabytes) (at byte 0)',
    ],
    [
      'a file that is packed',
      gzipSync(mysqlFile(fields, rows(5), { blockRows: 1 })),
      'more than 30000 bytes once uncompressed (landing: max_file_gigabytes) (at byte 30000)',
    ],
  ] as const)('%s', async (_what, content, reason) => {
    const given = await reasonWithin(content)
    if (typeof reason === 'string') expect(given).toBe(reason)
    else expect(given).toMatch(reason)
  })

  test('what is below lands', async () => {
    expect(await reasonWithin(mysqlFile(fields, rows(2), { blockRows: 1, codec: 'deflate' }))).toBe(2)
    expect(await reasonWithin(gzipSync(mysqlFile(fields, rows(2), { blockRows: 1 })))).toBe(2)
  })
})

test('an event of 60 MB in one line of JSON lands, in time that grows with its size alone', {
  timeout: 60_000,
}, async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  const value = 'x'.repeat(60_000_000)
  await writeFiles(folder, { [`${minute}/f.jsonl`]: JSON.stringify(mysqlEvent(1, { id: 1, value })) })
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 1 })
  expect(
    await warehouse.query('select length(payload.value) as n from "test-project.shop_raw".item'),
  ).toEqual([{ n: '60000000' }])
  warehouse.close()
})
