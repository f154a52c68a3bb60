import { crc32, inflateRawSync } from 'node:zlib'
import snappy from 'snappyjs'
import { Problem } from '../../runner/problem.ts'
import { CorruptError } from './corrupt.ts'
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
  readonly maxHeaderBytes: number
}

export const defaultContainerLimits: ContainerLimits = {
  // Datastream's largest event is 100 MB; a block holds whole events.
  maxBlockBytes: 512 * 1024 * 1024,
  maxHeaderBytes: 64 * 1024 * 1024,
}

export interface ContainerHeader {
  readonly schema: string
  readonly codec: Codec
  readonly metadata: ReadonlyMap<string, Uint8Array>
}

export type Codec = 'null' | 'deflate' | 'snappy'

export interface Block {
  /** Records in it. */
  readonly count: number
  /** Uncompressed. */
  readonly data: Uint8Array
  /** Where its data begin in the file. */
  readonly offset: number
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

  constructor(limits: ContainerLimits = defaultContainerLimits) {
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
      throw new UnreadableFile(
        `the file ends within the block that begins at byte ${this.base}`,
        this.base + this.buffer.length,
      )
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
      result = parseHeader(buffer, this.limits)
    } catch (error) {
      throw unreadable(error, 0)
    }
    if (result === undefined) {
      if (buffer.length > this.limits.maxHeaderBytes) throw new UnreadableFile('the header is too large', 0)
      return false
    }
    const text = (key: string) => {
      const value = result.metadata.get(key)
      return value === undefined ? undefined : Buffer.from(value).toString('utf8')
    }
    const schema = text('avro.schema')
    if (schema === undefined) throw new UnreadableFile('the header has no avro.schema', 4)
    const codec = text('avro.codec') ?? 'null'
    if (codec !== 'null' && codec !== 'deflate' && codec !== 'snappy') {
      throw new UnreadableFile(`the codec \`${codec.slice(0, 40)}\` is not one of null, deflate, snappy`, 4)
    }
    this.header = { schema, codec, metadata: result.metadata }
    this.sync = buffer.slice(result.end - 16, result.end)
    this.drop(result.end)
    return true
  }

  /** The frame of the block at `start`, if all of it is there. */
  private frameAt(start: number): Frame | undefined {
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
        `a block of ${size.value} bytes, where ${this.limits.maxBlockBytes} are allowed`,
        at,
      )
    }
    const end = data + size.value + 16
    if (end > buffer.length) {
      this.wanted = end // counted from the buffer's beginning, which moves to this block
      return undefined
    }
    for (let i = 0; i < 16; i++) {
      if (buffer[end - 16 + i] !== this.sync?.[i]) {
        throw new UnreadableFile(
          'the sync marker after a block is not that of the header',
          this.base + end - 16,
        )
      }
    }
    return { count: count.value, data, size: size.value, end }
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
      const block = {
        count,
        data: uncompress(stored, this.header?.codec ?? 'null', this.limits.maxBlockBytes),
        offset,
      }
      return block
    } catch (error) {
      throw unreadable(error, offset)
    }
  }
}

interface Frame {
  readonly count: number
  readonly data: number
  readonly size: number
  readonly end: number
}

interface HeaderBytes {
  readonly metadata: ReadonlyMap<string, Uint8Array>
  /** After the sync marker. */
  readonly end: number
}

/** undefined: more bytes are needed. */
function parseHeader(buffer: Uint8Array, limits: ContainerLimits): HeaderBytes | undefined {
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
    if (size < 0 || size > limits.maxHeaderBytes)
      throw new CorruptError(`a header entry of ${size} bytes`, from)
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

function uncompress(stored: Uint8Array, codec: Codec, limit: number): Uint8Array {
  switch (codec) {
    case 'null':
      return stored
    case 'deflate':
      try {
        return inflateRawSync(stored, { maxOutputLength: limit })
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        throw new CorruptError(
          code === 'ERR_BUFFER_TOO_LARGE'
            ? `a block of more than ${limit} bytes once uncompressed`
            : `a block that deflate cannot uncompress: ${message}`,
          0,
        )
      }
    case 'snappy':
      return uncompressSnappy(stored, limit)
  }
}

/** Snappy's data, then the CRC-32 of what they uncompress to, most significant byte first. */
function uncompressSnappy(stored: Uint8Array, limit: number): Uint8Array {
  if (stored.length < 4) throw new CorruptError('a snappy block without its checksum', 0)
  const compressed = stored.subarray(0, stored.length - 4)
  let data: Uint8Array
  try {
    data = snappy.uncompress(compressed, limit)
  } catch (error) {
    throw new CorruptError(`a block that snappy cannot uncompress: ${(error as Error).message}`, 0)
  }
  const view = new DataView(stored.buffer, stored.byteOffset + stored.length - 4, 4)
  if (crc32(data) !== view.getUint32(0))
    throw new CorruptError('a snappy block whose checksum does not match', 0)
  return data
}

/** An error within a piece of the file that begins at `base`. */
export function unreadable(error: unknown, base: number): unknown {
  return error instanceof CorruptError ? new UnreadableFile(error.message, base + error.offset, error) : error
}
