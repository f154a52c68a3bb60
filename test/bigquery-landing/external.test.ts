import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { compile } from '../../runner/project/compile.ts'
import type { CompiledGraph } from '../../runner/project/compiled-graph.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { freshFolder, writeFiles } from '../loaders/fresh-warehouse.ts'
import { landIn, openEmbedded, project } from './two-warehouses.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const root = join(import.meta.dirname, '../..')
const sources = `const { sourceTable } = require('macros/source-table')
module.exports = { item: sourceTable('shop', 'item', { key: ['id'] }) }`
const sqlx = (config: string, call: string) => `config { ${config} }
js {
  const { item } = require("definitions/sources");
  const external = require("macros/external-landing");
}
\${external.${call}}
`
const files = {
  'workflow_settings.yaml': `defaultProject: ${project}\ndefaultDataset: shop\n`,
  'definitions/sources.js': sources,
  'definitions/item_bucket.sqlx': sqlx(
    'type: "operations", schema: "shop_raw", name: "item_bucket", hasOutput: true',
    'bucketTable(item, "gs://shop-cdc/mysql/", { self })',
  ),
  'definitions/item_files.sqlx': sqlx(
    'type: "operations", schema: "shop_raw", name: "item_files", hasOutput: true',
    'ledger(item, "gs://shop-cdc/mysql/", { ref, self })',
  ),
  'definitions/item.sqlx': sqlx(
    'type: "view", schema: "shop_raw", name: "item"',
    'rawEvents(item, "gs://shop-cdc/mysql/", { ref })',
  ),
}

async function compiled(project: Readonly<Record<string, string>>): Promise<CompiledGraph> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-external-'))
  try {
    cpSync(join(root, 'macros'), join(folder, 'macros'), { recursive: true })
    for (const [path, text] of Object.entries(project)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return (await compile(folder)).graph
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

let graph: CompiledGraph
let warehouse: LocalWarehouse
beforeAll(async () => {
  graph = await compiled(files)
  warehouse = await openEmbedded()
})
afterAll(() => warehouse?.close())

const operation = (name: string) =>
  graph.operations
    ?.find(({ target }) => target?.name === name)
    ?.queries?.join('\n')
    .trim() ?? ''

test('the external table reads all files of the source table, with their logical types', () => {
  expect(operation('item_bucket')).toBe(
    [
      `CREATE OR REPLACE EXTERNAL TABLE \`${project}.shop_raw.item_bucket\``,
      'OPTIONS (',
      "  format = 'AVRO',",
      "  uris = ['gs://shop-cdc/mysql/shop_item/*'],",
      '  enable_logical_types = TRUE',
      ')',
    ].join('\n'),
  )
})

/**
 * The embedded warehouse has no external tables: a table with the file's name in a column stands in for it, and holds what
 * the loader reads from the same files. Ledger and view are the compiled ones but for that column's name.
 */
const standIn = (text: string) => text.replaceAll('_FILE_NAME', 'bucket_file')

test('the ledger takes each file once, late ones too, and the view shows what the loader would land', async () => {
  const folder = freshFolder()
  const columns = [{ name: 'id', type: 'long' }]
  const file = (id: number) => mysqlFile(columns, [{ id }, { id: -id }], { first: id * 10 })
  const minute = (number: number) => minutePath(`2024/06/01/00/0${number}`, 'a.avro')
  const landed = await openEmbedded()
  try {
    const runs: readonly (readonly number[])[] = [[2, 3], [], [1, 4]]
    for (const [at, minutes] of runs.entries()) {
      await writeFiles(folder, Object.fromEntries(minutes.map((number) => [minute(number), file(number)])))
      await landIn(landed, folder, new Date(Date.UTC(2024, 5, 2, at)))
      await fillStandIn(landed)
      await warehouse.execute(standIn(operation('item_files')))
    }
    const view = graph.tables?.find(({ target }) => target?.name === 'item')?.query ?? ''
    const shape = (query: string) =>
      `SELECT uuid, read_timestamp, source_timestamp, read_method, TO_JSON_STRING(source_metadata), TO_JSON_STRING(payload), _file, _row FROM (${query}) ORDER BY _file, _row`
    const raw = await landed.execute(shape(`SELECT * FROM \`${project}.shop_raw.item\``))
    expect(raw.rows).toHaveLength(8)
    expect((await warehouse.execute(shape(standIn(view)))).rows).toEqual(raw.rows)
    const stamps = await warehouse.execute(
      `SELECT ARRAY_AGG(name ORDER BY name) FROM \`${project}.shop_raw.item_files\` GROUP BY landed_at ORDER BY landed_at`,
    )
    expect(stamps.rows).toEqual([
      [['shop_item/2024/06/01/00/02/a.avro', 'shop_item/2024/06/01/00/03/a.avro']],
      [['shop_item/2024/06/01/00/01/a.avro', 'shop_item/2024/06/01/00/04/a.avro']],
    ])
  } finally {
    await landed.close()
  }
})

async function fillStandIn(landed: LocalWarehouse): Promise<void> {
  const query = `SELECT * EXCEPT (_file, _row, _loaded_at), CONCAT('gs://shop-cdc/mysql/', _file) AS bucket_file FROM \`${project}.shop_raw.item\``
  const { columns, rows } = await landed.execute(query)
  await warehouse.createDataset(project, 'shop_raw')
  await warehouse.execute(`DROP TABLE IF EXISTS \`${project}.shop_raw.item_bucket\``)
  const landing = await warehouse.landing(new Date(0))
  await landing.ensure({ database: project, schema: 'shop_raw', name: 'item_bucket' }, columns)
  await landing.commit()
  await warehouse.append({ database: project, schema: 'shop_raw', name: 'item_bucket' }, columns, rows)
}

test.each([
  ['s3://shop', 'mysql', 'a stream is gs://bucket or gs://bucket/prefix'],
  ['gs://shop/*', 'mysql', 'a stream is gs://bucket or gs://bucket/prefix'],
  [
    'gs://shop',
    'mongodb',
    'shop.item: an external landing knows the metadata of mysql, postgresql, oracle, sqlserver',
  ],
])(
  'a project over %s with a source of type %s is refused when it compiles',
  async (stream, sourceType, message) => {
    const call = `rawEvents(item, "${stream}", { ref })`
    const wrong = {
      ...files,
      'definitions/sources.js': sources.replace("key: ['id']", `key: ['id'], sourceType: '${sourceType}'`),
      'definitions/item.sqlx': sqlx('type: "view", schema: "shop_raw", name: "item"', call),
    }
    await expect(compiled(wrong)).rejects.toThrow(message)
  },
)
