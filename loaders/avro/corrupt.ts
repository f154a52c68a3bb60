/**
 * Bytes that break the format: the file cannot be read from here on. `offset` counts in the bytes that were being
 * decoded (a block's, once uncompressed; the container adds where the block lies).
 */
export class CorruptError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'CorruptError'
    this.offset = offset
  }
}
