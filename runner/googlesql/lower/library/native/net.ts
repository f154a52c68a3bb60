import { isIPv4, isIPv6 } from 'node:net'
import { BIGINT, BLOB, DuckDBBlobValue, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'

/** The host of a URL, as it stands there; no check of its letters. undefined if there is none. */
function host(url: string): string | undefined {
  const trimmed = url.trim()
  const authority =
    /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#\\]*)/.exec(trimmed)?.[1] ??
    /^([^/?#\\]*)/.exec(trimmed)?.[1] ??
    ''
  const name = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[[^\]]*\]/.exec(name)?.[0]
  const bare = bracketed ?? name.replace(/:.*$/, '')
  return bare === '' ? undefined : bare.replace(/\.$/, '')
}

function parseIp(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  if (!isIPv6(text) || text.includes('%')) return undefined
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const four = embedded?.[2]?.split('.').map(Number) ?? []
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16)
  const plain =
    embedded === null
      ? text
      : `${embedded[1]}${hex(four[0] ?? 0, four[1] ?? 0)}:${hex(four[2] ?? 0, four[3] ?? 0)}`
  const [left = '', right] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [head, tail] = [groups(left), groups(right ?? '')]
  const middle: string[] = right === undefined ? [] : new Array(8 - head.length - tail.length).fill('0')
  const all = [...head, ...middle, ...tail].map((group) => Number.parseInt(group, 16))
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) {
    throw new GoogleSqlError(
      `NET.IP_TO_STRING() encountered an invalid IP address. Expected 4 (for IPv4) or 16 (for IPv6) bytes but got ${bytes.length}`,
    )
  }
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  )
  const text = groups.map((group) => group.toString(16)).join(':')
  // The longest run of zeros, of two groups or more, becomes `::`.
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)
  const [longest] = runs
  if (longest === undefined) return text
  // An IPv4 address in the last four bytes is shown as one.
  const mapped = /^(?:0:){6}(?!0:)|^(?:0:){5}ffff:/.exec(text)
  if (mapped !== null) return `::${mapped[0].endsWith('ffff:') ? 'ffff:' : ''}${bytes.slice(12).join('.')}`
  const [before, after] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)]
  return `${before}::${after.replace(/^:/, '')}`
}

function mask(size: number, prefix: bigint): Uint8Array {
  if (size !== 4 && size !== 16)
    throw new GoogleSqlError('NET.IP_NET_MASK() first argument must be either 4 or 16')
  if (prefix < 0n || prefix > BigInt(size * 8)) {
    throw new GoogleSqlError(`Prefix length must be between 0 and ${size * 8}, got ${prefix}`)
  }
  return Uint8Array.from({ length: size }, (_, index) => {
    const bits = Math.min(8, Math.max(0, Number(prefix) - index * 8))
    return (0xff << (8 - bits)) & 0xff
  })
}

const blob = (bytes: Uint8Array) => new DuckDBBlobValue(bytes)

export const netFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_net_host',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (url: string) => host(url) ?? null,
  },
  {
    name: 'googlesql_net_ip',
    parameters: [VARCHAR],
    returns: BLOB,
    evaluate: (text: string) => {
      const bytes = parseIp(text)
      if (bytes === undefined)
        throw new GoogleSqlError(`NET.IP_FROM_STRING() encountered an unparseable IP-address: ${text}`)
      return blob(bytes)
    },
  },
  {
    name: 'googlesql_net_ip_text',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue) => ipText(value.bytes),
  },
  {
    name: 'googlesql_net_mask',
    parameters: [BIGINT, BIGINT],
    returns: BLOB,
    evaluate: (size: bigint, prefix: bigint) => blob(mask(Number(size), prefix)),
  },
  {
    name: 'googlesql_net_trunc',
    parameters: [BLOB, BIGINT],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue, prefix: bigint) => {
      if (value.bytes.length !== 4 && value.bytes.length !== 16) {
        throw new GoogleSqlError('NET.IP_TRUNC() encountered an invalid IP address')
      }
      const bits = mask(value.bytes.length, prefix)
      return blob(Uint8Array.from(value.bytes, (byte, index) => byte & (bits[index] ?? 0)))
    },
  },
  {
    name: 'googlesql_net_ipv4',
    parameters: [BIGINT],
    returns: BLOB,
    evaluate: (value: bigint) => {
      if (value < -0x80000000n || value > 0xffffffffn) {
        throw new GoogleSqlError(
          `NET.IPV4_FROM_INT64() encountered an invalid integer IP. Expected range: [-0x80000000, 0xFFFFFFFF]; got ${value}`,
        )
      }
      const bits = BigInt.asUintN(32, value)
      return blob(Uint8Array.from([24n, 16n, 8n, 0n], (by) => Number((bits >> by) & 0xffn)))
    },
  },
  {
    name: 'googlesql_net_ipv4_int64',
    parameters: [BLOB],
    returns: BIGINT,
    evaluate: (value: DuckDBBlobValue) => {
      if (value.bytes.length !== 4) {
        throw new GoogleSqlError('NET.IPV4_TO_INT64() encountered a non-IPv4 address. Expected 4 bytes')
      }
      return value.bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
    },
  },
]
