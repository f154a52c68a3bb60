import { decimalBytes } from '../avro/write.ts'
import type { SourceDatabase } from './database.ts'
import { type DayRows, dayRows } from './day-rows.ts'
import { decimalValue } from './decimal.ts'
import { numberAt, withMember } from './mysql-json.ts'
import type { Random } from './random.ts'
import { avroTypes, type Row } from './source.ts'
import { documentRowOf } from './world/rows.ts'

/** Something that happens at the source, and what of it is worth telling. */
export interface Step {
  /** Seconds since the day began. */
  readonly at: number
  readonly table: string
  readonly what: string
  readonly run: () => void
}

/** Seconds since midnight of `hh:mm:ss`. */
export const clock = (text: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return hours * 3600 + minutes * 60 + seconds
}

const city = 'city'
const country = 'country'
const countryinfo = 'countryinfo'
const countrylanguage = 'countrylanguage'
const population = ['Population']

/**
 * The scripted day: every kind of change and every mischief of delivery that Datastream is known for, on rows that
 * `random` picks. It begins while the backfill runs (00:00) and ends at 18:00; what is marked late arrives after that.
 *
 * At its end there are as many rows in each table as before it, every country and every language is as it was but for
 * one language's share (by 0.1, and far from a half of the people) and the countries' new column; changed for good are
 * cities' and documents' populations, one document's other members, one city that came for one that went, and one
 * city's key.
 *
 * @throws Problem if the tables hold too little for it
 */
export function scriptedDay(
  db: SourceDatabase,
  random: Random,
  currencies: ReadonlyMap<string, string>,
): readonly Step[] {
  const rows = dayRows(db, random)
  return [
    ...duringBackfill(db, rows),
    ...lateTransaction(db, rows),
    ...morning(db, rows),
    ...keyChanges(db, rows),
    ...documents(db, rows),
    ...delivery(db, rows),
    ...schemaChanges(db, rows, currencies),
    ...evening(db, rows),
  ].toSorted((left, right) => left.at - right.at)
}

function duringBackfill(db: SourceDatabase, { read, unread, removed, newCity }: DayRows): Step[] {
  return [
    step('00:00:40', city, 'a row changes after the backfill has read it', () => grow(db, read, 1_000)),
    step('00:00:45', city, 'a row changes before the backfill reads it', () => grow(db, unread, 2_000)),
    step('00:00:50', city, 'a row is inserted, and read by the backfill as well', () =>
      db.insert(city, newCity(0, 'Neustadt', 120_000)),
    ),
    step('00:01:05', city, 'a row is inserted …', () => db.insert(city, newCity(1, 'Kurzweil', 1_200))),
    step('00:01:10', city, '… and deleted before the backfill gets to it', () => db.delete(city, newCity(1))),
    step('00:01:20', city, 'a row is deleted after the backfill has read it', () => db.delete(city, removed)),
  ]
}

function lateTransaction(db: SourceDatabase, { lateOnly, lateThenNewer, newCity }: DayRows): Step[] {
  const late = { late: true } as const
  return [
    step('06:17:10', city, 'a transaction whose file arrives at the end of the day', () => {
      grow(db, lateThenNewer, 3_000, late)
      db.insert(city, newCity(2, 'Spätingen', 15_000), late)
      grow(db, lateOnly, 4_000, late)
    }),
    step('09:00:00', city, 'a row is deleted whose insert has not arrived', () =>
      db.delete(city, newCity(2)),
    ),
    step('12:00:30', city, 'a row changes again whose older change has not arrived', () =>
      grow(db, lateThenNewer, 5_000),
    ),
  ]
}

function morning(db: SourceDatabase, { updated, newCity, lonely, language }: DayRows): Step[] {
  const lonelyCountry = db.find(country, lonely) ?? {}
  return [
    step('08:00:00', city, 'three rows are inserted by one transaction', () => {
      db.insert(city, newCity(3, 'Alphaville', 10_000))
      db.insert(city, newCity(4, 'Betaville', 20_000))
      db.insert(city, newCity(5, 'Gammaville', 30_000))
    }),
    step('08:30:00', city, 'five rows are updated', () => {
      for (const row of updated) grow(db, row, 500)
    }),
    step('09:00:20', city, 'a row is deleted …', () => db.delete(city, newCity(3))),
    step('09:20:00', city, '… and inserted again', () => db.insert(city, newCity(3, 'Alphaville', 11_000))),
    step('10:00:00', country, 'a row is deleted …', () => db.delete(country, lonely)),
    step('10:05:00', country, '… and inserted again as it was', () => db.insert(country, lonelyCountry)),
    step('11:30:00', countrylanguage, 'a row is deleted and inserted again by one transaction', () => {
      const row = db.find(countrylanguage, language) ?? {}
      db.delete(countrylanguage, language)
      db.insert(countrylanguage, row)
    }),
    step('11:40:00', countrylanguage, 'a decimal is updated', () => {
      const tenths = decimalValue(db.find(countrylanguage, language)?.['Percentage'])
      db.update(countrylanguage, language, { Percentage: decimalBytes(tenths + 1n) })
    }),
  ]
}

function keyChanges(db: SourceDatabase, { moved, newCity, renamed }: DayRows): Step[] {
  const newName = { ...renamed, Language: 'Volapük' }
  return [
    step('10:30:00', city, "a row's key changes", () =>
      db.update(city, moved, { ID: newCity(6)['ID'] ?? null }),
    ),
    step('10:40:00', city, "a row's key changes, and the new key is deleted within the same second", () => {
      db.update(city, newCity(4), { ID: newCity(7)['ID'] ?? null })
      db.delete(city, newCity(7))
    }),
    step('11:00:00', countrylanguage, 'one column of a key of two changes …', () =>
      db.update(countrylanguage, renamed, { Language: newName.Language }),
    ),
    step('15:00:00', countrylanguage, '… and changes back', () =>
      db.update(countrylanguage, newName, { Language: renamed['Language'] ?? null }),
    ),
  ]
}

function documents(db: SourceDatabase, { document, otherDocument, newDocument }: DayRows): Step[] {
  const { id, row } = newDocument
  return [
    step('12:00:00', countryinfo, 'members of a document change, one of them new', () => {
      const text = String(db.find(countryinfo, document)?.['doc'])
      const people = numberAt(text, ['demographics', 'Population']) ?? 0
      const changed = withMember(text, ['demographics', 'Population'], people + 12_345)
      const doc = withMember(changed, ['government', 'Motto'], 'Ein “Motto” — 100 % größer')
      db.update(countryinfo, document, { doc })
    }),
    step('12:30:00', countryinfo, 'a document is inserted …', () => db.insert(countryinfo, row)),
    step('12:40:00', countryinfo, '… changed …', () => {
      const doc = withMember(String(row['doc']), ['GNP'], 42.5)
      db.update(countryinfo, row, documentRowOf(doc, id))
    }),
    step('12:50:00', countryinfo, '… and deleted', () => db.delete(countryinfo, row)),
    step('13:05:00', countryinfo, 'a document is deleted and inserted again by one transaction', () => {
      const old = db.find(countryinfo, otherDocument) ?? {}
      db.delete(countryinfo, otherDocument)
      db.insert(countryinfo, old)
    }),
  ]
}

function delivery(db: SourceDatabase, { repeated, disordered }: DayRows): Step[] {
  return [
    step('13:00:10', city, 'an event is delivered twice', () => grow(db, repeated, 700, { twice: true })),
    step('13:10:10', city, 'a file is delivered twice, under another name', () => {
      grow(db, repeated, 10, { fileTwice: true })
      grow(db, disordered, 10, { fileTwice: true })
    }),
    step('13:20:05', city, 'of two changes of a row, the older …', () => grow(db, disordered, 100)),
    step('13:20:45', city, '… stands in a file that comes after the newer', () =>
      grow(db, disordered, 200, { part: 1 }),
    ),
  ]
}

function schemaChanges(
  db: SourceDatabase,
  { countries, updated, newCity }: DayRows,
  currencies: ReadonlyMap<string, string>,
): Step[] {
  const [first = {}] = countries
  const [one = {}] = updated
  return [
    step('14:00:10', country, 'a row is updated (to what it is) before the column is added', () =>
      db.update(country, first, {}),
    ),
    step('14:00:20', country, 'a column is added: `Currency` CHAR(3)', () =>
      db.alter(country, (table) => ({
        ...table,
        columns: [...table.columns, { name: 'Currency', type: avroTypes.string }],
      })),
    ),
    step('14:00:30', country, 'the new column is filled in some rows', () => {
      for (const row of countries) {
        const currency = currencies.get(String(db.find(country, row)?.['Code2']))
        if (currency !== undefined) db.update(country, row, { Currency: currency })
      }
    }),
    step('14:30:05', city, 'a row is updated before a column is widened', () => grow(db, one, 50)),
    step('14:30:15', city, 'a column is widened: `ID` from INT to BIGINT', () =>
      db.alter(city, (table) => ({
        ...table,
        columns: table.columns.map((column) =>
          column.name === 'ID' ? { name: column.name, type: avroTypes.long } : column,
        ),
      })),
    ),
    step('14:30:30', city, 'a row is inserted that needs the wider column', () =>
      db.insert(city, { ...newCity(8, 'Megalopolis', 4_000_000), ID: 3_000_000_001 }),
    ),
  ]
}

function evening(db: SourceDatabase, { updated, newCity }: DayRows): Step[] {
  const [row = {}] = updated
  return [
    step(
      '16:00:00',
      city,
      'a row changes at the end of a binary log and at the beginning of the next',
      () => {
        grow(db, row, 11)
        db.rotateLog()
        grow(db, row, 22)
      },
    ),
    step('17:00:00', city, 'a row changes and changes back', () => {
      const before = db.find(city, row)?.['Info'] ?? null
      grow(db, row, 99)
      db.update(city, row, { Info: before })
    }),
    step('18:00:00', city, 'rows are deleted', () => {
      db.delete(city, newCity(3))
      db.delete(city, newCity(5))
      db.delete(city, { ID: 3_000_000_001 })
    }),
  ]
}

const step = (at: string, table: string, what: string, run: () => void): Step => ({
  at: clock(at),
  table,
  what,
  run,
})

/** Adds to a city's population. */
function grow(
  db: SourceDatabase,
  key: Row,
  people: number,
  delivery: Parameters<SourceDatabase['update']>[3] = {},
): void {
  const info = String(db.find(city, key)?.['Info'])
  db.update(
    city,
    key,
    { Info: withMember(info, population, (numberAt(info, population) ?? 0) + people) },
    delivery,
  )
}
