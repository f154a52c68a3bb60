import { execFileSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import { type Part, PartWriter } from '../../runner/warehouse/bigquery/landing-part.ts'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import type { Landing, RawColumn } from '../../runner/warehouse/landing.ts'
import { python as installedPython } from '../endpoint/installed-clients.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { freshFolder, recordingEffects, writeFiles } from '../loaders/fresh-warehouse.ts'
import { shared } from '../shared.ts'
import { openEmbedded, project } from './two-warehouses.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const python = installedPython()
if (python === undefined) console.log('skipped: pyarrow is not installed (STREAMFORM_CI=1 installs it)')

// DuckDB reads a part and writes it its own way; Arrow must find the same in both.
test.skipIf(python === undefined)('two other readers of Parquet find the same in a part', async () => {
  const folder = freshFolder()
  const samples = shared('samples')
  if (samples !== undefined) cpSync(samples, join(folder, 'samples'), { recursive: true })
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'text', type: 'string' },
    { name: 'bytes', type: 'bytes' },
    { name: 'number', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 } },
    { name: 'civil', type: { type: 'long', logicalType: 'local-timestamp-micros' } },
    { name: 'time', type: { type: 'int', logicalType: 'time-millis' } },
    { name: 'date', type: { type: 'int', logicalType: 'date' } },
    { name: 'flag', type: 'boolean' },
  ]
  const rows = Array.from({ length: 1000 }, (_, id) => ({
    id,
    text: id % 7 === 0 ? null : 'é'.repeat(id % 90),
    bytes: id % 5 === 0 ? null : Buffer.alloc(id % 3, id),
    number: Buffer.from([id % 128, 7]),
    civil: BigInt(id) * 86_400_000_001n,
    time: id * 1000,
    date: id,
    flag: id % 2 === 0,
  }))
  await writeFiles(folder, {
    [minutePath('2024/06/01/00/01', 'a.avro')]: mysqlFile(fields, rows),
    [minutePath('2024/06/01/00/02', 'b.avro')]: mysqlFile(fields, rows.slice(0, 3), { first: 5000 }),
  })
  const parts = await partsOf(folder)
  const rowCount = parts.reduce((sum, part) => sum + part.rows, 0)
  expect(rowCount).toBeGreaterThanOrEqual(1003)
  const files = parts.map((part, index) => {
    const file = join(folder, `${index}.parquet`)
    writeFileSync(file, part.bytes)
    return file
  })
  const database = await openDatabase(':memory:')
  try {
    const connection = await database.connect()
    for (const file of files)
      await connection.run(`copy (from read_parquet('${file}')) to '${file}.copy' (format parquet)`)
    connection.closeSync()
  } finally {
    database.close()
  }
  const program = join(import.meta.dirname, 'compare-parquet.py')
  const output = execFileSync(join(python ?? '', 'python'), [program, ...files], { encoding: 'utf8' })
  expect(Number(output)).toBe(rowCount)
})

/** The parts that a landing of a folder would upload. */
async function partsOf(folder: string): Promise<readonly Part[]> {
  const warehouse = await openEmbedded()
  const parts: Part[] = []
  const known = new Map<string, readonly RawColumn[]>()
  const writers = new Map<string, PartWriter>()
  const flush = (name: string) => {
    const writer = writers.get(name)
    if (writer !== undefined) parts.push(writer.finish())
    writers.delete(name)
  }
  const { state } = warehouse
  const landing: Landing = {
    state,
    loadedAt: new Date(0),
    columns: async ({ name }) => known.get(name),
    ensure: async ({ name }, columns) => {
      flush(name)
      known.set(name, columns)
    },
    append: async (target, batch) => {
      const columns = known.get(target.name)
      if (columns === undefined) return
      const writer = writers.get(target.name) ?? new PartWriter(target, columns)
      writers.set(target.name, writer)
      writer.write(batch)
    },
    commit: async () => [...writers.keys()].forEach(flush),
    rollback: async () => undefined,
  }
  try {
    await land(
      {
        store: localStore(folder),
        warehouse: { state, landing: async () => landing },
        project,
        maxDeadLetters: 1000,
      },
      recordingEffects(),
    )
  } finally {
    await warehouse.close()
  }
  return parts
}
