import { GoogleSqlError } from '../native-function.ts'
import { prettyJson } from './json-text.ts'
import { divideRounded, exponential, parseDecimal, printGeneral, scaledDouble } from './numbers.ts'

/** One argument of FORMAT: its type and what %t and %T print of it; null for NULL. */
export interface FormatArgument {
  readonly type: string
  readonly plain: string | null
  readonly literal: string | null
}

interface Specifier {
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly kind: string
}

const pattern = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])/y
const kinds = 'diouxXfFeEgGstTpP'

/**
 * FORMAT, after C's printf (format_string). NULL if an argument of another specifier than %t and %T is NULL.
 *
 * @throws GoogleSqlError for a pattern that is wrong or does not fit the arguments
 */
export function format(text: string, args: readonly FormatArgument[]): string | null {
  let result = ''
  let missing = false
  let used = 0
  const next = (): FormatArgument => {
    const arg = args[used++]
    if (arg !== undefined) return arg
    throw new GoogleSqlError(
      `Too few arguments to FORMAT for pattern "${text}"; Expected ${used + 1}; Got ${args.length + 1}`,
    )
  }
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '%') {
      result += text[at++]
      continue
    }
    if (text.startsWith('%%', at)) {
      result += '%'
      at += 2
      continue
    }
    pattern.lastIndex = at
    const match = pattern.exec(text)
    const kind = match?.[4]
    if (match === null || kind === undefined || kind === '%')
      throw new GoogleSqlError(`Invalid FORMAT string: "${text}"`)
    if (!kinds.includes(kind)) {
      throw new GoogleSqlError(`Invalid format specifier character "${kind}" in FORMAT string: "${text}"`)
    }
    const width = match[2] === '*' ? Number(integer(next(), used)) : match[2] && Number(match[2])
    const dot = match[0].includes('.')
    const precision =
      match[3] === '*' ? Number(integer(next(), used)) : dot ? Number(match[3] ?? 0) : undefined
    const left = typeof width === 'number' && width < 0 ? '-' : ''
    const specifier = {
      flags: `${match[1] ?? ''}${left}`,
      width: typeof width === 'number' ? Math.abs(width) : undefined,
      precision: precision !== undefined && precision < 0 ? undefined : precision,
      kind,
    }
    const shown = one(specifier, next(), used)
    if (shown === null) missing = true
    else result += shown
    at += match[0].length
  }
  if (used < args.length) {
    throw new GoogleSqlError(
      `Too many arguments to FORMAT for pattern "${text}"; Expected ${used + 1}; Got ${args.length + 1}`,
    )
  }
  return missing ? null : result
}

function wrongType(arg: FormatArgument, place: number, expected: string): never {
  throw new GoogleSqlError(
    `Invalid type for argument ${place + 1} to FORMAT; Expected ${expected}; Got ${arg.type}`,
  )
}

function integer(arg: FormatArgument, place: number): bigint {
  if (arg.type !== 'INT64') wrongType(arg, place, 'integer')
  return BigInt(arg.plain ?? '0')
}

function one(specifier: Specifier, arg: FormatArgument, place: number): string | null {
  const { kind } = specifier
  if (kind === 't') return padText(specifier, arg.plain ?? 'NULL')
  if (kind === 'T') return padText(specifier, arg.literal ?? 'NULL')
  if (kind === 's') {
    if (arg.type !== 'STRING') wrongType(arg, place, 'STRING')
    return arg.plain === null ? null : padText(specifier, arg.plain)
  }
  if (kind === 'p' || kind === 'P') {
    if (arg.type !== 'JSON') wrongType(arg, place, 'JSON')
    if (arg.plain === null) return null
    return padText(specifier, kind === 'p' ? arg.plain : prettyJson(arg.plain))
  }
  if (kind === 'u') return wrongType(arg, place, 'UINT')
  if ('dioxX'.includes(kind)) {
    if (arg.type !== 'INT64') wrongType(arg, place, 'integer')
    return arg.plain === null ? null : formatInteger(specifier, BigInt(arg.plain))
  }
  if (!['FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(arg.type)) wrongType(arg, place, 'FLOAT64')
  return arg.plain === null ? null : formatFloat(specifier, arg.plain, arg.type === 'FLOAT64')
}

function padText({ flags, width, precision }: Specifier, text: string): string {
  const points = Array.from(text)
  const cut = precision === undefined ? points : points.slice(0, precision)
  const space = ' '.repeat(Math.max(0, (width ?? 0) - cut.length))
  return flags.includes('-') ? cut.join('') + space : space + cut.join('')
}

/** Sign, prefix and padding around a number's digits. */
function padNumber(
  { flags, width, precision, kind }: Specifier,
  negative: boolean,
  prefix: string,
  digits: string,
  zeros: boolean,
): string {
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const size = sign.length + prefix.length + digits.length
  const gap = Math.max(0, (width ?? 0) - size)
  if (flags.includes('-')) return sign + prefix + digits + ' '.repeat(gap)
  const padded = flags.includes('0') && zeros && (precision === undefined || !'dioxX'.includes(kind))
  return padded ? sign + prefix + '0'.repeat(gap) + digits : ' '.repeat(gap) + sign + prefix + digits
}

function grouped(digits: string, size: number, by: string): string {
  return digits.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${size}})+$)`, 'g'), by)
}

function formatInteger(specifier: Specifier, value: bigint): string {
  const { flags, precision, kind } = specifier
  const radix = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10
  let digits = (value < 0n ? -value : value).toString(radix)
  if (kind === 'X') digits = digits.toUpperCase()
  if (precision === 0 && value === 0n && radix === 10 && !flags.includes("'")) digits = ''
  // An octal number's prefix is one of the zeros that fill it up.
  const size = precision ?? 0
  const leading = flags.includes('#') && kind === 'o' ? Math.max(Number(value === 0n), size - 1) : size
  digits = digits.padStart(leading, '0')
  if (flags.includes("'")) digits = radix === 10 ? grouped(digits, 3, ',') : grouped(digits, 4, ':')
  const prefix = flags.includes('#') ? { 8: '0', 16: `0${kind}`, 10: '' }[radix] : ''
  return padNumber(specifier, value < 0n, prefix, digits, true)
}

function formatFloat(specifier: Specifier, text: string, isDouble: boolean): string {
  const { flags, kind } = specifier
  const upper = kind !== kind.toLowerCase()
  // Zero shows no sign.
  const negative = text.startsWith('-') && Number(text) !== 0
  const size = text.startsWith('-') ? text.slice(1) : text
  if (/^(?:nan|inf)$/.test(size))
    return padNumber(specifier, negative, '', upper ? size.toUpperCase() : size, false)
  let digits = floatDigits(kind.toLowerCase(), size, specifier.precision ?? 6, flags.includes('#'), isDouble)
  if (upper) digits = digits.toUpperCase()
  if (flags.includes("'") && kind.toLowerCase() !== 'e') {
    const [whole = '', ...rest] = digits.split('.')
    if (/^\d+$/.test(whole)) digits = [grouped(whole, 3, ','), ...rest].join('.')
  }
  return padNumber(specifier, negative, '', digits, true)
}

/** The digits of a positive number: `text` is a double's round-trip text or a decimal's exact one. */
function floatDigits(
  kind: string,
  text: string,
  precision: number,
  alternate: boolean,
  isDouble: boolean,
): string {
  const value = Number(text)
  if (kind === 'f') return fixed(text, precision, alternate, isDouble)
  if (kind === 'e') {
    const [mantissa = '', power = '0'] = exponential(value, Math.min(precision, 100)).split('e')
    const size = String(Math.abs(Number(power))).padStart(2, '0')
    const point = alternate && !mantissa.includes('.') ? '.' : ''
    return `${mantissa}${point}e${Number(power) < 0 ? '-' : '+'}${size}`
  }
  const figures = Math.max(1, precision)
  const general = value === 0 ? '0' : printGeneral(value, figures)
  return alternate ? withZeros(general, figures) : general
}

/** `%#g`: with its point, and the zeros that %g leaves out. */
function withZeros(text: string, figures: number): string {
  const [mantissa = '', power] = text.split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const significant = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
  const shown = Number(mantissa) === 0 ? 1 : significant.length
  const zeros = '0'.repeat(Math.max(0, figures - shown))
  return `${whole}.${fraction}${zeros}${power === undefined ? '' : `e${power}`}`
}

/** %f: of the exact value; a double's tie goes to the even digit, as in C, a decimal's away from zero. */
export function fixed(text: string, precision: number, alternate: boolean, isDouble: boolean): string {
  const exact = isDouble ? { value: scaledDouble(Number(text), 1074), scale: 1074 } : exactDecimal(text)
  const unit = 10n ** BigInt(Math.max(0, exact.scale - precision))
  const raised = exact.scale < precision ? exact.value * 10n ** BigInt(precision - exact.scale) : exact.value
  const floor = raised / unit
  const rest = raised % unit
  const up = rest * 2n > unit || (rest * 2n === unit && floor % 2n === 1n)
  const digits = (isDouble ? (up ? floor + 1n : floor) : divideRounded(raised, unit))
    .toString()
    .padStart(precision + 1, '0')
  const point = digits.length - precision
  return precision === 0
    ? `${digits}${alternate ? '.' : ''}`
    : `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** A decimal's own digits. */
function exactDecimal(text: string): { value: bigint; scale: number } {
  const scale = text.split('.')[1]?.length ?? 0
  return { value: parseDecimal(text, scale) ?? 0n, scale }
}
