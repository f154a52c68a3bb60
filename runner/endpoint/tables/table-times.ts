import type { Target } from '../../googlesql/target.ts'
import { tableName } from '../reference.ts'

/**
 * When tables were made and changed. The warehouse does not keep this: a table that was there before is as old as this
 * process, and one is changed when a job here wrote it or when it looks otherwise than before.
 */
export class TableTimes {
  readonly #started: number
  readonly #tables = new Map<string, { created: number; modified: number; state: string | undefined }>()

  constructor(started: number) {
    this.#started = started
  }

  /** A job wrote the table; `made`: it was not there, or was replaced. */
  wrote(table: Target, now: number, made: boolean): void {
    const known = this.#tables.get(tableName(table))
    const created = made ? now : (known?.created ?? this.#started)
    this.#tables.set(tableName(table), { created, modified: now, state: undefined })
  }

  created(table: Target): number {
    return this.#tables.get(tableName(table))?.created ?? this.#started
  }

  /** Milliseconds since 1970; `state` is a text that is another when the table is. */
  of(table: Target, state: string, now: number): { readonly created: number; readonly modified: number } {
    const known = this.#tables.get(tableName(table)) ?? {
      created: this.#started,
      modified: this.#started,
      state: undefined,
    }
    const changed = known.state !== undefined && known.state !== state
    const entry = { created: known.created, modified: changed ? now : known.modified, state }
    this.#tables.set(tableName(table), entry)
    return entry
  }
}
