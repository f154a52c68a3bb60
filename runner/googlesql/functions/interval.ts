import { Problem } from '../../problem.ts'
import { once } from '../lower/library/once.ts'
import { raiseText } from '../lower/library/raise.ts'
import { DATE, DATETIME, INT64, INTERVAL, STRING, TIMESTAMP } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { given, named, operator, optional, part, plain, scalar, signature } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'

const page = 'interval_functions'

/**
 * `INTERVAL n PART` as a value is the operator `INTERVAL` (arguments n, part); `INTERVAL '1-2' YEAR TO MONTH` has the
 * text and `YEAR TO MONTH`.
 */
export const intervalFunctions: readonly FunctionEntry[] = [
  operator('INTERVAL', 'interval_arithmetic_operators', [
    plain([INT64, part], INTERVAL, intervalOf),
    plain(
      [STRING, part],
      INTERVAL,
      (text, unit) => `googlesql_interval_parts(${text}, '${knownPart(unit)}')`,
    ),
  ]),
  scalar('MAKE_INTERVAL', `${page}#make_interval`, [
    signature(
      ['year', 'month', 'day', 'hour', 'minute', 'second'].map((name) => ({
        ...named(name, INT64),
        namedOnly: false,
      })),
      INTERVAL,
      (args) =>
        `googlesql_make_interval(${[0, 1, 2, 3, 4, 5].map((index) => given(args[index], '0')).join(', ')})`,
    ),
  ]),
  scalar('JUSTIFY_HOURS', `${page}#justify_hours`, [
    plain([INTERVAL], INTERVAL, (x) => `googlesql_justify(${x}, 'HOURS')`),
  ]),
  scalar('JUSTIFY_DAYS', `${page}#justify_days`, [
    plain([INTERVAL], INTERVAL, (x) => `googlesql_justify(${x}, 'DAYS')`),
  ]),
  scalar('JUSTIFY_INTERVAL', `${page}#justify_interval`, [
    plain([INTERVAL], INTERVAL, (x) => `googlesql_justify(${x}, 'INTERVAL')`),
  ]),
  bucket('DATE_BUCKET', 'date', DATE),
  bucket('DATETIME_BUCKET', 'datetime', DATETIME),
  bucket('TIMESTAMP_BUCKET', 'timestamp', TIMESTAMP),
]

/** Units that a text may have from one to another of, in order. */
const rangeUnits = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

function knownPart(part: string): string {
  const [first = '', last] = part.split(' TO ')
  if (last === undefined) {
    if (limits[first] === undefined) throw new Problem(`Invalid interval datetime field ${first}`)
  } else if (!rangeUnits.includes(first) || rangeUnits.indexOf(first) >= rangeUnits.indexOf(last)) {
    throw new Problem(`Invalid interval datetime fields: ${part}`)
  }
  return part
}

const limits: Readonly<Record<string, readonly [limit: string, place: number]>> = {
  YEAR: ['10000', 0],
  QUARTER: ['40000', 1],
  MONTH: ['120000', 1],
  WEEK: ['522857', 2],
  DAY: ['3660000', 2],
  HOUR: ['87840000', 3],
  MINUTE: ['5270400000', 4],
  SECOND: ['316224000000', 5],
  MILLISECOND: ['316224000000000', 5],
  MICROSECOND: ['316224000000000000', 5],
}

const microseconds: Readonly<Record<string, number>> = {
  HOUR: 3_600_000_000,
  MINUTE: 60_000_000,
  SECOND: 1_000_000,
  MILLISECOND: 1000,
  MICROSECOND: 1,
}

function intervalOf(count: string, unit: string): string {
  const known = limits[knownPart(unit)]
  if (known === undefined) throw new Problem(`Invalid interval datetime field ${unit}`)
  const factor = unit === 'QUARTER' ? 3 : unit === 'WEEK' ? 7 : 1
  const scaled = (n: string) => (factor === 1 ? n : `${n} * ${factor}`)
  const make = (n: string): string => {
    switch (unit) {
      case 'YEAR':
        return `to_months(CAST(${n} * 12 AS INTEGER))`
      case 'QUARTER':
      case 'MONTH':
        return `to_months(CAST(${scaled(n)} AS INTEGER))`
      case 'WEEK':
      case 'DAY':
        return `to_days(CAST(${scaled(n)} AS INTEGER))`
      default:
        return `to_microseconds(CAST(${n} AS BIGINT) * ${microseconds[unit]})`
    }
  }
  const literal = /^(?:CAST\()?(-?\d{1,12})(?: AS BIGINT\))?$/.exec(count)?.[1]
  if (literal !== undefined && Math.abs(Number(literal)) <= Number(known[0])) return make(literal)
  return once([count], (n) => {
    const outside = raiseText(
      `Interval field ${unit.toLowerCase()} is out of range -${known[0]} to ${known[0]}`,
      'INTERVAL',
    )
    return `CASE WHEN ${n} BETWEEN -${known[0]} AND ${known[0]} THEN ${make(n)} WHEN ${n} IS NOT NULL THEN ${outside} END`
  })
}

/** The start of the bucket that a moment lies in; buckets of one width are counted from an origin. Each of the three takes all three types, and gives the type that it is given. */
function bucket(name: string, kind: string, own: SqlType): FunctionEntry {
  const types = [own, ...[DATE, DATETIME, TIMESTAMP].filter((type) => type !== own)]
  return scalar(name, `${kind}_functions#${name.toLowerCase()}`, types.map(bucketOf))
}

function bucketOf(type: SqlType): Signature {
  const lower: Signature['lower'] = ([value = '', width = '', origin]) => {
    const micros = (v: string) => `epoch_us(${v})`
    const from = origin === undefined ? `epoch_us(TIMESTAMP '1950-01-01')` : micros(origin)
    const found = `googlesql_bucket(${micros(value)}, ${width}, ${from}, '${type.kind}')`
    if (type.kind === 'DATE') return `CAST(make_timestamp(${found}) AS DATE)`
    return type.kind === 'TIMESTAMP' ? `make_timestamptz(${found})` : `make_timestamp(${found})`
  }
  return signature([type, INTERVAL, optional(type)], type, lower)
}
