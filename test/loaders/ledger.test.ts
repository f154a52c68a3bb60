import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { forgetFiles, listFiles } from '../../loaders/files.ts'
import { discardDeadLetters, retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { localStore } from '../../loaders/store/local.ts'
import { minutePath, mysqlFile } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  project,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'

const now = new Date('2024-06-03T00:00:00Z')
const signal = new AbortController().signal
const bytes = { name: 'v', type: 'bytes' }
const text = { name: 'v', type: 'string' }
const date = { name: 'v', type: { type: 'int', logicalType: 'date' } }

describe('the ledger', () => {
  test('lists what landed, what is quarantined and what waits', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { 'a.avro': mysqlFile([text], [{ v: 'x' }]), 'b.avro': 'bad' })
    await landFolder(warehouse, folder)
    await writeFiles(folder, { 'c.avro': 'new' })
    const list = async (status?: 'pending' | 'quarantined') => {
      const files = await listFiles({
        store: localStore(folder),
        warehouse: warehouse.warehouse,
        limit: 10,
        signal,
        ...(status === undefined ? {} : { status }),
      })
      return files.map(({ name, status: state }) => `${name} ${state}`)
    }
    expect(await list()).toEqual(['c.avro pending', 'a.avro landed', 'b.avro quarantined'])
    expect(await list('pending')).toEqual(['c.avro pending'])
    expect(await list('quarantined')).toEqual(['b.avro quarantined'])
    warehouse.close()
  })

  test('forgets a quarantined file, which then lands once it is mended', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { 'a.avro': 'bad' })
    await landFolder(warehouse, folder)
    expect(await forgetFiles(warehouse.warehouse, [], 'quarantined', now)).toEqual(['a.avro'])
    expect((await landFolder(warehouse, folder)).quarantined).toHaveLength(1)
    writeFileSync(join(folder, 'a.avro'), mysqlFile([text], [{ v: 'x' }]))
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 1, quarantined: [] })
    warehouse.close()
  })

  test('forgets a landed file, which then lands once more', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { 'a.avro': mysqlFile([text], [{ v: 'x' }]) })
    await landFolder(warehouse, folder)
    await forgetFiles(warehouse.warehouse, ['a.avro'], 'landed', now)
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 1 })
    expect(
      await warehouse.query(
        `select count(*) as n, count(distinct uuid) as events from "test-project.shop_raw".item`,
      ),
    ).toEqual([{ n: '2', events: '1' }])
    warehouse.close()
  })

  test('says which name it does not have', async () => {
    const warehouse = await freshWarehouse()
    await expect(forgetFiles(warehouse.warehouse, ['x'], 'landed', now)).rejects.toThrow(
      'the ledger has no landed file `x`',
    )
    warehouse.close()
  })

  test('selects files by table and by time', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    const file = (id: string) => mysqlFile([text], [{ v: id }])
    await writeFiles(folder, {
      [minutePath('2024/06/01/00/00', 'a.avro')]: file('a'),
      [minutePath('2024/06/01/12/30', 'b.avro')]: file('b'),
      [minutePath('2024/06/01/12/30', 'c.avro', 'shop_other')]: mysqlFile([text], [{ v: 'c' }], {
        table: 'other',
      }),
    })
    expect(await landFolder(warehouse, folder, { dryRun: true, since: '2024-06-01T12:30' })).toMatchObject({
      landed: 2,
      rows: 0,
    })
    expect(
      await landFolder(warehouse, folder, { tables: ['shop.item'], since: '2024-06-01T12:00' }),
    ).toMatchObject({ landed: 1 })
    expect(await landFolder(warehouse, folder, { tables: ['other'] })).toMatchObject({ landed: 1 })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, alreadyLanded: 2 })
    await expect(landFolder(warehouse, folder, { since: 'yesterday' })).rejects.toThrow(
      '`yesterday` is no time: write 2024-06-01 or 2024-06-01T12:30 (UTC)',
    )
    warehouse.close()
  })
})

describe('files of one table', () => {
  const named = (database: string, table: string, id: string) =>
    mysqlFile([text], [{ v: id }], { database, table })
  const at = (object: string, name: string) => minutePath('2024/06/01/00/00', name, object)

  test('are told by their events where a folder may be of several tables', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, {
      [at('shop_order_item', 'a')]: named('shop', 'order_item', 'a'),
      [at('shop_item', 'b')]: named('shop', 'item', 'b'),
      [at('web_shop_item', 'c')]: named('web', 'shop_item', 'c'),
      [at('x_item', 'd')]: named('x', 'Item', 'd'),
    })
    const landed = async (tables: readonly string[]) =>
      (await landFolder(warehouse, folder, { tables })).tables.map(({ table }) => table)
    expect(await landed(['shop.item'])).toEqual(['shop_raw.item'])
    expect(await landed(['item'])).toEqual(['x_raw.Item'])
    expect(await landed(['web.shop_item', 'order_item'])).toEqual([
      'shop_raw.order_item',
      'web_raw.shop_item',
    ])
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 0, alreadyLanded: 4 })
    warehouse.close()
  })

  test('that are not there are told, with what is', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { [at('shop_item', 'b')]: named('shop', 'item', 'b') })
    const given = { tables: ['shop.itme'], tablesMustBeThere: true }
    const problem = await landFolder(warehouse, folder, given).catch(String)
    expect(problem).toBe(
      `${folder}: there are no change files of \`shop.itme\`; did you mean \`shop_item\`?\n  there are files of: shop_item`,
    )
    expect(await landFolder(warehouse, folder, { tables: ['shop.itme'] })).toMatchObject({ landed: 0 })
    // Landed ones are there, too.
    await landFolder(warehouse, folder)
    const again = await landFolder(warehouse, folder, { tables: ['shop.item'], tablesMustBeThere: true })
    expect(again).toMatchObject({ alreadyLanded: 1 })
    warehouse.close()
  })
})

test('a file in quarantine that is written anew is one no longer', async () => {
  const folder = freshFolder()
  const warehouse = await freshWarehouse()
  await writeFiles(folder, { a: 'bad', b: 'bad' })
  await landFolder(warehouse, folder)
  await writeFiles(folder, { a: mysqlFile([text], [{ v: 'x' }]), b: 'worse' })
  await landFolder(warehouse, folder)
  const entries = await warehouse.query(
    `select name, status, bytes from "test-project.streamform".files order by name, bytes, status`,
  )
  expect(entries.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'a replaced',
    'a landed',
    'b replaced',
    'b quarantined',
  ])
  // What was replaced and comes back as it was is new.
  expect(await landFolder(warehouse, folder)).toMatchObject({
    landed: 0,
    alreadyLanded: 1,
    stillQuarantined: 1,
  })
  warehouse.close()
})

describe('a dead letter', () => {
  async function letters(warehouse: TestWarehouse): Promise<unknown[]> {
    return await warehouse.query(
      `select id, "row", status, attempts, reason, settled_at is not null as settled from "test-project.streamform".dead_letters order by "row"`,
    )
  }

  test('lands once when its column has become wide enough, with its file and row', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, { 'a.avro': mysqlFile([date], [{ v: 1 }, { v: 2_932_897 }]) })
    await landFolder(warehouse, folder)
    const [first] = (await letters(warehouse)) as { id: string }[]
    const reason = 'a date outside 0001-01-01 to 9999-12-31'
    expect(await retryDeadLetters(warehouse.warehouse, project, [], now)).toEqual({
      landed: [],
      waiting: [{ id: first?.id, column: 'payload.v', reason }],
    })
    await writeFiles(folder, { 'b.avro': mysqlFile([text], [{ v: 'x' }], { first: 10 }) })
    await landFolder(warehouse, folder)
    expect(await retryDeadLetters(warehouse.warehouse, project, [], now)).toEqual({
      landed: [first?.id],
      waiting: [],
    })
    expect(await retryDeadLetters(warehouse.warehouse, project, [], now)).toEqual({ landed: [], waiting: [] })
    expect(
      await warehouse.query(`select _file, _row, payload.v from "test-project.shop_raw".item order by 1, 2`),
    ).toEqual([
      { _file: 'a.avro', _row: '0', v: '1970-01-02' },
      { _file: 'a.avro', _row: '1', v: '10000-01-01' },
      { _file: 'b.avro', _row: '0', v: 'x' },
    ])
    expect(await letters(warehouse)).toEqual([
      { id: first?.id, row: '1', status: 'landed', attempts: '3', reason, settled: true },
    ])
    warehouse.close()
  })

  test('is never taken for something else: text that is no bytes, text that is no text', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    await writeFiles(folder, {
      'a.avro': mysqlFile([bytes], [{ v: Buffer.from('a') }]),
      'b.avro': mysqlFile([text], [{ v: 'abcd' }], { first: 5 }),
    })
    await landFolder(warehouse, folder)
    const [letter] = (await letters(warehouse)) as { id: string }[]
    expect(await retryDeadLetters(warehouse.warehouse, project, [], now)).toEqual({
      landed: [],
      waiting: [
        {
          id: letter?.id,
          column: 'payload.v',
          reason: "the raw table's column is BYTES, this file has STRING",
        },
      ],
    })
    expect(await discardDeadLetters(warehouse.warehouse, [letter?.id ?? ''], now)).toEqual([letter?.id])
    expect(await letters(warehouse)).toMatchObject([{ status: 'discarded', settled: true }])
    await expect(discardDeadLetters(warehouse.warehouse, [letter?.id ?? ''], now)).rejects.toThrow(
      /^no dead letter waits under /,
    )
    warehouse.close()
  })
})
