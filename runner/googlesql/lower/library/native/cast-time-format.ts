import { GoogleSqlError } from '../native-function.ts'
import { categoryOf, type FormatPart, partsOf } from './cast-elements.ts'
import { civilOf, daysOf, floorDivide, microsPerDay, validDate } from './civil.ts'
import { dayNames, monthNames, type TimeKind } from './time-format.ts'
import { shownOffset, toLocal, toUtc } from './zones.ts'

/** CAST(… AS STRING FORMAT …) of a date or time; `micros` since 1970, of a TIME since midnight. */
export function formatCast(kind: string, micros: bigint, format: string, zone: string): string {
  const local = kind === 'TIMESTAMP' ? micros + shownOffset(micros, zone) : micros
  return partsOf(format, kind as TimeKind)
    .map((part) =>
      part.kind === 'element' ? elementText(part.name, part.typed, local, local - micros) : part.text,
    )
    .join('')
}

const pad = (value: number | bigint, size: number) => value.toString().padStart(size, '0')

function elementText(name: string, typed: string, local: bigint, offset: bigint): string {
  const civil = civilOf(local)
  const days = floorDivide(local, microsPerDay)
  const inDay = local - days * microsPerDay
  const [hour, second] = [Number(inDay / 3_600_000_000n), Number((inDay / 1_000_000n) % 60n)]
  const weekday = (((Number(days) + 4) % 7) + 7) % 7
  switch (name) {
    case 'YYYY':
    case 'RRRR':
      return pad(civil.year, 4)
    case 'YYY':
    case 'YY':
    case 'Y':
    case 'RR':
      return pad(civil.year, 4).slice(-name.length)
    case 'MM':
      return pad(civil.month, 2)
    case 'MON':
      return cased((monthNames[civil.month - 1] ?? '').slice(0, 3), typed)
    case 'MONTH':
      return cased(monthNames[civil.month - 1] ?? '', typed)
    case 'DDD':
      return pad(Number(days) - daysOf(civil.year, 1, 1) + 1, 3)
    case 'DD':
      return pad(civil.day, 2)
    case 'D':
      return String(weekday + 1)
    case 'DAY':
      return cased(dayNames[weekday] ?? '', typed)
    case 'DY':
      return cased((dayNames[weekday] ?? '').slice(0, 3), typed)
    case 'HH24':
      return pad(hour, 2)
    case 'HH12':
    case 'HH':
      return pad(((hour + 11) % 12) + 1, 2)
    case 'MI':
      return pad((inDay / 60_000_000n) % 60n, 2)
    case 'SS':
      return pad(second, 2)
    case 'SSSSS':
      return pad(inDay / 1_000_000n, 5)
    case 'AM':
    case 'PM':
      return cased(hour < 12 ? 'AM' : 'PM', typed)
    case 'A.M.':
    case 'P.M.':
      return cased(hour < 12 ? 'A.M.' : 'P.M.', typed.replaceAll('.', ''))
    case 'TZH': {
      const size = offset < 0n ? -offset : offset
      return `${offset < 0n ? '-' : '+'}${pad(size / 3_600_000_000n, 2)}`
    }
    case 'TZM':
      return pad(((offset < 0n ? -offset : offset) / 60_000_000n) % 60n, 2)
    default:
      return `${pad(inDay % 1_000_000n, 6)}000`.slice(0, Number(name.slice(2)))
  }
}

/** As the element was typed: `MON` JAN, `Mon` Jan, `mon` jan. */
function cased(text: string, typed: string): string {
  const [first = '', second = ''] = typed
  if (first !== first.toUpperCase()) return text.toLowerCase()
  return second !== second.toUpperCase() ? text.charAt(0) + text.slice(1).toLowerCase() : text.toUpperCase()
}

interface Fields {
  year?: number
  month?: number
  day?: number
  hour?: number
  twelve?: number
  afternoon?: boolean
  minute?: number
  second?: number
  secondOfDay?: number
  micros?: bigint
  zoneSign?: bigint
  zoneHour?: bigint
  zoneMinute?: bigint
}

const widths: Readonly<Record<string, number>> = {
  YYYY: 5,
  RRRR: 5,
  YYY: 3,
  YY: 2,
  RR: 2,
  Y: 1,
  SSSSS: 5,
}

/** CAST(text AS kind FORMAT …). What the format leaves out is the current year and month, and 1 or 0 below. */
export function parseCast(text: string, kind: string, format: string, zone: string): bigint {
  const parts = checked(partsOf(format, kind as TimeKind))
  const fields: Fields = {}
  let at = text.length - text.trimStart().length
  for (const [index, part] of parts.entries()) {
    const rest = text.slice(at)
    if (part.kind === 'space') {
      const space = /^\s+/.exec(rest)?.[0]
      if (space === undefined && rest !== '') failed(text)
      at += space?.length ?? 0
    } else if (part.kind === 'text') {
      if (!rest.startsWith(part.text)) failed(text)
      at += part.text.length
    } else at += readElement(part.name, rest, fields, text, isNumber(parts[index + 1]))
  }
  if (text.slice(at).trim() !== '') {
    throw new GoogleSqlError(`Illegal non-space trailing data '${text.slice(at)}' in timestamp string`)
  }
  return momentOf(fields, kind, zone)
}

function failed(text: string): never {
  throw new GoogleSqlError(`Failed to parse input timestamp string at the format: ${text}`)
}

const unparsable = new Set(['DDD', 'DAY', 'DY', 'D', 'AM', 'PM'])

/** Each field once, and none that says nothing about a moment. */
function checked(parts: readonly FormatPart[]): readonly FormatPart[] {
  const names = parts.flatMap((part) => (part.kind === 'element' ? [part.name] : []))
  const odd = names.find((name) => unparsable.has(name))
  if (odd !== undefined) throw new GoogleSqlError(`Format element '${odd}' is not supported for parsing`)
  const seen = new Set<string>()
  for (const name of names) {
    const field = categoryOf(name) === 'ZONE' ? name : categoryOf(name)
    if (seen.has(field)) throw new GoogleSqlError(`More than one format element in category ${field} exist`)
    seen.add(field)
  }
  const twelve = names.some((name) => name === 'HH' || name === 'HH12')
  if (twelve !== seen.has('MERIDIAN')) {
    throw new GoogleSqlError('A 12-hour format element and a meridian indicator need each other')
  }
  if (names.includes('SSSSS') && (seen.has('HOUR') || seen.has('MINUTE'))) {
    throw new GoogleSqlError("Format element 'SSSSS' excludes those of hours and minutes")
  }
  if (seen.has('TZM') && !seen.has('TZH')) throw new GoogleSqlError("Format element 'TZM' needs 'TZH'")
  return parts
}

const ofLetters = new Set(['MON', 'MONTH', 'A.M.', 'P.M.'])

const isNumber = (part: FormatPart | undefined): boolean =>
  part?.kind === 'element' && !ofLetters.has(part.name)

/** Takes an element's value from the text's beginning; how long it was. `full`: with all its digits, for others follow at once. */
function readElement(name: string, rest: string, fields: Fields, text: string, full: boolean): number {
  const take = (pattern: RegExp): string => pattern.exec(rest)?.[0] ?? failed(text)
  const digits = (most: number) =>
    take(new RegExp(full ? `^\\d{${Math.min(most, name.length === 4 ? 4 : 9)}}` : `^\\d{1,${most}}`))
  const category = categoryOf(name)
  if (name === 'MON' || name === 'MONTH') {
    const names = monthNames.map((month) => (name === 'MON' ? month.slice(0, 3) : month))
    const index = names.findIndex((month) => rest.toUpperCase().startsWith(month.toUpperCase()))
    if (index < 0) failed(text)
    fields.month = index + 1
    return (names[index] ?? '').length
  }
  if (category === 'MERIDIAN') {
    const found = take(/^[AP]\.M\./i)
    fields.afternoon = /^p/i.test(found)
    return found.length
  }
  if (name === 'TZH') {
    const found = take(/^[-+ ]?\d{1,2}/)
    fields.zoneSign = found.startsWith('-') ? -1n : 1n
    fields.zoneHour = BigInt(within(Number(found.replace(/^[-+ ]/, '')), 0, 14))
    return found.length
  }
  const found = digits(category === 'FRACTION' ? Number(name.slice(2)) : (widths[name] ?? 2))
  const value = Number(found)
  if (category === 'YEAR') fields.year = yearOf(name, value)
  else if (name === 'MM') fields.month = value
  else if (name === 'DD') fields.day = value
  else if (name === 'HH24') fields.hour = within(value, 0, 23)
  else if (category === 'HOUR') fields.twelve = within(value, 1, 12)
  else if (name === 'MI') fields.minute = within(value, 0, 59)
  else if (name === 'SS') fields.second = within(value, 0, 59)
  else if (name === 'SSSSS') fields.secondOfDay = within(value, 0, 86_399)
  else if (name === 'TZM') fields.zoneMinute = BigInt(within(value, 0, 59))
  else fields.micros = BigInt(found.padEnd(6, '0').slice(0, 6))
  return found.length
}

function within(value: number, low: number, high: number): number {
  if (value < low || value > high)
    throw new GoogleSqlError(`Value ${value} is not between ${low} and ${high}`)
  return value
}

/** The digits that a short year leaves out are those of the current one; RR is the nearest century's. */
function yearOf(name: string, value: number): number {
  const current = new Date().getUTCFullYear()
  if (name === 'YYYY' || name === 'RRRR') return value
  if (name === 'RR') {
    const century = Math.floor(current / 100)
    const now = current % 100
    const shift = value < 50 && now >= 50 ? 1 : value >= 50 && now < 50 ? -1 : 0
    return (century + shift) * 100 + value
  }
  const unit = 10 ** name.length
  return Math.floor(current / unit) * unit + value
}

function momentOf(fields: Fields, kind: string, zone: string): bigint {
  const now = civilOf(toLocal(BigInt(Date.now()) * 1000n, zone))
  const { year = now.year, month = now.month, day = 1 } = fields
  if (kind !== 'TIME' && (year < 1 || year > 9999 || !validDate(year, month, day))) {
    throw new GoogleSqlError('Invalid result from year, month, day values after parsing')
  }
  const hour =
    fields.twelve === undefined
      ? (fields.hour ?? 0)
      : (fields.twelve % 12) + (fields.afternoon === true ? 12 : 0)
  const seconds = fields.secondOfDay ?? hour * 3600 + (fields.minute ?? 0) * 60 + (fields.second ?? 0)
  const clock = BigInt(seconds) * 1_000_000n + (fields.micros ?? 0n)
  if (kind === 'TIME') return clock
  const local = BigInt(daysOf(year, month, day)) * microsPerDay + clock
  if (kind !== 'TIMESTAMP') return local
  if (fields.zoneHour === undefined) return toUtc(local, zone)
  const minutes = fields.zoneHour * 60n + (fields.zoneMinute ?? 0n)
  return local - (fields.zoneSign ?? 1n) * minutes * 60_000_000n
}
