import { createGunzip } from 'node:zlib'
import { UnreadableFile } from '../avro/container.ts'
import { type ContentLimits, defaultContentLimits, settingOf } from './content-limits.ts'

/** True if the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * The content of a file: uncompressed if its first bytes are gzip's, whatever its name says. Pieces as they come;
 * memory holds a few of them.
 *
 * @throws UnreadableFile for a gzip stream that is damaged or cut short
 */
export async function* contentOf(
  pieces: AsyncIterable<Uint8Array>,
  { maxContentBytes }: ContentLimits = defaultContentLimits,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  const all = rest(first.value, iterator)
  if (isGzip(first.value)) yield* uncompressed(all, maxContentBytes)
  else yield* all
}

async function* rest(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

async function* uncompressed(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  let failure: unknown
  const feeding = feed(pieces, gunzip).catch((error: unknown) => {
    failure = error
    gunzip.destroy()
  })
  let size = 0
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > maxBytes) {
        const reason = `more than ${maxBytes} bytes once uncompressed (${settingOf.maxContentBytes})`
        throw new UnreadableFile(reason, maxBytes)
      }
      yield piece
    }
  } catch (error) {
    throw error instanceof UnreadableFile
      ? error
      : (failure ?? new UnreadableFile(`gzip: ${(error as Error).message}`, size, error))
  } finally {
    gunzip.destroy()
    await feeding
  }
  if (failure !== undefined) throw failure
}

async function feed(
  pieces: AsyncIterable<Uint8Array>,
  gunzip: ReturnType<typeof createGunzip>,
): Promise<void> {
  for await (const piece of pieces) {
    if (gunzip.destroyed) continue
    // The piece is the reader's again once this one is through.
    await new Promise<void>((resolve) => {
      const done = () => {
        gunzip.off('close', done)
        resolve()
      }
      gunzip.once('close', done)
      gunzip.write(piece, done)
    })
  }
  if (!gunzip.destroyed) gunzip.end()
}
