import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { land } from '../../loaders/land.ts'
import { writeSample } from '../../loaders/sample/sample.ts'
import { localStore } from '../../loaders/store/local.ts'
import { startEndpoint } from '../../runner/endpoint/endpoint.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import { openBigQueryWarehouse } from '../../runner/warehouse/bigquery/warehouse.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { type Contents, contents, differences, effects, ownProject, runOurs } from './dataform-run.ts'

const project = 'streamform-local'
const stream = mkdtempSync(join(tmpdir(), 'streamform-two-runs-'))
let own: string
let alone: LocalWarehouse
let shared: LocalWarehouse
beforeAll(async () => {
  own = ownProject()
  alone = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
  shared = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
})
afterAll(async () => {
  await Promise.all([alone?.close(), shared?.close()])
  for (const folder of [own, stream]) rmSync(folder, { recursive: true, force: true })
})

/** The layers of the source's tables, and what asserts that they agree; nothing else writes by increments. */
const only = ({ target }: Action) => target.schema === 'world_x' || target.name.endsWith('_reconciles')

/** What the warehouse holds. Where to look for a landing's events may be noted twice: it is a hint, of which any is enough. */
async function told(warehouse: LocalWarehouse): Promise<Contents> {
  const all = [...(await contents(warehouse))]
  return new Map(
    all.map(([name, { rows, ...rest }]) =>
      name.endsWith('_landings') && Array.isArray(rows)
        ? [name, { ...rest, rows: [...new Set(rows)] }]
        : [name, { ...rest, rows }],
    ),
  )
}

/** What one run reads while the other writes may be two states of one table: then it is told so, and writes nothing. */
const isTold = (failure: string): boolean =>
  /: failed UPDATE\/MERGE must match at most one source row for each target row |: skipped $/.test(failure)

test('two runs at once on BigQuery end right or are told, and the next leaves what one leaves: the first build, and an increment', async () => {
  const endpoint = await startEndpoint({ warehouse: shared })
  const open = () =>
    openBigQueryWarehouse({ project, location: 'US', endpoint: endpoint.url, defaultProject: project })
  const runners = await Promise.all([open(), open()])
  try {
    for (const until of ['14:30', undefined]) {
      const sample = { folder: stream, seed: '1', scale: 0, changes: true, force: false }
      await writeSample(until === undefined ? sample : { ...sample, until })
      for (const warehouse of [alone, shared])
        await land({ store: localStore(stream), warehouse, project, maxDeadLetters: 0 }, effects)
      const failed = await Promise.all(
        runners.map((warehouse) => runOurs(warehouse, own, { retries: 4, only })),
      )
      expect(failed.flat().filter((failure) => !isTold(failure))).toEqual([])
      for (const warehouse of [shared, alone]) expect(await runOurs(warehouse, own, { only })).toEqual([])
      expect(differences(await told(shared), await told(alone))).toEqual([])
    }
  } finally {
    await Promise.all(runners.map((warehouse) => warehouse.close()))
    await endpoint.close()
  }
}, 600_000)
