import { Problem } from '../../runner/problem.ts'
import type { SourceDatabase } from './database.ts'
import { decimalValue } from './decimal.ts'
import { mysqlJson } from './mysql-json.ts'
import type { Random } from './random.ts'
import type { Row } from './source.ts'
import { documentId, documentRowOf } from './world/rows.ts'

/** The rows that the scripted day plays with; no city stands in it twice, and none is a capital. */
export interface DayRows {
  /** Cities that the backfill reads before, and after, it is overtaken by changes. */
  readonly read: Row
  readonly unread: Row
  readonly removed: Row
  readonly lateOnly: Row
  readonly lateThenNewer: Row
  readonly moved: Row
  readonly repeated: Row
  readonly disordered: Row
  readonly updated: readonly Row[]
  /** City number `index` of those that the day makes. */
  readonly newCity: (index: number, name?: string, people?: number) => Row
  /** A country that no city and no language refers to. */
  readonly lonely: Row
  readonly countries: readonly Row[]
  /** A language of few people, and another whose name changes. */
  readonly language: Row
  readonly renamed: Row
  readonly document: Row
  readonly otherDocument: Row
  readonly newDocument: { readonly id: string; readonly row: Row }
}

// The backfill has read this many cities for certain when the first change comes, and not yet the later ones.
const surelyRead = 500
const surelyUnread = 2_000

/** @throws Problem if the tables hold too little to choose from */
export function dayRows(db: SourceDatabase, random: Random): DayRows {
  const cities = db.rows('city')
  const countries = db.rows('country')
  const capitals = new Set(countries.map((row) => row['Capital']))
  const plain = cities
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => !capitals.has(row['ID'] ?? null))
  const taken = new Set<Row>()
  const city = (from = 0, to = cities.length): Row => {
    const left = plain.filter(({ row, index }) => index >= from && index < to && !taken.has(row))
    const chosen = pick(left, random, 'cities').row
    taken.add(chosen)
    return chosen
  }
  const languages = db.rows('countrylanguage').filter((row) => isSmall(row))
  const language = pick(languages, random, 'languages')
  const documents = db.rows('countryinfo')
  const document = pick(documents, random, 'documents')
  const referred = new Set([...cities, ...db.rows('countrylanguage')].map((row) => row['CountryCode']))
  const serial = 1_000_000
  return {
    read: city(0, surelyRead),
    unread: city(surelyUnread),
    removed: city(0, surelyRead),
    lateOnly: city(),
    lateThenNewer: city(),
    moved: city(),
    repeated: city(),
    disordered: city(),
    updated: [city(), city(), city(), city(), city()],
    newCity: cityMaker(cities),
    lonely: pick(
      countries.filter((row) => !referred.has(row['Code'] ?? null)),
      random,
      'countries without cities',
    ),
    countries: countries.filter((_, index) => index % 10 === 3),
    language,
    renamed: pick(
      languages.filter((row) => row !== language),
      random,
      'languages',
    ),
    document,
    otherDocument: pick(
      documents.filter((row) => row !== document),
      random,
      'documents',
    ),
    newDocument: {
      id: documentId(serial),
      row: documentRowOf(
        mysqlJson({ _id: documentId(serial), Code: 'ZZZ', Name: 'Nowhere' }),
        documentId(serial),
      ),
    },
  }
}

function cityMaker(cities: readonly Row[]): DayRows['newCity'] {
  const [first = {}] = cities
  const last = cities.reduce((most, row) => Math.max(most, Number(row['ID'])), 0)
  return (index, name = '', people = 0) => ({
    ID: last + 1 + index,
    Name: name,
    CountryCode: first['CountryCode'] ?? null,
    District: first['District'] ?? null,
    Info: mysqlJson({ Population: people }),
  })
}

/** Spoken by less than 40 % of a country: a tenth of a per cent more makes it no language of half the people. */
const isSmall = (row: Row): boolean => {
  const tenths = decimalValue(row['Percentage'])
  return tenths > 0n && tenths < 400n
}

function pick<Item>(items: readonly Item[], random: Random, what: string): Item {
  const chosen = items[random.below(items.length)]
  if (chosen === undefined)
    throw new Problem(`the source has too few ${what} for the scripted day of changes`, {
      hint: '--no-changes writes the backfill alone',
    })
  return chosen
}
