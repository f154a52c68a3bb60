import type { Vector } from '../landing.ts'
import { type Levels, varint } from './levels.ts'
import { Scratch } from './scratch.ts'

/** `RLE_DICTIONARY`: `dictionary` holds the only value, plain, and `parts` say that all values are it. */
export type Encoding = 'PLAIN' | 'DELTA_LENGTH_BYTE_ARRAY' | 'RLE_DICTIONARY'

export interface EncodedValues {
  readonly encoding: Encoding
  readonly parts: readonly Uint8Array[]
  readonly dictionary?: Uint8Array
}

/** How texts and bytes are held: `plain` is what every reader takes. */
export type TextEncoding = 'lengths first' | 'plain'

const scratch = new Scratch()

/**
 * The values of a column's present slots, one after another, as a Parquet page holds them: fixed widths plain; texts
 * and bytes as their lengths, then their contents in one run, which is how a `Vector` has them already, or plain. What is
 * given is to be used up before the next call.
 *
 * @param index which element of the vector a slot is; undefined: slot i is element i
 */
export function encodeValues(
  vector: LeafVector,
  levels: Levels,
  index: Int32Array | undefined,
  texts: TextEncoding,
): EncodedValues {
  scratch.reset()
  const slots = presentElements(levels, index)
  switch (vector.kind) {
    case 'STRING':
    case 'BYTES':
    case 'JSON':
      return (
        encodeConstant(vector, slots, levels.slots) ??
        (texts === 'plain'
          ? plain(plainTexts(vector, slots, levels.slots))
          : { encoding: 'DELTA_LENGTH_BYTE_ARRAY', parts: encodeTexts(vector, slots, levels.slots) })
      )
    case 'BOOL':
      return plain(packBits(vector.values, slots, levels.slots))
    case 'NUMERIC':
      return plain(bigEndianDecimals(vector.values, slots, levels.slots))
    default:
      return plain(fixedWidth(vector.values, slots, levels.slots))
  }
}

export type LeafVector = Exclude<Vector, { kind: 'STRUCT' | 'ARRAY' }>

function plain(part: Uint8Array): EncodedValues {
  return { encoding: 'PLAIN', parts: [part] }
}

/** The elements with a value, in order; undefined where every slot has one and is its own element. */
function presentElements(
  { slots, max, each }: Levels,
  index: Int32Array | undefined,
): Int32Array | undefined {
  if (typeof each === 'number' && index === undefined) return each === max ? undefined : new Int32Array(0)
  const elements = scratch.integers(slots)
  let count = 0
  for (let slot = 0; slot < slots; slot++) {
    const level = typeof each === 'number' ? each : (each[slot] as number)
    if (level === max) elements[count++] = index === undefined ? slot : (index[slot] as number)
  }
  return elements.subarray(0, count)
}

function fixedWidth(
  values: BigInt64Array | Float64Array | Int32Array,
  elements: Int32Array | undefined,
  slots: number,
): Uint8Array {
  const bytesEach = values.BYTES_PER_ELEMENT
  if (elements === undefined) return new Uint8Array(values.buffer, values.byteOffset, slots * bytesEach)
  // Copied as 32-bit words: a BigInt for each value would cost more than all the rest.
  const from = new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4)
  const words = bytesEach / 4
  const to = scratch.integers(elements.length * words)
  let at = 0
  for (const element of elements) {
    to[at++] = from[element * words] as number
    if (words === 2) to[at++] = from[element * 2 + 1] as number
  }
  return new Uint8Array(to.buffer, to.byteOffset, to.byteLength)
}

/** 16 bytes each, most significant first: Parquet's decimal of 38 digits. */
function bigEndianDecimals(
  values: BigInt64Array,
  elements: Int32Array | undefined,
  slots: number,
): Uint8Array {
  const from = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4)
  const count = elements === undefined ? slots : elements.length
  const out = scratch.integers(count * 4)
  for (let i = 0; i < count; i++) {
    const element = elements === undefined ? i : (elements[i] as number)
    for (let word = 0; word < 4; word++) out[i * 4 + word] = from[element * 4 + 3 - word] as number
  }
  // Words are in order now, each with its least significant byte first still.
  Buffer.from(out.buffer, out.byteOffset, out.byteLength).swap32()
  return new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
}

function packBits(values: Uint8Array, elements: Int32Array | undefined, slots: number): Uint8Array {
  const count = elements === undefined ? slots : elements.length
  const out = scratch.bytes(Math.ceil(count / 8)).fill(0)
  for (let i = 0; i < count; i++) {
    const element = elements === undefined ? i : (elements[i] as number)
    out[i >> 3] = (out[i >> 3] as number) | ((values[element] as number) << (i & 7))
  }
  return out
}

type TextVector = Extract<Vector, { kind: 'STRING' | 'BYTES' | 'JSON' }>

/**
 * Many of an event's texts are the same in all rows of a file: written once, they are neither copied nor read again.
 * undefined if the values differ.
 */
function encodeConstant(
  { offsets, bytes }: TextVector,
  elements: Int32Array | undefined,
  slots: number,
): EncodedValues | undefined {
  const count = elements === undefined ? slots : elements.length
  if (count < 2) return undefined
  const element = (i: number) => (elements === undefined ? i : (elements[i] as number))
  const start = offsets[element(0)] as number
  const size = (offsets[element(0) + 1] as number) - start
  for (let i = 1; i < count; i++) {
    if ((offsets[element(i) + 1] as number) - (offsets[element(i)] as number) !== size) return undefined
  }
  const end = start + size * count
  if (Buffer.compare(bytes.subarray(start + size, end), bytes.subarray(start, end - size)) !== 0)
    return undefined
  const dictionary = new Uint8Array(4 + size)
  new DataView(dictionary.buffer).setUint32(0, size, true)
  dictionary.set(bytes.subarray(start, start + size), 4)
  // One bit a value, and one run of so many times 0.
  return { encoding: 'RLE_DICTIONARY', dictionary, parts: [Uint8Array.from([1, ...varint(count * 2), 0])] }
}

/** An absent value has an empty range, so the contents of the present ones are one run also where some are absent. */
function encodeTexts(vector: TextVector, elements: Int32Array | undefined, slots: number): Uint8Array[] {
  const { offsets, bytes } = vector
  const count = elements === undefined ? slots : elements.length
  const lengths = scratch.integers(count)
  for (let i = 0; i < count; i++) {
    const element = elements === undefined ? i : (elements[i] as number)
    lengths[i] = (offsets[element + 1] as number) - (offsets[element] as number)
  }
  const first = offsets[0] as number
  const end =
    count === 0
      ? first
      : (offsets[elements === undefined ? slots : (elements[count - 1] as number) + 1] as number)
  return [encodeLengths(lengths), bytes.subarray(first, end)]
}

/** Each with its length before it, in four bytes. */
function plainTexts(
  { offsets, bytes }: TextVector,
  elements: Int32Array | undefined,
  slots: number,
): Uint8Array {
  const count = elements === undefined ? slots : elements.length
  let size = 0
  for (let i = 0; i < count; i++) {
    const element = elements === undefined ? i : (elements[i] as number)
    size += 4 + (offsets[element + 1] as number) - (offsets[element] as number)
  }
  const out = scratch.bytes(size)
  const view = new DataView(out.buffer, out.byteOffset)
  let at = 0
  for (let i = 0; i < count; i++) {
    const element = elements === undefined ? i : (elements[i] as number)
    const start = offsets[element] as number
    const end = offsets[element + 1] as number
    view.setUint32(at, end - start, true)
    at += 4
    // A call costs more than copying what is short.
    if (end - start > 64) out.set(bytes.subarray(start, end), at)
    else for (let from = start, to = at; from < end; ) out[to++] = bytes[from++] as number
    at += end - start
  }
  return out
}

const blockSize = 128
const miniBlocks = 4
const miniBlockSize = blockSize / miniBlocks

/**
 * DELTA_BINARY_PACKED (https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC). A block of equal
 * lengths takes six bytes; all others are stored with 32 bits each, because packing bits costs more time than the
 * few bytes of a file that is read once and thrown away.
 */
function encodeLengths(lengths: Int32Array): Uint8Array {
  const count = lengths.length
  const first = count === 0 ? 0 : (lengths[0] as number)
  const header = [...varint(blockSize), ...varint(miniBlocks), ...varint(count), ...varint(first * 2)]
  const blocks = Math.ceil(Math.max(0, count - 1) / blockSize)
  const out = scratch.bytes(header.length + blocks * (10 + miniBlocks + blockSize * 4))
  const view = new DataView(out.buffer, out.byteOffset)
  out.set(header)
  let at = header.length
  const deltas = new Int32Array(blockSize)
  for (let start = 1; start < count; start += blockSize) {
    const size = Math.min(blockSize, count - start)
    let least = 2 ** 31
    let greatest = -(2 ** 31)
    for (let i = 0; i < size; i++) {
      const delta = (lengths[start + i] as number) - (lengths[start + i - 1] as number)
      deltas[i] = delta
      if (delta < least) least = delta
      if (delta > greatest) greatest = delta
    }
    for (const byte of varint(least < 0 ? -2 * least - 1 : 2 * least)) out[at++] = byte
    if (least === greatest) {
      for (let mini = 0; mini < miniBlocks; mini++) out[at++] = 0 // bits each: no deltas follow
      continue
    }
    const used = Math.ceil(size / miniBlockSize)
    for (let mini = 0; mini < miniBlocks; mini++) out[at++] = mini < used ? 32 : 0
    for (let i = 0; i < size; i++) view.setUint32(at + i * 4, (deltas[i] as number) - least, true)
    const end = at + used * miniBlockSize * 4
    out.fill(0, at + size * 4, end)
    at = end
  }
  return out.subarray(0, at)
}
