import { GoogleSqlError } from '../native-function.ts'

/**
 * Time zones as GoogleSQL reads them: a name of the tz database (case matters) or an offset (`+5:30`, `UTC-8`).
 * All times are microseconds since 1970: of UTC, or of a zone's wall clock ("local").
 */
export interface Zone {
  /** Microseconds to add to UTC for the wall clock at that moment. */
  readonly offset: (utc: bigint) => bigint
}

const minute = 60_000_000n
const day = 86_400_000_000n
const quarter = 900_000_000n
const zones = new Map<string, Zone>()

/** @throws GoogleSqlError `Invalid time zone: …` */
export function zone(name: string): Zone {
  let known = zones.get(name)
  if (known === undefined) {
    known = name === 'UTC' ? { offset: () => 0n } : (fixed(name) ?? region(name))
    if (known === undefined) throw new GoogleSqlError(`Invalid time zone: ${name}`)
    zones.set(name, known)
  }
  return known
}

/** The offset that texts show: in whole minutes, and with it their time of day, though a local mean time has seconds. */
export function shownOffset(utc: bigint, name: string): bigint {
  return (zone(name).offset(utc) / minute) * minute
}

/** Wall clock time in a zone. */
export function toLocal(utc: bigint, name: string): bigint {
  return utc + zone(name).offset(utc)
}

/**
 * The moment that a zone's clock shows this time. A time that a clock change skips or repeats is read with the offset
 * from before the change.
 */
export function toUtc(local: bigint, name: string): bigint {
  const { offset } = zone(name)
  const before = offset(local - day)
  const early = local - before
  if (offset(early) === before) return early
  const after = offset(local + day)
  const late = local - after
  return offset(late) === after ? late : early
}

function fixed(name: string): Zone | undefined {
  const match = /^(?:UTC)?([+-])(\d{1,2})(?::(\d{1,2}))?$/.exec(name)
  if (match === null) return undefined
  const minutes = BigInt(match[2] ?? '0') * 60n + BigInt(match[3] ?? '0')
  if (minutes > 14n * 60n || Number(match[3] ?? '0') > 59) return undefined
  const offset = (match[1] === '-' ? -minutes : minutes) * minute
  return { offset: () => offset }
}

function region(name: string): Zone | undefined {
  if (!name.split('/').every((part) => /^[A-Z]/.test(part))) return undefined
  let clock: Intl.DateTimeFormat
  try {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const days = new Map<bigint, bigint>()
  const quarters = new Map<bigint, bigint>()
  const midnight = (at: bigint): bigint => remembered(days, at, () => offsetAt(clock, at * day))
  return {
    offset: (utc) => {
      if (utc < 94_694_400_000_000n) return offsetAt(clock, utc)
      // No zone changes its clock twice in a day: equal offsets at both ends are the day's.
      const today = utc / day
      const offset = midnight(today)
      if (midnight(today + 1n) === offset) return offset
      // Since 1973 every clock change happens at a quarter of an hour, so one answer serves the quarter.
      const bucket = utc / quarter
      return remembered(quarters, bucket, () => offsetAt(clock, bucket * quarter))
    },
  }
}

function remembered(known: Map<bigint, bigint>, key: bigint, make: () => bigint): bigint {
  const old = known.get(key)
  if (old !== undefined) return old
  const value = make()
  if (known.size > 100_000) known.clear()
  known.set(key, value)
  return value
}

function offsetAt(clock: Intl.DateTimeFormat, utc: bigint): bigint {
  const millis = Number(utc >= 0n ? utc / 1000n : -((-utc + 999n) / 1000n))
  const seconds = Math.floor(millis / 1000)
  const part: Record<string, string> = {}
  for (const { type, value } of clock.formatToParts(seconds * 1000)) part[type] = value
  const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year'])
  const local = new Date(0)
  local.setUTCFullYear(year, Number(part['month']) - 1, Number(part['day']))
  local.setUTCHours(Number(part['hour']), Number(part['minute']), Number(part['second']))
  // Intl counts days before 1582 by the Julian calendar; no zone changed its clock before 1800.
  if (millis < -5_364_662_400_000) return offsetAt(clock, -5_364_662_400_000_000n)
  return BigInt(local.getTime() / 1000 - seconds) * 1_000_000n
}
