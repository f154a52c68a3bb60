import { once } from '../../lower/library/once.ts'
import type { SqlType } from '../../types/type.ts'
import { utcOfWall } from './utc.ts'

/**
 * DuckDB SQL of dates and times that texts stand for, as CAST reads them
 * (data-types#canonical_format_for_timestamp_literals). DuckDB reads the usual forms, in which every sign has its place
 * (GLOB is twice as fast as a regular expression). It takes others that BigQuery does not: these, and what it does not
 * read, are the registered functions' business.
 *
 * @param zone DuckDB SQL of the zone of a TIMESTAMP's text that names none
 */
export function timeOfText(value: string, to: SqlType['kind'], zone: string): string {
  return once([value], (x) => {
    switch (to) {
      case 'DATE':
        return `coalesce(CASE WHEN ${isDate(x)} THEN TRY_CAST(${x} AS DATE) END, googlesql_date(${x}))`
      case 'TIME': {
        const usual = `${x} GLOB '${clock}' AND ${x} < '24'`
        return `coalesce(CASE WHEN ${usual} THEN TRY_CAST(${x} AS TIME) END, CAST(make_timestamp(googlesql_time(${x})) AS TIME))`
      }
      case 'DATETIME': {
        const time = `TRY_CAST(${x} AS TIMESTAMP)`
        const fractions = `(${fractionBefore(x, [''])}) AND ${beginsWithTime(x)}`
        return `coalesce(CASE WHEN ${wholeSeconds(x)} THEN ${time} WHEN ${fractions} THEN ${time} END, make_timestamp(googlesql_datetime(${x})))`
      }
      default: {
        const slow = `make_timestamptz(googlesql_timestamp(${x}, ${zone}))`
        if (zone === `'UTC'`) return `coalesce(${usualTimestamp(x)}, ${slow})`
        const wall = `epoch_us(TRY_CAST(${x} AS TIMESTAMP))`
        return `coalesce(CASE WHEN ${wholeSeconds(x)} THEN make_timestamptz(googlesql_to_utc(${wall}, ${zone})) END, ${slow})`
      }
    }
  })
}

function usualTimestamp(text: string): string {
  const utc = utcOfWall(`TRY_CAST(${text} AS TIMESTAMP)`)
  const ends = [' UTC', '+00', '+00:00'].map(
    (end) => `(strlen(${text}) = ${19 + end.length} AND ends_with(${text}, '${end}'))`,
  )
  // Of less than ten hours, in years that they do not lead out of.
  const offsets = ['+', '-'].map((sign) => beginsWithTime(text, `${sign}0[0-9]:[0-5][0-9]`))
  const inside = `${text} >= '0002' AND ${text} < '9999'`
  const fractions = fractionBefore(text, ['', 'Z', ' UTC', '+00', '+00:00'])
  return (
    `CASE WHEN ${wholeSeconds(text)} THEN ${utc} ` +
    `WHEN strlen(${text}) = 20 AND ${beginsWithTime(text, 'Z')} THEN ${utc} ` +
    `WHEN (${ends.join(' OR ')}) AND ${beginsWithTime(text)} THEN ${utc} ` +
    `WHEN strlen(${text}) = 25 AND ((${offsets.join(') OR (')})) AND ${inside} THEN TRY_CAST(${text} AS TIMESTAMPTZ) ` +
    `WHEN ${isDate(text)} OR ((${fractions}) AND ${beginsWithTime(text)}) THEN ${utc} END`
  )
}

const day = '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'
const clock = '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]'
const anyTime = '?'.repeat(19)

/** DuckDB has a year 0. */
const isDate = (text: string): string => `(${text} GLOB '${day}' AND ${text} >= '0001')`

/** DuckDB has an hour 24, too. */
const beginsWithTime = (text: string, rest = '*'): string =>
  `${text} GLOB '${day}[ T]${clock}${rest}' AND NOT ${text} GLOB '???????????24*' AND ${text} >= '0001'`

/** `2024-01-02 03:04:05`, or with a T. */
export const wholeSeconds = (text: string): string => `(strlen(${text}) = 19 AND ${beginsWithTime(text, '')})`

/** Behind a time the fraction of a second, in three or six digits, and then the text's end. */
const fractionBefore = (text: string, ends: readonly string[]): string =>
  ends
    .flatMap((end) => [3, 6].map((digits) => `.${'[0-9]'.repeat(digits)}${end}`))
    .map((rest) => `${text} GLOB '${anyTime}${rest}'`)
    .join(' OR ')
