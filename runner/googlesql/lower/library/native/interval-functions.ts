import { BIGINT, DuckDBIntervalValue, INTERVAL, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { civilOf, daysInMonth, floorDivide, maxMicros, microsOf, microsPerDay, minMicros } from './civil.ts'
import { type IntervalParts, validInterval } from './intervals.ts'

function value({ months, days, micros }: IntervalParts): DuckDBIntervalValue {
  if (!validInterval({ months, days, micros })) throw new GoogleSqlError('Interval is out of range')
  return new DuckDBIntervalValue(months, days, micros)
}

const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

/** Patterns of a part's text, and what separates it from the part before. */
const separators: Readonly<Record<string, string>> = {
  MONTH: '-',
  DAY: ' ',
  HOUR: ' ',
  MINUTE: ':',
  SECOND: ':',
}

/** Units that are so many of the unit that an INTERVAL keeps. */
const multiples: Readonly<Record<string, (count: bigint) => IntervalParts>> = {
  QUARTER: (count) => ({ months: Number(count * 3n), days: 0, micros: 0n }),
  WEEK: (count) => ({ months: 0, days: Number(count * 7n), micros: 0n }),
  MILLISECOND: (count) => ({ months: 0, days: 0, micros: count * 1000n }),
  MICROSECOND: (count) => ({ months: 0, days: 0, micros: count }),
}

/**
 * `INTERVAL '3 4:5' DAY TO MINUTE`: the parts from the first to the last unit, with the signs of the year-month, the
 * day and the time parts.
 */
function intervalParts(text: string, range: string): IntervalParts | undefined {
  const scaled = multiples[range]
  if (scaled !== undefined) {
    return /^[+-]?\d+$/.test(text) ? scaled(BigInt(text)) : undefined
  }
  const [first = '', last = first] = range.split(' TO ')
  const wanted = units.slice(units.indexOf(first), units.indexOf(last) + 1)
  let pattern = ''
  for (const [index, unit] of wanted.entries()) {
    const signed = index === 0 || unit === 'DAY' || unit === 'HOUR' ? '([+-]?)' : '()'
    const whole = index === 0 ? '(?=\\.?\\d)(\\d*)' : '(\\d+)'
    const digits = unit === 'SECOND' ? `${whole}(?:\\.(\\d{1,6}))?` : '(\\d+)'
    pattern += `${index === 0 ? '' : separators[unit]}${signed}${digits}`
  }
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (match === null) return undefined
  const found: Record<string, { sign: bigint; size: bigint }> = {}
  let sign = 1n
  for (const [index, unit] of wanted.entries()) {
    const text = match[index * 2 + 1] ?? ''
    if (index === 0 || unit === 'DAY' || unit === 'HOUR') sign = text === '-' ? -1n : 1n
    found[unit] = { sign, size: BigInt(match[index * 2 + 2] || '0') }
  }
  const of = (unit: string) => (found[unit]?.size ?? 0n) * (found[unit]?.sign ?? 1n)
  const fraction =
    BigInt((match[wanted.length * 2 + 1] ?? '').padEnd(6, '0') || '0') * (found['SECOND']?.sign ?? 1n)
  const seconds = of('HOUR') * 3600n + of('MINUTE') * 60n + of('SECOND')
  return {
    months: Number(of('YEAR') * 12n + of('MONTH')),
    days: Number(of('DAY')),
    micros: seconds * 1_000_000n + fraction,
  }
}

function justify(interval: IntervalParts, what: string): IntervalParts {
  let { months, days, micros } = interval
  if (what !== 'DAYS') {
    days += Number(micros / microsPerDay)
    micros %= microsPerDay
  }
  if (what !== 'HOURS') {
    months += Math.trunc(days / 30)
    days %= 30
  }
  if (what !== 'HOURS') {
    // All parts that are looked at get the sign of the whole.
    const rest = days !== 0 || what === 'DAYS' ? days : Number(micros)
    if (months > 0 && rest < 0) [months, days] = [months - 1, days + 30]
    else if (months < 0 && rest > 0) [months, days] = [months + 1, days - 30]
  }
  if (what !== 'DAYS') {
    if (days > 0 && micros < 0n) [days, micros] = [days - 1, micros + microsPerDay]
    else if (days < 0 && micros > 0n) [days, micros] = [days + 1, micros - microsPerDay]
  }
  return { months, days, micros }
}

/** A moment moved by whole months; the day is cut to the month's length. */
function addMonths(micros: bigint, months: number): bigint {
  const t = civilOf(micros)
  const index = t.year * 12 + t.month - 1 + months
  const year = Math.floor(index / 12)
  const month = (((index % 12) + 12) % 12) + 1
  return microsOf({ ...t, year, month, day: Math.min(t.day, daysInMonth(year, month)) })
}

function bucket(micros: bigint, width: IntervalParts, origin: bigint, kind: string): bigint {
  if (kind === 'TIMESTAMP' && width.months !== 0) {
    throw new GoogleSqlError('Bucket width INTERVAL with non-zero MONTH part is not allowed')
  }
  if (kind === 'DATE' && width.micros !== 0n) {
    throw new GoogleSqlError('Only MONTH and DAY parts are allowed in bucket width INTERVAL')
  }
  if ([width.months, width.days, width.micros].filter((part) => Number(part) !== 0).length !== 1) {
    throw new GoogleSqlError('Exactly one non-zero INTERVAL part in bucket width is required')
  }
  const size = BigInt(width.days) * microsPerDay + width.micros
  if (size < 0n || width.months < 0) {
    throw new GoogleSqlError('Negative bucket width INTERVAL is not allowed')
  }
  const start =
    width.months === 0
      ? origin + floorDivide(micros - origin, size) * size
      : monthBucket(micros, width.months, origin)
  if (start < minMicros || start > maxMicros) throw new GoogleSqlError('Bucket is out of the calendar')
  return start
}

function monthBucket(micros: bigint, width: number, origin: bigint): bigint {
  const [at, from] = [civilOf(micros), civilOf(origin)]
  const months = (at.year - from.year) * 12 + at.month - from.month
  let step = Math.floor(months / width)
  if (addMonths(origin, step * width) > micros) step--
  return addMonths(origin, step * width)
}

export const intervalFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_interval_parts',
    parameters: [VARCHAR, VARCHAR],
    returns: INTERVAL,
    evaluate: (text: string, range: string) => {
      const parts = intervalParts(text, range)
      if (parts === undefined || !validInterval(parts))
        throw new GoogleSqlError(`Invalid INTERVAL value '${text}'`)
      return value(parts)
    },
  },
  {
    name: 'googlesql_make_interval',
    parameters: [BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT],
    returns: INTERVAL,
    evaluate: (year: bigint, month: bigint, day: bigint, hour: bigint, minute: bigint, second: bigint) =>
      value({
        months: Number(year * 12n + month),
        days: Number(day),
        micros: (hour * 3600n + minute * 60n + second) * 1_000_000n,
      }),
  },
  {
    // The same interval, if its parts lie in BigQuery's range.
    name: 'googlesql_interval_checked',
    parameters: [INTERVAL],
    returns: INTERVAL,
    evaluate: checkedInterval,
  },
  {
    name: 'googlesql_justify',
    parameters: [INTERVAL, VARCHAR],
    returns: INTERVAL,
    evaluate: (interval: DuckDBIntervalValue, what: string) => value(justify(interval, what)),
  },
  {
    name: 'googlesql_bucket',
    parameters: [BIGINT, INTERVAL, BIGINT, VARCHAR],
    returns: BIGINT,
    evaluate: (micros: bigint, width: DuckDBIntervalValue, origin: bigint, kind: string) =>
      bucket(micros, width, origin, kind),
  },
]

function checkedInterval(interval: DuckDBIntervalValue): DuckDBIntervalValue {
  const { months, days, micros } = interval
  inRange('months', BigInt(months), 120_000n)
  inRange('days', BigInt(days), 3_660_000n)
  inRange('nanoseconds', micros * 1000n, 316_224_000_000_000_000_000n)
  return interval
}

function inRange(field: string, value: bigint, limit: bigint): void {
  if (value <= limit && value >= -limit) return
  throw new GoogleSqlError(`Interval field ${field} '${value}' is out of range -${limit} to ${limit}`)
}
