import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { executeRun, runnable } from '../../runner/execute/execute-run.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { modelsOf } from './model-project.ts'
import { createRaw, land, type RawEvent } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = { id: 'STRING', value: 'STRING' }
const event = (uuid: string): RawEvent => ({
  uuid,
  time: Date.UTC(2024, 4, 1),
  readMethod: 'mysql-cdc-binlog',
  changeType: 'INSERT',
  isDeleted: false,
  logFile: 'b.000001',
  logPosition: uuid.length,
  row: { id: uuid, value: uuid },
})

/** Every text that runs send to a warehouse of a kind: a first run, one with news, and one with all anew. */
async function sent(kind: Warehouse['kind']): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-texts-'))
  const embedded = await openTestWarehouse()
  onTestFinished(async () => {
    await embedded.close()
    rmSync(folder, { recursive: true })
  })
  const texts: string[] = []
  const warehouse = new Proxy(embedded, {
    get(target, name) {
      if (name === 'kind') return kind
      if (name === 'execute')
        return (text: string, options: object) => {
          texts.push(text)
          return target.execute(text, options)
        }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const actions = [...(await modelsOf({ account: { key: ['id'], retentionDays: 30 }, journal: {} })).values()]
  for (const table of ['account', 'journal']) await createRaw(embedded, table, payload)
  for (const [landing, fullRefresh] of [false, false, true].entries()) {
    for (const table of ['account', 'journal'])
      await land(embedded, table, payload, landing, [event('a'.repeat(landing + 1))])
    const { status } = await executeRun(warehouse, {
      command: 'run',
      folder,
      actions,
      selected: runnable(actions),
      fullRefresh,
      select: [],
      exclude: [],
      vars: {},
      resumes: null,
      concurrency: 1,
      retries: 0,
      signal: new AbortController().signal,
      now: () => new Date(Date.UTC(2024, 5, 1)),
      onEvent: () => {},
    })
    expect(status).toBe('succeeded')
  }
  return texts
}

test('DuckDB and BigQuery are sent the very same texts', async () => {
  const embedded = await sent('duckdb')
  expect(embedded.length).toBeGreaterThan(40)
  expect(await sent('bigquery')).toEqual(embedded)
}, 120_000)
