import { Problem } from '../../../problem.ts'
import { once, onceUnlessCheap } from '../../lower/library/once.ts'
import { raise } from '../../lower/library/raise.ts'
import type { SqlType } from '../../types/type.ts'
import { datetimeText } from '../casts/cast-text.ts'
import { utcOfWall, wallOfUtc, wallOfZone } from './utc.ts'

/** Adding, subtracting and truncating dates and times by parts, for every type that has them. */

export type TimeKind = 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP'

const microseconds: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
}

const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 }
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']

/** The day a week begins with (0 Sunday), for WEEK, WEEK(day) and ISOWEEK; undefined for other parts. */
export function weekStart(part: string): number | undefined {
  if (part === 'WEEK') return 0
  if (part === 'ISOWEEK') return 1
  const day = /^WEEK\((\w+)\)$/.exec(part)?.[1]
  const index = day === undefined ? -1 : weekdays.indexOf(day)
  return index < 0 ? undefined : index
}

/** @throws Problem in BigQuery's words: the function has no such part for this type */
export function unsupportedPart(name: string, part: string, kind: string): never {
  throw new Problem(`${name} does not support the ${part} date part when the argument is ${kind} type`)
}

export function timeKind(type: SqlType): TimeKind {
  if (type.kind === 'DATE' || type.kind === 'TIME' || type.kind === 'TIMESTAMP') return type.kind
  return 'DATETIME'
}

const bounds: Readonly<Record<string, readonly [type: string, range: string]>> = {
  DATE: ['DATE', `DATE '0001-01-01' AND DATE '9999-12-31'`],
  DATETIME: ['TIMESTAMP', `TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'`],
  TIMESTAMP: [
    'TIMESTAMP WITH TIME ZONE',
    `TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'`,
  ],
}

/** A number so great that adding as many parts leaves the calendar from any date; keeps DuckDB's own types whole. */
function clamped(count: string, limit: bigint): string {
  const literal = /^(?:CAST\()?(-?\d{1,18})(?: AS BIGINT\))?$/.exec(count)?.[1]
  if (literal !== undefined && BigInt(literal) <= limit && BigInt(literal) >= -limit) return literal
  return `least(greatest(${count}, -${limit}), ${limit})`
}

function sum(kind: TimeKind, value: string, count: string, part: string, name: string): string {
  // By the clock of UTC: DuckDB asks its calendar of zones otherwise.
  if (kind === 'TIMESTAMP') {
    const unit = part === 'DAY' ? 86_400_000_000n : microseconds[part]
    if (unit === undefined) return unsupportedPart(name, part, kind)
    const micros = `CAST(${clamped(count, 350_000_000_000_000_000n / unit)} AS BIGINT) * ${unit}`
    return `make_timestamptz(epoch_us(${value}) + ${micros})`
  }
  const wide = value
  if (part === 'DAY' || part === 'WEEK') {
    const days = `CAST(${clamped(count, part === 'DAY' ? 4_000_000n : 600_000n)} * ${part === 'DAY' ? 1 : 7} AS INTEGER)`
    return kind === 'DATE' ? `(${wide} + ${days})` : `(${wide} + to_days(${days}))`
  }
  const factor = months[part]
  if (factor !== undefined && kind !== 'TIME') {
    const moved = `(${wide} + to_months(CAST(${clamped(count, 130_000n)} * ${factor} AS INTEGER)))`
    return kind === 'DATE' ? `CAST(${moved} AS DATE)` : moved
  }
  const unit = microseconds[part]
  if (unit === undefined || kind === 'DATE') return unsupportedPart(name, part, kind)
  // A literal count is a 32-bit integer to DuckDB, and so is its product with a unit below 2^31.
  return `(${wide} + to_microseconds(CAST(${clamped(count, 350_000_000_000_000_000n / unit)} AS BIGINT) * ${unit}))`
}

/** value ± count parts, in the years 1 to 9999. */
export function addPart(
  name: string,
  kind: TimeKind,
  value: string,
  count: string,
  part: string,
  sign: 1 | -1,
): string {
  if (kind === 'TIME') return addToTime(name, value, count, part, sign)
  const [type = '', range = ''] = bounds[kind] ?? []
  const signed = (n: string) => (sign === 1 ? n : negative(n))
  return onceUnlessCheap([value, count], (v, n) => {
    const moved = sum(kind, v, signed(n), part, name)
    const shown =
      kind === 'DATE'
        ? `CAST(${v} AS VARCHAR)`
        : kind === 'DATETIME'
          ? datetimeText(v)
          : `CAST(${v} AS VARCHAR)`
    const message = `'Adding ' || ${signed(n)} || ' ${part} to ${kind.toLowerCase()} ' || ${shown} || ' causes overflow'`
    return `CASE WHEN ${moved} BETWEEN ${range} THEN ${moved} WHEN ${v} IS NOT NULL AND ${n} IS NOT NULL THEN ${raise(message, type)} END`
  })
}

function negative(count: string): string {
  const literal = /^(?:CAST\()?(-?)(\d{1,18})(?: AS BIGINT\))?$/.exec(count)
  return literal === null ? `(-${count})` : `${literal[1] === '-' ? '' : '-'}${literal[2]}`
}

/** A TIME goes round the clock. */
function addToTime(name: string, value: string, count: string, part: string, sign: 1 | -1): string {
  const unit = microseconds[part]
  if (unit === undefined) return unsupportedPart(name, part, 'TIME')
  const round = 86_400_000_000n / unit
  return `(${value} ${sign === 1 ? '+' : '-'} to_microseconds((${count} % ${round}) * ${unit}))`
}

/** The first day of the part that a date lies in. */
export function truncateDate(name: string, value: string, part: string, kind = 'DATE'): string {
  const start = weekStart(part)
  if (start !== undefined) {
    // Days since one that begins a week, without those of whole weeks.
    const anchor = `DATE '0001-01-07' - ${(14 - start) % 7}`
    const week = (v: string) => `(${v} - CAST((${v} - (${anchor}) + 7) % 7 AS INTEGER))`
    return onceUnlessCheap([value], (v) => {
      const message = `'Truncating date ' || ${v} || ' to ${part} resulted in an out of range date value'`
      return `CASE WHEN ${v} < DATE '0001-01-08' AND ${week(v)} < DATE '0001-01-01' THEN ${raise(message, 'DATE')} ELSE ${week(v)} END`
    })
  }
  switch (part) {
    case 'DAY':
      return value
    case 'MONTH':
    case 'QUARTER':
    case 'YEAR':
      return `CAST(date_trunc('${part.toLowerCase()}', ${value}) AS DATE)`
    case 'ISOYEAR':
      return `CAST(date_trunc('week', make_date(CAST(isoyear(${value}) AS BIGINT), 1, 4)) AS DATE)`
    default:
      return unsupportedPart(name, part, kind)
  }
}

/** The start of the part that a wall clock time lies in. */
export function truncateDatetime(name: string, value: string, part: string, kind = 'DATETIME'): string {
  if (part === 'MICROSECOND') return value
  if (microseconds[part] !== undefined || part === 'DAY')
    return `date_trunc('${part.toLowerCase()}', ${value})`
  return `CAST(${truncateDate(name, `CAST(${value} AS DATE)`, part, kind)} AS TIMESTAMP)`
}

/** The same on a zone's clock. Parts of an hour keep the clock's offset, so that a repeated hour stays apart. */
export function truncateTimestamp(name: string, value: string, part: string, zone: string): string {
  if (zone === `'UTC'`) return utcOfWall(truncateDatetime(name, wallOfUtc(value), part, 'TIMESTAMP'))
  return once([value, zone], (v, z) => {
    const local = wallOfZone(v, z)
    const truncated = truncateDatetime(name, local, part, 'TIMESTAMP')
    if (microseconds[part] !== undefined) {
      const moment = `(${v} - (${local} - ${truncated}))`
      const [first, soon] = ['0001-01-01', '0001-01-02'].map((day) => `TIMESTAMPTZ '${day} 00:00:00+00'`)
      const underflow = raise(`'Truncating to ${part} causes underflow'`, 'TIMESTAMP WITH TIME ZONE')
      return `CASE WHEN ${v} < ${soon} AND ${moment} < ${first} THEN ${underflow} ELSE ${moment} END`
    }
    return `make_timestamptz(googlesql_to_utc(epoch_us(${truncated}), ${z}))`
  })
}

export function truncateTime(name: string, value: string, part: string): string {
  if (part === 'MICROSECOND') return value
  if (microseconds[part] === undefined) return unsupportedPart(name, part, 'TIME')
  return `CAST(date_trunc('${part.toLowerCase()}', DATE '1970-01-01' + ${value}) AS TIME)`
}

/** How many boundaries of the part lie between two dates. */
export function dateDifference(name: string, x: string, y: string, part: string, kind = 'DATE'): string {
  if (part === 'DAY') return `CAST(${x} - ${y} AS BIGINT)`
  const start = weekStart(part)
  if (start !== undefined) {
    // Days since a day that begins a week, in whole weeks: no truncation that could leave the calendar.
    const anchor = `DATE '0001-01-07' - ${(14 - start) % 7}`
    const weeks = (v: string) => `((CAST(${v} - (${anchor}) AS BIGINT) + 7) // 7)`
    return `(${weeks(x)} - ${weeks(y)})`
  }
  if (part === 'ISOYEAR') return `(isoyear(${x}) - isoyear(${y}))`
  if (months[part] !== undefined) return `date_diff('${part.toLowerCase()}', ${y}, ${x})`
  return unsupportedPart(name, part, kind)
}

/** x - y in parts: boundaries crossed for DATE, TIME and DATETIME, whole units for TIMESTAMP. */
export function difference(name: string, kind: TimeKind, x: string, y: string, part: string): string {
  if (kind === 'DATE') return dateDifference(name, x, y, part)
  const unit = part === 'DAY' && kind === 'TIMESTAMP' ? 86_400_000_000n : microseconds[part]
  if (kind === 'TIMESTAMP') {
    if (unit === undefined) return unsupportedPart(name, part, kind)
    return unit === 1n
      ? `(epoch_us(${x}) - epoch_us(${y}))`
      : `((epoch_us(${x}) - epoch_us(${y})) // ${unit})`
  }
  if (kind === 'TIME' && unit === undefined) return unsupportedPart(name, part, kind)
  if (unit !== undefined) return `date_diff('${part.toLowerCase()}', ${y}, ${x})`
  return dateDifference(name, `CAST(${x} AS DATE)`, `CAST(${y} AS DATE)`, part, kind)
}
