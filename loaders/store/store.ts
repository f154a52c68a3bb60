/** One object of a stream: a file in a folder, an object in a bucket. */
export interface StoredObject {
  /** Below the stream's root, with `/`. */
  readonly name: string
  readonly bytes: number
  /**
   * Changes whenever the content may have: Cloud Storage's generation; locally `<size>-<mtime>-<ctime>`, times in
   * nanoseconds: a tool may set the first, none the second. Two objects of one name and version have the same content.
   */
  readonly version: string
  /** Why it may not be read at all, such as a link that leads out of the root. */
  readonly refused?: string
}

/** Reads one object from its first byte to its last. */
export interface ObjectReader {
  /** The content in pieces, each to be used up before the next is asked for. @throws ObjectChanged if the object is no longer what was listed: replaced, grown, gone; StoreFailure if it cannot be had */
  readonly pieces: AsyncIterable<Uint8Array>
  /** `StoredObject.version`, made exact where a version alone is not (locally with the content's hash); after the last piece. */
  generation(): string
}

/**
 * Where change files arrive. Nothing here writes. Every method may be repeated and gives the same as long as the
 * objects stay the same.
 */
export interface ObjectStore {
  /** For messages: a folder's path or `gs://bucket/prefix`. */
  readonly place: string

  /**
   * All objects, by name in the order of their UTF-8 bytes within each page and from page to page.
   *
   * @throws Problem if the root does not exist or cannot be read
   */
  list(): AsyncIterable<readonly StoredObject[]>

  /** The object as it is now; undefined if there is none. */
  stat(name: string): Promise<StoredObject | undefined>

  /** Reads the very content that was listed. */
  read(object: StoredObject): ObjectReader

  /** True if `generation`, as a reader gave it, is that of an object of this version. */
  isVersionOf(generation: string, version: string): boolean

  /**
   * The generation of an object that has another version than `generation`, if its content is the same all the same;
   * undefined if it is not, or could not be looked at. Only where a version may change without the content.
   */
  recheck?(object: StoredObject, generation: string): Promise<string | undefined>

  /**
   * Says what will be read next, in this order, in place of what was said before: a store far away begins with it.
   * Nothing is expected any more with an empty list.
   */
  expect?(objects: readonly StoredObject[]): void
}
