import { createHash } from 'node:crypto'

/** Numbers that look random and depend on the seed alone. */
export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  readonly below: (bound: number) => number
}

/**
 * A generator of 32-bit numbers (sfc32, Chris Doty-Humphrey's small fast counter generator), seeded by any text.
 *
 * @example seededRandom('42').below(6)
 */
export function seededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = digest.readInt32LE(12)
  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  return { below: (bound) => Math.floor((next() / 2 ** 32) * bound) }
}

/** A number of nine or ten digits that depends on the text alone. */
export function numberOf(text: string): number {
  return 200_000_000 + (createHash('sha256').update(text).digest().readUInt32LE(0) % 1_800_000_000)
}

/** The first 28 characters of a UUID (version 4 in form) that depend on the text alone. */
export function uuidPrefixOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 24)}`
}
