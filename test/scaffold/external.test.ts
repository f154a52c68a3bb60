import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { addTable } from '../../runner/commands/add-table.ts'
import { run } from '../../runner/commands/run.ts'
import { tryCompile } from '../../runner/project/compile/compile.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { effects } from '../endpoint/dataform-run.ts'
import { openEndpoint } from '../endpoint/open-endpoint.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { writeFiles } from '../loaders/fresh-warehouse.ts'

const endpoint = await openEndpoint()
afterAll(() => endpoint.close())

const columns = [
  { name: 'id', type: 'long' },
  { name: 'name', type: 'string' },
]
const settings = (more = 'stream: { path: gs://shop-cdc/mysql }\nlanding: { kind: external }\n') => ({
  'workflow_settings.yaml': 'defaultProject: my-project\ndefaultDataset: shop\n',
  'streamform.yaml': `warehouse: { kind: bigquery, location: US, endpoint: '${endpoint.url}' }\n${more}`,
})
const file = (first: number, rows: readonly object[] = [{ id: 1, name: `n${first}` }]) =>
  mysqlFile(columns, rows as { id: number; name: string }[], { first })

/** A project with a change file of `shop.item` beside it. */
function project(more?: string) {
  const made = temporaryProject(settings(more))
  writeFileSync(join(made.folder, 'item.avro'), file(1))
  const add = (table: string, from: string, options: object = {}) =>
    addTable({ project: made.folder, table, from: [join(made.folder, from)], ...options }, effects)
  return { ...made, add }
}

test('where BigQuery reads the files, a table is added with what reads and counts them, and its current table is right', async () => {
  const { folder, add } = project()
  const { files } = await add('shop.item', 'item.avro')
  expect(files.map(({ path }) => path).filter((path) => !path.startsWith('macros/'))).toEqual([
    'definitions/shop/sources.js',
    'definitions/shop/layers.js',
    'definitions/shop/raw/item_bucket.sqlx',
    'definitions/shop/raw/item_files.sqlx',
    'definitions/shop/raw/item.sqlx',
    'definitions/shop/current/item.sqlx',
  ])
  expect(files.map(({ path }) => path)).toContain('macros/external-landing.js')
  const { problems } = await tryCompile(folder)
  expect(problems).toEqual([])
  const stream = join(endpoint.buckets, 'shop-cdc', 'mysql')
  await writeFiles(stream, {
    [minutePath('2024/06/01/00/03', 'a.avro')]: file(10, [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]),
  })
  const build = async () =>
    (await run({ project: folder }, effects)).actions.filter(({ status }) => status !== 'succeeded')
  expect(await build()).toEqual([])
  // A file of an earlier minute that comes later, and one with a newer change.
  await writeFiles(stream, {
    [minutePath('2024/06/01/00/01', 'b.avro')]: file(5, [
      { id: 3, name: 'c' },
      { id: 1, name: 'old' },
    ]),
    [minutePath('2024/06/01/00/05', 'c.avro')]: file(20, [{ id: 2, name: 'B' }]),
  })
  expect(await build()).toEqual([])
  const { rows } = await endpoint.warehouse.execute('SELECT id, name FROM shop.item ORDER BY id')
  expect(rows).toEqual([
    [1n, 'a'],
    [2n, 'B'],
    [3n, 'c'],
  ])
}, 120_000)

test('a second table is added to the first, and again changes nothing', async () => {
  const { folder, add } = project()
  await add('shop.item', 'item.avro')
  writeFileSync(
    join(folder, 'order.avro'),
    mysqlFile(columns, [{ id: 1, name: 'x' }], { first: 1, table: 'order' }),
  )
  await add('shop.order', 'order.avro')
  expect((await add('shop.order', 'order.avro')).files.every(({ status }) => status === 'unchanged')).toBe(
    true,
  )
  const { problems, actions } = await tryCompile(folder)
  expect(problems).toEqual([])
  const raw = actions.filter(({ target }) => target.schema === 'shop_raw').map(({ target }) => target.name)
  expect(raw.sort()).toEqual(['item', 'item_bucket', 'item_files', 'order', 'order_bucket', 'order_files'])
  expect(readFileSync(join(folder, 'definitions/shop/sources.js'), 'utf8')).not.toContain('declare')
})

test('what cannot be is refused, and nothing is written', async () => {
  const { folder, add, write } = project()
  const refused = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing was refused',
      ({ message }: Error) => message,
    )
  expect(await refused(addTable({ project: folder, table: 'shop.item' }, effects))).toContain(
    'a change file tells what a table has, nothing has landed',
  )
  write({
    'item.jsonl': `${JSON.stringify({ read_method: 'mysql-cdc-binlog', source_metadata: { database: 'shop', table: 'item', primary_keys: ['id'] }, payload: { id: 1 } })}\n`,
  })
  expect(await refused(add('shop.item', 'item.jsonl'))).toContain('BigQuery reads change files of Avro alone')
  await add('shop.item', 'item.avro')
  writeFileSync(
    join(folder, 'files.avro'),
    mysqlFile(columns, [{ id: 1, name: 'x' }], { first: 1, table: 'item_files' }),
  )
  expect(await refused(add('shop.item_files', 'files.avro'))).toContain(
    '`shop.item_files` would be a table of both `item_files` and `item`',
  )
  const local = project('landing: { kind: external }\n')
  expect(await refused(local.add('shop.item', 'item.avro'))).toContain('BigQuery reads files of a bucket')
  const loader = project('')
  await loader.add('shop.item', 'item.avro')
  loader.write(settings())
  expect(await refused(loader.add('shop.item', 'item.avro'))).toContain(
    'it declares raw tables that the loader fills, and `landing.kind` is `external`',
  )
})
