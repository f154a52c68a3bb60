import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAvroSchema } from '../../loaders/avro/schema.ts'
import { rawType } from '../../loaders/datastream/types.ts'
import { logicalType, physicalType } from '../../runner/googlesql/types/physical.ts'
import { typeName } from '../../runner/googlesql/types/print.ts'
import { freshWarehouse } from './fresh-warehouse.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'types.md'), 'utf8')
const rows = [...page.matchAll(/^\| ([^|`]+) \| `(.+?)` \| `(.+?)` \| `(.+?)` \|/gm)].map((match) => ({
  source: match[1] ?? '',
  avro: match[2] ?? '',
  bigQuery: match[3] ?? '',
  duckDb: match[4] ?? '',
}))

describe('docs/types.md', () => {
  test('has every type of the unified catalogue', () => {
    expect(rows.length).toBe(28)
  })

  test.each(rows)('says what becomes of $source', async ({ avro, bigQuery, duckDb }) => {
    const type = rawType(parseAvroSchema(avro))
    expect([typeName(type), physicalType(type)]).toEqual([bigQuery, duckDb])
    expect(logicalType(duckDb)).toEqual(type)
  })

  test('names types as DuckDB itself does', async () => {
    const warehouse = await freshWarehouse()
    for (const { duckDb } of rows) {
      const [row] = await warehouse.query(`select typeof(cast(null as ${duckDb})) as t`)
      expect(logicalType(String(row?.['t']))).toEqual(logicalType(duckDb))
    }
    warehouse.close()
  })
})
