import { expect, test } from 'vitest'
import { landDms, sequence } from './land-dms.ts'

const changes = 'shop/item/20240601-120000123.csv'
const header = 'Op,id,name,seq,ts\n'
const at = '2024-06-01 12:00:00.000001'

test('a full load is a backfill at the time of its transfer; changes stand where their sequence says', async () => {
  const { report, events } = await landDms({
    'shop/item/LOAD00000001.csv': `id,name,seq,ts\n1,pear,,2024-06-01 10:00:00.000000\n`,
    [changes]: `${header}I,2,fig,${sequence(1)},${at}\nU,2,figs,${sequence(2)},${at}\nD,2,figs,${sequence(3)},${at}\n`,
  })
  expect(report).toMatchObject({ landed: 2, rows: 4, deadLetters: 0, quarantined: [], skipped: [] })
  const change = (name: string, type: string, number: number) => ({
    uuid: expect.any(String),
    read_timestamp: '2024-06-01 12:00:00.123+00',
    source_timestamp: '2024-06-01 12:00:00.000001+00',
    read_method: 'dms-cdc',
    schema: 'shop',
    table: 'item',
    lsn: sequence(number),
    log_file: null,
    log_position: null,
    change_type: type,
    is_deleted: type === 'DELETE',
    payload: { id: '2', name },
  })
  expect(await events()).toEqual([
    change('fig', 'INSERT', 1),
    change('figs', 'UPDATE', 2),
    change('figs', 'DELETE', 3),
    {
      uuid: expect.any(String),
      read_timestamp: null,
      source_timestamp: '2024-06-01 10:00:00+00',
      read_method: 'dms-backfill',
      schema: 'shop',
      table: 'item',
      lsn: null,
      log_file: null,
      log_position: null,
      change_type: 'INSERT',
      is_deleted: false,
      payload: { id: '1', name: 'pear' },
    },
  ])
})

test('the null text is NULL where it is not in quotes; empty is empty; quotes, commas and lines are read as RFC 4180 has them', async () => {
  const rows = [
    'I,1,NULL',
    'I,2,',
    'I,3,""',
    'I,4,"NULL"',
    'I,5,"a, ""b""\nc\r\nd"',
    'I,6, x ',
    'I,7,it"s',
    'I,8,\u00e4\u{1f350}',
  ]
  const text = rows.map((row, number) => `${row},${sequence(number)},${at}\r\n`).join('')
  const { report, payloads } = await landDms({ [changes]: `Op,id,name,seq,ts\r\n${text}` })
  expect(report).toMatchObject({ rows: 8, deadLetters: 0, quarantined: [] })
  expect((await payloads()).map((payload) => (payload as { name: unknown }).name)).toEqual([
    null,
    '',
    '',
    'NULL',
    'a, "b"\nc\r\nd',
    ' x ',
    'it"s',
    '\u00e4\u{1f350}',
  ])
})

test('an empty null text makes NULL of what is empty, and leaves "" what it is', async () => {
  const text = `I,1,,${sequence(1)},${at}\nI,2,"",${sequence(2)},${at}\nI,3,NULL,${sequence(3)},${at}\n`
  const { payloads } = await landDms({ [changes]: header + text }, { csvNull: '' })
  expect(await payloads()).toEqual([
    { id: '1', name: null },
    { id: '2', name: '' },
    { id: '3', name: 'NULL' },
  ])
})

test('a file is read alike in pieces of any size', async () => {
  const { csvLines } = await import('../../../loaders/dms/csv.ts')
  const bytes = Buffer.from('a,b\r\n"x\r\n""y""",\u00e4\u{1f350}\n\nlast,"q"')
  const read = async (size: number) => {
    const found: unknown[] = []
    const pieces = (async function* () {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
    })()
    for await (const { fields, offset } of csvLines(pieces, ',', 1000))
      found.push([offset, fields.map(({ text }) => text)])
    return found
  }
  const whole = await read(bytes.length)
  expect(whole).toEqual([
    [0, ['a', 'b']],
    [5, ['x\r\n"y"', '\u00e4\u{1f350}']],
    [24, ['last', 'q']],
  ])
  for (let size = 1; size < bytes.length; size++) expect(await read(size)).toEqual(whole)
})

test('without a sequence, changes stand in the order of files and rows', async () => {
  const { events } = await landDms(
    { [changes]: 'Op,id,name\nI,1,a\nU,1,b\n' },
    { sequenceColumn: undefined, timestampColumn: undefined },
  )
  expect((await events()).map(({ lsn, log_file, log_position }) => [lsn, log_file, log_position])).toEqual([
    [null, '20240601-120000123', '0'],
    [null, '20240601-120000123', '1'],
  ])
})

test('a changed key is two events, told by the column of before', async () => {
  const { events } = await landDms(
    {
      [changes]: `Op,id,BI_id,name,seq,ts\nU,2,1,a,${sequence(1)},${at}\nU,3,3,b,${sequence(2)},${at}\nI,4,NULL,c,${sequence(3)},${at}\n`,
    },
    { beforeImagePrefix: 'BI_' },
  )
  expect((await events()).map(({ change_type, lsn, payload }) => [change_type, lsn, payload])).toEqual([
    ['UPDATE-DELETE', sequence(1), { id: '1', name: 'a' }],
    ['UPDATE-INSERT', sequence(1), { id: '2', name: 'a' }],
    ['UPDATE', sequence(2), { id: '3', name: 'b' }],
    ['INSERT', sequence(3), { id: '4', name: 'c' }],
  ])
})

test('a change that is written again, in a file of another name, is the same event', async () => {
  const row = `I,1,a,${sequence(1)},${at}\n`
  const { events } = await landDms({
    [changes]: header + row,
    'shop/item/20240601-130000000.csv': `${header}${row}U,1,b,${sequence(2)},${at}\n`,
  })
  const uuids = (await events()).map(({ uuid }) => uuid)
  expect(uuids[0]).toBe(uuids[1])
  expect(new Set(uuids).size).toBe(2)
})

test('a full load under the names of the one before is new where its rows or their time are', async () => {
  const file = 'shop/item/LOAD00000001.csv'
  const { warehouse, folder, events } = await landDms({
    [file]: 'id,name,seq,ts\n1,a,,2024-06-01 10:00:00\n',
  })
  const { writeFiles, landFolder } = await import('../fresh-warehouse.ts')
  const { defaultEnvelope } = await import('../../../loaders/envelope-settings.ts')
  const { task } = await import('./land-dms.ts')
  await writeFiles(folder, { [file]: 'id,name,seq,ts\n1,a,,2024-06-02 10:00:00\n' })
  await landFolder(warehouse, folder, { envelope: { ...defaultEnvelope, kind: 'dms', dms: task } })
  const uuids = (await events()).map(({ uuid }) => uuid)
  expect(new Set(uuids).size).toBe(2)
})

const letters: readonly (readonly [string, string, string])[] = [
  ['an operation that is none', `X,1,a,${sequence(1)},${at}`, '`Op` is not I, U or D'],
  ['a change without its sequence', `I,1,a,,${at}`, 'not the 35 digits of $AR_H_CHANGE_SEQ'],
  ['a line with a field too few', `I,1,${sequence(1)},${at}`, 'the line has 4 fields, the first line 5'],
  ['a time that is none', `I,1,a,${sequence(1)},yesterday`, 'the column is TIMESTAMP, the value is a text'],
]

test.each(letters)('%s becomes a dead letter; the other rows land', async (_what, line, reason) => {
  const { report, letters: waiting } = await landDms({
    [changes]: `${header}${line}\nI,2,b,${sequence(2)},${at}\n`,
  })
  expect(report).toMatchObject({ rows: 1, deadLetters: 1, quarantined: [] })
  const [letter] = await waiting()
  expect(letter).toMatchObject({ row: '0', raw_table: 'shop_raw.item' })
  expect(letter?.['reason']).toContain(reason)
})

const quarantined: readonly (readonly [string, string, string, string])[] = [
  ['no names', changes, `I,1,a,${sequence(1)},${at}\n`, 'the file has no column `seq`'],
  ['changes without Op', changes, 'id,seq,ts\n', 'a file of changes without the column `Op`'],
  ['a name that says no table', 'LOAD00000001.csv', 'id,seq,ts\n', 'does not lie in `<schema>/<table>/`'],
  [
    'a name that is neither',
    'shop/item/part-0.csv',
    'id,seq,ts\n',
    'neither `LOAD…` (full load) nor by a time',
  ],
  [
    'a folder that may be a date',
    'shop/item/2024/06/01/LOAD00000001.csv',
    'id,seq,ts\n',
    'date_partitions: true',
  ],
  [
    'a quote that is not closed',
    changes,
    `${header}I,1,"a,${sequence(1)},${at}\n`,
    'a quote that is not closed',
  ],
  ['text beside a quote', changes, `${header}I,1,"a"b,${sequence(1)},${at}\n`, 'text beside a quoted field'],
  ['text that is not UTF-8', changes, `${header}I,1,\ufffd`, 'not UTF-8'],
  ['a name twice', changes, 'Op,id,id,seq,ts\n', 'the first line has a name twice'],
]

test.each(quarantined)('%s quarantines the file, with what to do', async (what, name, text, reason) => {
  const content = what.includes('UTF-8') ? Buffer.from(text.replace('\ufffd', '\u00ff'), 'latin1') : text
  const { report } = await landDms({ [name]: content })
  expect(report).toMatchObject({ landed: 0, rows: 0 })
  expect(report.quarantined.map((file) => file.reason)).toEqual([expect.stringContaining(reason)])
})

test('without names, and nothing that tells them from a row, a full load is refused', async () => {
  const { report } = await landDms(
    { 'shop/item/LOAD00000001.csv': '1,pear\n2,fig\n' },
    { sequenceColumn: undefined, timestampColumn: undefined },
  )
  expect(report.quarantined.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('the first line may be names or a row'),
  ])
})

test('folders of dates below the table’s are passed over where the settings say so', async () => {
  const { report } = await landDms(
    { [`in/shop/item/2024/06/01/12/20240601-120000123.csv`]: `${header}I,1,a,${sequence(1)},${at}\n` },
    { datePartitions: true },
  )
  expect(report.tables).toEqual([{ table: 'shop_raw.item', files: 1, rows: 1, deadLetters: 0 }])
})

test('what lies beside the files and is none of them is skipped, by its name', async () => {
  const { report } = await landDms({
    'README.md': '# the bucket\n',
    [changes]: `${header}I,1,a,${sequence(1)},${at}\n`,
  })
  expect(report).toMatchObject({ landed: 1, quarantined: [] })
  expect(report.skipped.map(({ file }) => file)).toEqual(['README.md'])
})

test('a gzipped file is read', async () => {
  const { gzipSync } = await import('node:zlib')
  const { report } = await landDms({
    [`${changes}.gz`]: gzipSync(`${header}I,1,a,${sequence(1)},${at}\n`),
  })
  expect(report).toMatchObject({ landed: 1, rows: 1, quarantined: [] })
})

test('rows land once, however often the loader runs', async () => {
  const { landFolder } = await import('../fresh-warehouse.ts')
  const { warehouse, folder } = await landDms({ [changes]: `${header}I,1,a,${sequence(1)},${at}\n` })
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 0, alreadyLanded: 1 })
})

test('a table is asked for by its name, which files outside of minute folders tell once they are open', async () => {
  const { freshFolder, freshWarehouse, landFolder, writeFiles } = await import('../fresh-warehouse.ts')
  const { defaultEnvelope } = await import('../../../loaders/envelope-settings.ts')
  const { task } = await import('./land-dms.ts')
  const folder = freshFolder()
  const text = `${header}I,1,a,${sequence(1)},${at}\n`
  await writeFiles(folder, { [changes]: text, 'shop/other/20240601-120000123.csv': text })
  const warehouse = await freshWarehouse()
  const envelope = { ...defaultEnvelope, kind: 'dms', dms: task } as const
  const report = await landFolder(warehouse, folder, { envelope, tables: ['shop.item'] })
  expect(report.tables.map(({ table }) => table)).toEqual(['shop_raw.item'])
  expect(report).toMatchObject({ rows: 1, quarantined: [], skipped: [] })
  expect(await landFolder(warehouse, folder, { envelope })).toMatchObject({ landed: 1, alreadyLanded: 1 })
})
