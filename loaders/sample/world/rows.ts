import { decimalBytes } from '../../avro/write.ts'
import { mysqlJson } from '../mysql-json.ts'
import type { Row } from '../source.ts'
import { languageName, type Place, places, regionName, type Territory, territories } from './facts.ts'
import type { WorldTable } from './tables.ts'

/**
 * Rows of the four world_x tables, as of the packages' own day.
 *
 * True, from CLDR: the territories of ISO 3166-1, their names, codes, people, regions and languages (who can use one,
 * second languages included, so shares add up to more than 100) and whether a language is official in the whole
 * country. True, from GeoNames: every city of at least 100,000 people and every capital, with its people; `District`
 * is GeoNames' code of the first-order division (`CH.ZH`), for the package has no names of them.
 *
 * Not what world_x has there: `GNP` is CLDR's gross domestic product at purchasing power parity in millions of dollars;
 * `demographics.Literacy` is added; `IndepYear`, `SurfaceArea`, `HeadOfState`, `GovernmentForm` and `LifeExpectancy` are
 * null, for no package says them. Made up: the numbers of cities and the `_id`s of documents, in world_x's form.
 */
export function worldRows(): Readonly<Record<WorldTable, readonly Row[]>> {
  const countries = territories()
  const alpha3 = new Map(countries.map((territory) => [territory.code, territory.alpha3]))
  const cities = largeCities(alpha3)
  const capitals = capitalsOf(cities)
  return {
    city: cities.map((place, index) => ({
      ID: index + 1,
      // One GeoNames name tells what stands there and is longer than world_x's CHAR(35): `Palikir - National …`.
      Name: place.name.replace(/ - .*/, ''),
      CountryCode: alpha3.get(place.country) ?? '',
      District: `${place.country}.${place.adminCode}`,
      Info: mysqlJson({ Population: place.population }),
    })),
    country: countries.map(({ code, alpha3: Code }) => ({
      Code,
      Name: regionName(code),
      Capital: capitals.get(code) ?? null,
      Code2: code,
    })),
    countryinfo: countries.map(documentRow),
    countrylanguage: countries.flatMap((territory) => languageRows(territory)),
  }
}

/** The row of a document, its generated columns computed as MySQL computes them. */
export function documentRowOf(doc: string, id: string): Row {
  return { doc, _id: Buffer.from(id).toString('hex'), _json_schema: mysqlJson({ type: 'object' }) }
}

/** A document `_id` in the form of MySQL's document store: prefix, time of the server's start, serial number. */
export const documentId = (serial: number): string => `0000664d0b00${serial.toString(16).padStart(16, '0')}`

function documentRow(territory: Territory, index: number): Row {
  const id = documentId(index + 1)
  const doc = mysqlJson({
    _id: id,
    Code: territory.alpha3,
    Name: regionName(territory.code),
    GNP: Math.round(territory.gdp / 1e6),
    IndepYear: null,
    geography: { Region: territory.region, Continent: territory.continent, SurfaceArea: null },
    government: { HeadOfState: null, GovernmentForm: null },
    demographics: {
      Population: territory.population,
      LifeExpectancy: null,
      Literacy: territory.literacyPercent,
    },
  })
  return documentRowOf(doc, id)
}

function languageRows({ alpha3, languages }: Territory): Row[] {
  return languages
    .map(({ code, percent, official }) => ({
      CountryCode: alpha3,
      Language: languageName(code),
      IsOfficial: official ? 'T' : 'F',
      Percentage: decimalBytes(BigInt(Math.round(percent * 10))),
    }))
    .sort((left, right) => (left.Language < right.Language ? -1 : 1))
}

/** In the order of their numbers: by country, largest first. */
function largeCities(alpha3: ReadonlyMap<string, string>): readonly Place[] {
  return places()
    .filter(({ country, featureCode, population }) => {
      // PPLX is a part of a city, PPLCH a former capital: neither is a city of its own.
      if (!alpha3.has(country) || featureCode === 'PPLX' || featureCode === 'PPLCH') return false
      return featureCode === 'PPLC' || population >= 100_000
    })
    .map((place) => ({ place, country: alpha3.get(place.country) ?? '' }))
    .sort(
      (left, right) =>
        compare(left.country, right.country) ||
        right.place.population - left.place.population ||
        compare(left.place.name, right.place.name) ||
        compare(left.place.adminCode, right.place.adminCode),
    )
    .map(({ place }) => place)
}

function capitalsOf(cities: readonly Place[]): ReadonlyMap<string, number> {
  const capitals = new Map<string, number>()
  for (const [index, { country, featureCode }] of cities.entries()) {
    if (featureCode === 'PPLC' && !capitals.has(country)) capitals.set(country, index + 1)
  }
  return capitals
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
