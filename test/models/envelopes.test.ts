import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { defaultEnvelope } from '../../loaders/envelope-settings.ts'
import { land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { Action } from '../../runner/project/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { recordingEffects, writeFiles } from '../loaders/fresh-warehouse.ts'
import { type Envelope, envelopes, type SourceHistory, sourceHistory } from './envelopes.ts'
import { actionOf, build, modelsOf, project, type Row, rowsOf } from './model-project.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const settings = {
  ...defaultEnvelope,
  dms: {
    ...defaultEnvelope.dms,
    sequenceColumn: 'sequence',
    timestampColumn: 'changed_at',
    beforeImagePrefix: 'BI_',
    csvNull: '\\N',
  },
}

let models: ReadonlyMap<string, Action>
beforeAll(async () => {
  // Without the schema, DMS's CSV has texts alone.
  models = await modelsOf({ item: { key: ['id'], columns: { id: 'INT64', value: 'STRING' } } })
})

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

interface Delivery {
  readonly history: SourceHistory
  /** For each envelope: the changes' order, which of them come twice, and where the files are cut. */
  readonly orders: readonly { readonly order: readonly number[]; readonly cut: number }[]
}

const delivery: fc.Arbitrary<Delivery> = sourceHistory.chain((history) => {
  const indexes = history.changes.map((_, at) => at)
  const order = fc
    .tuple(
      fc.shuffledSubarray(indexes, { minLength: indexes.length }),
      fc.subarray(indexes, { maxLength: Math.min(3, indexes.length) }),
      fc.nat(12),
    )
    .map(([all, again, cut]) => ({ order: [...all, ...again], cut }))
  return fc.record({
    history: fc.constant(history),
    orders: fc.tuple(...envelopes.map(() => order)),
  })
})

/** What the models show, once all is landed in two landings, the second built upon the first. */
async function shown(
  envelope: Envelope,
  { history }: Delivery,
  { order, cut }: Delivery['orders'][number],
): Promise<Readonly<Record<string, readonly Row[]>>> {
  const warehouse = await openTestWarehouse()
  try {
    const folder = mkdtempSync(join(tmpdir(), 'streamform-envelopes-'))
    folders.push(folder)
    const changes = (indexes: readonly number[]) =>
      indexes.flatMap((at) => {
        const change = history.changes[at]
        return change === undefined ? [] : envelope.change(change)
      })
    const first = [
      envelope.file(envelope.snapshot(history), 'snapshot', 1),
      envelope.file(changes(order.slice(0, cut)), 'changes', 1),
    ]
    const second = [envelope.file(changes(order.slice(cut)), 'changes', 2)]
    for (const [landing, files] of [first, second].entries()) {
      await writeFiles(folder, Object.fromEntries(files.filter(([, text]) => text !== '')))
      await landAll(warehouse, folder, envelope, landing)
      if ((await warehouse.table({ database: project, schema: 'shop_raw', name: 'item' })) === undefined)
        continue
      await warehouse.createDataset(project, 'shop')
      for (const name of ['item_landings', 'item_log', 'item_state', 'item', 'item_versions', 'item_history'])
        await build(warehouse, actionOf(models, name))
    }
    if ((await warehouse.table({ database: project, schema: 'shop', name: 'item' })) === undefined)
      return { current: [], history: [] }
    return {
      current: await rowsOf(warehouse, 'SELECT id, value FROM `shop.item`'),
      history: await rowsOf(warehouse, 'SELECT id, value, valid_from, valid_to FROM `shop.item_history`'),
    }
  } finally {
    await warehouse.close()
  }
}

async function landAll(
  warehouse: Warehouse,
  folder: string,
  envelope: Envelope,
  landing: number,
): Promise<void> {
  const effects = recordingEffects(new Date(Date.UTC(2024, 5, 2) + landing * 1000))
  const kind = envelope.name === 'AWS DMS' ? 'dms' : 'auto'
  const report = await land(
    { store: localStore(folder), warehouse, project, maxDeadLetters: 0, envelope: { ...settings, kind } },
    effects,
  )
  deepStrictEqual(report.quarantined, [])
  deepStrictEqual(report.skipped, [])
}

test('one history gives one table and one history of it, in whichever envelope and order it is delivered', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async (given) => {
      const results: Awaited<ReturnType<typeof shown>>[] = []
      for (const [at, envelope] of envelopes.entries()) {
        const order = given.orders[at]
        if (order !== undefined) results.push(await shown(envelope, given, order))
      }
      const [datastream, ...others] = results
      const table = given.history.table.map(({ id, value }) => ({ id: BigInt(id), value }))
      deepStrictEqual(datastream?.['current'], table)
      deepStrictEqual(others, [datastream, datastream])
    }),
    { numRuns: 5 },
  )
}, 180_000)
