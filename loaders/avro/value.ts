import { isUtf8 } from 'node:buffer'
import { CorruptError } from './corrupt.ts'
import type { AvroType } from './schema.ts'
import { long, longAsBigInt, longAsNumber, readLong, readSize } from './varint.ts'

/** A decoded value of any type: int, float, double numbers; long bigint; records and maps objects without prototype. */
export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AvroValue[]
  | { readonly [name: string]: AvroValue }

/** How deep values may be nested, and how many elements without a byte of their own a list may have. */
const maxDepth = 256
const maxEmptyElements = 65_536

/**
 * Decodes one value after another into plain JavaScript values: for types that have no fast way, for values that are
 * to be shown, and to step over a field. Slow beside the column decoder.
 */
export class ValueReader {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
  /** True once a text was not UTF-8. */
  sawInvalidText = false
  private readonly view: DataView

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes
    this.at = at
    this.end = end
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** @throws CorruptError */
  read(type: AvroType, depth = 0): AvroValue {
    if (depth > maxDepth) throw new CorruptError(`values nested deeper than ${maxDepth} levels`, this.at)
    switch (type.kind) {
      case 'null':
        return null
      case 'boolean':
        return this.boolean()
      case 'int':
        readLong(this.bytes, this.at)
        this.moveTo(long.end)
        return longAsNumber()
      case 'long':
        readLong(this.bytes, this.at)
        this.moveTo(long.end)
        return longAsBigInt()
      case 'float': {
        const from = this.take(4)
        return this.view.getFloat32(from, true)
      }
      case 'double': {
        const from = this.take(8)
        return this.view.getFloat64(from, true)
      }
      case 'bytes':
        return this.slice(this.size('bytes')).slice()
      case 'fixed':
        return this.slice(type.size).slice()
      case 'string':
        return this.text()
      case 'enum':
        return this.symbol(type.symbols)
      case 'array':
        return this.list(() => this.read(type.items, depth + 1))
      case 'map':
        return this.map(type.values, depth)
      case 'union': {
        const branch = type.branches[this.branch(type.branches.length)] as AvroType
        return this.read(branch, depth + 1)
      }
      case 'record': {
        const record: Record<string, AvroValue> = Object.create(null)
        for (const field of type.fields) record[field.name] = this.read(field.type, depth + 1)
        return record
      }
    }
  }

  private moveTo(at: number): void {
    if (at > this.end) throw new CorruptError('the data ends within a value', this.end)
    this.at = at
  }

  private take(size: number): number {
    const from = this.at
    this.moveTo(from + size)
    return from
  }

  private slice(size: number): Uint8Array {
    const from = this.take(size)
    return this.bytes.subarray(from, from + size)
  }

  private size(what: string): number {
    const size = readSize(this.bytes, this.at, this.end - this.at, what)
    this.moveTo(long.end)
    return size
  }

  private boolean(): boolean {
    const byte = this.bytes[this.take(1)]
    if (byte !== 0 && byte !== 1) throw new CorruptError(`a boolean of ${byte}`, this.at - 1)
    return byte === 1
  }

  /** Bytes that are not UTF-8 stay bytes. */
  private text(): string | Uint8Array {
    const bytes = this.slice(this.size('a text'))
    if (!isUtf8(bytes)) {
      this.sawInvalidText = true
      return bytes.slice()
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }

  private branch(count: number): number {
    const at = this.at
    readLong(this.bytes, at)
    const branch = longAsNumber()
    if (branch < 0 || branch >= count) throw new CorruptError(`branch ${branch} of a union of ${count}`, at)
    this.moveTo(long.end)
    return branch
  }

  private symbol(symbols: readonly string[]): string {
    const at = this.at
    readLong(this.bytes, at)
    this.moveTo(long.end)
    const symbol = symbols[longAsNumber()]
    if (symbol === undefined)
      throw new CorruptError(`symbol ${longAsNumber()} of an enum of ${symbols.length}`, at)
    return symbol
  }

  private list(readElement: () => AvroValue): AvroValue[] {
    const elements: AvroValue[] = []
    this.eachBlock((count) => {
      for (let i = 0; i < count; i++) elements.push(readElement())
    })
    return elements
  }

  private map(values: AvroType, depth: number): AvroValue {
    const entries: Record<string, AvroValue> = Object.create(null)
    this.eachBlock((count) => {
      for (let i = 0; i < count; i++) {
        const text = this.text()
        const key =
          typeof text === 'string' ? text : `invalid_utf8_base64:${Buffer.from(text).toString('base64')}`
        entries[key] = this.read(values, depth + 1)
      }
    })
    return entries
  }

  private eachBlock(readBlock: (count: number) => void): void {
    let empty = 0
    for (;;) {
      const count = this.blockCount()
      if (count === 0) return
      const before = this.at
      // Elements without bytes (nulls) cost nothing to write and memory to read: they have a limit of their own.
      if (count > this.end - this.at) {
        empty += count
        if (empty > maxEmptyElements)
          throw new CorruptError(`a list of ${count}, longer than what follows`, before)
      }
      readBlock(count)
    }
  }

  private blockCount(): number {
    readLong(this.bytes, this.at)
    const count = longAsNumber()
    this.moveTo(long.end)
    if (count >= 0) return count
    readLong(this.bytes, this.at) // the block's size in bytes, for readers that skip it
    this.moveTo(long.end)
    return -count
  }
}
