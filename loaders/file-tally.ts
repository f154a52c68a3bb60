import { UnreadableFile } from './avro/container.ts'
import type { UnfitEvent } from './dead-letters.ts'

/** What is counted while one file is read. */
export class FileTally {
  readonly name: string
  rows = 0
  readonly unfit: UnfitEvent[] = []
  /** Microseconds since 1970. */
  private minTime = Number.POSITIVE_INFINITY
  private maxTime = Number.NEGATIVE_INFINITY
  private sources: string[] = []

  constructor(name: string) {
    this.name = name
  }

  noteTime(micros: number): void {
    if (micros < this.minTime) this.minTime = micros
    if (micros > this.maxTime) this.maxTime = micros
  }

  /** A name of the source that each part of the file begins with; all parts must have the same. */
  checkSource(name: string): void {
    if (this.sources.includes(name)) return
    if (this.rows > 0) throw new UnreadableFile('the file has events of two source tables', 0)
    this.sources = [...this.sources, name]
  }

  get minSourceTime(): Date | null {
    return Number.isFinite(this.minTime) ? new Date(Math.floor(this.minTime / 1000)) : null
  }

  get maxSourceTime(): Date | null {
    return Number.isFinite(this.maxTime) ? new Date(Math.floor(this.maxTime / 1000)) : null
  }
}
