import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeAvro } from '../loaders/avro/write.ts'
import { mysqlEvent, mysqlFile, mysqlSchema } from '../test/loaders/events.ts'

export type Codec = 'null' | 'deflate' | 'snappy'

const micros = { type: 'long', logicalType: 'timestamp-micros' }
const wide = [
  { name: 'id', type: 'long' },
  { name: 'first_name', type: 'string' },
  { name: 'last_name', type: 'string' },
  { name: 'email', type: 'string' },
  { name: 'street', type: 'string' },
  { name: 'city', type: 'string' },
  { name: 'country', type: 'string' },
  { name: 'active', type: 'int' },
  { name: 'score', type: 'double' },
  { name: 'balance', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
  { name: 'created', type: micros },
  { name: 'updated', type: micros },
  { name: 'quantity', type: 'int' },
  { name: 'notes', type: 'string' },
  { name: 'document', type: { type: 'string', logicalType: 'json' } },
]
const words =
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa'.split(
    ' ',
  )
const eventsPerBlock = 20_000
const sync = Buffer.alloc(16, 0x5a)

/** One file of events with 15 payload columns, in blocks of 20,000; the same for the same number. */
export function writeWideFile(file: string, events: number, codec: Codec): void {
  const schema = mysqlSchema(wide, 'bench_wide')
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
  const word = () => words[Math.floor(random() * words.length)] ?? ''
  const output = openSync(file, 'w')
  const options = { codec: codec === 'null' ? 'none' : codec, sync } as const
  const header = writeAvro(schema, [], options)
  writeSync(output, header)
  for (let start = 0; start < events; start += eventsPerBlock) {
    const block: unknown[] = []
    for (let i = start; i < Math.min(events, start + eventsPerBlock); i++) {
      block.push(mysqlEvent(i, wideRow(i, random, word), { database: 'bench', table: 'wide' }))
    }
    writeSync(output, writeAvro(schema, block, options).subarray(header.length))
  }
  closeSync(output)
}

function wideRow(id: number, random: () => number, word: () => string): Readonly<Record<string, unknown>> {
  const first = word()
  const last = `${word()}${Math.floor(random() * 1000)}`
  return {
    id,
    first_name: first,
    last_name: last,
    email: `${first}.${last}@example.org`,
    street: `${Math.floor(random() * 999)} ${word()} ${word()} street`,
    city: word(),
    country: random() < 0.1 ? null : word().slice(0, 2),
    active: random() < 0.5 ? 1 : 0,
    score: random() * 100,
    balance: Buffer.from([
      Math.floor(random() * 100),
      Math.floor(random() * 256),
      Math.floor(random() * 256),
    ]),
    created: (1_717_200_000_000 + id) * 1000,
    updated: random() < 0.3 ? null : (1_717_200_000_000 + id) * 1000 + Math.floor(random() * 1000),
    quantity: Math.floor(random() * 1000),
    notes: random() < 0.5 ? null : `${word()} ${word()} ${word()} ${word()}`,
    document: `{"a": ${id}, "tags": ["${word()}"]}`,
  }
}

/** Small files of four tables in minute folders, sixty a minute. */
export function writeSmallFiles(folder: string, files: number, eventsEach: number): void {
  const fields = [
    { name: 'id', type: 'int' },
    { name: 'name', type: 'string' },
    { name: 'amount', type: 'long' },
    { name: 'at', type: micros },
  ]
  const tables = ['item', 'customer', 'orders', 'line']
  for (let i = 0; i < files; i++) {
    const table = tables[i % tables.length] ?? ''
    const minute = new Date(Date.UTC(2024, 5, 1) + Math.floor(i / 60) * 60_000).toISOString().slice(0, 16)
    const name = join(
      folder,
      `shop_${table}`,
      minute.replaceAll(/[-T:]/g, '/'),
      `k_mysql-cdc-binlog_${i}_0_0.avro`,
    )
    const rows = Array.from({ length: eventsEach }, (_, row) => ({
      id: i * eventsEach + row,
      name: `name ${row}`,
      amount: row,
      at: 1_717_200_000_000_000 + i,
    }))
    mkdirSync(dirname(name), { recursive: true })
    writeFileSync(name, mysqlFile(fields, rows, { first: i * eventsEach, table }))
  }
}
