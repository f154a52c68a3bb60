import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { eventOf, fileSchema } from '../../loaders/sample/envelope.ts'
import { avroTypes, type SourceTable } from '../../loaders/sample/source.ts'
import { tableFromFiles } from '../../loaders/scaffold/from-files.ts'
import { addTable } from '../../runner/commands/add-table.ts'
import { tryCompile } from '../../runner/project/compile/compile.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { shared } from '../shared.ts'
import { streamformIn } from './in-process.ts'

const table: SourceTable = {
  database: 'my-shop',
  table: 'order.items',
  primaryKeys: ['order', 'line'],
  columns: [
    { name: 'line', type: avroTypes.int },
    { name: 'order', type: avroTypes.long },
    { name: 'note', type: avroTypes.json },
    { name: 'at', type: avroTypes.timestamp },
    { name: 'huge', type: avroTypes.decimal(60, 30) },
  ],
}
const change = {
  table,
  readMethod: 'mysql-cdc-binlog',
  changeType: 'INSERT',
  sourceTime: 0,
  readTime: 0,
  logFile: 'mysql-bin.000001',
  logPosition: 4,
  row: { line: 1, order: 2, note: '{}', at: 0, huge: null },
} as const
const avroOf = (of: SourceTable) =>
  writeAvro(fileSchema(of).schema, [
    eventOf({ ...change, table: of }, 'u', 'projects/1/locations/x/streams/y'),
  ])

/** A project with a change file, written byte for byte. */
function project(files: Readonly<Record<string, Buffer>>) {
  const made = temporaryProject()
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(made.folder, path), bytes)
  return { ...made, streamform: (...args: string[]) => streamformIn(made.folder, args) }
}

describe('add table', () => {
  test('writes models that compile, from a change file, and says what it did', async () => {
    const { folder, streamform } = project({ 'items.avro': avroOf(table) })
    const { code, out, err } = await streamform('add', 'table', 'my-shop.order.items', '--from', 'items.avro')
    expect(err).toBe('')
    expect(out).toBe(`my-shop.order.items as my_shop.order_items, key line, order
  created  macros/change-log.js
  created  macros/current-state.js
  created  macros/event-time.js
  created  macros/history.js
  created  macros/identifier.js
  created  macros/landings.js
  created  macros/layers.js
  created  macros/news.js
  created  macros/position.js
  created  macros/privacy.js
  created  macros/reconciliation.js
  created  macros/retention.js
  created  macros/source-table.js
  created  definitions/my_shop/sources.js
  created  definitions/my_shop/layers.js
  created  definitions/my_shop/current/order_items.sqlx
note: change files cannot tell DATE and DATETIME from TIMESTAMP: say in definitions/my_shop/sources.js which are which of at
next: streamform run '+my_shop.order_items'
`)
    expect(code).toBe(0)
    expect(readFileSync(join(folder, 'definitions/my_shop/sources.js'), 'utf8')).toContain(
      `// my-shop.order.items at the source.
// Change files write MySQL's DATE and DATETIME as TIMESTAMP: say in \`columns\` which are which of at.
const order_items = sourceTable('my_shop', 'order_items', {
  key: ['line', 'order'],
  columns: { note: 'JSON', huge: 'BIGNUMERIC' },
})
`,
    )
    const { problems, actions } = await tryCompile(folder)
    expect(problems).toEqual([])
    expect(new Set(actions.map(({ target }) => `${target.schema}.${target.name}`))).toEqual(
      new Set([
        'checks.my_shop_order_items_assertions_rowConditions',
        'checks.my_shop_order_items_assertions_uniqueKey_0',
        'my_shop_assertions.order_items_reconciles',
        'my_shop.order_items',
        'my_shop.order_items_as_of',
        'my_shop.order_items_changes',
        'my_shop.order_items_history',
        'my_shop.order_items_landings',
        'my_shop.order_items_log',
        'my_shop.order_items_state',
        'my_shop.order_items_versions',
        'my_shop_raw.order_items',
      ]),
    )
  })

  test('again changes nothing; over files that were edited it is refused, with the difference, and forced', async () => {
    const { folder, streamform, write } = project({ 'items.avro': avroOf(table) })
    const add = (...more: string[]) =>
      streamform('add', 'table', 'my_shop.order_items', '--from', 'items.avro', ...more)
    await add()
    const path = 'definitions/my_shop/current/order_items.sqlx'
    const text = readFileSync(join(folder, path), 'utf8')
    expect((await add()).out).toContain(
      'my-shop.order.items as my_shop.order_items, key line, order: everything is there\n',
    )
    write({ [path]: text.replace('The rows of', 'All rows of') })
    const refused = await add()
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: `error: ${path} is there and would change:
--- ${path}
+++ ${path}
@@ -1,5 +1,5 @@
 config {
   type: "view",
-  description: "All rows of my-shop.order.items as the source has them now.",
+  description: "The rows of my-shop.order.items as the source has them now.",
   ...require("macros/current-state").currentConfig(require("definitions/my_shop/sources").order_items),
   columns: {

  --force overwrites; nothing was written
`,
    })
    expect((await add('--dry-run', '--force')).out).toContain(`would be overwritten  ${path}`)
    expect(readFileSync(join(folder, path), 'utf8')).not.toBe(text)
    expect((await add('--force')).out).toContain(`overwritten  ${path}`)
    expect(readFileSync(join(folder, path), 'utf8')).toBe(text)
  })

  test('of a table without a key writes a log alone and says so; the key can be given', async () => {
    const { folder, streamform } = project({ 'items.avro': avroOf({ ...table, primaryKeys: [] }) })
    const add = (...more: string[]) =>
      streamform('add', 'table', 'my-shop.order.items', '--from', 'items.avro', ...more)
    const { out } = await add()
    expect(out).toContain('my-shop.order.items as my_shop.order_items, without a key\n')
    expect(out).toContain('note: its events name no key: a change log and no current table.')
    expect(readdirSync(join(folder, 'definitions/my_shop')).sort()).toEqual(['layers.js', 'sources.js'])
    expect((await tryCompile(folder)).problems).toEqual([])
    expect((await add('--key', 'line')).err).toContain("+  key: ['line'],")
    expect((await add('--key', 'lime')).err).toBe(
      'error: unknown column `lime` of `my-shop.order.items`; did you mean `line`?\n',
    )
    expect((await add('--key', 'line', '--force')).code).toBe(0)
    expect(readdirSync(join(folder, 'definitions/my_shop')).sort()).toEqual([
      'current',
      'layers.js',
      'sources.js',
    ])
    expect((await tryCompile(folder)).problems).toEqual([])
  })

  test('of names that are reserved words, or hold quotes, dots, spaces, umlauts, compiles', async () => {
    const names = [
      'select',
      'class',
      'ref',
      'größe "x"',
      "it's",
      'a.b.c',
      'tab\\le`s',
      '1st',
      '{x}',
      '${x}',
      '日本',
    ]
    const event = {
      uuid: '1',
      read_timestamp: '2024-06-01T00:00:00Z',
      source_timestamp: '2024-06-01T00:00:00Z',
      read_method: 'postgresql-cdc',
      payload: Object.fromEntries([...names, 'group'].map((name) => [name, 1])),
    }
    const { folder } = temporaryProject(
      Object.fromEntries(
        names.map((name, index) => [
          `${index}.jsonl`,
          JSON.stringify({
            ...event,
            source_metadata: { schema: 'order', table: name, primary_keys: names },
          }),
        ]),
      ),
    )
    for (const [index, name] of names.entries()) {
      const from = [join(folder, `${index}.jsonl`)]
      expect((await addTable({ table: `order.${name}`, from, project: folder })).key).toHaveLength(
        names.length,
      )
    }
    const { problems, actions } = await tryCompile(folder)
    expect(problems.map(String)).toEqual([])
    const views = actions.filter(({ target }) => target.schema === 'order').map(({ target }) => target.name)
    expect(new Set(views).size).toBe(8 * names.length)
    expect(views).toContain('größe _x_')
    expect(views).toContain('日本_state')
  })

  test('says what is wrong with what it was given', async () => {
    const { streamform, write } = project({ 'items.avro': avroOf(table) })
    write({ 'notes.txt': 'hello' })
    const errorOf = async (...args: string[]) => (await streamform('add', 'table', ...args)).err
    expect(await errorOf('items')).toBe(
      'error: `items` is no source table: write database.table, as in world_x.city\n',
    )
    expect(await errorOf('shop.items', '--from', 'items.avro')).toBe(
      'error: the change file is of `my-shop.order.items`, not of `shop.items`\n',
    )
    expect(await errorOf('shop.items', '--from', 'notes.txt')).toMatch(
      /^error: .*notes\.txt: the file holds no change events: /,
    )
    expect(await errorOf('shop.items', '--from', 'missing.avro')).toMatch(
      /^error: .*missing\.avro: cannot read the change file: ENOENT/,
    )
  })
})

const samples = shared('samples')

describe.skipIf(samples === undefined)(
  'every table of the real files (skipped where they are absent)',
  () => {
    test('has models that compile', async () => {
      const folders = ['dataflowtemplates', 'datastream-delta-plugins', 'deltalake-connector']
      const files = folders.flatMap((name) =>
        readdirSync(join(samples ?? '', name)).map((file) => join(samples ?? '', name, file)),
      )
      const { folder } = temporaryProject()
      const seen = new Map<string, string[]>()
      for (const file of files) {
        const { source } = await tableFromFiles([file])
        const name = `${source.database}.${source.table}`
        seen.set(name, [...(seen.get(name) ?? []), file])
      }
      expect(seen.size).toBeGreaterThan(25)
      const keyless: string[] = []
      for (const [name, from] of seen) {
        const { key } = await addTable({ table: name, from, project: folder })
        if (key.length === 0) keyless.push(name)
      }
      const { problems, actions } = await tryCompile(folder)
      expect(problems.map(String)).toEqual([])
      const logs = actions.filter(({ target }) => target.name.endsWith('_log'))
      expect(logs).toHaveLength(seen.size)
      expect(keyless).toEqual(['e2e-it.Books', 'public.source_table'])
    })
  },
)
