import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { defaultEnvelope } from '../../loaders/envelope-settings.ts'
import { land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { quietEffects } from '../scaffold/in-process.ts'
import { type Envelope, envelopes, type SourceHistory, sourceHistory } from './envelopes.ts'
import { actionOf, build, modelsOf, project, type Row, rowsOf } from './model-project.ts'
import { openTestWarehouse } from './test-warehouse.ts'
import { writeTree } from './write-tree.ts'

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

type Models = ReadonlyMap<string, Action>

const layers = ['item_landings', 'item_log', 'item_state', 'item', 'item_versions', 'item_history']

/** What the models show, once all is landed in two landings, the second built upon the first. */
async function shown(
  envelope: Envelope,
  models: Models,
  { history }: Delivery,
  { order, cut }: Delivery['orders'][number],
): Promise<Readonly<Record<'current' | 'history', readonly Row[]>>> {
  const warehouse = await openTestWarehouse()
  const folder = mkdtempSync(join(tmpdir(), 'streamform-envelopes-'))
  try {
    await warehouse.createDataset(project, 'shop')
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
      writeTree(folder, Object.fromEntries(files.filter(([, text]) => text !== '')))
      await landAll(warehouse, folder, envelope, landing)
      for (const name of layers.filter((layer) => models.has(layer)))
        await build(warehouse, actionOf(models, name))
    }
    return {
      current: await rowsOf(warehouse, 'SELECT id, value FROM `shop.item`'),
      history: await rowsOf(warehouse, 'SELECT id, value, valid_from, valid_to FROM `shop.item_history`'),
    }
  } finally {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function landAll(
  warehouse: Warehouse,
  folder: string,
  envelope: Envelope,
  landing: number,
): Promise<void> {
  const now = () => new Date(Date.UTC(2024, 5, 2) + landing * 1000)
  const kind = envelope.name === 'AWS DMS' ? 'dms' : 'auto'
  const options = { store: localStore(folder), warehouse, project, maxDeadLetters: 0 }
  const report = await land({ ...options, envelope: { ...settings, kind } }, { ...quietEffects(folder), now })
  deepStrictEqual([report.quarantined, report.skipped], [[], []])
}

/**
 * Checks that random histories give one table, the source's own, and one history of it, in whichever envelope they are
 * delivered, cut, shuffled and repeated.
 * @throws Error with the seed and the shortest history that was found to differ
 */
export async function proveEnvelopes({
  runs,
  seed,
}: {
  readonly runs: number
  readonly seed?: number
}): Promise<{
  readonly histories: number
  readonly changes: number
}> {
  // Of DMS's CSV every column is text until a declaration says what it is.
  const models = await modelsOf({ item: { key: ['id'], columns: { id: 'INT64', value: 'STRING' } } })
  let changes = 0
  const property = fc.asyncProperty(delivery, async (given) => {
    const results: Awaited<ReturnType<typeof shown>>[] = []
    for (const [at, envelope] of envelopes.entries()) {
      const order = given.orders[at]
      if (order === undefined) continue
      changes += order.order.length
      results.push(await shown(envelope, models, given, order))
    }
    const [datastream, ...others] = results
    const table = given.history.table.map(({ id, value }) => ({ id: BigInt(id), value }))
    deepStrictEqual(datastream?.current, table)
    deepStrictEqual(others, [datastream, datastream])
  })
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) })
  return { histories: runs, changes }
}
