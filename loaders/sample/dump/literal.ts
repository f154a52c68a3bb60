import { Problem } from '../../../runner/problem.ts'
import { decimalBytes } from '../../avro/write.ts'
import type { Cell } from '../source.ts'
import type { ColumnDefinition } from './definition.ts'
import { decodeText, type Token } from './tokens.ts'

/** A value as it stands in the dump; text and bytes have one character a byte. */
export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'text' | 'bytes' | 'number'; readonly text: string }

/** What to do with `0000-00-00`, which is no date: Avro has nothing for it. */
export type ZeroDates = 'refuse' | 'null'

/** The literal that a token stands for; undefined if it is none. */
export function literalOf(token: Token, sign: '' | '-' = ''): Literal | undefined {
  switch (token.kind) {
    case 'string':
      return { kind: 'text', text: token.text }
    case 'number':
      return { kind: 'number', text: sign + token.text }
    case 'hex':
      if (!/^([0-9a-fA-F]{2})*$/.test(token.text)) return undefined
      return { kind: 'bytes', text: Buffer.from(token.text, 'hex').toString('latin1') }
    case 'bits':
      return /^[01]*$/.test(token.text) ? { kind: 'bytes', text: bitBytes(token.text) } : undefined
    case 'word': {
      const word = token.text.toUpperCase()
      if (word === 'NULL') return { kind: 'null' }
      if (word === 'TRUE' || word === 'FALSE') return { kind: 'number', text: word === 'TRUE' ? '1' : '0' }
      return undefined
    }
    default:
      return undefined
  }
}

/**
 * A literal as Avro stores it in a column.
 *
 * @throws Problem (without a place) if it does not fit the column's type
 */
export function cellOf(literal: Literal, column: ColumnDefinition, zeroDates: ZeroDates): Cell {
  if (literal.kind === 'null') return null
  const { mysqlType } = column
  const convert = converters.get(mysqlType)
  const cell = convert?.(literal, column, zeroDates)
  if (cell !== undefined) return cell
  const shown = JSON.stringify(literal.text.length > 40 ? `${literal.text.slice(0, 40)}…` : literal.text)
  throw new Problem(`${shown} does not fit column \`${column.name}\` of type ${mysqlType}`)
}

type Given = Exclude<Literal, { kind: 'null' }>
/** undefined: does not fit. */
type Converter = (literal: Given, column: ColumnDefinition, zeroDates: ZeroDates) => Cell | undefined

const integers = new Map([
  ['tinyint', [-128n, 255n]],
  ['bool', [-128n, 255n]],
  ['boolean', [-128n, 255n]],
  ['smallint', [-32_768n, 65_535n]],
  ['mediumint', [-8_388_608n, 16_777_215n]],
  ['int', [-2_147_483_648n, 4_294_967_295n]],
  ['integer', [-2_147_483_648n, 4_294_967_295n]],
  ['year', [0n, 2155n]],
  ['bigint', [-(2n ** 63n), 2n ** 64n - 1n]],
] as const)

const whole: Converter = ({ kind, text }, { mysqlType, type }) => {
  const range = integers.get(mysqlType as 'int')
  if (kind === 'bytes' || range === undefined || !/^-?\d+$/.test(text)) return undefined
  const value = BigInt(text)
  if (value < range[0] || value > range[1]) return undefined
  // BIGINT UNSIGNED does not fit Avro's long: Datastream writes its digits.
  if (typeof type === 'object') return value.toString()
  if (type === 'int') return BigInt.asIntN(32, value) === value ? Number(value) : undefined
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const bits: Converter = ({ kind, text }) => {
  if (kind === 'number' && !/^\d+$/.test(text)) return undefined
  const value = kind === 'number' ? BigInt(text) : BigInt(`0x0${Buffer.from(text, 'latin1').toString('hex')}`)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const real: Converter = ({ kind, text }) => {
  const value = Number(text)
  return kind === 'bytes' || text.trim() === '' || !Number.isFinite(value) ? undefined : value
}

const exact: Converter = ({ text }, { parameters: [precision = 10, scale = 0] }) => {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', before = '', after = ''] = match
  const digits = before + after.slice(0, scale).padEnd(scale, '0')
  if (digits === '' || /[1-9]/.test(after.slice(scale))) return undefined
  const value = BigInt(digits)
  return value < 10n ** BigInt(precision) ? decimalBytes(sign === '-' ? -value : value) : undefined
}

const moment: Converter = ({ text }, column, zeroDates) => {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  if (month === 0 || day === 0) {
    if (zeroDates === 'null') return null
    throw new Problem(`column \`${column.name}\` holds \`${text}\`, which is no date`, {
      hint: '--zero-dates null writes NULL for such dates',
    })
  }
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) return undefined
  date.setUTCHours(hour, minute, second)
  return BigInt(date.getTime()) * 1000n + BigInt((match[7] ?? '').padEnd(6, '0'))
}

const interval: Converter = ({ text }) => {
  const match = /^(-?)(\d{1,3}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, hours = 0, minutes = 0, seconds = 0, fraction = ''] = match
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const micros = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000n
  const value = micros + BigInt(fraction.padEnd(6, '0'))
  return sign === '-' ? -value : value
}

const text: Converter = (literal) => decodeText(literal.text)

const hexDigits: Converter = ({ text: bytes }, { mysqlType, parameters: [length = 1] }) => {
  const hex = Buffer.from(bytes, 'latin1').toString('hex')
  return mysqlType === 'binary' ? hex.padEnd(2 * length, '0') : hex
}

const jsonText: Converter = (literal) => {
  const decoded = decodeText(literal.text)
  try {
    JSON.parse(decoded)
    return decoded
  } catch {
    return undefined
  }
}

const group = (names: readonly string[], converter: Converter) =>
  names.map((name) => [name, converter] as const)

const converters: ReadonlyMap<string, Converter> = new Map([
  ...group([...integers.keys()], whole),
  ...group(['bit'], bits),
  ...group(['float', 'double', 'real'], real),
  ...group(['decimal', 'numeric', 'dec', 'fixed'], exact),
  ...group(['date', 'datetime', 'timestamp'], moment),
  ...group(['time'], interval),
  ...group(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'], text),
  ...group(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'], hexDigits),
  ...group(['json'], jsonText),
  ...group(
    'geometry point linestring polygon multipoint multilinestring multipolygon geomcollection geometrycollection'.split(
      ' ',
    ),
    () => null,
  ),
])

function bitBytes(digits: string): string {
  const length = Math.ceil(digits.length / 8)
  const hex = BigInt(`0b0${digits}`)
    .toString(16)
    .padStart(length * 2, '0')
  return Buffer.from(hex, 'hex').toString('latin1')
}
