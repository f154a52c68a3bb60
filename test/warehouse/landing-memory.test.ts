import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { LandingMemory } from '../../runner/warehouse/duckdb/landing-memory.ts'
import type { RawColumn } from '../../runner/warehouse/landing.ts'

const columns: readonly RawColumn[] = [
  { name: 'id', type: { kind: 'INT64' } },
  { name: 'names', type: { kind: 'ARRAY', element: { kind: 'STRING' } } },
]

test('memory is limited while rows are landed, by what they need, and is what it was afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-memory-'))
  const database = await openDatabase(join(folder, 'w.duckdb'), { threads: 2, memoryLimit: '4 GiB' })
  const connection = await database.connect()
  const limit = async () =>
    (await connection.runAndReadAll(`select current_setting('memory_limit')`)).getRows()[0]?.[0]
  const memory = await LandingMemory.begin(connection)
  expect(await limit()).toBe('4.0 GiB')
  await memory.allow(columns, 1000, 50_000)
  expect(await limit()).toBe('272.0 MiB')
  await memory.allow(columns, 10, 500)
  expect(await limit()).toBe('272.0 MiB') // never less than a row group before it needed
  await memory.allow(columns, 100, 10_000_000)
  expect(await limit()).toBe('848.0 MiB')
  await memory.allow(columns, 100, 100_000_000)
  expect(await limit()).toBe('4.0 GiB') // what the warehouse may have in any case
  await memory.restore()
  expect(await limit()).toBe('4.0 GiB')
  connection.closeSync()
  database.close()
  rmSync(folder, { recursive: true })
})
