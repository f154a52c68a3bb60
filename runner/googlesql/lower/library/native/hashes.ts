import { hash } from 'node:crypto'
import { BIGINT, BLOB, DuckDBBlobValue as Blob, type DuckDBBlobValue } from '@duckdb/node-api'
import type { NativeFunction } from '../native-function.ts'

const k0 = 0xc3a5c85c97cb3127n
const k1 = 0xb492b66fbe98f273n
const k2 = 0x9ae16a3b2f90404fn

const u64 = (value: bigint) => BigInt.asUintN(64, value)
const multiply = (a: bigint, b: bigint) => u64(a * b)
const rotate = (value: bigint, by: bigint) => (by === 0n ? value : (value >> by) | u64(value << (64n - by)))
const shiftMix = (value: bigint) => value ^ (value >> 47n)

function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  let a = multiply(u ^ v, factor)
  a ^= a >> 47n
  let b = multiply(v ^ a, factor)
  b ^= b >> 47n
  return multiply(b, factor)
}

class Reader {
  readonly #view: DataView
  readonly length: number

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.length = bytes.byteLength
  }

  word(at: number): bigint {
    return this.#view.getBigUint64(at, true)
  }

  half(at: number): bigint {
    return BigInt(this.#view.getUint32(at, true))
  }

  byte(at: number): bigint {
    return BigInt(this.#view.getUint8(at))
  }
}

function upTo16(s: Reader): bigint {
  const length = BigInt(s.length)
  if (s.length >= 8) {
    const factor = u64(k2 + length * 2n)
    const a = u64(s.word(0) + k2)
    const b = s.word(s.length - 8)
    const c = u64(multiply(rotate(b, 37n), factor) + a)
    const d = multiply(u64(rotate(a, 25n) + b), factor)
    return hash16(c, d, factor)
  }
  if (s.length >= 4) {
    const factor = u64(k2 + length * 2n)
    return hash16(u64(length + (s.half(0) << 3n)), s.half(s.length - 4), factor)
  }
  if (s.length > 0) {
    const y = s.byte(0) + (s.byte(s.length >> 1) << 8n)
    const z = length + (s.byte(s.length - 1) << 2n)
    return multiply(shiftMix(multiply(y, k2) ^ multiply(z, k0)), k2)
  }
  return k2
}

function from17To32(s: Reader): bigint {
  const factor = u64(k2 + BigInt(s.length) * 2n)
  const a = multiply(s.word(0), k1)
  const b = s.word(8)
  const c = multiply(s.word(s.length - 8), factor)
  const d = multiply(s.word(s.length - 16), k2)
  return hash16(
    u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d),
    u64(a + rotate(u64(b + k2), 18n) + c),
    factor,
  )
}

function from33To64(s: Reader): bigint {
  const factor = u64(k2 + BigInt(s.length) * 2n)
  const a = multiply(s.word(0), k2)
  const b = s.word(8)
  const c = multiply(s.word(s.length - 8), factor)
  const d = multiply(s.word(s.length - 16), k2)
  const y = u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d)
  const z = hash16(y, u64(a + rotate(u64(b + k2), 18n) + c), factor)
  const e = multiply(s.word(16), factor)
  const f = s.word(24)
  const g = multiply(u64(y + s.word(s.length - 32)), factor)
  const h = multiply(u64(z + s.word(s.length - 24)), factor)
  return hash16(
    u64(rotate(u64(e + f), 43n) + rotate(g, 30n) + h),
    u64(e + rotate(u64(f + a), 18n) + g),
    factor,
  )
}

function weak32(s: Reader, at: number, seedA: bigint, seedB: bigint): [bigint, bigint] {
  const [w, x, y, z] = [s.word(at), s.word(at + 8), s.word(at + 16), s.word(at + 24)]
  let a = u64(seedA + w)
  let b = rotate(u64(seedB + a + z), 21n)
  const c = a
  a = u64(a + x + y)
  b = u64(b + rotate(a, 44n))
  return [u64(a + z), u64(b + c)]
}

/**
 * FarmHash's Fingerprint64 (farmhashna::Hash64), as published: the hash behind FARM_FINGERPRINT.
 * https://github.com/google/farmhash
 */
export function fingerprint64(bytes: Uint8Array): bigint {
  const s = new Reader(bytes)
  if (s.length <= 16) return upTo16(s)
  if (s.length <= 32) return from17To32(s)
  if (s.length <= 64) return from33To64(s)
  let x = 81n
  let y = u64(81n * k1 + 113n)
  let z = multiply(shiftMix(u64(y * k2 + 113n)), k2)
  let v: [bigint, bigint] = [0n, 0n]
  let w: [bigint, bigint] = [0n, 0n]
  x = u64(x * k2 + s.word(0))
  const end = Math.floor((s.length - 1) / 64) * 64
  const last = s.length - 64
  for (let at = 0; at < end; at += 64) {
    x = multiply(rotate(u64(x + y + v[0] + s.word(at + 8)), 37n), k1)
    y = multiply(rotate(u64(y + v[1] + s.word(at + 48)), 42n), k1)
    x ^= w[1]
    y = u64(y + v[0] + s.word(at + 40))
    z = multiply(rotate(u64(z + w[0]), 33n), k1)
    v = weak32(s, at, multiply(v[1], k1), u64(x + w[0]))
    w = weak32(s, at + 32, u64(z + w[1]), u64(y + s.word(at + 16)))
    ;[z, x] = [x, z]
  }
  const factor = u64(k1 + ((z & 0xffn) << 1n))
  w[0] = u64(w[0] + BigInt((s.length - 1) & 63))
  v[0] = u64(v[0] + w[0])
  w[0] = u64(w[0] + v[0])
  x = multiply(rotate(u64(x + y + v[0] + s.word(last + 8)), 37n), factor)
  y = multiply(rotate(u64(y + v[1] + s.word(last + 48)), 42n), factor)
  x ^= u64(w[1] * 9n)
  y = u64(y + v[0] * 9n + s.word(last + 40))
  z = multiply(rotate(u64(z + w[0]), 33n), factor)
  v = weak32(s, last, multiply(v[1], factor), u64(x + w[0]))
  w = weak32(s, last + 32, u64(z + w[1]), u64(y + s.word(last + 16)))
  ;[z, x] = [x, z]
  return hash16(
    u64(hash16(v[0], w[0], factor) + multiply(shiftMix(y), k0) + z),
    u64(hash16(v[1], w[1], factor) + x),
    factor,
  )
}

export const hashFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_farm_fingerprint',
    parameters: [BLOB],
    returns: BIGINT,
    evaluate: (value: DuckDBBlobValue) => BigInt.asIntN(64, fingerprint64(value.bytes)),
  },
  {
    name: 'googlesql_sha512',
    parameters: [BLOB],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue) => new Blob(hash('sha512', value.bytes, 'buffer')),
  },
]
