import type { Change, ChangeType, ReadMethod } from './envelope.ts'
import { keyOf, type Row, type SourceTable } from './source.ts'

/** What is told of a change's delivery, beside the change itself. */
export interface Delivery {
  /** The file of the minute that it goes to: minutes are split into several files by part. */
  readonly part?: number
  /** Its file arrives at the end of the day. */
  readonly late?: true
  /** The event is delivered a second time, in another file of the same minute. */
  readonly twice?: true
  /** Its whole file is delivered a second time, under another name. */
  readonly fileTwice?: true
}

export type Emit = (change: Change, delivery: Delivery) => void

interface TableState {
  table: SourceTable
  readonly rows: Map<string, Row>
  /** Goes over the rows that were there or come before it gets to them, as a backfill does. */
  backfill: Iterator<Row> | undefined
}

const logLimit = 2 ** 30

/**
 * A MySQL server small enough to write its own binary log: tables in memory, a clock, a log position. Each change is
 * emitted as Datastream would write it, in the order of the log.
 */
export class SourceDatabase {
  readonly #tables = new Map<string, TableState>()
  readonly #emit: Emit
  #now = 0
  #logNumber = 131
  #logPosition = 1_234

  constructor(emit: Emit) {
    this.#emit = emit
  }

  /** Milliseconds since 1970, UTC; never runs backwards. */
  get now(): number {
    return this.#now
  }
  set now(time: number) {
    if (time < this.#now) throw new Error('the clock runs forwards')
    this.#now = time
  }

  add(table: SourceTable, rows: Iterable<Row>): void {
    const byKey = new Map<string, Row>()
    for (const row of rows) byKey.set(keyOf(table, row), row)
    this.#tables.set(table.table, { table, rows: byKey, backfill: undefined })
  }

  has(table: string): boolean {
    return this.#tables.has(table)
  }

  /** The rows of a table as they are now, in the order in which they came. */
  rows(table: string): readonly Row[] {
    return [...this.#state(table).rows.values()]
  }

  /** The row with the key of `key`; undefined if there is none. */
  find(table: string, key: Row): Row | undefined {
    const state = this.#state(table)
    return state.rows.get(keyOf(state.table, key))
  }

  /** Reads up to `count` further rows of a table's backfill at this moment. False: it had come to its end. */
  backfill(table: string, count: number): boolean {
    const state = this.#state(table)
    state.backfill ??= state.rows.values()
    for (let read = 0; read < count; read += 1) {
      const { done, value } = state.backfill.next()
      if (done === true) return false
      this.#write(state.table, 'INSERT', value, {}, 'mysql-backfill-fulldump')
    }
    return true
  }

  insert(table: string, row: Row, delivery: Delivery = {}): void {
    const state = this.#state(table)
    const key = keyOf(state.table, row)
    if (state.rows.has(key)) throw new Error(`duplicate key ${key} in ${table}`)
    state.rows.set(key, row)
    this.#write(state.table, 'INSERT', row, delivery)
  }

  /** An update that changes the key is two events at one position, the second stamped a second later. */
  update(table: string, key: Row, changes: Row, delivery: Delivery = {}): void {
    const state = this.#state(table)
    const oldKey = keyOf(state.table, key)
    const old = state.rows.get(oldKey)
    if (old === undefined) throw new Error(`no row ${oldKey} in ${table}`)
    const row = { ...old, ...changes }
    const newKey = keyOf(state.table, row)
    if (newKey === oldKey) {
      state.rows.set(oldKey, row)
      this.#write(state.table, 'UPDATE-INSERT', row, delivery)
      return
    }
    state.rows.delete(oldKey)
    state.rows.set(newKey, row)
    this.#write(state.table, 'UPDATE-DELETE', old, delivery)
    this.#write(state.table, 'UPDATE-INSERT', row, delivery, 'mysql-cdc-binlog', true)
  }

  delete(table: string, key: Row, delivery: Delivery = {}): void {
    const state = this.#state(table)
    const text = keyOf(state.table, key)
    const old = state.rows.get(text)
    if (old === undefined) throw new Error(`no row ${text} in ${table}`)
    state.rows.delete(text)
    this.#write(state.table, 'DELETE', old, delivery)
  }

  /** Changes a table's columns; rows keep what they hold, new columns are NULL. */
  alter(table: string, change: (table: SourceTable) => SourceTable): void {
    const state = this.#state(table)
    state.table = change(state.table)
  }

  /** Goes on in the next binary log. */
  rotateLog(): void {
    this.#logNumber += 1
    this.#logPosition = 4
  }

  #write(
    table: SourceTable,
    changeType: ChangeType,
    row: Row,
    delivery: Delivery,
    readMethod: ReadMethod = 'mysql-cdc-binlog',
    secondHalf = false,
  ): void {
    const backfill = readMethod === 'mysql-backfill-fulldump'
    if (!backfill && !secondHalf) this.#advanceLog(row)
    const sourceTime = Math.floor(this.#now / 1000) * 1000
    const change: Change = {
      table,
      readMethod,
      changeType,
      sourceTime: secondHalf ? sourceTime + 1000 : sourceTime,
      readTime: backfill ? this.#now + 412 : this.#now + 1_873,
      logFile: backfill ? '' : `mysql-bin.${String(this.#logNumber).padStart(6, '0')}`,
      logPosition: backfill ? 0 : this.#logPosition,
      row,
    }
    this.#emit(change, delivery)
  }

  /** By about as many bytes as MySQL needs for a row's event and the transaction around it. */
  #advanceLog(row: Row): void {
    let size = 273
    for (const cell of Object.values(row)) size += typeof cell === 'string' ? cell.length + 2 : 4
    if (this.#logPosition + size > logLimit) this.rotateLog()
    this.#logPosition += size
  }

  #state(table: string): TableState {
    const state = this.#tables.get(table)
    if (state === undefined) throw new Error(`no table ${table}`)
    return state
  }
}
