import { decimalBytes } from '../avro/write.ts'
import type { SourceDatabase } from './database.ts'
import { decimalValue } from './decimal.ts'
import { mysqlJson, numberAt, withMember } from './mysql-json.ts'
import type { Random } from './random.ts'
import type { Cell, Row } from './source.ts'

/** Changes of one unit of `--scale`. */
export const trafficPerScale = 1_000

const startHour = 19
const minutesAtMost = 280

/**
 * The evening's ordinary traffic, 19:00 to 23:40: `scale` times a thousand changes, most of them to cities' and
 * documents' populations, some cities that come and go, some languages' shares that change and change back. At its end
 * every table has the rows it had. Each step sets the database's clock, makes one transaction and gives the number of
 * events; the caller may take away finished files in between.
 */
export function* traffic(
  db: SourceDatabase,
  random: Random,
  scale: number,
  dayStart: number,
): Generator<number> {
  const total = scale * trafficPerScale
  if (total === 0) return
  const cities = db.rows('city').map(({ ID }) => ({ ID: ID ?? null }))
  const documents = db.rows('countryinfo').map(({ _id }) => ({ _id: _id ?? null }))
  const countries = db.rows('country').map(({ Code }) => Code ?? null)
  const languages = db.rows('countrylanguage').filter((row) => decimalValue(row['Percentage']) < 400n)
  const last = cities.reduce((most, { ID }) => Math.max(most, Number(ID)), 0)
  const guests: Row[] = []
  let arrivals = 0
  // A few busy minutes make a few files; the more traffic, the more minutes it takes.
  const minutes = Math.min(minutesAtMost, 6 * scale)
  let done = 0
  while (done < total) {
    const position = (done / total) * minutes
    const minute = Math.floor(position) * (minutesAtMost / minutes)
    db.now =
      dayStart + startHour * 3_600_000 + Math.floor(minute) * 60_000 + Math.floor((position % 1) * 60_000)
    const kind = random.below(100)
    let events = 1
    if (kind < 70) grow(db, 'city', at(cities, random), 'Info', ['Population'], random)
    else if (kind < 88)
      grow(db, 'countryinfo', at(documents, random), 'doc', ['demographics', 'Population'], random)
    else if (kind < 92) events = correct(db, at(languages, random))
    else if (guests.length > 40) db.delete('city', guests.shift() ?? {})
    else {
      arrivals += 1
      const guest = newCity(last + 1_000 + arrivals, at(countries, random), random)
      guests.push(guest)
      db.insert('city', guest)
    }
    done += events
    yield events
  }
  for (const guest of guests) {
    db.delete('city', guest)
    yield 1
  }
}

function grow(
  db: SourceDatabase,
  table: string,
  key: Row,
  column: string,
  path: readonly string[],
  random: Random,
): void {
  const text = String(db.find(table, key)?.[column])
  db.update(table, key, {
    [column]: withMember(text, path, (numberAt(text, path) ?? 0) + random.below(1_000)),
  })
}

function correct(db: SourceDatabase, key: Row): number {
  const share = db.find('countrylanguage', key)?.['Percentage'] ?? null
  db.update('countrylanguage', key, { Percentage: decimalBytes(decimalValue(share) + 1n) })
  db.update('countrylanguage', key, { Percentage: share })
  return 2
}

function newCity(ID: number, CountryCode: Cell, random: Random): Row {
  return {
    ID,
    Name: `Guest ${ID}`,
    CountryCode,
    District: '',
    Info: mysqlJson({ Population: random.below(50_000) }),
  }
}

function at<Item>(items: readonly Item[], random: Random): Item {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new Error('a table is empty')
  return item
}
