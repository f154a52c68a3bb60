import { constants, crc32, inflateRawSync } from 'node:zlib'
import snappy from 'snappyjs'
import { settingOf } from '../file/content-limits.ts'
import { CorruptError } from './corrupt.ts'

export type Codec = 'null' | 'deflate' | 'snappy'

export const isCodec = (name: string): name is Codec =>
  name === 'null' || name === 'deflate' || name === 'snappy'

const tooLarge = (limit: number): string =>
  `a block of more than ${limit} bytes once uncompressed (${settingOf.maxBlockBytes})`

/** A block's data, at most `limit` bytes of them. @throws CorruptError */
export function uncompress(stored: Uint8Array, codec: Codec, limit: number): Uint8Array {
  switch (codec) {
    case 'null':
      return stored
    case 'deflate':
      return inflated(stored, limit)
    case 'snappy':
      return uncompressSnappy(stored, limit)
  }
}

/** @param cut the data are cut short: what there is of them is wanted */
export function inflated(stored: Uint8Array, limit: number, cut = false): Uint8Array {
  try {
    const finishFlush = cut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH
    return inflateRawSync(stored, { maxOutputLength: limit, finishFlush })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CorruptError(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge(limit)
        : `a block that deflate cannot uncompress: ${message}`,
      0,
    )
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
    const { message } = error as Error
    throw new CorruptError(
      /too big/.test(message) ? tooLarge(limit) : `a block that snappy cannot uncompress: ${message}`,
      0,
    )
  }
  const view = new DataView(stored.buffer, stored.byteOffset + stored.length - 4, 4)
  if (crc32(data) !== view.getUint32(0))
    throw new CorruptError('a snappy block whose checksum does not match', 0)
  return data
}
