import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { landText } from '../../loaders/land-text.ts'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { minutePath, mysqlEvent, mysqlFile, mysqlSchema } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, type TestWarehouse, writeFiles } from './fresh-warehouse.ts'

const fields = [
  { name: 'id', type: 'long' },
  { name: 'name', type: 'string' },
]
const good = mysqlFile(fields, [
  { id: 1, name: 'one' },
  { id: 2, name: 'two' },
])
const goodName = minutePath('2024/06/01/00/00', 'a.avro')

/** Lands a good file and one that is not; gives what became of the other. */
async function landBeside(
  name: string,
  content: Uint8Array | string,
): Promise<{ reason: string; warehouse: TestWarehouse }> {
  const folder = freshFolder()
  await writeFiles(folder, { [goodName]: good, [name]: content })
  const warehouse = await freshWarehouse()
  const report = await landFolder(warehouse, folder)
  expect(report).toMatchObject({ landed: 1, rows: 2, deadLetters: 0 })
  expect(report.quarantined.map(({ file }) => file)).toEqual([name])
  expect(
    await warehouse.query(
      'select name, status, rows, landed_at is null as never from "test-project.streamform".files order by name',
    ),
  ).toEqual(
    [
      { name: goodName, status: 'landed', rows: '2', never: false },
      { name, status: 'quarantined', rows: '0', never: true },
    ].sort((left, right) => (left.name < right.name ? -1 : 1)),
  )
  expect(await warehouse.query('select payload.id from "test-project.shop_raw".item order by 1')).toEqual([
    { id: '1' },
    { id: '2' },
  ])
  const again = await landFolder(warehouse, folder)
  expect(again).toMatchObject({ landed: 0, alreadyLanded: 1, quarantined: [], stillQuarantined: 1 })
  return { reason: report.quarantined[0]?.reason ?? '', warehouse }
}

describe('a file that cannot be read is quarantined whole, with the reason and the byte, and the rest lands:', () => {
  const cases: readonly (readonly [what: string, content: Uint8Array | string, reason: string | RegExp])[] = [
    ['an empty file', '', 'the file is empty (at byte 0)'],
    ['text that is neither Avro nor JSON', 'hello', 'neither Avro nor JSON lines (at byte 0)'],
    ['a header cut short', good.subarray(0, 100), 'the file ends within its header (at byte 100)'],
    [
      'a block cut short',
      good.subarray(0, good.length - 30),
      `the file ends within the block that begins at byte ${good.length - blockSize(good)} (at byte ${good.length - 30})`,
    ],
    [
      'a wrong sync marker',
      damaged(good, good.length - 1),
      `the sync marker after a block is not that of the header (at byte ${good.length - 16})`,
    ],
    [
      'an unknown codec',
      replaced(mysqlFile(fields, [], { codec: 'snappy' }), 'snappy', 'snippy'),
      'the codec `snippy` is not one of null, deflate, snappy (at byte 4)',
    ],
    [
      'a schema that is not JSON',
      replaced(good, '{"type":"record"', '{"type"!"record"'),
      /^the file's schema is not JSON \(at its character \d+\)$/,
    ],
    [
      'a schema without payload',
      writeAvro({ type: 'record', name: 'r', fields: [{ name: 'id', type: 'int' }] }, [{ id: 1 }]),
      'the schema is not a Datastream event: record `r` has no `uuid`, `source_timestamp`, `source_metadata`, `payload`',
    ],
    [
      'deflate data that are none',
      writeRaw('deflate', Buffer.from('no deflate data')),
      /^a block that deflate cannot uncompress: .* \(at byte \d+\)$/,
    ],
    [
      'a snappy block with a wrong checksum',
      damaged(mysqlFile(fields, [{ id: 1, name: 'x' }], { codec: 'snappy' }), -17),
      /^a snappy block whose checksum does not match \(at byte \d+\)$/,
    ],
    [
      'a deflate bomb',
      writeRaw('deflate', deflateRawSync(Buffer.alloc(600 * 1024 * 1024))),
      /^a block of more than 536870912 bytes once uncompressed \(landing: max_block_megabytes\) \(at byte \d+\)$/,
    ],
    [
      'a block of 2^62 records',
      writeBlock(2n ** 62n, Buffer.alloc(10)),
      /^the data ends within a (record|text|value) \(at byte \d+\)$/,
    ],
    [
      'a block of more bytes than any may have',
      writeBlock(1n, Buffer.alloc(0), 2n ** 40n),
      /^a block of 1099511627776 bytes, where 536870912 are allowed \(landing: max_block_megabytes\) \(at byte \d+\)$/,
    ],
    [
      'more bytes in a block than its records have',
      writeBlock(1n, Buffer.concat([oneRecord(), Buffer.alloc(3)])),
      /^a block with more bytes than its records have \(at byte \d+\)$/,
    ],
    [
      'gzip that is cut short',
      gzipSync(good).subarray(0, 200),
      /^gzip: unexpected end of file \(at byte \d+\)$/,
    ],
    [
      'JSON with a broken line',
      `${JSON.stringify(jsonEvent(1))}\n{"uuid": tru\n`,
      /^not JSON \(at byte \d+\)$/,
    ],
    [
      'JSON nested 100,000 deep',
      `{"uuid":"1","source_timestamp":1,"source_metadata":{},"payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      /^(JSON nested too deep|not JSON) \(at byte \d+\)$/,
    ],
    [
      'JSON that is not UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      'the text is not UTF-8 (at byte 0)',
    ],
    [
      'events of two tables',
      writeAvro(mysqlSchema(fields), [
        mysqlEvent(1, { id: 1, name: 'a' }),
        mysqlEvent(2, { id: 2, name: 'b' }, { table: 'other' }),
      ]),
      'the file has events of two source tables (at byte 0)',
    ],
  ]
  test.each(cases)('%s', async (_what, content, reason) => {
    const { reason: given, warehouse } = await landBeside(minutePath('2024/06/01/00/01', 'b.avro'), content)
    if (typeof reason === 'string') expect(given).toBe(reason)
    else expect(given).toMatch(reason)
    warehouse.close()
  })

  test('one whose last block is damaged, after a batch of it had gone to the warehouse', async () => {
    const rows = Array.from({ length: 130_000 }, (_, index) => ({ id: index, name: `n${index}` }))
    const large = mysqlFile(fields, rows, { blockRows: 10_000 })
    const name = minutePath('2024/06/01/00/01', 'large.avro')
    const { reason, warehouse } = await landBeside(name, damaged(large, large.length - 1))
    expect(reason).toBe(
      `the sync marker after a block is not that of the header (at byte ${large.length - 16})`,
    )
    warehouse.close()
  })

  test('a link that leads out of the stream folder', async () => {
    const outside = freshFolder()
    writeFileSync(join(outside, 'secret.avro'), good)
    const folder = freshFolder()
    await writeFiles(folder, { [goodName]: good })
    symlinkSync(join(outside, 'secret.avro'), join(folder, 'link.avro'))
    symlinkSync(outside, join(folder, 'linked'))
    const warehouse = await freshWarehouse()
    const report = await landFolder(warehouse, folder)
    expect(report.landed).toBe(1)
    expect(report.quarantined).toEqual([
      { file: 'link.avro', reason: 'a symbolic link that leads out of the stream folder' },
      { file: 'linked', reason: 'a symbolic link that leads out of the stream folder' },
    ])
    warehouse.close()
  })
})

describe('a landing that cannot begin says what to do:', () => {
  const message = (promise: Promise<unknown>) => promise.then(() => 'no error', String)

  test('no stream folder', async () => {
    const warehouse = await freshWarehouse()
    const folder = join(freshFolder(), 'nowhere')
    expect(await message(landFolder(warehouse, folder))).toBe(
      `${folder}: the stream folder does not exist\n  run \`streamform sample\` to write one, or set \`stream: path:\` in streamform.yaml`,
    )
    warehouse.close()
  })

  test('a file where the stream folder should be', async () => {
    const warehouse = await freshWarehouse()
    const file = join(freshFolder(), 'file')
    writeFileSync(file, '')
    expect(await message(landFolder(warehouse, file))).toBe(
      `${file}: the stream must be a folder, this is a file\n  set \`stream: path:\` in streamform.yaml to the folder that holds it`,
    )
    warehouse.close()
  })

  test('a warehouse in a folder that is not there', async () => {
    const folder = join(freshFolder(), 'nowhere')
    expect(await message(openDatabase(join(folder, 'w.duckdb')))).toBe(
      `${folder}/w.duckdb: the folder of the warehouse does not exist: ${folder}\n  create it, or set another \`warehouse: path:\` in streamform.yaml`,
    )
  })

  test('a warehouse that is some other file', async () => {
    const file = join(freshFolder(), 'notes.txt')
    writeFileSync(file, 'hello')
    expect(await message(openDatabase(file))).toBe(
      `${file}: this file is not a DuckDB database\n  set another \`warehouse: path:\` in streamform.yaml, or move the file away`,
    )
  })

  test('a warehouse that another process has open', async () => {
    const file = join(freshFolder(), 'w.duckdb')
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, '../../runner/warehouse/duckdb/database.ts'))})
      await openDatabase(${JSON.stringify(file)})
      console.log('open')
      setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await new Promise((resolve) => other.stdout.once('data', resolve))
      expect(await message(openDatabase(file))).toBe(
        `${file}: the warehouse is in use by another process (PID ${other.pid}: ${process.execPath}); one process at a time may open it\n  wait until that process has ended, or end it, and run the command again`,
      )
    } finally {
      other.kill()
    }
  })

  test('a warehouse that this user may only read', async () => {
    const folder = freshFolder()
    const file = join(folder, 'w.duckdb')
    const database = await openDatabase(file)
    database.close()
    chmodSync(file, 0o444)
    chmodSync(folder, 0o555)
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, '../../runner/warehouse/duckdb/database.ts'))})
      if (process.getuid() === 0) process.setuid(65534)
      console.log(String(await openDatabase(${JSON.stringify(file)}).catch((error) => error)))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    for await (const piece of child.stdout) printed += String(piece)
    chmodSync(folder, 0o755)
    expect(printed).toBe(
      `${file}: the warehouse cannot be written: the file or its folder is read-only for this user\n  give this user write permission on the file and on its folder, or set another \`warehouse: path:\`\n`,
    )
  })

  test('a warehouse that a newer DuckDB wrote', async () => {
    const file = join(freshFolder(), 'w.duckdb')
    const database = await openDatabase(file)
    database.close()
    const { readFileSync } = await import('node:fs')
    const bytes = readFileSync(file)
    bytes[12] = 200
    writeFileSync(file, bytes)
    // DuckDB's complaint about the checksum tells the right one.
    const complaint = await openDatabase(file).catch((error: Error) => (error.cause as Error).message)
    bytes.writeBigUInt64LE(BigInt(/computed checksum (\d+)/.exec(String(complaint))?.[1] ?? '0'), 0)
    writeFileSync(file, bytes)
    expect(await message(openDatabase(file))).toBe(
      `${file}: the warehouse was written by a newer DuckDB (storage version 200; this one reads up to 68)\n  use the streamform that wrote it, or a newer one`,
    )
  })
})

test('a report says what is missing and what to type', async () => {
  const folder = freshFolder()
  await writeFiles(folder, {
    [goodName]: good,
    'shop_item/2024/06/01/00/02/\u202ebad.avro': 'hello',
    'README.md': '# hi',
  })
  mkdirSync(join(folder, 'empty'))
  const warehouse = await freshWarehouse()
  expect(landText(await landFolder(warehouse, folder))).toBe(
    [
      `landed 2 events of 1 file (${(good.length / 1000).toFixed(1)} kB)`,
      '  shop_raw.item  2 events of 1 file',
      '1 object skipped, no change files:',
      '  README.md: neither Avro nor JSON lines (at byte 0)',
      '1 file cannot be read; none of their events landed (`streamform files retry` tries again, with --salvage what can be read of them lands):',
      '  shop_item/2024/06/01/00/02/\\u{202e}bad.avro: neither Avro nor JSON lines (at byte 0)',
    ].join('\n'),
  )
  expect(landText(await landFolder(warehouse, folder))).toBe(
    [
      'nothing new to land; 1 file had landed before',
      '1 file in quarantine from before: `streamform files list --status quarantined` says why, `streamform files retry --salvage` lands what can be read',
    ].join('\n'),
  )
  warehouse.close()
})

function damaged(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file)
  const index = at < 0 ? copy.length + at : at
  copy[index] = (copy[index] ?? 0) ^ 0xff
  return copy
}

function replaced(file: Buffer, from: string, to: string): Buffer {
  return Buffer.from(file.toString('latin1').replace(from, to), 'latin1')
}

/** Bytes of the last block: what follows the header. */
function blockSize(file: Buffer): number {
  const sync = file.subarray(file.length - 16)
  return file.length - (file.indexOf(sync) + 16)
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

function writeRaw(codec: 'deflate' | 'null', data: Buffer): Buffer {
  return rawFile(codec, 1n, data, BigInt(data.length))
}

function writeBlock(count: bigint, data: Buffer, size = BigInt(data.length)): Buffer {
  return rawFile('null', count, data, size)
}

function rawFile(codec: 'deflate' | 'null', count: bigint, data: Buffer, size: bigint): Buffer {
  const header = mysqlFile(fields, [], { codec, sync: Buffer.alloc(16, 7) })
  return Buffer.concat([header, varint(count), varint(size), data, Buffer.alloc(16, 7)])
}

function oneRecord(): Buffer {
  const file = mysqlFile(fields, [{ id: 1, name: 'x' }])
  const block = file.subarray(file.length - blockSize(file), file.length - 16)
  return block.subarray(3) // one byte of count, two of size
}

function jsonEvent(id: number): unknown {
  return mysqlEvent(id, { id, name: 'x' })
}
