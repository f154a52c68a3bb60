import { GoogleSqlError } from '../native-function.ts'
import { dateOf, daysOf, maxMicros, microsOf, minMicros, validDate } from './civil.ts'
import { dayNames, monthNames, type TimeKind } from './time-format.ts'
import { toUtc, zone } from './zones.ts'

/** What has been read so far; a later element overrides an earlier one. */
interface Fields {
  year?: number
  century?: number
  shortYear?: number
  month?: number
  day?: number
  dayOfYear?: number
  hour?: number
  hour12?: number
  afternoon?: boolean
  minute?: number
  second?: number
  micros?: number
  epoch?: bigint
  offset?: bigint
  zone?: string
}

const composites: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
}

const dateOnly = 'AaBbhCDdeFGgJjmQUuVWwxYy'
const timeOnly = 'HIklMPpRrSTX'
/** Elements that BigQuery formats but for which parsing has no agreed answer. */
export const unparsed = 'GgJUuVWw'

class Parser {
  readonly #text: string
  readonly #fields: Fields = {}
  #at = 0
  /** Another element follows at once. */
  #beforeElement = false

  constructor(text: string) {
    this.#text = text
  }

  fail(): never {
    throw new GoogleSqlError(`Failed to parse input string ${JSON.stringify(this.#text)}`)
  }

  /** The fields that the whole text gives. */
  parse(pattern: string, kind: TimeKind): Fields {
    this.#space()
    this.#pattern(pattern, kind)
    this.#space()
    if (this.#at < this.#text.length) this.fail()
    return this.#fields
  }

  #pattern(pattern: string, kind: TimeKind): void {
    for (const token of pattern.matchAll(/%(E4Y|E\*S|E\dS|Ez|[EO]?[\s\S])|\s+|[\s\S]/g)) {
      const element = token[1]
      if (element !== undefined) {
        this.#beforeElement = pattern[token.index + token[0].length] === '%'
        this.#element(element, kind)
      } else if (/^\s/.test(token[0])) this.#space()
      else if (this.#text.startsWith(token[0], this.#at)) this.#at += token[0].length
      else this.fail()
    }
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #element(element: string, kind: TimeKind): void {
    const letter = /^[EO][A-Za-z]$/.test(element) && element !== 'Ez' ? element.slice(1) : element
    this.#allow(element, letter, kind)
    const composite = composites[letter]
    if (composite !== undefined) this.#pattern(composite, kind)
    else if (/^E[*0-6]S$/.test(letter)) this.#seconds(letter[1] === '*' ? 100 : Number(letter[1]))
    else if (letter === 'n' || letter === 't') this.#space()
    else if (letter === 'z' || letter === 'Ez') this.#offset(letter === 'Ez')
    else if (!this.#name(letter) && !this.#count(letter)) this.#percent(letter)
  }

  #percent(letter: string): void {
    if (letter !== '%' || this.#text[this.#at] !== '%') this.fail()
    this.#at++
  }

  #allow(element: string, letter: string, kind: TimeKind): void {
    const last = letter.at(-1) ?? ''
    const isTime = letter === 'E4Y' ? false : timeOnly.includes(last)
    const isZone = letter === 'Ez' || letter === 'z' || letter === 'Z'
    const isDate = letter === 'E4Y' || dateOnly.includes(last)
    const wrong =
      kind === 'DATE'
        ? isTime || isZone || letter === 's' || letter === 'c'
        : kind === 'TIME'
          ? (isDate && !'JQ'.includes(letter)) || isZone || letter === 's' || letter === 'c'
          : kind === 'DATETIME' && isZone
    if (wrong) throw new GoogleSqlError(`Invalid format: %${element} is not allowed for the ${kind} type.`)
    if (letter.length === 1 && unparsed.includes(letter)) {
      throw new GoogleSqlError(`PARSE_${kind} with format element %${element} is not supported locally`)
    }
  }

  /** Elements that read words. */
  #name(letter: string): boolean {
    if ('Aa'.includes(letter)) this.#word(dayNames)
    else if ('Bbh'.includes(letter)) this.#fields.month = this.#word(monthNames) + 1
    else if ('Pp'.includes(letter)) this.#fields.afternoon = this.#word(['AM', 'PM'], 2) === 1
    else if (letter === 'Z') {
      const name = /^[^\s]+/.exec(this.#text.slice(this.#at))?.[0]
      if (name === undefined) this.fail()
      zone(name)
      this.#fields.zone = name
      delete this.#fields.offset
      this.#at += name.length
    } else return false
    return true
  }

  /** The place of a full name, or of its first three letters. */
  #word(names: readonly string[], short = 3): number {
    const rest = this.#text.slice(this.#at).toLowerCase()
    for (const size of ['full', 'short'] as const) {
      const index = names.findIndex((name) =>
        rest.startsWith((size === 'full' ? name : name.slice(0, short)).toLowerCase()),
      )
      if (index < 0) continue
      this.#at += size === 'full' ? (names[index]?.length ?? 0) : short
      return index
    }
    return this.fail()
  }

  /** Elements that read numbers. */
  #count(letter: string): boolean {
    const fields = this.#fields
    switch (letter) {
      case 'Y':
        // Four digits where another element follows; elsewhere a fifth is read, and is too much unless the first is a zero.
        fields.year = this.#digits(1, this.#beforeElement ? 4 : 5, 1, 9999)
        delete fields.shortYear
        return true
      case 'E4Y':
        fields.year = this.#digits(4, 4, 1, 9999)
        delete fields.shortYear
        return true
      case 'C':
        fields.century = this.#digits(1, 2, 0, 99)
        delete fields.year
        return true
      case 'y':
        fields.shortYear = this.#digits(1, 2, 0, 99)
        delete fields.year
        return true
      case 'm':
        fields.month = this.#digits(1, 2, 1, 12)
        return true
      case 'd':
      case 'e':
        this.#space()
        fields.day = this.#digits(1, 2, 1, 31)
        return true
      case 'j':
        fields.dayOfYear = this.#digits(1, 3, 1, 366)
        return true
      case 'Q':
        fields.month = this.#digits(1, 1, 1, 4) * 3 - 2
        return true
      case 's': {
        const digits = /^[+-]?\d+/.exec(this.#text.slice(this.#at))?.[0]
        if (digits === undefined) this.fail()
        this.#at += digits.length
        fields.epoch = BigInt(digits)
        return true
      }
      default:
        return this.#clock(letter)
    }
  }

  #clock(letter: string): boolean {
    const fields = this.#fields
    if (letter === 'k' || letter === 'l') this.#space()
    switch (letter) {
      case 'H':
      case 'k':
        fields.hour = this.#digits(1, 2, 0, 23)
        delete fields.hour12
        return true
      case 'I':
      case 'l':
        fields.hour12 = this.#digits(1, 2, 1, 12)
        delete fields.hour
        return true
      case 'M':
        fields.minute = this.#digits(1, 2, 0, 59)
        return true
      case 'S':
        this.#seconds(0)
        return true
      default:
        return false
    }
  }

  #seconds(digits: number): void {
    this.#fields.second = this.#digits(1, 2, 0, 60)
    const fraction =
      digits === 0 ? null : new RegExp(`^\\.(\\d{1,${digits}})`).exec(this.#text.slice(this.#at))
    if (fraction === null) {
      this.#fields.micros = 0
      return
    }
    this.#fields.micros = Number((fraction[1] ?? '').slice(0, 6).padEnd(6, '0'))
    this.#at += fraction[0].length
  }

  #offset(colon: boolean): void {
    const pattern = colon ? /^([+-])(\d{2})(?::?(\d{2}))?/ : /^([+-])(\d{2})(\d{2})?/
    const match = pattern.exec(this.#text.slice(this.#at))
    if (match === null) this.fail()
    const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
    if (minutes > 14 * 60) this.fail()
    this.#fields.offset = BigInt((match[1] === '-' ? -1 : 1) * minutes) * 60_000_000n
    this.#at += match[0].length
  }

  #digits(least: number, most: number, low: number, high: number): number {
    const digits = new RegExp(`^\\d{${least},${most}}`).exec(this.#text.slice(this.#at))?.[0]
    if (digits === undefined) this.fail()
    const value = Number(digits)
    if (value < low || value > high) this.fail()
    this.#at += digits.length
    return value
  }
}

function yearOf({ year, century, shortYear }: Fields): number {
  if (year !== undefined) return year
  if (shortYear !== undefined) {
    if (century !== undefined) return century * 100 + shortYear
    return shortYear + (shortYear < 69 ? 2000 : 1900)
  }
  return century === undefined ? 1970 : century * 100
}

function hourOf({ hour, hour12, afternoon }: Fields): number {
  if (hour !== undefined) return hour
  if (hour12 === undefined) return 0
  return (hour12 % 12) + (afternoon ? 12 : 0)
}

/**
 * PARSE_DATE, PARSE_TIME, PARSE_DATETIME, PARSE_TIMESTAMP: microseconds as `formatTime` takes them.
 *
 * @throws GoogleSqlError for text that does not fit the pattern, or dates that are none
 */
export function parseTime(pattern: string, text: string, zoneName: string, kind: TimeKind): bigint {
  const fields = new Parser(text).parse(pattern, kind)
  const range = 'Out-of-range datetime field in parsing function'
  if (fields.epoch !== undefined) return inRange(fields.epoch * 1_000_000n, range)
  const year = yearOf(fields)
  let [month, day] = [fields.month ?? 1, fields.day ?? 1]
  if (fields.dayOfYear !== undefined) {
    const date = dateOf(daysOf(year, 1, 1) + fields.dayOfYear - 1)
    if (date.year !== year) throw new GoogleSqlError(range)
    ;({ month, day } = date)
  }
  if (!validDate(year, month, day)) throw new GoogleSqlError(range)
  const { minute = 0, second = 0 } = fields
  const micros = second === 60 ? 0 : (fields.micros ?? 0)
  const local = microsOf({ year, month, day, hour: hourOf(fields), minute, second, micros })
  if (kind !== 'TIMESTAMP') return kind === 'TIME' ? local % 86_400_000_000n : inRange(local, range)
  if (fields.offset !== undefined) return inRange(local - fields.offset, range)
  return inRange(toUtc(local, fields.zone ?? zoneName), range)
}

/** Microseconds of the years 1 to 9999. @throws GoogleSqlError with `message` beyond them */
export function inRange(micros: bigint, message: string): bigint {
  if (micros < minMicros || micros > maxMicros) throw new GoogleSqlError(message)
  return micros
}
