import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AvroSchema, writeAvro } from '../loaders/avro/write.ts'
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
  const eventOf = (i: number) => mysqlEvent(i, wideRow(i, random, word), { database: 'bench', table: 'wide' })
  writeEvents(file, schema, events, eventOf, codec)
}

/** One file of a table of so many columns, numbers and texts in turns. */
export function writeColumnsFile(file: string, events: number, columns: number): void {
  const names = Array.from({ length: columns }, (_, at) => `column_${at}`)
  const fields = names.map((name, at) => ({ name, type: at % 2 === 0 ? 'long' : 'string' }))
  const rowOf = (i: number) =>
    Object.fromEntries(
      names.map((name, at) => [name, at % 2 === 0 ? i * at : words[(i + at) % words.length]]),
    )
  const eventOf = (i: number) => mysqlEvent(i, rowOf(i), { database: 'bench', table: 'columns' })
  writeEvents(file, mysqlSchema(fields, 'bench_columns'), events, eventOf, 'null', 1000)
}

/** So many events, in order, in blocks of 20,000. */
function writeEvents(
  file: string,
  schema: AvroSchema,
  events: number,
  eventOf: (i: number) => unknown,
  codec: Codec,
  eventsPerBlock = 20_000,
): void {
  const output = openSync(file, 'w')
  const options = { codec: codec === 'null' ? 'none' : codec, sync } as const
  const header = writeAvro(schema, [], options)
  writeSync(output, header)
  for (let start = 0; start < events; start += eventsPerBlock) {
    const size = Math.min(eventsPerBlock, events - start)
    const block = Array.from({ length: size }, (_, i) => eventOf(start + i))
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

/** A number for an event's row, always the same for the same number. */
const spread = (i: number, below: number) => (Math.imul(i, 2_654_435_761) % below) >>> 0

const code = (i: number) => String.fromCharCode(65 + (i % 26), 65 + ((i >> 2) % 26), 65 + ((i >> 5) % 26))

/** Of the four world_x tables: a name, its payload's columns and what row `i` holds. */
const worldTables = [
  {
    name: 'city',
    share: 0.5,
    fields: [
      { name: 'ID', type: 'int' },
      { name: 'Name', type: 'string' },
      { name: 'CountryCode', type: 'string' },
      { name: 'District', type: 'string' },
      { name: 'Info', type: { type: 'string', logicalType: 'json' } },
    ],
    row: (i: number) => ({
      ID: i,
      Name: `${words[spread(i, 16)]} ${words[spread(i + 1, 16)]}`,
      CountryCode: code(i),
      District: words[spread(i >> 3, 16)],
      Info: `{"Population": ${spread(i, 9_000_000)}}`,
    }),
  },
  {
    name: 'countrylanguage',
    share: 0.3,
    fields: [
      { name: 'CountryCode', type: 'string' },
      { name: 'Language', type: 'string' },
      { name: 'IsOfficial', type: 'string' },
      { name: 'Percentage', type: { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 1 } },
    ],
    row: (i: number) => ({
      CountryCode: code(i),
      Language: words[spread(i, 16)],
      IsOfficial: i % 7 === 0 ? 'T' : 'F',
      Percentage: Buffer.from([spread(i, 4), spread(i, 232)]),
    }),
  },
  {
    name: 'country',
    share: 0.1,
    fields: [
      { name: 'Code', type: 'string' },
      { name: 'Name', type: 'string' },
      { name: 'Capital', type: 'int' },
      { name: 'Code2', type: 'string' },
    ],
    row: (i: number) => ({
      Code: code(i),
      Name: `${words[spread(i, 16)]} ${i}`,
      Capital: i % 9 === 0 ? null : i,
      Code2: code(i).slice(0, 2),
    }),
  },
  {
    name: 'countryinfo',
    share: 0.1,
    fields: [
      { name: 'doc', type: { type: 'string', logicalType: 'json' } },
      { name: '_id', type: 'bytes' },
    ],
    row: (i: number) => {
      const id = String(i).padStart(28, '0')
      return {
        doc: `{"GNP": ${spread(i, 90_000)}, "_id": "${id}", "Code": "${code(i)}", "Name": "${words[spread(i, 16)]}", "IndepYear": ${1000 + spread(i, 1000)}, "geography": {"Region": "${words[spread(i >> 1, 16)]}", "Continent": "${words[spread(i >> 2, 16)]}", "SurfaceArea": ${spread(i, 900_000)}}, "government": {"HeadOfState": "${words[spread(i >> 3, 16)]} ${words[spread(i >> 4, 16)]}", "GovernmentForm": "Republic"}, "demographics": {"Population": ${spread(i, 90_000_000)}, "LifeExpectancy": ${40 + spread(i, 45)}}}`,
        _id: Buffer.from(id),
      }
    },
  },
] as const

/** So many events in all, of the four world_x tables, one file each. */
export function writeWorldFiles(folder: string, events: number): void {
  for (const { name, share, fields, row } of worldTables) {
    const file = join(folder, `bench_${name}`, '2024', '06', '01', '00', '00', 'f.avro')
    mkdirSync(dirname(file), { recursive: true })
    const eventOf = (i: number) => mysqlEvent(i, row(i), { database: 'bench', table: name })
    writeEvents(file, mysqlSchema(fields, `bench_${name}`), Math.round(events * share), eventOf, 'null')
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
