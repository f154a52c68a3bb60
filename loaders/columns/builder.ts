import type { SqlType } from '../../runner/googlesql/types/type.ts'
import type { Vector } from '../../runner/warehouse/landing.ts'
import { grown, larger, repeatOffsets, repeatRun } from './growth.ts'

/**
 * A value ready for its column: BOOL boolean; INT64, TIME, TIMESTAMP, DATETIME (microseconds) and NUMERIC (times 10^9)
 * bigint; FLOAT64 and DATE (days) number; STRING and JSON text; BYTES bytes; STRUCT and ARRAY a list.
 */
export type Stored = null | boolean | bigint | number | string | Uint8Array | readonly Stored[]

/**
 * One column under construction. Slot `row` may be written again until a later one is: what a row left half written is
 * overwritten by the next. Typed arrays are public for the decoders, which write them directly.
 */
export interface Builder {
  readonly kind: Vector['kind']
  /** Room for so many rows. */
  reserve(rows: number): void
  put(row: number, value: Stored): void
  /** Writes `times` times more, right behind them, what the `size` rows from `row` on have. There is room for the rows. */
  repeat(row: number, size: number, times: number): void
  /**
   * The first `rows` rows; the builder starts over in the same arrays, so the vector is to be used up before the next
   * row is written: memory that is written again costs a fraction of memory that is asked for.
   */
  take(rows: number): Vector
}

/** A builder for a type of a raw table. */
export function builderFor(type: SqlType): Builder {
  switch (type.kind) {
    case 'STRUCT':
      return new StructBuilder(
        type.fields.map(({ name, type: inner }) => ({ name: name ?? '', builder: builderFor(inner) })),
      )
    case 'ARRAY':
      return new ArrayBuilder(builderFor(type.element))
    case 'STRING':
    case 'JSON':
    case 'BYTES':
      return new TextBuilder(type.kind)
    case 'BOOL':
      return new BoolBuilder()
    case 'DATE':
      return new DateBuilder()
    case 'FLOAT64':
      return new FloatBuilder()
    case 'NUMERIC':
      return new DecimalBuilder()
    case 'INT64':
    case 'TIME':
    case 'TIMESTAMP':
    case 'DATETIME':
      return new WordBuilder(type.kind)
    default:
      throw new Error(`raw tables have no ${type.kind}`)
  }
}

const firstCapacity = 64

/** Which rows have a value; `some` is true once one had none. */
class Validity {
  bytes = new Uint8Array(firstCapacity)
  someNull = false

  reserve(rows: number): void {
    if (rows > this.bytes.length)
      this.bytes = grown(this.bytes, new Uint8Array(larger(this.bytes.length, rows)))
  }

  repeat(row: number, size: number, times: number): void {
    repeatRun(this.bytes, row, size, times)
  }

  take(rows: number): { valid?: Uint8Array } {
    const valid = this.bytes.subarray(0, rows)
    const some = this.someNull && valid.includes(0)
    this.someNull = false
    return some ? { valid } : {}
  }
}

abstract class ScalarBuilder {
  readonly validity = new Validity()

  protected setPresent(row: number, present: boolean): void {
    this.validity.bytes[row] = present ? 1 : 0
    if (!present) this.validity.someNull = true
  }
}

export class BoolBuilder extends ScalarBuilder implements Builder {
  readonly kind = 'BOOL'
  values = new Uint8Array(firstCapacity)

  reserve(rows: number): void {
    this.validity.reserve(rows)
    if (rows > this.values.length)
      this.values = grown(this.values, new Uint8Array(larger(this.values.length, rows)))
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    this.values[row] = value === true ? 1 : 0
  }

  repeat(row: number, size: number, times: number): void {
    this.validity.repeat(row, size, times)
    repeatRun(this.values, row, size, times)
  }

  take(rows: number): Vector {
    return { kind: 'BOOL', values: this.values.subarray(0, rows), ...this.validity.take(rows) }
  }
}

export class DateBuilder extends ScalarBuilder implements Builder {
  readonly kind = 'DATE'
  values = new Int32Array(firstCapacity)

  reserve(rows: number): void {
    this.validity.reserve(rows)
    if (rows > this.values.length)
      this.values = grown(this.values, new Int32Array(larger(this.values.length, rows)))
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    this.values[row] = value === null ? 0 : (value as number)
  }

  repeat(row: number, size: number, times: number): void {
    this.validity.repeat(row, size, times)
    repeatRun(this.values, row, size, times)
  }

  take(rows: number): Vector {
    return { kind: 'DATE', values: this.values.subarray(0, rows), ...this.validity.take(rows) }
  }
}

/** 64-bit values as pairs of 32-bit words, low one first: decoders make no bigint for a value. */
abstract class WordsBuilder extends ScalarBuilder {
  private readonly wordsEach: number
  words: Int32Array

  constructor(wordsEach: number) {
    super()
    this.wordsEach = wordsEach
    this.words = new Int32Array(firstCapacity * wordsEach)
  }

  reserve(rows: number): void {
    this.validity.reserve(rows)
    const wanted = rows * this.wordsEach
    if (wanted > this.words.length)
      this.words = grown(this.words, new Int32Array(larger(this.words.length, wanted)))
  }

  repeat(row: number, size: number, times: number): void {
    const { wordsEach } = this
    this.validity.repeat(row, size, times)
    repeatRun(this.words, row * wordsEach, size * wordsEach, times)
  }

  protected get buffer(): ArrayBuffer {
    return this.words.buffer as ArrayBuffer
  }
}

export class WordBuilder extends WordsBuilder implements Builder {
  readonly kind: 'INT64' | 'TIME' | 'TIMESTAMP' | 'DATETIME'

  constructor(kind: 'INT64' | 'TIME' | 'TIMESTAMP' | 'DATETIME') {
    super(2)
    this.kind = kind
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    const bits = value === null ? 0n : (value as bigint)
    this.words[row * 2] = Number(BigInt.asIntN(32, bits))
    this.words[row * 2 + 1] = Number(BigInt.asIntN(32, bits >> 32n))
  }

  take(rows: number): Vector {
    const values = new BigInt64Array(this.buffer, 0, rows)
    return { kind: this.kind, values, ...this.validity.take(rows) }
  }
}

const double = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)

export class FloatBuilder extends WordsBuilder implements Builder {
  readonly kind = 'FLOAT64'

  constructor() {
    super(2)
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    double[0] = value === null ? 0 : (value as number)
    this.words[row * 2] = doubleWords[0] as number
    this.words[row * 2 + 1] = doubleWords[1] as number
  }

  take(rows: number): Vector {
    const values = new Float64Array(this.buffer, 0, rows)
    return { kind: 'FLOAT64', values, ...this.validity.take(rows) }
  }
}

export class DecimalBuilder extends WordsBuilder implements Builder {
  readonly kind = 'NUMERIC'

  constructor() {
    super(4)
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    let bits = value === null ? 0n : (value as bigint)
    for (let word = 0; word < 4; word++) {
      this.words[row * 4 + word] = Number(BigInt.asIntN(32, bits))
      bits >>= 32n
    }
  }

  take(rows: number): Vector {
    const values = new BigInt64Array(this.buffer, 0, rows * 2)
    return { kind: 'NUMERIC', values, ...this.validity.take(rows) }
  }
}

const encoder = new TextEncoder()

/** Memory that is never written costs nothing; to move what is written when there is no more room costs much. */
const likelyTextBytes = 16

export class TextBuilder extends ScalarBuilder implements Builder {
  readonly kind: 'STRING' | 'BYTES' | 'JSON'
  /** Row i begins at `offsets[i]`; writing it sets `offsets[i + 1]`. */
  offsets = new Uint32Array(firstCapacity + 1)
  bytes = new Uint8Array(firstCapacity * 16)
  /** Of `bytes`. */
  view = new DataView(this.bytes.buffer)

  constructor(kind: 'STRING' | 'BYTES' | 'JSON') {
    super()
    this.kind = kind
  }

  reserve(rows: number): void {
    this.validity.reserve(rows)
    if (rows + 1 > this.offsets.length) {
      this.offsets = grown(this.offsets, new Uint32Array(larger(this.offsets.length, rows + 1)))
      this.reserveBytes(rows * likelyTextBytes)
    }
  }

  /** Room for so many bytes in all. */
  reserveBytes(size: number): Uint8Array {
    if (size > this.bytes.length) {
      this.bytes = grown(this.bytes, new Uint8Array(larger(this.bytes.length, size)))
      this.view = new DataView(this.bytes.buffer)
    }
    return this.bytes
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    const start = this.offsets[row] as number
    if (value === null) {
      this.offsets[row + 1] = start
      return
    }
    const bytes = typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array)
    this.reserveBytes(start + bytes.length).set(bytes, start)
    this.offsets[row + 1] = start + bytes.length
  }

  repeat(row: number, size: number, times: number): void {
    this.validity.repeat(row, size, times)
    const length = repeatOffsets(this.offsets, row, size, times)
    const start = this.offsets[row] as number
    repeatRun(this.reserveBytes(start + length * (times + 1)), start, length, times)
  }

  take(rows: number): Vector {
    const { kind, offsets, bytes } = this
    const end = offsets[rows] as number
    return {
      kind,
      offsets: offsets.subarray(0, rows + 1),
      bytes: bytes.subarray(0, end),
      ...this.validity.take(rows),
    }
  }
}

export class StructBuilder extends ScalarBuilder implements Builder {
  readonly kind = 'STRUCT'
  readonly fields: readonly { readonly name: string; readonly builder: Builder }[]

  constructor(fields: readonly { readonly name: string; readonly builder: Builder }[]) {
    super()
    this.fields = fields
  }

  reserve(rows: number): void {
    this.validity.reserve(rows)
    for (const { builder } of this.fields) builder.reserve(rows)
  }

  put(row: number, value: Stored): void {
    this.setPresent(row, value !== null)
    const values = value === null ? undefined : (value as readonly Stored[])
    for (let i = 0; i < this.fields.length; i++) this.fields[i]?.builder.put(row, values?.[i] ?? null)
  }

  repeat(row: number, size: number, times: number): void {
    this.validity.repeat(row, size, times)
    for (const { builder } of this.fields) builder.repeat(row, size, times)
  }

  take(rows: number): Vector {
    const fields = this.fields.map(({ name, builder }) => ({ name, vector: builder.take(rows) }))
    return { kind: 'STRUCT', fields, ...this.validity.take(rows) }
  }
}

export class ArrayBuilder implements Builder {
  readonly kind = 'ARRAY'
  readonly element: Builder
  offsets = new Uint32Array(firstCapacity + 1)
  private elementRoom = 0

  constructor(element: Builder) {
    this.element = element
  }

  reserve(rows: number): void {
    if (rows + 1 > this.offsets.length) {
      this.offsets = grown(this.offsets, new Uint32Array(larger(this.offsets.length, rows + 1)))
    }
  }

  /** Room for so many elements of all rows together. */
  reserveElements(count: number): void {
    if (count <= this.elementRoom) return
    this.elementRoom = larger(this.elementRoom, count)
    this.element.reserve(this.elementRoom)
  }

  /** A NULL list is an empty one, as in BigQuery. */
  put(row: number, value: Stored): void {
    const elements = value === null ? [] : (value as readonly Stored[])
    const start = this.offsets[row] as number
    this.reserveElements(start + elements.length)
    for (let i = 0; i < elements.length; i++) this.element.put(start + i, elements[i] ?? null)
    this.offsets[row + 1] = start + elements.length
  }

  repeat(row: number, size: number, times: number): void {
    const length = repeatOffsets(this.offsets, row, size, times)
    const start = this.offsets[row] as number
    this.reserveElements(start + length * (times + 1))
    this.element.repeat(start, length, times)
  }

  take(rows: number): Vector {
    const offsets = this.offsets.subarray(0, rows + 1)
    return { kind: 'ARRAY', offsets, element: this.element.take(offsets[rows] as number) }
  }
}
