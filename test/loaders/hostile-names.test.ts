import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ContainerReader } from '../../loaders/avro/container.ts'
import { forgetFiles, listFiles } from '../../loaders/files.ts'
import { land } from '../../loaders/land.ts'
import { landText } from '../../loaders/land-text.ts'
import { retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { gcsStore } from '../../loaders/store/gcs.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { ObjectStore } from '../../loaders/store/store.ts'
import { quoteIdentifier } from '../../runner/googlesql/lower/identifier.ts'
import { mysqlEvent, mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, project, recordingEffects } from './fresh-warehouse.ts'
import { FakeBucket } from './store/fake-bucket.ts'

const bucket = await FakeBucket.start()
afterAll(() => bucket.stop())

/** Names that would be something else to SQL, a shell, a path, a format or a terminal. */
const names = [
  `a"b`,
  `a'b`,
  'a`b',
  `'; drop table item; --`,
  '"; drop table item; --',
  'a\nb',
  'a\r\tb',
  '../../etc/passwd',
  '..',
  'a\\b',
  '\u202eevil',
  'a\u0000b',
  '%s %d $1 ${x} {{y}}',
  '?#&=%2F',
  ' blank ',
  'é',
  'e\u0301',
  '🦆',
  'n'.repeat(300),
  'ü'.repeat(150),
]

const now = new Date('2024-06-03T00:00:00Z')
const date = { name: 'd', type: { type: 'int', logicalType: 'date' } }
const options = { project, maxDeadLetters: 1000 }

/** Lands files of these names, each of an event that fits and one that does not; then all that is done with names. */
async function throughTheWarehouse(store: ObjectStore, files: readonly string[]): Promise<void> {
  const warehouse = await freshWarehouse()
  const { state } = warehouse.warehouse
  const report = await land({ ...options, store, warehouse: warehouse.warehouse }, recordingEffects())
  expect(report).toMatchObject({
    landed: files.length,
    rows: files.length,
    deadLetters: files.length,
    quarantined: [],
  })
  const sorted = [...files].sort()
  const rows = await warehouse.query('select _file, payload.id as id from "test-project.shop_raw".item')
  expect(rows.map(({ _file: file }) => file).sort()).toEqual(sorted)
  const letters = await state.selectFrom('dead_letters').select('file').execute()
  expect(letters.map(({ file }) => file).sort()).toEqual(sorted)
  const listed = await listFiles({
    store,
    warehouse: warehouse.warehouse,
    limit: 100,
    signal: new AbortController().signal,
  })
  expect(listed.map(({ name }) => name).sort()).toEqual(sorted)
  for (const file of files)
    expect(await forgetFiles(warehouse.warehouse, [file], 'landed', now)).toEqual([file])
  const again = await land({ ...options, store, warehouse: warehouse.warehouse }, recordingEffects())
  expect(again).toMatchObject({ landed: files.length, deadLetters: files.length })
  expect((await retryDeadLetters(warehouse.warehouse, project, [], now)).waiting.length).toBe(files.length)
  expect(landText({ ...again, late: files })).not.toMatch(/[\r\t\0\u202e]/)
  warehouse.close()
}

const content = (id: number) =>
  mysqlFile(
    [{ name: 'id', type: 'int' }, date],
    [
      { id, d: 1 },
      { id, d: 5_000_000 },
    ],
    { first: id * 2 },
  )

test('objects of a bucket land whatever they are called, and are found again by their names', async () => {
  for (const [id, name] of names.entries()) bucket.put(`cdc/${name}`, content(id))
  const store = await gcsStore({ bucket: 'shop-cdc', prefix: 'cdc/', apiEndpoint: bucket.endpoint })
  await throughTheWarehouse(store, names)
})

test('files of a folder land whatever they are called, and none of their names leads out of it', async () => {
  const folder = freshFolder()
  // What a disk can have.
  const files = names.filter((name) => !/\0|^\.\.|^\.\.\//.test(name) && Buffer.byteLength(name) < 256)
  for (const [id, name] of files.entries()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content(id))
  }
  const store = localStore(folder)
  await throughTheWarehouse(store, files)
  for (const name of ['../secret', '..', 'a/../../secret', '/etc/passwd', 'x\0y']) {
    await expect(store.stat(name)).rejects.toThrow("the object's name leads out of the stream folder")
    const pieces = store.read({ name, bytes: 1, version: 'x' }).pieces
    await expect(Array.fromAsync(pieces)).rejects.toThrow("the object's name leads out of the stream folder")
  }
})

test('source tables and databases land whatever they are called, each in a raw table of its own', async () => {
  const warehouse = await freshWarehouse()
  const folder = freshFolder()
  for (const [id, name] of names.entries()) {
    const parts = { database: `d${id}${name}`, table: `t${id}${name}` }
    writeFileSync(join(folder, String(id)), mysqlFile([{ name: 'id', type: 'int' }], [{ id }], parts))
  }
  const report = await land(
    { ...options, store: localStore(folder), warehouse: warehouse.warehouse },
    recordingEffects(),
  )
  expect(report).toMatchObject({ landed: names.length, rows: names.length, quarantined: [] })
  expect(report.tables.length).toBe(names.length)
  for (const { table } of report.tables) {
    const dot = table.indexOf('.')
    const [schema, name] = [table.slice(0, dot), table.slice(dot + 1)]
    expect(schema).toMatch(/^d\d+[A-Za-z0-9_]*_raw$/)
    const rows = await warehouse.query(
      `select source_metadata.table as t, payload.id as id from "test-project.${schema}".${quoteIdentifier(name)}`,
    )
    expect(rows).toEqual([
      { t: `t${rows[0]?.['id']}${names[Number(rows[0]?.['id'])]}`, id: expect.any(String) },
    ])
  }
  const schemas = await warehouse.warehouse.state.selectFrom('schemas').select('source_table').execute()
  expect(schemas.map(({ source_table: table }) => table).sort()).toEqual(
    names.map((name, id) => `t${id}${name}`).sort(),
  )
  warehouse.close()
})

/** The file with another schema, that `writeAvro` would not take. */
function withSchema(file: Buffer, change: (schema: string) => string): Buffer {
  const container = new ContainerReader()
  const [block] = container.push(file)
  const schema = Buffer.from(change(container.header?.schema ?? ''))
  const key = Buffer.from('avro.schema')
  const sync = file.subarray(file.length - 16)
  const data = block?.data ?? Buffer.alloc(0)
  return Buffer.concat([
    ...[Buffer.from('Obj\u0001', 'latin1'), varint(1), varint(key.length), key],
    ...[varint(schema.length), schema, varint(0), sync],
    ...[varint(block?.count ?? 0), varint(data.length), data, sync],
  ])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

test('columns land whatever they are called, of Avro and of JSON lines', async () => {
  const warehouse = await freshWarehouse()
  const folder = freshFolder()
  // No warehouse has a column with this character: its file is quarantined, as envelope.test.ts has it.
  const columns = names.filter((name) => !name.includes('\0'))
  const fields = columns.map((_, id) => ({ name: `c${id}`, type: 'string' }))
  const values = Object.fromEntries(columns.map((_, id) => [`c${id}`, `value ${id}`]))
  const file = withSchema(mysqlFile(fields, [values]), (schema) =>
    schema.replaceAll(/"c(\d+)"/g, (_, id) => JSON.stringify(columns[Number(id)])),
  )
  writeFileSync(join(folder, 'a'), file)
  const row = Object.fromEntries(columns.map((name, id) => [name, `value ${id}`]))
  writeFileSync(join(folder, 'b.jsonl'), JSON.stringify(mysqlEvent(2, row)))
  const report = await land(
    { ...options, store: localStore(folder), warehouse: warehouse.warehouse },
    recordingEffects(),
  )
  expect(report).toMatchObject({ landed: 2, rows: 2, deadLetters: 0, quarantined: [] })
  const rows = await warehouse.query('select payload from "test-project.shop_raw".item')
  expect(rows).toEqual([{ payload: row }, { payload: row }])
  warehouse.close()
})

test('a name that is not UTF-8 is told, not passed over', async () => {
  if (process.platform !== 'linux') return
  const warehouse = await freshWarehouse()
  const folder = freshFolder()
  const latin = (name: string) => Buffer.from(join(folder, name), 'latin1')
  writeFileSync(latin('caf\u00e9.avro'), content(1))
  mkdirSync(latin('caf\u00e9'))
  writeFileSync(latin('caf\u00e9/f.avro'), content(2))
  writeFileSync(join(folder, 'good.avro'), content(3))
  const store = localStore(folder)
  const report = await land({ ...options, store, warehouse: warehouse.warehouse }, recordingEffects())
  expect(report).toMatchObject({ landed: 1, rows: 1 })
  expect(report.quarantined).toEqual([
    { file: 'caf\ufffd.avro', reason: 'its name is not UTF-8' },
    { file: 'caf\ufffd', reason: 'its name is not UTF-8' },
  ])
  warehouse.close()
})
