import { isAscii, isUtf8 } from 'node:buffer'
import type {
  ArrayBuilder,
  BoolBuilder,
  Builder,
  DateBuilder,
  DecimalBuilder,
  FloatBuilder,
  TextBuilder,
  WordBuilder,
} from '../columns/builder.ts'
import { bigEndian } from './big-endian.ts'
import { CorruptError } from './corrupt.ts'
import { outOfRange } from './out-of-range.ts'
import { long, longAsBigInt, longAsNumber, readLong, readSize } from './varint.ts'

/**
 * The steps that generated decoders are made of: each reads one value at `at`, writes it into a builder's row and gives
 * where the value ended. None allocates anything for an ordinary value. A value that is read but does not fit its
 * column is noted in `misfit`; the row is then not kept.
 */
export const misfit = { noted: false, column: '', reason: '' }

export function noteMisfit(column: string, reason: string): void {
  if (misfit.noted) return
  misfit.noted = true
  misfit.column = column
  misfit.reason = reason
}

export function nullInto(builder: Builder, row: number): void {
  builder.put(row, null)
}

export function nullWord(
  builder: WordBuilder | FloatBuilder | DecimalBuilder | BoolBuilder | DateBuilder,
  row: number,
): void {
  builder.validity.bytes[row] = 0
  builder.validity.someNull = true
}

export function nullText(builder: TextBuilder, row: number): void {
  builder.validity.bytes[row] = 0
  builder.validity.someNull = true
  builder.offsets[row + 1] = builder.offsets[row] as number
}

export function longInto(bytes: Uint8Array, at: number, builder: WordBuilder, row: number): number {
  readLong(bytes, at)
  const { words } = builder
  words[row * 2] = long.low
  words[row * 2 + 1] = long.high
  builder.validity.bytes[row] = 1
  return long.end
}

const minMicros = -62_135_596_800_000_000n
const maxMicros = 253_402_300_799_999_999n
/** High words strictly between these are surely within the range. */
const minHigh = Number(minMicros >> 32n)
const maxHigh = Number(maxMicros >> 32n)

/** Microseconds since 1970, within years 1 to 9999. */
export function microsInto(
  bytes: Uint8Array,
  at: number,
  builder: WordBuilder,
  row: number,
  column: string,
): number {
  readLong(bytes, at)
  const { high } = long
  if (high <= minHigh || high >= maxHigh) {
    const value = longAsBigInt()
    if (value < minMicros || value > maxMicros) noteMisfit(column, outOfRange.timestamp)
  }
  const { words } = builder
  words[row * 2] = long.low
  words[row * 2 + 1] = high
  builder.validity.bytes[row] = 1
  return long.end
}

const maxMillis = 253_402_300_799_999
const minMillis = -62_135_596_800_000

export function millisInto(
  bytes: Uint8Array,
  at: number,
  builder: WordBuilder,
  row: number,
  column: string,
): number {
  readLong(bytes, at)
  const millis = longAsNumber()
  if (millis < minMillis || millis > maxMillis) noteMisfit(column, outOfRange.timestamp)
  const low = (long.low >>> 0) * 1000
  const { words } = builder
  words[row * 2] = (low % 4_294_967_296) | 0
  words[row * 2 + 1] = (long.high * 1000 + Math.floor(low / 4_294_967_296)) | 0
  builder.validity.bytes[row] = 1
  return long.end
}

const microsPerDay = 86_400_000_000

export function timeMicrosInto(
  bytes: Uint8Array,
  at: number,
  builder: WordBuilder,
  row: number,
  column: string,
): number {
  readLong(bytes, at)
  const micros = longAsNumber()
  if (micros < 0 || micros >= microsPerDay) noteMisfit(column, outOfRange.time)
  const { words } = builder
  words[row * 2] = long.low
  words[row * 2 + 1] = long.high
  builder.validity.bytes[row] = 1
  return long.end
}

export function dateInto(
  bytes: Uint8Array,
  at: number,
  builder: DateBuilder,
  row: number,
  column: string,
): number {
  readLong(bytes, at)
  const days = longAsNumber()
  if (days < -719_162 || days > 2_932_896) noteMisfit(column, outOfRange.date)
  builder.values[row] = long.low
  builder.validity.bytes[row] = 1
  return long.end
}

export function boolInto(bytes: Uint8Array, at: number, builder: BoolBuilder, row: number): number {
  const byte = bytes[at] as number
  if (byte > 1) throw new CorruptError(`a boolean of ${byte}`, at)
  builder.values[row] = byte
  builder.validity.bytes[row] = 1
  return at + 1
}

export function doubleInto(bytes: Uint8Array, at: number, builder: FloatBuilder, row: number): number {
  const { words } = builder
  words[row * 2] = word(bytes, at)
  words[row * 2 + 1] = word(bytes, at + 4)
  builder.validity.bytes[row] = 1
  return at + 8
}

const single = new Float32Array(1)
const singleWord = new Int32Array(single.buffer)
const double = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)

export function floatInto(bytes: Uint8Array, at: number, builder: FloatBuilder, row: number): number {
  singleWord[0] = word(bytes, at)
  double[0] = single[0] as number
  const { words } = builder
  words[row * 2] = doubleWords[0] as number
  words[row * 2 + 1] = doubleWords[1] as number
  builder.validity.bytes[row] = 1
  return at + 4
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

/** Up to here a loop over words is faster than a call into the engine. */
const shortText = 192

let source: DataView = new DataView(new ArrayBuffer(0))
let sourceEnd = 0

/** The bytes that the following steps read. */
export function readFrom(bytes: Uint8Array): void {
  source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  sourceEnd = bytes.byteLength
}

/** True if the `size` bytes at `at` are those at `before`. */
export function repeats(before: number, at: number, size: number): boolean {
  if (at + size > sourceEnd) return false
  let i = 0
  for (; i + 4 <= size; i += 4)
    if (source.getInt32(before + i, true) !== source.getInt32(at + i, true)) return false
  for (; i < size; i++) if (source.getUint8(before + i) !== source.getUint8(at + i)) return false
  return true
}

/** Rows between `row` and `end` are what `row` is. */
export function repeatRow(builders: readonly Builder[], row: number, end: number): void {
  for (const builder of builders) builder.repeat(row, 1, end - row - 1)
}

/**
 * Copies a text. That it is UTF-8 is left to be checked for a whole column at once (see `textsAreUtf8`), which asks that
 * no text begins within a character.
 */
export function textInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  builder: TextBuilder,
  row: number,
): number {
  let size = bytes[start] as number
  let at = start + 1
  if (size > 127 || (size & 1) === 1) {
    size = readSize(bytes, start, end - start, 'a text')
    at = long.end
  } else size >>>= 1
  const after = at + size
  if (after > end) throw new CorruptError('the data ends within a text', start)
  const to = builder.offsets[row] as number
  if (to + size + 8 > builder.bytes.length) builder.reserveBytes(to + size + 8)
  if (size <= shortText && after + 8 <= sourceEnd) {
    const { view } = builder
    // The last word may bring bytes that are not the text's; the next text overwrites them. No bigint is made of a word
    // that is only moved, once the engine has compiled this.
    for (let i = 0; i < size; i += 8) view.setBigUint64(to + i, source.getBigUint64(at + i, true), true)
  } else builder.bytes.set(bytes.subarray(at, after), to)
  builder.offsets[row + 1] = to + size
  builder.validity.bytes[row] = 1
  return after
}

/** The same for a block that is known to have texts that are not UTF-8: their rows are left out. */
export function checkedTextInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  builder: TextBuilder,
  row: number,
  column: string,
): number {
  const after = textInto(bytes, start, end, builder, row)
  const from = builder.offsets[row] as number
  const to = builder.offsets[row + 1] as number
  if (!isUtf8(builder.bytes.subarray(from, to))) noteMisfit(column, 'the text is not UTF-8')
  return after
}

/** True if every text of elements `from` to `to` is UTF-8: all of them together are, and none begins within a character. */
export function textsAreUtf8({ offsets, bytes }: TextBuilder, from: number, to: number): boolean {
  const start = offsets[from] as number
  const end = offsets[to] as number
  const all = bytes.subarray(start, end)
  if (isAscii(all)) return true
  if (!isUtf8(all)) return false
  for (let i = from; i < to; i++) {
    const at = offsets[i] as number
    if (at < end && ((bytes[at] as number) & 0xc0) === 0x80) return false
  }
  return true
}

export function bytesInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  builder: TextBuilder,
  row: number,
): number {
  const size = readSize(bytes, start, end - start, 'bytes')
  return fixedInto(bytes, long.end, end, builder, row, size)
}

export function fixedInto(
  bytes: Uint8Array,
  at: number,
  end: number,
  builder: TextBuilder,
  row: number,
  size: number,
): number {
  if (at + size > end) throw new CorruptError('the data ends within bytes', at)
  const to = builder.offsets[row] as number
  builder.reserveBytes(to + size).set(bytes.subarray(at, at + size), to)
  builder.offsets[row + 1] = to + size
  builder.validity.bytes[row] = 1
  return at + size
}

/** A whole number as decimal digits. */
export function digitsInto(bytes: Uint8Array, at: number, builder: TextBuilder, row: number): number {
  readLong(bytes, at)
  const value = longAsNumber()
  if (!Number.isSafeInteger(value)) {
    builder.put(row, String(longAsBigInt()))
    return long.end
  }
  const from = builder.offsets[row] as number
  const target = from + 20 > builder.bytes.length ? builder.reserveBytes(from + 20) : builder.bytes
  let to = from
  let rest = value
  if (rest < 0) {
    target[to++] = 45
    rest = -rest
  }
  // Integer arithmetic: a number of 16 digits is two of 8.
  const high = Math.floor(rest / 100_000_000)
  const digits = high === 0 ? digitsOf(rest) : digitsOf(high) + 8
  if (high === 0) writeDigits(target, to, digits, rest | 0)
  else {
    writeDigits(target, to, digits - 8, high | 0)
    writeDigits(target, to + digits - 8, 8, (rest - high * 100_000_000) | 0)
  }
  builder.offsets[row + 1] = to + digits
  builder.validity.bytes[row] = 1
  return long.end
}

/** Of a number below 2^31. */
function digitsOf(value: number): number {
  let digits = 1
  for (let power = 10; power <= value; power *= 10) digits++
  return digits
}

function writeDigits(target: Uint8Array, to: number, digits: number, value: number): void {
  let rest = value
  for (let i = to + digits - 1; i >= to; i--) {
    const next = (rest / 10) | 0
    target[i] = 48 + rest - next * 10
    rest = next
  }
}

const maxNumeric = 10n ** 38n

/** A decimal of `scale` digits after the point into NUMERIC, which has nine: `factor` is 10^(9 - scale). */
export function decimalInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  builder: DecimalBuilder,
  row: number,
  factor: number,
  column: string,
): number {
  const size = readSize(bytes, start, end - start, 'a decimal')
  const at = long.end
  if (at + size > end) throw new CorruptError('the data ends within a decimal', at)
  let value = size === 0 ? 0 : ((bytes[at] as number) << 24) >> 24
  for (let i = 1; i < size && i < 7; i++) value = value * 256 + (bytes[at + i] as number)
  const scaled = value * factor
  if (size <= 6 && Number.isSafeInteger(scaled)) {
    const { words } = builder
    const sign = scaled < 0 ? -1 : 0
    words[row * 4] = (scaled % 4_294_967_296) | 0
    words[row * 4 + 1] = Math.floor(scaled / 4_294_967_296)
    words[row * 4 + 2] = sign
    words[row * 4 + 3] = sign
    builder.validity.bytes[row] = 1
    return at + size
  }
  const wide = bigEndian(bytes, at, size) * BigInt(factor)
  if (wide <= -maxNumeric || wide >= maxNumeric) noteMisfit(column, outOfRange.numeric)
  builder.put(row, BigInt.asIntN(128, wide))
  return at + size
}

/** The number of elements in an array's next block, 0 at its end; room for them is made. Its end is in `long.end`. */
export function arrayBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  builder: ArrayBuilder,
  filled: number,
): number {
  readLong(bytes, start)
  let count = longAsNumber()
  if (count < 0) {
    count = -count
    readLong(bytes, long.end)
  }
  // Every element that is decoded here takes a byte at least.
  if (count > end - long.end) throw new CorruptError(`a list of ${count}, longer than what follows`, start)
  builder.reserveElements(filled + count)
  return count
}

export function branchError(branch: number, at: number): never {
  throw new CorruptError(`branch ${branch} of a union that has no such`, at)
}
