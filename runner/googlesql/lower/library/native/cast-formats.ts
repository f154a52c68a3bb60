import { isUtf8 } from 'node:buffer'
import { BIGINT, BLOB, BOOLEAN, DuckDBBlobValue, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { castNumber } from './cast-number.ts'
import { formatCast, parseCast } from './cast-time-format.ts'

/** Bits of a digit by the names that CAST(… FORMAT …) has for bases of two. */
const bits: Readonly<Record<string, number>> = { HEX: 4, BASE16: 4, BASE8: 3, BASE2: 1 }

function encode(bytes: Uint8Array, format: string): string {
  const name = format.toUpperCase()
  const size = bits[name]
  if (size !== undefined) {
    if (bytes.length === 0) return ''
    const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
    return value.toString(2 ** size).padStart(Math.ceil((bytes.length * 8) / size), '0')
  }
  const buffer = Buffer.from(bytes)
  if (name === 'BASE64') return buffer.toString('base64')
  if (name === 'BASE64M') return buffer.toString('base64').replace(/.{76}(?=.)/g, '$&\n')
  if (name === 'ASCII') {
    if (bytes.some((byte) => byte > 127)) throw new GoogleSqlError('Failed to decode invalid ASCII string')
    return buffer.toString('latin1')
  }
  if (name === 'UTF8' || name === 'UTF-8') {
    if (!isUtf8(buffer)) throw new GoogleSqlError('A string is not valid UTF-8.')
    return buffer.toString('utf8')
  }
  return unknown(format)
}

function decode(text: string, format: string): Uint8Array {
  const name = format.toUpperCase()
  const size = bits[name]
  if (size !== undefined) return ofDigits(text, size)
  if (name === 'BASE64' || name === 'BASE64M') {
    const digits = text.replace(/\s/g, '').replace(/=+$/, '')
    if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) {
      throw new GoogleSqlError('Failed to decode invalid base64 string')
    }
    return Buffer.from(digits, 'base64')
  }
  if (name === 'ASCII') {
    if (/[^\0-\x7f]/.test(text)) throw new GoogleSqlError('Failed to decode invalid ASCII string')
    return Buffer.from(text, 'latin1')
  }
  if (name === 'UTF8' || name === 'UTF-8') return Buffer.from(text, 'utf8')
  return unknown(format)
}

function ofDigits(text: string, size: number): Uint8Array {
  const highest = (2 ** size - 1).toString(16)
  const allowed = size === 4 ? /^[0-9a-f]*$/i : new RegExp(`^[0-${highest}]*$`)
  if (!allowed.test(text))
    throw new GoogleSqlError(`Failed to decode invalid base ${2 ** size} string: ${text}`)
  if (text === '') return new Uint8Array()
  const prefix = size === 4 ? '0x' : size === 3 ? '0o' : '0b'
  const length = size === 3 ? octalBytes(text.length) : Math.ceil((text.length * size) / 8)
  const hex = BigInt(prefix + text).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0').slice(-length * 2), 'hex')
}

/** Eight octal digits are three bytes, and up to three of those left over one: bits that have no place in it are dropped. */
function octalBytes(digits: number): number {
  return Math.floor(digits / 8) * 3 + Math.ceil((digits % 8) / 3)
}

function unknown(format: string): never {
  throw new GoogleSqlError(`Invalid format '${format}'`)
}

export const castFormatFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_format_cast',
    parameters: [VARCHAR, BIGINT, VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: formatCast,
  },
  {
    name: 'googlesql_parse_cast',
    parameters: [VARCHAR, VARCHAR, VARCHAR, VARCHAR],
    returns: BIGINT,
    evaluate: parseCast,
  },
  {
    // The number as text, and whether it is a FLOAT64.
    name: 'googlesql_number_cast',
    parameters: [VARCHAR, BOOLEAN, VARCHAR],
    returns: VARCHAR,
    evaluate: castNumber,
  },
  {
    name: 'googlesql_encode_cast',
    parameters: [BLOB, VARCHAR],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue, format: string) => encode(value.bytes, format),
  },
  {
    name: 'googlesql_decode_cast',
    parameters: [VARCHAR, VARCHAR],
    returns: BLOB,
    evaluate: (text: string, format: string) => new DuckDBBlobValue(Uint8Array.from(decode(text, format))),
  },
]
