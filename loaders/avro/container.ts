import { Problem } from '../../runner/problem.ts'
import { defaultContentLimits, settingOf } from '../file/content-limits.ts'
import { type Codec, inflated, isCodec, uncompress } from './codec.ts'
import { CorruptError } from './corrupt.ts'
import { type HeaderBytes, parseHeader } from './file-header.ts'
import { long, longAsNumber, readLong } from './varint.ts'

/** A file that cannot be read, and the byte at which that showed. */
export class UnreadableFile extends Problem {
  readonly offset: number

  constructor(reason: string, offset: number, cause?: unknown) {
    super(`${reason} (at byte ${offset})`, { cause })
    this.name = 'UnreadableFile'
    this.offset = offset
  }
}

export interface ContainerLimits {
  /** Of one block, in the file and uncompressed. */
  readonly maxBlockBytes: number
}

/** Of a file's header, which is a schema for the most part. */
const maxHeaderBytes = 64 * 1024 * 1024

export interface ContainerHeader {
  readonly schema: string
  readonly codec: Codec
  readonly metadata: ReadonlyMap<string, Uint8Array>
}

export interface Block {
  /** Records in it. */
  readonly count: number
  /** Uncompressed. */
  readonly data: Uint8Array
  /** Where its data begin in the file, and end. */
  readonly offset: number
  readonly end: number
  /** True if the data are the file's own bytes. */
  readonly plain: boolean
  /** What is wrong around the data, of a block that is given all the same: it is cut short, or not marked at its end. */
  readonly flaw?: string
}

/** Bytes of a file that no block can be read from. */
export interface Damage {
  readonly from: number
  /** Behind the last. */
  readonly to: number
  readonly reason: string
  /** Events in it, where the file says so. */
  readonly count: number | undefined
}

export const avroMagic = Uint8Array.from([0x4f, 0x62, 0x6a, 0x01])

/** True if the bytes begin as an Avro object container file does. */
export function isAvro(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && avroMagic.every((byte, index) => bytes[index] === byte)
}

/**
 * Reads an Avro object container file as it comes in: give it the file's bytes in pieces of any size, take the header
 * once it is there and the blocks that are complete. Holds one block at a time.
 *
 * @see https://avro.apache.org/docs/1.11.1/specification/#object-container-files
 */
export class ContainerReader {
  header: ContainerHeader | undefined
  private readonly limits: ContainerLimits
  private sync: Uint8Array | undefined
  /** What is not read yet: a view on `memory`, which grows to the largest block and is used again and again. */
  private buffer: Uint8Array = new Uint8Array(0)
  private memory: Uint8Array = new Uint8Array(0)
  /** Where in `memory` it begins. */
  private start = 0
  /** Where `buffer` begins in the file. */
  private base = 0
  /** So many bytes `buffer` must have before another look is worth it: a block is put together once, however large. */
  private wanted = 0
  /** Damage that has begun and of which no end was found yet. */
  private lost: { readonly from: number; readonly reason: string } | undefined

  constructor(limits: ContainerLimits = defaultContentLimits) {
    this.limits = limits
  }

  /**
   * Adds the next bytes of the file (they are copied) and gives the blocks they complete; a block's data are gone with
   * the next call.
   *
   * @throws UnreadableFile
   */
  *push(bytes: Uint8Array): Generator<Block> {
    this.keep(bytes)
    if (this.buffer.length < this.wanted) return
    this.wanted = this.buffer.length + 1
    if (this.header === undefined && !this.readHeader()) return
    let at = 0
    try {
      for (;;) {
        const frame = this.frameAt(at)
        if (frame === undefined) break
        at = frame.end
        yield this.blockOf(frame)
      }
    } finally {
      this.drop(at)
    }
  }

  /**
   * As `push`, but goes on after a block that cannot be read: with the next if the file says where it begins, else
   * behind the next sync marker. What was stepped over is given as damage.
   *
   * @throws UnreadableFile for a header that cannot be read
   */
  *salvage(bytes: Uint8Array, atEnd = false): Generator<Block | Damage> {
    this.keep(bytes)
    if (this.header === undefined && !this.readHeader()) return
    for (;;) {
      if (this.lost !== undefined) {
        const damage = this.resync(this.lost)
        if (damage === undefined) return
        yield damage
      }
      if (this.buffer.length < this.wanted && !atEnd) return
      const found = this.salvageOne(atEnd)
      if (found === undefined) return
      if (found !== 'lost') yield found
    }
  }

  /** The file has ended: what can still be read of the rest. @throws UnreadableFile for a header that is cut short */
  *salvageEnd(): Generator<Block | Damage> {
    if (this.header === undefined) this.finish()
    for (;;) {
      yield* this.salvage(new Uint8Array(0), true)
      const { base, lost } = this
      const to = base + this.buffer.length
      if (lost !== undefined) {
        this.drop(this.buffer.length)
        this.lost = undefined
        if (lost.from < to) yield { ...lost, to, count: undefined }
        return
      }
      if (this.buffer.length === 0) return
      // A block that is cut short, or whose size is damaged: then others follow.
      const reason = endsWithin(base, to)
      const block = this.nextSync() < 0 ? this.cutBlock(reason) : undefined
      if (block !== undefined) {
        this.drop(this.buffer.length)
        yield block
        return
      }
      this.lost = { from: base, reason }
    }
  }

  /** The next block or damage; `lost` if damage has begun; undefined while more bytes are needed. */
  private salvageOne(atEnd: boolean): Block | Damage | 'lost' | undefined {
    const from = this.base
    try {
      const frame = this.frameAt(0, false)
      if (frame === undefined) return undefined
      const isSynced = this.isSynced(frame)
      const isSound = isSynced || this.isSoundAt(frame.end, atEnd)
      if (isSound === undefined) return undefined
      const unsynced = this.unsynced(frame)
      if (!isSound) throw unsynced
      try {
        const block = this.blockOf(frame)
        this.drop(frame.end)
        return isSynced ? block : { ...block, flaw: unsynced.message }
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error
        this.drop(frame.end)
        return { from, to: this.base, reason: error.message, count: frame.count }
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      this.lost = { from, reason: error.message }
      return 'lost'
    }
  }

  /** True if a block with its sync marker, or the file's end, is there; undefined while more bytes are needed to tell. */
  private isSoundAt(start: number, atEnd: boolean): boolean | undefined {
    if (start === this.buffer.length && atEnd) return true
    try {
      const frame = this.frameAt(start, false)
      if (frame !== undefined) return this.isSynced(frame)
      this.wanted = Math.max(this.wanted, this.buffer.length + 1)
      return atEnd ? false : undefined
    } catch (error) {
      if (error instanceof UnreadableFile) return false
      throw error
    }
  }

  /** The beginning of a block, as far as it is there; undefined if nothing of it can be told. */
  private cutBlock(flaw: string): Block | undefined {
    const codec = this.header?.codec ?? 'null'
    try {
      const count = this.frameNumber(0)
      const size = count === undefined ? undefined : this.frameNumber(count.end)
      if (count === undefined || size === undefined || count.value < 0 || codec === 'snappy') return undefined
      const stored = this.buffer.subarray(size.end, size.end + Math.max(0, size.value))
      const data = codec === 'null' ? stored : inflated(stored, this.limits.maxBlockBytes, true)
      const [offset, end] = [this.base + size.end, this.base + this.buffer.length]
      return { count: count.value, data, offset, end, plain: codec === 'null', flaw }
    } catch (error) {
      if (error instanceof UnreadableFile || error instanceof CorruptError) return undefined
      throw error
    }
  }

  /** Where the next sync marker begins in what waits, or -1. */
  private nextSync(): number {
    const { buffer } = this
    const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length)
    return bytes.indexOf(this.sync ?? new Uint8Array(16))
  }

  /** Steps over what waits up to behind the next sync marker; undefined if there is none yet. */
  private resync(lost: { readonly from: number; readonly reason: string }): Damage | undefined {
    const at = this.nextSync()
    this.drop(at < 0 ? Math.max(0, this.buffer.length - 15) : at + 16)
    this.wanted = 0
    if (at < 0) return undefined
    this.lost = undefined
    return { ...lost, to: this.base, count: undefined }
  }

  /** Copies the bytes behind those that wait. */
  private keep(bytes: Uint8Array): void {
    const { buffer, memory } = this
    const size = buffer.length + bytes.length
    let start = this.start
    if (size > memory.length) {
      // A block's size is known before all of it is there: room for it at once.
      const expected = Math.min(this.wanted, this.limits.maxBlockBytes) + bytes.length
      this.memory = new Uint8Array(Math.max(size, expected))
      this.memory.set(buffer)
      start = 0
    } else if (start + size > memory.length) {
      memory.copyWithin(0, start, start + buffer.length)
      start = 0
    }
    this.memory.set(bytes, start + buffer.length)
    this.start = start
    this.buffer = this.memory.subarray(start, start + size)
  }

  /** The first `size` bytes that wait are done with. */
  private drop(size: number): void {
    this.buffer = this.buffer.subarray(size)
    this.start += size
    this.base += size
    this.wanted -= size
  }

  /** The file has ended. @throws UnreadableFile if it did so within the header or a block */
  finish(): void {
    if (this.header === undefined)
      throw new UnreadableFile('the file ends within its header', this.base + this.buffer.length)
    if (this.buffer.length > 0) {
      const end = this.base + this.buffer.length
      throw new UnreadableFile(`the file ends within the block that begins at byte ${this.base}`, end)
    }
  }

  private readHeader(): boolean {
    const { buffer } = this
    if (!isAvro(buffer)) {
      if (buffer.length < 4) return false
      throw new UnreadableFile('the file is not an Avro object container file', 0)
    }
    let result: HeaderBytes | undefined
    try {
      result = parseHeader(buffer, maxHeaderBytes)
    } catch (error) {
      throw unreadable(error, 0)
    }
    if (result === undefined) {
      if (buffer.length > maxHeaderBytes) throw new UnreadableFile('the header is too large', 0)
      return false
    }
    const text = (key: string) => {
      const value = result.metadata.get(key)
      return value === undefined ? undefined : Buffer.from(value).toString('utf8')
    }
    const schema = text('avro.schema')
    if (schema === undefined) throw new UnreadableFile('the header has no avro.schema', 4)
    const codec = text('avro.codec') ?? 'null'
    if (!isCodec(codec)) {
      throw new UnreadableFile(`the codec \`${codec.slice(0, 40)}\` is not one of null, deflate, snappy`, 4)
    }
    this.header = { schema, codec, metadata: result.metadata }
    this.sync = buffer.slice(result.end - 16, result.end)
    this.drop(result.end)
    return true
  }

  /** The frame of the block at `start`, if all of it is there. @throws UnreadableFile */
  private frameAt(start: number, synced = true): Frame | undefined {
    const { buffer } = this
    if (start === buffer.length) return undefined
    const count = this.frameNumber(start)
    if (count === undefined) return undefined
    const size = this.frameNumber(count.end)
    if (size === undefined) return undefined
    const data = size.end
    const at = this.base + start
    if (count.value < 0) throw new UnreadableFile(`a block of ${count.value} records`, at)
    if (size.value < 0) throw new UnreadableFile(`a block of ${size.value} bytes`, at)
    if (size.value > this.limits.maxBlockBytes) {
      throw new UnreadableFile(
        `a block of ${size.value} bytes, where ${this.limits.maxBlockBytes} are allowed (${settingOf.maxBlockBytes})`,
        at,
      )
    }
    const end = data + size.value + 16
    if (end > buffer.length) {
      this.wanted = end // counted from the buffer's beginning, which moves to this block
      return undefined
    }
    const frame = { count: count.value, data, size: size.value, end }
    if (synced && !this.isSynced(frame)) throw this.unsynced(frame)
    return frame
  }

  private isSynced({ end }: Frame): boolean {
    const { buffer, sync } = this
    for (let i = 0; i < 16; i++) if (buffer[end - 16 + i] !== sync?.[i]) return false
    return true
  }

  private unsynced({ end }: Frame): UnreadableFile {
    const reason = 'the sync marker after a block is not that of the header'
    return new UnreadableFile(reason, this.base + end - 16)
  }

  private frameNumber(at: number): { value: number; end: number } | undefined {
    const { buffer } = this
    // A number whose last byte is not there yet would be read short.
    let last = at
    while (last < buffer.length && last < at + 10 && (buffer[last] as number) > 127) last++
    if (last >= buffer.length) return undefined
    try {
      readLong(buffer, at)
    } catch (error) {
      throw unreadable(error, this.base)
    }
    return { value: longAsNumber(), end: long.end }
  }

  private blockOf({ count, data, size }: Frame): Block {
    const offset = this.base + data
    const stored = this.buffer.subarray(data, data + size)
    try {
      const codec = this.header?.codec ?? 'null'
      const data = uncompress(stored, codec, this.limits.maxBlockBytes)
      return { count, data, offset, end: offset + size, plain: codec === 'null' }
    } catch (error) {
      throw unreadable(error, offset)
    }
  }
}

const endsWithin = (from: number, to: number): string =>
  `the file ends within the block that begins at byte ${from} (at byte ${to})`

interface Frame {
  readonly count: number
  readonly data: number
  readonly size: number
  readonly end: number
}

/** An error within a piece of the file that begins at `base`. */
export function unreadable(error: unknown, base: number): unknown {
  return error instanceof CorruptError ? new UnreadableFile(error.message, base + error.offset, error) : error
}
