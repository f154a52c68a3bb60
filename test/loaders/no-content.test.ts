import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { landText } from '../../loaders/land-text.ts'
import { retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { mysqlEvent, mysqlFile } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  project,
  recordingEffects,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'

// What rows hold is nobody's business but the raw table's and the dead letter's: no reason, error, note or entry of the
// ledger may repeat it. That holds for every column, so that it holds for those with a privacy tag.

const secret = 'c0ffee@secret.example'
/** Numbers that stand for a secret where a column has numbers. */
const days = 8_675_309
const micros = 867_530_986_753_098_675n

let warehouse: TestWarehouse
let folder: string
beforeEach(async () => {
  warehouse = await freshWarehouse()
  folder = freshFolder()
})
afterEach(() => warehouse.close())

const minute = 'shop_item/2024/06/01/00/00'
const text = { name: 'mail', type: 'string' }
const date = { name: 'born', type: { type: 'int', logicalType: 'date' } }
const timestamp = { name: 'seen', type: { type: 'long', logicalType: 'timestamp-micros' } }
const decimal = { name: 'pay', type: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 9 } }
const row = { mail: secret, born: days, seen: micros, pay: Buffer.alloc(17, 0x53) }

/** Everything of a landing that is told or kept, but dead letters' events. */
async function told(options: Parameters<typeof landFolder>[2] = {}): Promise<string> {
  const effects = recordingEffects()
  const parts: string[] = []
  try {
    const report = await landFolder(warehouse, folder, { ...options, effects })
    parts.push(JSON.stringify(report), landText(report))
  } catch (error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      parts.push(String(at), at.stack ?? '', JSON.stringify(at))
    }
  }
  const retried = await retryDeadLetters(warehouse.warehouse, project, [], new Date('2024-06-03'))
  const { state } = warehouse.warehouse
  const letters = await state.selectFrom('dead_letters').selectAll().execute()
  const kept = [
    await state.selectFrom('files').selectAll().execute(),
    await state.selectFrom('schemas').selectAll().execute(),
    letters.map(({ event: _, ...letter }) => letter),
    retried,
  ]
  const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return [...parts, ...effects.printed, JSON.stringify(kept, plain)].join('\n')
}

function expectNoContent(said: string): void {
  expect(said.length).toBeGreaterThan(100)
  for (const content of [
    secret,
    'c0ffee',
    String(days),
    String(micros),
    '867530',
    Buffer.alloc(17, 0x53).toString('base64'),
    '535353',
  ]) {
    expect(said).not.toContain(content)
  }
}

const json = (number: number, payload: unknown) =>
  JSON.stringify({ ...(mysqlEvent(number, {}) as object), payload })

const cases: Readonly<Record<string, Readonly<Record<string, Uint8Array | string>>>> = {
  'values beyond their types': {
    f: mysqlFile([text, date], [row]),
    g: mysqlFile([text, timestamp], [row]),
    h: mysqlFile([text, decimal], [row]),
  },
  'bytes where the column is text, and text where it is bytes': {
    a: mysqlFile([text], [row]),
    b: mysqlFile([{ name: 'mail', type: 'bytes' }], [{ mail: Buffer.from(secret) }]),
    c: mysqlFile([{ name: 'pin', type: 'bytes' }], [{ pin: Buffer.from('x') }]),
    'd.jsonl': json(1, { pin: secret }),
  },
  'a text that is not UTF-8': { f: invalidText() },
  'JSON that is broken within a value': {
    'f.jsonl': `${json(1, { mail: 'x' })}\n{"uuid":"2","payload":{"mail":"${secret}`,
  },
  'JSON that is broken after a value': { 'f.jsonl': `{"uuid":"2","payload":{"mail":"${secret}"}, oops` },
  'a line that is no event': { 'f.jsonl': `${json(1, { mail: 'x' })}\n{"mail":"${secret}","born":${days}}` },
  'a payload that is no object': { 'f.jsonl': `${json(1, { mail: 'x' })}\n${json(2, secret)}` },
  'a time that is none': {
    'f.jsonl': `${json(1, { mail: 'x' })}\n${json(2, {}).replace(/"source_timestamp":\d+/, `"source_timestamp":"${secret}"`)}`,
  },
  'a file that is cut within a value': { f: mysqlFile([text], [row]).subarray(0, -25) },
  'gzip that is cut': { f: gzipSync(mysqlFile([text, date], [row, row, row])).subarray(0, -30) },
  'a header whose schema is not JSON': { f: damagedSchema() },
  'a text in place of a file': { 'f.avro': `mail: ${secret}` },
}

function invalidText(): Buffer {
  const file = mysqlFile([text], [row])
  file[file.indexOf('@secret')] = 0xff
  return file
}

/** The schema's text goes on into the rows. */
function damagedSchema(): Buffer {
  const file = mysqlFile(
    [{ ...text, name: secret.replace(/\W/g, '_') }],
    [{ [secret.replace(/\W/g, '_')]: secret }],
  )
  const at = file.indexOf('"fields":[')
  file[at] = 0x21
  return file
}

describe.each(Object.entries(cases))('%s: nothing of it is in what is told', (_what, files) => {
  test('by a landing', async () => {
    await writeFiles(
      folder,
      Object.fromEntries(Object.entries(files).map(([name, content]) => [`${minute}/${name}`, content])),
    )
    expectNoContent(await told())
  })

  test('by one that salvages, and by one that may have no dead letters', async () => {
    await writeFiles(
      folder,
      Object.fromEntries(Object.entries(files).map(([name, content]) => [`${minute}/${name}`, content])),
    )
    expectNoContent(await told({ maxDeadLetters: 0 }))
    expectNoContent(await told({ salvage: true }))
  })
})

test('a reason is short, however long the name that it is about', async () => {
  const name = 'n'.repeat(100_000)
  writeFileSync(
    join(folder, 'a'),
    mysqlFile(
      [
        { name, type: 'string' },
        { name: name.toUpperCase(), type: 'string' },
      ],
      [],
    ),
  )
  writeFileSync(
    join(folder, 'b.jsonl'),
    `${json(1, { [name]: 1 })}\n${json(2, { [name]: 1, [name.toUpperCase()]: 2 })}`,
  )
  const report = await landFolder(warehouse, folder)
  expect(landText(report).length).toBeLessThan(5000)
})
