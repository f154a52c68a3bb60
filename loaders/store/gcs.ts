import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bucket, FileMetadata } from '@google-cloud/storage'
import { clientMissing } from '../../runner/google-client.ts'
import { Problem } from '../../runner/problem.ts'
import type { BucketAddress } from './bucket-address.ts'
import { crc32c, crc32cText } from './crc32c.ts'
import { isMissing, isPassing, requestProblem } from './gcs-errors.ts'
import { ObjectChanged, StoreFailure } from './object-changed.ts'
import type { ObjectReader, ObjectStore, StoredObject } from './store.ts'

export interface GcsLimits {
  /** A request, or a stream without progress, is tried again so often after an error that may pass. */
  readonly retries: number
  /** Milliseconds before the first of these; each further one waits twice as long, up to `maxPause`. */
  readonly pause: number
  readonly maxPause: number
  /** Milliseconds after which a stream without data counts as broken. */
  readonly stall: number
  /** Names asked for at once. */
  readonly page: number
}

export const defaultGcsLimits: GcsLimits = {
  retries: 6,
  pause: 500,
  maxPause: 16_000,
  stall: 60_000,
  page: 1000,
}

export interface GcsOptions extends BucketAddress {
  readonly limits?: Partial<GcsLimits>
  /** Of another server that speaks Cloud Storage's protocol; no credentials are sent there. */
  readonly apiEndpoint?: string
}

/** An object as a bucket lists it. */
interface BucketObject extends StoredObject {
  readonly crc32c: string | undefined
}

/** Cloud Storage's answer to a listing. */
interface ObjectsPage {
  readonly items?: readonly FileMetadata[]
  readonly nextPageToken?: string
}

/** Objects up to here are held until their checksum is known, so that one damaged on the way is fetched again. */
const heldBytes = 8 * 1024 * 1024

/**
 * A bucket of change files, below a prefix. An object's version is its generation: what is read is the very content
 * that was listed, checked against the bucket's CRC32C. Credentials are the application default ones
 * (https://cloud.google.com/docs/authentication/application-default-credentials).
 *
 * @throws Problem if the client is not installed
 * @example const store = await gcsStore({ bucket: 'shop-cdc', prefix: 'mysql/' })
 */
export async function gcsStore(options: GcsOptions): Promise<ObjectStore> {
  const client = await loadClient()
  const storage = new client.Storage({
    // Tried again here, where a broken stream goes on from where it broke.
    retryOptions: { autoRetry: false, maxRetries: 0 },
    ...(options.apiEndpoint === undefined
      ? {}
      : { apiEndpoint: options.apiEndpoint, projectId: 'none', useAuthWithCustomEndpoint: false }),
  })
  const limits = { ...defaultGcsLimits, ...options.limits }
  const bucket = new BucketReader(storage.bucket(options.bucket), options, limits)
  return {
    place: bucket.place,
    list: () => bucket.list(),
    stat: (name) => bucket.stat(name),
    read: (object) => bucket.read(object),
    isVersionOf: (generation, version) => generation === version,
  }
}

async function loadClient(): Promise<typeof import('@google-cloud/storage')> {
  // The client's streams have eleven listeners each; Node warns of a leak from eleven on.
  EventEmitter.defaultMaxListeners = Math.max(EventEmitter.defaultMaxListeners, 20)
  return import('@google-cloud/storage').catch(
    clientMissing('a stream in a bucket', 'Cloud Storage', '@google-cloud/storage'),
  )
}

class BucketReader {
  readonly place: string
  private readonly bucket: Bucket
  private readonly prefix: string
  private readonly limits: GcsLimits

  constructor(bucket: Bucket, { prefix }: BucketAddress, limits: GcsLimits) {
    this.bucket = bucket
    this.prefix = prefix
    this.limits = limits
    this.place = `gs://${bucket.name}/${prefix}`
  }

  async *list(): AsyncGenerator<readonly StoredObject[]> {
    let pageToken: string | undefined
    do {
      const query = {
        prefix: this.prefix,
        maxResults: this.limits.page,
        autoPaginate: false,
        fields: 'items(name,size,generation,crc32c),nextPageToken',
        ...(pageToken === undefined ? {} : { pageToken }),
      }
      const [, , response] = await this.request(() => this.bucket.getFiles(query))
      const { items = [], nextPageToken } = response as ObjectsPage
      const objects = items.flatMap((item) => this.objectOf(item))
      if (objects.length > 0) yield objects
      pageToken = nextPageToken
    } while (pageToken !== undefined)
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    try {
      const [metadata] = await this.request(() => this.bucket.file(`${this.prefix}${name}`).getMetadata())
      return this.objectOf(metadata)[0]
    } catch (error) {
      if (error instanceof Problem && isMissing(error.cause)) return undefined
      throw error
    }
  }

  /** None for what stands for a folder: consoles make empty objects whose names end with `/`. */
  private objectOf({ name = '', size, generation, crc32c }: FileMetadata): BucketObject[] {
    const bytes = Number(size)
    const own = name.slice(this.prefix.length)
    if (own === '' || (bytes === 0 && own.endsWith('/'))) return []
    return [{ name: own, bytes, version: String(generation), crc32c }]
  }

  private async request<Result>(send: () => Promise<Result>): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await send()
      } catch (error) {
        if (!isPassing(error) || attempt >= this.limits.retries) throw requestProblem(this.place, error)
        await this.pause(attempt)
      }
    }
  }

  /** Twice as long each time, and never quite the same, so that many readers do not come back all at once. */
  private async pause(attempt: number): Promise<void> {
    const { pause, maxPause } = this.limits
    await wait(Math.min(maxPause, pause * 2 ** attempt) * (0.5 + Math.random() / 2))
  }

  read(object: StoredObject): ObjectReader {
    let complete = false
    const pieces = async function* (this: BucketReader): AsyncGenerator<Uint8Array> {
      yield* object.bytes <= heldBytes ? this.held(object) : this.checked(object)
      complete = true
    }
    return {
      pieces: pieces.call(this),
      generation: () => {
        if (!complete) throw new Error('the generation is known once all has been read')
        return object.version
      },
    }
  }

  private async *held(object: StoredObject): AsyncGenerator<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const pieces: Uint8Array[] = []
      try {
        for await (const piece of this.checked(object)) pieces.push(piece)
      } catch (error) {
        if (!(error instanceof Damaged) || attempt >= this.limits.retries) throw error
        await this.pause(attempt)
        continue
      }
      yield* pieces
      return
    }
  }

  /** The content in pieces; whether it was the right one shows after the last. */
  private async *checked(object: StoredObject): AsyncGenerator<Uint8Array> {
    let checksum = 0
    const expected = (object as BucketObject).crc32c
    if (expected === undefined) {
      throw new StoreFailure('the bucket says no CRC32C of the object', { file: object.name })
    }
    for await (const piece of this.whole(object)) {
      checksum = crc32c(piece, checksum)
      yield piece
    }
    if (crc32cText(checksum) !== expected) throw new Damaged(object)
  }

  /** Goes on from where a stream broke. */
  private async *whole(object: StoredObject): AsyncGenerator<Buffer> {
    let offset = 0
    let attempt = 0
    while (offset < object.bytes) {
      try {
        for await (const piece of this.streamFrom(object, offset)) {
          offset += piece.length
          attempt = 0
          if (offset > object.bytes)
            throw new ObjectChanged(object, `it is longer than ${object.bytes} bytes`)
          yield piece
        }
        if (offset < object.bytes) throw new BrokenStream('it ended early')
      } catch (error) {
        if (error instanceof Problem) throw error
        if (isMissing(error)) throw new ObjectChanged(object, `generation ${object.version} is gone`)
        if (!(error instanceof BrokenStream || isPassing(error)) || attempt >= this.limits.retries) {
          throw requestProblem(`${this.place}${object.name}`, error)
        }
        await this.pause(attempt++)
      }
    }
  }

  private async *streamFrom(object: StoredObject, offset: number): AsyncGenerator<Buffer> {
    const file = this.bucket.file(`${this.prefix}${object.name}`, { generation: object.version })
    const stream = file.createReadStream({
      // As it is stored: an object with `Content-Encoding: gzip` would be inflated on the way.
      decompress: false,
      validation: false,
      ...(offset === 0 ? {} : { start: offset }),
    })
    const response = new Promise<{ readonly statusCode?: number }>((resolve) => {
      stream.once('response', resolve)
    })
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    let answered = false
    try {
      for (;;) {
        const next = await this.beforeStall(iterator.next())
        if (next.done === true) return
        // A server that does not know ranges would begin anew.
        if (!answered && offset > 0) {
          const { statusCode } = await response
          if (statusCode !== 206) throw new BrokenStream(`status ${statusCode} for a range`)
        }
        answered = true
        yield next.value
      }
    } finally {
      abandon(stream, answered, response)
    }
  }

  private async beforeStall<Result>(next: Promise<Result>): Promise<Result> {
    const { stall } = this.limits
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new BrokenStream(`no data for ${stall} ms`)), stall)
    try {
      return await Promise.race([next, promise])
    } finally {
      clearTimeout(timer)
      next.catch(() => {}) // one that stalled may fail later
    }
  }
}

/** The client rejects a promise that nobody holds if a stream is destroyed before its answer: that would end the process. */
function abandon(stream: Readable, answered: boolean, response: Promise<unknown>): void {
  stream.on('error', () => {})
  if (answered || stream.closed) stream.destroy()
  else void response.then(() => setImmediate(() => stream.destroy()))
}

class BrokenStream extends Error {}

/** What arrived is not what the bucket holds. */
class Damaged extends StoreFailure {
  constructor(object: StoredObject) {
    super("what arrived does not have the object's CRC32C: it was damaged on the way", { file: object.name })
  }
}
