import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deadLetters } from './dead-letter-rows.ts'
import { mysqlEvent, mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, type TestWarehouse, writeFiles } from './fresh-warehouse.ts'

// A file that the warehouse cannot take must not keep others from landing, in this run and in all to come.

let warehouse: TestWarehouse
let folder: string
beforeEach(async () => {
  warehouse = await freshWarehouse()
  folder = freshFolder()
})
afterEach(() => warehouse.close())

const id = { name: 'id', type: 'int' }
const file = (parts: { readonly database?: string; readonly table?: string } = {}) =>
  mysqlFile([id], [{ id: 1 }], parts)
const line = (payload: string) => JSON.stringify(mysqlEvent(1, { id: 1 })).replace('"id":1', payload)

describe.each(['together', 'one by one'] as const)(
  'of names that differ only by case, landed %s,',
  (runs) => {
    test.each([
      ['databases', { database: 'Shop' }],
      ['databases, of another table', { database: 'SHOP', table: 'other' }],
      ['tables', { table: 'Item' }],
    ])('the second of two %s is quarantined, and all others land', async (_what, parts) => {
      const files = { a: file(), b: file(parts), c: file({ table: 'third' }) }
      const quarantined: unknown[] = []
      let rows = 0
      const land = async () => {
        const report = await landFolder(warehouse, folder)
        quarantined.push(...report.quarantined)
        rows += report.rows
      }
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(folder, name), content)
        if (runs === 'one by one') await land()
      }
      await land()
      expect([rows, quarantined]).toEqual([
        2,
        [{ file: 'b', reason: expect.stringMatching(/which exists, differ only by case$/) }],
      ])
      expect(await landFolder(warehouse, folder)).toMatchObject({
        landed: 0,
        alreadyLanded: 2,
        stillQuarantined: 1,
      })
    })
  },
)

test('events that do not fit, of a file that cannot be read further on, leave no trace in the next file', async () => {
  const fields = [
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'note', type: 'string' },
  ]
  const damaged = mysqlFile(fields, [
    { day: 9_000_000, note: 'one' },
    { day: 1, note: 'the end' },
  ])
  // The length of the last text: more than there is.
  damaged[damaged.indexOf('the end') - 1] = 126
  const whole = mysqlFile(fields, [{ day: 2, note: 'two' }])
  await writeFiles(folder, { a: whole, b: damaged, c: whole })
  const report = await landFolder(warehouse, folder)
  expect([report.rows, report.quarantined, await deadLetters(warehouse)]).toEqual([
    2,
    [{ file: 'b', reason: expect.stringMatching(/^the data ends within a text/) }],
    [],
  ])
})

test('half a character that JSON escapes is a dead letter in a text, quarantines its file in a name, and stays in a document', async () => {
  await writeFiles(folder, {
    'a.jsonl': `${line('"id":1')}\n${line('"id":2,"v":"\\ud800"')}`,
    'b.jsonl': line('"\\ud800":"v"'),
    'c.jsonl': line('"id":3').replace('"item"', '"\\ud800"'),
    'd.jsonl': line('"id":4,"doc":{"a":"\\ud800"}'),
  })
  const report = await landFolder(warehouse, folder)
  expect(report.quarantined).toEqual([
    { file: 'b.jsonl', reason: 'the payload has a column whose name holds half of a character' },
    {
      file: 'c.jsonl',
      reason: expect.stringContaining('source_metadata has a name that holds half of a character'),
    },
  ])
  expect(
    await warehouse.query(
      'select payload.id as id, payload.doc as doc from "test-project.shop_raw".item order by 1',
    ),
  ).toEqual([
    { id: '1', doc: null },
    { id: '4', doc: '{"a":"\\ud800"}' },
  ])
  expect(await deadLetters(warehouse)).toMatchObject([
    { column: 'payload.v', row: 1n, reason: 'the text holds half of a character, which UTF-8 has not' },
  ])
})

test('an event in which an object has a key twice is a dead letter, wherever the object is; a list of such quarantines its file', async () => {
  const given = [
    line('"id":1'),
    line('"id":2,"id":3'),
    line('"id":4,"\\u0069d":5'),
    line('"doc":{"a":[{"b":1,"b":1}]}'),
    line('"id":6,"doc":"{\\"a\\":1,\\"a\\":2}"'),
    line('"id":7').replace('{', '{"uuid":"another",'),
  ]
  await writeFiles(folder, {
    'a.jsonl': given.join('\n'),
    'b.jsonl': line('"id":8,"id":8'),
    'c.jsonl': `[${line('"id":9')},${line('"id":10,"id":10')}]`,
  })
  const twice = (text: string | undefined, key: string) =>
    `an object has a key twice (at character ${(text ?? '').lastIndexOf(key) + 1} of the line)`
  const report = await landFolder(warehouse, folder)
  expect(report.quarantined).toEqual([
    { file: 'b.jsonl', reason: twice(line('"id":8,"id":8'), '"id"') },
    { file: 'c.jsonl', reason: expect.stringContaining('an object has a key twice') },
  ])
  expect(
    await warehouse.query(
      'select payload.id as id, payload.doc as doc from "test-project.shop_raw".item order by 1',
    ),
  ).toEqual([
    { id: '1', doc: null },
    { id: '6', doc: '{"a":1,"a":2}' },
  ])
  expect((await deadLetters(warehouse)).map(({ row, reason }) => [row, reason])).toEqual([
    [1n, twice(given[1], '"id"')],
    [2n, twice(given[2], '"\\u0069d"')],
    [3n, twice(given[3], '"b"')],
    [5n, twice(given[5], '"uuid"')],
  ])
  const kept = await warehouse.query(
    'select event from "test-project.streamform".dead_letters order by "row"',
  )
  const base64 = kept.map(
    ({ event }) => (JSON.parse(String(event)) as Record<string, string>)['unreadable_base64'],
  )
  expect(base64.map((text = '') => Buffer.from(text, 'base64').toString())).toEqual([
    given[1],
    given[2],
    given[3],
    given[5],
  ])
})

test('more columns than a table may have quarantine their file, and what was there goes on', async () => {
  const columns = (prefix: string, many: number) =>
    Array.from({ length: many }, (_, at) => ({ name: `${prefix}${at}`, type: 'int' }))
  await writeFiles(folder, { a: file(), b: mysqlFile(columns('c', 9900), [{ c1: 1 }]), c: file() })
  const report = await landFolder(warehouse, folder)
  expect([report.rows, report.quarantined]).toEqual([
    2,
    [
      {
        file: 'b',
        reason: 'the raw table would have 9901 columns, where 9900 are allowed; this file has 9900 new ones',
      },
    ],
  ])
})

describe('a file of JSON lines', () => {
  const event = (number: number) => JSON.stringify(mysqlEvent(number, { id: number }))
  const outcome = async (content: string, name = 'f.jsonl', salvage = false) => {
    await writeFiles(folder, { [name]: content })
    const {
      rows,
      deadLetters: letters,
      quarantined,
      skipped,
    } = await landFolder(warehouse, folder, { salvage })
    const reason = [...quarantined, ...skipped][0]?.reason
    return {
      rows,
      letters,
      became: quarantined.length > 0 ? 'quarantined' : skipped.length > 0 ? 'skipped' : 'landed',
      reason,
    }
  }

  test('whose first lines are no events lands the others; those become dead letters', async () => {
    expect(await outcome(['{"hello":1}', '{}', '[]', event(1), '"x"', event(2)].join('\n'))).toMatchObject({
      became: 'landed',
      rows: 2,
      letters: 4,
    })
    expect((await deadLetters(warehouse)).map(({ row }) => row)).toEqual([0n, 1n, 2n, 4n])
  })

  test('whose first line is broken is quarantined, and salvaged like any other', async () => {
    const content = ['{"broken', event(1), event(2)].join('\n')
    expect(await outcome(content)).toMatchObject({ became: 'quarantined', rows: 0 })
    expect(await outcome(content, 'g.jsonl', true)).toMatchObject({ became: 'landed', rows: 2, letters: 1 })
  })

  test('of which none is an event is skipped, unless one looks like an event', async () => {
    expect(await outcome('{"type":"record","name":"x"}')).toMatchObject({ became: 'skipped' })
    expect(await outcome('{"type":"record"}\n{"uuid":"1","payload":{}}', 'g.jsonl')).toEqual({
      became: 'quarantined',
      rows: 0,
      letters: 0,
      reason: 'not a Datastream event: it has no `source_timestamp`, `source_metadata`',
    })
    expect(await outcome('{"x":1}\n'.repeat(1000), 'h.jsonl')).toMatchObject({ became: 'skipped' })
    expect(await outcome('{"broken\n{"broken', 'i.jsonl', true)).toMatchObject({ became: 'quarantined' })
  })
})
