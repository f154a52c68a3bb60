import { Problem } from '../../problem.ts'
import { unparsed } from '../lower/library/native/time-parse.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import { DATE, DATETIME, INT64, STRING, TIME, TIMESTAMP } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { lowerCast } from './casts/cast.ts'
import { textOf } from './casts/cast-text.ts'
import { inYears } from './checked.ts'
import { interval, optional, part, plain, scalar, signature } from './define.ts'
import type { FunctionEntry, Parameter, Signature } from './function.ts'
import { pathFrom } from './json/plain-path.ts'
import { jsonScalar } from './json/scalar.ts'
import {
  addPart,
  difference,
  timeKind,
  truncateDate,
  truncateDatetime,
  truncateTime,
  truncateTimestamp,
  unsupportedPart,
  weekStart,
} from './times/date-arithmetic.ts'
import { formatTime } from './times/format-time.ts'
import { parseTime } from './times/parse-time.ts'
import { wholeSeconds } from './times/time-of-text.ts'

const pages = {
  DATE: 'date_functions',
  DATETIME: 'datetime_functions',
  TIME: 'time_functions',
  TIMESTAMP: 'timestamp_functions',
} as const

type Family = keyof typeof pages
const typeOf = { DATE, DATETIME, TIME, TIMESTAMP } as const

function entry(family: Family, name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${pages[family]}#${name.toLowerCase()}`, signatures)
}

/** The types that a family's functions take beside their own: DATE_ADD serves DATETIME and TIMESTAMP too. */
const accepted: Readonly<Record<Family, readonly SqlType[]>> = {
  DATE: [DATE, DATETIME, TIMESTAMP],
  DATETIME: [DATETIME, TIMESTAMP],
  TIMESTAMP: [TIMESTAMP, DATETIME],
  TIME: [TIME],
}

function addition(family: Family, suffix: 'ADD' | 'SUB'): FunctionEntry {
  const name = `${family}_${suffix}`
  return entry(
    family,
    name,
    accepted[family].map((type) =>
      plain([type, ...interval], type, (value, count, unit) =>
        addPart(name, timeKind(type), value, count, unit, suffix === 'ADD' ? 1 : -1),
      ),
    ),
  )
}

function differenceOf(family: Family): FunctionEntry {
  const name = `${family}_DIFF`
  return entry(
    family,
    name,
    accepted[family].map((type) =>
      plain([type, type, part], INT64, (x, y, unit) => difference(name, timeKind(type), x, y, unit)),
    ),
  )
}

function truncation(family: Family): FunctionEntry {
  const name = `${family}_TRUNC`
  return entry(
    family,
    name,
    accepted[family].map((type) => truncationOf(name, type)),
  )
}

function truncationOf(name: string, type: SqlType): Signature {
  const kind = timeKind(type)
  if (kind === 'TIMESTAMP') {
    return signature([type, part, optional(STRING)], type, ([value = '', unit = '', zone = `'UTC'`]) =>
      truncateTimestamp(name, value, unit, zone),
    )
  }
  const truncate = { DATE: truncateDate, TIME: truncateTime, DATETIME: truncateDatetime }[kind]
  return plain([type, part], type, (value, unit) => truncate(name, value, unit))
}

/** FORMAT_…: the pattern's elements are the type's own. */
function formatting(family: Family): FunctionEntry {
  const types =
    family === 'TIME'
      ? [TIME]
      : family === 'DATE'
        ? [DATE, DATETIME, TIMESTAMP]
        : [typeOf[family], family === 'DATETIME' ? TIMESTAMP : DATETIME]
  return entry(
    family,
    `FORMAT_${family}`,
    types.map((type) => {
      const zone = type === TIMESTAMP ? [optional(STRING)] : []
      return signature(
        [STRING, type, ...zone],
        STRING,
        ([pattern = '', value = '', name = `'UTC'`], { literals: [wanted] }) => {
          const kind = timeKind(type)
          const slow = (v: string) => `googlesql_format_time(${pattern}, epoch_us(${v}), ${name}, '${kind}')`
          const known = typeof wanted === 'string' && wanted !== ''
          return (known ? formatTime(wanted, value, kind, name, slow) : undefined) ?? slow(value)
        },
      )
    }),
  )
}

function parsing(family: Family): FunctionEntry {
  const zone = family === 'TIMESTAMP' ? [optional(STRING)] : []
  return entry(family, `PARSE_${family}`, [
    signature(
      [STRING, STRING, ...zone],
      typeOf[family],
      ([pattern = '', text = '', name = `'UTC'`], { literals, safe }) => {
        // Where it is refused only when it runs, SAFE would make a NULL of it.
        if (safe && typeof literals[0] === 'string') refuseUnparsed(family, literals[0])
        const slow = (v: string) => parsedSlowly(family, pattern, v, name)
        const native =
          typeof literals[0] === 'string' ? parseTime(literals[0], text, family, name, slow) : undefined
        return native ?? slow(text)
      },
    ),
  ])
}

function refuseUnparsed(family: Family, pattern: string): void {
  for (const [whole, letter = ''] of pattern.matchAll(/%[EO]?(.)/g)) {
    if (!unparsed.includes(letter)) continue
    throw new Problem(`PARSE_${family} with format element ${whole} is not supported locally`)
  }
}

function parsedSlowly(family: Family, pattern: string, text: string, zone: string): string {
  const micros = `googlesql_parse_time(${pattern}, ${text}, ${zone}, '${family}')`
  if (family === 'TIMESTAMP') return `make_timestamptz(${micros})`
  return family === 'DATETIME' ? `make_timestamp(${micros})` : `CAST(make_timestamp(${micros}) AS ${family})`
}

/** The session's one moment: the same in a whole statement, UTC. */
function current(family: Family): FunctionEntry {
  const zone: readonly Parameter[] = family === 'TIMESTAMP' ? [] : [optional(STRING)]
  return entry(family, `CURRENT_${family}`, [
    signature(zone, typeOf[family], ([name = `'UTC'`]) =>
      family === 'TIMESTAMP' ? 'now()' : lowerCast('now()', TIMESTAMP, typeOf[family], { zone: name }),
    ),
  ])
}

const makeDate = (year: string, month: string, day: string): string =>
  onceUnlessCheap([year, month, day], (y, m, d) => {
    const shown = `lpad(CAST(${y} AS VARCHAR), 4, '0') || '-' || lpad(CAST(${m} AS VARCHAR), 2, '0') || '-' || lpad(CAST(${d} AS VARCHAR), 2, '0')`
    const missing = `${y} IS NULL OR ${m} IS NULL OR ${d} IS NULL`
    const failure = raise(`'Input calculates to invalid date: ' || ${shown}`, 'DATE')
    // Every month has so many days.
    const usual = `${y} BETWEEN 1 AND 9999 AND ${m} BETWEEN 1 AND 12 AND ${d} BETWEEN 1 AND 28`
    return `CASE WHEN ${usual} THEN make_date(${y}, ${m}, ${d}) WHEN ${missing} THEN NULL WHEN ${y} BETWEEN 1 AND 9999 THEN coalesce(TRY(make_date(${y}, ${m}, ${d})), ${failure}) ELSE ${failure} END`
  })

const makeTime = (hour: string, minute: string, second: string): string =>
  once([hour, minute, second], (h, m, s) => {
    const two = (v: string) => `lpad(CAST(${v} AS VARCHAR), 2, '0')`
    const valid = `${h} BETWEEN 0 AND 23 AND ${m} BETWEEN 0 AND 59 AND ${s} BETWEEN 0 AND 60`
    const missing = `${h} IS NULL OR ${m} IS NULL OR ${s} IS NULL`
    const time = `CAST(make_timestamp((${h} * 3600 + ${m} * 60 + ${s}) * 1000000) AS TIME)`
    const failure = raise(
      `'Input calculates to invalid time: ' || ${two(h)} || ':' || ${two(m)} || ':' || ${two(s)}`,
      'TIME',
    )
    return `CASE WHEN ${missing} THEN NULL WHEN ${valid} THEN ${time} ELSE ${failure} END`
  })

/** A 60th second is the next minute's first. */
const makeDatetime = (...parts: readonly string[]): string =>
  once(parts, (...[year = '', month = '', day = '', hour = '', minute = '', s = '']) => {
    const plainly = (second: string) => `(${makeDate(year, month, day)} + ${makeTime(hour, minute, second)})`
    // One NULL is enough, whatever is wrong with the others.
    const missing = [year, month, day, hour, minute, s].map((part) => `${part} IS NULL`).join(' OR ')
    if (/^CAST\((?!60)\d+ AS BIGINT\)$/.test(s)) return `CASE WHEN NOT (${missing}) THEN ${plainly(s)} END`
    const failure = raiseText('Input calculates to invalid datetime: 9999-12-31T23:59:60', 'TIMESTAMP')
    const next = once(
      [plainly('CAST(59 AS BIGINT)')],
      (t) =>
        `CASE WHEN ${t} >= TIMESTAMP '9999-12-31 23:59:59' THEN ${failure} ELSE ${t} + INTERVAL 1 SECOND END`,
    )
    return `CASE WHEN ${missing} THEN NULL WHEN ${s} = 60 THEN ${next} ELSE ${plainly(s)} END`
  })

/** Numbers of seconds, millis, micros as a TIMESTAMP. */
function fromUnix(name: string, unit: bigint): FunctionEntry {
  return entry('TIMESTAMP', name, [
    plain([INT64], TIMESTAMP, (value) =>
      once([value], (n) => {
        const range = `${n} BETWEEN ${-62_135_596_800_000_000n / unit} AND ${253_402_300_799_999_999n / unit}`
        const message = `'Input value ' || ${n} || ' cannot be converted into a TIMESTAMP, because it would be out of the allowed range between -62135596800000000 to 253402300799999999 (microseconds)'`
        const micros = unit === 1n ? n : `${n} * ${unit}`
        return `CASE WHEN ${range} THEN make_timestamptz(${micros}) WHEN ${n} IS NOT NULL THEN ${raise(message, 'TIMESTAMP WITH TIME ZONE')} END`
      }),
    ),
  ])
}

/** The other way: rounded down, also before 1970. */
function toUnix(name: string, unit: bigint): FunctionEntry {
  return entry('TIMESTAMP', name, [
    plain([TIMESTAMP], INT64, (value) =>
      unit === 1n
        ? `epoch_us(${value})`
        : once([value], (t) => {
            const micros = `epoch_us(${t})`
            return `CASE WHEN ${micros} >= 0 THEN ${micros} // ${unit} ELSE (${micros} + 1) // ${unit} - 1 END`
          }),
    ),
  ])
}

const lastDay = (family: 'DATE' | 'DATETIME'): readonly Signature[] => {
  const type = typeOf[family]
  const day = (value: string) => (type === DATE ? value : `CAST(${value} AS DATE)`)
  return [
    plain([type], DATE, (value) => lastDayOf(day(value), 'MONTH')),
    plain([type, part], DATE, (value, unit) => lastDayOf(day(value), unit)),
  ]
}

function lastDayOf(date: string, unit: string): string {
  if (unit === 'MONTH') return `last_day(${date})`
  const message = `Last day to ${unit} is out of range`
  if (unit === 'ISOYEAR') {
    const last = (v: string) =>
      `CAST(date_trunc('week', make_date(CAST(isoyear(${v}) + 1 AS BIGINT), 1, 4)) - INTERVAL 1 DAY AS DATE)`
    return inYears('DATE', [date], last, message)
  }
  if (unit === 'YEAR' || unit === 'QUARTER') {
    const step = unit === 'YEAR' ? 12 : 3
    return `CAST(date_trunc('${unit.toLowerCase()}', ${date}) + to_months(${step}) - INTERVAL 1 DAY AS DATE)`
  }
  if (unit === 'DAY') return raiseText('LAST_DAY does not support the DAY date part', 'DATE')
  const start = weekStart(unit)
  if (start === undefined) return unsupportedPart('LAST_DAY', unit, 'DATE')
  const shift = (8 - start) % 7
  const last = (v: string) => `(CAST(date_trunc('week', ${v} + ${shift}) AS DATE) - ${shift} + 6)`
  return inYears('DATE', [date], last, message)
}

const zoned = (from: SqlType, to: SqlType): Signature =>
  signature([from, optional(STRING)], to, ([value = '', zone]) =>
    lowerCast(value, from, to, zone === undefined ? {} : { zone }),
  )

const cast = (from: SqlType, to: SqlType): Signature =>
  plain([from], to, (value) => lowerCast(value, from, to))

/** Text is taken for a TIMESTAMP. */
const ofTimestamp = (value: string, to: SqlType) =>
  lowerCast(lowerCast(value, STRING, TIMESTAMP), TIMESTAMP, to)

/** Text with a zone of its own may not be given another one beside it. */
const timestampOfText = signature([STRING, optional(STRING)], TIMESTAMP, ([value = '', zone]) => {
  if (zone === undefined) return lowerCast(value, STRING, TIMESTAMP)
  return once([value, zone], (v, z) => {
    const zonePattern = `'[0-9]( .*[A-Za-z].*|[zZ]|:[0-9.]+[+-][0-9:]+)$'`
    const message = `'Timezone is not allowed in "' || ${v} || '"'`
    return `CASE WHEN NOT ${wholeSeconds(v)} AND regexp_matches(${v}, ${zonePattern}) THEN ${raise(message, 'TIMESTAMP WITH TIME ZONE')} ELSE ${lowerCast(v, STRING, TIMESTAMP, { zone: z })} END`
  })
})

export const dateFunctions: readonly FunctionEntry[] = [
  ...(['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'] as const).flatMap((family) => [
    addition(family, 'ADD'),
    addition(family, 'SUB'),
    differenceOf(family),
    truncation(family),
    formatting(family),
    parsing(family),
    current(family),
  ]),
  entry('DATE', 'DATE', [
    plain([INT64, INT64, INT64], DATE, makeDate),
    zoned(TIMESTAMP, DATE),
    cast(DATETIME, DATE),
    cast(DATE, DATE),
    plain([STRING], DATE, (value) => ofTimestamp(value, DATE)),
  ]),
  entry('DATETIME', 'DATETIME', [
    plain([INT64, INT64, INT64, INT64, INT64, INT64], DATETIME, makeDatetime),
    plain([DATE, TIME], DATETIME, (date, time) => `(${date} + ${time})`),
    zoned(TIMESTAMP, DATETIME),
    cast(DATE, DATETIME),
    cast(DATETIME, DATETIME),
    cast(STRING, DATETIME),
  ]),
  entry('TIME', 'TIME', [
    plain([INT64, INT64, INT64], TIME, makeTime),
    zoned(TIMESTAMP, TIME),
    cast(DATETIME, TIME),
    cast(TIME, TIME),
    plain([STRING], TIME, (value) => ofTimestamp(value, TIME)),
  ]),
  entry('TIMESTAMP', 'TIMESTAMP', [
    timestampOfText,
    zoned(DATE, TIMESTAMP),
    zoned(DATETIME, TIMESTAMP),
    cast(TIMESTAMP, TIMESTAMP),
  ]),
  entry('TIMESTAMP', 'STRING', [
    signature([TIMESTAMP, optional(STRING)], STRING, ([value = '', zone]) =>
      lowerCast(value, TIMESTAMP, STRING, zone === undefined ? {} : { zone }),
    ),
    ...[DATE, TIME, DATETIME].map((type) => plain([type], STRING, (value) => textOf(type, value) ?? value)),
    signature([{ kind: 'JSON' }], STRING, ([value = ''], { member }) =>
      jsonScalar('STRING', value, false, pathFrom(member, [])),
    ),
  ]),
  entry('DATE', 'LAST_DAY', [...lastDay('DATE'), ...lastDay('DATETIME')]),
  entry('DATE', 'DATE_FROM_UNIX_DATE', [
    plain([INT64], DATE, (value) =>
      once([value], (n) => {
        const message = `'DATE_FROM_UNIX_DATE range is -719162 to 2932896 but saw ' || ${n}`
        return `CASE WHEN ${n} BETWEEN -719162 AND 2932896 THEN DATE '1970-01-01' + CAST(${n} AS INTEGER) WHEN ${n} IS NOT NULL THEN ${raise(message, 'DATE')} END`
      }),
    ),
  ]),
  entry('DATE', 'UNIX_DATE', [
    plain([DATE], INT64, (value) => `CAST(${value} - DATE '1970-01-01' AS BIGINT)`),
  ]),
  fromUnix('TIMESTAMP_SECONDS', 1_000_000n),
  fromUnix('TIMESTAMP_MILLIS', 1000n),
  fromUnix('TIMESTAMP_MICROS', 1n),
  toUnix('UNIX_SECONDS', 1_000_000n),
  toUnix('UNIX_MILLIS', 1000n),
  toUnix('UNIX_MICROS', 1n),
]
