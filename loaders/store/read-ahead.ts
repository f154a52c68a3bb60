import type { ObjectReader, ObjectStore, StoredObject } from './store.ts'

export interface ReadAheadLimits {
  /** Objects that are being fetched or wait to be read. */
  readonly files: number
  /** Of them all together; what is larger alone is not fetched ahead but read in its turn. */
  readonly bytes: number
}

export const defaultReadAhead: ReadAheadLimits = { files: 16, bytes: 64 * 1024 * 1024 }

/**
 * The same store, that fetches small objects ahead of their turn: a store far away answers each request late, and
 * change files are many and small.
 */
export function readAhead(store: ObjectStore, limits: ReadAheadLimits = defaultReadAhead): ObjectStore {
  const ahead = new Ahead(store, limits)
  return {
    place: store.place,
    list: () => store.list(),
    stat: (name) => store.stat(name),
    read: (object) => ahead.read(object),
    isVersionOf: (generation, version) => store.isVersionOf(generation, version),
    expect: (objects) => ahead.expect(objects),
  }
}

interface Fetch {
  readonly object: StoredObject
  readonly content: Promise<FetchedContent>
  stopped: boolean
}

interface FetchedContent {
  readonly pieces: readonly Uint8Array[]
  readonly generation: string
}

class Ahead {
  private readonly store: ObjectStore
  private readonly limits: ReadAheadLimits
  private queue: StoredObject[] = []
  private readonly fetches = new Map<string, Fetch>()
  private bytes = 0

  constructor(store: ObjectStore, limits: ReadAheadLimits) {
    this.store = store
    this.limits = limits
  }

  expect(objects: readonly StoredObject[]): void {
    const wanted = new Map(objects.map((object) => [object.name, object]))
    for (const fetch of this.fetches.values()) {
      if (wanted.get(fetch.object.name)?.version !== fetch.object.version) this.release(fetch)
    }
    this.queue = objects
      .filter(({ name, bytes, refused }) => {
        return refused === undefined && bytes <= this.limits.bytes && !this.fetches.has(name)
      })
      .reverse()
    this.fill()
  }

  read(object: StoredObject): ObjectReader {
    const fetch = this.fetches.get(object.name)
    if (fetch === undefined || fetch.object.version !== object.version) return this.store.read(object)
    return this.readFetched(fetch)
  }

  private readFetched(fetch: Fetch): ObjectReader {
    let generation: string | undefined
    const pieces = async function* (this: Ahead): AsyncGenerator<Uint8Array> {
      try {
        const content = await fetch.content
        yield* content.pieces
        ;({ generation } = content)
      } finally {
        this.release(fetch)
        this.fill()
      }
    }
    return {
      pieces: pieces.call(this),
      generation: () => {
        if (generation === undefined) throw new Error('the generation is known once all has been read')
        return generation
      },
    }
  }

  private fill(): void {
    for (let next = this.queue.at(-1); next !== undefined; next = this.queue.at(-1)) {
      if (this.fetches.size >= this.limits.files || this.bytes + next.bytes > this.limits.bytes) return
      this.queue.pop()
      this.start(next)
    }
  }

  private start(object: StoredObject): void {
    this.bytes += object.bytes
    const fetch: Fetch = { object, content: this.fetch(object, () => fetch.stopped), stopped: false }
    fetch.content.catch(() => {}) // thrown where it is read
    this.fetches.set(object.name, fetch)
  }

  private async fetch(object: StoredObject, isStopped: () => boolean): Promise<FetchedContent> {
    const reader = this.store.read(object)
    const pieces: Uint8Array[] = []
    await Promise.resolve()
    for await (const piece of reader.pieces) {
      if (isStopped()) break
      pieces.push(piece.slice()) // the reader may use its memory again
    }
    return { pieces, generation: isStopped() ? '' : reader.generation() }
  }

  private release(fetch: Fetch): void {
    if (this.fetches.get(fetch.object.name) !== fetch) return
    fetch.stopped = true
    this.fetches.delete(fetch.object.name)
    this.bytes -= fetch.object.bytes
  }
}
