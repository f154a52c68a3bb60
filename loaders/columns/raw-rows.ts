import type { Batch, Vector } from '../../runner/warehouse/landing.ts'
import { type Builder, TextBuilder, WordBuilder } from './builder.ts'

interface Column {
  readonly name: string
  readonly builder: Builder
}

/** Rows of one raw table under construction, from one file after another. */
export class RawRows {
  readonly columns: readonly Column[]
  readonly ordinals = new WordBuilder('INT64')
  private readonly files = new TextBuilder('STRING')
  private room = 0
  private named = 0

  constructor(columns: readonly Column[]) {
    this.columns = columns
  }

  /** Room for one row more at least; gives for how many in all. */
  reserve(rows: number): number {
    if (rows > this.room) {
      this.room = Math.max(64, this.room * 2, rows)
      for (const { builder } of this.columns) builder.reserve(this.room)
      this.ordinals.reserve(this.room)
    }
    return this.room
  }

  /** Rows up to `end` that have no file yet come from this one. */
  nameFile(name: string, end: number): void {
    if (end <= this.named) return
    this.files.reserve(end)
    this.files.put(this.named, name)
    this.files.repeat(this.named, 1, end - this.named - 1)
    this.named = end
  }

  /** Rows from `start` on are to be written again. */
  forgetFrom(start: number): void {
    this.named = Math.min(this.named, start)
  }

  /** The first `rows` rows as a batch, to be used up before the next row; starts over. */
  take(rows: number, loadedAt: Date): Batch {
    const stamp: Vector = {
      kind: 'TIMESTAMP',
      values: new BigInt64Array(rows).fill(BigInt(loadedAt.getTime()) * 1000n),
    }
    this.named = 0
    return {
      length: rows,
      columns: [
        ...this.columns.map(({ name, builder }) => ({ name, vector: builder.take(rows) })),
        { name: '_file', vector: this.files.take(rows) },
        { name: '_row', vector: this.ordinals.take(rows) },
        { name: '_loaded_at', vector: stamp },
      ],
    }
  }
}
