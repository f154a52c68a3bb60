import { CorruptError } from './corrupt.ts'

/** What the last call of `readLong` read, and where it ended. Shared: decoding is synchronous and allocates nothing. */
export const long = { low: 0, high: 0, end: 0 }

/**
 * Reads a zigzag varint of up to 64 bits as two 32-bit words.
 *
 * @throws CorruptError if it is longer than 64 bits
 */
export function readLong(bytes: Uint8Array, start: number): void {
  let at = start
  let byte = bytes[at++] as number
  let low = byte & 127
  let high = 0
  if (byte > 127) {
    byte = bytes[at++] as number
    low |= (byte & 127) << 7
    if (byte > 127) {
      byte = bytes[at++] as number
      low |= (byte & 127) << 14
      if (byte > 127) {
        byte = bytes[at++] as number
        low |= (byte & 127) << 21
        if (byte > 127) {
          byte = bytes[at++] as number
          low |= byte << 28
          high = (byte & 127) >>> 4
          for (let shift = 3; byte > 127; shift += 7) {
            byte = bytes[at++] as number
            if (shift === 31 && byte > 1) throw new CorruptError('a number of more than 64 bits', start)
            high |= (byte & 127) << shift
          }
        }
      }
    }
  }
  const sign = -(low & 1)
  long.low = ((low >>> 1) | (high << 31)) ^ sign
  long.high = (high >>> 1) ^ sign
  long.end = at
}

/** The number last read; exact up to 2^53. */
export function longAsNumber(): number {
  return long.high * 4_294_967_296 + (long.low >>> 0)
}

export function longAsBigInt(): bigint {
  return (BigInt(long.high) << 32n) | BigInt(long.low >>> 0)
}

/**
 * Reads a length or count that must be at least 0 and at most `limit`; where it ended is in `long.end`.
 *
 * @throws CorruptError
 */
export function readSize(bytes: Uint8Array, start: number, limit: number, what: string): number {
  readLong(bytes, start)
  const size = longAsNumber()
  if (size < 0 || size > limit)
    throw new CorruptError(`${what} of ${size}, where at most ${Math.max(0, limit)} can follow`, start)
  return size
}
