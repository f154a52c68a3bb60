import { Problem } from '../../runner/problem.ts'
import type { Landing } from '../../runner/warehouse/landing.ts'
import { bytesPerBatch } from '../columns/rows-of-table.ts'
import { rawTableName, rawTarget, type SourceTable } from '../datastream/naming.ts'
import type { EnvelopeSettings } from '../envelope-settings.ts'
import type { ContentLimits } from '../file/content-limits.ts'
import type { SourceSchemas } from '../ledger/source-schemas.ts'
import { shortReason } from '../short-reason.ts'
import { ObjectChanged, StoreFailure } from '../store/object-changed.ts'
import type { ObjectReader, ObjectStore, StoredObject } from '../store/store.ts'
import type { FileTally } from './file-tally.ts'
import { FileWork, NoChangeFile, TooManyDeadLetters } from './file-work.ts'
import { TableWork } from './table-work.ts'

/** What became of one file within a landing. */
export type FileOutcome =
  | {
      readonly status: 'landed'
      readonly object: StoredObject
      readonly generation: string
      readonly rawTable: string | null
      readonly tally: FileTally
    }
  | {
      /** `skipped`: no change file at all. */
      readonly status: 'quarantined' | 'skipped'
      readonly object: StoredObject
      readonly generation: string
      readonly rawTable: string | null
      readonly reason: string
    }
  /** Not what was listed any more, or not to be had: left for the next run, unknown to the ledger. */
  | { readonly status: 'changed' | 'unfetched'; readonly object: StoredObject; readonly reason: string }
  /** Of a table that was not asked for: left as it is. */
  | { readonly status: 'unwanted'; readonly object: StoredObject }

/**
 * A file turned out to be unreadable after rows of it were handed to the warehouse: the transaction must be undone and
 * begun again without the file.
 */
export class UndoGroup extends Error {
  readonly outcome: FileOutcome

  constructor(outcome: FileOutcome) {
    super('the file cannot be read to its end')
    this.outcome = outcome
  }
}

export interface GroupOptions {
  readonly store: ObjectStore
  readonly landing: Landing
  readonly schemas: SourceSchemas
  /** The project of raw tables. */
  readonly project: string
  /** A file with more dead letters stops the run. */
  readonly maxDeadLetters: number
  readonly signal: AbortSignal
  readonly salvage: boolean
  readonly limits: ContentLimits
  readonly envelope: EnvelopeSettings
  /** Files of other tables are left as they are. */
  readonly isWanted: (source: SourceTable) => boolean
}

class Unwanted extends Error {}

/** Lands the rows of one file after another within one transaction; what a file has begun it ends or takes back. */
export class GroupLanding {
  private readonly options: GroupOptions
  private readonly tables = new Map<string, TableWork>()
  /** Of the file that was begun last. */
  private last: TableWork | undefined
  /** Of the files that were read since all rows were handed over. */
  private waitingBytes = 0

  constructor(options: GroupOptions) {
    this.options = options
  }

  /**
   * Reads one file whole. Its rows wait in memory or are with the warehouse afterwards; see `flush`.
   *
   * @throws UndoGroup, Problem if there are too many dead letters, or the store or the warehouse is not to be reached
   */
  async add(object: StoredObject): Promise<FileOutcome> {
    if (object.refused !== undefined) {
      return {
        status: 'quarantined',
        object,
        generation: object.version,
        rawTable: null,
        reason: object.refused,
      }
    }
    const reader = this.options.store.read(object)
    const pieces = reader.pieces[Symbol.asyncIterator]()
    const { schemas, maxDeadLetters, signal, salvage, limits, envelope } = this.options
    const tableOf = (source: SourceTable) => this.table(source)
    const mark = schemas.mark
    const file = new FileWork({
      file: object.name,
      schemas,
      maxDeadLetters,
      signal,
      salvage,
      limits,
      envelope,
      tableOf,
    })
    try {
      // Not the iterator itself: what stops in the middle would close it, and the rest is needed for the hash.
      await file.read({ [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) })
      await drain(pieces) // of a file that was salvaged; of others nothing is left
      const { rawTable, tally } = file
      this.waitingBytes += object.bytes
      return { status: 'landed', object, generation: reader.generation(), rawTable, tally }
    } catch (error) {
      if (error instanceof Unwanted) return { status: 'unwanted', object }
      if (file.warehouseFailed || !(error instanceof Problem) || error instanceof TooManyDeadLetters)
        throw error
      const outcome = await failure(object, reader, pieces, error, file.rawTable)
      if (file.handedOver) throw new UndoGroup(outcome)
      file.takeBack()
      schemas.backTo(mark)
      return outcome
    } finally {
      await pieces.return?.()
    }
  }

  /** Hands all rows that wait to the warehouse. */
  async flush(): Promise<void> {
    this.waitingBytes = 0
    for (const table of this.tables.values()) await table.flush()
  }

  /** The same, if they are many: few of each of many tables. */
  async flushWhenMany(): Promise<void> {
    if (this.waitingBytes >= bytesPerBatch) await this.flush()
  }

  private async table(source: SourceTable): Promise<TableWork> {
    if (!this.options.isWanted(source)) throw new Unwanted('a table that was not asked for')
    const target = rawTarget(this.options.project, source)
    const name = rawTableName(target)
    const table = this.tables.get(name) ?? (await TableWork.open(this.options.landing, target))
    this.tables.set(name, table)
    // Files come table by table: the memory of the one before is not needed again soon.
    if (table !== this.last) this.last?.release()
    this.last = table
    return table
  }
}

async function drain(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next());
}

/** The rest of an unreadable file is read for its hash alone: the ledger must know the same file again. */
async function failure(
  object: StoredObject,
  reader: ObjectReader,
  pieces: AsyncIterator<Uint8Array>,
  error: Problem,
  rawTable: string | null,
): Promise<FileOutcome> {
  try {
    if (error instanceof ObjectChanged || error instanceof StoreFailure) throw error
    await drain(pieces)
  } catch (cause) {
    if (cause instanceof ObjectChanged) return { status: 'changed', object, reason: cause.message }
    // A store that gives nothing at all would keep every file waiting in turn: the run ends.
    if (cause instanceof StoreFailure && !cause.transient)
      return { status: 'unfetched', object, reason: cause.message }
    throw cause
  }
  const status = error instanceof NoChangeFile ? 'skipped' : 'quarantined'
  return { status, object, generation: reader.generation(), rawTable, reason: shortReason(error.message) }
}
