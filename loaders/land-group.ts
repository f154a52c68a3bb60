import { Problem } from '../runner/problem.ts'
import type { Landing } from '../runner/warehouse/landing.ts'
import { UnreadableFile } from './avro/container.ts'
import { AvroRows } from './avro-rows.ts'
import { rawTableName, rawTarget, type SourceTable } from './datastream/naming.ts'
import { FileTally } from './file-tally.ts'
import { type EventSchema, readEvents } from './read-file.ts'
import { bytesPerBatch, type RowsOfTable } from './rows-of-table.ts'
import type { SourceSchemas } from './source-schemas.ts'
import { ObjectChanged } from './store/local.ts'
import type { ObjectReader, ObjectStore, StoredObject } from './store/store.ts'
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
      readonly status: 'quarantined'
      readonly object: StoredObject
      readonly generation: string
      readonly rawTable: string | null
      readonly reason: string
    }
  /** Not what was listed any more: left for the next run. */
  | { readonly status: 'changed'; readonly object: StoredObject; readonly reason: string }

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
}

/** Lands the rows of one file after another within one transaction; what a file has begun it ends or takes back. */
export class GroupLanding {
  private readonly options: GroupOptions
  private readonly tables = new Map<string, TableWork>()

  constructor(options: GroupOptions) {
    this.options = options
  }

  /**
   * Reads one file whole. Its rows wait in memory or are with the warehouse afterwards; see `flush`.
   *
   * @throws UndoGroup, Problem if there are too many dead letters
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
    const file = new FileWork(this.options, object, (source) => this.table(source))
    try {
      await file.read({ [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) })
      return file.landed(reader.generation())
    } catch (error) {
      if (error instanceof ObjectChanged)
        return file.failed({ status: 'changed', object, reason: error.message })
      if (!(error instanceof Problem) || error instanceof TooManyDeadLetters) throw error
      return file.failed(await quarantine(object, reader, pieces, error, file.rawTable))
    } finally {
      await pieces.return?.()
    }
  }

  /** Hands all rows that wait to the warehouse. */
  async flush(): Promise<void> {
    for (const table of this.tables.values()) await table.flush()
  }

  private async table(source: SourceTable): Promise<TableWork> {
    const target = rawTarget(this.options.project, source)
    const name = rawTableName(target)
    const table = this.tables.get(name) ?? (await TableWork.open(this.options.landing, target))
    this.tables.set(name, table)
    return table
  }
}

/** More dead letters than the settings allow: something is plainly wrong. */
export class TooManyDeadLetters extends Problem {
  constructor(count: number, allowed: number, file: string, reason: string) {
    super(`${count} events do not fit, where ${allowed} are allowed; the last: ${reason}`, {
      file,
      hint: 'nothing of this transaction was landed: mend the cause, or raise `landing: max_dead_letters` in streamform.yaml',
    })
  }
}

/** The rest of an unreadable file is read for its hash alone: the ledger must know the same file again. */
async function quarantine(
  object: StoredObject,
  reader: ObjectReader,
  pieces: AsyncIterator<Uint8Array>,
  error: Problem,
  rawTable: string | null,
): Promise<FileOutcome> {
  try {
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next());
  } catch (changed) {
    if (changed instanceof ObjectChanged) return { status: 'changed', object, reason: changed.message }
    throw changed
  }
  return { status: 'quarantined', object, generation: reader.generation(), rawTable, reason: error.message }
}

/** One file being read. */
class FileWork {
  rawTable: string | null = null
  private readonly options: GroupOptions
  private readonly object: StoredObject
  private readonly tableOf: (source: SourceTable) => Promise<TableWork>
  private readonly tally: FileTally
  private table: TableWork | undefined
  private before: TableWork['payload'] = []
  private rows: RowsOfTable | undefined
  /** True once rows of this file are with the warehouse. */
  private handedOver = false

  constructor(
    options: GroupOptions,
    object: StoredObject,
    tableOf: (source: SourceTable) => Promise<TableWork>,
  ) {
    this.options = options
    this.object = object
    this.tableOf = tableOf
    this.tally = new FileTally(object.name)
  }

  async read(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    let rows: AvroRows | undefined
    for await (const event of readEvents(pieces)) {
      this.options.signal.throwIfAborted()
      switch (event.kind) {
        case 'empty':
          break
        case 'schema':
          rows = await this.beginAvro(event.schema, event.source)
          break
        case 'block':
          if (rows === undefined) throw new Error('a block before its schema')
          for (const _full of rows.addBlock(event.block, this.tally)) await this.handOver(rows)
          this.checkDeadLetters()
          if (rows.inputBytes >= bytesPerBatch) {
            rows.endFile(this.tally)
            await this.handOver(rows)
          }
          break
        case 'text':
          throw new UnreadableFile('neither Avro nor JSON lines', 0)
      }
    }
    this.rows?.endFile(this.tally)
  }

  private async beginAvro(schema: EventSchema, source: SourceTable): Promise<AvroRows> {
    const table = await this.beginTable(source)
    await table.hold(schema.payload)
    this.options.schemas.note({
      rawTable: this.rawTable ?? '',
      fingerprint: schema.fingerprint,
      schema: schema.text,
      source,
      file: this.object.name,
    })
    const rows = table.writer(schema.fingerprint, (payload) => new AvroRows(schema.envelope, payload))
    rows.beginFile()
    this.rows = rows
    return rows
  }

  private async beginTable(source: SourceTable): Promise<TableWork> {
    const table = await this.tableOf(source)
    this.table = table
    this.before = table.payload
    this.rawTable = rawTableName(table.target)
    return table
  }

  private async handOver(rows: RowsOfTable): Promise<void> {
    this.handedOver = true
    await this.table?.flushWriter(rows)
  }

  private checkDeadLetters(): void {
    const { unfit } = this.tally
    const { maxDeadLetters } = this.options
    if (unfit.length > maxDeadLetters) {
      throw new TooManyDeadLetters(unfit.length, maxDeadLetters, this.object.name, unfit.at(-1)?.reason ?? '')
    }
  }

  landed(generation: string): FileOutcome {
    return { status: 'landed', object: this.object, generation, rawTable: this.rawTable, tally: this.tally }
  }

  /** Takes back what the file has begun. @throws UndoGroup if that is with the warehouse already */
  failed(outcome: FileOutcome): FileOutcome {
    if (this.handedOver) throw new UndoGroup(outcome)
    this.rows?.dropFile()
    if (this.table !== undefined) this.table.restore(this.before)
    return outcome
  }
}
