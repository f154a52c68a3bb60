import type { FileEntry } from '../ledger/ledger.ts'
import type { StoredObject } from '../store/store.ts'
import type { FileOutcome } from './land-group.ts'

export interface LandReport {
  readonly dryRun: boolean
  /** Files landed by this run (or that would be). */
  readonly landed: number
  /** Files that the ledger has as landed already. */
  readonly alreadyLanded: number
  /** Files that could not be read: none of their rows landed. */
  readonly quarantined: readonly FileReason[]
  /** Files quarantined by earlier runs, that are still there as they were. */
  readonly stillQuarantined: number
  /** Objects that are no change files, such as schemas that lie beside JSON lines. */
  readonly skipped: readonly FileReason[]
  /** Files that changed while they were being read; the next run takes them. */
  readonly changed: readonly FileReason[]
  /** Files whose content the store did not give; the next run tries again. */
  readonly unfetched: readonly FileReason[]
  /** Landed files that appeared in a minute folder older than one that had landed before. */
  readonly late: readonly string[]
  readonly rows: number
  readonly deadLetters: number
  /** Why they are dead letters, the most frequent first. */
  readonly misfits: readonly MisfitReport[]
  /** Messages that change no row: tombstones of Debezium, control records of AWS DMS. */
  readonly ignored: number
  readonly bytes: number
  readonly tables: readonly TableReport[]
}

export interface FileReason {
  readonly file: string
  readonly reason: string
}

export interface TableReport {
  /** `<database>_raw.<table>` */
  readonly table: string
  readonly files: number
  readonly rows: number
  readonly deadLetters: number
}

/** Events of one table that do not fit for one reason. */
export interface MisfitReport {
  /** `<database>_raw.<table>` */
  readonly table: string
  /** null where it is the whole event. */
  readonly column: string | null
  readonly reason: string
  readonly events: number
}

/** What a landing has done so far. */
export class ReportBuilder {
  alreadyLanded = 0
  stillQuarantined = 0
  deadLetters = 0
  landed = 0
  private rows = 0
  private ignored = 0
  private bytes = 0
  private readonly quarantined: FileReason[] = []
  private readonly skipped: FileReason[] = []
  private readonly changed: FileReason[] = []
  private readonly unfetched: FileReason[] = []
  private readonly late: string[] = []
  private readonly misfits = new Map<string, { -readonly [Key in keyof MisfitReport]: MisfitReport[Key] }>()
  private readonly tables = new Map<string, { files: number; rows: number; deadLetters: number }>()

  wouldLand({ bytes }: StoredObject): void {
    this.landed++
    this.bytes += bytes
  }

  /** Files that the ledger has in this version. */
  addKnown(statuses: readonly FileEntry['status'][]): void {
    for (const status of statuses) {
      if (status === 'quarantined') this.stillQuarantined++
      else if (status === 'landed') this.alreadyLanded++
    }
  }

  add(outcomes: readonly FileOutcome[], late: readonly string[]): void {
    this.late.push(...late)
    for (const outcome of outcomes) {
      const file = outcome.object.name
      if (outcome.status === 'landed') this.addLanded(outcome)
      else if (outcome.status !== 'unwanted')
        this.listOf(outcome.status).push({ file, reason: outcome.reason })
    }
  }

  private listOf(status: Exclude<FileOutcome['status'], 'landed' | 'unwanted'>): FileReason[] {
    switch (status) {
      case 'changed':
        return this.changed
      case 'unfetched':
        return this.unfetched
      case 'skipped':
        return this.skipped
      case 'quarantined':
        return this.quarantined
    }
  }

  private addLanded({ object, rawTable, tally }: Extract<FileOutcome, { status: 'landed' }>): void {
    this.landed++
    this.rows += tally.rows
    this.deadLetters += tally.unfit.length
    this.ignored += tally.ignored
    this.bytes += object.bytes
    if (rawTable === null) return
    for (const { column = null, reason } of tally.unfit) {
      const key = JSON.stringify([rawTable, column, reason])
      const known = this.misfits.get(key)
      if (known === undefined) this.misfits.set(key, { table: rawTable, column, reason, events: 1 })
      else known.events++
    }
    const table = this.tables.get(rawTable) ?? { files: 0, rows: 0, deadLetters: 0 }
    this.tables.set(rawTable, {
      files: table.files + 1,
      rows: table.rows + tally.rows,
      deadLetters: table.deadLetters + tally.unfit.length,
    })
  }

  build(dryRun: boolean): LandReport {
    const { landed, alreadyLanded, quarantined, stillQuarantined, skipped, changed, unfetched, late } = this
    const { rows, deadLetters, ignored, bytes } = this
    const tables = [...this.tables]
      .map(([table, counts]) => ({ table, ...counts }))
      .sort((left, right) => (left.table < right.table ? -1 : 1))
    return {
      dryRun,
      landed,
      alreadyLanded,
      quarantined,
      stillQuarantined,
      skipped,
      changed,
      unfetched,
      late,
      rows,
      deadLetters,
      misfits: [...this.misfits.values()].sort((left, right) => right.events - left.events),
      ignored,
      bytes,
      tables,
    }
  }
}
