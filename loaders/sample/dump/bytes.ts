import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { Problem } from '../../../runner/problem.ts'

const chunkBytes = 1 << 20

/**
 * The bytes of a file one after another, each as a character from U+0000 to U+00FF, in a window that moves: files of
 * any size, and of any encoding, for dumps hold binary strings among their text.
 */
export class ByteReader {
  readonly #file: string
  readonly #descriptor: number
  readonly #chunk = Buffer.alloc(chunkBytes)
  #text = ''
  #at = 0
  #ended = false
  #line = 1
  #lineStart = 0
  /** Bytes before the window. */
  #before = 0

  /** @throws Problem if there is no such file or it cannot be read */
  constructor(file: string) {
    this.#file = file
    try {
      this.#descriptor = openSync(file, 'r')
    } catch (error) {
      throw new Problem(`cannot read the dump ${file}: ${(error as Error).message}`, { cause: error })
    }
    if (statSync(file).isDirectory())
      throw new Problem(`${file} is a folder`, { hint: 'give a mysqldump file' })
  }

  get line(): number {
    return this.#line
  }
  /** From 1, in bytes. */
  get column(): number {
    return this.#before + this.#at - this.#lineStart + 1
  }

  /** The character `ahead` of the next one; empty at the end of the file. */
  peek(ahead = 0): string {
    if (this.#at + ahead >= this.#text.length) this.#fill(ahead)
    return this.#text.charAt(this.#at + ahead)
  }

  /** True if the file goes on with `text`. */
  startsWith(text: string): boolean {
    if (this.#at + text.length > this.#text.length) this.#fill(text.length - 1)
    return this.#text.startsWith(text, this.#at)
  }

  /** Takes `count` characters. */
  take(count = 1): string {
    if (this.#at + count > this.#text.length) this.#fill(count - 1)
    const taken = this.#text.slice(this.#at, this.#at + count)
    for (let i = 0; i < taken.length; i += 1) {
      if (taken.charCodeAt(i) !== 10) continue
      this.#line += 1
      this.#lineStart = this.#before + this.#at + i + 1
    }
    this.#at += taken.length
    return taken
  }

  /** Takes every character up to the first for which `stop` is true, or the end. */
  takeUntil(stop: (code: number) => boolean): string {
    const parts: string[] = []
    for (;;) {
      let end = this.#at
      while (end < this.#text.length && !stop(this.#text.charCodeAt(end))) end += 1
      if (end > this.#at) parts.push(this.take(end - this.#at))
      if (this.#at < this.#text.length || this.peek() === '') return parts.join('')
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #fill(ahead: number): void {
    if (this.#at > 0) {
      this.#before += this.#at
      this.#text = this.#text.slice(this.#at)
      this.#at = 0
    }
    while (!this.#ended && this.#text.length <= ahead) {
      const length = this.#read()
      if (length === 0) this.#ended = true
      else this.#text += this.#chunk.toString('latin1', 0, length)
    }
  }

  #read(): number {
    try {
      return readSync(this.#descriptor, this.#chunk, 0, chunkBytes, null)
    } catch (error) {
      throw new Problem(`cannot read the dump ${this.#file}: ${(error as Error).message}`, { cause: error })
    }
  }
}
