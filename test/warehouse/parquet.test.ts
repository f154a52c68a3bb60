import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builderFor, type Stored } from '../../loaders/columns/builder.ts'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { ParquetWriter } from '../../runner/warehouse/parquet/write-parquet.ts'

const text: SqlType = { kind: 'STRING' }
const list: SqlType = { kind: 'ARRAY', element: text }
const columns = [
  { name: 'id', type: { kind: 'INT64' } },
  { name: 'keys', type: list },
  {
    name: 'parts',
    type: {
      kind: 'STRUCT',
      fields: [
        { name: 'name', type: text },
        { name: 'keys', type: list },
      ],
    },
  },
] as const satisfies readonly { name: string; type: SqlType }[]

interface Row {
  readonly id: bigint | null
  readonly keys: readonly (string | null)[]
  readonly parts: { readonly name: string | null; readonly keys: readonly (string | null)[] } | null
}

const word = fc.option(fc.constantFrom('', 'a', 'bc', 'größer', '🙂'), { freq: 4 })
/** Lists of one length in all rows are written in another way than others. */
const rowsOf = (length: { readonly minLength: number; readonly maxLength: number }) =>
  fc.array(
    fc.record<Row>({
      id: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      keys: fc.array(word, length),
      parts: fc.option(fc.record({ name: word, keys: fc.array(word, length) }), { freq: 6 }),
    }),
    { maxLength: 40 },
  )
const batches = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 4 }).chain((n) => rowsOf({ minLength: n, maxLength: n })),
    rowsOf({ minLength: 0, maxLength: 5 }),
  ),
  { minLength: 1, maxLength: 4 },
)

function parquetOf(given: readonly (readonly Row[])[]): Uint8Array {
  const pieces: Uint8Array[] = []
  const parquet = new ParquetWriter(columns, (bytes) => pieces.push(new Uint8Array(bytes)))
  const builders = columns.map(({ name, type }) => ({ name, builder: builderFor(type) }))
  for (const rows of given) {
    rows.forEach(({ id, keys, parts }, row) => {
      const values: Stored[] = [id, keys, parts === null ? null : [parts.name, parts.keys]]
      builders.forEach(({ builder }, index) => {
        builder.reserve(row + 1)
        builder.put(row, values[index] ?? null)
      })
    })
    if (rows.length === 0) continue
    parquet.write({
      length: rows.length,
      columns: builders.map(({ name, builder }) => ({ name, vector: builder.take(rows.length) })),
    })
  }
  parquet.finish()
  return Buffer.concat(pieces)
}

test('what is written as Parquet is what DuckDB reads: lists of one length and of many, empty, with and without NULL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-parquet-'))
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  let files = 0
  await fc.assert(
    fc.asyncProperty(batches, async (given) => {
      const file = join(folder, `${files++}.parquet`)
      writeFileSync(file, parquetOf(given))
      const result = await connection.runAndReadAll(`select * from read_parquet('${file}')`)
      expect(result.getRowObjectsJS()).toEqual(given.flat())
    }),
    { numRuns: 100 },
  )
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true })
})
