import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { type LandOptions, type LandReport, land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { Effects } from '../../runner/effects.ts'
import { type Database, openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../../runner/warehouse/duckdb/state.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'

export const project = 'test-project'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder that is gone after the tests of the file. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-test-'))
  folders.push(folder)
  return folder
}

/** Writes files below a folder; names with `/` make folders. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
}

export interface TestWarehouse {
  readonly database: Database
  readonly warehouse: Pick<Warehouse, 'state' | 'landing'>
  /** Rows of a query in DuckDB's SQL, every value as JSON has it: 64-bit numbers and times are texts. */
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): void
}

/** An embedded warehouse in memory, or in a file. */
export async function freshWarehouse(path = ':memory:'): Promise<TestWarehouse> {
  const database = await openDatabase(path)
  const state = duckDbState(database, project)
  return {
    database,
    warehouse: { state, landing: (now) => openLanding({ database, project, now }) },
    async query(sql) {
      const connection = await database.connect()
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[]
      } finally {
        connection.closeSync()
      }
    },
    close() {
      void state.destroy()
      database.close()
    },
  }
}

/** Effects that keep what is printed, with a clock that stands. */
export function recordingEffects(
  now = new Date('2024-06-02T00:00:00Z'),
): Effects & { readonly printed: string[] } {
  const printed: string[] = []
  return {
    printed,
    print: (text) => printed.push(text),
    note: (text) => printed.push(text),
    now: () => now,
    interactive: false,
    signal: new AbortController().signal,
    environment: {},
    workingFolder: '/',
  }
}

/** Lands a folder. */
export async function landFolder(
  { warehouse }: TestWarehouse,
  folder: string,
  options: Partial<LandOptions> & { readonly effects?: Effects } = {},
): Promise<LandReport> {
  const { effects = recordingEffects(), ...others } = options
  return await land(
    { store: localStore(folder), warehouse, project, maxDeadLetters: 1000, ...others },
    effects,
  )
}
