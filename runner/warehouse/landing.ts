import type { Kysely } from 'kysely'
import type { Target } from '../googlesql/target.ts'
import type { SqlType } from '../googlesql/types/type.ts'
import { Problem } from '../problem.ts'
import type { StateTables } from './state.ts'

/**
 * One transaction of the loader: raw tables, rows and ledger entries that become visible together, or not at all.
 * Not to be used by two callers at once.
 */
export interface Landing {
  /** Ledger, schemas and dead letters, inside this transaction. */
  readonly state: Kysely<StateTables>

  /**
   * What the rows' `_loaded_at` and the ledger's `landed_at` are to be: one value for this commit, later than every
   * earlier commit's, whatever the clock says (landings go one after another).
   */
  readonly loadedAt: Date

  /** The raw table's columns as they are now; undefined if there is none yet. */
  columns(table: Target): Promise<readonly RawColumn[] | undefined>

  /**
   * Refuses columns that no table of this warehouse can have, before rows are made for them: one file is unreadable then,
   * and not the landing.
   *
   * @throws Problem
   */
  check?(table: Target, columns: readonly RawColumn[]): void

  /** Creates the table (and its dataset), or adds columns and struct fields and widens types until it holds `columns`. */
  ensure(table: Target, columns: readonly RawColumn[]): Promise<void>

  /**
   * Adds rows; `batch` names a subset of the table's columns and struct fields, the others are NULL. The batch's arrays
   * are the caller's again once the promise is kept.
   */
  append(table: Target, batch: Batch): Promise<void>

  /** @throws LandingConflict if another landing has committed since this one was opened; then nothing has changed */
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Another landing was faster: this one has changed nothing, and is to be done again on what the tables are now. */
export class LandingConflict extends Problem {
  constructor(message: string, cause?: unknown) {
    super(message, { transient: true, leftNothing: true, ...(cause === undefined ? {} : { cause }) })
    this.name = 'LandingConflict'
  }
}

export interface RawColumn {
  readonly name: string
  readonly type: SqlType
}

/** Rows as columns: each vector has `length` values. */
export interface Batch {
  readonly length: number
  readonly columns: readonly { readonly name: string; readonly vector: Vector }[]
}

/**
 * The values of one column. `valid` has one byte a row (1 present, 0 NULL); undefined: all present. A value that is
 * NULL still has its slot in `values` (its content does not count), and an empty range in `offsets`.
 */
export type Vector =
  | { readonly kind: 'BOOL'; readonly valid?: Uint8Array; readonly values: Uint8Array }
  | { readonly kind: 'INT64'; readonly valid?: Uint8Array; readonly values: BigInt64Array }
  | { readonly kind: 'FLOAT64'; readonly valid?: Uint8Array; readonly values: Float64Array }
  /** Days since 1970-01-01. */
  | { readonly kind: 'DATE'; readonly valid?: Uint8Array; readonly values: Int32Array }
  /** Microseconds: since midnight (TIME), since 1970-01-01 in UTC (TIMESTAMP), of the wall clock (DATETIME). */
  | {
      readonly kind: 'TIME' | 'TIMESTAMP' | 'DATETIME'
      readonly valid?: Uint8Array
      readonly values: BigInt64Array
    }
  /** Scaled by 10^9: low and high 64 bits of a two's complement number, alternating. */
  | { readonly kind: 'NUMERIC'; readonly valid?: Uint8Array; readonly values: BigInt64Array }
  /** Bytes of value i: `bytes[offsets[i] .. offsets[i + 1]]`; UTF-8 unless BYTES. */
  | {
      readonly kind: 'STRING' | 'BYTES' | 'JSON'
      readonly valid?: Uint8Array
      readonly offsets: Uint32Array
      readonly bytes: Uint8Array
    }
  | {
      readonly kind: 'STRUCT'
      readonly valid?: Uint8Array
      readonly fields: readonly { readonly name: string; readonly vector: Vector }[]
    }
  /** Elements of value i: `element[offsets[i] .. offsets[i + 1]]`. */
  | { readonly kind: 'ARRAY'; readonly offsets: Uint32Array; readonly element: Vector }
