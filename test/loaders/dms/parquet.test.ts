import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from '../fresh-warehouse.ts'
import { landDms, sequence } from './land-dms.ts'

/** A Parquet file of a query's rows. */
async function parquet(query: string): Promise<Buffer> {
  const { database, close } = await freshWarehouse()
  const file = join(freshFolder(), 'rows.parquet')
  const connection = await database.connect()
  await connection.run(`copy (${query}) to '${file}' (format parquet)`)
  connection.closeSync()
  close()
  return readFileSync(file)
}

test('Parquet says its types: each column is what holds its values exactly', async () => {
  const content = await parquet(`
    select 'I' as Op, 1::integer as id, 9007199254740993::bigint as big, 1.25::decimal(10,2) as price,
      1.25::decimal(38,20) as wide, 0.5::float as ratio, 'nan'::double as no_number, true as open,
      date '2024-06-01' as day, time '12:00:00.5' as at, timestamp '2024-06-01 12:00:00.000001' as seen,
      timestamptz '2024-06-01 12:00:00+02' as instant, 'ab'::blob as raw, '' as empty, null::varchar as none,
      [1, 2] as list, '${sequence(1)}' as seq, '2024-06-01 12:00:00.000000' as ts`)
  const { report, warehouse } = await landDms({ 'shop/item/20240601-120000123.parquet': content })
  expect(report).toMatchObject({ landed: 1, rows: 1, deadLetters: 0, quarantined: [] })
  const rows = await warehouse.query('select unnest(payload) from "test-project.shop_raw".item')
  expect(rows).toEqual([
    {
      id: '1',
      big: '9007199254740993',
      price: '1.250000000',
      wide: '1.25000000000000000000',
      ratio: 0.5,
      no_number: 'NaN',
      open: true,
      day: '2024-06-01',
      at: '12:00:00.5',
      seen: '2024-06-01 12:00:00.000001',
      instant: '2024-06-01 10:00:00+00',
      raw: 'ab',
      empty: '',
      none: null,
      list: '[1,2]',
    },
  ])
})

test('many rows land in their order, each with its number', async () => {
  const content = await parquet(
    `select 'I' as Op, i::integer as id, lpad(i::varchar, 35, '0') as seq, '2024-06-01 12:00:00' as ts from range(6000) t(i)`,
  )
  const { report, warehouse } = await landDms({ 'shop/item/20240601-120000123.parquet': content })
  expect(report).toMatchObject({ rows: 6000, deadLetters: 0 })
  expect(
    await warehouse.query(
      'select count(*) as events, count(distinct uuid) as uuids, countif(payload.id = _row) as numbered from "test-project.shop_raw".item',
    ),
  ).toEqual([{ events: '6000', uuids: '6000', numbered: '6000' }])
})

test('a file without rows lands, and its columns are looked at', async () => {
  const { report } = await landDms({
    'shop/item/20240601-120000123.parquet': await parquet('select 1 as id where false'),
  })
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([expect.stringContaining('no column `seq`')])
})

test('a damaged file is quarantined', async () => {
  const { report } = await landDms({ 'shop/item/20240601-120000123.parquet': 'PAR1 and nothing else' })
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    'the file is no Parquet file that can be read',
  ])
})

test('without the setting no Parquet file is taken for one of AWS DMS', async () => {
  const folder = freshFolder()
  await writeFiles(folder, { 'shop/item/a.parquet': await parquet('select 1 as id') })
  const report = await landFolder(await freshWarehouse(), folder)
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('say `stream: envelope: dms`'),
  ])
})

test('a file of many pieces is read as it is', async () => {
  const content = await parquet(
    `select 'I' as Op, i::integer as id, md5(i::varchar) || md5((i + 1)::varchar) as name, lpad(i::varchar, 35, '0') as seq,
      '2024-06-01 12:00:00' as ts from range(40000) t(i)`,
  )
  expect(content.length).toBeGreaterThan(1_500_000)
  const { report, warehouse } = await landDms({ 'shop/item/20240601-120000123.parquet': content })
  expect(report).toMatchObject({ rows: 40_000, deadLetters: 0, quarantined: [] })
  expect(
    await warehouse.query(
      'select countif(payload.name = md5(payload.id::varchar) || md5((payload.id + 1)::varchar)) as whole from "test-project.shop_raw".item',
    ),
  ).toEqual([{ whole: '40000' }])
})
