import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { shared } from '../shared.ts'
import { freshWarehouse, landFolder } from './fresh-warehouse.ts'

const samples = shared('samples')

// avsc decodes each file by itself, its logical types left as they are stored: what a raw table must hold is derived
// from that by the rules below, written down a second time on purpose.
const bigLong = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: () => Buffer.alloc(8),
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint' || typeof value === 'number',
  compare: () => 0,
})

interface Schema {
  readonly type: unknown
  readonly [key: string]: unknown
}

interface DecodedFile {
  readonly schema: Schema
  readonly records: readonly Record<string, unknown>[]
}

async function decode(file: string): Promise<DecodedFile> {
  const records: Record<string, unknown>[] = []
  let schema: Schema | undefined
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (parsed) => {
      schema = parsed as unknown as Schema
      return avsc.Type.forSchema(JSON.parse(JSON.stringify(parsed)), {
        registry: { long: bigLong },
        logicalTypes: {},
        wrapUnions: 'never',
      })
    },
  })
  decoder.end(readFileSync(file))
  for await (const record of decoder) records.push(record as Record<string, unknown>)
  if (schema === undefined) throw new Error('no header')
  return { schema, records }
}

function instant(micros: bigint): string {
  const day = 86_400_000_000n
  const ofDay = ((micros % day) + day) % day
  const date = new Date(Number((micros - ofDay) / 1000n)).toISOString().slice(0, 10)
  const seconds = ofDay / 1_000_000n
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  const fraction = String(ofDay % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${date} ${clock}${fraction === '' ? '' : `.${fraction}`}+00`
}

function decimal(bytes: Buffer, precision: number, scale: number): string {
  let value = 0n
  for (const byte of bytes) value = value * 256n + BigInt(byte)
  if (bytes.length > 0 && (bytes[0] ?? 0) > 127) value -= 1n << BigInt(bytes.length * 8)
  const sign = value < 0n ? '-' : ''
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : digits.slice(-scale)
  // Wider than NUMERIC: text, no digits more than needed.
  if (scale > 9 || precision - scale > 29) {
    return `${sign}${digits.slice(0, -scale)}.${fraction}`.replace(/\.?0+$/, '')
  }
  return `${sign}${scale === 0 ? digits : digits.slice(0, -scale)}.${fraction.padEnd(9, '0')}`
}

/** What DuckDB's JSON must say of a payload value. */
function expected(value: unknown, union: unknown): unknown {
  if (value === null) return null
  const type = (Array.isArray(union) ? union.find((branch) => branch !== 'null') : union) as string | Schema
  const kind = typeof type === 'string' ? type : type.type
  const logical = typeof type === 'string' ? undefined : type['logicalType']
  if (logical === 'timestamp-micros') return instant(BigInt(value as bigint))
  if (logical === 'timestamp-millis') return instant(BigInt(value as bigint) * 1000n)
  if (logical === 'decimal')
    return decimal(
      value as Buffer,
      Number((type as Schema)['precision']),
      Number((type as Schema)['scale'] ?? 0),
    )
  if (kind === 'bytes')
    return [...(value as Buffer)]
      .map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('')
  if (kind === 'int' || kind === 'long') return String(value)
  return value
}

function fieldsOf(schema: Schema, name: string): readonly { name: string; type: unknown }[] {
  const fields = schema['fields'] as readonly { name: string; type: Schema }[]
  return (fields.find((field) => field.name === name)?.type['fields'] ?? []) as readonly {
    name: string
    type: unknown
  }[]
}

interface Expected {
  readonly table: string
  readonly row: Record<string, unknown>
}

function expectedRow(
  schema: Schema,
  record: Record<string, unknown>,
  file: string,
  ordinal: number,
): Expected {
  const metadata = record['source_metadata'] as Record<string, unknown>
  const payload = record['payload'] as Record<string, unknown>
  const database = String(metadata['schema'] ?? metadata['database']).replaceAll('-', '_')
  return {
    table: `${database}_raw.${metadata['table']}`,
    row: {
      uuid: record['uuid'],
      read_timestamp: instant(BigInt(record['read_timestamp'] as bigint) * 1000n),
      source_timestamp: instant(BigInt(record['source_timestamp'] as bigint) * 1000n),
      object: record['object'],
      read_method: record['read_method'],
      stream_name: record['stream_name'],
      schema_key: record['schema_key'] ?? null,
      sort_keys: ((record['sort_keys'] ?? []) as unknown[]).map(String),
      source_metadata: Object.fromEntries(
        fieldsOf(schema, 'source_metadata').map(({ name }) => {
          const value = metadata[name]
          return [
            name,
            typeof value === 'bigint' ? String(value) : name === 'primary_keys' ? (value ?? []) : value,
          ]
        }),
      ),
      payload: Object.fromEntries(
        fieldsOf(schema, 'payload').map(({ name, type }) => [name, expected(payload[name], type)]),
      ),
      _file: file,
      _row: String(ordinal),
    },
  }
}

/** Only what the expected row names; what else the raw row has must be empty. */
function pick(actual: unknown, names: unknown): unknown {
  if (typeof names !== 'object' || names === null || Array.isArray(names)) return actual
  const given = actual as Record<string, unknown>
  for (const [name, value] of Object.entries(given)) {
    const isKnown = Object.hasOwn(names, name) || name === '_loaded_at'
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0)
    if (!isKnown && !isEmpty) throw new Error(`${name} should be empty, it is ${JSON.stringify(value)}`)
  }
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [name, pick(given[name], value)]))
}

const counts = samples === undefined ? [] : readmeCounts(join(samples, 'README.md'))

function readmeCounts(readme: string): { file: string; records: number }[] {
  const rows = readFileSync(readme, 'utf8').matchAll(/^\| (\S+\.avro) \| (\d+) \|/gm)
  return [...rows].map(([, file = '', records]) => ({ file, records: Number(records) }))
}

describe.skipIf(samples === undefined)('the real change files', () => {
  const folder = samples ?? ''

  test('land with the number of records that each is said to have', async () => {
    const warehouse = await freshWarehouse()
    const report = await landFolder(warehouse, folder)
    expect(report.quarantined).toEqual([])
    expect(report.skipped.map(({ file }) => file)).toEqual(['README.md'])
    const files = await warehouse.query(
      `select name, rows from "test-project.streamform".files where name like '%.avro'`,
    )
    expect(files).toEqual(
      expect.arrayContaining(counts.map(({ file, records }) => ({ name: file, rows: String(records) }))),
    )
    expect(files).toHaveLength(counts.length)
    expect(counts.length).toBeGreaterThan(40)
    warehouse.close()
  })

  test('land with every value as avsc decodes it', async () => {
    const warehouse = await freshWarehouse()
    await landFolder(warehouse, folder)
    let compared = 0
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!name.endsWith('.avro')) continue
      const { schema, records } = await decode(join(folder, name))
      const wanted = records.map((record, index) => expectedRow(schema, record, name, index))
      const [schemaName, table] = (wanted[0]?.table ?? '').split(/\.(.*)/s)
      const rows = await warehouse.query(
        `select * from "test-project.${schemaName}"."${table}" where _file = '${name}' order by _row`,
      )
      expect(
        rows.map((row, index) => pick(row, wanted[index]?.row)),
        name,
      ).toEqual(wanted.map(({ row }) => row))
      compared += rows.length
    }
    expect(compared).toBe(counts.reduce((sum, { records }) => sum + records, 0))
    warehouse.close()
  })

  test('of JSON in one array land as lines do', async () => {
    const warehouse = await freshWarehouse()
    const report = await landFolder(warehouse, join(folder, 'deltalake-connector'))
    expect(report.tables).toEqual([
      { table: 'badal_raw.accounts', files: 1, rows: 1, deadLetters: 0 },
      { table: 'badal_raw.customers', files: 1, rows: 1, deadLetters: 0 },
      { table: 'demo_raw.inventory_voters', files: 1, rows: 6, deadLetters: 0 },
    ])
    expect(await warehouse.query(`select payload, _row from "test-project.badal_raw".accounts`)).toEqual([
      { payload: { id: '915725144', type: 'C', balance: '1000' }, _row: '0' },
    ])
    warehouse.close()
  })

  test('land nothing the second time, and say so', async () => {
    const warehouse = await freshWarehouse()
    const first = await landFolder(warehouse, folder)
    const again = await landFolder(warehouse, folder)
    expect(again).toEqual({
      dryRun: false,
      landed: 0,
      alreadyLanded: first.landed,
      quarantined: [],
      stillQuarantined: 0,
      skipped: [],
      changed: [],
      unfetched: [],
      late: [],
      ignored: 0,
      rows: 0,
      deadLetters: 0,
      misfits: [],
      bytes: 0,
      tables: [],
    })
    warehouse.close()
  })
})
