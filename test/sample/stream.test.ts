import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { SampleFile } from '../../loaders/sample/delivery.ts'
import { sampleStream } from '../../loaders/sample/stream.ts'
import { finalRows, plain, type ReadEvent, type ReadFile, readFiles } from './read-stream.ts'

const options = { seed: 'test', scale: 1, changes: true }
const files = [...sampleStream(options)]
const read = await readFiles(files)
const events = read.flatMap((file) => file.events)
const changes = events.filter((event) => event.read_method === 'mysql-cdc-binlog')

const digest = (all: Iterable<SampleFile>) =>
  [...all].map(({ path, bytes, arrival }) => [path, createHash('sha1').update(bytes).digest('hex'), arrival])
const at = (time: string) => BigInt(Date.parse(`2024-06-01T${time}Z`))
const of = (table: string, time: string) =>
  changes.filter((event) => event.source_metadata.table === table && event.source_timestamp === at(time))
const shown = (event: ReadEvent) => [event.source_metadata.change_type, plain(event.payload)['ID']]
const fileOf = (event: ReadEvent): ReadFile | undefined => read.find((file) => file.events.includes(event))
const backfillOf = (id: unknown) =>
  events.filter(
    ({ read_method, object, payload }) =>
      read_method === 'mysql-backfill-fulldump' && object === 'world_x_city' && plain(payload)['ID'] === id,
  )

describe('the sample', () => {
  test('is the same to the byte for the same seed, and another for another', () => {
    expect(digest(sampleStream(options))).toEqual(digest(files))
    expect(digest(sampleStream({ ...options, seed: 'other' }))).not.toEqual(digest(files))
  })

  test("has Datastream's paths: table, minute, schema key, read method", () => {
    for (const {
      path,
      events: [first],
      schema,
    } of read) {
      expect(path).toMatch(
        /^world_x_(city|country|countryinfo|countrylanguage)\/2024\/06\/01\/\d\d\/\d\d\/[0-9a-f]{40}_mysql-(backfill-fulldump|cdc-binlog)_\d+_\d+_\d+\.avro$/,
      )
      expect(path).toContain(`${first?.object}/`)
      expect(path).toContain(`/${first?.schema_key}_${first?.read_method}_`)
      expect(schema.name).toBe(first?.object)
    }
    expect(new Set(files.map((file) => file.path)).size).toBe(files.length)
  })

  test('holds one table, one schema and one minute of source time a file', () => {
    for (const { path, events: inFile, metadata } of read) {
      expect(metadata).toEqual(['avro.schema'])
      expect(
        new Set(inFile.map((event) => `${event.object} ${event.schema_key} ${event.read_method}`)).size,
      ).toBe(1)
      const minute = path.split('/').slice(1, 6).join('/')
      for (const event of inFile) {
        const time =
          event.read_method === 'mysql-cdc-binlog' ? Number(event.source_timestamp) : Date.UTC(2024, 5, 1)
        expect(new Date(time).toISOString().slice(0, 16).replace(/[-T:]/g, '/')).toBe(minute)
      }
    }
  })

  test('has envelopes that agree with themselves', () => {
    for (const event of events) {
      const { source_metadata: metadata } = event
      const backfill = event.read_method === 'mysql-backfill-fulldump'
      expect(event.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}[01]{8}$/)
      expect(event.source_timestamp % 1000n).toBe(0n)
      expect(event.read_timestamp).toBeGreaterThan(event.source_timestamp - 1000n)
      expect(event.sort_keys).toEqual([event.source_timestamp, metadata.log_file, metadata.log_position])
      expect(event.object).toBe(`${metadata.database}_${metadata.table}`)
      expect(metadata.is_deleted).toBe(['DELETE', 'UPDATE-DELETE'].includes(metadata.change_type))
      expect(metadata.log_file).toMatch(backfill ? /^$/ : /^mysql-bin\.00013[12]$/)
      expect(metadata.log_position === 0n).toBe(backfill)
      expect(event.stream_name).toMatch(/^projects\/\d+\/locations\/[a-z0-9-]+\/streams\/[a-z-]+$/)
    }
  })

  test('gives every change its own uuid, and its own position but for the halves of a key change', () => {
    const byUuid = Map.groupBy(events, (event) => event.uuid)
    for (const copies of byUuid.values()) for (const copy of copies) expect(copy).toEqual(copies[0])
    const once = [...byUuid.values()].flatMap(([event]) => (event === undefined ? [] : [event]))
    const shared = Map.groupBy(
      once.filter((event) => event.read_method === 'mysql-cdc-binlog'),
      ({ source_metadata }) => `${source_metadata.log_file}:${source_metadata.log_position}`,
    )
    for (const [, sharing] of shared) {
      const types = sharing.map((event) => event.source_metadata.change_type)
      expect([1, 2]).toContain(types.length)
      if (types.length === 2) expect(types).toEqual(['UPDATE-DELETE', 'UPDATE-INSERT'])
    }
  })

  test('says when each file arrives, the late ones last', () => {
    for (const { arrival } of files) expect(new Date(arrival).toISOString().slice(0, 10)).toBe('2024-06-01')
    const last = Math.max(...files.filter(({ late }) => !late).map(({ arrival }) => arrival))
    for (const { arrival, late } of files) if (late) expect(arrival).toBeGreaterThan(last)
  })
})

describe('the scripted day', () => {
  test('changes a row after the backfill read it, and one before', () => {
    const [after] = of('city', '00:00:40')
    const [read1] = backfillOf(plain(after?.payload ?? {})['ID'])
    expect(read1?.source_timestamp).toBeLessThan(at('00:00:40'))
    expect(read1?.payload['Info']).not.toEqual(after?.payload['Info'])
    const [before] = of('city', '00:00:45')
    const [read2] = backfillOf(plain(before?.payload ?? {})['ID'])
    expect(read2?.source_timestamp).toBeGreaterThan(at('00:00:45'))
    expect(read2?.payload).toEqual(before?.payload)
  })

  test('inserts a row that the backfill reads too, and one that it does not', () => {
    expect(backfillOf(plain(of('city', '00:00:50')[0]?.payload ?? {})['ID'])).toHaveLength(1)
    const [born] = of('city', '00:01:05')
    expect(of('city', '00:01:10').map(shown)).toEqual([['DELETE', plain(born?.payload ?? {})['ID']]])
    expect(backfillOf(plain(born?.payload ?? {})['ID'])).toEqual([])
  })

  test('deletes a row that the backfill has read', () => {
    const [gone] = of('city', '00:01:20')
    expect(gone?.source_metadata.change_type).toBe('DELETE')
    expect(backfillOf(plain(gone?.payload ?? {})['ID'])).toHaveLength(1)
  })

  test('has a transaction in an old minute folder that arrives last, older than what has been delivered', () => {
    const [newer, born, only] = of('city', '06:17:10')
    expect([newer, born, only].map((event) => event?.source_metadata.change_type)).toEqual([
      'UPDATE-INSERT',
      'INSERT',
      'UPDATE-INSERT',
    ])
    const late = files.filter((file) => file.late)
    expect(late.map((file) => file.path)).toEqual([fileOf(newer as ReadEvent)?.path])
    expect(late[0]?.path).toContain('/2024/06/01/06/17/')
    expect(of('city', '09:00:00').map(shown)).toEqual([['DELETE', plain(born?.payload ?? {})['ID']]])
    expect(of('city', '12:00:30').map(shown)).toEqual([['UPDATE-INSERT', plain(newer?.payload ?? {})['ID']]])
  })

  test('inserts, updates, deletes and inserts again', () => {
    expect(
      of('city', '08:00:00')
        .map(shown)
        .map(([type]) => type),
    ).toEqual(['INSERT', 'INSERT', 'INSERT'])
    expect(of('city', '08:30:00').map((event) => event.source_metadata.change_type)).toEqual(
      Array(5).fill('UPDATE-INSERT'),
    )
    const [[, id] = []] = of('city', '09:00:20').map(shown)
    expect(of('city', '09:20:00').map(shown)).toEqual([['INSERT', id]])
    const [gone] = of('country', '10:00:00')
    expect(of('country', '10:05:00').map((event) => event.payload)).toEqual([gone?.payload])
    expect(of('countrylanguage', '11:30:00').map((event) => event.source_metadata.change_type)).toEqual([
      'DELETE',
      'INSERT',
    ])
  })

  test('changes keys: two events at one position, the insert stamped a second later', () => {
    const [half] = of('city', '10:30:00')
    const [other] = of('city', '10:30:01')
    expect([half, other].map((event) => event?.source_metadata.change_type)).toEqual([
      'UPDATE-DELETE',
      'UPDATE-INSERT',
    ])
    expect(half?.source_metadata.log_position).toBe(other?.source_metadata.log_position)
    expect(half?.payload['ID']).not.toBe(other?.payload['ID'])
    // The trap: the new key is deleted at a later position and an earlier time than it was born.
    const [, trap] = of('city', '10:40:00')
    const [born] = of('city', '10:40:01')
    expect(trap?.source_metadata.change_type).toBe('DELETE')
    expect(trap?.payload['ID']).toBe(born?.payload['ID'])
    expect(trap?.source_metadata.log_position).toBeGreaterThan(born?.source_metadata.log_position ?? 0n)
    const [to] = of('countrylanguage', '11:00:01')
    const [from] = of('countrylanguage', '15:00:00')
    expect(to?.payload).toEqual(from?.payload)
  })

  test('changes documents', () => {
    const [changed] = of('countryinfo', '12:00:00')
    const doc = JSON.parse(String(changed?.payload['doc'])) as { government: { Motto?: string } }
    expect(doc.government.Motto).toBe('Ein “Motto” — 100 % größer')
    const types = ['12:30:00', '12:40:00', '12:50:00'].flatMap((time) =>
      of('countryinfo', time).map((event) => event.source_metadata.change_type),
    )
    expect(types).toEqual(['INSERT', 'UPDATE-INSERT', 'DELETE'])
  })

  test('delivers an event twice, and a file twice under another name', () => {
    const copies = of('city', '13:00:10')
    expect(copies).toHaveLength(2)
    expect(copies[0]).toEqual(copies[1])
    expect(fileOf(copies[0] as ReadEvent)).not.toBe(
      read.filter((file) => file.events.includes(copies[1] as ReadEvent))[0],
    )
    const twice = files.filter((file) => file.path.includes('world_x_city/2024/06/01/13/10/'))
    expect(twice).toHaveLength(2)
    expect(twice[0]?.bytes).toEqual(twice[1]?.bytes)
  })

  test('has two files of one minute whose names are in the wrong order', () => {
    const [older] = of('city', '13:20:05')
    const [newer] = of('city', '13:20:45')
    expect(plain(older?.payload ?? {})['ID']).toBe(plain(newer?.payload ?? {})['ID'])
    const [first, second] = [older, newer].map((event) => fileOf(event as ReadEvent)?.path ?? '')
    expect(first?.slice(0, -20)).not.toBe('')
    expect(Number(first?.split('_').at(-3))).toBeGreaterThan(Number(second?.split('_').at(-3)))
  })

  test('adds a column and widens one, with another schema key and another file in the same minute', () => {
    const payloadOf = (file: ReadFile | undefined) => {
      const payload = file?.schema.fields.find((field) => field.name === 'payload')
      return (payload as { type: { fields: { name: string; type: unknown }[] } }).type.fields
    }
    const [old] = of('country', '14:00:10')
    const [filled] = of('country', '14:00:30')
    expect(old?.schema_key).not.toBe(filled?.schema_key)
    expect(payloadOf(fileOf(old as ReadEvent)).map(({ name }) => name)).toEqual([
      'Code',
      'Name',
      'Capital',
      'Code2',
    ])
    expect(
      payloadOf(fileOf(filled as ReadEvent))
        .map(({ name }) => name)
        .at(-1),
    ).toBe('Currency')
    expect(filled?.payload['Currency']).toMatch(/^[A-Z]{3}$/)
    const [narrow] = of('city', '14:30:05')
    const [wide] = of('city', '14:30:30')
    expect(payloadOf(fileOf(narrow as ReadEvent))[0]).toEqual({
      name: 'ID',
      type: ['null', 'int'],
      default: null,
    })
    expect(payloadOf(fileOf(wide as ReadEvent))[0]).toEqual({
      name: 'ID',
      type: ['null', 'long'],
      default: null,
    })
    expect(wide?.payload['ID']).toBe(3_000_000_001n)
  })

  test('goes on in another binary log within a second', () => {
    expect(of('city', '16:00:00').map((event) => event.source_metadata.log_file)).toEqual([
      'mysql-bin.000131',
      'mysql-bin.000132',
    ])
  })

  test('ends with as many rows as it began with, and every capital, country and language in place', async () => {
    const before = await readFiles(sampleStream({ ...options, changes: false }))
    for (const table of ['city', 'country', 'countryinfo', 'countrylanguage'])
      expect([table, finalRows(read, table).size]).toEqual([table, finalRows(before, table).size])
    const cities = new Set([...finalRows(read, 'city').values()].map((row) => row['ID']))
    const countries = [...finalRows(read, 'country').values()]
    for (const { Capital } of countries) if (Capital !== null) expect(cities).toContain(Capital)
    const names = ({ Code, Name, Capital, Code2 }: Record<string, unknown>) => [Code, Name, Capital, Code2]
    expect(countries.map(names).toSorted()).toEqual(
      [...finalRows(before, 'country').values()].map(names).toSorted(),
    )
    const languages = finalRows(before, 'countrylanguage')
    const differing = [...finalRows(read, 'countrylanguage')].filter(
      ([key, row]) => JSON.stringify(row) !== JSON.stringify(languages.get(key)),
    )
    expect(differing).toHaveLength(1)
    expect(Number(differing[0]?.[1]['Percentage'])).toBeLessThanOrEqual(40)
  })
})

test('a larger scale makes more traffic and leaves the script and the rows at the end as they are', async () => {
  const larger = await readFiles(sampleStream({ ...options, scale: 5 }))
  const sizes = (all: readonly ReadFile[]) =>
    ['city', 'country', 'countryinfo', 'countrylanguage'].map((table) => finalRows(all, table).size)
  expect(sizes(larger)).toEqual(sizes(read))
  const evening = (all: readonly ReadFile[]) =>
    all.flatMap((file) => file.events).filter((event) => event.source_timestamp >= at('19:00:00')).length
  expect(evening(larger)).toBeGreaterThanOrEqual(5_000)
  expect(evening(larger)).toBeLessThan(5_100)
})
