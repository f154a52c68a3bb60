import { UnreadableFile } from '../avro/container.ts'
import type { UnfitEvent } from '../ledger/dead-letters.ts'

/** Nothing of such a file can be kept: what is of which table is not to be told. */
export class TwoSourceTables extends UnreadableFile {
  constructor() {
    super('the file has events of two source tables', 0)
  }
}

/** What is counted while one file is read. */
export class FileTally {
  readonly name: string
  rows = 0
  /** What belongs into a file of changes and changes no row: tombstones, control records. */
  ignored = 0
  readonly unfit: UnfitEvent[] = []
  /** Of the file's writer schema; null for JSON lines. */
  fingerprint: string | null = null
  /** Why not all of the file could be read, where what could was kept. */
  salvaged: string | null = null
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
    if (this.rows > 0) throw new TwoSourceTables()
    this.sources = [...this.sources, name]
  }

  get minSourceTime(): Date | null {
    return Number.isFinite(this.minTime) ? new Date(Math.floor(this.minTime / 1000)) : null
  }

  get maxSourceTime(): Date | null {
    return Number.isFinite(this.maxTime) ? new Date(Math.floor(this.maxTime / 1000)) : null
  }
}
