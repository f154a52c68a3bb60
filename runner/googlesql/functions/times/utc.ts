import { onceUnlessCheap } from '../../lower/library/once.ts'

/**
 * TIMESTAMP and DATETIME into each other, by the clock of UTC: both are microseconds since 1970. DuckDB's own conversion
 * goes through a calendar of time zones and costs thirty times as much.
 */
export const wallOfUtc = (timestamp: string): string => `make_timestamp(epoch_us(${timestamp}))`

/** The cast changes nothing but a constant NULL, whose type DuckDB forgets. */
export const utcOfWall = (datetime: string): string =>
  `make_timestamptz(epoch_us(CAST(${datetime} AS TIMESTAMP)))`

const regions = new Map<string, string | undefined>()

/** A region's first name (`Asia/Calcutta` of `Asia/Kolkata`); undefined for offsets, UTC, and what is no zone. */
function regionOf(zone: string): string | undefined {
  if (!regions.has(zone))
    regions.set(zone, /^[A-Z]\w+(?:\/[A-Z][\w+-]*)+$/.test(zone) ? firstName(zone) : undefined)
  return regions.get(zone)
}

function firstName(timeZone: string): string | undefined {
  try {
    const name = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
    return name.includes('/') ? name : undefined
  } catch {
    return undefined
  }
}

/**
 * The wall clock of a zone, as a DATETIME. Regions are known to DuckDB too, by tables of its own: for the years in which
 * they are those of Node they are used (a test compares every zone), which takes a third of the time.
 *
 * @param zone DuckDB SQL of the zone's name
 * @param convert `googlesql_to_wall` raises beyond the years 1 to 9999, which parts of a time may lie in
 */
export function wallOfZone(
  timestamp: string,
  zone: string,
  convert: 'googlesql_to_local' | 'googlesql_to_wall' = 'googlesql_to_local',
): string {
  if (zone === `'UTC'`) return wallOfUtc(timestamp)
  return onceUnlessCheap([timestamp], (t) => {
    const exact = `make_timestamp(${convert}(epoch_us(${t}), ${zone}))`
    const region = regionOf(zone.slice(1, -1))
    if (region === undefined) return exact
    const shared = `${t} >= TIMESTAMPTZ '1973-01-01 00:00:00+00' AND ${t} < TIMESTAMPTZ '2026-01-01 00:00:00+00'`
    return `CASE WHEN ${shared} THEN timezone('${region}', ${t}) ELSE ${exact} END`
  })
}
