import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AvroSchema } from '../../loaders/avro/write.ts'
import { fileSchema } from '../../loaders/sample/envelope.ts'
import type { SourceTable } from '../../loaders/sample/source.ts'
import { shared } from '../shared.ts'
import { type ReadEvent, readAvro } from './read-stream.ts'

const folder = shared('samples/dataflowtemplates')

interface PayloadField {
  readonly name: string
  readonly type: readonly [string, AvroSchema]
  readonly default?: null
}

describe.skipIf(folder === undefined)(
  'beside files that Datastream wrote for MySQL (skipped where they are absent)',
  async () => {
    const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.avro'))
    const read = await Promise.all(
      files.map(async (name) => ({ name, ...(await readAvro(readFileSync(join(folder ?? '', name)))) })),
    )
    const mysql = read.filter(({ records }) => (records[0] as ReadEvent).read_method.startsWith('mysql'))

    test('there are files to compare with', () => expect(mysql.length).toBeGreaterThan(40))

    for (const { name, schema, records } of mysql) {
      test(`the schema for its table is that of ${name}`, () => {
        const payload = schema.fields.find((field) => field.name === 'payload')?.type as {
          fields: PayloadField[]
        }
        const first = records[0] as ReadEvent
        const table: SourceTable = {
          database: first.source_metadata.database,
          table: first.source_metadata.table,
          primaryKeys: first.source_metadata.primary_keys,
          columns: payload.fields.map((field) => ({ name: field.name, type: field.type[1] })),
        }
        const ours = fileSchema(table)
        expect(ours.object).toBe(first.object)
        expect(ours.schemaKey).toMatch(/^[0-9a-f]{40}$/)
        // Some files give a default for the payload's columns, others do not.
        const withDefaults = {
          ...schema,
          fields: schema.fields.map((field) =>
            field.name === 'payload'
              ? {
                  ...field,
                  type: { ...payload, fields: payload.fields.map((each) => ({ ...each, default: null })) },
                }
              : field,
          ),
        }
        expect(JSON.stringify(ours.schema)).toBe(JSON.stringify(withDefaults))
      })
    }
  },
)

test('two columns that Avro cannot tell apart are refused by name', () => {
  const table: SourceTable = {
    database: 'shop',
    table: 'order items',
    primaryKeys: [],
    columns: [
      { name: 'unit price', type: 'int' },
      { name: 'unit-price', type: 'int' },
    ],
  }
  expect(() => fileSchema(table)).toThrow(
    'columns `unit price` and `unit-price` of `shop.order items` both become `unit_price` in Avro',
  )
})
