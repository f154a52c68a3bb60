import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import type { CompiledGraph } from '../../runner/project/compile/compiled-graph.ts'
import { openBigQueryWarehouse } from '../../runner/warehouse/bigquery/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { writeFiles } from '../loaders/fresh-warehouse.ts'
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
afterAll(async () => {
  await warehouse?.close()
  rmSync(buckets, { recursive: true, force: true })
})

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

/** A bucket whose objects below `mysql/` are the stream of a folder that the loader lands. */
const buckets = mkdtempSync(join(tmpdir(), 'streamform-external-buckets-'))
const stream = join(buckets, 'shop-cdc', 'mysql')

test('the ledger takes each file once, late ones too, and the view shows what the loader would land', async () => {
  const wide = [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ]
  const file = (id: number, columns = wide) =>
    mysqlFile(
      columns,
      [
        { id, name: `n${id}` },
        { id: -id, name: 'x' },
      ],
      { first: id * 10 },
    )
  const minute = (number: number) => minutePath(`2024/06/01/00/0${number}`, 'a.avro')
  const landed = await openEmbedded()
  const endpoint = await startEndpoint({ warehouse, bucketFolder: buckets })
  const bigquery = await openLocal(endpoint.url)
  try {
    await bigquery.createDataset(project, 'shop_raw')
    const runs: readonly (readonly number[])[] = [[2, 3], [], [1, 4]]
    for (const [at, minutes] of runs.entries()) {
      // The last file by name has what an earlier one lacks.
      const files = minutes.map((number) => [
        minute(number),
        file(number, number === 1 ? wide.slice(0, 1) : wide),
      ])
      await writeFiles(stream, Object.fromEntries(files))
      await landIn(landed, stream, new Date(Date.UTC(2024, 5, 2, at)))
      await bigquery.execute(operation('item_bucket'))
      await bigquery.execute(operation('item_files'))
      if (at === 0) await bigquery.execute(`CREATE VIEW \`${project}.shop_raw.item\` AS ${viewText()}`)
    }
    const shape = `SELECT uuid, read_timestamp, source_timestamp, object, read_method, stream_name, schema_key, TO_JSON_STRING(source_metadata), TO_JSON_STRING(payload), _file, _row FROM \`${project}.shop_raw.item\` ORDER BY _file, _row`
    const raw = await landed.execute(shape)
    expect(raw.rows).toHaveLength(8)
    expect((await bigquery.execute(shape)).rows).toEqual(raw.rows)
    // An Avro union of types is a RECORD with a field for each.
    const keys = await bigquery.execute(
      `SELECT uuid, ARRAY(SELECT IFNULL(key.string_value, CAST(key.long_value AS STRING)) FROM UNNEST(sort_keys) AS key WITH OFFSET AS place ORDER BY place) FROM \`${project}.shop_raw.item_bucket\` ORDER BY uuid`,
    )
    const landedKeys = await landed.execute(
      `SELECT uuid, sort_keys FROM \`${project}.shop_raw.item\` ORDER BY uuid`,
    )
    expect(keys.rows).toEqual(landedKeys.rows)
    const stamps = await bigquery.execute(
      `SELECT ARRAY_AGG(name ORDER BY name) FROM \`${project}.shop_raw.item_files\` GROUP BY landed_at ORDER BY landed_at`,
    )
    expect(stamps.rows).toEqual([
      [['shop_item/2024/06/01/00/02/a.avro', 'shop_item/2024/06/01/00/03/a.avro']],
      [['shop_item/2024/06/01/00/01/a.avro', 'shop_item/2024/06/01/00/04/a.avro']],
    ])
  } finally {
    await bigquery.close()
    await endpoint.close()
    await landed.close()
  }
})

const viewText = () => graph.tables?.find(({ target }) => target?.name === 'item')?.query ?? ''

/** BigQuery as our runner sees it, with Google's client. */
const openLocal = (endpoint: string) =>
  openBigQueryWarehouse({ project, location: 'US', endpoint, defaultProject: project })

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
