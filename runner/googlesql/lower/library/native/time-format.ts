import { GoogleSqlError } from '../native-function.ts'
import { type Civil, civilOf, daysOf, floorDivide } from './civil.ts'
import { shownOffset } from './zones.ts'

export type TimeKind = 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP'

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Everything that a format element may ask of a moment. */
interface Moment extends Civil {
  readonly utc: bigint
  /** Days since 1970. */
  readonly days: number
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number
  /** 1 … 366. */
  readonly dayOfYear: number
  /** Microseconds. */
  readonly offset: bigint
}

const two = (value: number) => String(value).padStart(2, '0')
const spaced = (value: number) => String(value).padStart(2, ' ')
const twelve = (hour: number) => (hour % 12 === 0 ? 12 : hour % 12)

/** The ISO 8601 week's year and number. */
export function isoWeek(days: number): { year: number; week: number } {
  // The week's Thursday is in its year.
  const thursday = days - ((days + 3 + 7 * 1_000_000) % 7) + 3
  let year = 1970 + Math.floor(thursday / 365.2425)
  while (daysOf(year + 1, 1, 1) <= thursday) year++
  while (daysOf(year, 1, 1) > thursday) year--
  return { year, week: Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1 }
}

function offsetText(offset: bigint, colon: string): string {
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n)
  return `${offset < 0n ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`
}

/** `UTC`, `UTC-4`, `UTC+0530`: BigQuery prints no other names. */
function zoneText(offset: bigint): string {
  if (offset === 0n) return 'UTC'
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n)
  const sign = offset < 0n ? '-' : '+'
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `UTC${sign}${hours}` : `UTC${sign}${two(hours)}${two(minutes % 60)}`
}

const dateElements: Readonly<Record<string, (m: Moment) => string>> = {
  A: (m) => dayNames[m.weekday] ?? '',
  a: (m) => (dayNames[m.weekday] ?? '').slice(0, 3),
  B: (m) => monthNames[m.month - 1] ?? '',
  b: (m) => (monthNames[m.month - 1] ?? '').slice(0, 3),
  h: (m) => (monthNames[m.month - 1] ?? '').slice(0, 3),
  C: (m) => String(Math.floor(m.year / 100)),
  D: (m) => `${two(m.month)}/${two(m.day)}/${two(m.year % 100)}`,
  d: (m) => two(m.day),
  e: (m) => spaced(m.day),
  F: (m) => `${m.year}-${two(m.month)}-${two(m.day)}`,
  G: (m) => String(isoWeek(m.days).year),
  g: (m) => two(isoWeek(m.days).year % 100),
  J: (m) => String((isoWeek(m.days).week - 1) * 7 + (m.weekday === 0 ? 7 : m.weekday)).padStart(3, '0'),
  j: (m) => String(m.dayOfYear).padStart(3, '0'),
  m: (m) => two(m.month),
  Q: (m) => String(Math.floor((m.month + 2) / 3)),
  U: (m) => two(Math.floor((m.dayOfYear + 6 - m.weekday) / 7)),
  u: (m) => String(m.weekday === 0 ? 7 : m.weekday),
  V: (m) => two(isoWeek(m.days).week),
  W: (m) => two(Math.floor((m.dayOfYear + 6 - ((m.weekday + 6) % 7)) / 7)),
  w: (m) => String(m.weekday),
  x: (m) => `${two(m.month)}/${two(m.day)}/${two(m.year % 100)}`,
  Y: (m) => String(m.year),
  y: (m) => two(m.year % 100),
}

const clock = (m: Moment) => `${two(m.hour)}:${two(m.minute)}:${two(m.second)}`

const timeElements: Readonly<Record<string, (m: Moment) => string>> = {
  H: (m) => two(m.hour),
  I: (m) => two(twelve(m.hour)),
  k: (m) => spaced(m.hour),
  l: (m) => spaced(twelve(m.hour)),
  M: (m) => two(m.minute),
  P: (m) => (m.hour < 12 ? 'am' : 'pm'),
  p: (m) => (m.hour < 12 ? 'AM' : 'PM'),
  R: (m) => `${two(m.hour)}:${two(m.minute)}`,
  r: (m) => `${two(twelve(m.hour))}:${two(m.minute)}:${two(m.second)} ${m.hour < 12 ? 'AM' : 'PM'}`,
  S: (m) => two(m.second),
  T: clock,
  X: clock,
}

const bothElements: Readonly<Record<string, (m: Moment) => string>> = {
  c: (m) => `${dateElements['a']?.(m)} ${dateElements['b']?.(m)} ${spaced(m.day)} ${clock(m)} ${m.year}`,
  s: (m) => String(floorDivide(m.utc, 1_000_000n)),
}

const zoneElements: Readonly<Record<string, (m: Moment) => string>> = {
  Z: (m) => zoneText(m.offset),
  z: (m) => offsetText(m.offset, ''),
}

const plainElements: Readonly<Record<string, string>> = { n: '\n', t: '\t', '%': '%' }

function elementsOf(kind: TimeKind): Readonly<Record<string, (m: Moment) => string>> {
  if (kind === 'DATE') return dateElements
  if (kind === 'TIME') return timeElements
  const both = { ...dateElements, ...timeElements, ...bothElements }
  return kind === 'DATETIME' ? both : { ...both, ...zoneElements }
}

const byKind: Readonly<Record<TimeKind, Readonly<Record<string, (m: Moment) => string>>>> = {
  DATE: elementsOf('DATE'),
  TIME: elementsOf('TIME'),
  DATETIME: elementsOf('DATETIME'),
  TIMESTAMP: elementsOf('TIMESTAMP'),
}

/**
 * FORMAT_DATE, FORMAT_TIME, FORMAT_DATETIME, FORMAT_TIMESTAMP (format-elements#format_elements_date_time). What is no
 * element of the type stays as it is written.
 *
 * @param micros UTC for TIMESTAMP, of the wall clock for the others; of midnight for TIME
 */
export function formatTime(pattern: string, micros: bigint, zoneName: string, kind: TimeKind): string {
  const offset = kind === 'TIMESTAMP' ? shownOffset(micros, zoneName) : 0n
  const local = micros + offset
  const civil = civilOf(local)
  const days = daysOf(civil.year, civil.month, civil.day)
  const moment: Moment = {
    ...civil,
    utc: micros,
    days,
    weekday: (days + 4 + 7 * 1_000_000) % 7,
    dayOfYear: days - daysOf(civil.year, 1, 1) + 1,
    offset,
  }
  const known = byKind[kind]
  return pattern.replace(/%(E4Y|E\*S|E\dS|Ez|[-_0^#]*\d*[EO]?[\s\S])/g, (whole, given: string) => {
    const [, flags = '', width = '', element = ''] = /^([-_0^#]*)(\d*)([\s\S]*)$/.exec(given) ?? []
    if (flags !== '' || width !== '') {
      const text = plainElements[element] ?? known[element]?.(moment)
      if (text === undefined || 'JQz'.includes(element))
        throw new GoogleSqlError(`Format element ${whole} is not supported locally`)
      return laidOut(text, element, flags, width)
    }
    const clockless = kind === 'DATE'
    if (element === 'E4Y') return kind === 'TIME' ? whole : String(moment.year).padStart(4, '0')
    if (element === 'Ez') return kind === 'TIMESTAMP' ? offsetText(moment.offset, ':') : whole
    if (/^E[*\d]S$/.test(element)) return clockless ? whole : seconds(moment, element[1] ?? '')
    if (/^E[CcXxYy]$|^O[deHIMmSUuVWwy]$/.test(element)) return known[element[1] ?? '']?.(moment) ?? whole
    return plainElements[element] ?? known[element]?.(moment) ?? whole
  })
}

/**
 * An element with what C's strftime takes before it: `-` no padding, `_` spaces, `0` zeros, `^` capitals, `#` the other
 * case, a width.
 *
 * @example laidOut('05', 'd', '-', '') // '5'
 */
function laidOut(text: string, letter: string, flags: string, width: string): string {
  const padding = /[-_0](?=[^-_0]*$)/.exec(flags)?.[0]
  const isNumber = /^[ \d]+$/.test(text)
  const usual = 'CYGs'.includes(letter) ? 1 : text.length
  const size = Math.max(padding === '-' ? 1 : usual, Number(width))
  const digits = isNumber ? text.trimStart().replace(/^0+(?=\d)/, '') : text
  const blank =
    padding === '_' || padding === '-' || (padding !== '0' && (!isNumber || 'ekl'.includes(letter)))
  const full = digits.padStart(size, blank ? ' ' : '0')
  if (flags.includes('^') && letter !== 'P') return full.toUpperCase()
  if (!flags.includes('#') || !'AaBbhpZ'.includes(letter)) return full
  return 'pZ'.includes(letter) ? full.toLowerCase() : full.toUpperCase()
}

/** `%E3S`, `%E*S`: seconds with a fraction, cut and not rounded. */
function seconds(moment: Moment, digits: string): string {
  const fraction = String(moment.micros).padStart(6, '0')
  if (digits === '*') {
    const rest = fraction.replace(/0+$/, '')
    return `${two(moment.second)}${rest === '' ? '' : `.${rest}`}`
  }
  const rest = fraction.padEnd(9, '0').slice(0, Number(digits))
  return `${two(moment.second)}${rest === '' ? '' : `.${rest}`}`
}
