/** A file name in memory that two threads share: the worker writes it, whoever stops the worker reads it. */
export class Progress {
  readonly #bytes: Buffer

  constructor(memory: SharedArrayBuffer) {
    this.#bytes = Buffer.from(memory)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(1024)
  }

  note(file: string): void {
    const length = this.#bytes.write(file, 2)
    this.#bytes.writeUInt16LE(length, 0)
  }

  /** undefined: no file yet. */
  get file(): string | undefined {
    const length = this.#bytes.readUInt16LE(0)
    return length === 0 ? undefined : this.#bytes.toString('utf8', 2, 2 + length)
  }
}
