import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { build } from '../../runner/commands/build.ts'
import { land } from '../../runner/commands/land.ts'
import { plan } from '../../runner/commands/plan.ts'
import { run } from '../../runner/commands/run.ts'
import { type Endpoint, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { effects } from '../endpoint/dataform-run.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { writeFiles } from '../loaders/fresh-warehouse.ts'
import { openEmbedded, project } from './two-warehouses.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const root = join(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'streamform-external-setting-'))
const buckets = join(home, 'buckets')
const stream = join(buckets, 'shop-cdc', 'mysql')

const sqlx = (config: string, call: string) => `config { ${config} }
js {
  const { item } = require("definitions/sources");
  const external = require("macros/external-landing");
}
\${external.${call}}
`
const common = {
  'workflow_settings.yaml': `defaultProject: ${project}\ndefaultDataset: shop\ndefaultAssertionDataset: checks\n`,
  'definitions/sources.js': `const { sourceTable } = require('macros/source-table')
module.exports = { item: sourceTable('shop', 'item', { key: ['id'] }) }`,
  'definitions/layers.js': `const { currentTable, layers } = require('macros/layers')
const { item } = require('definitions/sources')
layers(item)
currentTable(item)`,
}
const bucket = '"gs://shop-cdc/mysql"'
const external = {
  'definitions/item_bucket.sqlx': sqlx(
    'type: "operations", schema: "shop_raw", name: "item_bucket", hasOutput: true',
    `bucketTable(item, ${bucket}, { self })`,
  ),
  'definitions/item_files.sqlx': sqlx(
    'type: "operations", schema: "shop_raw", name: "item_files", hasOutput: true',
    `ledger(item, ${bucket}, { ref, self })`,
  ),
  'definitions/item.sqlx': sqlx(
    'type: "view", schema: "shop_raw", name: "item"',
    `rawEvents(item, ${bucket}, { ref })`,
  ),
}
const declared = {
  'definitions/raw.sqlx': 'config { type: "declaration", schema: "shop_raw", name: "item" }\n',
}

function write(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(home, name)
  cpSync(join(root, 'macros'), join(folder, 'macros'), { recursive: true })
  for (const [path, text] of Object.entries({ ...common, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const warehouses = await Promise.all([openEmbedded(), openEmbedded()])
let endpoints: readonly Endpoint[]
beforeAll(async () => {
  endpoints = await Promise.all(
    warehouses.map((warehouse) => startEndpoint({ warehouse, bucketFolder: buckets })),
  )
})
afterAll(async () => {
  for (const endpoint of endpoints) await endpoint.close()
  for (const warehouse of warehouses) await warehouse.close()
  rmSync(home, { recursive: true, force: true })
})

const settings = (at: number, landing: string) =>
  `warehouse: { kind: bigquery, location: US, endpoint: '${endpoints[at]?.url}' }\nstream: { path: ${stream} }\nlanding: { ${landing} }\n`

const columns = [
  { name: 'id', type: 'long' },
  { name: 'name', type: 'string' },
]
const file = (ids: readonly number[], first: number) =>
  mysqlFile(
    columns,
    ids.map((id) => ({ id, name: `n${first}` })),
    { first },
  )
const at = (minute: number) => minutePath(`2024/06/01/00/0${minute}`, 'a.avro')

test('tables over the files give the change log, state and current table that the loader gives, late files too', async () => {
  const outside = write('outside', { ...external, 'streamform.yaml': settings(0, 'kind: external') })
  const inside = write('inside', { ...declared, 'streamform.yaml': settings(1, 'kind: loader') })
  const arrivals = [
    { [at(3)]: file([1, 2], 10), [at(5)]: file([2, 3], 30) },
    { [at(1)]: file([1, 4], 5), [at(6)]: file([3], 50) },
    {},
  ]
  for (const files of arrivals) {
    await writeFiles(stream, files)
    const results = await Promise.all([
      build({ project: outside }, effects),
      build({ project: inside }, effects),
    ])
    expect(results.map(({ status, land: landed }) => [status, landed === null])).toEqual([
      ['succeeded', true],
      ['succeeded', false],
    ])
  }
  for (const query of [
    'SELECT id, name, _metadata_uuid, _metadata_position, _metadata_file, _metadata_deleted FROM shop.item_log ORDER BY _metadata_uuid',
    'SELECT id, name, valid_from, valid_to FROM shop.item_history ORDER BY 1, 3',
    'SELECT * FROM shop.item ORDER BY id',
  ]) {
    const [theirs, ours] = await Promise.all(warehouses.map((warehouse) => warehouse.execute(query)))
    expect(ours?.rows.length).toBeGreaterThan(3)
    expect(theirs?.rows).toEqual(ours?.rows)
  }
  await expect(land({ project: outside }, effects)).rejects.toMatchObject({
    message: expect.stringContaining(
      '`landing.kind` is `external`: the project’s own actions read the change files',
    ),
    exitCode: 2,
  })
})

test.each([
  ['loader', external, 'reads the change files by an external table, and `landing.kind` is `loader`'],
  [
    'external',
    declared,
    '`landing.kind` is `external`, and no action of a `…_raw` dataset makes an external table',
  ],
  [
    'external',
    {
      ...external,
      'definitions/other.sqlx': 'config { type: "declaration", schema: "shop_raw", name: "other" }\n',
    },
    'shop_raw.other is declared as a table that the loader fills, and `landing.kind` is `external`',
  ],
] as const)('landing.kind %s is refused where the actions say otherwise', async (kind, files, message) => {
  const folder = write(`wrong-${kind}-${Object.keys(files).length}`, {
    ...files,
    'streamform.yaml': settings(0, `kind: ${kind}`),
  })
  for (const command of [run, plan, build])
    await expect(command({ project: folder }, effects)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      exitCode: 2,
    })
})

test('what only the loader heeds is refused beside external tables', async () => {
  const folder = write('keys', {
    ...external,
    'streamform.yaml': settings(0, 'kind: external, max_dead_letters: 5'),
  })
  await expect(run({ project: folder }, effects)).rejects.toThrow(
    '`landing.max_dead_letters` is for the loader; `landing.kind` is `external`',
  )
})

test('without an endpoint the embedded warehouse says who can read such tables', async () => {
  const folder = write('embedded', {
    ...external,
    'streamform.yaml': 'landing: { kind: external }\n',
  })
  const { actions } = await run({ project: folder, select: ['item_bucket'] }, effects)
  expect(actions[0]?.error?.message).toContain('`streamform serve --buckets FOLDER`')
})
