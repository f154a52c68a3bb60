import { CorruptError } from './corrupt.ts'
import { long, longAsNumber, readLong } from './varint.ts'

export interface HeaderBytes {
  readonly metadata: ReadonlyMap<string, Uint8Array>
  /** After the sync marker. */
  readonly end: number
}

/** The header's entries, after the magic bytes; undefined: more bytes are needed. @throws CorruptError */
export function parseHeader(buffer: Uint8Array, maxBytes: number): HeaderBytes | undefined {
  const metadata = new Map<string, Uint8Array>()
  let at = 4
  const number = (): number | undefined => {
    readLong(buffer, at)
    if (long.end > buffer.length) return undefined
    at = long.end
    return longAsNumber()
  }
  const bytes = (): Uint8Array | undefined => {
    const from = at
    const size = number()
    if (size === undefined) return undefined
    if (size < 0 || size > maxBytes) throw new CorruptError(`a header entry of ${size} bytes`, from)
    if (at + size > buffer.length) return undefined
    at += size
    return buffer.slice(at - size, at)
  }
  for (;;) {
    let count = number()
    if (count === undefined) return undefined
    if (count === 0) break
    if (count < 0) {
      count = -count
      if (number() === undefined) return undefined
    }
    for (let i = 0; i < count; i++) {
      const key = bytes()
      const value = key === undefined ? undefined : bytes()
      if (key === undefined || value === undefined) return undefined
      metadata.set(Buffer.from(key).toString('utf8'), value)
    }
  }
  return at + 16 > buffer.length ? undefined : { metadata, end: at + 16 }
}
