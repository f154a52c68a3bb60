/**
 * The 64-bit fingerprint behind HyperLogLog++ sketches of BigQuery and of ZetaSketch, as published: 64-bit arithmetic
 * that wraps. https://github.com/google/zetasketch
 */

const k0 = 0xa5b85c5e198ed849n
const k1 = 0x8d58ac26afe12e47n
const k2 = 0xc47b6e9e3a970ed3n
const k3 = 0xc6a4a7935bd1e995n

const u64 = (value: bigint) => BigInt.asUintN(64, value)
const rotate = (value: bigint, by: bigint) => u64((value >> by) | (value << (64n - by)))
const shiftMix = (value: bigint) => value ^ (value >> 47n)

function mix(high: bigint, low: bigint): bigint {
  const a = shiftMix(u64((low ^ high) * k3))
  return u64(shiftMix(u64((high ^ a) * k3)) * k3)
}

type Words = (at: number) => bigint

/** Eight bytes from a place on, the first of them the lowest; what lies behind the end counts as zero. */
function reader(bytes: Uint8Array): Words {
  const padded = new Uint8Array(bytes.length + 8)
  padded.set(bytes)
  const view = new DataView(padded.buffer)
  return (at) => view.getBigUint64(at, true)
}

function upTo32(word: Words, length: number): bigint {
  let hash = k0 ^ k1 ^ k2 ^ u64(BigInt(length) * k3)
  let at = 0
  for (; at + 8 <= length; at += 8) hash = u64((hash ^ u64(shiftMix(u64(word(at) * k3)) * k3)) * k3)
  if (at < length) hash = u64((hash ^ word(at)) * k3)
  return shiftMix(u64(shiftMix(hash) * k3))
}

function half(first: bigint, last: bigint, word: Words, next: number): readonly [bigint, bigint] {
  const b = rotate(u64(first + last), 52n)
  const second = u64(first + word(next))
  const third = u64(second + word(next + 8))
  const c = u64(rotate(first, 37n) + rotate(second, 7n))
  return [u64(third + last), u64(b + rotate(third, 31n) + c)]
}

function from33To64(word: Words, length: number): bigint {
  const start = u64(word(0) + (BigInt(length) + word(length - 16)) * k0)
  const [vf, vs] = half(start, word(24), word, 8)
  const [wf, ws] = half(u64(word(16) + word(length - 32)), word(length - 8), word, length - 24)
  const r = shiftMix(u64((vf + ws) * k2 + (wf + vs) * k0))
  return u64(shiftMix(u64(r * k0 + vs)) * k2)
}

function weak(word: Words, at: number, seedA: bigint, seedB: bigint): readonly [bigint, bigint] {
  const a = u64(seedA + word(at))
  const b = rotate(u64(seedB + a + word(at + 24)), 51n)
  const whole = u64(a + word(at + 8) + word(at + 16))
  return [u64(whole + word(at + 24)), u64(b + rotate(whole, 23n) + a)]
}

function longer(word: Words, length: number): bigint {
  let x = word(0)
  let y = word(length - 16) ^ k1
  let z = word(length - 56) ^ k0
  let v = weak(word, length - 64, BigInt(length), y)
  let w = weak(word, length - 32, u64(BigInt(length) * k1), k0)
  z = u64(z + shiftMix(v[1]) * k1)
  x = u64(rotate(u64(z + x), 39n) * k1)
  y = u64(rotate(y, 33n) * k1)
  const end = (length - 1) & ~63
  for (let at = 0; at < end; at += 64) {
    x = u64(rotate(u64(x + y + v[0] + word(at + 16)), 37n) * k1) ^ w[1]
    y = u64(rotate(u64(y + v[1] + word(at + 48)), 42n) * k1) ^ v[0]
    z = rotate(z ^ w[0], 33n)
    v = weak(word, at, u64(v[1] * k1), u64(x + w[0]))
    w = weak(word, at + 32, u64(z + w[1]), y)
    ;[x, z] = [z, x]
  }
  return mix(u64(mix(v[0], w[0]) + shiftMix(y) * k1 + z), u64(mix(v[1], w[1]) + x))
}

/** The fingerprint of bytes: 64 bits, unsigned. */
export function fingerprint2011(bytes: Uint8Array): bigint {
  const { length } = bytes
  const word = reader(bytes)
  const inner =
    length <= 32 ? upTo32(word, length) : length <= 64 ? from33To64(word, length) : longer(word, length)
  const u = length >= 8 ? word(0) : k0
  const v = length >= 9 ? word(length - 8) : k0
  const result = mix(u64(inner + v), u)
  return result === 0n || result === 1n ? u64(result - 2n) : result
}
