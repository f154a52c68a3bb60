import type { Batch } from '../../runner/warehouse/landing.ts'
import type { FileTally } from '../landing/file-tally.ts'

/** As many as DuckDB's row groups have, so that a batch becomes one. */
export const rowsPerBatch = 122_880
/** A batch is handed over once so many bytes were read into it. */
export const bytesPerBatch = 64 * 1024 * 1024

/** Rows for one raw table under construction, of one file after another. */
export interface RowsOfTable {
  /** Rows that wait to be taken. */
  readonly length: number
  readonly inputBytes: number
  beginFile(): void
  endFile(tally: FileTally): void
  /** Forgets the current file's rows, of which none may have been taken. */
  dropFile(): void
  take(loadedAt: Date): Batch
}
