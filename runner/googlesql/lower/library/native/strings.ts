import { isUtf8 } from 'node:buffer'
import { BIGINT, BLOB, BOOLEAN, DuckDBBlobValue, DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { caseFold, changeCase, editDistance, fold, initcap, instr, soundex, translate } from './text.ts'

function text(name: string, evaluate: (value: string) => string): NativeFunction {
  return { name: `googlesql_${name}`, parameters: [VARCHAR], returns: VARCHAR, evaluate }
}

const blob = (bytes: Uint8Array) => new DuckDBBlobValue(Uint8Array.from(bytes))

function positive(value: bigint, message: string): number {
  if (value < 0n) throw new GoogleSqlError(message)
  return Number(value)
}

/** Code points, each a string: BigQuery's unit of length and position. */
const points = (value: string): readonly string[] => Array.from(value)

const codePointFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_bytes_to_code_points',
    parameters: [BLOB],
    returns: LIST(BIGINT),
    evaluate: (value: DuckDBBlobValue) => new DuckDBListValue(Array.from(value.bytes, BigInt)),
  },
  {
    name: 'googlesql_code_points_to_bytes',
    parameters: [LIST(BIGINT)],
    returns: BLOB,
    evaluate: (list: DuckDBListValue) => {
      if (list.items.includes(null)) return null
      const bytes = list.items.map((item) => {
        const value = item as bigint
        if (value < 0n || value > 255n) throw new GoogleSqlError(`Invalid ASCII value ${value}`)
        return Number(value)
      })
      return blob(Uint8Array.from(bytes))
    },
  },
  {
    name: 'googlesql_chr',
    parameters: [BIGINT],
    returns: VARCHAR,
    evaluate: (value: bigint) => character(value),
  },
]

function character(value: bigint): string {
  if (value < 0n || value > 0x10ffffn || (value >= 0xd800n && value <= 0xdfffn)) {
    throw new GoogleSqlError(`Invalid codepoint ${value}`)
  }
  return String.fromCodePoint(Number(value))
}

const bytesFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_bytes_reverse',
    parameters: [BLOB],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue) => blob(Uint8Array.from(value.bytes).reverse()),
  },
  {
    name: 'googlesql_bytes_find',
    parameters: [BLOB, BLOB, BIGINT, BIGINT],
    returns: BIGINT,
    evaluate: (value: DuckDBBlobValue, part: DuckDBBlobValue, position: bigint, occurrence: bigint) =>
      instr(latin(value), latin(part), position, occurrence),
  },
  {
    name: 'googlesql_bytes_replace',
    parameters: [BLOB, BLOB, BLOB],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue, from: DuckDBBlobValue, to: DuckDBBlobValue) =>
      from.bytes.length === 0 ? value : unlatin(latin(value).replaceAll(latin(from), () => latin(to))),
  },
  {
    name: 'googlesql_bytes_split',
    parameters: [BLOB, BLOB],
    returns: LIST(BLOB),
    evaluate: (value: DuckDBBlobValue, by: DuckDBBlobValue) => {
      const parts = latin(value).split(latin(by))
      return new DuckDBListValue((parts.length === 0 ? [''] : parts).map(unlatin))
    },
  },
  {
    name: 'googlesql_bytes_trim',
    parameters: [BLOB, BLOB, VARCHAR],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue, set: DuckDBBlobValue, side: string) => {
      let [start, end] = [0, value.bytes.length]
      const drop = (at: number) => set.bytes.includes(value.bytes[at] ?? -1)
      if (side !== 'RIGHT') while (start < end && drop(start)) start++
      if (side !== 'LEFT') while (end > start && drop(end - 1)) end--
      return blob(value.bytes.slice(start, end))
    },
  },
  {
    name: 'googlesql_bytes_pad',
    parameters: [BLOB, BIGINT, BLOB, BOOLEAN],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue, length: bigint, pattern: DuckDBBlobValue, left: boolean) =>
      unlatin(pad(Array.from(latin(value)), length, Array.from(latin(pattern)), left)),
  },
  {
    name: 'googlesql_bytes_like',
    parameters: [BLOB, BLOB],
    returns: BOOLEAN,
    evaluate: (value: DuckDBBlobValue, pattern: DuckDBBlobValue) =>
      likePattern(latin(pattern)).test(latin(value)),
  },
  {
    name: 'googlesql_safe_utf8',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: ({ bytes }: DuckDBBlobValue) => safeText(Buffer.from(bytes)),
  },
  {
    name: 'googlesql_from_hex',
    parameters: [VARCHAR],
    returns: BLOB,
    evaluate: (value: string) => {
      if (!/^[0-9a-fA-F]*$/.test(value)) {
        throw new GoogleSqlError(`Failed to decode invalid hexadecimal string: ${value}`)
      }
      return blob(Buffer.from(value.length % 2 === 0 ? value : `0${value}`, 'hex'))
    },
  },
  {
    name: 'googlesql_from_base64',
    parameters: [VARCHAR],
    returns: BLOB,
    evaluate: (value: string) => {
      const clean = value.replace(/\s/g, '')
      const filled = !clean.includes('=') || clean.length % 4 === 0
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.replace(/=+$/, '').length % 4 === 1 || !filled) {
        throw new GoogleSqlError('Failed to decode invalid base64 string')
      }
      return blob(Buffer.from(clean, 'base64'))
    },
  },
  {
    name: 'googlesql_to_base32',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue) => toBase32(value.bytes),
  },
  {
    name: 'googlesql_from_base32',
    parameters: [VARCHAR],
    returns: BLOB,
    evaluate: (value: string) => blob(fromBase32(value)),
  },
]

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  const text = groups.map((group) => base32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

function fromBase32(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '')
  if (!/^[A-Z2-7]*$/.test(digits) || text.length % 8 !== 0) {
    throw new GoogleSqlError('Failed to decode invalid base32 string')
  }
  const bits = Array.from(digits, (digit) => base32.indexOf(digit).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

const latin = (value: DuckDBBlobValue): string => Buffer.from(value.bytes).toString('latin1')
const unlatin = (value: string): DuckDBBlobValue => blob(Buffer.from(value, 'latin1'))

function likePattern(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|[%_]|[\\^$.*+?()[\]{}|/]/gs, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
    if (found === '\\') throw new GoogleSqlError('LIKE pattern ends with a backslash which is not escaped')
    return found === '%' ? '.*' : found === '_' ? '.' : `\\${found}`
  })
  return new RegExp(`^${source}$`, 's')
}

/** Bytes. */
const longestText = 1_048_576
const tooLong = 'Output of LPAD/RPAD exceeds max allowed output size of 1MB'

function pad(value: readonly string[], length: bigint, pattern: readonly string[], left: boolean): string {
  if (pattern.length === 0) {
    throw new GoogleSqlError('Third argument (pad pattern) for LPAD/RPAD cannot be empty')
  }
  const size = positive(length, 'Second argument (output size) for LPAD/RPAD cannot be negative')
  if (value.length >= size) return value.slice(0, size).join('')
  if (size > longestText) throw new GoogleSqlError(tooLong)
  let padding = ''
  for (let at = 0; at < size - value.length; at++) padding += pattern[at % pattern.length]
  return left ? padding + value.join('') : value.join('') + padding
}

/** What DuckDB's text functions lack or do otherwise (string_functions). */
export const stringFunctions: readonly NativeFunction[] = [
  // DuckDB's own know one letter for one.
  text('upper', (value) => changeCase(value, (part) => part.toUpperCase())),
  text('lower', (value) => changeCase(value, (part) => part.toLowerCase())),
  text('soundex', soundex),
  text('case_fold', caseFold),
  {
    name: 'googlesql_initcap',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: initcap,
  },
  {
    name: 'googlesql_normalize',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (value: string, form: string) => value.normalize(form),
  },
  {
    name: 'googlesql_normalize_fold',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (value: string, form: string) => fold(value.normalize(form)).normalize(form),
  },
  {
    name: 'googlesql_bytes_translate',
    parameters: [BLOB, BLOB, BLOB],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue, from: DuckDBBlobValue, to: DuckDBBlobValue) =>
      unlatin(translate(latin(value), latin(from), latin(to))),
  },
  {
    name: 'googlesql_translate',
    parameters: [VARCHAR, VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: translate,
  },
  {
    name: 'googlesql_pad',
    parameters: [VARCHAR, BIGINT, VARCHAR, BOOLEAN],
    returns: VARCHAR,
    evaluate: (value: string, length: bigint, pattern: string, left: boolean) => {
      const padded = pad(points(value), length, points(pattern), left)
      const grown = padded.length * 3 > longestText && padded.length > value.length
      if (grown && Buffer.byteLength(padded) > longestText) throw new GoogleSqlError(tooLong)
      return padded
    },
  },
  {
    name: 'googlesql_instr',
    parameters: [VARCHAR, VARCHAR, BIGINT, BIGINT],
    returns: BIGINT,
    evaluate: instr,
  },
  {
    name: 'googlesql_edit_distance',
    parameters: [VARCHAR, VARCHAR, BIGINT],
    returns: BIGINT,
    evaluate: (a: string, b: string, max: bigint) => {
      if (max < 0n) throw new GoogleSqlError('max_distance must be non-negative')
      const distance = editDistance(points(a), points(b))
      return distance < max ? distance : max
    },
  },
  {
    name: 'googlesql_bytes_edit_distance',
    parameters: [BLOB, BLOB, BIGINT],
    returns: BIGINT,
    evaluate: (a: DuckDBBlobValue, b: DuckDBBlobValue, max: bigint) => {
      const distance = editDistance(Array.from(latin(a)), Array.from(latin(b)))
      return distance < max ? distance : max
    },
  },
  {
    name: 'googlesql_contains_substr',
    parameters: [VARCHAR, VARCHAR],
    returns: BOOLEAN,
    evaluate: (value: string, part: string) => caseFold(value).includes(caseFold(part)),
  },
  {
    name: 'googlesql_is_utf8',
    parameters: [BLOB],
    returns: BOOLEAN,
    evaluate: (value: DuckDBBlobValue) => isUtf8(value.bytes),
  },
  ...codePointFunctions,
  ...bytesFunctions,
]

/** Text of bytes; each byte that belongs to no whole character becomes U+FFFD, also in a sequence that breaks off. */
function safeText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const part = bytes.subarray(at, at + size)
    const whole = part.length === size && isUtf8(part)
    text += whole ? part.toString('utf8') : '\ufffd'
    at += whole ? size : 1
  }
  return text
}
