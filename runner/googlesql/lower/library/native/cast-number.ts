import { GoogleSqlError } from '../native-function.ts'
import { type NumberFormat, readNumberFormat } from './number-format.ts'
import { divideRounded, exponential, parseDecimal, scaledDouble } from './numbers.ts'
import { fixed } from './printf.ts'

const formats = new Map<string, NumberFormat>()

function formatOf(text: string): NumberFormat {
  let known = formats.get(text)
  if (known === undefined) {
    known = readNumberFormat(text)
    if (formats.size > 100) formats.clear()
    formats.set(text, known)
  }
  return known
}

/**
 * CAST(number AS STRING FORMAT …).
 *
 * @param text the number as CAST AS STRING prints it
 * @throws GoogleSqlError for a wrong format
 * @example castNumber('-1234.5', true, '$9,999.99MI') // '$1,234.50-'
 */
export function castNumber(text: string, isDouble: boolean, format: string): string {
  const read = formatOf(format)
  const negative = text.startsWith('-')
  const size = negative ? text.slice(1) : text
  const body = /^\d/.test(size) ? digitsOf(size, isDouble, read) : special(size, read)
  // A number that is none has no sign either.
  const unsigned = size === 'nan' && read.sign.startsWith('S')
  const shown = unsigned
    ? signed(body, negative, { ...read, sign: read.sign === 'S' ? 'lead' : 'MI' })
    : signed(body, negative, read)
  return body.blank && read.blank ? ' '.repeat(read.compact ? 0 : shown.length) : shown
}

/** The digits of a number, without its sign, right in the room that the format has for them. */
interface Body {
  readonly text: string
  /** Blanks before it. */
  readonly gap: number
  /** Nothing before the point: all is left blank where the format says so. */
  readonly blank: boolean
}

function signed({ text, gap }: Body, negative: boolean, { sign, currency, compact }: NumberFormat): string {
  const plus = compact ? '' : ' '
  const [before, after] = {
    lead: [negative ? '-' : plus, ''],
    S: [negative ? '-' : '+', ''],
    'S at the end': ['', negative ? '-' : '+'],
    MI: ['', negative ? '-' : plus],
    PR: negative ? ['<', '>'] : [plus, plus],
  }[sign]
  return `${' '.repeat(compact ? 0 : gap)}${before}${currency}${text}${after}`
}

/** NaN and infinities take the room of three digits, if there are as many. */
function special(name: string, format: NumberFormat): Body {
  const { whole, exponent } = format
  const room = wideness(format)
  if (exponent !== '') return { text: name.toUpperCase(), gap: room - 3, blank: false }
  if (/x/i.test(whole) || whole.length < 3) return overflown(format)
  const after = format.compact ? 0 : room - whole.length
  return { text: name.toUpperCase() + ' '.repeat(after), gap: whole.length - 3, blank: false }
}

const count = (whole: string): number => whole.replaceAll(',', '').length

function wideness({ whole, point, places, exponent }: NumberFormat): number {
  const before = exponent === '' ? whole.length : Math.min(count(whole), 1)
  return before + Number(point === '.') + places + (exponent === '' ? 0 : 4)
}

/** Separators that stand before no digit at all are blanks here, too. */
function overflown({ whole, point, places, exponent }: NumberFormat): Body {
  const gap = count(whole) === 0 ? whole.length : 0
  const shownPoint = point === '.' ? '.' : ''
  const digits = gap > 0 ? '' : whole.replace(/[^,]/g, '#')
  const text = `${digits}${shownPoint}${'#'.repeat(places)}${exponent === '' ? '' : '####'}`
  return { text, gap, blank: false }
}

function digitsOf(size: string, isDouble: boolean, format: NumberFormat): Body {
  const { whole, point, places, exponent, compact } = format
  if (/x/i.test(whole)) return hexadecimal(size, isDouble, format)
  const [number = '', power = ''] =
    exponent === '' ? [fixed(size, places, false, isDouble)] : scientific(size, places, isDouble)
  const [head = '', fraction = ''] = number.split('.')
  const significant = head.replace(/^0+/, '')
  const room = exponent === '' ? count(whole) : Math.min(count(whole), 1)
  if (significant.length > room) return overflown(format)
  const tail = compact ? fraction.replace(/0+$/, '') : fraction
  const shownPoint = point === '.' ? '.' : ''
  const suffix = power === '' ? '' : `${exponent}${power}`
  const rest = `${shownPoint}${tail}${suffix}`
  if (exponent !== '') return { text: `${room === 0 ? '' : head}${rest}`, gap: 0, blank: significant === '' }
  // A lone zero before the point is left out where digits follow it.
  const lone = significant === '' && tail === '' && room > 0 ? '0' : significant
  const laid = laidOut(whole, lone)
  return {
    text: `${laid.trimStart()}${rest}`,
    gap: laid.length - laid.trimStart().length,
    blank: significant === '',
  }
}

/** Digits from the right into the places before the point; separators only between digits; zeros from the first `0` on. */
function laidOut(whole: string, digits: string): string {
  const places = count(whole)
  const padded = digits.padStart(places, ' ')
  const zeros = whole.replaceAll(',', '').indexOf('0')
  let result = ''
  let index = 0
  for (const place of whole) {
    if (place === ',') {
      result += result.trimStart() === '' ? ' ' : ','
      continue
    }
    const digit = padded[index] ?? ' '
    result += digit === ' ' && zeros >= 0 && index >= zeros ? '0' : digit
    index++
  }
  return result
}

function hexadecimal(size: string, isDouble: boolean, format: NumberFormat): Body {
  const { whole } = format
  const value = isDouble ? scaledDouble(Number(size), 0) : (parseDecimal(size, 0) ?? 0n)
  const digits = value.toString(16)
  if (digits.length > whole.length) return overflown(format)
  if (value >= 2n ** 63n) throw new GoogleSqlError(`Cannot format ${size} in hexadecimal: int64 out of range`)
  const laid = Array.from(laidOut(whole, digits), (digit, index) =>
    // A `0` takes the letters of the next X.
    /x/i.exec(whole.slice(index))?.[0] === 'x' ? digit : digit.toUpperCase(),
  ).join('')
  return { text: laid.trimStart(), gap: laid.length - laid.trimStart().length, blank: false }
}

/** Mantissa and exponent (`+01`); a double's tie goes to the even digit, a decimal's away from zero. */
function scientific(size: string, places: number, isDouble: boolean): readonly [string, string] {
  const [mantissa = '', power = '0'] = (
    isDouble ? exponential(Number(size), places) : decimalExponential(size, places)
  ).split('e')
  const digits = power.replace(/^[+-]/, '').padStart(2, '0')
  return [mantissa, `${power.startsWith('-') ? '-' : '+'}${digits}`]
}

function decimalExponential(size: string, places: number): string {
  const [whole = '', fraction = ''] = size.split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (digits === '') return `0.${'0'.repeat(places)}`.replace(/\.$/, '')
  const drop = digits.length - 1 - places
  const rounded =
    drop <= 0 ? digits + '0'.repeat(-drop) : String(divideRounded(BigInt(digits), 10n ** BigInt(drop)))
  const carried = rounded.length - 1 - places
  const exponent = digits.length - 1 - fraction.length + carried
  const figures = rounded.slice(0, places + 1)
  return `${figures[0]}${places === 0 ? '' : `.${figures.slice(1)}`}e${exponent < 0 ? '' : '+'}${exponent}`
}
