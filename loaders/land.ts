import type { Effects } from '../runner/effects.ts'
import { Problem } from '../runner/problem.ts'
import { type Landing, LandingConflict } from '../runner/warehouse/landing.ts'
import type { Warehouse } from '../runner/warehouse/warehouse.ts'
import { defaultEnvelope, type EnvelopeSettings } from './envelope-settings.ts'
import { type ContentLimits, defaultContentLimits } from './file/content-limits.ts'
import { landText } from './land-text.ts'
import { FileSelection } from './landing/file-selection.ts'
import { TooManyDeadLetters } from './landing/file-work.ts'
import { type FileOutcome, GroupLanding, UndoGroup } from './landing/land-group.ts'
import { type LandReport, ReportBuilder } from './landing/land-report.ts'
import { addDeadLetters } from './ledger/dead-letters.ts'
import {
  addEntries,
  entriesOf,
  type FileEntry,
  minuteFolder,
  newestMinutes,
  noteMinute,
  renewEntries,
  settleBefore,
} from './ledger/ledger.ts'
import { SourceSchemas } from './ledger/source-schemas.ts'
import { knownStatus, storeStatus } from './ledger/store-status.ts'
import type { ObjectStore, StoredObject } from './store/store.ts'

export type { FileReason, LandReport, TableReport } from './landing/land-report.ts'

export interface LandOptions {
  readonly store: ObjectStore
  readonly warehouse: Pick<Warehouse, 'state' | 'landing'>
  /** The project of raw tables. */
  readonly project: string
  /** A run with more dead letters than this stops, and lands nothing of the transaction that met them. */
  readonly maxDeadLetters: number
  /** Only says what would be landed. */
  readonly dryRun?: boolean
  /** Of a file that cannot be read whole, lands what can be read; the rest becomes dead letters. */
  readonly salvage?: boolean
  readonly limits?: ContentLimits
  /** In whose envelopes the changes come; told by each file's content unless given. */
  readonly envelope?: EnvelopeSettings
  /** At most so many files a transaction; 4096 unless given. */
  readonly filesPerTransaction?: number
  /** Only files in the folders of these tables: `<database>.<table>`, or `<table>` in any database. */
  readonly tables?: readonly string[]
  /** A table of which there is no file at all is refused; else it may be that its files are still to come. */
  readonly tablesMustBeThere?: boolean
  /** Only files in minute folders from this time on: `2024-06-01`, `2024-06-01T12:30` (UTC). */
  readonly since?: string
}

/** A transaction has at most so many files, or files of so many bytes together; one larger file has its own. */
const filesPerGroup = 4096
const bytesPerGroup = 512 * 1024 * 1024

/**
 * Lands every change file of the store that the ledger does not have: rows and ledger entries commit together, several
 * files a transaction, so that a crash at any instant leaves all of a file or nothing. A file that cannot be read is
 * quarantined whole and the rest go on. Again, it lands nothing.
 *
 * @throws Problem if the store cannot be listed, the warehouse not written, or too many events do not fit
 * @example
 * const report = await land({ store: localStore('stream'), warehouse, project: 'p', maxDeadLetters: 1000 }, effects)
 */
export async function land(options: LandOptions, effects: Effects): Promise<LandReport> {
  const run = new LandRun(options, effects)
  try {
    return await run.run()
  } catch (error) {
    throw run.told(error)
  } finally {
    options.store.expect?.([])
  }
}

class LandRun {
  private readonly options: LandOptions
  private readonly effects: Effects
  private readonly report = new ReportBuilder()
  private schemas = new SourceSchemas()
  private readonly selection: FileSelection
  private newest = new Map<string, string>()

  constructor(options: LandOptions, effects: Effects) {
    this.options = options
    this.effects = effects
    this.selection = new FileSelection(options)
  }

  async run(): Promise<LandReport> {
    const { warehouse, dryRun, filesPerTransaction: most = filesPerGroup } = this.options
    this.newest = await newestMinutes(warehouse.state)
    this.schemas = await SourceSchemas.read(warehouse.state)
    let group: StoredObject[] = []
    let bytes = 0
    for await (const object of this.newObjects()) {
      if (dryRun === true) {
        this.report.wouldLand(object)
        continue
      }
      if (group.length > 0 && (group.length >= most || bytes + object.bytes > bytesPerGroup)) {
        await this.landGroup(group)
        group = []
        bytes = 0
      }
      group.push(object)
      bytes += object.bytes
    }
    if (group.length > 0) await this.landGroup(group)
    if (this.options.tablesMustBeThere === true) this.selection.check(this.options.store.place)
    return this.report.build(dryRun === true)
  }

  /** An error as it is to be told, after what had landed before it: that stays. */
  told(error: unknown): unknown {
    const { landed } = this.report
    if (landed > 0) this.effects.note(`before this, ${landText(this.report.build(false))}`)
    if (!this.effects.signal.aborted || error instanceof Problem) return error
    const before = landed === 0 ? 'nothing has landed' : 'what is told above has landed and stays'
    return new Problem(`the landing was cancelled; ${before}`, {
      hint: '`streamform land` again lands the rest',
      cause: error,
    })
  }

  /** The store's objects that the ledger does not have in this version, in the order of their names. */
  private async *newObjects(): AsyncGenerator<StoredObject> {
    const { store, warehouse } = this.options
    for await (const { object, status } of storeStatus(store, warehouse.state, this.effects.signal)) {
      if (!this.selection.wants(object)) continue
      if (status === undefined) yield object
      else this.report.addKnown([status])
    }
  }

  /** Lands files in one transaction; again without those that turn out unreadable too late to be taken back alone. */
  private async landGroup(objects: readonly StoredObject[]): Promise<void> {
    const undone = new Map<string, FileOutcome>()
    for (;;) {
      const landing = await this.options.warehouse.landing(this.effects.now())
      try {
        const { outcomes, known, before } = await this.landObjects(landing, objects, undone)
        await settleBefore(landing.state, outcomes, before)
        await this.settle(landing, outcomes)
        this.report.addKnown(known)
        return
      } catch (error) {
        await landing.rollback()
        if (error instanceof UndoGroup) undone.set(error.outcome.object.name, error.outcome)
        else if (!(error instanceof LandingConflict)) throw error
        this.schemas = await SourceSchemas.read(this.options.warehouse.state)
      }
    }
  }

  private async landObjects(
    landing: Landing,
    objects: readonly StoredObject[],
    undone: ReadonlyMap<string, FileOutcome>,
  ): Promise<{
    outcomes: FileOutcome[]
    known: FileEntry['status'][]
    before: ReadonlyMap<string, readonly FileEntry[]>
  }> {
    const { store, project, maxDeadLetters, salvage = false, envelope = defaultEnvelope } = this.options
    const { limits = defaultContentLimits } = this.options
    const group = new GroupLanding({
      store,
      landing,
      schemas: this.schemas,
      project,
      maxDeadLetters,
      signal: this.effects.signal,
      salvage,
      limits,
      envelope,
      isWanted: (source) => this.selection.wantsTable(source),
    })
    // Another loader may have landed some since they were listed; landings go one after another.
    const entries = new Map(
      await entriesOf(
        landing.state,
        objects.map(({ name }) => name),
      ),
    )
    for (const object of objects) {
      const before = entries.get(object.name)
      if (before === undefined) continue
      entries.set(object.name, await renewEntries(landing.state, store, object, before))
    }
    const outcomes: FileOutcome[] = []
    const known: FileEntry['status'][] = []
    store.expect?.(objects.filter(({ name }) => !undone.has(name) && !entries.has(name)))
    for (const object of objects) {
      const outcome = undone.get(object.name)
      const status = knownStatus(store, entries.get(object.name), object)
      if (outcome !== undefined) outcomes.push(outcome)
      else if (status !== undefined) known.push(status)
      else outcomes.push(await group.add(object))
      await group.flushWhenMany()
    }
    await group.flush()
    return { outcomes, known, before: entries }
  }

  /** Ledger entries, dead letters and schemas, and the commit. */
  private async settle(landing: Landing, outcomes: readonly FileOutcome[]): Promise<void> {
    const now = landing.loadedAt
    const landed = outcomes.filter((outcome) => outcome.status === 'landed')
    const letters = landed.map(({ object, generation, rawTable, tally }) => ({
      file: object.name,
      generation,
      rawTable: rawTable ?? '',
      fingerprint: tally.fingerprint,
      events: tally.unfit,
    }))
    this.checkDeadLetters(landed)
    const late = landed.filter(({ object }) => this.isLate(object)).map(({ object }) => object.name)
    await addEntries(
      landing,
      this.options.project,
      outcomes.flatMap((outcome) => entryOf(outcome, now, late)),
    )
    await addDeadLetters(landing.state, letters, now)
    await this.schemas.store(landing.state, now)
    this.effects.signal.throwIfAborted()
    await landing.commit()
    for (const { object } of landed) noteMinute(this.newest, object.name)
    this.report.add(outcomes, late)
  }

  private checkDeadLetters(landed: readonly Extract<FileOutcome, { status: 'landed' }>[]): void {
    const { maxDeadLetters } = this.options
    let count = this.report.deadLetters
    for (const { object, tally } of landed) {
      count += tally.unfit.length
      if (tally.unfit.length > 0 && count > maxDeadLetters) {
        throw new TooManyDeadLetters(count, maxDeadLetters, object.name, tally.unfit.at(-1)?.reason ?? '')
      }
    }
  }

  private isLate({ name }: StoredObject): boolean {
    const folder = minuteFolder(name)
    if (folder === undefined) return false
    const newest = this.newest.get(folder.object)
    return newest !== undefined && folder.minute < newest
  }
}

function entryOf(outcome: FileOutcome, now: Date, late: readonly string[]): FileEntry[] {
  if (outcome.status !== 'landed' && outcome.status !== 'quarantined' && outcome.status !== 'skipped')
    return []
  const { object, generation, rawTable } = outcome
  const common = {
    name: object.name,
    generation,
    raw_table: rawTable,
    bytes: BigInt(object.bytes),
    seen_at: now,
  }
  if (outcome.status !== 'landed') {
    return [
      {
        ...common,
        status: outcome.status,
        rows: 0n,
        dead_letters: 0n,
        min_source_timestamp: null,
        max_source_timestamp: null,
        landed_at: null,
        late: false,
        reason: outcome.reason,
      },
    ]
  }
  const { tally } = outcome
  return [
    {
      ...common,
      status: 'landed',
      rows: BigInt(tally.rows),
      dead_letters: BigInt(tally.unfit.length),
      min_source_timestamp: tally.minSourceTime,
      max_source_timestamp: tally.maxSourceTime,
      landed_at: now,
      late: late.includes(object.name),
      reason: tally.salvaged,
    },
  ]
}
