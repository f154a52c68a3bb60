import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { land } from '../../../loaders/land.ts'
import { writeSample } from '../../../loaders/sample/sample.ts'
import { localStore } from '../../../loaders/store/local.ts'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import { contents, differences, effects, ownProject, runOurs } from '../../endpoint/dataform-run.ts'
import { bigQueryOnEndpoint } from './open-warehouse.ts'

const project = 'streamform-local'

test('world_x comes out on BigQuery as on the embedded warehouse, table for table and row for row', async () => {
  const folder = ownProject()
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const stream = join(folder, 'stream')
  const { warehouse, behind } = await bigQueryOnEndpoint({ project, defaultProject: project })
  const embedded = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
  onTestFinished(() => embedded.close())
  // The second time there are new columns, and most tables are merged into.
  for (const until of ['12:30', undefined]) {
    const day = { folder: stream, seed: '1', scale: 0, changes: true, force: false }
    await writeSample(until === undefined ? day : { ...day, until })
    for (const each of [behind, embedded])
      await land({ store: localStore(stream), warehouse: each, project, maxDeadLetters: 0 }, effects)
    expect(await runOurs(warehouse, folder)).toEqual(await runOurs(embedded, folder))
    expect(differences(await contents(behind), await contents(embedded))).toEqual([])
  }
  expect((await behind.tables(project, 'world_x_analytics')).length).toBeGreaterThan(10)
}, 300_000)
