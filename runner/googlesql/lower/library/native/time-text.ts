import { daysOf, maxMicros, microsOf, minMicros, validDate } from './civil.ts'
import { toUtc } from './zones.ts'

/**
 * The literal forms of dates and times, as CAST reads them
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#canonical_format_for_timestamp_literals).
 * Each gives undefined for text that is none.
 */

const datePattern = /^(\d{4})-(\d{1,2})-(\d{1,2})/
const timePattern = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?/

/** Days since 1970. */
export function parseDateText(text: string): number | undefined {
  const date = datePattern.exec(text)
  if (date === null || date[0].length !== text.length) return undefined
  const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])]
  return validDate(year, month, day) ? daysOf(year, month, day) : undefined
}

/** Microseconds since midnight. A second 60 is the next minute's start. */
export function parseTimeText(text: string): bigint | undefined {
  const time = timePattern.exec(text)
  if (time === null || time[0].length !== text.length) return undefined
  const micros = clock(time)
  return micros === undefined ? undefined : micros % 86_400_000_000n
}

/** Microseconds of the wall clock since 1970. */
export function parseDatetimeText(text: string): bigint | undefined {
  const { micros, rest } = readDatetime(text)
  return rest === '' ? micros : undefined
}

/** Microseconds UTC since 1970; `zoneName` serves where the text names no zone. */
export function parseTimestampText(text: string, zoneName: string): bigint | undefined {
  const { micros, rest, hasTime } = readDatetime(text)
  if (micros === undefined || (rest !== '' && !hasTime)) return undefined
  const name = rest === '' ? zoneName : readZone(rest)
  if (name === undefined) return undefined
  try {
    const utc = toUtc(micros, name)
    return utc >= minMicros && utc <= maxMicros ? utc : undefined
  } catch {
    return undefined
  }
}

function readZone(rest: string): string | undefined {
  if (/^z$/i.test(rest)) return 'UTC'
  const offset = /^([+-])(\d{1,2})(?::?(\d{1,2}))?$/.exec(rest)
  if (offset !== null) return `${offset[1]}${offset[2]}:${offset[3] ?? '0'}`
  const name = /^ ([A-Z].*)$/.exec(rest)?.[1]
  return name === 'Z' ? undefined : name
}

function readDatetime(text: string): { micros: bigint | undefined; rest: string; hasTime: boolean } {
  const none = { micros: undefined, rest: '', hasTime: false }
  const date = datePattern.exec(text)
  if (date === null) return none
  const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])]
  if (!validDate(year, month, day)) return none
  const midnight = microsOf({ year, month, day, hour: 0, minute: 0, second: 0, micros: 0 })
  const afterDate = text.slice(date[0].length)
  const time = /^[ Tt]/.test(afterDate) ? timePattern.exec(afterDate.slice(1)) : null
  if (time === null) return { micros: midnight, rest: afterDate, hasTime: false }
  const micros = clock(time)
  if (micros === undefined || midnight + micros > maxMicros) return none
  return { micros: midnight + micros, rest: afterDate.slice(1 + time[0].length), hasTime: true }
}

function clock(time: RegExpExecArray): bigint | undefined {
  const [hour, minute, second] = [Number(time[1]), Number(time[2]), Number(time[3])]
  if (hour > 23 || minute > 59 || second > 60) return undefined
  // A leap second shows the next minute, without the fraction.
  const fraction = second === 60 ? 0 : Number((time[4] ?? '').padEnd(6, '0'))
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(fraction)
}
