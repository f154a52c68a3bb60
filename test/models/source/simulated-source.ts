import type { Change, Step, Story } from './step.ts'

/** A row of the simulated table, beside its key. `note` is a column that the table may gain. */
export interface SourceRow {
  readonly value: string
  readonly note: string | null
}

/** One change event, or one row of a backfill. */
export interface SourceEvent {
  /** Number of the row's key. */
  readonly row: number
  readonly uuid: string
  /** As the event is stamped, in seconds since the story began. */
  readonly stamp: number
  /** When it happened: as stamped, but for the insert half of a key change, which is stamped a second late. */
  readonly happened: number
  readonly readTime: number
  readonly deletes: boolean
  readonly changeType: string | null
  readonly content: SourceRow
  /** undefined: a backfill row. */
  readonly place?: Place
  /** Never arrives. */
  readonly lost: boolean
  /** A change that was extracted before, read once more: it tells nothing new. */
  readonly again: boolean
  /** Events of one commit or backfill have one number, which grows. */
  readonly commit: number
}

/** Where a change stands in the log: numbers that grow, in a numbering of their own. */
export interface Place {
  readonly epoch: number
  readonly file: number
  readonly offset: number
}

export type SourceTable = ReadonlyMap<number, SourceRow>

/** What happened in a story. */
export interface Simulation {
  readonly story: Story
  /** In the order of the log; backfill rows where they were read. */
  readonly events: readonly SourceEvent[]
  /** The table at the end. */
  readonly table: SourceTable
  /** The table at moments when no transaction was open. */
  readonly moments: readonly {
    readonly at: number
    readonly eventsBefore: number
    readonly table: SourceTable
  }[]
  /** How many events there were when the first backfill had been stamped; moments before it know too little. */
  readonly backfilledAfter: number
}

interface Transaction {
  readonly began: number
  /** What it has changed: undefined for a row that it has deleted. */
  readonly rows: Map<number, SourceRow | undefined>
  readonly statements: Statement[]
}

/** What one statement did, all at one place of the log. */
interface Statement {
  readonly time: number
  readonly effects: readonly Effect[]
}

interface Effect {
  readonly row: number
  readonly half: 'insert' | 'update' | 'delete' | 'leave' | 'enter'
  readonly content: SourceRow
}

// Together less than the margin of an hour: how long a transaction takes, how far the clock is set back, and how late a
// backfill's rows are stamped (step.ts). Sources for which this does not hold declare a greater margin.
const longestTransaction = 20 * 60
const farthestSetBack = 15 * 60
/** The session of transactions of one statement. */
const alone = -1
const repairAfter = 4 * 60 * 60

/** A database with transactions, its log, and what is extracted from it. Times are whole seconds since the story began. */
export class SimulatedSource {
  private readonly story: Story
  private readonly rows = new Map<number, SourceRow>(
    [0, 1, 2].map((row) => [row, { value: `first ${row}`, note: null }]),
  )
  private readonly sessions = new Map<number, Transaction>()
  private readonly events: SourceEvent[] = []
  private readonly moments: Simulation['moments'][number][] = []
  private now = 0
  private behind = 0
  private notBefore = Number.NEGATIVE_INFINITY
  private commits = 0
  private written = 0
  private place: Place
  private hasNote = false
  private losing = false
  backfilledAfter = Number.POSITIVE_INFINITY

  private constructor(story: Story) {
    this.story = story
    this.place = { epoch: 0, file: story.firstFile, offset: 4 }
  }

  static tell(story: Story): Simulation {
    const source = new SimulatedSource(story)
    const at = Math.min(story.firstBackfillAfter, story.steps.length)
    for (const step of story.steps.slice(0, at)) source.step(step)
    source.backfill(0)
    source.backfilledAfter = source.events.length
    for (const step of story.steps.slice(at)) source.step(step)
    source.sessions.clear()
    source.wait(1)
    const { events, rows: table, moments, backfilledAfter } = source
    return { story, events, table, moments, backfilledAfter }
  }

  private get clock(): number {
    return this.now - this.behind
  }

  private step(step: Step): void {
    switch (step.do) {
      case 'write':
        this.write(step.session, step.change, step.waited)
        return
      case 'change':
        this.write(alone, step.change, step.waited)
        this.commit(alone)
        return
      case 'commit':
        this.commit(step.session)
        return
      case 'rollback':
        this.sessions.delete(step.session)
        return
      case 'wait':
        this.wait(step.seconds)
        return
      case 'set back':
        this.setBack(step.seconds)
        return
      case 'rotate log':
        this.place = { ...this.place, file: this.place.file + 1, offset: 4 }
        return
      case 'fail over':
        this.failOver()
        return
      case 'backfill':
        this.backfill(step.lag)
        return
      case 'read again':
        this.readAgain(step.commits)
        return
      case 'add column':
        this.hasNote = true
        return
      case 'lose':
        this.lose(step.steps, step.after)
        return
    }
  }

  private wait(seconds: number): void {
    this.now += seconds
    for (const [session, { began }] of this.sessions)
      if (this.now - began > longestTransaction) this.sessions.delete(session)
    if (this.sessions.size === 0)
      this.moments.push({ at: this.clock, eventsBefore: this.events.length, table: new Map(this.rows) })
  }

  private setBack(seconds: number): void {
    // Documents have no place in a log but their time, and two servers' logs nothing to tell the newer by but theirs.
    if (this.story.source === 'documents' || this.clock - seconds < this.notBefore) return
    if (this.behind + seconds <= farthestSetBack) this.behind += seconds
  }

  private failOver(): void {
    this.sessions.clear()
    this.now += 10
    this.behind = 0
    this.notBefore = this.clock
    if (this.story.source === 'mysql' || this.story.source === 'mysql-gtid')
      this.place = { epoch: this.place.epoch + 1, file: 1, offset: 4 }
  }

  private lose(steps: readonly Step[], after: readonly Step[]): void {
    if (this.losing) return
    this.losing = true
    for (const step of steps) this.step(step)
    this.losing = false
    for (const step of after) this.step(step)
    this.wait(repairAfter)
    this.backfill(0)
  }

  private write(session: number, change: Change, waited: number): void {
    const open = this.sessions.get(session)
    const time = Math.max(
      this.notBefore,
      this.clock - waited,
      open?.statements.at(-1)?.time ?? this.clock - waited,
    )
    const transaction: Transaction = open ?? { began: this.now - waited, rows: new Map(), statements: [] }
    const locked = new Set(
      [...this.sessions].flatMap(([other, { rows }]) => (other === session ? [] : [...rows.keys()])),
    )
    const view = (row: number) => (transaction.rows.has(row) ? transaction.rows.get(row) : this.rows.get(row))
    const statements = effectsOf(change, view, () => this.newContent())
    const touched = statements.flat().map(({ row }) => row)
    if (touched.length === 0 || touched.some((row) => locked.has(row))) return
    if (this.story.source === 'documents' && ['rekey', 'swap', 'shift'].includes(change.kind)) return
    for (const effects of statements) {
      transaction.statements.push({ time, effects })
      for (const { row, half, content } of effects)
        transaction.rows.set(row, half === 'delete' || half === 'leave' ? undefined : content)
    }
    this.sessions.set(session, transaction)
  }

  private newContent(): SourceRow {
    this.written += 1
    return { value: `value ${this.written}`, note: this.hasNote ? `note ${this.written}` : null }
  }

  private commit(session: number): void {
    const transaction = this.sessions.get(session)
    if (transaction === undefined) return
    this.sessions.delete(session)
    this.commits += 1
    const statementTimes =
      this.story.source === 'mysql' || this.story.source === 'mysql-gtid' || this.story.source === 'oracle'
    for (const { time, effects } of transaction.statements) {
      this.place = { ...this.place, offset: this.place.offset + 100 }
      for (const effect of effects) this.emit(effect, statementTimes ? time : this.clock)
    }
    for (const [row, content] of transaction.rows) {
      if (content === undefined) this.rows.delete(row)
      else this.rows.set(row, content)
    }
  }

  private emit({ row, half, content }: Effect, time: number): void {
    const isMysql = this.story.source === 'mysql' || this.story.source === 'mysql-gtid'
    // A document's place is its time: no two have the same.
    const happened = this.story.source === 'documents' ? time + this.events.length / 1000 : time
    this.events.push({
      row,
      uuid: uuidOf(this.commits, this.events.filter(({ commit }) => commit === this.commits).length),
      stamp: half === 'enter' && isMysql ? happened + 1 : happened,
      happened,
      readTime: this.now,
      deletes: half === 'delete' || half === 'leave',
      changeType: changeTypes[isMysql ? 'mysql' : this.story.source === 'oracle' ? 'oracle' : 'others'][half],
      content,
      place: this.place,
      lost: this.losing,
      again: false,
      commit: this.commits,
    })
  }

  private backfill(lag: number): void {
    this.now += 1
    this.commits += 1
    for (const [at, [row, content]] of [...this.rows].entries()) {
      // Each row is stamped when it was read out, which may be later than what it shows.
      const stamp = this.clock + (lag * (at + 1)) / this.rows.size
      this.events.push({
        row,
        uuid: uuidOf(this.commits, at),
        stamp,
        happened: stamp,
        readTime: this.now + lag,
        deletes: false,
        changeType: this.story.source === 'oracle' ? null : 'INSERT',
        content,
        lost: false,
        again: false,
        commit: this.commits,
      })
    }
  }

  private readAgain(commits: number): void {
    this.now += 1
    const since = this.commits - commits
    const again = this.events.filter(
      ({ commit, place, lost }) => commit > since && place !== undefined && !lost,
    )
    // Of a commit that is read again, an earlier reading's events are the same ones.
    const first = new Map<string, SourceEvent>()
    for (const event of again) {
      const { epoch, file, offset } = event.place ?? { epoch: 0, file: 0, offset: 0 }
      const same = [epoch, file, offset, event.row, event.changeType, event.content.value].join()
      if (!first.has(same)) first.set(same, event)
    }
    this.commits += 1
    for (const [at, event] of [...first.values()].entries())
      this.events.push({
        ...event,
        again: true,
        uuid: uuidOf(this.commits, at),
        readTime: this.now,
        commit: this.commits,
      })
  }
}

/** What the statements of a change do, given the rows that the transaction sees; nothing if it cannot be. */
function effectsOf(
  change: Change,
  view: (row: number) => SourceRow | undefined,
  content: () => SourceRow,
): readonly (readonly Effect[])[] {
  const { row } = change
  const before = view(row)
  const move = (from: number, to: number, moved: SourceRow): readonly Effect[] => [
    { row: from, half: 'leave', content: moved },
    { row: to, half: 'enter', content: moved },
  ]
  if (change.kind === 'put')
    return [[{ row, half: before === undefined ? 'insert' : 'update', content: content() }]]
  if (before === undefined) return []
  switch (change.kind) {
    case 'update twice':
      return [
        [
          { row, half: 'update', content: content() },
          { row, half: 'update', content: content() },
        ],
      ]
    case 'delete':
      return [[{ row, half: 'delete', content: before }]]
    case 'delete and insert':
      return [[{ row, half: 'delete', content: before }], [{ row, half: 'insert', content: content() }]]
    case 'rekey':
      return view(change.to) === undefined ? [move(row, change.to, before)] : []
    case 'swap': {
      const other = view(change.to)
      const free = [0, 1, 2, 3, 4, 5].find((each) => view(each) === undefined)
      if (other === undefined || free === undefined || change.to === row) return []
      return [move(row, free, before), move(change.to, row, other), move(free, change.to, before)]
    }
    case 'shift': {
      const moved: Effect[] = []
      for (let from = 4; from >= row; from -= 1) {
        const shifted = view(from)
        // The statement fails where the last key is taken.
        if (shifted !== undefined && from === 4 && view(5) !== undefined) return []
        if (shifted !== undefined) moved.push(...move(from, from + 1, shifted))
      }
      return [moved]
    }
  }
}

const changeTypes = {
  mysql: {
    insert: 'INSERT',
    update: 'UPDATE-INSERT',
    delete: 'DELETE',
    leave: 'UPDATE-DELETE',
    enter: 'UPDATE-INSERT',
  },
  oracle: {
    insert: 'INSERT',
    update: 'UPDATE',
    delete: 'DELETE',
    leave: 'UPDATE-DELETE',
    enter: 'UPDATE-INSERT',
  },
  others: { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE', leave: 'DELETE', enter: 'INSERT' },
} as const

/** As Datastream's: any beginning for what is extracted together, then a count in binary digits. */
const uuidOf = (commit: number, count: number): string =>
  `${(Math.imul(commit + 1, 0x9e37_79b1) >>> 0).toString(16).padStart(8, '0')}-${count.toString(2).padStart(8, '0')}`
