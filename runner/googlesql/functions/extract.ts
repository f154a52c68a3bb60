import { Problem } from '../../problem.ts'
import { once } from '../lower/library/once.ts'
import { DATE, DATETIME, INT64, INTERVAL, STRING, TIME, TIMESTAMP } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { lowerCast } from './casts/cast.ts'
import { optional, part, scalar, signature } from './define.ts'
import type { Call, FunctionEntry } from './function.ts'
import { weekStart } from './times/date-arithmetic.ts'
import { wallOfZone } from './times/utc.ts'

const resultOf = (_types: readonly SqlType[], literals: Call['literals']): SqlType =>
  extractType(String(literals[0]))

/**
 * EXTRACT(part FROM value [AT TIME ZONE zone]): arguments are part, value, zone. Parts DATE, TIME and DATETIME give
 * those types.
 */
export const extractFunctions: readonly FunctionEntry[] = [
  scalar('EXTRACT', 'timestamp_functions#extract', [
    ...[DATE, DATETIME, TIME].map((type) =>
      signature([part, type], resultOf, ([unit = '', value = '']) => extract(unit, value, type)),
    ),
    signature([part, TIMESTAMP, optional(STRING)], resultOf, ([unit = '', value = '', zone = `'UTC'`]) =>
      extract(
        unit,
        unit.startsWith('DATE') ? lowerCast(value, TIMESTAMP, DATETIME, { zone }) : wallOfZone(value, zone),
        TIMESTAMP,
      ),
    ),
    signature([part, INTERVAL], INT64, ([unit = '', value = '']) => extractInterval(unit, value)),
  ]),
]

/** The type of EXTRACT's result, which its part decides. */
export function extractType(unit: string): SqlType {
  return { DATE, TIME, DATETIME }[unit] ?? INT64
}

const dateParts: Readonly<Record<string, (value: string) => string>> = {
  YEAR: (v) => `year(${v})`,
  QUARTER: (v) => `quarter(${v})`,
  MONTH: (v) => `month(${v})`,
  DAY: (v) => `day(${v})`,
  DAYOFWEEK: (v) => `(dayofweek(${v}) + 1)`,
  DAYOFYEAR: (v) => `dayofyear(${v})`,
  ISOWEEK: (v) => `weekofyear(${v})`,
  ISOYEAR: (v) => `isoyear(${v})`,
}

const timeParts: Readonly<Record<string, (value: string) => string>> = {
  HOUR: (v) => `hour(${v})`,
  MINUTE: (v) => `minute(${v})`,
  SECOND: (v) => `second(${v})`,
  MILLISECOND: (v) => `(microsecond(${v}) % 1000000 // 1000)`,
  MICROSECOND: (v) => `(microsecond(${v}) % 1000000)`,
}

function noSuchPart(unit: string, type: SqlType): never {
  throw new Problem(`EXTRACT from ${type.kind} does not support the ${unit} date part`)
}

function extract(unit: string, value: string, type: SqlType): string {
  const clock = type.kind === 'DATE' ? undefined : timeParts[unit]
  if (clock !== undefined) return clock(value)
  if (type.kind === 'TIME') return noSuchPart(unit, type)
  const date = dateParts[unit]
  if (date !== undefined) return date(value)
  const start = weekStart(unit)
  if (start !== undefined) {
    // Days before the year's first such weekday are week 0.
    const weekday = (v: string) =>
      start === 0 ? `dayofweek(${v})` : `((dayofweek(${v}) + ${7 - start}) % 7)`
    return once([value], (v) => `((dayofyear(${v}) + 6 - ${weekday(v)}) // 7)`)
  }
  if (unit === 'DATE' && type.kind !== 'DATE') return `CAST(${value} AS DATE)`
  if (unit === 'TIME' && type.kind !== 'DATE') return `CAST(${value} AS TIME)`
  if (unit === 'DATETIME' && type.kind === 'TIMESTAMP') return value
  return noSuchPart(unit, type)
}

function extractInterval(unit: string, value: string): string {
  switch (unit) {
    case 'YEAR':
    case 'MONTH':
    case 'DAY':
    case 'HOUR':
    case 'MINUTE':
      return `datepart('${unit.toLowerCase()}', ${value})`
    case 'SECOND':
      return `(datepart('microsecond', ${value}) // 1000000)`
    case 'MILLISECOND':
      return `(datepart('microsecond', ${value}) % 1000000 // 1000)`
    case 'MICROSECOND':
      return `(datepart('microsecond', ${value}) % 1000000)`
    default:
      throw new Problem(`EXTRACT from INTERVAL does not support the ${unit} date part`)
  }
}
