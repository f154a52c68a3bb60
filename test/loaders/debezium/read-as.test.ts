import { expect, test } from 'vitest'
import { land } from '../../../loaders/land.ts'
import { localStore } from '../../../loaders/store/local.ts'
import { actionOf, build, modelsOf, project, rowsOf } from '../../models/model-project.ts'
import { openTestWarehouse } from '../../models/test-warehouse.ts'
import { freshFolder, recordingEffects, writeFiles } from '../fresh-warehouse.ts'
import { lines, postgresMessage } from './messages.ts'

test('a declaration says what the counts and texts of a message without its schema mean', async () => {
  const warehouse = await openTestWarehouse()
  const folder = freshFolder()
  const row = {
    id: 1,
    day: 19_875,
    at: 43_200_001,
    at_micros: 43_200_000_001,
    seen: 1_717_243_200_001,
    seen_micros: -1,
    instant: '2024-06-01T12:00:00.5Z',
    raw: 'YWI=',
    price: '12.50',
  }
  const source = { schema: 'shop' }
  await writeFiles(folder, { 'item/0.jsonl': lines([postgresMessage(1, { after: row, source })]) })
  await land({ store: localStore(folder), warehouse, project, maxDeadLetters: 0 }, recordingEffects())
  const columns = {
    day: 'DAYS DATE',
    at: 'MILLIS TIME',
    at_micros: 'MICROS TIME',
    seen: 'MILLIS DATETIME',
    seen_micros: 'MICROS DATETIME',
    instant: 'TIMESTAMP',
    raw: 'BASE64 BYTES',
    price: 'NUMERIC',
  }
  const models = await modelsOf({ item: { key: ['id'], columns } })
  await warehouse.createDataset(project, 'shop')
  for (const name of ['item_landings', 'item_log']) {
    if (models.has(name)) await build(warehouse, actionOf(models, name))
  }
  const texts = Object.keys(columns).map((name) => `CAST(\`${name}\` AS STRING) AS \`${name}\``)
  expect(await rowsOf(warehouse, `SELECT ${texts.join(', ')} FROM \`shop.item_log\``)).toEqual([
    {
      at: '12:00:00.001',
      at_micros: '12:00:00.000001',
      day: '2024-06-01',
      instant: '2024-06-01 12:00:00.500+00',
      price: '12.5',
      raw: 'ab',
      seen: '2024-06-01 12:00:00.001',
      seen_micros: '1969-12-31 23:59:59.999999',
    },
  ])
  await warehouse.close()
})
